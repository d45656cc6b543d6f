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

// session protects messages after a login.
type session interface {
	// seals reports whether the session can encrypt.
	seals() bool
	// protect returns the signature of a message and the encrypted message. unprotect is its reverse.
	protect(message []byte) ([]byte, error)
	unprotect(sealed []byte) ([]byte, error)
}

// peerSession is the session of a [Peer].
type peerSession struct {
	peer       Peer
	connection int
}

func (peerSession) seals() bool { return true }

func (s peerSession) protect(message []byte) ([]byte, error) {
	return s.peer.Seal(s.connection, message)
}

func (s peerSession) unprotect(sealed []byte) ([]byte, error) {
	return s.peer.Unseal(s.connection, sealed)
}

// ntlmSession is the session of the double's own NTLM.
type ntlmSession struct {
	in, out         *rc4.Cipher
	signIn, signOut []byte
	seqIn, seqOut   uint32
	exchanged       bool
}

func newSession(key []byte, flags uint32) *ntlmSession {
	derive := func(purpose string) []byte {
		constant := "session key to " + purpose + " key magic constant\x00"
		sum := md5.Sum(append(bytes.Clone(key), constant...)) //nolint:gosec // required by NTLM
		return sum[:]
	}

	s := &ntlmSession{
		signIn: derive("client-to-server signing"), signOut: derive("server-to-client signing"),
		exchanged: flags&flagKeyExch != 0,
	}
	s.in, _ = rc4.NewCipher(derive("client-to-server sealing"))  //nolint:gosec // required by NTLM
	s.out, _ = rc4.NewCipher(derive("server-to-client sealing")) //nolint:gosec // required by NTLM
	return s
}

func (s *ntlmSession) seals() bool { return s.in != nil }

func (s *ntlmSession) sign(c *rc4.Cipher, key []byte, seq uint32, message []byte) []byte {
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

// signatureSize is the length of a signature.
const signatureSize = 16

// seal encrypts and signs a message (MS-WSMV 2.2.9.1).
func seal(s session, message []byte) ([]byte, error) {
	sealed, err := s.protect(message)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer

	fmt.Fprintf(&b, "%s%s%d\r\n%s\r\n%s", boundary, plainHead, len(message), boundary, octets)
	b.Write(binary.LittleEndian.AppendUint32(nil, signatureSize))
	b.Write(sealed)
	b.WriteString(boundary + "--\r\n")
	return b.Bytes(), nil
}

// unseal decrypts a message and verifies its signature and its length.
func unseal(s session, body []byte) ([]byte, error) {
	_, rest, found := bytes.Cut(body, []byte(octets))
	_, size, sized := bytes.Cut(body, []byte("Length="))
	rest, ended := bytes.CutSuffix(rest, []byte(boundary+"--\r\n"))

	if !found || !ended || !sized || len(rest) < 4+signatureSize ||
		binary.LittleEndian.Uint32(rest) != signatureSize {
		return nil, errors.New("not a sealed message")
	}
	message, err := s.unprotect(rest[4:])
	if err != nil {
		return nil, err
	}
	var length int
	if _, err := fmt.Sscanf(string(size[:min(len(size), 12)]), "%d", &length); err != nil || length != len(message) {
		return nil, errors.New("the length is wrong")
	}
	return message, nil
}

func (s *ntlmSession) protect(message []byte) ([]byte, error) {
	sealed := make([]byte, len(message))
	s.out.XORKeyStream(sealed, message)
	signature := s.sign(s.out, s.signOut, s.seqOut, message)
	s.seqOut++
	return append(signature, sealed...), nil
}

func (s *ntlmSession) unprotect(sealed []byte) ([]byte, error) {
	message := make([]byte, len(sealed)-signatureSize)
	s.in.XORKeyStream(message, sealed[signatureSize:])

	if want := s.sign(s.in, s.signIn, s.seqIn, message); !hmac.Equal(sealed[:signatureSize], want) {
		return nil, errors.New("the signature is wrong")
	}
	s.seqIn++
	return message, nil
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return h.Sum(nil)
}
