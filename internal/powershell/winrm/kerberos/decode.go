package kerberos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
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
	salt       string
	params     []byte
}

// readHints returns the hints in the data of an answer, in the order of the KDC. ETYPE-INFO2 replaces the older forms.
func readHints(data types.PADataSequence) (hints []keyHint, err error) {
	defer recovered(&err)

	const etypeInfo, etypeInfo2 = 11, 19

	for _, part := range data {
		switch part.PADataType {
		case etypeInfo2:
			info, err := part.GetETypeInfo2()
			if err != nil {
				return nil, errDamaged
			}
			hints = nil

			for _, entry := range info {
				hints = append(hints, keyHint{entry.EType, entry.Salt, entry.S2KParams})
			}
			return hints, nil
		case etypeInfo:
			info, err := part.GetETypeInfo()
			if err != nil {
				return nil, errDamaged
			}
			for _, entry := range info {
				hints = append(hints, keyHint{entry.EType, string(entry.Salt), nil})
			}
		}
	}
	return hints, nil
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
	if hint.salt != "" {
		defaultSalt = hint.salt
	}
	value, err := kind.StringToKey(password, defaultSalt, params)
	return types.EncryptionKey{KeyType: hint.encryption, KeyValue: value}, err
}
