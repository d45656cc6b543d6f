package publisher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// call is one change that Terraform asks for; see changeOf.
type call struct {
	after  time.Duration
	change string
	fails  string // part of the error; empty if the change must succeed
}

// changeOf returns the change that a text stands for: "+ab" creates the pair of a and b, "-ab" removes it, "*ab"
// updates it, and "!ab" updates one that is not in effect yet. The result is the text.
func changeOf(text string) Change[string] {
	id := memory.PairID(text[1:])
	desired := memory.DesiredPair(text[1:])
	c := Change[string]{Name: "the pool pair " + id.String(), Key: id.String(), Order: Update, Enable: text[0] == '!'}
	c.Apply = func(e *topology.Editor) (string, error) { return text, e.UpdatePair(desired) }
	c.Verify = func(t *topology.Topology, applied string) (string, error) {
		return applied, verifyPair(t, desired)
	}
	switch text[0] {
	case '+':
		c.Order = Creation
		c.Apply = func(e *topology.Editor) (string, error) {
			if other := linked(e.Topology(), id); other != (topology.PairID{}) {
				return "", &BlockedError{Refusal: fmt.Errorf("%s is linked with %s", id, other)}
			}
			return text, e.CreatePair(desired)
		}
		c.Preview = func(doc *topology.Document) (string, error) {
			e := topology.NewEditor(doc)
			for other := linked(e.Topology(), id); other != (topology.PairID{}); other = linked(e.Topology(), id) {
				if _, err := e.DeletePair(other); err != nil {
					return "", err
				}
			}
			return c.Apply(e)
		}
	case '-':
		c.Order = Removal
		c.Apply = func(e *topology.Editor) (string, error) {
			_, err := e.DeletePair(id)
			return text, err
		}
		c.Verify = func(t *topology.Topology, applied string) (string, error) {
			if verifyPair(t, desired) == nil {
				return applied, errors.New("the pools are still linked")
			}
			return applied, nil
		}
	}
	return c
}

// linked returns the pair of the topology that has a member of another pair, zero for none.
func linked(t *topology.Topology, id topology.PairID) topology.PairID {
	for _, pair := range t.Pairs() {
		if id.Has(pair.First.FQDN) || id.Has(pair.Second.FQDN) {
			return topology.NewPairID(pair.First.FQDN, pair.Second.FQDN)
		}
	}
	return topology.PairID{}
}

// verifyPair returns an error if a pair does not exist, and a *DifferenceError if it differs.
func verifyPair(t *topology.Topology, desired topology.DesiredPair) error {
	id := desired.ID()
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || !t.Links(a, b).All() {
		return fmt.Errorf("%s and %s are not linked", id.First, id.Second)
	}
	if difference := t.PairDifference(desired); difference != "" {
		return &DifferenceError{Difference: difference}
	}
	return nil
}

// noCalls is for publishers whose test does not fill Terraform's operations.
func noCalls() int { return 0 }

func submitText(ctx context.Context, p *Publisher, text string) error {
	result, _, err := Submit(ctx, p, changeOf(text))
	if err == nil && result != text {
		return fmt.Errorf("the result of %s is %q", text, result)
	}
	return err
}

// The clock of these tests is synthetic.
func TestWriter(t *testing.T) {
	t.Parallel()
	refuse := func(text string) func(int, []byte) error {
		return func(_ int, next []byte) error {
			if strings.Contains(testDecode(next), text) {
				return &store.RefusedError{Reason: "the report names a fault"}
			}
			return nil
		}
	}
	for name, test := range map[string]struct {
		store     *memory.Store
		calls     []call
		pairs     []string
		publishes int
	}{
		"one change": {
			store: memory.New(memory.Estate(2)),
			calls: []call{{change: "+ab"}}, pairs: []string{"ab"}, publishes: 1,
		},
		"changes that arrive together are one publish": {
			store: memory.New(memory.Estate(6)),
			calls: []call{{change: "+ab"}, {change: "+cd"}, {change: "+ef"}}, pairs: []string{"ab", "cd", "ef"},
			publishes: 1,
		},
		"a removal goes first": {
			store: memory.New(memory.Estate(4, "ab", "cd")),
			calls: []call{{change: "+ac"}, {change: "+bd"}, {change: "-ab"}, {change: "-cd"}},
			pairs: []string{"ac", "bd"}, publishes: 1,
		},
		"a creation waits for a removal that arrives later": {
			store: memory.New(memory.Estate(3, "ab")),
			calls: []call{{change: "+ac"}, {after: 20 * time.Second, change: "-ab"}}, pairs: []string{"ac"},
			publishes: 1,
		},
		"a swap, with a publish that takes 10 s": {
			store: &memory.Store{Doc: memory.Estate(4, "ab", "cd"), Takes: 10 * time.Second},
			calls: []call{
				{change: "-ab"}, {after: time.Second, change: "-cd"}, {after: 11 * time.Second, change: "+ac"},
				{after: 22 * time.Second, change: "+bd"},
			},
			pairs: []string{"ac", "bd"}, publishes: 4,
		},
		"a creation whose conflict stays is refused": {
			store: memory.New(memory.Estate(3, "ab")),
			calls: []call{{change: "+ac", fails: "is linked with"}}, pairs: []string{"ab"},
		},
		"a pair that exists is never adopted": {
			store: memory.New(memory.Estate(2, "ab")),
			calls: []call{{change: "+ab", fails: "is linked with"}}, pairs: []string{"ab"},
		},
		"a change that breaks a rule fails alone": {
			store: memory.New(memory.Estate(4)),
			calls: []call{{change: "+ab"}, {change: "+cx", fails: "pool not found"}}, pairs: []string{"ab"},
			publishes: 1,
		},
		"removing what is gone is success and no publish": {
			store: memory.New(memory.Estate(2)),
			calls: []call{{change: "-ab"}},
		},
		"removing and making one pair changes nothing": {
			store: memory.New(memory.Estate(2, "ab")),
			calls: []call{{change: "-ab"}, {change: "+ab"}}, pairs: []string{"ab"},
		},
		"another program published in between": {
			store: &memory.Store{Doc: memory.Estate(4), Before: func(nth int, doc []byte) []byte {
				if nth == 1 {
					return memory.Estate(4, "cd")
				}
				return doc
			}},
			calls: []call{{change: "+ab"}}, pairs: []string{"ab", "cd"}, publishes: 2,
		},
		"another program published in between, and one change has failed": {
			store: &memory.Store{Doc: memory.Estate(4), Before: func(nth int, doc []byte) []byte {
				if nth == 1 {
					return memory.Estate(4, "cd")
				}
				return doc
			}},
			calls: []call{{change: "+ab"}, {change: "+yz", fails: "pool not found"}}, pairs: []string{"ab", "cd"},
			publishes: 2,
		},
		"another program paired a pool in between": {
			store: &memory.Store{
				Doc: memory.Estate(4), Before: func(int, []byte) []byte { return memory.Estate(4, "ac") },
			},
			calls: []call{{change: "+ab", fails: "is linked with"}}, pairs: []string{"ac"}, publishes: 1,
		},
		"other programs publish many times in between": {
			store: &memory.Store{Doc: memory.Estate(2), Before: func(nth int, doc []byte) []byte {
				if nth <= 40 {
					return append(doc, '\n', 0)
				}
				return doc
			}},
			calls: []call{{change: "+ab"}}, pairs: []string{"ab"}, publishes: 41,
		},
		"another program publishes every time": {
			store: &memory.Store{
				Doc: memory.Estate(2), Before: func(_ int, doc []byte) []byte { return append(doc, '\n', 0) },
			},
			calls: []call{{change: "+ab", fails: store.ErrConflict.Error()}}, publishes: conflictBound,
		},
		"a refusal hits only the one to blame": {
			store: &memory.Store{Doc: memory.Estate(6), Fail: refuse(`SiteId="3" RoleName="BackupService"`)},
			calls: []call{{change: "+ab"}, {change: "+cd", fails: "names a fault"}, {change: "+ef"}},
			pairs: []string{"ab", "ef"}, publishes: 4,
		},
		"after another failure nothing is published again": {
			store: &memory.Store{Doc: memory.Estate(4), Fail: func(int, []byte) error { return memory.ErrDisk }},
			calls: []call{{change: "+ab", fails: memory.ErrDisk.Error()},
				{change: "+cd", fails: memory.ErrDisk.Error()}}, publishes: 1,
		},
		"after a failure among single tries nothing is published again": {
			store: &memory.Store{Doc: memory.Estate(4), Fail: func(nth int, _ []byte) error {
				if nth == 1 {
					return &store.RefusedError{Reason: "together"}
				}
				return memory.ErrDisk
			}},
			calls: []call{{change: "+ab", fails: memory.ErrDisk.Error()},
				{change: "+cd", fails: memory.ErrDisk.Error()}}, publishes: 2,
		},
		"the relationship is looked for after the publish": {
			store: &memory.Store{Doc: memory.Estate(2), After: func(int, []byte) []byte { return memory.Estate(2) }},
			calls: []call{{change: "+ab", fails: "read back"}}, publishes: 1,
		},
		"a document that cannot be loaded": {
			store: &memory.Store{Doc: memory.Estate(2), FailLoads: func(int) error { return memory.ErrDisk }},
			calls: []call{{change: "+ab", fails: memory.ErrDisk.Error()}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := test.store
				p := New(s, noCalls)
				var group sync.WaitGroup
				for _, call := range test.calls {
					group.Go(func() {
						time.Sleep(call.after)
						err := submitText(t.Context(), p, call.change)
						switch {
						case call.fails == "" && err != nil:
							t.Errorf("%s: %v", call.change, err)
						case call.fails != "" && (err == nil || !strings.Contains(err.Error(), call.fails)):
							t.Errorf("%s: got %v, want an error with %q", call.change, err, call.fails)
						}
					})
				}
				group.Wait()
				if s.Publishes() != test.publishes {
					t.Errorf("%d publishes, want %d", s.Publishes(), test.publishes)
				}
				if test.store.Before == nil || test.pairs != nil {
					if got := s.Pairs(t); !slices.Equal(got, test.pairs) {
						t.Errorf("pairs %v, want %v", got, test.pairs)
					}
				}
			})
		})
	}
}

func TestWriterGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, start := New(&memory.Store{Doc: memory.Estate(3, "ab"), Takes: 10 * time.Second}, noCalls), time.Now()
		var blocked *BlockedError
		if err := submitText(t.Context(), p, "+ac"); err == nil || errors.As(err, &blocked) {
			t.Errorf("got %v, want the plain refusal", err)
		}
		if took := time.Since(start).Round(time.Second); took != graceTime {
			t.Errorf("refused after %s, want %s", took, graceTime)
		}
	})
}

// A blocked creation returns when its own context ends, not at the end of the grace time.
func TestWriterContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, start := New(memory.New(memory.Estate(3, "ab")), noCalls), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		if err := submitText(ctx, p, "+ac"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the context", err)
		} else if !strings.Contains(err.Error(), "is linked with a.contoso.com,b.contoso.com") {
			t.Errorf("the error does not name the conflicting pair: %v", err)
		}
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("answered after %s, want 7s", took)
		}
		if err := submitText(t.Context(), p, "-ab"); err != nil {
			t.Errorf("the writer does not go on: %v", err)
		}
	})
}

// A publish serves every change in it and ends only when the time of all of them is over.
func TestWriterBatchContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &memory.Store{Doc: memory.Estate(4), Takes: time.Minute}
		p := New(s, noCalls)
		short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if err := submitText(short, p, "+ab"); err != nil {
				t.Errorf("the change was published, but its call failed: %v", err)
			}
		})
		group.Go(func() {
			if err := submitText(t.Context(), p, "+cd"); err != nil {
				t.Error(err)
			}
		})
		group.Wait()

		p = New(s, noCalls)
		hopeless, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := submitText(hopeless, p, "-ab"); !errors.Is(err, context.DeadlineExceeded) &&
			!errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the context", err)
		}
	})
}

func testDecode(doc []byte) string {
	parsed, err := topology.Parse(doc)
	if err != nil {
		return ""
	}
	var ids []string
	for s := range parsed.Topology().Services() {
		ids = append(ids, `SiteId="`+s.ID.Site+`" RoleName="`+s.ID.Role+`"`)
	}
	return strings.Join(ids, "\n")
}
