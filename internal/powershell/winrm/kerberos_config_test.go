//go:build unix

package winrm

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// The provider reads what kinit reads. differs is the reason where the verdicts differ. The real KDC accepts the login.
func TestKerberosConfigurations(t *testing.T) {
	t.Parallel()
	k, accept := startRealm(t)
	kdc := fmt.Sprintf("127.0.0.1:%d", k.Port)
	start := "[realms]\n " + testRealm + " = {\n"
	realm := start + "  kdc = " + kdc + "\n }\n"
	defaults := "[libdefaults]\n dns_lookup_kdc = false\n"

	folder := t.TempDir()
	writeTo(t, filepath.Join(folder, "README"), "Write files here.\n")
	writeTo(t, filepath.Join(folder, "ignored~"), "[garbage")
	writeTo(t, filepath.Join(folder, "realm"), realm)
	linked := t.TempDir()
	writeTo(t, filepath.Join(linked, "realm.conf"), realm)
	if err := os.Symlink(t.TempDir(), filepath.Join(linked, "folder.conf")); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	writeTo(t, filepath.Join(broken, "one.conf"), "[realms]\n A\n")

	for name, tc := range map[string]struct {
		config  string
		parts   []string
		differs string
	}{
		"plain":          {config: defaults + realm},
		"Windows":        {config: "\ufeff" + strings.ReplaceAll(defaults+realm, "\n", "\r\n")},
		"names of users": {config: start + "  kdc = " + kdc + "\n  auth_to_local_names = {\n   a = b\n  }\n }\n"},
		"brace below":    {config: "[realms]\n " + testRealm + " =\n { text\n  kdc = " + kdc + "\n }\n"},
		"open group":     {config: defaults + start + "  kdc = " + kdc + "\n"},
		"open value":     {config: defaults + realm + "[libdefaults]\n default_realm =\n"},
		"after brace":    {config: defaults + strings.Replace(realm, "}", "} end", 1)},
		"braces":         {config: defaults + " foo = {x}\n bar = {y\n a{b = c\n" + realm},
		"text":           {config: "Text of a person\n" + defaults + realm},
		"others":         {config: defaults + realm + " OTHER = {\n  kdc = https://proxy/KdcProxy\n  kdc = a b\n }\n"},
		"no group":       {config: defaults + realm + " O.TEST = x\n P.TEST = { a = b c = d }\n"},
		"both":           {config: "[realms]\n " + testRealm + " = x\n" + realm},
		"twice":          {config: start + " }\n" + realm},
		"second KDC":     {config: start + "  kdc = https://proxy/KdcProxy\n  kdc = a b\n  kdc = " + kdc + "\n }\n"},
		"primary KDC":    {config: defaults + start + "  primary_kdc = " + kdc + "\n }\n"},
		"master KDC":     {config: defaults + start + "  master_kdc = " + kdc + "\n }\n"},
		"primary first": {
			config: defaults + start + "  master_kdc = 127.0.0.1:1\n  primary_kdc = " + kdc + "\n }\n",
		},
		"primary not asked": {config: defaults + start + "  primary_kdc = a b\n  kdc = " + kdc + "\n }\n"},
		"permitted": {
			config: defaults + " default_tkt_enctypes = rc4-hmac aes256-cts\n permitted_enctypes = aes\n" + realm,
		},
		"group of a KDC": {config: start + "  kdc = {\n  }\n  kdc = " + kdc + "\n }\n"},
		"domain group":   {config: defaults + realm + "[domain_realm]\n x = {\n  a = b\n }\n"},
		"default group":  {config: defaults + " clockskew = {\n a = b\n }\n" + realm},
		"fallback":       {config: defaults + " dns_canonicalize_hostname = fallback\n" + realm},
		"folder":         {config: defaults + "includedir " + folder + "\n"},
		"linked folder":  {config: defaults + "includedir " + linked + "\n"},
		"file":           {config: defaults + " a =\ninclude " + folder + "/realm\n {\n }\n"},
		"family":         {config: defaults + " permitted_enctypes = aes\n" + realm},
		"families":       {config: defaults + " default_tkt_enctypes = DEFAULT, -rc4 +aes256-cts\n" + realm},
		"lower case":     {config: defaults + " default_realm = lync.example\n" + realm},
		"mapped":         {config: defaults + realm + "[domain_realm]\n 127.0.0.1 = lync.example\n"},
		"comments":       {config: "# a\n; b\n" + defaults + " ticket_lifetime = 10h # c\n # d\n" + realm},
		"final": {
			config: "[libdefaults]*\n dns_lookup_kdc* = false\n" + strings.Replace(realm, " }", " }*", 1),
		},
		"quoted":  {config: defaults + " default_realm = \"LYNC.EXAMPLE\"\n" + realm},
		"escaped": {config: defaults + strings.Replace(realm, kdc, `"127.0.\0`+kdc[len("127.0.0"):]+`" text`, 1)},
		"old settings": {
			config: defaults + " v4_instance_resolve = false\n kdc_timesync = 1\n ccache_type = 4\n" + realm,
		},
		"words of MIT":    {config: defaults + "module = x\n include = x\n" + realm},
		"boolean":         {config: defaults + " canonicalize = perhaps\n" + realm},
		"other case":      {config: defaults + " Ticket_Lifetime = soon\n" + realm},
		"no lifetime":     {config: defaults + " ticket_lifetime = 0\n" + realm},
		"no skew":         {config: defaults + " clockskew = 0\n" + realm},
		"unreadable skew": {config: defaults + " clockskew = soon\n" + realm},

		"one line": {
			config: "[realms]\n " + testRealm + " = { kdc = " + kdc + " }\n", differs: "kinit skips the line",
		},
		"TCP":    {config: start + "  kdc = TCP/" + kdc + "\n }\n", differs: "a form of Heimdal"},
		"UDP":    {config: start + "  kdc = udp/" + kdc + "\n }\n", differs: "a form of Heimdal"},
		"remark": {config: start + "  kdc = " + kdc + " # a\n } # b\n[x] # c\n", differs: "kinit has no such comments"},
		"line between": {
			config: "[realms]\n " + testRealm + " =\n\n {\n  kdc = " + kdc + "\n }\n", differs: "kinit wants the brace",
		},
		"other sections": {
			config:  "[appdefaults]\n a\n } } = {\n[plugins]\n x = {\n" + defaults + "[kdc]\n]\n" + realm,
			differs: "the provider skips other sections",
		},

		"garbage": {
			config: defaults + "garbage\n" + realm, parts: []string{"line 3 of", `"garbage" is not a setting`},
		},
		"no name": {config: defaults + " = a\n" + realm, parts: []string{"line 3 of", "is not a setting"}},
		"words":   {config: defaults + " a b = c\n" + realm, parts: []string{"line 3 of", "is not a setting"}},
		"open at section": {
			config: "[realms]\n A = {\n" + defaults + realm,
			parts:  []string{"line 3 of", "the brace in line 2 is not closed"},
		},
		"closed twice": {
			config: "[realms]\n A = {\n }\n }\n" + realm, parts: []string{"line 4 of", "no open brace"},
		},
		"no value": {
			config: defaults + " default_realm =\n" + realm,
			parts:  []string{"line 3 of", "the value of default_realm is missing"},
		},
		"section": {config: "[libdefaults\n" + realm, parts: []string{"line 1 of", "not the name of a section"}},
		"time": {
			config: defaults + " ticket_lifetime = soon\n" + realm, parts: []string{"line 3 of", "is not a time"},
		},
		"empty time": {
			config: defaults + " ticket_lifetime = \"\"\n" + realm, parts: []string{"line 3 of", "is not a time"},
		},
		"types": {
			config: defaults + " permitted_enctypes = des camellia\n" + realm,
			parts:  []string{"line 3 of", "none of the encryption types"},
		},
		"not permitted": {
			config:  defaults + " permitted_enctypes = rc4-hmac\n default_tkt_enctypes = aes256-cts\n" + realm,
			parts:   []string{"line 4 of", "permitted_enctypes has none of the encryption types"},
			differs: "kinit uses a key that is not permitted",
		},
		"proxy": {
			config: start + "  kdc = https://127.0.0.1:1/KdcProxy\n }\n",
			parts:  []string{"line 3 of", "not a proxy over HTTPS"},
		},
		"two KDCs": {config: start + "  kdc = a b\n }\n", parts: []string{"line 3 of", "one KDC"}},
		"port":     {config: start + "  kdc = a:http\n }\n", parts: []string{"line 3 of", "one KDC"}},
		"two on one line": {
			config: defaults + "[realms]\n " + testRealm + " = { kdc = a kdc = b }\n",
			parts:  []string{"line 4 of", "write each setting on a line of its own"},
		},
		"module": {config: "module a:b\n" + realm, parts: []string{"line 1 of", "modules are not supported"}},
		"missing file": {
			config: defaults + "include /no/such/file\n" + realm,
			parts:  []string{"line 3 of", "read /no/such/file: no such file"},
		},
		"missing folder": {
			config: defaults + "includedir /no/such/folder\n" + realm,
			parts:  []string{"line 3 of", "read /no/such/folder: no such file"},
		},
		"relative": {
			config: defaults + "includedir folder\n" + realm, parts: []string{"line 3 of", "not an absolute path"},
		},
		"broken file": {
			config: defaults + "includedir " + broken + "\n" + realm,
			parts:  []string{"line 2 of " + broken, `"A" is not a setting`},
		},
		"not text": {config: "\x00\x01\x02", parts: []string{"line 1 of", "is in no section"}},
		"before sections": {
			config: "a = b\n" + defaults + realm, parts: []string{"line 1 of", "is in no section"},
			differs: "kinit loses the setting",
		},
		"setting after brace": {
			config: defaults + realm[:len(realm)-1] + " a = b\n", parts: []string{"line 6 of", `"a = b" follows the brace`},
			differs: "kinit loses the setting",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := writeFile(t, []byte(tc.config))
			settings := func(o *winrmd.Options, c *Config) {
				withKerberos(k, accept, "admin", "geheim")(o, c)
				c.KerberosConfig, c.KerberosRealm = path, "lync.example"
			}
			if tc.parts != nil {
				c := Config{Host: "lync01"}
				settings(&winrmd.Options{}, &c)
				c.Host = "lync01"
				_, err := New(c)
				assertError(t, nil, err, true, append(tc.parts, "Correct the line")...)
			} else {
				w, _ := startDouble(t, settings)
				if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
					t.Error(err)
				}
			}
			err := k.LogIn(path, "admin@"+testRealm, "geheim")
			if differs := (err == nil) != (tc.parts == nil); differs != (tc.differs != "") {
				t.Errorf("differs from kinit: %v, want %q: %v", differs, tc.differs, err)
			}
		})
	}
}

// A file that includes itself ends.
func TestKerberosConfigurationLoop(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "krb5.conf")
	writeTo(t, path, "include "+path+"\n")
	_, err := New(Config{
		Host: "lync01", Auth: Kerberos, User: "admin", Password: "geheim", KerberosConfig: path, KerberosRealm: "A",
	})
	assertError(t, nil, err, true, "more than 100 files")
}
