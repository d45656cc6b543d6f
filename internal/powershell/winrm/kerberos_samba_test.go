//go:build unix

package winrm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/kdc"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/samba"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// A domain controller of Active Directory changes names, and has other codes for refused accounts.
func TestKerberosOfActiveDirectory(t *testing.T) {
	t.Parallel()
	d := samba.Start(t)
	acceptor := kdc.StartAcceptor(t, d.Config, d.Keytab("HTTP/127.0.0.1"), nil)
	for _, user := range []string{"aduser", "before", "prefix", "locked", "old", "wrong"} {
		d.AddUser(user)
	}
	d.Rename("before", "after")
	d.SetPrincipal("prefix", "other.prefix")
	d.Disable("locked")
	d.ExpirePassword("old")
	canonical := writeFile(t, []byte("[libdefaults]\n canonicalize = true\n"+readFile(t, d.Config)))

	for _, tc := range []struct {
		user, password string
		parts          []string
	}{
		{"aduser", samba.Password, nil},
		{"ADUSER", samba.Password, nil},
		{"after", samba.Password, nil},
		{"prefix", samba.Password, nil},
		{"other.prefix", samba.Password, nil},
		{"OTHER.PREFIX", samba.Password, nil},
		{"locked", samba.Password, []string{"(18)", "is locked, disabled or expired"}},
		{"old", samba.Password, []string{"(23)", "the password of old has expired, or must be changed"}},
		{"absent", samba.Password, []string{"(6)", "has no account absent"}},
	} {
		for _, config := range []string{d.Config, canonical} {
			t.Run(fmt.Sprint(tc.user, ", canonicalize ", config == canonical), func(t *testing.T) {
				t.Parallel()
				w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
					o.Kerberos = func(message []byte) error {
						_, err := acceptor.Accept(message)
						return err
					}
					*c = Config{
						Auth: Kerberos, User: tc.user, Password: tc.password, CAFile: c.CAFile,
						KerberosConfig: config, KerberosRealm: strings.ToLower(d.Realm),
					}
				})
				_, err := w.Run(t.Context(), "script", strings.NewReader(""))
				if tc.parts != nil {
					assertError(t, w, err, false, tc.parts...)
				} else if err != nil || s.Count().Refused != 0 {
					t.Errorf("%v, %+v", err, s.Count())
				}
			})
		}
	}
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		w, _ := startDouble(t, func(_ *winrmd.Options, c *Config) {
			*c = Config{
				Auth: Kerberos, User: "WRONG", Password: "geheim", CAFile: c.CAFile,
				KerberosConfig: d.Config, KerberosRealm: d.Realm,
			}
		})
		for range 3 {
			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			assertError(t, w, err, false, "(24)", "the password of WRONG is wrong")
		}
		if n := d.Failures("wrong"); n != 1 {
			t.Errorf("%d wrong passwords count", n)
		}
	})
}
