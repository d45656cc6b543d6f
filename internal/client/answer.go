package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// Terraform works on a number of resources at a time. When creations that wait fill all those places, the removals
// that would make room never start: with sixty pairs that change under other addresses, every third apply ended so.
// Then, and only then, a creation is answered before it is published. Terraform is never left alone with such an
// answer: until all of them are published, one other call is kept waiting, which tells of those that failed. A pair
// that was told of and could not be written is gone from the state with the next refresh.
const (
	// places is how many resources Terraform works on at a time by default.
	places = 10
	// fullTime is how long nothing but changes that wait may be under way before one of them is answered early.
	fullTime = 250 * time.Millisecond
)

// answer is how a change ended.
type answer struct {
	ch  *change
	err error
}

// answerEarly answers one of the changes that are parked when changes that wait fill Terraform's places, those in the
// hands of the store among them. Another one that is parked has to stay: it is the call that is kept waiting.
func (w *writer) answerEarly(parked []*change, publishing int) {
	waiting := len(parked) + publishing + w.queued() - w.early + len(w.ready)
	if waiting < places || waiting != w.calls() || len(parked)-w.early < 2 {
		return
	}
	for _, ch := range parked {
		if ch.early || ch.preview == nil {
			continue
		}
		_, doc, err := w.snapshot.get(ch.ctx)
		if err != nil || ch.preview(doc) != nil {
			continue
		}
		tflog.Info(ch.ctx, "going on before a change is published, since what it waits for has no place", map[string]any{"change": ch.name})
		ch.early = true
		ch.outlive()
		w.early++
		ch.done <- nil
		return
	}
}

// outlive lets a change live on after its call, until the deadline that the call had.
func (ch *change) outlive() {
	deadline, bounded := ch.ctx.Deadline()
	ch.ctx = context.WithoutCancel(ch.ctx)
	if bounded {
		ch.ctx, ch.end = context.WithDeadline(ch.ctx, deadline)
	}
}

// publishNow hands the document to the store. On a slow one Terraform's places fill up meanwhile, so that changes which
// could be part of the next publish do not get to begin.
func (w *writer) publishNow(ctx context.Context, base, next []byte, made, parked []*change) (store.Result, error) {
	var (
		result store.Result
		err    error
	)
	published := make(chan struct{})
	go func() {
		defer close(published)
		result, err = w.store.Publish(ctx, base, next)
	}()
	for {
		select {
		case <-published:
			return result, err
		case <-time.After(fullTime):
			w.answerEarly(parked, len(made))
		}
	}
}

// queued is how many changes wait for the next publish.
func (w *writer) queued() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// answer notes how a change ended.
func (w *writer) answer(ch *change, err error) {
	if !ch.early {
		w.ready = append(w.ready, answer{ch, err})
		return
	}
	w.early--
	if ch.end != nil {
		ch.end()
	}
	if err != nil {
		w.broken = append(w.broken, fmt.Sprintf("%s was reported as made, to let Terraform go on to what it waited for, but was not; "+
			"the next plan shows it: %v", ch.name, err))
	}
}

// passOn passes answers on. While changes that were answered early are still to be published and nothing else waits,
// one answer is held back. Nothing that makes room is held back where there is anything else: what would come after it
// may be what the others wait for.
func (w *writer) passOn(parked []*change) {
	held := 0
	if w.early > 0 && w.queued() == 0 && len(parked) == w.early {
		held = 1
	}
	slices.SortStableFunc(w.ready, func(a, b answer) int { return cmp.Compare(a.ch.order, b.ch.order) })
	for len(w.ready) > held {
		a := w.ready[0]
		w.ready = w.ready[1:]
		if len(w.broken) > 0 {
			if a.err != nil {
				w.broken = append([]string{a.err.Error()}, w.broken...)
			}
			// Its own change may well be made: a creation that ends with an error leaves no state.
			a.err, w.broken = &UntoldError{errors.New(strings.Join(w.broken, "\n\n")), a.ch.block}, nil
		}
		a.ch.done <- a.err
	}
}
