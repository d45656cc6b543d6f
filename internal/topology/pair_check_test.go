package topology_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The checks refuse what the edits refuse, and the model without a pair is that of the document without it.
func TestChecksAgreeWithEdits(t *testing.T) {
	t.Parallel()
	removed, refused := 0, 0
	for seed := range uint64(30) {
		//nolint:gosec // a fixed seed: a failure repeats itself
		doc := parse(t, testkit.RandomDocument(rand.New(rand.NewPCG(5, seed))))
		topo := doc.Topology()
		for _, a := range topo.FrontEnds() {
			for _, b := range slices.Concat(topo.Linked(a), topo.FrontEnds()[:1]) {
				id := topology.NewPairID(a.FQDN, b.FQDN)
				desired := desiredPair(a.FQDN, b.FQDN)
				assertSameError(t, seed, "create", topo.CanCreatePair(id), topology.NewEditor(doc).CreatePair(desired))
				assertSameError(t, seed, "update", topo.CanUpdatePair(id), topology.NewEditor(doc).UpdatePair(desired))

				editor := topology.NewEditor(doc)
				_, err := editor.DeletePair(id)
				without, refusal := topo.WithoutPair(id)
				assertSameError(t, seed, "delete", topo.CanDeletePair(id), err)
				assertSameError(t, seed, "delete", refusal, err)
				if got, want := outline(without), outline(editor.Topology()); got != want {
					t.Errorf("seed %d: without %s:\n%s\nwant\n%s", seed, id, got, want)
				}
				if err != nil {
					refused++
				} else if len(editor.Document().Bytes()) < len(doc.Bytes()) {
					removed++
				}
			}
		}
	}
	if removed < 30 || refused < 1 {
		t.Errorf("%d pairs were removed and %d refused", removed, refused)
	}
}

func assertSameError(t *testing.T, seed uint64, edit string, got, want error) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("seed %d: %s: the check returns %v, the edit %v", seed, edit, got, want)
	}
}

// outline returns what the model says about pools and services.
func outline(topo *topology.Topology) string {
	var b strings.Builder
	for p := range topo.Pools() {
		fmt.Fprintf(&b, "%s %s %s %d %s %s %v", p.ID, p.FQDN, p.Kind, p.Version, p.Edition, p.Central, p.Machines)
		for _, other := range topo.Linked(p) {
			fmt.Fprintf(&b, " %s%+v", other.FQDN, topo.Links(p, other))
		}
		b.WriteString("\n")
	}
	for s := range topo.Services() {
		fmt.Fprintf(&b, "%s on %s: %v %v\n", s.ID, s.Cluster, s.DependsOn, s.Backups)
	}
	return b.String()
}
