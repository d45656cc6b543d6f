package xmldoc_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// FuzzParse compares Parse with encoding/xml. Parse never accepts a document that encoding/xml refuses, and finds the
// same elements, attributes and texts in the documents that it accepts. It keeps their bytes.
func FuzzParse(f *testing.F) {
	f.Add(rich)
	for _, c := range refusedTexts {
		if len(c.text) < 1000 {
			f.Add(c.text)
		}
	}
	for text := range readTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := xmldoc.Parse([]byte(text))
		if (doc == nil) == (err == nil) {
			t.Fatal("Parse returns both or neither of document and error")
		}
		if err != nil {
			return
		}
		if string(doc.Bytes()) != text {
			t.Fatal("the bytes differ")
		}
		if !utf8.ValidString(text) {
			return // UTF-16, which encoding/xml does not decode
		}
		theirs, err := readWithGo(text)
		if err != nil {
			t.Fatalf("encoding/xml: %v", err)
		}
		if ours := describe(doc, spaced); ours != theirs {
			t.Errorf("%q is read as\n%q, by encoding/xml as\n%q", text, ours, theirs)
		}
	})
}

// readWithGo returns what encoding/xml reads, in the form of describe. White space is a space, because encoding/xml
// does not normalize that of attributes.
func readWithGo(text string) (string, error) {
	decoder := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	name := func(n xml.Name) string { return "{" + spaced(n.Space) + "}" + n.Local }
	var b strings.Builder
	for depth := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			var attrs []string
			for _, a := range token.Attr {
				if a.Name.Space == "xmlns" || a.Name == (xml.Name{Local: "xmlns"}) {
					a.Name.Space = "http://www.w3.org/2000/xmlns/"
				}
				attrs = append(attrs, " "+name(a.Name)+`="`+spaced(a.Value)+`"`)
			}
			slices.Sort(attrs)
			b.WriteString("<" + name(token.Name) + strings.Join(attrs, "") + ">")
		case xml.EndElement:
			depth--
			b.WriteString("</>")
		case xml.CharData:
			if depth > 0 {
				b.WriteString(spaced(string(token)))
			}
		}
	}
}

// spaced replaces each character of white space by a space.
func spaced(text string) string {
	return strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace(text)
}
