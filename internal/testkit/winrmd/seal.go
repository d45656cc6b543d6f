package winrmd

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // required by NTLM
	"crypto/rc4" //nolint:gosec // required by NTLM
	"encoding/binary"
	"errors"
	"fmt"
)

// session seals and unseals messages after a handshake.
type session struct {
	in, out         *rc4.Cipher
	signIn, signOut []byte
	seqIn, seqOut   uint32
	exchanged       bool
}

func newSession(key []byte, flags uint32) *session {
	derive := func(purpose string) []byte {
		constant := "session key to " + purpose + " key magic constant\x00"
		sum := md5.Sum(append(bytes.Clone(key), constant...)) //nolint:gosec // required by NTLM
		return sum[:]
	}

	s := &session{
		signIn: derive("client-to-server signing"), signOut: derive("server-to-client signing"),
		exchanged: flags&flagKeyExch != 0,
	}
	s.in, _ = rc4.NewCipher(derive("client-to-server sealing"))  //nolint:gosec // required by NTLM
	s.out, _ = rc4.NewCipher(derive("server-to-client sealing")) //nolint:gosec // required by NTLM
	return s
}

func (s *session) seals() bool { return s != nil && s.in != nil }

func (s *session) sign(c *rc4.Cipher, key []byte, seq uint32, message []byte) []byte {
	number := binary.LittleEndian.AppendUint32(nil, seq)
	sum := mac(key, number, message)[:8]

	if s.exchanged {
		c.XORKeyStream(sum, sum)
	}
	return append(append([]byte{1, 0, 0, 0}, sum...), number...)
}

const (
	boundary  = "--Encrypted Boundary"
	sealedAs  = `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`
	octets    = "\tContent-Type: application/octet-stream\r\n"
	plainHead = "\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n" +
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
)

// seal encrypts and signs a message (MS-WSMV 2.2.9.1).
func (s *session) seal(message []byte) []byte {
	sealed := make([]byte, len(message))
	s.out.XORKeyStream(sealed, message)
	signature := s.sign(s.out, s.signOut, s.seqOut, message)
	s.seqOut++

	var b bytes.Buffer

	fmt.Fprintf(&b, "%s%s%d\r\n%s\r\n%s", boundary, plainHead, len(message), boundary, octets)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(signature))))
	b.Write(signature)
	b.Write(sealed)
	b.WriteString(boundary + "--\r\n")
	return b.Bytes()
}

// unseal decrypts a message and verifies its signature and its length.
func (s *session) unseal(body []byte) ([]byte, error) {
	_, rest, found := bytes.Cut(body, []byte(octets))
	_, size, sized := bytes.Cut(body, []byte("Length="))
	rest, ended := bytes.CutSuffix(rest, []byte(boundary+"--\r\n"))

	if !found || !ended || !sized || len(rest) < 20 || binary.LittleEndian.Uint32(rest) != 16 {
		return nil, errors.New("not a sealed message")
	}
	message := make([]byte, len(rest)-20)
	s.in.XORKeyStream(message, rest[20:])

	if want := s.sign(s.in, s.signIn, s.seqIn, message); !hmac.Equal(rest[4:20], want) {
		return nil, errors.New("the signature is wrong")
	}
	s.seqIn++

	var length int
	if _, err := fmt.Sscanf(string(size[:min(len(size), 12)]), "%d", &length); err != nil || length != len(message) {
		return nil, errors.New("the length is wrong")
	}
	return message, nil
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return h.Sum(nil)
}
