package client

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// liveStore is a memoryStore in front of a deployment.
type liveStore struct {
	*memoryStore
	made   func(*store.Result) // what comes of a publish that was made
	enable error

	enables int
}

func (l *liveStore) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	if err := l.publish(ctx, base, next); err != nil {
		return store.Result{}, err
	}
	result := store.Result{Warnings: []string{"a warning"}, Files: []store.File{{What: "the backup", Path: `C:\b.xml`}}}
	if l.made != nil {
		l.made(&result)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	result.Document = l.doc
	return result, nil
}

func (l *liveStore) Enable(context.Context) (store.Result, error) {
	l.enables++
	return store.Result{}, l.enable
}

// told is what one call was told.
type told struct {
	outcome Outcome
	err     error
}

// together runs changes in one batch; "*ab" updates the pair, "!ab" one that waits for Enable-CsTopology.
func together(t *testing.T, c *Client, changes ...string) map[string]told {
	t.Helper()
	var (
		mu     sync.Mutex
		group  sync.WaitGroup
		result = map[string]told{}
	)
	for _, change := range changes {
		group.Go(func() {
			var is told
			switch change[0] {
			case '+':
				_, is.outcome, is.err = c.CreatePair(t.Context(), wants(change[1:]))
			case '-':
				_, is.outcome, is.err = c.DeletePair(t.Context(), idOf(change[1:]), false)
			default:
				_, is.outcome, is.err = c.UpdatePair(t.Context(), wants(change[1:]), change[0] == '!')
			}
			mu.Lock()
			defer mu.Unlock()
			result[change] = is
		})
	}
	group.Wait()
	return result
}

// What a publish has to tell is told once, and every change knows whether it is in effect.
func TestOutcome(t *testing.T) {
	t.Parallel()
	alarm := func(result *store.Result) { result.Alarm = &store.Overwrite{Theirs: `C:\theirs.xml`, Host: "fe1"} }
	for name, test := range map[string]struct {
		store    *liveStore
		changes  []string
		errors   map[string]string // by change: a part of it
		warns    []string          // the changes that have the warning
		disabled []string          // the changes that are not in effect
		enables  int
	}{
		"made": {
			store:   &liveStore{memoryStore: &memoryStore{doc: estate(6, "ab")}},
			changes: []string{"+cd", "-ab", "+ef"}, warns: []string{"-ab"},
		},
		"not enabled": {
			store: &liveStore{
				memoryStore: &memoryStore{doc: estate(4, "ab")},
				made:        func(result *store.Result) { result.NotEnabled = errDisk },
			},
			changes: []string{"+cd", "-ab"}, warns: []string{"-ab"}, disabled: []string{"+cd", "-ab"},
		},
		"somebody else's publish overwritten: what makes room tells of it": {
			store: &liveStore{
				memoryStore: &memoryStore{doc: estate(4, "ab")},
				made:        alarm,
			},
			changes: []string{"+cd", "-ab"}, warns: []string{"-ab"}, errors: map[string]string{"-ab": `C:\theirs.xml`},
		},
		"somebody else's publish overwritten: a creation tells how to take charge": {
			store: &liveStore{
				memoryStore: &memoryStore{doc: estate(2)},
				made:        alarm,
			},
			changes: []string{"+ab"}, warns: []string{"+ab"}, errors: map[string]string{"+ab": `id = "a.contoso.com,b.contoso.com"`},
		},
		"never learnt": {
			store: &liveStore{memoryStore: &memoryStore{
				doc: estate(2), answer: func(int, []byte) error { return &store.UnconfirmedError{Err: errDisk} },
			}},
			changes: []string{"+ab"}, errors: map[string]string{"+ab": "import {"},
		},
		"one of two is not there": {
			store: &liveStore{
				memoryStore: &memoryStore{doc: estate(4), after: func(int, []byte) []byte { return estate(4, "ab") }},
				made:        func(result *store.Result) { result.Difference = "cd" },
			},
			changes: []string{"+ab", "+cd"}, warns: []string{"+ab"}, errors: map[string]string{"+cd": "are not linked"},
		},
		"nothing to write": {
			store:   &liveStore{memoryStore: &memoryStore{doc: estate(2, "ab")}},
			changes: []string{"*ab"},
		},
		"enabled alone, for all that wait": {
			store:   &liveStore{memoryStore: &memoryStore{doc: estate(6, "ab", "cd", "ef")}},
			changes: []string{"!ab", "!cd", "*ef"}, enables: 1,
		},
		"enabling fails again": {
			store:   &liveStore{memoryStore: &memoryStore{doc: estate(4, "ab", "cd")}, enable: errDisk},
			changes: []string{"!ab", "*cd"}, enables: 1, disabled: []string{"!ab"},
		},
		"a publish enables what waits": {
			store:   &liveStore{memoryStore: &memoryStore{doc: estate(4, "ab")}},
			changes: []string{"!ab", "+cd"}, warns: []string{"!ab"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for change, is := range together(t, New(test.store, Options{}), test.changes...) {
					want := test.errors[change]
					if want == "" && is.err != nil || want != "" && (is.err == nil || !strings.Contains(is.err.Error(), want)) {
						t.Errorf("%s: got %v, want an error with %q", change, is.err, want)
					}
					if got, want := slices.Contains(is.outcome.Warnings, "a warning"), slices.Contains(test.warns, change); got != want {
						t.Errorf("%s: warnings %q", change, is.outcome.Warnings)
					}
					if got, want := is.outcome.NotEnabled != nil, slices.Contains(test.disabled, change); got != want {
						t.Errorf("%s: not in effect because of %v", change, is.outcome.NotEnabled)
					}
				}
				if test.store.enables != test.enables {
					t.Errorf("%d times enabled, want %d", test.store.enables, test.enables)
				}
				if test.store.loads != 1 {
					t.Errorf("%d loads, want 1: the store tells what it holds", test.store.loads)
				}
			})
		})
	}
}

// A relationship that is there and not as it was written is no failure: the next apply repairs it.
func TestOutcomeNotAsWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &memoryStore{doc: estate(2)}
		s.after = func(_ int, next []byte) []byte {
			doc, err := topology.Parse(next)
			if err != nil {
				t.Fatal(err)
			}
			changed := wants("ab")
			for name, settings := range changed.Settings {
				settings.AutomaticFailover = false
				changed.Settings[name] = settings
			}
			e := topology.NewEditor(doc)
			if err := e.UpdatePair(spec(changed)); err != nil {
				t.Fatal(err)
			}
			return e.Document().Bytes()
		}
		is := together(t, New(s, Options{}), "+ab")["+ab"]
		if is.err != nil || len(is.outcome.Warnings) != 1 || !strings.Contains(is.outcome.Warnings[0], "automatic failover") {
			t.Errorf("got %v with the warnings %q", is.err, is.outcome.Warnings)
		}
	})
}

// Enabling that failed is not tried again for every ten resources, and once it worked not at all.
func TestEnableOnceInARun(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]error{"works": nil, "fails": errDisk} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &liveStore{memoryStore: &memoryStore{doc: estate(4, "ab", "cd")}, enable: fails}
				c := New(s, Options{})
				for _, change := range []string{"!ab", "!cd"} {
					if is := together(t, c, change)[change]; is.err != nil || !errors.Is(is.outcome.NotEnabled, fails) {
						t.Errorf("%s: got %v, not in effect because of %v", change, is.err, is.outcome.NotEnabled)
					}
				}
				if s.enables != 1 {
					t.Errorf("%d times enabled, want once", s.enables)
				}
			})
		})
	}
}
