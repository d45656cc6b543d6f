package kerberos

import (
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Data of a KDC reaches the library only in this file. The library panics on malformed data.

var errDamaged = errors.New("the answer of the KDC is damaged")

// recovered turns a panic of the library into an error.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = errDamaged
	}
}

// decode parses a message or a part of one.
func decode(data []byte, into interface{ Unmarshal(data []byte) error }) (err error) {
	defer recovered(&err)

	if err := into.Unmarshal(data); err != nil {
		return errDamaged
	}
	return nil
}

// isErrorMessage reports whether an answer is a KRB-ERROR.
func isErrorMessage(answer []byte) bool {
	const application = 0x60
	return len(answer) > 0 && answer[0] == application|asnAppTag.KRBError
}

// decrypt decrypts the encrypted part of an answer.
func decrypt(part types.EncryptedData, key types.EncryptionKey, usage uint32) (
	plain messages.EncKDCRepPart, err error,
) {
	defer recovered(&err)

	if part.EType != key.KeyType {
		return plain, fmt.Errorf("the answer of the KDC has encryption type %d instead of %d", part.EType, key.KeyType)
	}
	data, err := crypto.DecryptEncPart(part, key, usage)
	if err != nil {
		return plain, err
	}
	return plain, decode(data, &plain)
}

// keyHint is how a KDC derives a key from the password.
type keyHint struct {
	encryption int32
	// salt is nil if the KDC sent none. An empty salt is not an absent one (RFC 4120 5.2.7.5).
	salt   *string
	params []byte
}

// hintEntry is an entry of ETYPE-INFO and of ETYPE-INFO2. The types of the library do not distinguish an empty salt
// from an absent one. Only ETYPE-INFO2 has parameters. Old KDCs add a number to ETYPE-INFO in their place.
type hintEntry struct {
	Encryption int32         `asn1:"explicit,tag:0"`
	Salt       asn1.RawValue `asn1:"explicit,optional,tag:1"`
	Params     asn1.RawValue `asn1:"explicit,optional,tag:2"`
}

// readHints returns the hints in the data of an answer, in the order of the KDC. ETYPE-INFO2 replaces the older forms.
func readHints(data types.PADataSequence) (hints []keyHint, err error) {
	defer recovered(&err)

	for _, part := range data {
		if part.PADataType != patype.PA_ETYPE_INFO && part.PADataType != patype.PA_ETYPE_INFO2 {
			continue
		}
		found, err := readHintEntries(part.PADataValue)
		if err != nil {
			return nil, err
		}
		if part.PADataType == patype.PA_ETYPE_INFO2 {
			return found, nil
		}
		hints = append(hints, found...)
	}
	return hints, nil
}

// readHintEntries parses the entries of ETYPE-INFO or ETYPE-INFO2.
func readHintEntries(data []byte) ([]keyHint, error) {
	var entries []hintEntry
	if _, err := asn1.Unmarshal(data, &entries); err != nil {
		return nil, errDamaged
	}
	var hints []keyHint

	for _, entry := range entries {
		hint := keyHint{encryption: entry.Encryption}

		salt, found, err := inside(entry.Salt)
		if err != nil {
			return nil, err
		}
		if found {
			text := string(salt.Bytes)
			hint.salt = &text
		}
		params, _, err := inside(entry.Params)
		if err != nil {
			return nil, err
		}
		if params.Tag == asn1.TagOctetString {
			hint.params = params.Bytes
		}
		hints = append(hints, hint)
	}
	return hints, nil
}

// inside returns the value in an optional field with an explicit tag, and whether the field is present.
func inside(field asn1.RawValue) (value asn1.RawValue, found bool, err error) {
	if len(field.FullBytes) == 0 {
		return value, false, nil
	}
	if _, err := asn1.Unmarshal(field.Bytes, &value); err != nil {
		return value, false, errDamaged
	}
	return value, true, nil
}

// minIterations and maxIterations limit the rounds with which a key is derived. Fewer make it easier to guess the
// password from the messages, and more keep the processor busy. The default of each type is in the limits.
const minIterations, maxIterations = 4096, 1 << 20

// deriveKey returns the key of a password. defaultSalt replaces an absent salt.
func deriveKey(password, defaultSalt string, hint keyHint) (key types.EncryptionKey, err error) {
	defer recovered(&err)

	kind, err := crypto.GetEtype(hint.encryption)
	if err != nil {
		return key, err
	}
	params := kind.GetDefaultStringToKeyParams()

	if len(hint.params) > 0 && slices.Contains(families["aes"], hint.encryption) {
		if len(hint.params) != 4 {
			return key, errDamaged
		}
		if n := binary.BigEndian.Uint32(hint.params); n < minIterations || n > maxIterations {
			return key, fmt.Errorf("the KDC requests %d rounds for the key of the password; from %d to %d are accepted",
				n, minIterations, maxIterations)
		}
		params = fmt.Sprintf("%x", hint.params)
	}
	salt := defaultSalt
	if hint.salt != nil {
		salt = *hint.salt
	}
	value, err := kind.StringToKey(password, salt, params)
	return types.EncryptionKey{KeyType: hint.encryption, KeyValue: value}, err
}
