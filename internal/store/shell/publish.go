package shell

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// publication is one publish under way.
type publication struct {
	store *Store
	// ctx is the caller's; longer lasts until a publish that has begun is given up.
	ctx, longer context.Context //nolint:containedctx // a publication is a call

	id                string // of this publish
	base, next, after *topology.Document
	facts             PublishFacts
	faults            []powershell.Fault
	report            report // of Publish-CsTopology
	answered          bool   // the script returned facts
	cause             error  // why it did not, or could not read the store
	result            store.Result
}

// Publish publishes next if the store still holds base, and enables it. The errors are those of package store; a plain
// one does not occur.
func (s *Store) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	longer, cancel := outlive(ctx, grace)
	defer cancel()

	p := &publication{store: s, ctx: ctx, longer: longer, id: powershell.NewID()}
	err := p.run(base, next) //nolint:contextcheck // what has begun outlives the call's context

	return p.result, err
}

func (p *publication) run(base, next []byte) error {
	if err := p.ctx.Err(); err != nil {
		return p.notPublished("the time was over before it began: %w", context.Cause(p.ctx))
	}

	var err error
	if p.base, err = topology.Parse(base); err != nil {
		return p.notPublished("the topology that the change was made from: %w", err)
	}

	if p.next, err = topology.Parse(next); err != nil {
		return p.notPublished("the topology to publish: %w", err)
	}

	result, err := p.start(base, next)
	p.faults = result.Faults

	p.answered = len(result.Value) > 0 && json.Unmarshal(result.Value, &p.facts) == nil && p.facts.Outcome != ""

	var failed *powershell.Error

	p.result.Warnings = append(p.result.Warnings, withoutPointers(result.Warnings, p.facts)...)

	switch {
	case p.answered:
		return p.continueWith(result, err)
	case errors.As(err, &failed) && !failed.OutcomeUnknown() && failed.Kind != powershell.Failed:
		return p.notPublished("%w", err)
	case err == nil:
		err = fmt.Errorf("the answer of %s on %s cannot be understood", PublishTopology, p.store.transport.Host())
	}

	p.cause = err

	return p.learn()
}

// start runs the script. A context that ends before the script publishes stops it. After that the script is let finish:
// to stop it would leave a publish that nobody knows of. A transport that tells nothing of a running script leaves only the
// script's own look at the clock, and it is let finish in any case.
func (p *publication) start(base, next []byte) (powershell.Result, error) {
	ctx, cancel := context.WithCancelCause(p.longer)
	defer cancel(nil)

	var seen atomic.Bool

	transport, watched := powershell.OnMark(p.store.transport, publishingMark, func() { seen.Store(true) })

	stop := context.AfterFunc(p.ctx, func() {
		if watched && !seen.Load() {
			cancel(context.Cause(p.ctx))
		}
	})
	defer stop()

	data := p.store.data(p.ctx)
	data.Run, data.BaseSHA256 = p.id, powershell.Hash(base)
	data.Unpaired = topology.Unpaired(p.base.Topology(), p.next.Topology())

	return powershell.Run(ctx, transport, PublishTopology, powershell.Input{Data: data, Document: string(next)})
}

// continueWith handles the outcome that the script returned.
func (p *publication) continueWith(result powershell.Result, err error) error {
	switch host := p.store.transport.Host(); p.facts.Outcome {
	case OutcomeCalled:
	case OutcomeConflict:
		p.result.Document = []byte(result.Document)
		return store.ErrConflict
	case OutcomeBusy:
		return p.notPublished("another run of the provider on %s has been publishing all the time. Try again when it is done; "+
			"if there is none, look for a powershell.exe that hangs there", host)
	case OutcomeLate:
		return p.notPublished("the time was over on %s before the publish began. Raise the timeout of the operation", host)
	case OutcomeFailedOver:
		// The other changes of this publish may go through.
		return &store.RefusedError{Reason: fmt.Sprintf("cannot publish the topology to %s: %s. A pool must keep its partner as long as it is "+
			"failed over (rule LC-NOFO): fail it back with Invoke-CsPoolFailBack, then apply again. Nothing was published", p.store.Location(), failedOver(p.facts.FailedOver))}
	default:
		if err == nil {
			err = fmt.Errorf("the script ended without a reason (outcome %q)", p.facts.Outcome)
		}

		return p.notPublished("%w", err)
	}

	p.noteFiles()

	if result.Document == "" {
		p.cause = fmt.Errorf("the topology could not be read after Publish-CsTopology on %s%s", p.store.transport.Host(), p.whatCameBack())

		return p.learn()
	}

	after, err := topology.Parse([]byte(result.Document))
	if err != nil {
		return &store.UnconfirmedError{Err: fmt.Errorf("the topology read from %s after the publish: %w", p.store.Location(), err)}
	}

	return p.judge(after)
}

// learn finds out what became of a publish whose end was not seen: it connects again and reads until the time is over,
// and a while longer.
func (p *publication) learn() error {
	// A script that had to be stopped was most likely stopped before it published, or while it hung. Most likely is not enough.
	ctx, cancel := outlive(p.ctx, checkTime)
	defer cancel()

	var last error

	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		after, err := p.settle(ctx)
		if err == nil {
			return p.judge(after)
		}

		last = err

		if !p.store.options.Pause(ctx, wait) {
			break
		}
	}

	return &store.UnconfirmedError{Err: fmt.Errorf("%w\nThe topology could not be read since then from %s: %w\n"+
		"Run terraform plan when it can be read again, to see what is there", p.cause, p.store.Location(), last)}
}

// settle reads what the store holds once no publish is under way on the host, and keeps ours from being made later. One that is as wanted is good at once.
func (p *publication) settle(ctx context.Context) (*topology.Document, error) {
	data := p.store.data(ctx)
	data.Run = p.id

	result, err := powershell.Run(ctx, p.store.transport, SettleTopology, powershell.Input{Data: data})
	if err != nil {
		return nil, err
	}

	after, err := topology.Parse([]byte(result.Document))
	if err != nil {
		return nil, err
	}

	var facts SettleFacts
	if err := json.Unmarshal(result.Value, &facts); err != nil {
		return nil, fmt.Errorf("the answer of %s on %s cannot be understood: %w", SettleTopology, p.store.transport.Host(), err)
	}

	if !facts.Settled && !topology.Equivalent(p.next, after) {
		return nil, fmt.Errorf("a publish is still under way on %s", p.store.transport.Host())
	}

	return after, nil
}
