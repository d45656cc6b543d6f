package client

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

func tieBetween(pool, other string) resilience.Tie { return resilience.Tie{Pool: pool, Other: other} }

func TestLedgerClaims(t *testing.T) {
	t.Parallel()
	ab, ac, cd := NewPairID("a", "b"), NewPairID("a", "c"), NewPairID("c", "d")
	for name, test := range map[string]struct {
		claims    []PairID
		conflicts []string // of the last claim
	}{
		"alone":                         {[]PairID{ab}, nil},
		"two pairs":                     {[]PairID{ab, cd}, nil},
		"a shared pool":                 {[]PairID{ab, ac}, []string{"a"}},
		"a shared pool, other order":    {[]PairID{ac, ab}, []string{"a"}},
		"the same pair":                 {[]PairID{ab, ab}, []string{"a", "b"}},
		"one member not known":          {[]PairID{ab, {First: "a"}}, []string{"a"}},
		"one member not known, first":   {[]PairID{{First: "a"}, ab}, []string{"a"}},
		"neither member known":          {[]PairID{ab, {}, {}}, nil},
		"members not known do not meet": {[]PairID{{First: "a"}, {First: "c"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			var conflicts map[string]PairID
			for _, id := range test.claims {
				conflicts = l.claim(id)
			}
			for _, pool := range test.conflicts {
				if _, ok := conflicts[pool]; !ok {
					t.Errorf("no conflict on %s", pool)
				}
			}
			if len(conflicts) != len(test.conflicts) {
				t.Errorf("conflicts %v, want on %v", conflicts, test.conflicts)
			}
		})
	}
}

// settleCall is one planned pair, as a call of Terraform that arrives at a time.
type settleCall struct {
	after   time.Duration
	pair    PairID
	release PairID           // given up before the ties are settled
	ties    []resilience.Tie // needed
	refused []string         // pairs named by the refusals this call returns
	returns time.Duration    // when, since the start
}

func TestLedgerSettle(t *testing.T) {
	t.Parallel()
	ab, cd, ac, bd := NewPairID("a", "b"), NewPairID("c", "d"), NewPairID("a", "c"), NewPairID("b", "d")
	none := PairID{}
	for name, calls := range map[string][]settleCall{
		"nothing open": {{pair: ab}},
		"released before": {
			{release: ab},
			{after: time.Second, pair: ac, ties: []resilience.Tie{tieBetween("a", "b")}, returns: time.Second},
		},
		"released later": {
			{pair: ac, ties: []resilience.Tie{tieBetween("a", "b")}, returns: time.Second},
			{after: time.Second, release: ab, returns: time.Second},
		},
		"a swap": {
			{pair: ac, release: ab, ties: []resilience.Tie{tieBetween("a", "b"), tieBetween("c", "d")}, returns: 2 * time.Second},
			{after: 2 * time.Second, pair: bd, release: cd, ties: []resilience.Tie{tieBetween("b", "a"), tieBetween("d", "c")}, returns: 2 * time.Second},
		},
		"nobody gives up": {
			{pair: ac, ties: []resilience.Tie{tieBetween("a", "b")}, refused: []string{"a,b"}, returns: idleTime},
		},
		"a late call moves the end": {
			{pair: ac, ties: []resilience.Tie{tieBetween("a", "b")}, refused: []string{"a,b"}, returns: 4*time.Second + idleTime},
			{after: 4 * time.Second, release: cd, returns: 4 * time.Second},
		},
		"only the first call waits, for all": {
			{pair: ac, ties: []resilience.Tie{tieBetween("a", "b")}, refused: []string{"a,b", "c,d"}, returns: time.Second + idleTime},
			{after: time.Second, pair: bd, ties: []resilience.Tie{tieBetween("d", "c")}, returns: time.Second},
		},
		"after a refusal nobody waits any more": {
			{pair: ac, ties: []resilience.Tie{tieBetween("a", "b")}, refused: []string{"a,b"}, returns: idleTime},
			{after: 7 * time.Second, pair: bd, release: none, ties: []resilience.Tie{tieBetween("d", "c")}, returns: 7 * time.Second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, start := newLedger(), time.Now()
				for _, call := range calls {
					go func() {
						time.Sleep(call.after)
						defer l.enter()()
						if call.release != none {
							l.release(call.release)
						}
						var refused []string
						for _, open := range l.settle(t.Context(), call.pair, call.ties) {
							refused = append(refused, open.pair().String())
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
	wait := []resilience.Tie{tieBetween("a", "b")}
	for name, test := range map[string]struct {
		end     func(*ledger, context.CancelFunc)
		refused int
	}{
		"when the apply walk begins":    {func(l *ledger, _ context.CancelFunc) { l.startApply() }, 0},
		"when the context ends":         {func(_ *ledger, cancel context.CancelFunc) { cancel() }, 1},
		"when the conflict was told":    {func(l *ledger, _ context.CancelFunc) { l.claim(NewPairID("a", "b")) }, 0},
		"when the tie is given up":      {func(l *ledger, _ context.CancelFunc) { l.release(NewPairID("b", "a")) }, 0},
		"not for another pair given up": {func(l *ledger, _ context.CancelFunc) { l.release(NewPairID("b", "x")) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				wanted := NewPairID("a", "c")
				if conflicts := l.claim(wanted); conflicts != nil {
					t.Fatal(conflicts)
				}
				done := make(chan int)
				go func() {
					defer l.enter()()
					done <- len(l.settle(ctx, wanted, wait))
				}()
				synctest.Wait()
				test.end(l, cancel)
				if got := <-done; got != test.refused {
					t.Errorf("%d ties refused, want %d", got, test.refused)
				}
			})
		})
	}
}

// A call that runs for long, such as reading a large topology, may be followed by others: nothing is final meanwhile.
func TestLedgerWaitsForRunningCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, start := newLedger(), time.Now()
		leave := l.enter()
		go func() {
			time.Sleep(time.Hour)
			leave()
		}()
		defer l.enter()()
		if left := l.settle(t.Context(), NewPairID("a", "c"), []resilience.Tie{tieBetween("a", "b")}); len(left) != 1 {
			t.Errorf("%d ties refused, want 1", len(left))
		}
		if took := time.Since(start); took != time.Hour+idleTime {
			t.Errorf("refused after %s, want %s", took, time.Hour+idleTime)
		}
	})
}

// A tainted resource that takes other pools is planned as a creation; its old pair was read and is never heard of again.
func TestLedgerTaintedWithOtherPools(t *testing.T) {
	t.Parallel()
	for name, kept := range map[string]bool{"the pair is not planned any more": false, "the pair stays": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLedger()
				defer l.enter()()
				l.noteRead(NewPairID("a", "b"))
				if kept {
					l.claim(NewPairID("a", "b"))
				}
				left := l.settle(t.Context(), NewPairID("a", "c"), []resilience.Tie{tieBetween("a", "b")})
				if refused := len(left) > 0; refused != kept {
					t.Errorf("refused is %t, want %t", refused, kept)
				}
			})
		})
	}
}

func TestLedgerRecreates(t *testing.T) {
	t.Parallel()
	ab := NewPairID("a", "b")
	for name, test := range map[string]struct {
		prepare func(*ledger)
		want    bool
	}{
		"never read":              {func(*ledger) {}, false},
		"read":                    {func(l *ledger) { l.noteRead(ab) }, true},
		"read and claimed":        {func(l *ledger) { l.noteRead(ab); l.claim(ab) }, false},
		"read, one member taken":  {func(l *ledger) { l.noteRead(ab); l.claim(NewPairID("b", "x")) }, false},
		"another pair was read":   {func(l *ledger) { l.noteRead(NewPairID("a", "x")) }, false},
		"read, others claimed":    {func(l *ledger) { l.noteRead(ab); l.claim(NewPairID("x", "y")) }, true},
		"read in the other order": {func(l *ledger) { l.noteRead(NewPairID("B.", "A")) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			test.prepare(l)
			if got := l.recreates(ab); got != test.want {
				t.Errorf("recreates is %t, want %t", got, test.want)
			}
		})
	}
}
