package publisher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// readBackTime is the time limit of reading the topology after a publish.
const readBackTime = time.Minute

// Outcome describes a change that was made. It is empty for a change on a file that was read back as written.
type Outcome struct {
	// NotEnabled is the reason why the published topology is not in effect yet, nil if it is.
	NotEnabled error
	// Warnings are those of the deployment and of the store, each one for the user. One change of a batch has them.
	Warnings []string
	// Files lists the backup and the reports of the publish, for a message; empty for none.
	Files string
	// Difference is how the relationship as read back differs from what was written; empty if it does not.
	Difference string
}

// Stage is how far a change got before its error.
type Stage int

// The stages. After NotWritten the document is unchanged. In all others it has the change, or may have it: Terraform
// records no state for a creation that ends with an error, so the relationship has to be imported.
const (
	NotWritten  Stage = iota
	Unconfirmed       // the store could not find out whether it was published
	NotReadBack       // published, but the document could not be read
	Missing           // published, but the document that was read back does not have it
	Alarmed           // published, with a side effect that an administrator must see
	OthersLost        // another change, acknowledged early, failed
)

// Error is the failure of one change.
type Error struct {
	Name     string // of the change
	Stage    Stage
	Location string // of the document, where the stage is one after a publish
	Err      error
}

func (e *Error) Error() string {
	switch e.Stage {
	case NotWritten:
		return fmt.Sprintf("%s was not written: %v", e.Name, e.Err)
	case Unconfirmed:
		return fmt.Sprintf("%s: %v", e.Name, e.Err)
	case NotReadBack:
		return fmt.Sprintf("%s was published to %s, but the topology could not be read back: %v", e.Name, e.Location,
			e.Err)
	case Missing:
		return fmt.Sprintf("%s was published to %s, but the topology read back differs: %v", e.Name, e.Location, e.Err)
	default:
		return e.Err.Error()
	}
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// notWritten returns the error of a change whose publish failed or could not be confirmed.
func notWritten(e *entry, err error) error {
	var unconfirmed *store.UnconfirmedError
	if errors.As(err, &unconfirmed) {
		return &Error{Name: e.name, Stage: Unconfirmed, Err: err}
	}
	return &Error{Name: e.name, Err: err}
}

// enableFor enables what earlier walks have published and could not enable, if one of the changes waits for that. It
// does so once in a walk.
func (p *Publisher) enableFor(ctx context.Context, made []*entry) store.Result {
	deployment, ok := p.store.(store.Deployment)
	switch {
	case !ok || p.enabled || !slices.ContainsFunc(made, func(e *entry) bool { return e.enable }):
		return store.Result{}
	case p.notEnabled != nil:
		return store.Result{NotEnabled: p.notEnabled}
	}
	result, err := deployment.Enable(ctx)
	p.enabled, p.notEnabled = err == nil, err
	result.NotEnabled = err
	return result
}

// readBack verifies every change in the document after the publish.
func (p *Publisher) readBack(ctx context.Context, made []*entry, result store.Result) {
	// The time of the changes may be over by now, and their outcome has to be known all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readBackTime)
	defer cancel()
	_, doc, err := p.snapshot.get(ctx)
	if err != nil {
		for _, e := range made {
			p.settle(e, reply{err: &Error{Name: e.name, Stage: NotReadBack, Location: p.store.Location(), Err: err}})
		}
		return
	}
	p.settleMade(made, doc.Topology(), result)
}

// settleMade settles changes by the topology that was read after them.
func (p *Publisher) settleMade(made []*entry, t *topology.Topology, result store.Result) {
	last := map[string]*entry{}
	for _, e := range made {
		last[e.key] = e
	}
	// One change reports what concerns all of them: a removal rather than a creation, which would leave no state.
	reporter := slices.IndexFunc(made, func(e *entry) bool { return !e.isAcknowledged() })
	for i, e := range made {
		r := reply{result: e.reply.result, outcome: Outcome{Files: result.FileList()}}
		if e.enable || result.Document != nil {
			r.outcome.NotEnabled = result.NotEnabled
		}
		if last[e.key] == e { // else a later one has undone it, as when a pair moves to another address
			p.verify(e, t, &r)
		}
		if i == reporter {
			r.outcome.Warnings = result.Warnings
			if result.Alarm != nil {
				r.err = &Error{Name: e.name, Stage: Alarmed, Err: errors.Join(r.err, errors.New(result.Alarm.String()))}
			}
		}
		p.settle(e, r)
	}
	if reporter >= 0 {
		return
	}
	if result.Alarm != nil {
		p.lost = append(p.lost, errors.New(result.Alarm.String()))
	}
	if result.NotEnabled != nil {
		p.lost = append(p.lost,
			fmt.Errorf("the topology was published, but it is not in effect yet: %w", result.NotEnabled))
	}
}

// verify looks for a change in the topology and completes its reply.
func (p *Publisher) verify(e *entry, t *topology.Topology, r *reply) {
	found, err := e.verify(t, r.result)
	r.result = found
	var difference *DifferenceError
	switch {
	case errors.As(err, &difference):
		r.outcome.Difference = fmt.Sprintf("%s was published to %s, but the topology read back differs: %s",
			e.name, p.store.Location(), difference.Difference)
	case err != nil:
		r.err = &Error{Name: e.name, Stage: Missing, Location: p.store.Location(), Err: err}
	}
}
