package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// readBackTime is how long the topology is read after a publish at most.
const readBackTime = time.Minute

// Outcome is what there is to tell of a change beside its result. It is empty for one on a file.
type Outcome struct {
	// NotEnabled is why what was published is not in effect yet; nil says that it is.
	NotEnabled error
	// Warnings are those of the deployment and ours, each one to show. Of all changes in a publish one has them.
	Warnings []string
	// Files are the backup and the reports of the publish, for a message; empty for none.
	Files string
	// Steps is what remains to be done by hand for this change; nil where nothing was published.
	Steps []string
}

// UntoldError says that a change was published, or may have been, and cannot be reported as made: something else has to
// be told first. A creation that ends so leaves no state, so that the relationship has to be imported if it is there.
type UntoldError struct {
	Err error
	// Import is the block that takes charge of what may be there; empty for what is no creation.
	Import string
}

func (e *UntoldError) Error() string {
	if e.Import == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + "\n\nTerraform keeps no state of it. If it is there now, the next plan says so; take charge of it with:\n\n" + e.Import
}

// Unwrap returns what has to be told.
func (e *UntoldError) Unwrap() error { return e.Err }

// notAsWrittenError says that a relationship is there and differs from what was written.
type notAsWrittenError struct{ difference string }

func (e *notAsWrittenError) Error() string { return e.difference }

func notAsWritten(format string, args ...any) error {
	return &notAsWrittenError{difference: fmt.Sprintf(format, args...)}
}

// live is the store as one in front of a deployment, nil for a file.
func live(s store.Store) store.Deployment {
	l, _ := s.(store.Deployment)
	return l
}

// enable makes effective what earlier runs have published and could not enable: once in a run, for all that wait for it.
func (w *writer) enable(ctx context.Context) store.Result {
	l := live(w.store)
	switch {
	case l == nil || w.enabled:
		return store.Result{}
	case w.notEnabled != nil:
		return store.Result{NotEnabled: w.notEnabled}
	}
	result, err := l.Enable(ctx)
	w.enabled, w.notEnabled = err == nil, err
	result.NotEnabled = err
	return result
}

// readBack looks for every change in the document that is there after the publish.
func (w *writer) readBack(ctx context.Context, made []*change, result store.Result) {
	// The time of the changes may be over by now, and what became of them has to be known all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readBackTime)
	defer cancel()
	_, doc, err := w.snapshot.get(ctx)
	if err != nil {
		for _, ch := range made {
			w.answer(ch, &UntoldError{fmt.Errorf("%s was published to %s, but the topology could not be read back: %w", ch.name, w.store.Location(), err), ch.block})
		}
		return
	}
	w.answerRead(made, doc.Topology(), result)
}

// answerRead answers changes by what the topology has after them.
func (w *writer) answerRead(made []*change, t *topology.Topology, result store.Result) {
	last := map[string]*change{}
	for _, ch := range made {
		last[ch.about] = ch
	}
	// Those that make room come first, and a creation that ends with an error leaves more to be done than they do.
	teller := slices.IndexFunc(made, func(ch *change) bool { return !ch.early })
	for i, ch := range made {
		var err error
		outcome := Outcome{Files: result.FileList()}
		if ch.enable || result.Document != nil {
			outcome.NotEnabled = result.NotEnabled
		}
		if last[ch.about] == ch { // else undone by a later one, as when a pair moves to another address
			err = ch.verify(t)
		}
		var there *notAsWrittenError
		switch {
		case errors.As(err, &there):
			outcome.Warnings = append(outcome.Warnings, fmt.Sprintf("%s was published to %s, but the topology read back differs: %s. "+
				"Somebody else may have published at the same time. The next plan shows what is there, and its apply repairs it.", ch.name, w.store.Location(), there.difference))
			err = nil
		case err != nil:
			err = fmt.Errorf("%s was published to %s, but the topology read back differs: %w; somebody else may have published at the same time: "+
				"run terraform plan to see what is there", ch.name, w.store.Location(), err)
		}
		if i == teller {
			outcome.Warnings = append(outcome.Warnings, result.Warnings...)
			if result.Alarm != nil {
				err = &UntoldError{errors.Join(err, errors.New(result.Alarm.String())), ch.block}
			}
		}
		if !ch.early {
			ch.outcome = outcome
		}
		w.answer(ch, err)
	}
	if teller >= 0 {
		return
	}
	if result.Alarm != nil {
		w.broken = append(w.broken, result.Alarm.String())
	}
	if result.NotEnabled != nil {
		w.broken = append(w.broken, "the topology was published, but it is not in effect yet: "+result.NotEnabled.Error())
	}
}
