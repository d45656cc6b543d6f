package xmldoc_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
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

func TestParseKeepsEveryByte(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty element": `<a/>`,
		"empty content": `<a></a>`,
		"declaration":   `<?xml version='1.0' standalone='yes'?>` + "\r\n<a/>\r\n",
		"odd white space": "<?pi  x?>\r\n \t<!-- <b> -->\r<a\n  b = 'c\td'\r\n\tc\n=\n'e' >\r \r\n<b  /></a " +
			"\n>\n<!-- end -->\n",
		"character data": `<a>text <![CDATA[ <b> ]]> &amp; &#x41; &lt;&gt; <b c='"' d="'"></b ></a>`,
		"prefixes":       `<p:a xmlns:p="urn:x"><a xmlns="urn:x"/></p:a>`,
		"Unicode":        "<a b='Zürich 東京 \U0001F3E2 \uFFFD'>\u00A0</a>",
	} {
		for enc, encode := range testkit.StoredForms {
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

func TestText(t *testing.T) {
	t.Parallel()
	for text, encoding := range map[string]string{
		"<a>é</a>": "UTF-8",
		"\uFEFF<?xml version='1.0' encoding='utf-8'?><a/>":  "UTF-8",
		"<?xml version='1.0' encoding='us-ascii'?><a/>":     "UTF-8",
		"<?xml version='1.0' encoding='UTF-16'?><a>é</a>":   "UTF-16LE with mark",
		"<?xml version='1.0' encoding=\"utf-16le\"?>\n<a/>": "UTF-16LE with mark",
		"<?xml version='1.0' encoding='unicodeFFFE'?><a/>":  "UTF-16BE with mark",
	} {
		raw := xmldoc.EncodeText(text)
		if string(raw) != string(testkit.StoredForms[encoding](text)) {
			t.Errorf("%q is stored as %q", text, raw)
		}
		if got := parse(t, string(raw)).Text(); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
	for _, text := range []string{"", "<?xml", "<?xml version='1.0' encoding='klingon'?><a/>"} {
		if raw := xmldoc.EncodeText(text); string(raw) != text {
			t.Errorf("%q is stored as %q", text, raw)
		}
	}
}

func TestNamespaces(t *testing.T) {
	t.Parallel()
	root := parse(t,
		`<p:a xmlns:p="urn:1" xmlns="urn:2"><b><c xmlns="" xmlns:p="urn:3" xmlns:q="urn:1"/></b></p:a>`).Root()
	b := root.Child("urn:2", "b")
	c := b.Child("", "c")
	if root.Space() != "urn:1" || root.Prefix() != "p:" || b.Prefix() != "" || c == nil {
		t.Fatalf("root %s%s in %s, b %v, c %v", root.Prefix(), root.Local(), root.Space(), b, c)
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
