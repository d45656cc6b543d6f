package publisher

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// deployment is a store in front of a running deployment.
type deployment struct {
	*memory.Store
	made   func(*store.Result) // completes the result of a publish that was made
	enable error

	enables int
}

func (d *deployment) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	if _, err := d.Store.Publish(ctx, base, next); err != nil {
		return store.Result{}, err
	}
	result := store.Result{Warnings: []string{"a warning"}, Files: []store.File{{What: "the backup", Path: `C:\b.xml`}}}
	if d.made != nil {
		d.made(&result)
	}
	result.Document = d.Document()
	return result, nil
}

func (d *deployment) Enable(context.Context) (store.Result, error) {
	d.enables++
	return store.Result{}, d.enable
}

// replyTo is what the call of one change received.
type replyTo struct {
	outcome Outcome
	err     error
}

// submitTogether submits changes in one batch. It returns the replies by change.
func submitTogether(t *testing.T, p *Publisher, changes ...string) map[string]replyTo {
	t.Helper()
	var (
		mu      sync.Mutex
		group   sync.WaitGroup
		replies = map[string]replyTo{}
	)
	for _, change := range changes {
		group.Go(func() {
			_, outcome, err := Submit(t.Context(), p, changeOf(change))
			mu.Lock()
			defer mu.Unlock()
			replies[change] = replyTo{outcome, err}
		})
	}
	group.Wait()
	return replies
}

// One change of a batch reports what concerns all of them, and each one reports whether it is in effect.
func TestOutcome(t *testing.T) {
	t.Parallel()
	alarm := func(result *store.Result) { result.Alarm = &store.Overwrite{Theirs: `C:\theirs.xml`, Host: "fe1"} }
	for name, test := range map[string]struct {
		store    *deployment
		changes  []string
		errors   map[string]string // by change: a part of it
		stage    Stage             // of these
		warns    []string          // the changes that have the warning
		disabled []string          // the changes that are not in effect
		enables  int
	}{
		"made": {
			store:   &deployment{Store: memory.New(memory.Estate(6, "ab"))},
			changes: []string{"+cd", "-ab", "+ef"}, warns: []string{"-ab"},
		},
		"not enabled": {
			store: &deployment{
				Store: memory.New(memory.Estate(4, "ab")),
				made:  func(result *store.Result) { result.NotEnabled = memory.ErrDisk },
			},
			changes: []string{"+cd", "-ab"}, warns: []string{"-ab"}, disabled: []string{"+cd", "-ab"},
		},
		"another publish overwritten: the removal reports it": {
			store: &deployment{
				Store: memory.New(memory.Estate(4, "ab")),
				made:  alarm,
			},
			changes: []string{"+cd", "-ab"}, warns: []string{"-ab"}, errors: map[string]string{"-ab": `C:\theirs.xml`},
			stage: Alarmed,
		},
		"another publish overwritten: a creation alone reports it": {
			store: &deployment{
				Store: memory.New(memory.Estate(2)),
				made:  alarm,
			},
			changes: []string{"+ab"}, warns: []string{"+ab"}, errors: map[string]string{"+ab": `C:\theirs.xml`},
			stage: Alarmed,
		},
		"unconfirmed": {
			store: &deployment{Store: &memory.Store{
				Doc:  memory.Estate(2),
				Fail: func(int, []byte) error { return &store.UnconfirmedError{Err: memory.ErrDisk} },
			}},
			changes: []string{"+ab"}, errors: map[string]string{"+ab": "is unknown"}, stage: Unconfirmed,
		},
		"one of two is missing": {
			store: &deployment{
				Store: &memory.Store{
					Doc: memory.Estate(4), After: func(int, []byte) []byte { return memory.Estate(4, "ab") },
				},
				made: func(result *store.Result) { result.Difference = "cd" },
			},
			changes: []string{"+ab", "+cd"}, warns: []string{"+ab"}, errors: map[string]string{"+cd": "are not linked"},
			stage: Missing,
		},
		"nothing to write": {
			store:   &deployment{Store: memory.New(memory.Estate(2, "ab"))},
			changes: []string{"*ab"},
		},
		"enabled alone, for all changes that are not in effect": {
			store:   &deployment{Store: memory.New(memory.Estate(6, "ab", "cd", "ef"))},
			changes: []string{"!ab", "!cd", "*ef"}, enables: 1,
		},
		"enabling fails again": {
			store:   &deployment{Store: memory.New(memory.Estate(4, "ab", "cd")), enable: memory.ErrDisk},
			changes: []string{"!ab", "*cd"}, enables: 1, disabled: []string{"!ab"},
		},
		"a publish enables changes that are not in effect": {
			store:   &deployment{Store: memory.New(memory.Estate(4, "ab"))},
			changes: []string{"!ab", "+cd"}, warns: []string{"!ab"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for change, reply := range submitTogether(t, New(test.store, noCalls), test.changes...) {
					want := test.errors[change]
					if want == "" && reply.err != nil || want != "" &&
						(reply.err == nil || !strings.Contains(reply.err.Error(), want)) {
						t.Errorf("%s: got %v, want an error with %q", change, reply.err, want)
					}
					if failed, ok := errors.AsType[*Error](reply.err); want != "" &&
						(!ok || failed.Stage != test.stage) {
						t.Errorf("%s: got %v, want an error of stage %d", change, reply.err, test.stage)
					}
					if got, want := slices.Contains(reply.outcome.Warnings, "a warning"),
						slices.Contains(test.warns, change); got != want {
						t.Errorf("%s: warnings %q", change, reply.outcome.Warnings)
					}
					if got, want := reply.outcome.NotEnabled != nil,
						slices.Contains(test.disabled, change); got != want {
						t.Errorf("%s: not in effect because of %v", change, reply.outcome.NotEnabled)
					}
				}
				if test.store.enables != test.enables {
					t.Errorf("%d times enabled, want %d", test.store.enables, test.enables)
				}
				if test.store.Loads() != 1 {
					t.Errorf("%d loads, want 1: the result has the document", test.store.Loads())
				}
			})
		})
	}
}

// A relationship that exists and differs from what was written is not a failure: the next apply repairs it.
func TestOutcomeNotAsWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memory.New(memory.Estate(2))
		s.After = func(_ int, next []byte) []byte {
			doc, err := topology.Parse(next)
			if err != nil {
				t.Fatal(err)
			}
			changed := memory.DesiredPair("ab")
			for name, settings := range changed.Settings {
				settings.AutomaticFailover = false
				changed.Settings[name] = settings
			}
			e := topology.NewEditor(doc)
			if err := e.UpdatePair(changed); err != nil {
				t.Fatal(err)
			}
			return e.Document().Bytes()
		}
		reply := submitTogether(t, New(s, noCalls), "+ab")["+ab"]
		if reply.err != nil || !strings.Contains(reply.outcome.Difference, "automatic failover") {
			t.Errorf("got %v with the difference %q", reply.err, reply.outcome.Difference)
		}
	})
}

// The topology is enabled once in a walk, even if that fails.
func TestEnableOnceInARun(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]error{"works": nil, "fails": memory.ErrDisk} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &deployment{Store: memory.New(memory.Estate(4, "ab", "cd")), enable: fails}
				c := New(s, noCalls)
				for _, change := range []string{"!ab", "!cd"} {
					if reply := submitTogether(t, c, change)[change]; reply.err != nil ||
						!errors.Is(reply.outcome.NotEnabled, fails) {
						t.Errorf("%s: got %v, not in effect because of %v", change, reply.err, reply.outcome.NotEnabled)
					}
				}
				if s.enables != 1 {
					t.Errorf("%d times enabled, want once", s.enables)
				}
			})
		})
	}
}

// A publish enables the topology, or finds that this is not possible. No later change of the walk enables it again.
func TestEnableAfterAPublish(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]error{"works": nil, "fails": memory.ErrDisk} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &deployment{
					Store: memory.New(memory.Estate(4, "ab")), made: func(r *store.Result) { r.NotEnabled = fails },
				}
				p := New(s, noCalls)
				for _, change := range []string{"+cd", "!ab"} {
					if reply := submitTogether(t, p, change)[change]; reply.err != nil ||
						!errors.Is(reply.outcome.NotEnabled, fails) {
						t.Errorf("%s: got %v, not in effect because of %v", change, reply.err, reply.outcome.NotEnabled)
					}
				}
				if s.enables != 0 {
					t.Errorf("%d times enabled, want never", s.enables)
				}
			})
		})
	}
}

func TestErrorsHaveTheirCause(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&BlockedError{Refusal: memory.ErrDisk}, &LostError{Name: "the pair", Err: memory.ErrDisk},
		&Error{Name: "the pair", Stage: Missing, Err: memory.ErrDisk},
	} {
		if !errors.Is(err, memory.ErrDisk) || !strings.Contains(err.Error(), memory.ErrDisk.Error()) {
			t.Errorf("%T does not have its cause: %v", err, err)
		}
	}
}
