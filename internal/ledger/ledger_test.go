package ledger

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// realClock is the system clock, which a synctest bubble replaces.
type realClock struct{}

func (realClock) Now() time.Time                         { return time.Now() }
func (realClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

func pairOf(a, b string) topology.PairID {
	return topology.NewPairID(topology.MustParseFQDN(a), topology.MustParseFQDN(b))
}

func TestLedgerClaims(t *testing.T) {
	t.Parallel()
	ab, ac, cd := pairOf("a", "b"), pairOf("a", "c"), pairOf("c", "d")
	for name, test := range map[string]struct {
		claims    []topology.PairID
		conflicts []string // of the last claim
	}{
		"alone":                       {[]topology.PairID{ab}, nil},
		"two pairs":                   {[]topology.PairID{ab, cd}, nil},
		"a shared pool":               {[]topology.PairID{ab, ac}, []string{"a"}},
		"a shared pool, other order":  {[]topology.PairID{ac, ab}, []string{"a"}},
		"the same pair":               {[]topology.PairID{ab, ab}, []string{"a", "b"}},
		"one member not known":        {[]topology.PairID{ab, {First: topology.MustParseFQDN("a")}}, []string{"a"}},
		"one member not known, first": {[]topology.PairID{{First: topology.MustParseFQDN("a")}, ab}, []string{"a"}},
		"neither member known":        {[]topology.PairID{ab, {}, {}}, nil},
		"unknown members do not conflict": {
			[]topology.PairID{{First: topology.MustParseFQDN("a")}, {First: topology.MustParseFQDN("c")}}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := New(realClock{})
			var pools []string
			for _, id := range test.claims {
				pools = nil
				for _, double := range l.Create(id).Doubles {
					pools = append(pools, double.Pool.String())
				}
			}
			if !slices.Equal(pools, test.conflicts) {
				t.Errorf("conflicts on %v, want on %v", pools, test.conflicts)
			}
		})
	}
}

// settleCall is one planned pair, as a call of Terraform that arrives at a time.
type settleCall struct {
	after   time.Duration
	pair    topology.PairID
	release topology.PairID   // released before the conflicts are recorded
	needs   []topology.PairID // to be released
	refused []string          // pairs named by the refusals this call returns
	returns time.Duration     // when, since the start
}

func TestLedgerSettle(t *testing.T) {
	t.Parallel()
	ab, cd, ac, bd := pairOf("a", "b"), pairOf("c", "d"), pairOf("a", "c"), pairOf("b", "d")
	none := topology.PairID{}
	for name, calls := range map[string][]settleCall{
		"nothing open": {{pair: ab}},
		"released before": {
			{release: ab},
			{after: time.Second, pair: ac, needs: []topology.PairID{pairOf("a", "b")}, returns: time.Second},
		},
		"released later": {
			{pair: ac, needs: []topology.PairID{pairOf("a", "b")}, returns: time.Second},
			{after: time.Second, release: ab, returns: time.Second},
		},
		"a swap": {
			{
				pair: ac, release: ab, needs: []topology.PairID{pairOf("a", "b"), pairOf("c", "d")},
				returns: 2 * time.Second,
			},
			{
				after: 2 * time.Second, pair: bd, release: cd,
				needs: []topology.PairID{pairOf("b", "a"), pairOf("d", "c")}, returns: 2 * time.Second,
			},
		},
		"no resource releases": {
			{pair: ac, needs: []topology.PairID{pairOf("a", "b")}, refused: []string{"a,b"}, returns: idleTime},
		},
		"a late call moves the end": {
			{
				pair: ac, needs: []topology.PairID{pairOf("a", "b")}, refused: []string{"a,b"},
				returns: 4*time.Second + idleTime,
			},
			{after: 4 * time.Second, release: cd, returns: 4 * time.Second},
		},
		"only the first call waits, for all": {
			{
				pair: ac, needs: []topology.PairID{pairOf("a", "b")}, refused: []string{"a,b", "c,d"},
				returns: time.Second + idleTime,
			},
			{after: time.Second, pair: bd, needs: []topology.PairID{pairOf("d", "c")}, returns: time.Second},
		},
		"a conflict after one that was released": {
			{pair: ac, needs: []topology.PairID{pairOf("a", "b")}, returns: time.Second},
			{after: time.Second, release: ab, returns: time.Second},
			{
				after: 20 * time.Second, pair: bd, needs: []topology.PairID{pairOf("d", "c")}, refused: []string{"c,d"},
				returns: 20*time.Second + idleTime,
			},
		},
		"after a refusal no call waits": {
			{pair: ac, needs: []topology.PairID{pairOf("a", "b")}, refused: []string{"a,b"}, returns: idleTime},
			{
				after: 7 * time.Second, pair: bd, release: none, needs: []topology.PairID{pairOf("d", "c")},
				returns: 7 * time.Second,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, start := New(realClock{}), time.Now()
				for _, call := range calls {
					go func() {
						time.Sleep(call.after)
						defer l.Enter()()
						if call.release != none {
							l.Release(call.release)
						}
						var refused []string
						for _, open := range l.Settle(t.Context(), call.pair, call.needs) {
							refused = append(refused, open.Existing.String())
						}
						if !slices.Equal(refused, call.refused) {
							t.Errorf("%s refused %v, want %v", call.pair, refused, call.refused)
						}
						if took := time.Since(start); took != call.returns {
							t.Errorf("%s returned after %s, want %s", call.pair, took, call.returns)
						}
					}()
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

func TestLedgerSettleEnds(t *testing.T) {
	t.Parallel()
	wait := []topology.PairID{pairOf("a", "b")}
	for name, test := range map[string]struct {
		end     func(*Ledger, context.CancelFunc)
		refused int
		waits   time.Duration // after end
	}{
		"when the apply walk begins": {func(l *Ledger, _ context.CancelFunc) { l.StartApply() }, 0, 0},
		"when the context ends":      {func(_ *Ledger, cancel context.CancelFunc) { cancel() }, 1, 0},
		"when the walk has failed":   {func(l *Ledger, _ context.CancelFunc) { l.Create(pairOf("a", "b")) }, 0, 0},
		"when the pair is released":  {func(l *Ledger, _ context.CancelFunc) { l.Release(pairOf("b", "a")) }, 0, 0},
		"not when another pair is released": {
			func(l *Ledger, _ context.CancelFunc) { l.Release(pairOf("b", "x")) }, 1, idleTime,
		},
		"when two resources use an appliance": {func(l *Ledger, _ context.CancelFunc) {
			l.KeepAppliance(topology.MustParseFQDN("sba"), false)
			l.ReleaseAppliance(topology.MustParseFQDN("sba"))
		}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := New(realClock{})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				desired := pairOf("a", "c")
				if made := l.Create(desired); made.Doubles != nil {
					t.Fatal(made.Doubles)
				}
				done := make(chan int)
				go func() {
					defer l.Enter()()
					done <- len(l.Settle(ctx, desired, wait))
				}()
				synctest.Wait()
				start := time.Now()
				test.end(l, cancel)
				if got := <-done; got != test.refused {
					t.Errorf("%d conflicts refused, want %d", got, test.refused)
				}
				if waited := time.Since(start); waited != test.waits {
					t.Errorf("refused after %s, want %s", waited, test.waits)
				}
			})
		})
	}
}

// Other calls can follow a call that takes long, such as the read of a large topology. No conflict is refused until it
// ends.
func TestLedgerWaitsForRunningCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, start := New(realClock{}), time.Now()
		leave := l.Enter()
		go func() {
			time.Sleep(time.Hour)
			leave()
		}()
		defer l.Enter()()
		if left := l.Settle(t.Context(), pairOf("a", "c"), []topology.PairID{pairOf("a", "b")}); len(left) != 1 {
			t.Errorf("%d conflicts refused, want 1", len(left))
		}
		if took := time.Since(start); took != time.Hour+idleTime {
			t.Errorf("refused after %s, want %s", took, time.Hour+idleTime)
		}
	})
}

// A tainted resource that gets other pools is planned as a creation. Terraform reads its old pair and makes no further
// call for it.
func TestLedgerTaintedWithOtherPools(t *testing.T) {
	t.Parallel()
	for name, kept := range map[string]bool{"the pair is no longer planned": false, "the pair stays": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := New(realClock{})
				defer l.Enter()()
				l.NoteRead(pairOf("a", "b"))
				if kept {
					l.Keep(pairOf("a", "b"))
				}
				left := l.Settle(t.Context(), pairOf("a", "c"), []topology.PairID{pairOf("a", "b")})
				if refused := len(left) > 0; refused != kept {
					t.Errorf("refused is %t, want %t", refused, kept)
				}
			})
		})
	}
}

func TestLedgerRecreates(t *testing.T) {
	t.Parallel()
	ab := pairOf("a", "b")
	for name, test := range map[string]struct {
		prepare func(*Ledger)
		want    bool
	}{
		"never read":               {func(*Ledger) {}, false},
		"read":                     {func(l *Ledger) { l.NoteRead(ab) }, true},
		"read and claimed":         {func(l *Ledger) { l.NoteRead(ab); l.Keep(ab) }, false},
		"read, one member claimed": {func(l *Ledger) { l.NoteRead(ab); l.Create(pairOf("b", "x")) }, false},
		"another pair was read":    {func(l *Ledger) { l.NoteRead(pairOf("a", "x")) }, false},
		"read, others claimed":     {func(l *Ledger) { l.NoteRead(ab); l.Create(pairOf("x", "y")) }, true},
		"read in the other order":  {func(l *Ledger) { l.NoteRead(pairOf("B.", "A")) }, true},
		"read and released":        {func(l *Ledger) { l.NoteRead(ab); l.Release(ab) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := New(realClock{})
			test.prepare(l)
			if got := l.Create(ab).Recreated; got != test.want {
				t.Errorf("recreated is %t, want %t", got, test.want)
			}
		})
	}
}

func TestLedgerReleasable(t *testing.T) {
	t.Parallel()
	ab := pairOf("a", "b")
	for name, test := range map[string]struct {
		prepare func(*Ledger)
		want    bool
	}{
		"not in this walk":      {func(*Ledger) {}, false},
		"another pair was read": {func(l *Ledger) { l.NoteRead(pairOf("a", "x")) }, false},
		"read":                  {func(l *Ledger) { l.NoteRead(ab) }, true},
		"released":              {func(l *Ledger) { l.Release(ab) }, true},
		"created":               {func(l *Ledger) { l.Create(ab) }, false},
		"kept, never read":      {func(l *Ledger) { l.Keep(ab) }, false},
	} {
		l := New(realClock{})
		test.prepare(l)
		for range 2 {
			if got := l.IsReleasable(ab); got != test.want {
				t.Errorf("%s: releasable is %t, want %t", name, got, test.want)
			}
		}
	}
}

// Every further claim of a pool names the first one.
func TestLedgerNamesTheFirstClaim(t *testing.T) {
	t.Parallel()
	l := New(realClock{})
	ab := pairOf("a", "b")
	l.Create(ab)
	for _, id := range []topology.PairID{pairOf("a", "c"), pairOf("a", "d")} {
		want := []DoubleClaim{{Pool: topology.MustParseFQDN("a"), Holder: ab}}
		if got := l.Create(id).Doubles; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", id, got, want)
		}
	}
}

func TestMentionOnce(t *testing.T) {
	t.Parallel()
	l := New(realClock{})
	var group sync.WaitGroup
	var first atomic.Int64
	for range 100 {
		group.Go(func() {
			if l.MentionOnce("one") {
				first.Add(1)
			}
		})
	}
	group.Wait()
	if first.Load() != 1 || !l.MentionOnce("two") || l.MentionOnce("two") {
		t.Errorf("one text was new %d times", first.Load())
	}
}

// Terraform can wait for several calls, each of which ends once.
func TestCalls(t *testing.T) {
	t.Parallel()
	l := New(realClock{})
	first, second := l.Enter(), l.Enter()
	for i, leave := range []func(){nil, first, first, second} {
		if leave != nil {
			leave()
		}
		if got, want := l.Calls(), []int{2, 1, 1, 0}[i]; got != want {
			t.Errorf("step %d: %d calls, want %d", i, got, want)
		}
	}
}
