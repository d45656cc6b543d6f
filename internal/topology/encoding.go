package topology

import (
	"bytes"
	"encoding/binary"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// textEncoding is how a document is stored. The management shell writes UTF-16LE with a byte order mark; other tools
// save UTF-8.
type textEncoding struct {
	order binary.ByteOrder // nil: UTF-8
	mark  bool             // begins with a byte order mark
}

var (
	markUTF8    = []byte{0xEF, 0xBB, 0xBF}
	markUTF16LE = []byte{0xFF, 0xFE}
	markUTF16BE = []byte{0xFE, 0xFF}
)

// decodeText tells the encoding of raw and returns its text, without the byte order mark. It refuses bytes that would
// not come back the same, because a document must never change where nobody changed it.
func decodeText(raw []byte) (string, textEncoding, error) {
	enc, body := detectEncoding(raw)
	if enc.order == nil {
		if !utf8.Valid(body) {
			return "", enc, errors.New("the document is neither valid UTF-8 nor UTF-16; save it in one of the two " +
				"(Out-File -Encoding Unicode, or Set-Content -Encoding UTF8)")
		}
		return string(body), enc, nil
	}
	if len(body)%2 != 0 {
		return "", enc, errors.New("the document is UTF-16 with an odd number of bytes: it is cut off or damaged; export it again")
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = enc.order.Uint16(body[2*i:])
	}
	text := string(utf16.Decode(units))
	if !bytes.Equal(enc.encode(text), raw) {
		return "", enc, errors.New("the document is UTF-16 with an unpaired surrogate: it is damaged; export it again")
	}
	return text, enc, nil
}

func detectEncoding(raw []byte) (textEncoding, []byte) {
	switch {
	case bytes.HasPrefix(raw, markUTF8):
		return textEncoding{mark: true}, raw[len(markUTF8):]
	case bytes.HasPrefix(raw, markUTF16LE):
		return textEncoding{order: binary.LittleEndian, mark: true}, raw[len(markUTF16LE):]
	case bytes.HasPrefix(raw, markUTF16BE):
		return textEncoding{order: binary.BigEndian, mark: true}, raw[len(markUTF16BE):]
	case len(raw) >= 2 && raw[0] != 0 && raw[1] == 0: // an ASCII character, as every document begins with
		return textEncoding{order: binary.LittleEndian}, raw
	case len(raw) >= 2 && raw[0] == 0 && raw[1] != 0:
		return textEncoding{order: binary.BigEndian}, raw
	default:
		return textEncoding{}, raw
	}
}

// encode is the reverse of decodeText.
func (enc textEncoding) encode(text string) []byte {
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
