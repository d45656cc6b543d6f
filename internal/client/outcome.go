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

// published is what became of a publish that was made.
type published struct {
	report     store.Report
	notEnabled error
	// alarm is an error that somebody has to see, although what was published is there.
	alarm error
}

// publishedAs reads the answer of a store; ok is false where nothing was published, or nobody knows.
func publishedAs(report store.Report, err error) (p published, ok bool) {
	p.report = report
	var (
		notEnabled *store.NotEnabledError
		different  *store.DifferentError
		overwrote  *store.OverwroteError
		urls       *store.SimpleURLsError
		enabled    = true
	)
	switch {
	case err == nil:
	case errors.As(err, &notEnabled):
		p.notEnabled = err
		return p, true
	case errors.As(err, &different):
		// Every change of the publish finds out for itself whether it is there.
		enabled = different.Enabled
	case errors.As(err, &overwrote):
		p.alarm, enabled = err, overwrote.Enabled
	case errors.As(err, &urls):
		p.alarm, enabled = err, urls.Enabled
	default:
		return p, false
	}
	if !enabled {
		p.notEnabled = &store.NotEnabledError{Err: err}
	}
	return p, true
}

// live is the store as one in front of a deployment, nil for a file.
func live(s store.Store) store.Live {
	l, _ := s.(store.Live)
	return l
}

// put hands a document to the store, with all there is to tell of it.
func put(ctx context.Context, s store.Store, base, next []byte) (store.Report, error) {
	if l := live(s); l != nil {
		return l.PublishReport(ctx, base, next)
	}
	return store.Report{}, s.Publish(ctx, base, next)
}

// enable makes effective what earlier runs have published and could not enable: once in a run, for all that wait for it.
func (w *writer) enable(ctx context.Context) published {
	l := live(w.store)
	switch {
	case l == nil || w.enabled:
		return published{}
	case w.notEnabled != nil:
		return published{notEnabled: w.notEnabled}
	}
	report, err := l.Enable(ctx)
	w.enabled, w.notEnabled = err == nil, err
	return published{report: report, notEnabled: err}
}

// readBack looks for every change in the document that is there after the publish.
func (w *writer) readBack(ctx context.Context, made []*change, p published) {
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
	w.answerRead(made, doc.Topology(), p)
}

// answerRead answers changes by what the topology has after them.
func (w *writer) answerRead(made []*change, t *topology.Topology, p published) {
	last := map[string]*change{}
	for _, ch := range made {
		last[ch.about] = ch
	}
	// Those that make room come first, and a creation that ends with an error leaves more to be done than they do.
	teller := slices.IndexFunc(made, func(ch *change) bool { return !ch.early })
	for i, ch := range made {
		var err error
		outcome := Outcome{Files: p.report.String()}
		if ch.enable || p.report.Document != nil {
			outcome.NotEnabled = p.notEnabled
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
			outcome.Warnings = append(outcome.Warnings, p.report.Warnings...)
			if p.alarm != nil {
				err = &UntoldError{errors.Join(err, p.alarm), ch.block}
			}
		}
		if !ch.early {
			ch.outcome = outcome
		}
		w.answer(ch, err)
	}
	if teller < 0 && (p.alarm != nil || p.notEnabled != nil) {
		w.broken = append(w.broken, errors.Join(p.alarm, p.notEnabled).Error())
	}
}

// documentAfter is what a store holds after a publish, as far as it has told; nil where it has to be read again.
func documentAfter(report store.Report, err error) []byte {
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		return conflict.Document
	}
	return report.Document
}
