//go:build unix

package winrm

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// Each configuration is one with which kinit works, except those with an error. The real KDC accepts the login.
func TestKerberosConfigurations(t *testing.T) {
	t.Parallel()
	k, accept := startRealm(t)
	const ownLine = "write each setting on a line of its own"
	kdc := fmt.Sprintf("127.0.0.1:%d", k.Port)
	start := "[realms]\n " + testRealm + " = {\n"
	realm := start + "  kdc = " + kdc + "\n }\n"
	defaults := "[libdefaults]\n dns_lookup_kdc = false\n"

	folder := t.TempDir()
	writeTo(t, filepath.Join(folder, "realm"), realm)
	writeTo(t, filepath.Join(folder, "ignored~"), "garbage")
	broken := t.TempDir()
	writeTo(t, filepath.Join(broken, "one.conf"), "[realms]\n A\n")

	for name, tc := range map[string]struct {
		config string
		parts  []string
	}{
		"plain":          {config: defaults + realm},
		"Windows":        {config: "\ufeff" + strings.ReplaceAll(defaults+realm, "\n", "\r\n")},
		"names of users": {config: start + "  kdc = " + kdc + "\n  auth_to_local_names = {\n   a = b\n  }\n }\n"},
		"one line":       {config: "[realms]\n " + testRealm + " = { kdc = " + kdc + " }\n"},
		"brace below":    {config: "[realms]\n " + testRealm + " =\n {\n  kdc = " + kdc + "\n }\n"},
		"others":         {config: defaults + realm + " OTHER = {\n  kdc = https://proxy/KdcProxy\n  kdc = a b\n }\n"},
		"fallback":       {config: defaults + " dns_canonicalize_hostname = fallback\n" + realm},
		"folder":         {config: defaults + "includedir " + folder + "\n"},
		"file":           {config: defaults + "include " + folder + "/realm\n"},
		"TCP":            {config: start + "  kdc = tcp/" + kdc + "\n }\n"},
		"UDP":            {config: start + "  kdc = udp/" + kdc + "\n }\n"},
		"second KDC":     {config: start + "  kdc = tcp/127.0.0.1:1\n  kdc = " + kdc + "\n }\n"},
		"family":         {config: defaults + " permitted_enctypes = aes\n" + realm},
		"families":       {config: defaults + " default_tkt_enctypes = DEFAULT, -rc4 +aes256-cts\n" + realm},
		"lower case":     {config: defaults + " default_realm = lync.example\n" + realm},
		"mapped":         {config: defaults + realm + "[domain_realm]\n 127.0.0.1 = lync.example\n"},
		"other sections": {
			config: "[appdefaults]\n a\n } } = {\n[plugins]\n x = {\n" + defaults + "[kdc]\n]\n" + realm,
		},
		"comments": {config: "# a\n; b\n" + defaults + " ticket_lifetime = 10h # c\n # d\n" + realm},
		"final": {
			config: "[libdefaults]*\n dns_lookup_kdc* = false\n" + strings.Replace(realm, " }", " }*", 1),
		},
		"quoted": {config: defaults + " default_realm = \"LYNC.EXAMPLE\"\n" + realm},
		"old settings": {
			config: defaults + " v4_instance_resolve = false\n kdc_timesync = 1\n ccache_type = 4\n" + realm,
		},
		"garbage":         {defaults + "garbage\n" + realm, []string{"line 3 of", `"garbage" is not a setting`}},
		"before sections": {"garbage\n" + defaults + realm, []string{"line 1 of", "is in no section"}},
		"not text":        {"\x00\x01\x02", []string{"line 1 of", "is in no section"}},
		"two on one line": {
			"[realms]\n A = { kdc = a kdc = b }\n",
			[]string{"line 2 of", ownLine},
		},
		"open brace": {
			"[realms]\n A = {\n  kdc = a\n",
			[]string{"line 2 of", "the brace after A is not closed"},
		},
		"open at section": {
			"[realms]\n A = {\n[libdefaults]\n",
			[]string{"line 3 of", "the brace in line 2 is not closed"},
		},
		"closed twice": {"[realms]\n A = {\n }\n }\n", []string{"line 4 of", "no open brace"}},
		"after brace":  {"[realms]\n A = {\n } b\n", []string{"line 3 of", `"b" follows the brace`}},
		"no value": {
			"[libdefaults]\n default_realm =\n",
			[]string{"line 2 of", "the value of default_realm is missing"},
		},
		"section": {"[libdefaults\n", []string{"line 1 of", "not the name of a section"}},
		"boolean": {
			"[libdefaults]\n canonicalize = perhaps\n",
			[]string{"line 2 of", "neither true nor false"},
		},
		"time": {"[libdefaults]\n clockskew = soon\n", []string{"line 2 of", "is not a time"}},
		"types": {
			"[libdefaults]\n permitted_enctypes = des camellia\n",
			[]string{"line 2 of", "none of the encryption types"},
		},
		"proxy": {
			"[realms]\n LYNC.EXAMPLE = {\n  kdc = https://kdc/KdcProxy\n }\n",
			[]string{"line 3 of", "not a proxy over HTTPS"},
		},
		"two KDCs": {"[realms]\n LYNC.EXAMPLE = {\n  kdc = a b\n }\n", []string{"line 3 of", "one KDC"}},
		"port":     {"[realms]\n LYNC.EXAMPLE = {\n  kdc = a:http\n }\n", []string{"line 3 of", "one KDC"}},
		"no realm": {"[realms]\n A = b\n", []string{"line 2 of", "A has no settings in braces"}},
		"module":   {"module a:b\n", []string{"line 1 of", "modules are not supported"}},
		"missing file": {
			defaults + "include /no/such/file\n",
			[]string{"line 3 of", "read /no/such/file: no such file"},
		},
		"missing folder": {
			defaults + "includedir /no/such/folder\n",
			[]string{"line 3 of", "read /no/such/folder: no such file"},
		},
		"relative": {defaults + "includedir folder\n", []string{"line 3 of", "not an absolute path"}},
		"broken file": {
			defaults + "includedir " + broken + "\n",
			[]string{"line 2 of " + broken, `"A" is not a setting`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := func(o *winrmd.Options, c *Config) {
				withKerberos(k, accept, "admin", "geheim")(o, c)
				c.KerberosConfig, c.KerberosRealm = writeFile(t, []byte(tc.config)), "lync.example"
			}
			if tc.parts != nil {
				c := Config{Host: "lync01"}
				settings(&winrmd.Options{}, &c)
				c.Host = "lync01"
				_, err := New(c)
				assertError(t, nil, err, true, append(tc.parts, "Correct the line")...)
				return
			}
			w, _ := startDouble(t, settings)
			if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
				t.Error(err)
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
