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
