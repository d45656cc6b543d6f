package ledger

import (
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// pairUse is what the resources of a walk do with one pair.
type pairUse struct {
	holders   int  // resources in the state that hold the pair, as far as they were read
	releases  int  // resources that end the pair
	kept      bool // by a resource that does not change, is updated or is imported
	created   bool
	recreated bool // the resource that creates the pair seems to hold it, so it ends the pair first
	needed    bool // a creation was refused because the pair was not released
	written   bool // the topology has the pair as a resource of the apply walk has written it
}

// isReleased reports whether the walk ends the pair.
func (u *pairUse) isReleased() bool { return u.releases > 0 || u.recreated }

// Overlap is what two resources of a walk do with one relationship.
type Overlap int

// The overlaps.
const (
	NoOverlap          Overlap = iota
	HeldTwice                  // both hold the relationship, one keeps it, and the end of the other would remove it
	CreatedAndReleased         // one creates the relationship, and the other ends it
)

// overlap returns the overlap of the resources that use a pair. More holders than releases mean that the resource that
// creates the pair holds it too: it is tainted, and the end of the pair by the other resource could come last.
func (u *pairUse) overlap() Overlap {
	switch {
	case u.kept && u.releases > 0, u.created && u.releases > 0 && u.holders > u.releases:
		return HeldTwice
	case u.releases == 0:
		return NoOverlap
	case u.created:
		return CreatedAndReleased
	default:
		return NoOverlap
	}
}

// isEndedUnseen reports whether a resource that the walk creates may hold the pair, which another resource keeps: it is
// tainted and gets other pools, so Terraform plans a creation and makes no mention of the pair that ends with it.
func (l *Ledger) isEndedUnseen(u *pairUse) bool {
	return l.creations > 0 && u.kept && u.holders > 1 && u.releases == 0
}

// use returns the use of a pair. The caller holds the lock.
func (l *Ledger) use(id topology.PairID) *pairUse {
	u, known := l.uses[id]
	if !known {
		u = &pairUse{}
		l.uses[id] = u
	}
	return u
}

// NoteRead records that a resource in the state holds the pair. It returns the overlap with another resource that only
// this read shows: Terraform plans the end of a resource without configuration before it reads it, and a resource that
// keeps the pair is read before it is planned.
func (l *Ledger) NoteRead(id topology.PairID) Overlap {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.use(id)
	wasHeldTwice := u.overlap() == HeldTwice || l.isEndedUnseen(u)
	u.holders++
	if overlap := l.report(u); overlap == HeldTwice && !wasHeldTwice {
		return HeldTwice
	}
	return NoOverlap
}

// NoteWritten records that the topology has the pair as a resource of the apply walk has written it.
func (l *Ledger) NoteWritten(id topology.PairID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.use(id).written = true
}

// IsWritten reports whether a resource of the apply walk has written the pair. The removal of another resource that
// held it too then leaves the pair alone.
func (l *Ledger) IsWritten(id topology.PairID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.use(id).written
}

// IsNeeded reports whether this walk has refused a creation because the pair was not released. If the walk removes the
// pair all the same, it is the apply walk, in which the creation came first, and nothing would take its place.
func (l *Ledger) IsNeeded(id topology.PairID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.use(id).needed
}

// Release records that a resource ends a pair, which frees its pools. It returns the overlap with another resource,
// which in the apply walk is none: the plan has reported it.
func (l *Ledger) Release(id topology.PairID) Overlap {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.use(id)
	u.releases++
	return l.report(u)
}

// Keep claims the pools of a pair for the resource that holds it and does not end it. It returns the pools that another
// resource has claimed, and the overlap with a resource that ends the pair.
func (l *Ledger) Keep(id topology.PairID) ([]DoubleClaim, Overlap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	doubles := l.claim(id)
	u := l.use(id)
	u.kept = true
	return doubles, l.report(u)
}

// Creation is what the ledger knows about a pair that a resource creates.
type Creation struct {
	Doubles []DoubleClaim // the pools that another resource has claimed
	Overlap Overlap       // with a resource that ends the pair

	// Recreated is set if a resource in the state holds the pair, and no resource has claimed or released it. Either
	// the resource is the same one, which is tainted and planned without its prior state, or it is another one that the
	// walk has still to plan.
	Recreated bool

	// Ended are pairs that other resources keep, and that the end of this resource would remove if it holds one of
	// them: it may be tainted.
	Ended []topology.PairID
}

// Create claims the pools of a pair that a resource creates; a pool that is not known yet is zero.
func (l *Ledger) Create(id topology.PairID) Creation {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, first := l.claims[id.First]
	_, second := l.claims[id.Second]
	doubles := l.claim(id)
	if id.Second.IsZero() {
		return Creation{Doubles: doubles}
	}
	l.creations++
	ended := l.endedUnseen()
	u := l.use(id)
	u.created = true
	if u.holders > 0 && u.releases == 0 && !first && !second {
		u.recreated = true // report announces it
	}
	return Creation{Doubles: doubles, Overlap: l.report(u), Recreated: u.recreated, Ended: ended}
}

// endedUnseen returns the pairs that a creation may end unseen, sorted. The caller holds the lock.
func (l *Ledger) endedUnseen() []topology.PairID {
	var ended []topology.PairID
	for id, u := range l.uses {
		if l.isEndedUnseen(u) && !l.applying {
			ended = append(ended, id)
			l.refused = true
		}
	}
	slices.SortFunc(ended, func(a, b topology.PairID) int { return strings.Compare(a.String(), b.String()) })
	return ended
}

// IsReleasable reports whether the walk has released a pair, or a resource in the state holds it and may still release
// it.
func (l *Ledger) IsReleasable(id topology.PairID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.use(id).isReleased() || l.use(id).holders > 0
}

// report announces a use of a pair and returns its overlap. The caller holds the lock.
func (l *Ledger) report(u *pairUse) Overlap {
	overlap := u.overlap()
	if l.isEndedUnseen(u) {
		overlap = HeldTwice
	}
	switch {
	case l.applying:
		overlap = NoOverlap
	case overlap == HeldTwice:
		l.refused = true
	}
	l.announce()
	return overlap
}

// claim reserves the pools of a planned pair. It returns the pools that another resource has claimed, in the order of
// the id. The caller holds the lock.
func (l *Ledger) claim(id topology.PairID) []DoubleClaim {
	var doubles []DoubleClaim
	for _, pool := range []topology.FQDN{id.First, id.Second} {
		if pool.IsZero() {
			continue
		}
		if holder, taken := l.claims[pool]; taken {
			doubles = append(doubles, DoubleClaim{Pool: pool, Holder: holder})
			continue
		}
		l.claims[pool] = id
	}
	if len(doubles) > 0 {
		// No call has to wait for the pools of a walk that has failed.
		l.refused = true
		l.announce()
	}
	return doubles
}
