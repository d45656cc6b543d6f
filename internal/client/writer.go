package client

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	// graceTime is how long a change that waits for another to make room is kept after the last change was published:
	// Terraform may still be on its way to the resource that gives a pool up.
	graceTime = 30 * time.Second
	// quietBound is how many quiet times the writer waits at most while changes keep coming.
	quietBound = 20
	// conflictBound is how often a publish is computed anew because others changed the document in between.
	conflictBound = 10
)

// order puts changes that make room before those that need it.
type order int

const (
	orderRelease order = iota
	orderUpdate
	orderClaim
)

// change is one edit that waits to be published.
type change struct {
	name  string // for messages: "the pool pair a,b"
	about string // the relationship it changes: the last change of a batch about it tells what is read back
	order order
	// apply checks the change against the document as it will be and makes it. A tiedError parks the change until
	// another change was published.
	apply func(*topology.Editor) error
	// verify looks for the relationship in the document read back after the publish. A notAsWrittenError says that it is
	// there and differs.
	verify func(*topology.Topology) error
	// enable says that what an earlier run has published of this resource is not in effect yet.
	enable bool
	// block takes charge of the relationship by an import; empty for what is no creation.
	block string
	// preview, where it is set, finds the answer that the change will give once others have made room for it.
	preview func(*topology.Document) error

	tied  *tiedError // what it waits for, as found the last time
	early bool       // answered with its preview; it is still to be published

	outcome Outcome // set before done

	ctx  context.Context //nolint:containedctx // a change is a call that waits in a queue
	end  context.CancelFunc
	done chan error
}

// tiedError is returned by a change that has to wait for another one to give up pools; it is the refusal when nobody
// does.
type tiedError struct{ refusal error }

func (e *tiedError) Error() string { return e.refusal.Error() }
func (e *tiedError) Unwrap() error { return e.refusal }

// writer publishes all changes of a run, one publish at a time. It waits until no change has arrived for a short
// quiet time and then publishes everything that is there at once.
// How changes are answered stands in answer.go.
type writer struct {
	store    store.Store
	snapshot *snapshot
	calls    func() int // calls of Terraform that have not returned

	// Of the one goroutine that runs.
	early  int      // changes answered early that are neither published nor refused yet
	broken []string // what is to be told of changes answered early
	ready  []answer // not passed on yet

	enabled    bool  // what is published is in effect, as far as this run knows
	notEnabled error // why this run could not enable it

	mu      sync.Mutex
	queue   []*change
	running bool
	news    chan struct{} // has room for one: something was queued, or a context has ended
}

// queueObserver is implemented by stores in tests. Queued is called once for each change, after the change is queued, so
// that a test can wait for a number of queued changes instead of waiting for a time.
type queueObserver interface{ Queued() }

func newWriter(s store.Store, snap *snapshot, calls func() int) *writer {
	return &writer{store: s, snapshot: snap, calls: calls, news: make(chan struct{}, 1)}
}

// submit queues a change and waits until it is published and read back, or refused.
func (w *writer) submit(ctx context.Context, ch *change) error {
	ch.ctx, ch.done = ctx, make(chan error, 1)
	w.mu.Lock()
	w.queue = append(w.queue, ch)
	if !w.running {
		w.running = true
		go w.run() //nolint:contextcheck // the writer outlives the call that starts it; every change brings its own context
	}
	w.mu.Unlock()
	if observer, ok := w.store.(queueObserver); ok {
		observer.Queued()
	}
	w.poke()
	// The end of a context is news as well: the writer alone knows whether the change is being published just now.
	defer context.AfterFunc(ctx, w.poke)()
	return <-ch.done
}

func (w *writer) poke() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// run publishes batch after batch until nothing waits any more.
func (w *writer) run() {
	var parked []*change
	for {
		queued, more := w.await(&parked)
		switch {
		case !more:
			return
		case queued == nil:
			// Nobody of this run made room. Somebody else may have, so the document is read once more.
			w.snapshot.drop()
			_, _ = w.publish(parked, true)
			parked = nil
		default:
			parked, _ = w.publish(append(parked, queued...), false)
		}
	}
}

// await returns what is queued, once it has been quiet; nothing, when only parked changes are left and the grace time
// is over. Changes whose context ends while they wait are answered here.
func (w *writer) await(parked *[]*change) (queued []*change, more bool) {
	grace := time.NewTimer(graceTime)
	defer grace.Stop()
	for {
		*parked = w.answerEnded(*parked)
		w.passOn(*parked)
		w.mu.Lock()
		waiting := len(w.queue)
		if waiting == 0 && len(*parked) == 0 {
			w.running = false
			w.mu.Unlock()
			return nil, false
		}
		w.mu.Unlock()
		if waiting > 0 {
			w.awaitQuiet()
			w.mu.Lock()
			queued, w.queue = w.queue, nil
			w.mu.Unlock()
			if queued = w.answerEnded(queued); len(queued) > 0 {
				return queued, true
			}
			continue
		}
		select {
		case <-w.news:
		case <-time.After(fullTime):
			w.answerEarly(*parked, 0)
		case <-grace.C:
			return nil, true
		}
	}
}

// awaitQuiet returns when nothing has arrived for the quiet time of the store, or after a bounded number of those.
func (w *writer) awaitQuiet() {
	for range quietBound {
		select {
		case <-w.news: // that which began the wait, or one more
		default:
		}
		select {
		case <-w.news:
		case <-time.After(w.store.Quiet()):
			return
		}
	}
}

// answerEnded answers the changes whose context has ended and returns the others.
func (w *writer) answerEnded(changes []*change) []*change {
	return slices.DeleteFunc(changes, func(ch *change) bool {
		if ch.ctx.Err() == nil {
			return false
		}
		err := fmt.Errorf("%s was not written: its time was over before its turn came (%w); nothing was changed", ch.name, ch.ctx.Err())
		if ch.tied != nil {
			err = fmt.Errorf("%w\n%w", ch.tied.refusal, err)
		}
		w.answer(ch, err)
		return true
	})
}

// publish makes all changes of a batch in one publish, those that make room first, and answers them. It returns those
// that have to wait for others; on the last try these are refused instead. After an error nothing more is to be
// published of the batch; it has been answered with it.
func (w *writer) publish(batch []*change, last bool) (parked []*change, err error) {
	// Of what arrived in any order the same document is made.
	slices.SortStableFunc(batch, func(a, b *change) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.about, b.about))
	})
	ctx, cancel := batchContext(batch)
	defer cancel()

	for range conflictBound {
		var base []byte
		var doc *topology.Document
		if base, doc, err = w.snapshot.get(ctx); err != nil {
			break
		}
		editor := topology.NewEditor(doc)
		var made []*change
		made, parked, batch = w.applyAll(editor, batch, last)
		next := editor.Document().Bytes()
		if len(made) == 0 || bytes.Equal(base, next) {
			var result store.Result
			if slices.ContainsFunc(made, func(ch *change) bool { return ch.enable }) {
				result = w.enable(ctx)
			}
			w.answerRead(made, editor.Topology(), result)
			return parked, nil
		}
		tflog.Info(ctx, "publishing the topology", map[string]any{"location": w.store.Location(), "changes": names(made)})
		var result store.Result
		result, err = w.publishNow(ctx, base, next, made, parked)
		w.snapshot.replace(result.Document)
		switch {
		case err == nil:
			w.enabled, w.notEnabled = result.NotEnabled == nil, result.NotEnabled
			w.readBack(ctx, made, result)
			return parked, nil
		case errors.Is(err, store.ErrConflict):
			// Somebody else has written. Check and make everything again on what is there now.
			continue
		case isRefused(err) && len(made) > 1:
			return w.publishEach(made, parked, last)
		}
		batch = made
		break
	}
	for _, ch := range batch {
		if !slices.Contains(parked, ch) {
			w.answer(ch, ch.unwritten(err))
		}
	}
	return parked, err
}

// publishEach tries changes one by one after the store has refused them together: only the one to blame fails.
func (w *writer) publishEach(made, parked []*change, last bool) ([]*change, error) {
	for i, ch := range made {
		again, err := w.publish([]*change{ch}, last)
		parked = append(parked, again...)
		if err != nil && !isRefused(err) {
			for _, left := range made[i+1:] {
				w.answer(left, left.unwritten(err))
			}
			return parked, err
		}
	}
	return parked, nil
}

// applyAll makes each change; one that fails is answered and fails alone. rest is the batch without those.
func (w *writer) applyAll(editor *topology.Editor, batch []*change, last bool) (made, parked, rest []*change) {
	for _, ch := range batch {
		err := ch.apply(editor)
		var tied *tiedError
		switch {
		case err == nil:
			made = append(made, ch)
		case errors.As(err, &tied) && !last:
			ch.tied = tied
			parked = append(parked, ch)
		default:
			if tied != nil {
				err = tied.refusal
			}
			w.answer(ch, err)
			continue
		}
		rest = append(rest, ch)
	}
	return made, parked, rest
}

// batchContext ends when the contexts of all changes have ended, and has the last of their deadlines: a publish serves
// everybody in it.
func batchContext(batch []*change) (context.Context, context.CancelFunc) {
	ctx := context.WithoutCancel(batch[0].ctx)
	cancel := context.CancelFunc(func() {})
	if deadline, bounded := lastDeadline(batch); bounded {
		ctx, cancel = context.WithDeadline(ctx, deadline)
	}
	ctx, stop := context.WithCancel(ctx)
	var left atomic.Int64
	left.Store(int64(len(batch)))
	stops := []func(){stop, cancel}
	for _, ch := range batch {
		unhook := context.AfterFunc(ch.ctx, func() {
			// One that has run out of time is no cancel: the last deadline does the same, and tells why.
			if left.Add(-1) == 0 && !errors.Is(ch.ctx.Err(), context.DeadlineExceeded) {
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
func lastDeadline(batch []*change) (last time.Time, bounded bool) {
	for _, ch := range batch {
		deadline, ok := ch.ctx.Deadline()
		if !ok {
			return time.Time{}, false
		}
		if deadline.After(last) {
			last = deadline
		}
	}
	return last, true
}

// unwritten is the error of a change whose publish was not made, or was and nobody knows.
func (ch *change) unwritten(err error) error {
	var unknown *store.UnconfirmedError
	if errors.As(err, &unknown) {
		return &UntoldError{fmt.Errorf("%s: %w", ch.name, err), ch.block}
	}
	return fmt.Errorf("%s was not written: %w", ch.name, err)
}

func names(changes []*change) string {
	list := make([]string, 0, len(changes))
	for _, ch := range changes {
		list = append(list, ch.name)
	}
	return strings.Join(list, "; ")
}
