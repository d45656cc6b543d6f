package ntlm

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // NTLM requires it
	"crypto/rc4" //nolint:gosec // NTLM requires it
	"encoding/binary"

	"golang.org/x/crypto/md4" //nolint:staticcheck,gosec // NTLM requires it

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
)

// responseKey is NTOWFv2 (3.3.2), the key that is derived from the password.
func responseKey(user, domain, password string) []byte {
	hash := md4.New() //nolint:gosec // NTLM requires it
	_, _ = hash.Write(utf16le(password))
	return hmacMD5(hash.Sum(nil), utf16le(upper(user)), utf16le(domain))
}

// clientChallenge returns the data that the response signs (2.2.2.7): the time, the nonce of the client and the target
// information.
func clientChallenge(time, nonce, info []byte) []byte {
	return bytes.Join([]([]byte){{1, 1, 0, 0, 0, 0, 0, 0}, time, nonce, make([]byte, 4), info, make([]byte, 4)}, nil)
}

// respond returns the response to the nonce of a host (3.3.2), and the key that encrypts the key of the session.
func respond(key, nonce, client []byte) (response, base []byte) {
	proof := hmacMD5(key, nonce, client)
	return append(bytes.Clone(proof), client...), hmacMD5(key, proof)
}

// BindingHash returns the hash of a channel binding without addresses (RFC 2744, 3.11; RFC 4121, 4.1.1.2), which NTLM
// and Kerberos send. data is its application data. Without data the hash is zero.
func BindingHash(data []byte) [16]byte {
	if len(data) == 0 {
		return [16]byte{}
	}
	binding := binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(data))) //nolint:gosec // less than 100
	return md5.Sum(append(binding, data...))                                         //nolint:gosec // NTLM requires it
}

func hmacMD5(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return h.Sum(nil)
}

// newRC4 returns the cipher of a key of 16 bytes.
func newRC4(key []byte) *rc4.Cipher {
	c, err := rc4.NewCipher(key) //nolint:gosec // NTLM requires it
	invariant.Check(err, "a key has 16 bytes")
	return c
}

// rc4Once returns data encrypted with a key of its own.
func rc4Once(key, data []byte) []byte {
	out := make([]byte, len(data))
	newRC4(key).XORKeyStream(out, data)
	return out
}
