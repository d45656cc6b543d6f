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

// then is no change: what comes after it begins when the change before it is done.
const then = "|"

// crowd runs changes as Terraform does: they start in order, a number of them at a time. It returns what failed.
func crowd(ctx context.Context, s store.Store, changes []string, operations int) map[string]error {
	var (
		mu     sync.Mutex
		failed = map[string]error{}
		group  sync.WaitGroup
		slots  = make(chan struct{}, operations)
		last   chan struct{}
		calls  atomic.Int64
	)
	p := New(s, func() int { return int(calls.Load()) })
	for _, change := range changes {
		if change == then {
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

// ring returns pairs of neighbours among so many pools, and the pairs one further on.
func ring(pools int) (before, after []string) {
	name := func(i int) string { return string(rune('a' + i%pools)) }
	for i := 0; i < pools; i += 2 {
		before = append(before, name(i)+name(i+1))
		after = append(after, name(i+1)+name(i+2))
	}
	return before, after
}

// Creations that wait fill every place before a removal can begin. Nothing really waits here: the clock is synthetic.
func TestCrowd(t *testing.T) {
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
			changes: slices.Concat(creations, one, []string{then}, others), pairs: after,
		},
		"removals one after the other": {
			changes: slices.Concat(creations, strings.Fields(strings.Join(removals, " "+then+" "))), pairs: after,
		},
		"one removal never comes": {
			changes: slices.Concat(creations, removals[1:]), fails: 2, pairs: after[1:11],
		},
		"fewer creations than places wait": {changes: creations[:9], fails: 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &memory.Store{Doc: memory.Estate(24, before...), Takes: time.Second}
				failed := crowd(t.Context(), s, test.changes, defaultParallelism)
				reported := fmt.Sprint(failed)
				got := s.Pairs(t)
				for _, change := range test.changes {
					if change == then {
						continue
					}
					pair := strings.Join(slices.Sorted(slices.Values(strings.Split(change[1:], ""))), "")
					exists := slices.Contains(got, pair)

					if desired := change[0] == '+'; exists != desired && failed[change] == nil &&
						!strings.Contains(reported, memory.PairID(change[1:]).String()) {
						t.Errorf("%s was reported as made, but was not", change)
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

// A publish takes ten seconds, and sixty pairs change under other addresses. What waits while one publish is under way
// goes into the next one together, or the apply would take a publish for every place that becomes free.
func TestCrowdOnASlowStore(t *testing.T) {
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
				if failed := crowd(t.Context(), s, changes, defaultParallelism); len(failed) > 0 {
					t.Errorf("%d calls failed: %v", len(failed), failed)
				}
				if n := len(s.Pairs(t)); n != pairs {
					t.Errorf("%d pairs, want %d", n, pairs)
				}
				// 120 changes, ten at a time.
				if s.Publishes() > 2*pairs/defaultParallelism+4 {
					t.Errorf("%d publishes", s.Publishes())
				}
			})
		})
	}
}

func prefixed(prefix string, texts []string) []string {
	var found []string
	for _, text := range texts {
		found = append(found, prefix+text)
	}
	return found
}
