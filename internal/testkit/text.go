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

// Encoding is the character encoding of a document.
type Encoding int

// The encodings of documents. UTF-16 has a byte order mark, as in all known documents.
const (
	UTF16LE Encoding = iota // the encoding of Windows PowerShell
	UTF16BE
	UTF8
	UTF8BOM
)

const (
	markUTF8    = "\xEF\xBB\xBF"
	markUTF16LE = "\xFF\xFE"
	markUTF16BE = "\xFE\xFF"
)

// String returns the name of the encoding.
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
		return append([]byte(markUTF16LE), UTF16(binary.LittleEndian, text)...)
	case UTF16BE:
		return append([]byte(markUTF16BE), UTF16(binary.BigEndian, text)...)
	case UTF8BOM:
		return []byte(markUTF8 + text)
	case UTF8:
		return []byte(text)
	default:
		panic(fmt.Sprintf("testkit: unknown encoding %d", e))
	}
}

// UTF16 returns a text in UTF-16, without a byte order mark of its own.
func UTF16(order binary.AppendByteOrder, text string) []byte {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return raw
}

// StoredForms are the supported ways to store a text, also those that no known document has, by name.
var StoredForms = map[string]func(text string) []byte{
	"UTF-8":                 func(text string) []byte { return []byte(text) },
	"UTF-8 with mark":       func(text string) []byte { return []byte(markUTF8 + text) },
	"UTF-16LE with mark":    func(text string) []byte { return UTF16(binary.LittleEndian, "\uFEFF"+text) },
	"UTF-16BE with mark":    func(text string) []byte { return UTF16(binary.BigEndian, "\uFEFF"+text) },
	"UTF-16LE without mark": func(text string) []byte { return UTF16(binary.LittleEndian, text) },
	"UTF-16BE without mark": func(text string) []byte { return UTF16(binary.BigEndian, text) },
}

// Decode returns the text of a document in any of the encodings. It panics if the document is not valid in its
// encoding.
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

// StoredText returns the text of a document as Get-CsTopology returns it: .NET writes all line ends as Windows does.
func StoredText(doc []byte) string {
	return strings.ReplaceAll(strings.ReplaceAll(Decode(doc), "\r\n", "\n"), "\n", "\r\n")
}

func decodeUTF16(b []byte, order binary.ByteOrder) string {
	if len(b)%2 != 0 {
		panic("testkit: the document ends within a UTF-16 unit")
	}
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) > 0; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// Encode encodes text in the encoding of the document like.
func Encode(text string, like []byte) []byte { return encodingOf(like).encode(text) }

// Replace replaces from by to in a document and keeps the encoding. In from and to, "\n" stands for the document's line
// ending. Replace panics unless the document contains from exactly once.
func Replace(doc []byte, from, to string) []byte {
	out, err := replace(doc, from, to)
	if err != nil {
		panic("testkit: " + err.Error())
	}
	return out
}

// Edit applies [Replace] to the file at path.
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
		crlf := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n") }
		from, to = crlf(from), crlf(to)
	}
	if n := strings.Count(text, from); n != 1 {
		return nil, fmt.Errorf("replace text: found %d times instead of once:\n%s", n, from)
	}
	return Encode(strings.Replace(text, from, to, 1), doc), nil
}

// DuplicateService returns a copy of the document with a second copy of a service, such as 1-Registrar-1, directly
// after the first.
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
