package ntlm

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // NTLM requires it
	"crypto/rc4" //nolint:gosec // NTLM requires it
	"encoding/binary"
	"errors"
)

// SignatureSize is the length of a signature, in bytes.
const SignatureSize = 16

// Session seals and unseals the messages after a login (3.4): both directions have keys of their own, and each message
// has a number.
type Session struct {
	out, in direction
}

// direction has the state of the messages in one direction.
type direction struct {
	cipher *rc4.Cipher
	key    []byte // of signatures
	number uint32
}

func newSession(key []byte) *Session {
	return &Session{out: newDirection(key, "client-to-server"), in: newDirection(key, "server-to-client")}
}

func newDirection(key []byte, name string) direction {
	derive := func(purpose string) []byte {
		constant := "session key to " + name + " " + purpose + " key magic constant\x00"
		sum := md5.Sum(append(bytes.Clone(key), constant...)) //nolint:gosec // NTLM requires it
		return sum[:]
	}
	return direction{cipher: newRC4(derive("sealing")), key: derive("signing")}
}

// Seal returns a message encrypted, and its signature. Messages must be sent in the order of the calls.
func (s *Session) Seal(message []byte) (sealed, signature []byte) {
	sealed = make([]byte, len(message))
	s.out.cipher.XORKeyStream(sealed, message)
	return sealed, s.out.sign(message)
}

// Unseal returns a message decrypted. After an error the session cannot be used any longer.
func (s *Session) Unseal(sealed, signature []byte) ([]byte, error) {
	message := make([]byte, len(sealed))
	s.in.cipher.XORKeyStream(message, sealed)
	if !hmac.Equal(signature, s.in.sign(message)) {
		return nil, errors.New("the signature of the message is wrong")
	}
	return message, nil
}

// sign returns the signature of the next message (3.4.4.2).
func (d *direction) sign(message []byte) []byte {
	number := binary.LittleEndian.AppendUint32(nil, d.number)
	d.number++

	sum := hmacMD5(d.key, number, message)[:8]
	d.cipher.XORKeyStream(sum, sum)
	return append(append([]byte{1, 0, 0, 0}, sum...), number...)
}
