package xmldoc_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

func TestStyle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"spaces": {"<a>\n  <b>\n    <c />\n  </b>\n</a>", "<b>\n    <c>\n      <d />\n    </c>\n  </b>"},
		"tabs and CR LF": {
			"<a>\r\n\t<b>\r\n\t\t<c/>\r\n\t</b>\r\n</a>", "<b>\r\n\t\t<c>\r\n\t\t\t<d/>\r\n\t\t</c>\r\n\t</b>",
		},
		"blank lines":      {"<a>\n\n <b>\n\n  <c/>\n </b></a>", "<b>\n  <c>\n   <d/>\n  </c>\n </b>"},
		"one line":         {"<a><b><c/></b></a>", "<b><c><d/></c></b>"},
		"no example":       {"<a></a>", "<b><c><d /></c></b>"},
		"empty example":    {"<a>\n  <b/>\n</a>", "<b><c><d /></c>\n  </b>"},
		"example with tag": {"<a><b><c></c></b></a>", "<b><c><d /></c></b>"},
	} {
		root := parse(t, c.text).Root()
		last := root.LastChild("", "b")
		w := xmldoc.NewWriter(root, xmldoc.StyleOf(root.SpaceBefore(last), last))
		w.Element("b", nil, func() {
			w.Element("c", nil, func() { w.Element("d", nil, nil) })
		})
		el, err := w.Done()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := el.String(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestStyleAt(t *testing.T) {
	t.Parallel()
	style := xmldoc.Style{End: "\n  ", Child: "\n    ", Unit: "  ", Empty: "/>"}
	for space, want := range map[string]xmldoc.Style{
		"\n\n      ": {End: "\n      ", Child: "\n        ", Unit: "  ", Empty: "/>"},
		"":           {Unit: "  ", Empty: "/>"},
	} {
		if got := style.At(space); got != want {
			t.Errorf("At(%q) = %+v, want %+v", space, got, want)
		}
	}
}

// A copy declares the prefixes that mean something else, or nothing, in its new place.
func TestWriterCopy(t *testing.T) {
	t.Parallel()
	root := parse(t, `<a xmlns="urn:1" xmlns:p="urn:2" xmlns:q="urn:3">`+
		`<from xmlns="urn:4" xmlns:q="urn:5" xmlns:r="urn:6"><b p:x="1" q:y="2"><r:c/><s:d xmlns:s="urn:7"/></b></from><to/></a>`).Root()
	b := root.Child("urn:4", "from").Child("urn:4", "b")
	w := xmldoc.NewWriter(root.Child("urn:1", "to"), xmldoc.Style{Empty: "/>"})
	w.Element("n", nil, func() { w.Copy(b) })
	el, err := w.Done()
	if err != nil {
		t.Fatal(err)
	}
	want := `<n><b xmlns:r="urn:6" xmlns:q="urn:5" xmlns="urn:4" p:x="1" q:y="2"><r:c/><s:d xmlns:s="urn:7"/></b></n>`
	if got := el.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if el.Child("urn:4", "b").Child("urn:6", "c") == nil {
		t.Error("an element inside the copy has another namespace")
	}
}

func TestWriterRefusesInvalidName(t *testing.T) {
	t.Parallel()
	root := parse(t, "<a/>").Root()
	w := xmldoc.NewWriter(root, xmldoc.StyleOf("", nil))
	w.Element("<", nil, nil)
	if el, err := w.Done(); err == nil {
		t.Errorf("accepted: %s", el)
	}
}
