package winrm

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/kerberos"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// startImpostor starts a KDC that answers every request with bytes, and returns a krb5.conf that names it.
func startImpostor(t *testing.T, answer func(request []byte) []byte) string {
	t.Helper()
	impostor := testkit.Listen(t, func(conn net.Conn) {
		var length [4]byte
		_, _ = io.ReadFull(conn, length[:])
		request := make([]byte, binary.BigEndian.Uint32(length[:]))
		_, _ = io.ReadFull(conn, request)
		_, _ = conn.Write(answer(request))
	})
	return writeFile(t, []byte(fmt.Sprintf("[libdefaults]\n udp_preference_limit = 1\n dns_lookup_kdc = false\n"+
		"[realms]\n LYNC.EXAMPLE = {\n  kdc = %s\n }\n", impostor)))
}

// withImpostor returns the settings of a login with a krb5.conf.
func withImpostor(config string) func(*winrmd.Options, *Config) {
	return func(_ *winrmd.Options, c *Config) {
		c.Auth, c.User, c.KerberosConfig, c.KerberosRealm = Kerberos, "admin", config, "LYNC.EXAMPLE"
	}
}

// stream returns a message as a KDC sends it over TCP.
func stream(t *testing.T, message interface{ Marshal() ([]byte, error) }) []byte {
	t.Helper()
	data, err := message.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...)
}

// loginReply returns a reply to a login with an encrypted part of the type and content, in no key.
func loginReply(encryption int32, cipher []byte, data ...types.PAData) *messages.ASRep {
	admin := types.PrincipalName{NameType: 1, NameString: []string{"admin"}}
	granting := types.PrincipalName{NameType: 2, NameString: []string{"krbtgt", "LYNC.EXAMPLE"}}
	return &messages.ASRep{KDCRepFields: messages.KDCRepFields{
		PVNO: 5, MsgType: 11, PAData: data, CRealm: "LYNC.EXAMPLE", CName: admin,
		Ticket: messages.Ticket{
			TktVNO: 5, Realm: "LYNC.EXAMPLE", SName: granting,
			EncPart: types.EncryptedData{EType: 18, Cipher: []byte{1}},
		},
		EncPart: types.EncryptedData{EType: encryption, Cipher: cipher},
	}}
}

// refusal returns an error of a KDC with data.
func refusal(t *testing.T, code int32, data any) *messages.KRBError {
	t.Helper()
	encoded, err := asn1.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	m := messages.NewKRBError(types.PrincipalName{NameType: 2, NameString: []string{"krbtgt", "LYNC.EXAMPLE"}},
		"LYNC.EXAMPLE", code, "")
	m.EData, m.STime = encoded, time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	return &m
}

// hints returns the data of a KDC about the keys of an account.
func hints(t *testing.T, info types.ETypeInfo2) types.PAData {
	t.Helper()
	encoded, err := asn1.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	return types.PAData{PADataType: 19, PADataValue: encoded}
}

// Whatever answers on the way to the KDC, the provider goes on. The first case has crashed it.
func TestKerberosImpostor(t *testing.T) {
	t.Parallel()
	const required = 25
	timestamp, pkinit := types.PAData{PADataType: 2}, types.PAData{PADataType: 16}
	rounds := func(n uint32) types.PADataSequence {
		return types.PADataSequence{timestamp, hints(t, types.ETypeInfo2{
			{EType: 18, Salt: "x", S2KParams: binary.BigEndian.AppendUint32(nil, n)},
		})}
	}
	damaged := types.PAData{PADataType: 19, PADataValue: []byte{1}}

	for name, tc := range map[string]struct {
		answer []byte
		part   string
	}{
		"short cipher":           {stream(t, loginReply(18, []byte{1, 2, 3})), "answer of the KDC"},
		"short cipher of RC4":    {stream(t, loginReply(23, []byte{1, 2, 3})), "answer of the KDC"},
		"no cipher":              {stream(t, loginReply(17, nil)), "answer of the KDC"},
		"wrong key":              {stream(t, loginReply(18, make([]byte, 64))), "does not decrypt the answer"},
		"other type":             {stream(t, loginReply(99, make([]byte, 64))), "encryption type 99"},
		"no hints":               {stream(t, loginReply(18, make([]byte, 64), hints(t, nil))), "answer of the KDC"},
		"damaged hints":          {stream(t, loginReply(18, nil, damaged)), "damaged"},
		"required without hints": {stream(t, refusal(t, required, types.PADataSequence{hints(t, nil)})), "(25)"},
		"required without data":  {stream(t, refusal(t, required, []byte{})), "damaged"},
		"many rounds":            {stream(t, refusal(t, required, rounds(1<<20+1))), "rounds for the key"},
		"few rounds":             {stream(t, refusal(t, required, rounds(4095))), "rounds for the key"},
		"other type required": {stream(t, refusal(t, required, types.PADataSequence{
			timestamp, hints(t, types.ETypeInfo2{{EType: 1}}),
		})), "no key of an encryption type that krb5.conf permits"},
		"no password":  {stream(t, refusal(t, required, types.PADataSequence{pkinit})), "accepts only a certificate"},
		"skew":         {stream(t, refusal(t, 37, []byte{})), "2001-02-03T04:05:06Z on the KDC"},
		"empty":        {[]byte{0, 0, 0, 0}, "damaged"},
		"nothing":      {nil, "no KDC of LYNC.EXAMPLE answers"},
		"cut off":      {[]byte{0, 0, 1, 0, 0x7e}, "no KDC of LYNC.EXAMPLE answers"},
		"too long":     {[]byte{0xff, 0xff, 0xff, 0xff}, "more than 256 KiB"},
		"one too long": {[]byte{0, 4, 0, 1}, "more than 256 KiB"},
		"noise":        {append([]byte{0, 0, 0, 9}, "\x7e\x84\xff\xff\xff\xff\x30\x80\x00"...), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := startImpostor(t, func([]byte) []byte { return tc.answer })
			w, s := startDouble(t, withImpostor(config))
			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			assertError(t, w, err, false, "Kerberos: ", tc.part)
			if n := s.Count(); len(n.Requests) != 0 {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

// A lost or unreadable answer to a password is remembered, and each run says so.
func TestKerberosUnconfirmed(t *testing.T) {
	t.Parallel()
	required := stream(t, refusal(t, 25, types.PADataSequence{
		{PADataType: 2}, hints(t, types.ETypeInfo2{{EType: 18, Salt: "x"}}),
	}))
	for name, answer := range map[string][]byte{"lost": nil, "damaged": {0, 0, 0, 1, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var proofs atomic.Int32
			w, _ := startDouble(t, withImpostor(startImpostor(t, func(request []byte) []byte {
				var login messages.ASReq
				if login.Unmarshal(request) == nil && len(login.PAData) > 0 {
					proofs.Add(1)
					return answer
				}
				return required
			})))
			for range 3 {
				_, err := w.Run(t.Context(), "script", strings.NewReader(""))
				assertError(t, w, err, false, "Kerberos: the login at the KDC of LYNC.EXAMPLE has no readable result",
					"The KDC may have counted the login as failed", "not try the login again in this run")
			}
			if n := proofs.Load(); n != 1 {
				t.Errorf("%d passwords sent", n)
			}
		})
	}
}

// The time of a KDC is not that of an answer of the host.
func TestKerberosOutsideTimeOfAnswer(t *testing.T) {
	t.Parallel()
	var waits, inside atomic.Int32
	w, _ := startDouble(t, withImpostor(startImpostor(t, func([]byte) []byte {
		inside.Add(waits.Load())
		return nil
	})))
	limit := w.answerContext
	w.answerContext = func(ctx context.Context) (context.Context, context.CancelFunc) {
		waits.Add(1)
		ctx, cancel := limit(ctx)
		return ctx, func() { waits.Add(-1); cancel() }
	}
	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "Kerberos: no KDC of LYNC.EXAMPLE answers", "krb5.conf names the KDCs")

	if n := inside.Load(); n != 0 {
		t.Errorf("%d waits for the host while the KDC was asked", n)
	}
}

func TestKerberosExpiredCache(t *testing.T) {
	t.Parallel()
	expired := &kerberos.ExpiredError{Cache: "/tmp/cache", End: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)}
	w := &Transport{config: Config{Host: "lync01", Auth: Kerberos}}
	assertError(t, w, w.failed("open a remote shell on", &kerberosError{expired}), true,
		"Kerberos: the ticket in the credential cache /tmp/cache expired at 2020-01-02T03:04:05Z",
		"Get a new ticket: kinit -c /tmp/cache.")
}

// A host that refuses a ticket shows its clock in each answer.
func TestKerberosClockOfHost(t *testing.T) {
	t.Parallel()
	w := &Transport{config: Config{Host: "lync01", Auth: Kerberos}}
	refused := func(clock time.Time) error {
		return refusedBy(&httpResponse{
			status: http.StatusUnauthorized, header: http.Header{"Date": {clock.UTC().Format(http.TimeFormat)}},
		})
	}
	assertError(t, w, w.failed("open a remote shell on", refused(time.Now().Add(-time.Hour))), true,
		"The clock of the host", "on the host and", "on this machine", "HTTP/lync01")
	err := w.failed("open a remote shell on", refused(time.Now()))
	if strings.Contains(err.Error(), "on this machine") {
		t.Errorf("the clocks agree: %v", err)
	}
}
