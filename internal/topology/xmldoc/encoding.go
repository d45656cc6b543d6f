package xmldoc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrNotUnicode is the error of a document whose bytes are in none of the supported encodings.
var ErrNotUnicode = errors.New("the document is neither valid UTF-8 nor UTF-16")

// encoding is how a document is stored.
type encoding struct {
	order binary.ByteOrder // nil for UTF-8
	mark  bool             // begins with a byte order mark
}

var (
	markUTF8    = []byte{0xEF, 0xBB, 0xBF}
	markUTF16LE = []byte{0xFF, 0xFE}
	markUTF16BE = []byte{0xFE, 0xFF}
)

// decode detects the encoding of raw and returns the text without the byte order mark. It fails for bytes that encode
// would not reproduce.
func decode(raw []byte) (string, encoding, error) {
	enc, body := detectEncoding(raw)
	if enc.order == nil {
		if !utf8.Valid(body) {
			return "", enc, ErrNotUnicode
		}
		return string(body), enc, nil
	}
	if len(body)%2 != 0 {
		return "", enc, errors.New("the document is UTF-16 with an odd number of bytes: it is cut off or damaged")
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = enc.order.Uint16(body[2*i:])
	}
	text := string(utf16.Decode(units))
	if !bytes.Equal(enc.encode(text), raw) {
		return "", enc, errors.New("the document is UTF-16 with an unpaired surrogate: it is damaged")
	}
	return text, enc, nil
}

func detectEncoding(raw []byte) (encoding, []byte) {
	switch {
	case bytes.HasPrefix(raw, markUTF8):
		return encoding{mark: true}, raw[len(markUTF8):]
	case bytes.HasPrefix(raw, markUTF16LE):
		return encoding{order: binary.LittleEndian, mark: true}, raw[len(markUTF16LE):]
	case bytes.HasPrefix(raw, markUTF16BE):
		return encoding{order: binary.BigEndian, mark: true}, raw[len(markUTF16BE):]
	// A document begins with an ASCII character, so a zero byte shows the byte order.
	case len(raw) >= 2 && raw[0] != 0 && raw[1] == 0:
		return encoding{order: binary.LittleEndian}, raw
	case len(raw) >= 2 && raw[0] == 0 && raw[1] != 0:
		return encoding{order: binary.BigEndian}, raw
	default:
		return encoding{}, raw
	}
}

// encode is the inverse of decode.
func (enc encoding) encode(text string) []byte {
	if enc.order == nil {
		if enc.mark {
			return append(bytes.Clone(markUTF8), text...)
		}
		return []byte(text)
	}
	units := utf16.Encode([]rune(text))
	raw := make([]byte, 0, 2*len(units)+2)
	if enc.mark {
		raw = append(raw, 0, 0)
		enc.order.PutUint16(raw, 0xFEFF)
	}
	for _, u := range units {
		raw = append(raw, 0, 0)
		enc.order.PutUint16(raw[len(raw)-2:], u)
	}
	return raw
}
