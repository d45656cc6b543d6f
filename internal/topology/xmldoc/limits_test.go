package xmldoc_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// declarations returns declarations of the prefixes p0, p1 and so on, each with a space before it.
func declarations(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " xmlns:p%d='urn:%d'", i, i)
	}
	return b.String()
}

// attributes returns attributes a0, a1 and so on, each with a space before it.
func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	return b.String()
}

// TestLimits parses documents at a limit, and such that exceed it by one.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		atLimit, beyond string
		want            []string
	}{
		"elements": {
			"<a>" + strings.Repeat("<a/>", 999_999) + "</a>", "<a>" + strings.Repeat("<a/>", 1_000_000) + "</a>",
			[]string{"column 4000000: ", "more than 1000000 elements"},
		},
		"nesting": {
			strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000),
			strings.Repeat("<a>", 1001) + strings.Repeat("</a>", 1001),
			[]string{"column 3001: ", "nested more than 1000 deep"},
		},
		"prefixes of one element": {
			"<a xmlns='u'" + declarations(100) + "/>", "<a" + declarations(101) + "/>",
			[]string{"line 1, column ", "more than 100 prefixes are in scope"},
		},
		"a megabyte of prefixes": {
			"<a/>", "<a" + declarations(50_000) + "/>",
			[]string{"line 1, column ", "more than 100 prefixes are in scope"},
		},
		"prefixes of one element and its parents": {
			"<a" + declarations(60) + "><b xmlns:q='u'" + declarations(99) + "><c" + declarations(99) + "/></b></a>",
			"<a" + declarations(60) + "><b xmlns:q='u'><c" + declarations(100) + "/></b></a>",
			[]string{"line 1, column ", "more than 100 prefixes are in scope"},
		},
		"attributes": {
			"<a" + attributes(100_000) + "/>", "<a" + attributes(100_001) + "/>",
			[]string{"line 1, column ", "the element a has more than 100000 attributes"},
		},
	} {
		if _, err := xmldoc.Parse([]byte(c.atLimit)); err != nil {
			t.Errorf("%s, at the limit: %v", name, err)
		}
		_, err := xmldoc.Parse([]byte(c.beyond))
		for _, part := range append(c.want, "which is not supported") {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s, beyond the limit: %v, want %q", name, err, part)
			}
		}
	}
}

// TestTextLimit is TestLimits for the texts of a document.
func TestTextLimit(t *testing.T) {
	t.Parallel()
	testkit.SkipUnlessLong(t)
	for texts, refused := range map[int]bool{4_000_000: false, 4_000_001: true} {
		_, err := xmldoc.Parse([]byte("<a>" + strings.Repeat("<?b?>", texts) + "</a>"))
		if isRefused := err != nil && strings.Contains(err.Error(), "column 20000004: the document has more than "+
			"4000000 texts, comments and processing instructions"); isRefused != refused {
			t.Errorf("%d texts: %v", texts, err)
		}
	}
}

// TestPrefixesLeaveTheScope parses more than 100 prefixes, of which few are in scope at a time.
func TestPrefixesLeaveTheScope(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<a" + declarations(90) + ">")
	for i := range 1000 {
		fmt.Fprintf(&b, "<q%d:b xmlns:q%d='urn:q%d' p7:c=''><r%d:d xmlns:r%d='urn:r'/></q%d:b>", i, i, i, i, i, i)
	}
	root := parse(t, b.String()+"</a>").Root()
	if last := root.LastChild("urn:q999", "b"); last == nil || last.Child("urn:r", "d") == nil {
		t.Error("the last element is in another namespace")
	}
}

// TestParseAllocatesInProportion checks that four times the document takes at most about four times the memory. It is
// not parallel, because it counts the allocations of the process.
func TestParseAllocatesInProportion(t *testing.T) {
	for name, document := range map[string]func(n int) string{
		"elements":   func(n int) string { return "<a>" + strings.Repeat("<b c='d'/>\n", n) + "</a>" },
		"references": func(n int) string { return "<a b='" + strings.Repeat("&lt;", n) + "'/>" },
		"comments":   func(n int) string { return "<a>" + strings.Repeat("<!-- x -->", n) + "</a>" },
		"declarations": func(n int) string {
			return "<a>" + strings.Repeat("<p:b xmlns:p='urn:p'><p:c p:d=''/></p:b>", n) + "</a>"
		},
		"uses of many prefixes": func(n int) string {
			return "<a" + declarations(100) + ">" + strings.Repeat("<p0:b p50:c='' p99:c=''/>", n) + "</a>"
		},
		"attributes": func(n int) string { return "<a" + attributes(n/2) + "/>" },
	} {
		memory := func(n int) (count, size uint64) {
			raw := []byte(document(n))
			return testkit.Allocations(func() {
				if _, err := xmldoc.Parse(raw); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		fewCount, fewSize := memory(5000)
		manyCount, manySize := memory(20_000)
		if manyCount > 5*fewCount+100 || manySize > 6*fewSize {
			t.Errorf("%s: %d allocations of %d bytes, and %d of %d bytes for a document that is four times as long",
				name, fewCount, fewSize, manyCount, manySize)
		}
	}
}
