package kerberos

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

const (
	realm    = "CONTOSO.COM"
	password = "geheim" //nolint:gosec // only for tests
)

// fakeKDC is a KDC in the test process. It answers as Active Directory does where MIT krb5 does not: it knows an
// account under several names, ignores the case of the realm, and names the account in its own spelling.
type fakeKDC struct {
	// aliases are other names of the only account, aduser.
	aliases []string
	// salt is the salt of the key, from the name of the account at the time of the last password.
	salt string
	// lifetime is the lifetime of tickets.
	lifetime time.Duration
	// answer replaces the answers, unless it returns nil.
	answer func(request []byte) interface{ Marshal() ([]byte, error) }

	mu sync.Mutex
	// logins and tickets are the numbers of requests, failures that of wrong passwords.
	logins, tickets, failures int
	session                   types.EncryptionKey
}

// start listens on loopback, and returns the address.
func (k *fakeKDC) start(t *testing.T) string {
	t.Helper()
	return testkit.Listen(t, func(conn net.Conn) {
		request := make([]byte, 4)
		if _, err := io.ReadFull(conn, request); err != nil {
			return
		}
		request = make([]byte, binary.BigEndian.Uint32(request))
		_, _ = io.ReadFull(conn, request)
		if answer, err := k.reply(request).Marshal(); err == nil {
			_, _ = conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...))
		}
	}).String()
}

func (k *fakeKDC) reply(request []byte) interface{ Marshal() ([]byte, error) } {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.answer != nil {
		if answer := k.answer(request); answer != nil {
			return answer
		}
	}
	var login messages.ASReq
	if login.Unmarshal(request) == nil {
		return k.logIn(login)
	}
	var ticket messages.TGSReq
	if err := ticket.Unmarshal(request); err != nil {
		return failure(60, nil)
	}
	k.tickets++
	return &messages.TGSRep{KDCRepFields: k.grant(ticket.ReqBody, k.session, keyusage.TGS_REP_ENCPART_SESSION_KEY, 13)}
}

func (k *fakeKDC) logIn(request messages.ASReq) interface{ Marshal() ([]byte, error) } {
	k.logins++
	name := request.ReqBody.CName.PrincipalNameString()
	if !strings.EqualFold(name, "aduser") && !slices.Contains(k.aliases, name) {
		return failure(6, nil)
	}
	key, err := deriveKey(password, k.salt, keyHint{encryption: etypeID.AES256_CTS_HMAC_SHA1_96})
	if err != nil {
		return failure(60, nil)
	}
	hint, _ := marshal(types.ETypeInfo2{{EType: key.KeyType, Salt: k.salt}})
	hints := types.PADataSequence{{PADataType: 2}, {PADataType: 19, PADataValue: hint}}
	for _, part := range request.PAData {
		if part.PADataType != 2 {
			continue
		}
		var proof types.EncryptedData
		_ = proof.Unmarshal(part.PADataValue)
		if _, err := crypto.DecryptEncPart(proof, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP); err != nil {
			k.failures++
			return failure(24, hints)
		}
		body := request.ReqBody
		if canonicalizes := body.KDCOptions.Bytes[1]&1 != 0; canonicalizes {
			body.CName.NameString = []string{"aduser"}
		}
		body.Realm, body.SName = strings.ToUpper(body.Realm), grantingName(strings.ToUpper(body.Realm))
		reply := k.grant(body, key, keyusage.AS_REP_ENCPART, 11)
		return &messages.ASRep{KDCRepFields: reply}
	}
	return failure(25, hints)
}

// grant returns a ticket. kind is the type of the answer.
func (k *fakeKDC) grant(
	body messages.KDCReqBody, key types.EncryptionKey, usage uint32, kind int,
) messages.KDCRepFields {
	now := time.Now().UTC().Truncate(time.Second)
	session := types.EncryptionKey{KeyType: etypeID.AES256_CTS_HMAC_SHA1_96, KeyValue: make([]byte, 32)}
	if kind == 11 {
		k.session = session
	}
	if k.lifetime == 0 {
		k.lifetime = time.Hour
	}
	part := messages.EncKDCRepPart{
		Key: session, LastReqs: []messages.LastReq{}, Nonce: body.Nonce, Flags: types.NewKrbFlags(),
		AuthTime: now, StartTime: now, EndTime: now.Add(k.lifetime), SRealm: body.Realm, SName: body.SName,
	}
	plain, _ := part.Marshal()
	encrypted, _ := crypto.GetEncryptedData(plain, key, usage, 0)
	return messages.KDCRepFields{
		PVNO: 5, MsgType: kind, CRealm: body.Realm, CName: body.CName, EncPart: encrypted,
		Ticket: messages.Ticket{
			TktVNO: 5, Realm: body.Realm, SName: body.SName,
			EncPart: types.EncryptedData{EType: 18, Cipher: []byte("opaque")},
		},
	}
}

// failure returns an error of the KDC.
func failure(code int32, data types.PADataSequence) *messages.KRBError {
	m := messages.NewKRBError(grantingName(realm), realm, code, "")
	m.EData, _ = marshal(data)
	return &m
}

// client returns a client of the KDC. defaults are lines of [libdefaults].
func (k *fakeKDC) client(t *testing.T, change func(*Options), defaults ...string) *Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "krb5.conf")
	config := "[libdefaults]\n dns_lookup_kdc = false\n " + strings.Join(defaults, "\n ") +
		"\n[realms]\n " + realm + " = {\n  kdc = " + k.start(t) + "\n }\n"
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	options := Options{Config: path, User: "aduser", Password: password, Realm: realm, Service: "HTTP/lync01"}
	if change != nil {
		change(&options)
	}
	c, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
