package shell

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// publication is one call of [Store.Publish].
type publication struct {
	store *Store
	// ctx is that of the caller. extended ends later and limits a publish that has begun.
	ctx, extended context.Context //nolint:containedctx // a publication is a call

	id         string // identifies the run for the scripts
	base, next *topology.Document
	data       PublishData
	facts      PublishFacts
	hasFacts   bool // the script returned facts
	faults     []powershell.Fault
	report     report // of Publish-CsTopology
	cause      error  // the reason why the script returned no facts or could not read the store
	result     store.Result
}

// Publish publishes next if the store still has base, and enables it. An error has one of the error types of package
// store.
func (s *Store) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	extended, cancel := extend(ctx, grace)
	defer cancel()
	p := &publication{store: s, ctx: ctx, extended: extended, id: powershell.NewID()}
	err := p.run(base, next) //nolint:contextcheck // a publish that has begun outlives the context of the call
	return p.result, err
}

// run publishes, verifies and enables the document.
func (p *publication) run(base, next []byte) error {
	if p.ctx.Err() != nil {
		return p.notPublished("the operation ended before the publish began: %w", context.Cause(p.ctx))
	}
	var err error
	if p.base, err = topology.Parse(base); err != nil {
		return p.notPublished("parse the topology that the change is based on: %w", err)
	}
	if p.next, err = topology.Parse(next); err != nil {
		return p.notPublished("parse the topology to publish: %w", err)
	}
	output, err := p.runScript()
	decodeErr := p.store.decode(PublishTopology, output, &p.facts)
	p.hasFacts = decodeErr == nil && p.facts.Outcome != ""
	p.faults = output.Faults
	p.result.Warnings = append(p.result.Warnings, withoutReportPaths(output.Warnings, p.facts)...)

	var failed *powershell.Error
	switch {
	case p.hasFacts:
		return p.handleOutcome(output, err)
	case errors.As(err, &failed) && !failed.OutcomeUnknown() && failed.Kind != powershell.Failed:
		return p.notPublished("%w", err)
	case err != nil:
		p.cause = err
	case decodeErr != nil:
		p.cause = decodeErr
	default:
		p.cause = fmt.Errorf("cannot interpret the result of %s on %s: it has no outcome", PublishTopology,
			p.store.transport.Host())
	}
	return p.confirm()
}

// runScript runs [PublishTopology]. If ctx ends before the script publishes, it stops the script. After that the script
// continues, because stopping it could leave a publish whose outcome is unknown. If the transport cannot observe a
// running script, the script always continues and checks the time limit itself before it publishes.
func (p *publication) runScript() (powershell.Result, error) {
	ctx, cancel := context.WithCancelCause(p.extended)
	defer cancel(nil)
	var publishing atomic.Bool
	transport, watched := powershell.OnMark(p.store.transport, publishingMark, func() { publishing.Store(true) })
	stop := context.AfterFunc(p.ctx, func() {
		if watched && !publishing.Load() {
			cancel(context.Cause(p.ctx))
		}
	})
	defer stop()

	p.data = p.store.data(p.ctx)
	p.data.Run, p.data.BaseSHA256 = p.id, powershell.Hash([]byte(p.base.Text()))
	p.data.Unpaired = topology.Unpaired(p.base.Topology(), p.next.Topology())
	return powershell.Run(ctx, transport, PublishTopology, powershell.Input{Data: p.data, Document: p.next.Text()})
}

// handleOutcome evaluates the outcome that the script returned. err is the error of the script.
func (p *publication) handleOutcome(output powershell.Result, err error) error {
	host := p.store.transport.Host()
	switch p.facts.Outcome {
	case OutcomeCalled:
		return p.verifyOutput(output)
	case OutcomeConflict:
		p.result.Document = topology.EncodeText(output.Document)
		return store.ErrConflict
	case OutcomeBusy:
		return p.notPublished("%w. If no other run publishes, look for a powershell.exe process on that host that has "+
			"stopped responding. handle.exe -a %s of Sysinternals names the process that has the lock",
			busyError(host, p.data), mutex)
	case OutcomeLate:
		return p.notPublished("%w", &Error{Kind: Late, Text: "the time limit passed on " + host +
			" before the publish began"})
	case OutcomeFailedOver:
		// A RefusedError, because the publish of the other changes alone can succeed.
		return &store.RefusedError{Err: &Error{Kind: FailedOver, Text: fmt.Sprintf("cannot publish the topology to "+
			"%s: %s. A pool must keep its partner while it is failed over (rule LC-NOFO). Fail back the pool with "+
			"Invoke-CsPoolFailBack. Nothing was published", p.store.Location(), describeStates(p.facts.FailedOver))}}
	default:
		if err == nil {
			err = fmt.Errorf("%s on %s returned the unexpected outcome %q", PublishTopology, host, p.facts.Outcome)
		}
		return p.notPublished("%w", err)
	}
}

// verifyOutput verifies the publish by the document that the script read after it.
func (p *publication) verifyOutput(output powershell.Result) error {
	p.addFiles()
	if output.Document == "" {
		p.cause = fmt.Errorf("cannot read the topology after Publish-CsTopology on %s%s", p.store.transport.Host(),
			p.response())
		return p.confirm()
	}
	after, err := p.parse(output.Document)
	if err != nil {
		return &store.UnconfirmedError{Err: fmt.Errorf("parse the topology read from %s after the publish: %w",
			p.store.Location(), err)}
	}
	return p.verify(after)
}

// parse parses a document that was read after the publish, unless its text is that of the published one.
func (p *publication) parse(text string) (*topology.Document, error) {
	if text == p.next.Text() {
		return p.next, nil
	}
	return topology.Parse(topology.EncodeText(text))
}

// confirm determines the outcome of a publish whose end was not observed. It reads the store until a read succeeds or
// ctx ends, and continues for [confirmTime] after that. It does so even if the script was stopped before its mark
// arrived, because the script can have published nevertheless.
func (p *publication) confirm() error {
	ctx, cancel := extend(p.ctx, confirmTime)
	defer cancel()
	var last error
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		after, err := p.readBack(ctx)
		if err == nil {
			return p.verify(after)
		}
		last = err
		if !p.store.options.Pause(ctx, wait) {
			break
		}
	}
	return &store.UnconfirmedError{Err: fmt.Errorf("%w\nAll attempts to read the topology from %s since then "+
		"failed: %w", p.cause, p.store.Location(), last)}
}

// readBack reads the store when no publish runs on the host, and prevents a later publish by the script of this
// publication. While a publish runs, it returns a document only if that is the desired one.
func (p *publication) readBack(ctx context.Context) (*topology.Document, error) {
	data := p.store.data(ctx)
	data.Run = p.id
	output, err := powershell.Run(ctx, p.store.transport, ReadBackTopology, powershell.Input{Data: data})
	if err != nil {
		return nil, err
	}
	after, err := p.parse(output.Document)
	if err != nil {
		return nil, err
	}
	var facts ReadBackFacts
	if err := p.store.decode(ReadBackTopology, output, &facts); err != nil {
		return nil, err
	}
	if !facts.Settled && !topology.Equivalent(p.next, after) {
		return nil, fmt.Errorf("the lock for publishing on %s, the mutex Global\\%s, was not free: the publish is "+
			"still running, or another program there holds it", p.store.transport.Host(), mutex)
	}
	return after, nil
}
