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

// state is where a change stands between its submission and its report to Terraform.
//
// Terraform runs a limited number of operations at a time. When blocked creations occupy all of them, the removals that
// they wait for never start, and the apply fails although its plan is right. Only then one blocked creation is
// acknowledged early: it is reported as made before it is published. Its operation ends, and Terraform starts another.
//
// While acknowledged changes are unpublished, one other operation is withheld, so that Terraform does not end the
// provider before they are published. That operation also reports the ones that failed.
//
// If the process dies, the state of Terraform and the document can differ. The next plan with a refresh repairs that:
//
//	state              Terraform's state  document         next plan
//	queued             before             before           plans the change again
//	blocked            without the pair   without          plans the creation again
//	acknowledged       with the pair      without          removes it from the state and plans the creation again
//	inBatch            before             before or after  plans the change again, or refuses a creation that was
//	                                                       published, with its import block
//	acknowledgedBatch  with the pair      before or after  finds the pair, or removes it as above
//	reported           after              as reported      -
//
// A plan with -refresh=false does not notice an acknowledged pair that was not published. The state of an acknowledged
// pair says that it is in effect. If the topology cannot be enabled afterwards, the withheld operation ends with that
// error, so that the next apply publishes its change and enables the topology.
type state string

const (
	queued            state = "queued"                      // waits for its batch
	blocked           state = "blocked"                     // waits for another change to remove a link
	acknowledged      state = "acknowledged"                // blocked, and reported as made
	inBatch           state = "in a batch"                  // applied to the document that is published next
	acknowledgedBatch state = "acknowledged and in a batch" // the same, and reported as made
	reported          state = "reported"                    // its outcome is known
)

// event is what happens to a change.
type event string

const (
	foundLink      event = "found a link"    // Apply returned a BlockedError
	operationsFull event = "operations full" // blocked creations occupy all concurrent operations
	applied        event = "applied"         // Apply succeeded; again, if the document has changed meanwhile
	settled        event = "settled"         // published and verified, refused, or out of time
)

// transitions has the next state for each state and event. Any other event is a defect of this package.
var transitions = map[state]map[event]state{
	queued:            {foundLink: blocked, applied: inBatch, settled: reported},
	blocked:           {foundLink: blocked, operationsFull: acknowledged, applied: inBatch, settled: reported},
	acknowledged:      {foundLink: acknowledged, applied: acknowledgedBatch, settled: reported},
	inBatch:           {foundLink: blocked, applied: inBatch, settled: reported},
	acknowledgedBatch: {foundLink: acknowledged, applied: acknowledgedBatch, settled: reported},
	reported:          {},
}

// advance moves a change to its next state.
func (e *entry) advance(happened event) {
	next, ok := transitions[e.state][happened]
	invariant.That(ok, "a change that is %s does not become %s: %s", e.state, happened, e.name)
	e.state = next
}

// isAcknowledged reports whether a change was reported as made before it was published.
func (e *entry) isAcknowledged() bool { return e.state == acknowledged || e.state == acknowledgedBatch }

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
		e.advance(operationsFull)
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
	return fmt.Sprintf("%s was reported as complete before the publish, and then could not be published: %v", e.Name,
		e.Err)
}

// Unwrap returns the cause.
func (e *LostError) Unwrap() error { return e.Err }

// settle records the outcome of a change. An acknowledged change has no call to report an error to.
func (p *Publisher) settle(e *entry, r reply) {
	early := e.isAcknowledged()
	e.advance(settled)
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
