package winrm

import (
	"bytes"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// A login with Kerberos is bound to the certificate of its connection, which an empty request opens.
func TestKerberosBindsToConnection(t *testing.T) {
	t.Parallel()

	krb := writeFile(t, []byte(krb5Conf))
	w, s := startDouble(t, func(_ *winrmd.Options, c *Config) {
		c.Auth, c.User, c.KerberosConfig, c.KerberosRealm = Kerberos, "admin", krb, "LYNC.EXAMPLE"
	})
	connection := w.newConnection()
	defer connection.close()

	if err := connection.connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	login, _ := connection.login.(*kerberosLogin)
	if login == nil || !bytes.HasPrefix(login.binding, []byte("tls-server-end-point:")) {
		t.Errorf("got %+v", login)
	}
	if n := s.Count(); connection.dials.Load() != 1 || connection.ready != 1 || len(n.Requests) != 0 || n.Refused != 0 {
		t.Errorf("%d connections, counted %+v", connection.dials.Load(), n)
	}
}
