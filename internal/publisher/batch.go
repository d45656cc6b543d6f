package publisher

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// publish makes the changes of a batch in one publish, removals first, and settles them. It returns those that have to
// wait for others; in the last attempt these are refused instead. After an error nothing more of the batch may be
// published, and all its changes are settled with it.
func (p *Publisher) publish(batch []*entry, last bool) (waiting []*entry, err error) {
	ctx, cancel := batchContext(batch)
	defer cancel()

	for range conflictBound {
		var base []byte
		var doc *topology.Document
		if base, doc, err = p.snapshot.get(ctx); err != nil {
			break
		}
		// The resulting document does not depend on the order in which changes arrive.
		slices.SortStableFunc(batch, func(a, b *entry) int {
			return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.key, b.key))
		})
		editor := topology.NewEditor(doc)
		var made []*entry
		made, waiting = p.applyAll(editor, batch, last)
		batch = slices.Concat(made, waiting)
		var finished *topology.Document
		if finished, err = editor.Finish(); err != nil {
			batch = made
			break
		}
		next := p.snapshot.encode(finished)
		if len(made) == 0 || bytes.Equal(base, next.raw) {
			p.settleMade(made, editor.Topology(), p.enableFor(ctx, made))
			return waiting, nil
		}
		tflog.Info(ctx, "publishing the topology",
			map[string]any{"location": p.store.Location(), "changes": names(made)})
		p.snapshot.remember(next)
		var result store.Result
		result, err = p.publishDocument(ctx, base, next.raw, made, waiting)
		if err != nil {
			p.snapshot.forget(next)
		}
		p.snapshot.replace(result.Document)
		switch {
		case err == nil:
			p.enabled, p.notEnabled = result.NotEnabled == nil, result.NotEnabled
			p.readBack(ctx, made, result)
			return waiting, nil
		case errors.Is(err, store.ErrConflict):
			continue // check and make every change again on the document of the other writer
		case isRefused(err) && len(made) > 1:
			return p.publishEach(made, waiting, last)
		}
		batch = made
		break
	}
	for _, e := range batch {
		if !slices.Contains(waiting, e) {
			p.settle(e, reply{err: notWritten(e, err)})
		}
	}
	return waiting, err
}

// publishEach publishes changes one by one after the store refused them together. Only the one at fault fails.
func (p *Publisher) publishEach(made, waiting []*entry, last bool) ([]*entry, error) {
	for i, e := range made {
		again, err := p.publish([]*entry{e}, last)
		waiting = append(waiting, again...)
		if err != nil && !isRefused(err) {
			for _, left := range made[i+1:] {
				p.settle(left, reply{err: notWritten(left, err)})
			}
			return waiting, err
		}
	}
	return waiting, nil
}

// isRefused reports whether the store refused the document itself, so that a smaller change may be accepted.
func isRefused(err error) bool {
	var refused *store.RefusedError
	return errors.As(err, &refused)
}

// applyAll makes each change. One that fails is settled and fails alone.
func (p *Publisher) applyAll(editor *topology.Editor, batch []*entry, last bool) (made, waiting []*entry) {
	for _, e := range batch {
		result, err := e.apply(editor)
		var link *BlockedError
		switch {
		case err == nil:
			e.reply.result = result
			e.advance(applied)
			made = append(made, e)
		case errors.As(err, &link) && !last:
			e.refusal = link.Refusal
			e.advance(foundLink)
			waiting = append(waiting, e)
		case link != nil:
			p.settle(e, reply{err: link.Refusal})
		default:
			p.settle(e, reply{err: err})
		}
	}
	return made, waiting
}

// publishDocument gives the document to the store. On a slow store Terraform's concurrent operations fill up meanwhile,
// and changes that could be part of the next batch would not start.
func (p *Publisher) publishDocument(
	ctx context.Context, base, next []byte, made, waiting []*entry,
) (store.Result, error) {
	type outcome struct {
		result store.Result
		err    error
	}
	published := make(chan outcome, 1)
	go func() {
		result, err := p.store.Publish(ctx, base, next)
		published <- outcome{result, err}
	}()
	for {
		select {
		case o := <-published:
			return o.result, o.err
		case <-time.After(fullTime):
			p.acknowledgeEarly(waiting, len(made))
		}
	}
}

// batchContext ends when the contexts of all changes have ended, and has the last of their deadlines: a publish serves
// all of them.
func batchContext(batch []*entry) (context.Context, context.CancelFunc) {
	ctx := context.WithoutCancel(batch[0].ctx)
	cancel := context.CancelFunc(func() {})
	if deadline, bounded := lastDeadline(batch); bounded {
		ctx, cancel = context.WithDeadline(ctx, deadline)
	}
	ctx, stop := context.WithCancel(ctx)
	var left atomic.Int64
	left.Store(int64(len(batch)))
	stops := []func(){stop, cancel}
	for _, e := range batch {
		unhook := context.AfterFunc(e.ctx, func() {
			// A deadline does not cancel: the last deadline ends the context and gives the reason.
			if left.Add(-1) == 0 && !errors.Is(e.ctx.Err(), context.DeadlineExceeded) {
				stop()
			}
		})
		stops = append(stops, func() { unhook() })
	}
	return ctx, func() {
		for _, end := range slices.Backward(stops) {
			end()
		}
	}
}

// lastDeadline returns the last deadline of changes, if all have one.
func lastDeadline(batch []*entry) (last time.Time, bounded bool) {
	for _, e := range batch {
		deadline, ok := e.ctx.Deadline()
		if !ok {
			return time.Time{}, false
		}
		if deadline.After(last) {
			last = deadline
		}
	}
	return last, true
}

func names(changes []*entry) string {
	list := make([]string, 0, len(changes))
	for _, e := range changes {
		list = append(list, e.name)
	}
	return strings.Join(list, "; ")
}
