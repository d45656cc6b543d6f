package winrm

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// krb5Conf names a KDC that does not exist.
const krb5Conf = `[libdefaults]
 default_realm = LYNC.EXAMPLE
 udp_preference_limit = 1
[realms]
 LYNC.EXAMPLE = {
  kdc = 127.0.0.1:1
 }
`

func TestNew(t *testing.T) {
	t.Parallel()

	krb := writeFile(t, []byte(krb5Conf))
	good := Config{Host: "lync01", User: testUser, Password: testPassword}

	for _, tc := range []struct {
		name   string
		change func(*Config)
		parts  []string
	}{
		{"default", func(*Config) {}, nil},
		{"IPv6", func(c *Config) { c.Host = "[::1]" }, nil},
		{"no host", func(c *Config) { c.Host = "" }, []string{"not the name or address of a host"}},
		{"URL", func(c *Config) { c.Host = "https://lync01" }, []string{"not the name or address of a host"}},
		{"port", func(c *Config) { c.Port = 70000 }, []string{"70000 is not a port"}},
		{"no password", func(c *Config) { c.Password = "" }, []string{"needs a user and a password"}},
		{"auth", func(c *Config) { c.Auth = "digest" }, []string{`"digest" is not an authentication method`}},
		{"Basic in clear", func(c *Config) { c.Auth, c.PlainHTTP = Basic, true }, []string{"plain HTTP", "Use HTTPS"}},
		{"Kerberos in clear", func(c *Config) { c.Auth, c.PlainHTTP = Kerberos, true }, []string{"plain HTTP"}},
		{"certificate in clear", func(c *Config) { c.Auth, c.PlainHTTP = Certificate, true }, []string{"plain HTTP"}},
		{"NTLM sealed", func(c *Config) { c.PlainHTTP = true }, nil},
		{
			"authority in clear",
			func(c *Config) { c.PlainHTTP, c.CAFile = true, "x" },
			[]string{"no meaning over plain HTTP"},
		},
		{
			"no such authority",
			func(c *Config) { c.CAFile = filepath.Join(t.TempDir(), "no") },
			[]string{"read certificate authority"},
		},
		{"authority is no PEM", func(c *Config) { c.CAFile = krb }, []string{"no certificate in PEM"}},
		{
			"no certificate",
			func(c *Config) { c.Auth = Certificate },
			[]string{"client certificate or its key"},
		},
		{
			"operation timeout",
			func(c *Config) { c.OperationTimeout = 2 * time.Minute },
			[]string{"longer than a minute"},
		},
		{"executable", func(c *Config) { c.Executable = "a&b" }, []string{"cannot start", "executable"}},
		{"negative", func(c *Config) { c.MaxShells = -1 }, []string{"negative"}},
		{"envelope", func(c *Config) { c.MaxEnvelopeSize = 100 }, []string{"too small"}},
		{"Kerberos", func(c *Config) {
			c.Auth, c.User, c.KerberosConfig, c.KerberosRealm = Kerberos, "admin", krb, "LYNC.EXAMPLE"
		}, nil},
		{"Kerberos without configuration", func(c *Config) { c.Auth = Kerberos }, []string{"krb5.conf"}},
		{
			"Kerberos without realm",
			func(c *Config) { c.Auth, c.KerberosConfig = Kerberos, krb },
			[]string{"user, password and realm"},
		},
		{"Kerberos with a domain", func(c *Config) {
			c.Auth, c.KerberosConfig, c.KerberosRealm = Kerberos, krb, "LYNC.EXAMPLE"
		}, []string{"the user has no domain"}},
		{"Kerberos, broken cache", func(c *Config) {
			c.Auth, c.User, c.KerberosConfig, c.KerberosCache = Kerberos, "", krb, krb
		}, []string{"credential cache"}},
		{"Kerberos, no cache", func(c *Config) {
			c.Auth, c.User, c.KerberosConfig, c.KerberosCache = Kerberos, "", krb, krb+"no"
		}, []string{"read credential cache"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			c := good
			tc.change(&c)

			w, err := New(c)
			if len(tc.parts) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				if err := w.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			assertError(t, nil, err, true, append(tc.parts, "cannot use WinRM: ")...) // no StartError
		})
	}
}

// No KDC is reachable.
func TestKerberosFails(t *testing.T) {
	t.Parallel()

	krb := writeFile(t, []byte(krb5Conf))
	w, s := startDouble(t, func(_ *winrmd.Options, c *Config) {
		c.Auth, c.User, c.KerberosConfig, c.KerberosRealm = Kerberos, "admin", krb, "LYNC.EXAMPLE"
	})

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "Kerberos: ", "names the KDCs")

	if n := s.Count(); len(n.Requests) != 0 {
		t.Errorf("counted %+v", n)
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte("<a/>"))
	f.Add([]byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if r, err := parseReply(data); err == nil {
			_, _ = r.output(&powershell.Output{})
			_ = r.shellID()
		}
		_, _ = (&sealedLogin{}).unwrap("multipart/encrypted", data)
	})
}
