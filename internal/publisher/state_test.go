package publisher

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
)

func TestTransitions(t *testing.T) {
	t.Parallel()
	const illegal = state("illegal")
	for _, test := range []struct {
		from  state
		event event
		to    state
	}{
		{queued, foundLink, blocked},
		{queued, operationsFull, illegal}, // it may be published without waiting for another change
		{queued, applied, inBatch},
		{queued, settled, reported},
		{blocked, foundLink, blocked},
		{blocked, operationsFull, acknowledged},
		{blocked, applied, inBatch},
		{blocked, settled, reported},
		{acknowledged, foundLink, acknowledged},
		{acknowledged, operationsFull, illegal}, // it has no call any more
		{acknowledged, applied, acknowledgedBatch},
		{acknowledged, settled, reported},
		{inBatch, foundLink, blocked}, // another program has linked the pools meanwhile
		{inBatch, operationsFull, illegal},
		{inBatch, applied, inBatch},
		{inBatch, settled, reported},
		{acknowledgedBatch, foundLink, acknowledged},
		{acknowledgedBatch, operationsFull, illegal},
		{acknowledgedBatch, applied, acknowledgedBatch},
		{acknowledgedBatch, settled, reported},
		{reported, foundLink, illegal},
		{reported, operationsFull, illegal},
		{reported, applied, illegal},
		{reported, settled, illegal},
	} {
		got := func() (next state) {
			defer func() {
				if recover() != nil {
					next = illegal
				}
			}()
			e := &entry{state: test.from}
			e.advance(test.event)
			return e.state
		}()
		if got != test.to {
			t.Errorf("%s, %s: %s, want %s", test.from, test.event, got, test.to)
		}
	}
}

// fullOfCreations submits ten creations that are all blocked by one pair each. It returns their replies by change.
func fullOfCreations(
	ctx context.Context, t *testing.T, p *Publisher, calls *atomic.Int64,
) (changes []string, replies *sync.Map) {
	t.Helper()
	_, changes = ring(2 * defaultParallelism)
	replies = &sync.Map{}
	for _, pair := range changes {
		calls.Add(1)
		go func() {
			defer calls.Add(-1)
			_, _, err := Submit(ctx, p, changeOf("+"+pair))
			replies.Store(pair, err)
		}()
	}
	return changes, replies
}

func replied(changes []string, replies *sync.Map) (found []string) {
	for _, change := range changes {
		if _, ok := replies.Load(change); ok {
			found = append(found, change)
		}
	}
	return found
}

// One blocked creation at a time is acknowledged when ten of them occupy all operations, and the document is unchanged.
func TestAcknowledgeEarly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then func(t *testing.T, p *Publisher, calls *atomic.Int64, before []string) // after the first was acknowledged
		lost bool                                                                   // it is not published
		// the time of all other calls ends at once
		ends bool
	}{
		"published when the links are removed": {then: func(t *testing.T, p *Publisher, calls *atomic.Int64,
			before []string) {
			t.Helper()
			for _, pair := range before {
				calls.Add(1)
				if err := submitText(t.Context(), p, "-"+pair); err != nil {
					t.Error(err)
				}
				calls.Add(-1)
			}
		}},
		"lost when the links stay":           {lost: true},
		"reported although all others ended": {lost: true, ends: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				before, _ := ring(2 * defaultParallelism)
				s := memory.New(memory.Estate(2*defaultParallelism, before...))
				var calls atomic.Int64
				p := New(s, func() int { return int(calls.Load()) })
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()

				changes, replies := fullOfCreations(ctx, t, p, &calls)
				time.Sleep(4 * fullTime)
				early := replied(changes, replies)
				if len(early) != 1 || s.Publishes() != 0 {
					t.Fatalf("%v were acknowledged after %d publishes, want one after none", early, s.Publishes())
				}
				if err, _ := replies.Load(early[0]); err != nil {
					t.Errorf("%s was acknowledged with %v", early[0], err)
				}
				if test.then != nil {
					test.then(t, p, &calls, before)
				}
				if test.ends {
					cancel() // the acknowledged change goes on without its call
				}
				time.Sleep(2 * graceTime)
				if got := replied(changes, replies); len(got) != len(changes) {
					t.Fatalf("replies to %v only", got)
				}
				assertReported(t, s, early[0], replies, test.lost)
			})
		})
	}
}

// assertReported checks that an acknowledged pair is in the document, or that one other call reports it as lost.
func assertReported(t *testing.T, s *memory.Store, early string, replies *sync.Map, lost bool) {
	t.Helper()
	sorted := []byte(early)
	slices.Sort(sorted)
	if exists := slices.Contains(s.Pairs(t), string(sorted)); exists == lost {
		t.Errorf("the acknowledged pair %s exists: %t", early, exists)
	}
	reports := 0
	replies.Range(func(_, err any) bool {
		if failed, ok := err.(error); ok {
			if report, ok := errors.AsType[*LostError](failed); ok &&
				report.Name == "the pool pair "+memory.PairID(early).String() {
				reports++
			}
		}
		return true
	})
	if want := map[bool]int{true: 1}[lost]; reports != want {
		t.Errorf("%d calls report %s as lost, want %d", reports, early, want)
	}
}
