package winrm

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// The checksum of the authenticator has the length and the hash of the channel binding, and the flags of the context.
func TestKerberosChannelBinding(t *testing.T) {
	t.Parallel()

	const realm = "LYNC.EXAMPLE"

	now := time.Now()
	host := types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, "HTTP/lync01.lync.example")
	user := credentials.New("admin", realm)

	const kind = etypeID.AES256_CTS_HMAC_SHA1_96

	keys := keytab.New()
	if err := keys.AddEntry(host.PrincipalNameString(), realm, "key", now, 1, kind); err != nil {
		t.Fatal(err)
	}
	ticket, key, err := messages.NewTicket(user.CName(), realm, host, realm, types.NewKrbFlags(), keys,
		kind, 1, now, now, now.Add(time.Hour), now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	request, err := boundRequest(user, ticket, key, []byte("tls-server-end-point:hash"))
	if err != nil {
		t.Fatal(err)
	}
	if err := request.DecryptAuthenticator(key); err != nil {
		t.Fatal(err)
	}
	// The MD5 of 16 zeros, the length 25 and the data.
	want := "10000000" + "ebd7d15f01284b358388c3231531a4f4" + "30000000"
	if got := hex.EncodeToString(request.Authenticator.Cksum.Checksum); got != want {
		t.Errorf("checksum %s, want %s", got, want)
	}
}

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
