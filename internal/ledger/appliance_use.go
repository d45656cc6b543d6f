package ledger

import "github.com/lync-iac/terraform-provider-lync/internal/topology"

// applianceUse is what the resources of a walk do with the association of one appliance.
type applianceUse struct {
	claimed  bool
	kept     bool // by a resource that does not change, is updated or is imported
	released bool // by a resource whose end removes the association from the topology
	adopted  bool // a creation of this walk manages the association now
}

// overlap returns the overlap of the resources that use an appliance. One that creates the association adopts an
// existing one, and the resource that ends it leaves it alone then.
func (u *applianceUse) overlap() Overlap {
	if u.kept && u.released {
		return KeptAndReleased
	}
	return NoOverlap
}

// appliance changes the use of an appliance and returns it.
func (l *Ledger) appliance(name topology.FQDN, change func(*applianceUse)) applianceUse {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, known := l.appliances[name]
	if !known {
		u = &applianceUse{}
		l.appliances[name] = u
	}
	before := *u
	change(u)
	if u.overlap() != before.overlap() {
		l.refused = true
		l.announce()
	}
	return *u
}

// ClaimAppliance reserves an appliance. It reports false if another resource has claimed it. An appliance never claims
// its pool.
func (l *Ledger) ClaimAppliance(name topology.FQDN) bool {
	first := false
	l.appliance(name, func(u *applianceUse) { first, u.claimed = !u.claimed, true })
	return first
}

// KeepAppliance records that a resource that holds the association of an appliance does not end it. It returns the
// overlap with a resource that does.
func (l *Ledger) KeepAppliance(name topology.FQDN) Overlap {
	use := l.appliance(name, func(u *applianceUse) { u.kept = true })
	return use.overlap()
}

// ReleaseAppliance records that the end of a resource removes the association of an appliance from the topology. It
// returns the overlap with a resource that keeps it.
func (l *Ledger) ReleaseAppliance(name topology.FQDN) Overlap {
	use := l.appliance(name, func(u *applianceUse) { u.released = true })
	return use.overlap()
}

// Adopt records that a creation manages the association of an appliance now. The removal of another resource for the
// same appliance, as when it gets another address, then leaves the association alone.
func (l *Ledger) Adopt(name topology.FQDN) {
	l.appliance(name, func(u *applianceUse) { u.adopted = true })
}

// IsAdopted reports whether a creation of this walk manages the association of an appliance.
func (l *Ledger) IsAdopted(name topology.FQDN) bool {
	use := l.appliance(name, func(*applianceUse) {})
	return use.adopted
}
