package publisher

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
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
	_, changes = ring(2 * terraformParallelism)
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
		ends bool                                                                   // before that, all calls end
	}{
		"published when the links are removed": {then: removeLinks},
		"lost when the links stay":             {lost: true},
		"reported although all others ended":   {lost: true, ends: true},
		"published after its call has ended":   {then: removeLinksTogether, ends: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				before, _ := ring(2 * terraformParallelism)
				s := memory.New(memory.Estate(2*terraformParallelism, before...))
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
				if test.ends {
					cancel() // the acknowledged change goes on without its call
					synctest.Wait()
					if got := replied(changes, replies); len(got) != len(changes)-1 {
						t.Errorf("replies to %v, want all but the one that reports the failure", got)
					}
				}
				if test.then != nil {
					test.then(t, p, &calls, before)
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

// removeLinks removes pairs one after the other.
func removeLinks(t *testing.T, p *Publisher, calls *atomic.Int64, before []string) {
	t.Helper()
	for _, pair := range before {
		calls.Add(1)
		if err := submitText(t.Context(), p, "-"+pair); err != nil {
			t.Error(err)
		}
		calls.Add(-1)
	}
}

// removeLinksTogether removes pairs in one batch.
func removeLinksTogether(t *testing.T, p *Publisher, _ *atomic.Int64, before []string) {
	t.Helper()
	for change, reply := range submitTogether(t, p, prefixed("-", before)...) {
		if reply.err != nil {
			t.Errorf("%s: %v", change, reply.err)
		}
	}
}

// A change is acknowledged only if its preview succeeds.
func TestAcknowledgeOnlyWithAPreview(t *testing.T) {
	t.Parallel()
	for name, preview := range map[string]func(*topology.Document) (string, error){
		"no preview":           nil,
		"a preview that fails": func(*topology.Document) (string, error) { return "", memory.ErrDisk },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				before, after := ring(2 * terraformParallelism)
				p := New(memory.New(memory.Estate(2*terraformParallelism, before...)),
					func() int { return terraformParallelism })
				var replies atomic.Int64
				for _, pair := range after {
					go func() {
						change := changeOf("+" + pair)
						change.Preview = preview
						if _, _, err := Submit(t.Context(), p, change); err == nil {
							t.Errorf("%s was reported as made", pair)
						}
						replies.Add(1)
					}()
				}
				time.Sleep(4 * fullTime)
				if n := replies.Load(); n != 0 {
					t.Errorf("%d replies before the grace time is over", n)
				}
				time.Sleep(2 * graceTime)
				if n := replies.Load(); n != terraformParallelism {
					t.Errorf("%d replies after the grace time", n)
				}
			})
		})
	}
}

// During a publish, the changes that are published and one that has failed occupy operations, too.
func TestAcknowledgeDuringAPublish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &memory.Store{Doc: memory.Estate(20, "ab", "cd", "ef"), Takes: time.Minute}
		var calls atomic.Int64
		p := New(s, func() int { return int(calls.Load()) })
		changes := []string{"+ac", "+be", "+yz", "+gh", "+ij", "+kl", "+mn", "+op", "+qr", "-ef"}
		var replies sync.Map
		for _, change := range changes {
			calls.Add(1)
			go func() {
				defer calls.Add(-1)
				_, _, err := Submit(t.Context(), p, changeOf(change))
				replies.Store(change, err)
			}()
		}
		time.Sleep(10 * time.Second)
		early := replied(changes, &replies)
		if len(early) != 1 || early[0] != "+ac" && early[0] != "+be" || s.Publishes() != 0 {
			t.Errorf("%v have replies after %d publishes, want a blocked one", early, s.Publishes())
		}
		time.Sleep(10 * time.Minute)
		if got := replied(changes, &replies); len(got) != len(changes) {
			t.Errorf("replies to %v only", got)
		}
	})
}

// Another program removes the links of a pair that was acknowledged, which is then published alone. A reply to another
// change reports what concerns it.
func TestReportOfAnAcknowledgedChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		made func(*store.Result)
		want string
	}{
		"not in effect": {
			func(r *store.Result) { r.NotEnabled = memory.ErrDisk }, "is not in effect yet: no space left",
		},
		"another publish overwritten": {
			func(r *store.Result) { r.Alarm = &store.Overwrite{Theirs: `C:\theirs.xml`, Host: "fe1"} }, `C:\theirs.xml`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				before, _ := ring(2 * terraformParallelism)
				s := &deployment{
					Store: memory.New(memory.Estate(2*terraformParallelism, before...)), made: test.made,
				}
				var calls atomic.Int64
				p := New(s, func() int { return int(calls.Load()) })
				changes, replies := fullOfCreations(t.Context(), t, p, &calls)
				time.Sleep(4 * fullTime)
				early := replied(changes, replies)
				left := slices.DeleteFunc(slices.Clone(before),
					func(pair string) bool { return strings.ContainsAny(pair, early[0]) })
				if _, err := s.Store.Publish(t.Context(), s.Document(),
					memory.Estate(2*terraformParallelism, left...)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * graceTime)
				var reports int
				replies.Range(func(_, err any) bool {
					if failed, ok := err.(error); ok && strings.Contains(failed.Error(), test.want) {
						reports++
					}
					return true
				})
				if len(early) != 1 || reports != 1 {
					t.Errorf("%v were acknowledged, and %d replies report %q", early, reports, test.want)
				}
				assertReported(t, s.Store, early[0], replies, false)
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
