package xmldoc_test

import (
	"testing"

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

func TestDraftSharesUneditedElements(t *testing.T) {
	t.Parallel()
	const text = `<a><b x="1"><c/></b><d><e/></d></a>`
	doc := parse(t, text)
	b, d := doc.Root().Child("", "b"), doc.Root().Child("", "d")
	draft := xmldoc.NewDraft(doc)
	opened := draft.Open(draft.Root(), d)
	edited := draft.Edit(draft.Root(), b)
	if draft.Edit(draft.Root(), b) != edited {
		t.Error("the second call returns another copy")
	}
	edited.SetAttr("x", "2")
	edited.Child("", "c").SetAttr("y", "3")
	opened.SetAttr("z", "4")
	next := draft.Document()
	if got, want := string(next.Bytes()), `<a><b x="2"><c y="3"/></b><d z="4"><e/></d></a>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if string(doc.Bytes()) != text {
		t.Errorf("the original is now %s", doc.Bytes())
	}
	if next.Root().Child("", "d").Child("", "e") != d.Child("", "e") {
		t.Error("an element inside an opened one was copied")
	}
}
