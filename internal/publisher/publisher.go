// Package publisher publishes the changes of one walk of Terraform. It caches the document that the walk sees, collects
// changes into batches, publishes one batch at a time, reads it back, and replies to each call. It knows a store and no
// rule.
package publisher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	// graceTime is how long a blocked change waits after the last publish: Terraform may still start the operation that
	// removes the link.
	graceTime = 30 * time.Second
	// quietBound is the number of quiet times for which the writer waits at most while changes keep arriving.
	quietBound = 20
	// conflictBound is how often a publish is computed again because another program changed the document. Each
	// conflict is a publish of another program: of eight runs on one file, one can lose more than ten times in a row.
	// The timeout of the change bounds the time.
	conflictBound = 100
)

// Publisher is the only writer of one walk. One goroutine runs while changes wait. It publishes when no change has
// arrived for the quiet time of the store.
type Publisher struct {
	store    store.Store
	snapshot *snapshot
	calls    func() int

	// Used by the running goroutine only.
	unpublished int      // changes that were acknowledged early and are not settled
	lost        []error  // of acknowledged changes, not reported yet
	ready       []*entry // settled, and not delivered yet
	operations  int      // the most calls of Terraform at a time until the end of the last publish, 0 before the first

	enabled    bool  // the published document is in effect, as far as this walk knows
	notEnabled error // why this walk could not enable it

	mu      sync.Mutex
	queue   []*entry
	most    int // the most calls of Terraform at a time so far
	running bool
	news    chan struct{} // has room for one: a change was queued, or a context has ended
}

// queueObserver is a store of a test. Queued is called after each change is queued, so that the test can wait for a
// number of changes instead of a time.
type queueObserver interface{ Queued() }

// New returns the publisher of one walk. calls returns how many calls of Terraform have not returned.
func New(s store.Store, calls func() int) *Publisher {
	return &Publisher{store: s, snapshot: &snapshot{store: s}, calls: calls, news: make(chan struct{}, 1)}
}

// Document returns the document as this walk sees it.
func (p *Publisher) Document(ctx context.Context) (*topology.Document, error) {
	_, doc, err := p.snapshot.get(ctx)
	return doc, err
}

// submit queues a change and waits for its reply.
func (p *Publisher) submit(e *entry) reply {
	calls := p.calls()
	p.mu.Lock()
	p.most = max(p.most, calls)
	p.queue = append(p.queue, e)
	if !p.running {
		p.running = true
		go p.run() //nolint:contextcheck // it outlives the call that starts it; every change has its own context
	}
	p.mu.Unlock()
	if observer, ok := p.store.(queueObserver); ok {
		observer.Queued()
	}
	p.wake()
	// Only the running goroutine knows whether the change is being published when its context ends.
	defer context.AfterFunc(e.ctx, p.wake)()
	return <-e.done
}

func (p *Publisher) wake() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// run publishes batch after batch until no change waits.
func (p *Publisher) run() {
	var waiting []*entry
	for {
		arrived, more := p.await(&waiting)
		switch {
		case !more:
			return
		case arrived == nil:
			// No change of this walk removed the links. Another program may have, so the document is loaded again.
			p.snapshot.drop()
			_, _ = p.publish(waiting, true) // the changes are settled with its error
			waiting = nil
		default:
			waiting, _ = p.publish(append(waiting, arrived...), false) // the same
		}
		p.mu.Lock()
		p.operations = p.most
		p.mu.Unlock()
	}
}

// await returns the queued changes after a quiet time. It returns none when only blocked changes are left and the grace
// time is over. It settles changes whose context ends.
func (p *Publisher) await(waiting *[]*entry) (arrived []*entry, more bool) {
	grace := time.NewTimer(graceTime)
	defer grace.Stop()
	for {
		*waiting = p.settleExpired(*waiting)
		p.deliver(*waiting)
		if p.stopIfIdle(*waiting) {
			return nil, false
		}
		if p.queued() > 0 {
			p.awaitQuiet(len(*waiting) - p.unpublished)
			if arrived = p.settleExpired(p.takeQueue()); len(arrived) > 0 {
				return arrived, true
			}
			continue
		}
		select {
		case <-p.news:
		case <-time.After(fullTime):
			p.acknowledgeEarly(*waiting, 0)
		case <-grace.C:
			return nil, true
		}
	}
}

// stopIfIdle ends the running goroutine, together with the check that no change waits: the next one starts it again.
func (p *Publisher) stopIfIdle(waiting []*entry) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 && len(waiting) == 0 {
		p.running = false
	}
	return !p.running
}

// queued returns how many changes wait for the next batch.
func (p *Publisher) queued() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue)
}

func (p *Publisher) takeQueue() []*entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.queue
	p.queue = nil
	return taken
}

// awaitQuiet returns when no change has arrived for the quiet time of the store, or after quietBound of them. It
// returns at once when the queued changes and the operations that wait occupy all that Terraform has run at a time so
// far, because none arrives then before a reply.
func (p *Publisher) awaitQuiet(waiting int) {
	bound := time.After(quietBound * p.store.Quiet())
	for p.operations == 0 || p.queued()+waiting < p.operations {
		select {
		case <-p.news: // the change that began the wait, or one more
			continue
		default:
		}
		select {
		case <-p.news:
		case <-time.After(p.store.Quiet()):
			return
		case <-bound:
			return
		}
	}
}

// settleExpired settles the changes whose context has ended and returns the others.
func (p *Publisher) settleExpired(changes []*entry) []*entry {
	return slices.DeleteFunc(changes, func(e *entry) bool {
		if e.ctx.Err() == nil {
			return false
		}
		err := fmt.Errorf("its time limit passed before the publish began (%w), and nothing was changed", e.ctx.Err())
		p.settle(e, reply{err: errors.Join(e.refusal, &Error{Name: e.name, Err: err})})
		return true
	})
}
