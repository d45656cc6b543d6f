package publisher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
)

// This file decides when a change is reported to Terraform.
//
// Terraform runs a limited number of operations at a time. When blocked creations occupy all of them, the removals that
// they wait for never start, and the apply fails although its plan is right. Only then one blocked creation is
// acknowledged early: it is reported as made before it is published. Its operation ends, and Terraform starts another.
//
// While acknowledged changes are unpublished, one other operation is withheld, so that Terraform does not end the
// provider before they are published. That operation also reports the ones that failed.
//
//	state         in Terraform's state  in the document  if the process dies here
//	queued        no                    no               the next plan creates the pair
//	blocked       no                    no               the next plan creates the pair
//	acknowledged  yes                   no               the next refresh removes it, and the plan creates it
//	reported      as in the document    as reported      nothing to repair
//
// A plan with -refresh=false does not notice an acknowledged pair that was not published. The next one with a refresh
// does.
type state int

const (
	queued       state = iota // waits for its batch, or is part of one
	blocked                   // waits for another change to remove a link
	acknowledged              // blocked, and reported as made
	reported                  // its outcome is known
)

// event is what happens to a change.
type event int

const (
	foundLink      event = iota // Apply returned a BlockedError
	operationsFull              // blocked creations occupy all concurrent operations
	settled                     // published and verified, refused, or out of time
)

// transitions has the next state for each state and event. Any other event is a fault of this package.
var transitions = map[state]map[event]state{
	queued:       {foundLink: blocked, settled: reported},
	blocked:      {foundLink: blocked, operationsFull: acknowledged, settled: reported},
	acknowledged: {foundLink: acknowledged, settled: reported},
	reported:     {},
}

// on moves a change to its next state.
func (e *entry) on(happened event) {
	next, ok := transitions[e.state][happened]
	if !ok {
		err := fmt.Errorf("event %d in state %d of %s", happened, e.state, e.name)
		invariant.Check(err, "a change makes only the transitions of the table")
	}
	e.state = next
}

const (
	// defaultParallelism is the number of operations that Terraform runs at a time by default.
	defaultParallelism = 10
	// fullTime is how long blocked creations must occupy all operations before one of them is acknowledged.
	fullTime = 250 * time.Millisecond
)

// acknowledgeEarly completes one blocked creation before it is published, when changes that wait occupy all of
// Terraform's concurrent operations; publishing is how many of those the store is publishing. Another blocked change
// has to remain: its operation is the one that is withheld.
func (p *Publisher) acknowledgeEarly(waiting []*entry, publishing int) {
	unacknowledged := len(waiting) - p.unpublished
	operations := unacknowledged + publishing + p.queued() + len(p.ready)
	if operations < defaultParallelism || operations != p.calls() || unacknowledged < 2 {
		return
	}
	for _, e := range waiting {
		if e.state != blocked || e.preview == nil {
			continue
		}
		_, doc, err := p.snapshot.get(e.ctx)
		if err != nil {
			continue
		}
		result, err := e.preview(doc)
		if err != nil {
			continue
		}
		tflog.Info(e.ctx, "acknowledging a change before it is published", map[string]any{"change": e.name})
		e.on(operationsFull)
		e.detach()
		p.unpublished++
		e.done <- reply{result: result}
		return
	}
}

// detach separates a change from its call, which ends before the change does. The deadline of the call stays.
func (e *entry) detach() {
	deadline, bounded := e.ctx.Deadline()
	e.ctx = context.WithoutCancel(e.ctx)
	if bounded {
		e.ctx, e.end = context.WithDeadline(e.ctx, deadline)
	}
}

// LostError is the failure of a change that was acknowledged early.
type LostError struct {
	Name string
	Err  error
}

func (e *LostError) Error() string {
	return fmt.Sprintf("%s was reported as made before it was published, and then could not be published: %v", e.Name,
		e.Err)
}

// Unwrap returns the cause.
func (e *LostError) Unwrap() error { return e.Err }

// settle records the outcome of a change. An acknowledged change has no call to report an error to.
func (p *Publisher) settle(e *entry, r reply) {
	early := e.state == acknowledged
	e.on(settled)
	e.reply = r
	if !early {
		p.ready = append(p.ready, e)
		return
	}
	p.unpublished--
	if e.end != nil {
		e.end()
	}
	if r.err != nil {
		p.lost = append(p.lost, &LostError{Name: e.name, Err: r.err})
	}
}

// deliver sends the replies that are ready. While acknowledged changes are unpublished and nothing else waits, one
// reply is withheld. A reply to a change that removes links is sent first: the operations that Terraform starts next
// may be those that the others wait for.
func (p *Publisher) deliver(waiting []*entry) {
	withheld := 0
	if p.unpublished > 0 && p.queued() == 0 && len(waiting) == p.unpublished {
		withheld = 1
	}
	slices.SortStableFunc(p.ready, func(a, b *entry) int { return cmp.Compare(a.order, b.order) })
	for len(p.ready) > withheld {
		e := p.ready[0]
		p.ready = p.ready[1:]
		if len(p.lost) > 0 {
			// The change itself may have been published.
			e.reply.err = &Error{
				Name: e.name, Stage: OthersLost, Err: errors.Join(append([]error{e.reply.err}, p.lost...)...),
			}
			p.lost = nil
		}
		e.done <- e.reply
	}
}
