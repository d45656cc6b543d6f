package publisher

import (
	"context"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Order sorts the changes of a batch: those that remove links come before those that need them removed.
type Order int

// The orders.
const (
	Removal Order = iota
	Update
	Creation
)

// Change is one edit of the document. R is the type of its result.
type Change[R any] struct {
	Name  string // for messages, such as "the pool pair a,b"
	Key   string // the relationship; of several changes of one key in a batch, the last is verified
	Order Order

	// Apply checks the change against the document as it will be and makes it. A *BlockedError makes the change wait
	// until another change was published.
	Apply func(*topology.Editor) (R, error)
	// Verify looks for the change in the document that was read back. It receives the result of Apply and returns the
	// one of the change. A *DifferenceError means that the relationship exists and differs.
	Verify func(*topology.Topology, R) (R, error)
	// Enable is set if an earlier publish of the relationship is not in effect yet.
	Enable bool
	// Preview returns the result that a creation will have once other changes have removed what blocks it. A change
	// without Preview is never acknowledged early.
	Preview func(*topology.Document) (R, error)
}

// BlockedError means that a change has to wait until another one removes a link.
type BlockedError struct {
	Refusal error // the error of the change if no other one does
}

func (e *BlockedError) Error() string { return e.Refusal.Error() }

// Unwrap returns the refusal.
func (e *BlockedError) Unwrap() error { return e.Refusal }

// DifferenceError means that a relationship was read back and differs from what was written.
type DifferenceError struct{ Difference string }

func (e *DifferenceError) Error() string { return e.Difference }

// entry is a change in the queue.
type entry struct {
	name, key string
	order     Order
	enable    bool
	apply     func(*topology.Editor) (any, error)
	verify    func(*topology.Topology, any) (any, error)
	preview   func(*topology.Document) (any, error) // nil: never acknowledged early

	state   state
	refusal error // what blocked the change last

	// Of the call that submitted the change.
	ctx  context.Context //nolint:containedctx // the change waits in a queue on behalf of a call
	end  context.CancelFunc
	done chan reply

	reply reply // what the call receives, complete when it is sent
}

// reply is what the call that submitted a change receives.
type reply struct {
	result  any
	outcome Outcome
	err     error
}

// newEntry hides the type of the result, so that changes of all types share one queue.
func newEntry[R any](ctx context.Context, c Change[R]) *entry {
	e := &entry{
		state: queued, name: c.Name, key: c.Key, order: c.Order, enable: c.Enable, ctx: ctx, done: make(chan reply, 1),
		apply: func(editor *topology.Editor) (any, error) { return c.Apply(editor) },
		verify: func(t *topology.Topology, applied any) (any, error) {
			result, _ := applied.(R)
			return c.Verify(t, result)
		},
	}
	if c.Preview != nil {
		e.preview = func(doc *topology.Document) (any, error) { return c.Preview(doc) }
	}
	return e
}

// Submit queues a change and waits until it is published and read back, acknowledged early, or refused. Beside an
// *Error whose stage is not NotWritten the result is the relationship as read back, if it was found.
func Submit[R any](ctx context.Context, p *Publisher, c Change[R]) (R, Outcome, error) {
	r := p.submit(newEntry(ctx, c)) //nolint:contextcheck // the entry has the context
	result, _ := r.result.(R)
	return result, r.outcome, r.err
}
