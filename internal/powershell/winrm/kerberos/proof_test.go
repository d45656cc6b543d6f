package kerberos

import (
	"testing"

	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// The proof has the first encryption type of the request that the KDC offers, in any order. RC4 is enough.
func TestTokenTypeOfProof(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		offered []int32
		types   string
		want    int32
	}{
		{[]int32{23, 18}, "DEFAULT", 18},
		{[]int32{23, 17, 18}, "DEFAULT", 18},
		{[]int32{23, 3, 19}, "DEFAULT", 19},
		{[]int32{23}, "DEFAULT", 23},
		{[]int32{18, 23}, "rc4 aes", 23},
		{[]int32{23}, "aes", 0},
	} {
		k, got := &fakeKDC{}, int32(0)
		info := types.ETypeInfo2{}
		for _, encryption := range tc.offered {
			info = append(info, types.ETypeInfo2Entry{EType: encryption, Salt: "x"})
		}
		value, _ := marshal(info)
		hints := types.PADataSequence{{PADataType: 2}, {PADataType: 19, PADataValue: value}}
		k.answer = func(request []byte) interface{ Marshal() ([]byte, error) } {
			var login messages.ASReq
			if login.Unmarshal(request) == nil && len(login.PAData) > 0 {
				var proof types.EncryptedData
				_ = proof.Unmarshal(login.PAData[0].PADataValue)
				got = proof.EType
				return failure(CodeWrongPassword, nil)
			}
			return failure(CodeProofRequired, hints)
		}
		if _, err := k.client(t, nil, "permitted_enctypes = "+tc.types).Token(t.Context(), [16]byte{}); err == nil {
			t.Error("no error")
		}
		if got != tc.want {
			t.Errorf("%s, offered %d: got %d, want %d", tc.types, tc.offered, got, tc.want)
		}
	}
}

// damaged is an answer that no KDC gives.
type damaged []byte

func (d damaged) Marshal() ([]byte, error) { return d, nil }

// A KDC that has received the proof may have counted it, unless its answer is another one than the result of a login. A
// login without a result is not repeated.
func TestTokenRemembersUnreadableResults(t *testing.T) {
	t.Parallel()

	reply := messages.KDCRepFields{
		PVNO: 5, MsgType: 11, CRealm: realm, CName: grantingName("x"),
		Ticket: messages.Ticket{
			TktVNO: 5, Realm: realm, SName: grantingName(realm),
			EncPart: types.EncryptedData{EType: 18, Cipher: []byte("opaque")},
		},
		EncPart: types.EncryptedData{EType: 3, Cipher: []byte("opaque")},
	}
	hints := reply
	hints.EncPart.EType, hints.PAData = 18, types.PADataSequence{{PADataType: 19, PADataValue: []byte{1}}}
	ticket := reply
	ticket.MsgType = 13

	for name, tc := range map[string]struct {
		answer     interface{ Marshal() ([]byte, error) }
		remembered bool
	}{
		"empty":                 {damaged{}, true},
		"other protocol":        {damaged("HTTP/1.1 400 Bad Request\r\n\r\n"), true},
		"cut error":             {damaged{0x7e, 0x03, 0x30, 0x01, 0x00}, true},
		"other encryption type": {&messages.ASRep{KDCRepFields: reply}, true},
		"damaged hints":         {&messages.ASRep{KDCRepFields: hints}, true},
		"answer to a ticket":    {&messages.TGSRep{KDCRepFields: ticket}, true},
		"required again":        {failure(CodeProofRequired, nil), true},
		"skew":                  {failure(codeSkew, nil), false},
		"unavailable":           {failure(CodeUnavailable, nil), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, proofs := &fakeKDC{}, 0
			k.answer = func(request []byte) interface{ Marshal() ([]byte, error) } {
				var login messages.ASReq
				if login.Unmarshal(request) == nil && len(login.PAData) > 0 {
					proofs++
					return tc.answer
				}
				return nil
			}
			c := k.client(t, nil)
			for range 3 {
				if _, err := c.Token(t.Context(), [16]byte{}); err == nil || IsRefusal(err) != tc.remembered {
					t.Errorf("got %v", err)
				}
			}
			if remembered := proofs == 1; remembered != tc.remembered {
				t.Errorf("%d proofs", proofs)
			}
		})
	}
}

// A KDC that has received a proof does not refer it to another realm: each could count the password.
func TestTokenProofStaysInRealm(t *testing.T) {
	t.Parallel()
	k, proofs := &fakeKDC{}, 0
	k.answer = func(request []byte) interface{ Marshal() ([]byte, error) } {
		var login messages.ASReq
		if login.Unmarshal(request) != nil || len(login.PAData) == 0 {
			return nil
		}
		proofs++
		refers := failure(CodeWrongRealm, nil)
		refers.CRealm = map[string]string{realm: "B", "B": realm}[login.ReqBody.Realm]
		return refers
	}
	c := k.client(t, nil, "canonicalize = true")
	c.config.realms["B"] = c.config.realms[realm]

	if _, err := c.Token(t.Context(), [16]byte{}); !IsRefusal(err) || proofs != 1 {
		t.Errorf("%d proofs, %v", proofs, err)
	}
}
