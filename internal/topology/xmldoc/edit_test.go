package xmldoc_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

func TestSetAttr(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tag, local, value, next string
		want                    string
	}{
		"replace":                     {`<a b="1" c="2"/>`, "b", "3", "", `<a b="3" c="2"/>`},
		"equal":                       {`<a b = '&#x31;'/>`, "b", "1", "", `<a b = '&#x31;'/>`},
		"quotes":                      {`<a b='1'></a>`, "b", `'"<&`, "", `<a b='&#39;&#34;&lt;&amp;'></a>`},
		"name inside a value":         {`<a x="b='1'" b="1"/>`, "b", "2", "", `<a x="b='1'" b="2"/>`},
		"prefixed attribute":          {`<a xmlns:p="u" p:b="1"/>`, "b", "2", "", `<a xmlns:p="u" p:b="1" b="2"/>`},
		"append":                      {`<a b="1" />`, "c", "2", "", `<a b="1" c="2" />`},
		"append to an empty tag":      {`<a/>`, "c", "2", "", `<a c="2"/>`},
		"append to a start tag":       {"<a b=\"1\"\n></a>", "c", "2", "", "<a b=\"1\" c=\"2\"\n></a>"},
		"insert":                      {`<a b="1" d="4"/>`, "c", "2", "d", `<a b="1" c="2" d="4"/>`},
		"insert first":                {"<a\r\n  d = \"4\"/>", "c", "2", "d", "<a c=\"2\"\r\n  d = \"4\"/>"},
		"insert before a missing one": {`<a b="1"/>`, "c", "2", "d", `<a b="1" c="2"/>`},
		"slash in a value":            {`<a b="/"></a>`, "c", "/>", "", `<a b="/" c="/&gt;"></a>`},
	} {
		el := parse(t, c.tag).Root().Clone()
		el.SetAttrBefore(c.local, c.value, c.next)
		if got := el.String(); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if got := el.Attr(c.local); got != c.value {
			t.Errorf("%s: the value is %q, want %q", name, got, c.value)
		}
		// The element knows where the new value stands.
		el.SetAttr(c.local, "again")
		if got := parse(t, el.String()).Root().Attr(c.local); got != "again" {
			t.Errorf("%s: after a second change the value is %q in %s", name, got, el)
		}
	}
}

func TestSetAttrPanicsForInvalidName(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	parse(t, "<a/>").Root().Clone().SetAttr("<", "")
}

func TestInsertAndRemove(t *testing.T) {
	t.Parallel()
	const text = "<a>\n  <b/>\n  <c/>\n</a>"
	newElement := func() *xmldoc.Element { return parse(t, "<n/>").Root() }
	for name, c := range map[string]struct {
		edit func(a, b, c *xmldoc.Element)
		want string
	}{
		"insert after": {func(a, b, _ *xmldoc.Element) { a.InsertAfter(b, newElement(), a.SpaceBefore(b)) },
			"<a>\n  <b/>\n  <n/>\n  <c/>\n</a>"},
		"insert before": {func(a, b, _ *xmldoc.Element) { a.InsertBefore(b, newElement(), a.SpaceBefore(b)) },
			"<a>\n  <n/>\n  <b/>\n  <c/>\n</a>"},
		"insert without space": {func(a, b, c *xmldoc.Element) {
			a.InsertAfter(b, newElement(), "")
			a.InsertBefore(c, newElement(), "")
		},
			"<a>\n  <b/><n/>\n  <n/><c/>\n</a>"},
		"remove":     {func(a, b, _ *xmldoc.Element) { a.Remove(b) }, "<a>\n  <c/>\n</a>"},
		"remove all": {func(a, b, c *xmldoc.Element) { a.Remove(b); a.Remove(c) }, "<a>\n</a>"},
	} {
		a := parse(t, text).Root().Clone()
		c.edit(a, a.Child("", "b"), a.Child("", "c"))
		if got := a.String(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestEdits replaces, removes and adds parts of a document in each encoding. All other bytes stay.
func TestEdits(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("aé𝄞", 3000) // has several places
	text := `<a>é<b x="1"><c/></b>` + filler + `<d><e/></d>ü</a>`
	edits := func(doc *xmldoc.Document) []xmldoc.Edit {
		b, d := doc.Root().Child("", "b"), doc.Root().Child("", "d")
		from, to := b.Range()
		inner, end := d.Child("", "e").Range()
		edited := b.Clone()
		edited.SetAttr("x", "ß𝄞")
		return []xmldoc.Edit{
			{From: from, To: to, Text: edited.String()}, {From: inner, To: end}, {From: end, To: end, Text: "<f/>"},
		}
	}
	want := `<a>é<b x="ß𝄞"><c/></b>` + filler + `<d><f/></d>ü</a>`
	for name, encode := range testkit.StoredForms {
		raw := encode(text)
		doc := parse(t, string(raw))
		if got := doc.Bytes(edits(doc)...); string(got) != string(encode(want)) {
			t.Errorf("%s: got %q, want %q", name, got, encode(want))
		}
		if got := doc.Text(edits(doc)...); strings.TrimPrefix(got, "\uFEFF") != want {
			t.Errorf("%s: the text is %q, want %q", name, got, want)
		}
		if string(doc.Bytes()) != string(raw) {
			t.Errorf("%s: the original is now %q", name, doc.Bytes())
		}
	}
}
