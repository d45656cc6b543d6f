package topology_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// An edit does not make a document that Parse refuses.
func TestEditAtALimit(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Standard("a", 1, v2013)
	d.Standard("b", 2, v2013)
	text := d.Text()
	end := strings.LastIndex(text, "</")
	elements := strings.Count(text, "<") - strings.Count(text, "</") - strings.Count(text, "<?")
	doc := parse(t, []byte(text[:end]+strings.Repeat("<x/>", 1_000_000-elements)+text[end:]))
	e := topology.NewEditor(doc)
	var refusal *topology.Refusal
	if err := e.CreatePair(pairOf("a", "b")); !errors.As(err, &refusal) || refusal.Fault != topology.TooLarge {
		t.Errorf("got %v, want a refusal", err)
	}
	if e.Document() != doc {
		t.Error("the document has changed")
	}
}
