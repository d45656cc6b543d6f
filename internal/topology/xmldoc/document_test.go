package xmldoc_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

func parse(t testing.TB, text string) *xmldoc.Document {
	t.Helper()
	doc, err := xmldoc.Parse([]byte(text))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return doc
}

// encodings are the supported ways to store a text.
var encodings = map[string]func(text string) []byte{
	"UTF-8":                 func(text string) []byte { return []byte(text) },
	"UTF-8 with mark":       func(text string) []byte { return []byte("\xEF\xBB\xBF" + text) },
	"UTF-16LE with mark":    func(text string) []byte { return utf16Bytes(binary.LittleEndian, "\uFEFF"+text) },
	"UTF-16BE with mark":    func(text string) []byte { return utf16Bytes(binary.BigEndian, "\uFEFF"+text) },
	"UTF-16LE without mark": func(text string) []byte { return utf16Bytes(binary.LittleEndian, text) },
	"UTF-16BE without mark": func(text string) []byte { return utf16Bytes(binary.BigEndian, text) },
}

func utf16Bytes(order binary.AppendByteOrder, text string) []byte {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return raw
}

func TestParseKeepsEveryByte(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty element": `<a/>`,
		"empty content": `<a></a>`,
		"declaration":   `<?xml version='1.0' encoding='UTF-16' standalone='yes'?>` + "\r\n<a/>\r\n",
		"odd white space": "\r\n \t<?pi  x?><!-- <b> -->\r<a\n  b = 'c\td'\r\n\tc\n=\n'e' >\r \r\n<b  /></a " +
			"\n>\n<!-- end -->\n",
		"character data": `<a>text <![CDATA[ <b> ]]> &amp; &#x41; &lt;&gt; <b c='"' d="'"></b ></a>`,
		"prefixes":       `<p:a xmlns:p="urn:x"><a xmlns="urn:x"/></p:a>`,
		"Unicode":        "<a b='Zürich 東京 \U0001F3E2 \uFFFD'>\u00A0</a>",
	} {
		for enc, encode := range encodings {
			raw := encode(text)
			doc, err := xmldoc.Parse(raw)
			if err != nil {
				t.Errorf("%s in %s: %v", name, enc, err)
			} else if got := doc.Bytes(); string(got) != string(raw) {
				t.Errorf("%s in %s: got %q, want %q", name, enc, got, raw)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":                   {"", "is empty"},
		"white space":             {" \r\n\t", "is empty"},
		"no root element":         {"<!-- x -->", "no root element"},
		"second root element":     {"<a/><b/>", "second root element, b"},
		"text before the root":    {"x<a/>", "text outside"},
		"text after the root":     {"<a/>x", "text outside"},
		"CDATA after the root":    {"<a/><![CDATA[x]]>", "text outside"},
		"Unicode white space":     {"<a/>\u00A0", "text outside"},
		"document type":           {"<!DOCTYPE a><a/>", "document type declaration"},
		"undefined entity":        {"<a>&e;</a>", "&e;"},
		"duplicate attribute":     {`<a b="" b=""/>`, "the attribute b twice"},
		"duplicate namespace":     {`<a xmlns:p="x" xmlns:p="y"/>`, "the attribute xmlns:p twice"},
		"same name, two spaces":   {`<a b="" p:b="" p:b=""/>`, "the attribute p:b twice"},
		"wrong end tag":           {"<a></b>", "</b> at byte 3"},
		"wrong prefix":            {"<p:a></a>", "</a> at byte 5"},
		"missing end tag":         {"<a><b>", "inside the element b"},
		"unquoted attribute":      {"<a b=c/>", "unquoted"},
		"control character":       {"<a>\x01</a>", "U+0001"},
		"nested too deep":         {strings.Repeat("<a>", 1001) + strings.Repeat("</a>", 1001), "1000 deep"},
		"unsupported encoding":    {`<?xml version="1.0" encoding="Windows-1252"?><a/>`, `"Windows-1252"`},
		"unsupported version":     {`<?xml version="1.1"?><a/>`, "version"},
		"odd number of bytes":     {"\xFF\xFE<\x00a", "odd number"},
		"unpaired surrogate":      {"\xFF\xFE<\x00\x3C\xD8", "unpaired surrogate"},
		"neither UTF-8 nor -16":   {"<a>\xFC</a>", "neither"},
		"Latin-1 with UTF-8 mark": {"\xEF\xBB\xBF<a>\xFC</a>", "neither"},
	} {
		doc, err := xmldoc.Parse([]byte(c.text))
		if err == nil || doc != nil {
			t.Errorf("%s: accepted", name)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %q, want %q in it", name, err, c.want)
		} else if errors.Is(err, xmldoc.ErrNotUnicode) != (c.want == "neither") {
			t.Errorf("%s: ErrNotUnicode is wrong for %q", name, err)
		}
	}
	parse(t, strings.Repeat("<a>", 1000)+strings.Repeat("</a>", 1000))
}

func TestNamespaces(t *testing.T) {
	t.Parallel()
	root := parse(t,
		`<p:a xmlns:p="urn:1" xmlns="urn:2"><b><c xmlns="" xmlns:p="urn:3" xmlns:q="urn:1"/></b><q:d/></p:a>`).Root()
	b := root.Child("urn:2", "b")
	c := b.Child("", "c")
	if root.Space() != "urn:1" || root.Prefix() != "p:" || b.Prefix() != "" || c == nil {
		t.Fatalf("root %s%s in %s, b %v, c %v", root.Prefix(), root.Local(), root.Space(), b, c)
	}
	if d := root.LastChild("", "d"); d == nil || d.Prefix() != "q:" {
		t.Errorf("an element with an undeclared prefix is not without namespace: %v", d)
	}
	for _, row := range []struct {
		in          string
		el          interface{ PrefixFor(string) (string, bool) }
		uri, prefix string
		ok          bool
	}{
		{"root", root, "urn:1", "p", true},
		{"root", root, "urn:2", "", true},
		{"root", root, "urn:3", "", false},
		{"c", c, "urn:1", "q", true}, // p is declared again
		{"c", c, "urn:2", "", false},
		{"c", c, "urn:3", "p", true},
	} {
		if prefix, ok := row.el.PrefixFor(row.uri); prefix != row.prefix || ok != row.ok {
			t.Errorf("in %s: %s has the prefix %q, %t, want %q, %t", row.in, row.uri, prefix, ok, row.prefix, row.ok)
		}
	}
	var names []string
	for a := range c.Attrs() {
		if !a.IsNamespace() {
			t.Errorf("%s:%s declares no namespace", a.Prefix, a.Local)
		}
		names = append(names, a.Prefix+":"+a.Local)
	}
	if got := strings.Join(names, " "); got != ":xmlns xmlns:p xmlns:q" {
		t.Errorf("attributes %s", got)
	}
}

func TestCharData(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"<a/>":                              "",
		"<a> </a>":                          "",
		"<a>\n x &amp; y </a>":              "x & y",
		"<a>x<!-- y -->z<?pi?></a>":         "xz",
		"<a>x <b>y</b> <![CDATA[<z>]]></a>": "x  <z>",
	} {
		if got := parse(t, text).Root().CharData(); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// Lookups can be chained through elements that do not exist.
func TestNilElement(t *testing.T) {
	t.Parallel()
	missing := parse(t, "<a/>").Root().Child("", "b")
	if missing != nil || missing.Child("", "c").LastChild("", "d").Attr("e") != "" || missing.CharData() != "" {
		t.Error("a missing element has content")
	}
	for range missing.Attrs() {
		t.Error("a missing element has attributes")
	}
}
