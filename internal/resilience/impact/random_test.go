package impact_test

import (
	"math/rand/v2"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// randomFailure returns a random estate, an inventory with gaps, and the Front End pools that fail.
func randomFailure(r *rand.Rand) (testkit.Estate, resilience.Inventory, []string) {
	e := testkit.RandomEstate(r)
	inventory := resilience.Inventory{}
	count := func(name string, limit int64) {
		if r.IntN(8) != 0 {
			users := r.Int64N(limit)
			inventory[topology.MustParseFQDN(name)] = resilience.Equipment{Users: &users}
		}
	}
	var failed []string
	for _, p := range e.Pools {
		if p.Kind == testkit.FrontEnd {
			failed = append(failed, p.FQDN)
			count(p.FQDN, 40_000)
		}
	}
	for _, a := range e.Appliances {
		count(a.FQDN, 1_000)
	}
	r.Shuffle(len(failed), func(i, j int) { failed[i], failed[j] = failed[j], failed[i] })
	return e, inventory, slices.Clone(failed[:1+r.IntN(min(4, len(failed)))])
}
