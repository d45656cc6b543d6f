package resilience_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The findings of a topology report every incomplete pair and every complete one of a pool with several Backups, and no
// other.
func TestIncompletePairsHaveFindings(t *testing.T) {
	t.Parallel()
	incomplete, complete := 0, 0
	for seed := range uint64(100) {
		//nolint:gosec // a fixed seed: a failure repeats itself
		estate := testkit.RandomEstate(rand.New(rand.NewPCG(7, seed)))
		doc, err := topology.Parse(estate.Document())
		if err != nil {
			t.Fatal(err)
		}
		model := doc.Topology()
		findings := resilience.Findings(model, nil)
		for _, pair := range model.Pairs() {
			if !pair.First.IsFrontEnd2013() || !pair.Second.IsFrontEnd2013() {
				continue
			}
			isReported := slices.ContainsFunc(findings, func(v resilience.Violation) bool {
				return slices.Contains([]string{"PP-RECIP", "PP-WHOLE"}, v.Rule.ID) &&
					slices.Equal(v.Objects, []string{pair.First.FQDN.String(), pair.Second.FQDN.String()})
			})
			hasOneEach := len(pair.First.Registrar.Backups) == 1 && len(pair.Second.Registrar.Backups) == 1
			if isReported == (pair.Links.All() && hasOneEach) {
				t.Errorf("seed %d: %s and %s with %+v: a finding: %t", seed, pair.First.FQDN, pair.Second.FQDN,
					pair.Links, isReported)
			}
			if isReported {
				incomplete++
			} else {
				complete++
			}
		}
	}
	if incomplete < 20 || complete < 20 {
		t.Errorf("the topologies had %d incomplete pairs and %d complete ones", incomplete, complete)
	}
}
