package kerberos

import (
	"bytes"
	"testing"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/types"
)

// The default salt replaces an absent salt, and no other (RFC 4120 5.2.7.4 and 5.2.7.5).
func TestEmptySaltIsASalt(t *testing.T) {
	t.Parallel()

	const (
		etype   = "\xa0\x03\x02\x01\x12" // [0] INTEGER 18
		info    = 11
		info2   = 19
		general = "\x1b" // GeneralString, of ETYPE-INFO2
		octets  = "\x04" // OCTET STRING, of ETYPE-INFO
	)
	// sequence returns SEQUENCE { SEQUENCE { parts } }.
	sequence := func(parts string) []byte {
		inner := append([]byte{0x30, byte(len(parts))}, parts...)
		return append([]byte{0x30, byte(len(inner))}, inner...)
	}

	for _, tc := range []struct {
		name string
		kind int32
		data []byte
		salt string
	}{
		{"ETYPE-INFO2 without a salt", info2, sequence(etype), "default"},
		{"ETYPE-INFO2, empty", info2, sequence(etype + "\xa1\x02" + general + "\x00"), ""},
		{"ETYPE-INFO2, a salt", info2, sequence(etype + "\xa1\x04" + general + "\x02ab"), "ab"},
		{"ETYPE-INFO2, empty, with rounds", info2,
			sequence(etype + "\xa1\x02" + general + "\x00" + "\xa2\x06\x04\x04\x00\x00\x10\x00"), ""},
		{"ETYPE-INFO without a salt", info, sequence(etype), "default"},
		{"ETYPE-INFO, empty", info, sequence(etype + "\xa1\x02" + octets + "\x00"), ""},
		{"ETYPE-INFO, empty, with a number after it", info,
			sequence(etype + "\xa1\x02" + octets + "\x00" + "\xa2\x03\x02\x01\x00"), ""},
		{"ETYPE-INFO, a salt", info, sequence(etype + "\xa1\x04" + octets + "\x02ab"), "ab"},
	} {
		hints, err := readHints(types.PADataSequence{{PADataType: tc.kind, PADataValue: tc.data}})
		if err != nil || len(hints) != 1 || hints[0].encryption != etypeID.AES256_CTS_HMAC_SHA1_96 {
			t.Errorf("%s: %+v, %v", tc.name, hints, err)
			continue
		}
		got, err := deriveKey(password, "default", hints[0])
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		want, err := deriveKey(password, tc.salt, keyHint{encryption: hints[0].encryption})
		if err != nil || !bytes.Equal(got.KeyValue, want.KeyValue) {
			t.Errorf("%s: the key has another salt than %q, %v", tc.name, tc.salt, err)
		}
	}
}

// Hints that are not those of RFC 4120 are an error.
func TestReadHintsRefusesDamage(t *testing.T) {
	t.Parallel()

	for name, data := range map[string]string{
		"empty":                 "",
		"no sequence":           "\x02\x01\x12",
		"no encryption type":    "\x30\x06\x30\x04\xa1\x02\x1b\x00",
		"a part of another tag": "\x30\x09\x30\x07\x02\x01\x12\xa1\x02\x1b\x00",
		"a salt without a type": "\x30\x09\x30\x07\xa0\x03\x02\x01\x12\xa1\x00",
		"cut":                   "\x30\x07\x30\x05\xa0\x03\x02\x01",
		"a number too large":    "\x30\x0b\x30\x09\xa0\x07\x02\x05\x01\x00\x00\x00\x00",
	} {
		for _, kind := range []int32{11, 19} {
			hints, err := readHints(types.PADataSequence{{PADataType: kind, PADataValue: []byte(data)}})
			if err == nil {
				t.Errorf("%s, %d: %+v", name, kind, hints)
			}
		}
	}
}
