package xmldoc_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range refusedTexts {
		doc, err := xmldoc.Parse([]byte(c.text))
		if err == nil || doc != nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		at := &xmldoc.SyntaxError{}
		isSyntax := errors.As(err, &at)
		if isSyntax != (c.line > 0) || at.Line != c.line || at.Column != c.column ||
			!strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s: line %d, column %d: %v\nwant line %d, column %d: %s", c.name, at.Line, at.Column, err,
				c.line, c.column, c.problem)
		}
		if errors.Is(err, xmldoc.ErrNotUnicode) != strings.HasPrefix(c.problem, "neither valid") {
			t.Errorf("%s: ErrNotUnicode is wrong for %q", c.name, err)
		}
		if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || len(err.Error()) > 250 }) {
			t.Errorf("%s: the error is long or has control characters: %q", c.name, err)
		}
	}
}

func TestParseReads(t *testing.T) {
	t.Parallel()
	for text, want := range readTexts {
		if got := describe(parse(t, text), strings.Clone); got != want {
			t.Errorf("%q is read as\n%q, want\n%q", text, got, want)
		}
	}
	parse(t, strings.Repeat("<a>", 1000)+strings.Repeat("</a>", 1000))
}

// A UTF-16 document can name its encoding in several ways.
func TestDeclaredUTF16(t *testing.T) {
	t.Parallel()
	for name, orders := range map[string]string{
		"utf-16": "LE BE", "UTF-16": "LE BE", "ucs-2": "LE BE", "ISO-10646-UCS-2": "LE BE",
		"utf-16le": "LE", "Unicode": "LE", "utf-16be": "BE", "unicodeFFFE": "BE",
		"utf-8": "none", "us-ascii": "none", "utf-32": "none",
	} {
		for encoding, encode := range testkit.StoredForms {
			if !strings.HasPrefix(encoding, "UTF-16") {
				continue
			}
			_, err := xmldoc.Parse(encode(`<?xml version="1.0" encoding="` + name + `"?><a/>`))
			if want := strings.Contains(orders, encoding[len("UTF-16"):][:2]); want != (err == nil) {
				t.Errorf("%s in %s: %v", name, encoding, err)
			}
		}
	}
}

// describe returns the elements, attributes and texts of a document in a form that does not depend on prefixes and on
// the order of attributes.
func describe(doc *xmldoc.Document, escape func(string) string) string {
	var b strings.Builder
	name := func(space, local string) string { return "{" + escape(space) + "}" + escape(local) }
	var write func(el *xmldoc.Element)
	write = func(el *xmldoc.Element) {
		var attrs []string
		for a := range el.Attrs() {
			attrs = append(attrs, " "+name(a.Space, a.Local)+`="`+escape(a.Value)+`"`)
		}
		slices.Sort(attrs)
		b.WriteString("<" + name(el.Space(), el.Local()) + strings.Join(attrs, "") + ">")
		for n := range el.Nodes() {
			if n.Element != nil {
				write(n.Element)
			}
			b.WriteString(escape(n.Value()))
		}
		b.WriteString("</>")
	}
	write(doc.Root())
	return b.String()
}
