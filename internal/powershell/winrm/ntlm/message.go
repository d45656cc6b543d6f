package ntlm

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf16"
)

const (
	typeNegotiate    = 1
	typeChallenge    = 2
	typeAuthenticate = 3

	signature = "NTLMSSP\x00"
	// version is Windows 10, version 1809 (2.2.2.10). Hosts only log it.
	version = "\x0a\x00\x63\x45\x00\x00\x00\x0f"
	// authenticateHead is the length of an AUTHENTICATE message without its payload.
	authenticateHead = 88
)

// message is a message to the host: a head of constant length, whose fields point into the payload.
type message struct {
	head, payload []byte
}

func newMessage(kind uint32, head int) *message {
	m := &message{head: make([]byte, head)}
	copy(m.head, signature)
	m.putUint32(8, kind)
	return m
}

func (m *message) putUint32(at int, value uint32) { binary.LittleEndian.PutUint32(m.head[at:], value) }

// append appends data to the payload. The field at an offset of the head points to it.
func (m *message) append(at int, data []byte) {
	binary.LittleEndian.PutUint16(m.head[at:], uint16(len(data)))                    //nolint:gosec // see bytes
	binary.LittleEndian.PutUint16(m.head[at+2:], uint16(len(data)))                  //nolint:gosec // see bytes
	binary.LittleEndian.PutUint32(m.head[at+4:], uint32(len(m.head)+len(m.payload))) //nolint:gosec // see bytes
	m.payload = append(m.payload, data...)
}

// bytes returns the message, or an error if the length of a field may not be representable.
func (m *message) bytes() ([]byte, error) {
	if len(m.payload) > math.MaxUint16 {
		return nil, errors.New("the names of the user and the host are too long for NTLM")
	}
	return append(m.head, m.payload...), nil
}

// utf16le returns a text in UTF-16, little endian.
func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}
