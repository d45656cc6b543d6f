package resilience

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// headcount tells how many users pools have to serve: their own by the inventory, and those of their appliances (PP-CAP).
type headcount struct {
	inventory  Inventory
	appliances map[*topology.Pool][]string // names of the appliances of a pool
}

func newHeadcount(t *topology.Topology, inventory Inventory) headcount {
	h := headcount{inventory: inventory, appliances: map[*topology.Pool][]string{}}
	for _, a := range t.Appliances() {
		for _, p := range CountedFor(t, a) {
			h.appliances[p] = append(h.appliances[p], a.FQDN)
		}
	}
	return h
}

// CountedFor returns the Front End pools for which the users of an appliance are counted: that of its user services, on
// which they depend, or, where that is no Front End pool of the topology, the one that it names as its backup. In a sound
// topology the two are one pool, and several are a fault (BR-ONE). For what is no appliance there is none.
func CountedFor(t *topology.Topology, appliance *topology.Pool) []*topology.Pool {
	if appliance.Kind != topology.KindAppliance {
		return nil
	}
	var pools []*topology.Pool
	add := func(p *topology.Pool) {
		if p != nil && p.Kind == topology.KindFrontEnd && !slices.Contains(pools, p) {
			pools = append(pools, p)
		}
	}
	for _, id := range t.Association(appliance).UserServices {
		add(t.PoolOf(id))
	}
	if len(pools) == 0 {
		for _, p := range backupPools(t, appliance) {
			add(p)
		}
	}
	return pools
}

// of adds up the users of pools and of all their appliances, each appliance once. It is nil where the inventory lacks the
// users of one of the pools. Uncounted are the appliances whose users it lacks, sorted; they may be among the pools'.
func (h headcount) of(pools ...*topology.Pool) (users *int64, uncounted []string) {
	users = new(int64)
	var appliances []string
	for _, p := range pools {
		users = sum(users, h.inventory[p.FQDN].Users)
		appliances = append(appliances, h.appliances[p]...)
	}
	slices.Sort(appliances)
	for _, a := range slices.Compact(appliances) {
		if theirs := h.inventory[a].Users; theirs != nil {
			users = sum(users, theirs)
		} else {
			uncounted = append(uncounted, a)
		}
	}
	return users, uncounted
}

// sum adds two numbers; with one that is not known the sum is not known either.
func sum(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	both := *a + *b
	return &both
}
