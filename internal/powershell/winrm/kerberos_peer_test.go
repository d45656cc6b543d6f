//go:build unix

package winrm

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/kdc"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

const testRealm = "LYNC.EXAMPLE"

// startRealm starts a KDC with the account admin, and returns the KDC and how the double accepts its tickets.
func startRealm(t *testing.T) (*kdc.KDC, func([]byte) error) {
	t.Helper()
	k := kdc.Start(t, testRealm)
	k.Admin(testRealm, "addprinc -pw geheim +requires_preauth admin")
	acceptor := k.StartAcceptor(k.Keytab(testRealm, "HTTP/127.0.0.1"), nil)
	return k, func(message []byte) error {
		user, err := acceptor.Accept(message)
		if err == nil && !strings.HasSuffix(user, "@"+testRealm) {
			err = errors.New(user)
		}
		return err
	}
}

// withKerberos returns the settings of a login with a password.
func withKerberos(k *kdc.KDC, accept func([]byte) error, user, password string) func(*winrmd.Options, *Config) {
	return func(o *winrmd.Options, c *Config) {
		o.Kerberos = accept
		*c = Config{
			Auth: Kerberos, User: user, Password: password, CAFile: c.CAFile,
			KerberosConfig: k.Config, KerberosRealm: testRealm,
		}
	}
}

// The salts are those of the KDC: none can be guessed from the name as it is entered.
func TestKerberosPasswords(t *testing.T) {
	t.Parallel()
	k, accept := startRealm(t)
	k.Admin(testRealm,
		"addprinc -pw geheim +requires_preauth before", "renprinc -force before renamed",
		"addprinc -pw geheim +requires_preauth -e aes256-cts:special special",
		"addprinc -pw geheim -requires_preauth open",
		"addprinc -pw geheim +requires_preauth -e aes128-cts:normal short",
		"addprinc -pw geheim +requires_preauth -e aes256-sha2:normal sha2",
		"addprinc -pw geheim +requires_preauth -e rc4-hmac:normal rc4",
		"addprinc -pw geheim-ü€ +requires_preauth über")

	config := strings.Replace(readFile(t, k.Config), "[libdefaults]", "[libdefaults]\n canonicalize = true", 1)
	canonical := writeFile(t, []byte(config))

	//nolint:gosec // only for the test
	for _, tc := range []struct{ user, password, config string }{
		{user: "admin"}, {user: "renamed"}, {user: "special"}, {user: "open"}, {user: "short"}, {user: "sha2"},
		{user: "rc4"}, {user: "über", password: "geheim-ü€"},
		{user: "admin", config: canonical}, {user: "renamed", config: canonical}, {user: "special", config: canonical},
	} {
		t.Run(fmt.Sprint(tc.user, ", canonicalize ", tc.config != ""), func(t *testing.T) {
			t.Parallel()
			w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
				withKerberos(k, accept, tc.user, "geheim")(o, c)
				if tc.password != "" {
					c.Password = tc.password
				}
				if tc.config != "" {
					c.KerberosConfig = tc.config
				}
			})
			out, err := w.Run(t.Context(), "script", strings.NewReader("data"))
			if err != nil || !strings.HasPrefix(string(out.Stdout), "got ") {
				t.Errorf("%q, %v", out.Stdout, err)
			}
			if n := s.Count(); n.Refused != 0 {
				t.Errorf("the host refused %d logins", n.Refused)
			}
			if n := k.Failures(tc.user); n != 0 {
				t.Errorf("%d wrong passwords count", n)
			}
		})
	}
}

// A walk with a wrong password counts once, however many runs start together and follow.
func TestKerberosWrongPasswordCountsOnce(t *testing.T) {
	t.Parallel()
	k, accept := startRealm(t)
	w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
		withKerberos(k, accept, "admin", "wrong")(o, c)
		c.MaxShells = 8
	})
	var runs sync.WaitGroup
	for range 8 {
		runs.Go(func() {
			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			assertError(t, w, err, false, "KDC_ERR_PREAUTH_FAILED (24)", `the password of admin is wrong`)
		})
	}
	runs.Wait()
	if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err == nil {
		t.Error("no error")
	}
	if n := k.Failures("admin"); n != 1 {
		t.Errorf("%d wrong passwords count", n)
	}
	if n := len(s.Count().Requests); n != 0 {
		t.Errorf("%d requests reach the host", n)
	}
}

// Each answer has the advice for it, and none suggests another spelling of the user.
func TestKerberosAdvice(t *testing.T) {
	t.Parallel()
	k, accept := startRealm(t)
	k.Admin(testRealm,
		"addprinc -pw geheim +requires_preauth -allow_tix locked",
		`addprinc -pw geheim +requires_preauth -expire "2001-01-01" expired`,
		`addprinc -pw geheim +requires_preauth -pwexpire "2001-01-01" old`,
		"addprinc -pw geheim +requires_preauth -e rc4-hmac:normal rc4",
		"addprinc -pw geheim +requires_preauth +requires_hwauth hardware")
	defaults := strings.Replace(readFile(t, k.Config), "[libdefaults]", "[libdefaults]\n permitted_enctypes = aes", 1)
	aes := writeFile(t, []byte(defaults))

	for _, tc := range []struct {
		user   string
		change func(*Config)
		parts  []string
	}{
		{"absent", nil, []string{"(6)", "has no account absent", "Check the user and the realm"}},
		{"locked", nil, []string{"(18)", "account locked is locked, disabled or expired", "Unlock-ADAccount"}},
		{"expired", nil, []string{"(1)", "account expired has expired", "Set-ADAccountExpiration"}},
		{"old", nil, []string{"(23)", "password of old has expired", "Change it"}},
		{
			"rc4", func(c *Config) { c.KerberosConfig = aes },
			[]string{"rc4 has no key", "msDS-SupportedEncryptionTypes", "permitted_enctypes"},
		},
		{"hardware", nil, []string{"(25)", "requires a proof for hardware that the provider does not support"}},
		{"admin", func(c *Config) { c.KerberosSPN = "HTTP/lync02" }, []string{"(7)", "setspn -Q HTTP/lync02"}},
		{"admin", func(c *Config) { c.KerberosRealm = "OTHER" }, []string{"names no KDC of OTHER"}},
	} {
		t.Run(strings.Join(tc.parts, " "), func(t *testing.T) {
			t.Parallel()
			w, _ := startDouble(t, func(o *winrmd.Options, c *Config) {
				withKerberos(k, accept, tc.user, "geheim")(o, c)
				if tc.change != nil {
					tc.change(c)
				}
			})
			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			assertError(t, w, err, false, append(tc.parts, "Kerberos")...)
			if strings.Contains(err.Error(), `\user`) {
				t.Errorf("another spelling of the user is suggested: %v", err)
			}
		})
	}
}

// The host refuses a ticket: the password is right, because the KDC has granted the ticket.
func TestKerberosTicketRefused(t *testing.T) {
	t.Parallel()
	k, _ := startRealm(t)
	w, _ := startDouble(t, withKerberos(k, func([]byte) error { return errors.New("no") }, "admin", "geheim"))

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "401", "The user and the password are correct", "clock", "HTTP/127.0.0.1",
		"keytab", "Test-ComputerSecureChannel")
	for _, part := range []string{`\user`, "Check that user", "password are right, that"} {
		if strings.Contains(err.Error(), part) {
			t.Errorf("%q in: %v", part, err)
		}
	}
}

func TestKerberosCaches(t *testing.T) {
	t.Parallel()
	k, accept := startRealm(t)
	cache := k.Cache("admin", "geheim")

	for name, tc := range map[string]struct{ cache, wrong string }{
		"file": {cache, ""},
		"type": {"FILE:" + cache, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := startDouble(t, func(o *winrmd.Options, c *Config) {
				withKerberos(k, accept, "", "")(o, c)
				c.KerberosRealm, c.KerberosCache = "", tc.cache
			})
			if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
				t.Error(err)
			}
		})
	}
}

// The KDC of the user refers to the realm of the host, and [domain_realm] is not needed.
func TestKerberosReferral(t *testing.T) {
	t.Parallel()
	const other = "SALES.EXAMPLE"
	k := kdc.Start(t, testRealm, other)
	for _, realm := range []string{testRealm, other} {
		k.Admin(realm, "addprinc -pw shared krbtgt/"+other+"@"+testRealm)
	}
	k.Admin(testRealm, "addprinc -pw geheim +requires_preauth admin")
	acceptor := k.StartAcceptor(k.Keytab(other, "HTTP/lync01.sales.example"), nil)

	user := ""
	w, _ := startDouble(t, func(o *winrmd.Options, c *Config) {
		withKerberos(k, func(message []byte) (err error) {
			user, err = acceptor.Accept(message)
			return err
		}, "admin", "geheim")(o, c)
		c.KerberosSPN = "HTTP/lync01.sales.example"
	})
	if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil || user != "admin@"+testRealm {
		t.Errorf("%q, %v", user, err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func writeTo(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
