package publisher

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
)

// terraformParallelism is the number of operations that Terraform runs at a time by default, as it documents.
const terraformParallelism = 10

// awaitPrevious separates two changes: the second starts when the first has ended.
const awaitPrevious = "await previous"

// submitConcurrently submits changes as Terraform does: they start in order, and at most the given number of operations
// runs at a time. It returns the errors by change.
func submitConcurrently(ctx context.Context, s store.Store, changes []string, operations int) map[string]error {
	var (
		mu     sync.Mutex
		failed = map[string]error{}
		group  sync.WaitGroup
		slots  = make(chan struct{}, operations)
		last   chan struct{} // closed when the last change that started has ended
		calls  atomic.Int64
	)
	p := New(s, func() int { return int(calls.Load()) })
	for _, change := range changes {
		if change == awaitPrevious {
			<-last
			continue
		}
		done := make(chan struct{})
		last = done
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			defer close(done)
			calls.Add(1)
			defer calls.Add(-1)
			if err := submitText(ctx, p, change); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[change] = err
			}
		})
	}
	group.Wait()
	return failed
}

// ring returns the pairs of a ring of pools before and after a change that gives each pool its other neighbour.
func ring(pools int) (before, after []string) {
	name := func(i int) string { return string(rune('a' + i%pools)) }
	for i := 0; i < pools; i += 2 {
		before = append(before, name(i)+name(i+1))
		after = append(after, name(i+1)+name(i+2))
	}
	return before, after
}

// Blocked creations occupy all concurrent operations before a removal starts. The clock is synthetic.
func TestBlockedCreationsOccupyAllOperations(t *testing.T) {
	t.Parallel()
	before, after := ring(24)
	creations, removals := prefixed("+", after), prefixed("-", before)
	one, others := removals[:1], removals[1:]
	for name, test := range map[string]struct {
		changes []string
		fails   int
		pairs   []string // besides those that are refused
	}{
		"creations first": {changes: slices.Concat(creations, removals), pairs: after},
		"removals first":  {changes: slices.Concat(removals, creations), pairs: after},
		"some removals last": {
			changes: slices.Concat(removals[:4], creations, removals[4:]), pairs: after,
		},
		"removals after a removal that comes last": {
			changes: slices.Concat(creations, one, []string{awaitPrevious}, others), pairs: after,
		},
		"removals one after the other": {
			changes: slices.Concat(creations, inSequence(removals)), pairs: after,
		},
		"one removal is missing": {
			changes: slices.Concat(creations, removals[1:]), fails: 2, pairs: after[1:11],
		},
		"fewer creations than operations wait": {changes: creations[:9], fails: 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &memory.Store{Doc: memory.Estate(24, before...), Takes: time.Second}
				failed := submitConcurrently(t.Context(), s, test.changes, terraformParallelism)
				reported := fmt.Sprint(failed)
				got := s.Pairs(t)
				for _, change := range test.changes {
					if change == awaitPrevious {
						continue
					}
					pair := strings.Join(slices.Sorted(slices.Values(strings.Split(change[1:], ""))), "")
					exists := slices.Contains(got, pair)

					if desired := change[0] == '+'; exists != desired && failed[change] == nil &&
						!strings.Contains(reported, memory.PairID(change[1:]).String()) {
						t.Errorf("no error reports that %s is not in effect", change)
					}
				}
				if test.fails == 0 && len(failed) > 0 || test.fails > 0 && len(failed) == 0 {
					t.Errorf("%d calls failed, want %d: %v", len(failed), test.fails, failed)
				}
				for _, pair := range test.pairs {
					sorted := strings.Join(slices.Sorted(slices.Values(strings.Split(pair, ""))), "")
					if !slices.Contains(got, sorted) {
						t.Errorf("the pair %s is missing in %v", sorted, got)
					}
				}
			})
		})
	}
}

// Sixty pairs change under other addresses, and a publish takes ten seconds. All changes that arrive during a publish
// are in the next batch. Otherwise the apply would need one publish for each operation that ends.
func TestConcurrentChangesOnASlowStore(t *testing.T) {
	t.Parallel()
	const pairs = 60
	e := testkit.Estate{}
	var changes []string
	for i := range pairs {
		e.Pairs = append(e.Pairs, testkit.Pair{A: fmt.Sprintf("p%d", 2*i), B: fmt.Sprintf("p%d", 2*i+1)})
		changes = append(changes, fmt.Sprintf("-p%d p%d", 2*i, 2*i+1),
			fmt.Sprintf("+p%d p%d", 2*i+1, (2*i+2)%(2*pairs)))
	}
	for i := range 2 * pairs {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: fmt.Sprintf("p%d", i), Site: i + 1})
	}
	doc := e.Document()
	for seed := range uint64(2) {
		t.Run(fmt.Sprintf("order %d", seed), func(t *testing.T) {
			t.Parallel()
			changes := slices.Clone(changes)
			rand.New(rand.NewPCG(seed, seed)).Shuffle(len(changes),
				func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
			synctest.Test(t, func(t *testing.T) {
				s := &memory.Store{Doc: doc, Takes: 10 * time.Second}
				if failed := submitConcurrently(t.Context(), s, changes, terraformParallelism); len(failed) > 0 {
					t.Errorf("%d calls failed: %v", len(failed), failed)
				}
				if n := len(s.Pairs(t)); n != pairs {
					t.Errorf("%d pairs, want %d", n, pairs)
				}
				// 120 changes, ten at a time.
				if s.Publishes() > 2*pairs/terraformParallelism+4 {
					t.Errorf("%d publishes", s.Publishes())
				}
			})
		})
	}
}

// inSequence returns changes of which each starts when the previous one has ended.
func inSequence(changes []string) []string {
	sequence := changes[:1:1]
	for _, change := range changes[1:] {
		sequence = append(sequence, awaitPrevious, change)
	}
	return sequence
}

// prefixed returns the texts with a prefix.
func prefixed(prefix string, texts []string) []string {
	var result []string
	for _, text := range texts {
		result = append(result, prefix+text)
	}
	return result
}
