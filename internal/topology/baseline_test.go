package topology

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestCountsAreReadAgain changes a service of the model without its element. The counts after the change are those of
// the element: they verify the model.
func TestCountsAreReadAgain(t *testing.T) {
	t.Parallel()
	doc, err := Parse(testkit.Estate{
		Sites: []testkit.Site{{ID: 1}, {ID: 2}},
		Pools: []testkit.Pool{{FQDN: "a.contoso.com", Site: 1}, {FQDN: "b.contoso.com", Site: 2}},
		Pairs: []testkit.Pair{{A: "a.contoso.com", B: "b.contoso.com"}},
	}.Document())
	if err != nil {
		t.Fatal(err)
	}
	was := doc.topology.services
	index := doc.topology.Pool(MustParseFQDN("a.contoso.com")).Registrar.index
	wrong := *was.At(index)
	partner := wrong.Backups[0].Target
	wrong.Backups = nil
	before := count(was)
	after, _ := before.with(was, was.Set(index, &wrong))
	if got, want := after.naming.Get(partner), before.naming.Get(partner); got != want {
		t.Errorf("%d services name the Registrar, want %d", got, want)
	}
}
