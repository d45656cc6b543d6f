// Package ledger lets the resources of one walk of Terraform see each other: which pools and appliances a planned
// resource claims, and which relationships are created, kept and released. It does no I/O.
package ledger

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// idleTime is how long no call to the provider must be running or arriving before open conflicts are final. By then
// Terraform has planned everything that does not depend on the waiting call.
const idleTime = 5 * time.Second

// Clock is the time as a ledger needs it.
type Clock interface {
	Now() time.Time
	After(time.Duration) <-chan time.Time
}

// Ledger records the claims and releases of one walk. Terraform plans one resource at a time and reports no addresses,
// but all resources of a walk share what Configure made, and with it the ledger.
//
// A planned pair claims its pools. A planned destroy or replacement releases the pair that it removes. A second claim
// on a pool is refused. So is the release of a pair that another resource keeps, whichever is planned first.
//
// A pool that the topology links with another pool is free if the same walk releases that pair, but the resource that
// does may be planned later. A plan therefore records the conflict and returns. Only the first such call waits, for all
// open conflicts of the walk. If each call waited for its own, ten of them would occupy all concurrent operations of
// Terraform, and the releases would never be planned.
type Ledger struct {
	clock Clock

	mu         sync.Mutex
	claims     map[topology.FQDN]topology.PairID // by pool
	uses       map[topology.PairID]*pairUse
	appliances map[topology.FQDN]*applianceUse
	mentioned  map[string]bool
	open       []Conflict
	waiting    bool
	refused    bool // the walk has failed, so that no further conflict is reported
	creations  int  // pairs and associations that the walk creates
	applying   bool // this is the apply walk: a create, update or delete was called

	running  int       // calls of Terraform that have not returned
	lastCall time.Time // when a call last arrived or returned
	changed  chan struct{}
}

// Conflict is an existing pair that a desired pair needs released.
type Conflict struct {
	Desired  topology.PairID
	Existing topology.PairID
}

// DoubleClaim is a pool that two resources of a walk declare.
type DoubleClaim struct {
	Pool   topology.FQDN
	Holder topology.PairID // the pair that claimed the pool first
}

// New returns an empty ledger.
func New(clock Clock) *Ledger {
	return &Ledger{
		clock:      clock,
		claims:     map[topology.FQDN]topology.PairID{},
		uses:       map[topology.PairID]*pairUse{},
		appliances: map[topology.FQDN]*applianceUse{},
		mentioned:  map[string]bool{},
		changed:    make(chan struct{}),
		lastCall:   clock.Now(),
	}
}

// announce wakes the waiting call. The caller holds the lock.
func (l *Ledger) announce() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Enter counts a call of Terraform as running until the returned function is called. The ledger has to know whether
// further calls may arrive.
func (l *Ledger) Enter() (leave func()) {
	count := func(by int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.running += by
		l.lastCall = l.clock.Now()
		l.announce()
	}
	count(+1)
	return sync.OnceFunc(func() { count(-1) })
}

// Calls returns the number of calls of Terraform that have not returned.
func (l *Ledger) Calls() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

// StartApply records that this is the apply walk. Each create then finds out alone whether its pools are free.
func (l *Ledger) StartApply() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applying = true
	l.announce()
}

// Settle records the existing pairs that a desired pair needs released. It returns the conflicts of the walk that
// remain. Only one call waits for them; all others return at once without conflicts. See Ledger.
func (l *Ledger) Settle(ctx context.Context, desired topology.PairID, existing []topology.PairID) []Conflict {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, pair := range existing {
		l.open = append(l.open, Conflict{Desired: desired, Existing: pair})
	}
	if l.closeReleased(); len(l.open) == 0 || l.waiting || l.refused {
		return nil
	}
	l.waiting = true
	defer func() { l.waiting = false }()
	for {
		if l.closeReleased(); len(l.open) == 0 || l.applying || l.refused {
			l.open = nil
			return nil
		}
		var idle <-chan time.Time
		if l.running <= 1 { // this call alone
			left := idleTime - l.clock.Now().Sub(l.lastCall)
			if left <= 0 {
				return l.refuseOpen()
			}
			idle = l.clock.After(left)
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-idle:
		case <-ctx.Done():
		}
		l.mu.Lock()
		if ctx.Err() != nil {
			return l.refuseOpen()
		}
	}
}

func (l *Ledger) closeReleased() {
	l.open = slices.DeleteFunc(l.open, func(c Conflict) bool { return l.use(c.Existing).isReleased() })
}

// refuseOpen returns the conflicts that no resource has released. A pair that was read but neither claimed nor released
// since is that of a tainted resource with new pools: Terraform plans a creation and does not mention the old pair.
func (l *Ledger) refuseOpen() []Conflict {
	left := slices.DeleteFunc(l.open, func(c Conflict) bool {
		pair := c.Existing
		return l.use(pair).holders > 0 && l.claims[pair.First] != pair && l.claims[pair.Second] != pair
	})
	for _, conflict := range left {
		l.use(conflict.Existing).needed = true
	}
	l.open, l.refused = nil, len(left) > 0
	return left
}

// MentionOnce reports whether a text is new in this walk.
func (l *Ledger) MentionOnce(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mentioned[text] {
		return false
	}
	l.mentioned[text] = true
	return true
}
