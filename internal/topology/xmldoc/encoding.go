package xmldoc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
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

// String returns the name of the encoding.
func (enc encoding) String() string {
	switch enc.order {
	case nil:
		return "UTF-8"
	case binary.BigEndian:
		return "UTF-16BE"
	default:
		return "UTF-16LE"
	}
}

// names returns the names of the encoding in an XML declaration that .NET accepts, in lower case.
func (enc encoding) names() []string {
	switch enc.order {
	case nil:
		return []string{"utf-8"}
	case binary.BigEndian:
		return []string{"utf-16", "ucs-2", "iso-10646-ucs-2", "utf-16be", "unicodefffe"}
	default:
		return []string{"utf-16", "ucs-2", "iso-10646-ucs-2", "utf-16le", "unicode"}
	}
}

// decode detects the encoding of raw and returns the text without the byte order mark. It fails for bytes that encode
// would not reproduce.
func decode(raw []byte) (decoded, error) {
	enc, body, err := detectEncoding(raw)
	if err != nil {
		return decoded{}, err
	}
	if enc.order != nil {
		return decodeUTF16(raw, body, enc)
	}
	text := string(body)
	if valid := validPrefix(text); valid < len(text) {
		if err := checkDeclaration(text[:valid], enc); err != nil {
			return decoded{}, err // the reason why the bytes are not UTF-8
		}
		return decoded{}, fmt.Errorf("%w: %w", ErrNotUnicode,
			syntaxError(text, valid, "the byte 0x%02X is not UTF-8", text[valid]))
	}
	return decoded{encoding: enc, raw: raw, text: text, places: []place{{raw: len(raw) - len(body)}}}, nil
}

// decoded is a document as bytes and as text.
type decoded struct {
	encoding encoding
	raw      []byte
	text     string  // raw as UTF-8 without byte order mark
	places   []place // in ascending order, the first at the start of the text
}

// place is an offset in the text of a document, with the offset in its bytes.
type place struct{ text, raw int }

// rawOffset returns the offset in the bytes for an offset in the text. It counts from the last place before that.
func (d decoded) rawOffset(text int) int {
	next := sort.Search(len(d.places), func(i int) bool { return d.places[i].text > text })
	from := d.places[next-1]
	return from.raw + d.encoding.length(d.text[from.text:text])
}

// validPrefix returns the length of the longest prefix that is UTF-8.
func validPrefix(text string) int {
	if utf8.ValidString(text) {
		return len(text)
	}
	at := 0
	for at < len(text) {
		c, size := utf8.DecodeRuneInString(text[at:])
		if c == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// unit returns a unit of UTF-16 from its two bytes.
func unit(pair []byte, isLittle bool) rune {
	if isLittle {
		return rune(pair[0]) | rune(pair[1])<<8
	}
	return rune(pair[1]) | rune(pair[0])<<8
}

// lengthUTF8 returns the number of bytes of a text in UTF-16 as UTF-8.
func lengthUTF8(body []byte, isLittle bool) int {
	length := 0
	for i := 0; i+1 < len(body); i += 2 {
		switch c := unit(body[i:i+2], isLittle); {
		case c < 0x80:
			length++
		case c < 0x800, utf16.IsSurrogate(c): // a pair of surrogates is four bytes
			length += 2
		default:
			length += 3
		}
	}
	return length
}

// decodeUTF16 returns a text in UTF-16 as UTF-8.
func decodeUTF16(raw, body []byte, enc encoding) (decoded, error) {
	var (
		text     strings.Builder
		piece    [4096]byte // is copied to the text when it is full
		n        int
		isLittle = enc.order == binary.ByteOrder(binary.LittleEndian)
		mark     = len(raw) - len(body)
		places   = []place{{raw: mark}}
	)
	text.Grow(lengthUTF8(body, isLittle))
	for i := 0; i+1 < len(body); i += 2 {
		if n > len(piece)-utf8.UTFMax {
			text.Write(piece[:n])
			n = 0
			places = append(places, place{text: text.Len(), raw: mark + i})
		}
		c := unit(body[i:i+2], isLittle)
		switch {
		case c < utf8.RuneSelf:
			piece[n] = byte(c) //nolint:gosec // less than utf8.RuneSelf
			n++
			continue
		case utf16.IsSurrogate(c):
			if i += 2; i+1 < len(body) {
				c = utf16.DecodeRune(c, unit(body[i:i+2], isLittle))
			}
			if c == utf8.RuneError || utf16.IsSurrogate(c) {
				text.Write(piece[:n])
				return decoded{}, syntaxError(text.String(), text.Len(),
					"the document is UTF-16 with an unpaired surrogate: it is damaged")
			}
		}
		n += utf8.EncodeRune(piece[n:], c)
	}
	text.Write(piece[:n])
	if len(body)%2 != 0 {
		return decoded{}, errors.New("the document is UTF-16 with an odd number of bytes: it is cut off or damaged")
	}
	return decoded{encoding: enc, raw: raw, text: text.String(), places: places}, nil
}

// detectEncoding returns the encoding of a document and its bytes after the byte order mark. XML 1.0, appendix F.1.
func detectEncoding(raw []byte) (encoding, []byte, error) {
	prefixed := func(prefix ...byte) bool { return bytes.HasPrefix(raw, prefix) }
	switch {
	case prefixed(0, 0, 0xFE, 0xFF), prefixed(0xFF, 0xFE, 0, 0), prefixed(0, 0, 0, '<'), prefixed('<', 0, 0, 0):
		return encoding{}, nil, errors.New("the document is UTF-32, which is not supported; save it as UTF-8 or UTF-16")
	case bytes.HasPrefix(raw, markUTF8):
		return encoding{mark: true}, raw[len(markUTF8):], nil
	case bytes.HasPrefix(raw, markUTF16LE):
		return encoding{order: binary.LittleEndian, mark: true}, raw[len(markUTF16LE):], nil
	case bytes.HasPrefix(raw, markUTF16BE):
		return encoding{order: binary.BigEndian, mark: true}, raw[len(markUTF16BE):], nil
	case prefixed('<', 0):
		return encoding{order: binary.LittleEndian}, raw, nil
	case prefixed(0, '<'):
		return encoding{order: binary.BigEndian}, raw, nil
	case len(raw) >= 2 && (raw[0] == 0) != (raw[1] == 0):
		return encoding{}, nil, errors.New("the document is UTF-16 without byte order mark and does not begin with " +
			`"<"; save it with a byte order mark`)
	default:
		return encoding{}, raw, nil
	}
}

// EncodeText returns a document that is available as text in the encoding that its XML declaration names, so that Parse
// reads it: UTF-16 with byte order mark for one of its names, else UTF-8.
func EncodeText(text string) []byte {
	s := scanner{text: text}
	t, err := s.next()
	if err != nil || t.kind != tokenDeclaration {
		return []byte(text)
	}
	for _, a := range t.attrs {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			enc := encoding{order: order, mark: true}
			if a.name.text == "encoding" && slices.Contains(enc.names(), strings.ToLower(s.text[a.from:a.to])) {
				return enc.encode(text)
			}
		}
	}
	return []byte(text)
}

// encode is the inverse of decode.
func (enc encoding) encode(text string) []byte {
	if enc.mark {
		text = "\uFEFF" + text
	}
	return enc.append(make([]byte, 0, enc.length(text)), text)
}

// length returns the number of bytes in which a text is stored.
func (enc encoding) length(text string) int {
	if enc.order == nil {
		return len(text)
	}
	units := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c < 0x80, 0xC0 <= c && c < 0xF0: // the first byte of a character
			units++
		case c >= 0xF0: // the same, of a pair of surrogates
			units += 2
		}
	}
	return 2 * units
}

// append adds a text to bytes.
func (enc encoding) append(raw []byte, text string) []byte {
	switch enc.order {
	case nil:
		return append(raw, text...)
	case binary.BigEndian:
		return appendUnits(raw, text, binary.BigEndian)
	default:
		return appendUnits(raw, text, binary.LittleEndian)
	}
}

// appendUnits adds a text in UTF-16.
func appendUnits[O binary.AppendByteOrder](raw []byte, text string, order O) []byte {
	var units [2]uint16
	for _, c := range text {
		if c < utf8.RuneSelf {
			raw = order.AppendUint16(raw, uint16(c)) //nolint:gosec // below 0x80
			continue
		}
		for _, unit := range utf16.AppendRune(units[:0], c) {
			raw = order.AppendUint16(raw, unit)
		}
	}
	return raw
}
