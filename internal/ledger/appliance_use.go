package ledger

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// applianceUse is what the resources of a walk do with the association of one appliance.
type applianceUse struct {
	claimed  bool
	holders  int  // resources in the state whose end removes the association, as far as they were read
	holds    bool // the resource that keeps the association is one of the holders
	kept     bool // by a resource that does not change, is updated or is imported
	released bool // by a resource whose end removes the association from the topology
	adopted  bool // a creation of this walk manages the association now
}

// overlap returns the overlap of the resources that use an appliance. One that creates the association adopts an
// existing one, and the resource that ends it leaves it alone then.
func (u *applianceUse) overlap() Overlap {
	if u.kept && u.released {
		return HeldTwice
	}
	return NoOverlap
}

// isEndedUnseen is [Ledger.isEndedUnseen] for an association.
func (u *applianceUse) isEndedUnseen() bool {
	own := 0
	if u.holds {
		own = 1
	}
	return u.kept && !u.released && u.holders > own
}

// appliance changes the use of an appliance. It returns the overlap, and whether it is new.
func (l *Ledger) appliance(name topology.FQDN, change func(*applianceUse)) (overlap Overlap, isNew bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, known := l.appliances[name]
	if !known {
		u = &applianceUse{}
		l.appliances[name] = u
	}
	of := func() Overlap {
		if l.creations > 0 && u.isEndedUnseen() {
			return HeldTwice
		}
		return u.overlap()
	}
	before := of()
	change(u)
	if overlap = of(); overlap != before {
		l.refused = true
		l.announce()
	}
	return overlap, overlap != before
}

// ClaimAppliance reserves an appliance. It reports false if another resource has claimed it. An appliance never claims
// its pool.
func (l *Ledger) ClaimAppliance(name topology.FQDN) bool {
	first := false
	l.appliance(name, func(u *applianceUse) { first, u.claimed = !u.claimed, true })
	return first
}

// CreateAppliance records that a resource creates the association of an appliance. It returns the other appliances
// whose associations are kept, and which the end of this resource would remove if it holds one of them: it may be
// tainted.
func (l *Ledger) CreateAppliance(name topology.FQDN) []topology.FQDN {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.creations++
	var ended []topology.FQDN
	for other, u := range l.appliances {
		if other != name && u.isEndedUnseen() && !l.applying {
			ended = append(ended, other)
			l.refused = true
		}
	}
	slices.SortFunc(ended, topology.FQDN.Compare)
	return ended
}

// NoteApplianceRead records that a resource in the state holds the association of an appliance, and whether its end
// keeps the association because it adopted it. It returns the overlap with another resource that only this read shows;
// see NoteRead.
func (l *Ledger) NoteApplianceRead(name topology.FQDN, adopted bool) Overlap {
	if adopted {
		return NoOverlap
	}
	if overlap, isNew := l.appliance(name, func(u *applianceUse) { u.holders++ }); isNew {
		return overlap
	}
	return NoOverlap
}

// KeepAppliance records that a resource that holds the association of an appliance does not end it, and whether its end
// would keep the association because it adopted it. It returns the overlap with a resource that ends the association.
func (l *Ledger) KeepAppliance(name topology.FQDN, adopted bool) Overlap {
	overlap, _ := l.appliance(name, func(u *applianceUse) { u.kept, u.holds = true, !adopted && u.holders > 0 })
	return overlap
}

// ReleaseAppliance records that the end of a resource removes the association of an appliance from the topology. It
// returns the overlap with a resource that keeps it.
func (l *Ledger) ReleaseAppliance(name topology.FQDN) Overlap {
	overlap, _ := l.appliance(name, func(u *applianceUse) { u.released = true })
	return overlap
}

// Adopt records that a creation manages the association of an appliance now. The removal of another resource for the
// same appliance, as when it gets another address, then leaves the association alone.
func (l *Ledger) Adopt(name topology.FQDN) {
	l.appliance(name, func(u *applianceUse) { u.adopted = true })
}

// IsAdopted reports whether a creation of this walk manages the association of an appliance.
func (l *Ledger) IsAdopted(name topology.FQDN) bool {
	adopted := false
	l.appliance(name, func(u *applianceUse) { adopted = u.adopted })
	return adopted
}
