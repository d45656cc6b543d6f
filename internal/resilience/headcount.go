package resilience

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Headcount counts the users that pools serve: their own by an inventory, and those of their appliances (PP-CAP).
type Headcount struct {
	inventory  Inventory
	appliances map[*topology.Pool][]topology.FQDN // FQDNs of the appliances of a pool
}

// NewHeadcount returns the headcount of the pools of a topology.
func NewHeadcount(t *topology.Topology, inventory Inventory) Headcount {
	h := Headcount{inventory: inventory, appliances: map[*topology.Pool][]topology.FQDN{}}
	for _, a := range t.Appliances() {
		for _, p := range CountedFor(t, a) {
			h.appliances[p] = append(h.appliances[p], a.FQDN)
		}
	}
	return h
}

// CountedFor returns the Front End pools for which the users of an appliance count. These are the pools of its user
// services or, if none of those is a Front End pool of the topology, the pools that it names as its backup. A sound
// topology has exactly one (BR-ONE). The result is nil if the pool is not an appliance.
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
		for _, p := range BackupPools(t, appliance) {
			add(p)
		}
	}
	return pools
}

// Users returns the number of users of pools and of all their appliances, each appliance counted once. It is nil if the
// inventory lacks the users of one of the pools. Uncounted are the appliances whose users the inventory lacks, sorted.
func (h Headcount) Users(pools ...*topology.Pool) (users *int64, uncounted []string) {
	users = new(int64)
	var appliances []topology.FQDN
	for _, p := range pools {
		users = sum(users, h.inventory[p.FQDN].Users)
		appliances = append(appliances, h.appliances[p]...)
	}
	slices.SortFunc(appliances, topology.FQDN.Compare)
	for _, a := range slices.Compact(appliances) {
		if n := h.inventory[a].Users; n != nil {
			users = sum(users, n)
		} else {
			uncounted = append(uncounted, a.String())
		}
	}
	return users, uncounted
}

// sum returns a+b. It is nil if either is unknown.
func sum(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	both := *a + *b
	return &both
}
