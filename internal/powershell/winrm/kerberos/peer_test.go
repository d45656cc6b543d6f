//go:build unix

package kerberos

import (
	"crypto/md5" //nolint:gosec // RFC 4121 requires it
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/kdc"
)

// startMIT starts a KDC with the account admin and the service HTTP/lync01.
func startMIT(t *testing.T) (k *kdc.KDC, keytab string, newClient func() *Client) {
	t.Helper()
	k = kdc.Start(t, realm)
	k.Admin(realm, "addprinc -pw geheim +requires_preauth admin")
	keytab = k.Keytab(realm, "HTTP/lync01")
	return k, keytab, func() *Client {
		c, err := New(Options{
			Config: k.Config, User: "admin", Password: "geheim", Realm: realm, Service: "HTTP/lync01",
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

func TestSkewOfMIT(t *testing.T) {
	t.Parallel()
	k, _, newClient := startMIT(t)
	for _, by := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		c := newClient()
		c.now = func() time.Time { return time.Now().Add(by) }

		var skew *SkewError
		_, err := c.Token(t.Context(), [16]byte{})
		if !errors.As(err, &skew) || (skew.Local.Sub(skew.KDC)-by).Abs() > 4*time.Minute {
			t.Errorf("%s: got %v", by, err)
		}
	}
	if n := k.Failures("admin"); n != 0 {
		t.Errorf("%d wrong passwords count", n)
	}
}

// The acceptor of MIT krb5 verifies the binding if both sides have one.
func TestBindingOfMIT(t *testing.T) {
	t.Parallel()
	k, keytab, newClient := startMIT(t)
	c := newClient()
	bound, other := []byte("tls-server-end-point:a"), []byte("tls-server-end-point:b")
	hash := func(data []byte) [16]byte {
		binding := binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(data)))
		return md5.Sum(append(binding, data...)) //nolint:gosec // RFC 4121 requires it
	}
	for _, tc := range []struct {
		name           string
		client         [16]byte
		acceptor       []byte
		wantAcceptance bool
	}{
		{"none", [16]byte{}, nil, true},
		{"equal", hash(bound), bound, true},
		{"different", hash(other), bound, false},
		{"only the client", hash(bound), nil, true},
	} {
		message, err := c.Token(t.Context(), tc.client)
		if err != nil {
			t.Fatal(err)
		}
		user, err := k.StartAcceptor(keytab, tc.acceptor).Accept(message)
		if tc.wantAcceptance != (err == nil && user == "admin@"+realm) {
			t.Errorf("%s: got %q, %v", tc.name, user, err)
		}
	}
}
