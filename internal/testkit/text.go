package testkit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how a document's text becomes bytes.
type Encoding int

// The encodings of documents. UTF-16 has a byte order mark, as every such document that was seen.
const (
	UTF16LE Encoding = iota // what Windows PowerShell writes
	UTF16BE
	UTF8
	UTF8BOM
)

const (
	markUTF8    = "\xEF\xBB\xBF"
	markUTF16LE = "\xFF\xFE"
	markUTF16BE = "\xFE\xFF"
)

// String names the encoding.
func (e Encoding) String() string {
	return map[Encoding]string{UTF16LE: "UTF-16LE", UTF16BE: "UTF-16BE", UTF8: "UTF-8", UTF8BOM: "UTF-8 with BOM"}[e]
}

func encodingOf(doc []byte) Encoding {
	switch {
	case bytes.HasPrefix(doc, []byte(markUTF8)):
		return UTF8BOM
	case bytes.HasPrefix(doc, []byte(markUTF16LE)):
		return UTF16LE
	case bytes.HasPrefix(doc, []byte(markUTF16BE)):
		return UTF16BE
	default:
		return UTF8
	}
}

func (e Encoding) encode(text string) []byte {
	switch e {
	case UTF16LE:
		return appendUTF16([]byte(markUTF16LE), binary.LittleEndian, text)
	case UTF16BE:
		return appendUTF16([]byte(markUTF16BE), binary.BigEndian, text)
	case UTF8BOM:
		return []byte(markUTF8 + text)
	case UTF8:
		return []byte(text)
	default:
		panic(fmt.Sprintf("testkit: no encoding %d", e))
	}
}

func appendUTF16(to []byte, order binary.AppendByteOrder, text string) []byte {
	for _, unit := range utf16.Encode([]rune(text)) {
		to = order.AppendUint16(to, unit)
	}
	return to
}

// Decode returns the text of a document in any of the encodings. A document that is not valid in its encoding panics:
// what a test gets to see must not be a guess.
func Decode(doc []byte) string {
	text := ""
	switch e := encodingOf(doc); e {
	case UTF16LE:
		text = decodeUTF16(doc[2:], binary.LittleEndian)
	case UTF16BE:
		text = decodeUTF16(doc[2:], binary.BigEndian)
	case UTF8BOM:
		text = string(doc[3:])
	case UTF8:
		text = string(doc)
	}
	if !utf8.ValidString(text) {
		panic("testkit: the document is not valid text")
	}
	return text
}

func decodeUTF16(b []byte, order binary.ByteOrder) string {
	if len(b)%2 != 0 {
		panic("testkit: half a UTF-16 unit at the end of the document")
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) > 0; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// Encode returns text in the encoding of the document like.
func Encode(text string, like []byte) []byte { return encodingOf(like).encode(text) }

// Replace replaces from, which must be in the document exactly once, and keeps the encoding. Line ends in from and to
// are written as "\n" and become those of the document. It panics when from is not there or not once.
func Replace(doc []byte, from, to string) []byte {
	out, err := replace(doc, from, to)
	if err != nil {
		panic("testkit: " + err.Error())
	}
	return out
}

// Edit does what [Replace] does to a document file.
func Edit(t testing.TB, path, from, to string) {
	t.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := replace(doc, from, to)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
}

func replace(doc []byte, from, to string) ([]byte, error) {
	text := Decode(doc)
	if strings.Contains(text, "\r\n") {
		ends := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n") }
		from, to = ends(from), ends(to)
	}
	if n := strings.Count(text, from); n != 1 {
		return nil, fmt.Errorf("found %d times, not once:\n%s", n, from)
	}
	return Encode(strings.Replace(text, from, to, 1), doc), nil
}

// DuplicateService returns the document with a service, such as 1-Registrar-1, there twice: its copy directly behind it.
func DuplicateService(doc []byte, id string) []byte {
	text := Decode(doc)
	part := strings.Split(id, "-")
	own := "\n      " + fmt.Sprintf(`<ServiceId SiteId="%s" RoleName="%s" Instance="%s" />`, part[0], part[1], part[2])
	at := strings.Index(text, own)
	if at < 0 {
		panic("testkit: no service " + id)
	}
	const begin, end = "    <Service ", "    </Service>"
	from, to := strings.LastIndex(text[:at], begin), at+strings.Index(text[at:], end)+len(end)
	service := text[from:to]
	eol := text[to : to+strings.Index(text[to:], "\n")+1]
	return Encode(text[:to]+eol+service+text[to:], doc)
}
