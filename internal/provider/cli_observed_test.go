package provider_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// observedStore is the store of a deployment. A test can wait for queued changes instead of a duration. Every walk of
// Terraform uses the same store.
type observedStore struct {
	*shell.Store
	t *testing.T

	mu      sync.Mutex
	changed *sync.Cond
	queued  int                     // changes that the provider has queued
	batch   int                     // changes in each publish, 0 for any number
	due     int                     // changes queued when the next batch is full
	limit   time.Duration           // longest time that a publish may have left, 0 for any
	expire  context.CancelCauseFunc // ends the time of the current publish
}

func newObservedStore(t *testing.T, double *shelld.Shell) *observedStore {
	t.Helper()
	// a second attempt would fail like the first
	oneAttempt := func(context.Context, time.Duration) bool { return false }
	s := &observedStore{Store: shell.New(double, shell.Options{Pause: oneAttempt}), t: t}
	s.changed = sync.NewCond(&s.mu)
	context.AfterFunc(t.Context(), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
	return s
}

// Queued counts a change that waits for a publish.
func (s *observedStore) Queued() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued++
	s.changed.Broadcast()
}

// setBatch makes every publish wait until it has a number of changes.
func (s *observedStore) setBatch(changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batch, s.due = changes, s.queued+changes
}

// Quiet returns when the next batch is full. The writer asks for it at least once before each publish.
func (s *observedStore) Quiet() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.batch == 0 {
		return s.Store.Quiet()
	}
	s.wait(func() bool { return s.queued >= s.due })
	return 0
}

// queuedSoFar returns how many changes the provider has queued.
func (s *observedStore) queuedSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queued
}

// waitQueued waits until the provider has queued a number of changes.
func (s *observedStore) waitQueued(changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait(func() bool { return s.queued >= changes })
}

// wait waits for a condition, or for the end of the test. The lock is held.
func (s *observedStore) wait(condition func() bool) {
	for !condition() && s.t.Context().Err() == nil {
		s.changed.Wait()
	}
}

// setLimit sets the longest time that a publish may have left.
func (s *observedStore) setLimit(limit time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
}

// Publish publishes with a context that expired can end.
func (s *observedStore) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.mu.Lock()
	s.expire = cancel
	s.due += s.batch
	limit := s.limit
	s.mu.Unlock()
	if deadline, ok := ctx.Deadline(); limit > 0 && (!ok || time.Until(deadline) > limit) {
		s.t.Errorf("a publish has time until %v, want %v at most", deadline, limit)
	}
	return s.Store.Publish(ctx, base, next)
}

// expired ends the context of the current publish, as a deadline does.
func (s *observedStore) expired() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(context.DeadlineExceeded)
}
