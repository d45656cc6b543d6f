package client

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// idleTime is how long no call to the provider must be running or arriving before what is still open is taken for
// final: Terraform has then planned everything it can without the answer.
const idleTime = 5 * time.Second

// A ledger lets the resources of one walk of Terraform see each other. Terraform shows a provider one resource at a
// time and no addresses; but every resource of a walk shares what Configure made, this ledger. In it a planned pair
// claims its pools and a planned destroy or replacement gives up its old ones.
//
// A second claim on a pool is refused. A pool that the topology ties to another one is free if that tie is given up
// in the same walk, and whoever gives it up may be planned later. So a check notes the tie and returns; only the
// first such call waits for all the open ties of the walk. If each waited for itself, ten of them would fill
// Terraform's ten places, and those who give up would never be planned.
type ledger struct {
	mu       sync.Mutex
	claims   map[string]PairID // by pool
	branches map[string]bool   // claimed appliances
	taken    map[string]bool   // appliances whose association a creation of this walk has taken charge of
	told     map[string]bool   // what need not be said again
	released map[PairID]bool
	read     map[PairID]bool // pairs that a resource in the state holds
	open     []openTie
	waiting  bool
	refused  bool // the walk has failed; what is open then is no news
	applying bool // a create, update or delete was called: this is the apply walk

	running  int       // calls of Terraform that have not returned
	lastCall time.Time // when a call last arrived or returned
	changed  chan struct{}
}

// openTie is a tie that a planned pair needs given up.
type openTie struct {
	wanted PairID
	tie    resilience.Tie
}

func (o openTie) pair() PairID { return NewPairID(o.tie.Pool, o.tie.Other) }

func newLedger() *ledger {
	return &ledger{
		claims:   map[string]PairID{},
		branches: map[string]bool{},
		taken:    map[string]bool{},
		told:     map[string]bool{},
		released: map[PairID]bool{},
		read:     map[PairID]bool{},
		changed:  make(chan struct{}),
		lastCall: time.Now(),
	}
}

// announce wakes the call that waits. The lock is held.
func (l *ledger) announce() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *ledger) enter() (leave func()) {
	count := func(by int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.running += by
		l.lastCall = time.Now()
		l.announce()
	}
	count(+1)
	return sync.OnceFunc(func() { count(-1) })
}

// calls is how many calls of Terraform have not returned.
func (l *ledger) calls() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

// noteRead remembers that a resource in the state holds the pair.
func (l *ledger) noteRead(id PairID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read[id] = true
}

// startApply tells that this is the apply walk: from now on a create finds out for itself whether its pools are free.
func (l *ledger) startApply() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applying = true
	l.announce()
}

// release gives up the pools of a pair.
func (l *ledger) release(id PairID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.released[id] = true
	l.announce()
}

// claim takes the pools of a planned pair; one that is not known yet is empty. A pool that another resource has
// claimed is a conflict: the pairs that claim it are returned by pool.
func (l *ledger) claim(id PairID) (conflicts map[string]PairID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, pool := range []string{id.First, id.Second} {
		if pool == "" {
			continue
		}
		if other, taken := l.claims[pool]; taken {
			if conflicts == nil {
				conflicts = map[string]PairID{}
			}
			conflicts[pool] = other
			continue
		}
		l.claims[pool] = id
	}
	if conflicts != nil {
		// The refusal has been told; nobody has to wait for pools that stay where they are.
		l.refused = true
		l.open = slices.DeleteFunc(l.open, func(o openTie) bool { return conflicts[o.tie.Pool] != (PairID{}) })
		l.announce()
	}
	return conflicts
}

// recreates says whether a planned creation may be the second life of a pair in the state: a tainted resource is
// planned with no prior state, but its pair was read in this walk, and nobody else claims it.
func (l *ledger) recreates(id PairID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, first := l.claims[id.First]
	_, second := l.claims[id.Second]
	return l.read[id] && !first && !second
}

// mayGo says whether a pair is given up in this walk, or a resource in the state holds it, which may give it up yet.
func (l *ledger) mayGo(id PairID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.released[id] || l.read[id]
}

// settle registers ties that a planned pair needs given up and returns those that stay open. Most calls return at
// once; see ledger.
func (l *ledger) settle(ctx context.Context, wanted PairID, ties []resilience.Tie) []openTie {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, tie := range ties {
		l.open = append(l.open, openTie{wanted: wanted, tie: tie})
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
			left := idleTime - time.Since(l.lastCall)
			if left <= 0 {
				return l.refuseOpen()
			}
			idle = time.After(left)
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

func (l *ledger) closeReleased() {
	l.open = slices.DeleteFunc(l.open, func(o openTie) bool { return l.released[o.pair()] })
}

// refuseOpen returns what nobody has given up. A pair that was read but neither kept nor given up since is that of a
// tainted resource which now takes other pools: Terraform plans it as a creation and says nothing of its old pair.
func (l *ledger) refuseOpen() []openTie {
	left := slices.DeleteFunc(l.open, func(o openTie) bool {
		pair := o.pair()
		return l.read[pair] && l.claims[pair.First] != pair && l.claims[pair.Second] != pair
	})
	l.open, l.refused = nil, len(left) > 0
	return left
}

// claimAppliance takes an appliance; false says that another resource has. A pool is never claimed by an appliance.
func (l *ledger) claimAppliance(name string) bool { return l.first(l.branches, name) }

// tellOnce says whether a text was not told yet in this walk.
func (l *ledger) tellOnce(text string) bool { return l.first(l.told, text) }

// takeCharge notes that a creation holds the association of an appliance: the removal of another resource for the same
// appliance, as when it gets another address, then leaves it.
func (l *ledger) takeCharge(appliance string) { l.first(l.taken, appliance) }

func (l *ledger) isTaken(appliance string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken[appliance]
}

func (l *ledger) first(of map[string]bool, name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if of[name] {
		return false
	}
	of[name] = true
	return true
}
