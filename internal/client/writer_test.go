package client

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// call is one change that Terraform asks for: "+ab" creates the pair of a and b, "-ab" removes it.
type call struct {
	after  time.Duration
	change string
	fails  string // part of the error; "" = must succeed
}

func (c *Client) do(ctx context.Context, change string) error {
	var err error
	if change[0] == '+' {
		_, _, err = c.CreatePair(ctx, wants(change[1:]))
	} else {
		_, _, err = c.DeletePair(ctx, idOf(change[1:]), false)
	}
	return err
}

// Times in these tests are those of a synthetic clock: nothing really waits.
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
		store     *memoryStore
		calls     []call
		pairs     []string
		publishes int
	}{
		"one change": {
			store: &memoryStore{doc: estate(2)},
			calls: []call{{change: "+ab"}}, pairs: []string{"ab"}, publishes: 1,
		},
		"changes that arrive together are one publish": {
			store: &memoryStore{doc: estate(6)},
			calls: []call{{change: "+ab"}, {change: "+cd"}, {change: "+ef"}}, pairs: []string{"ab", "cd", "ef"}, publishes: 1,
		},
		"what makes room goes first": {
			store: &memoryStore{doc: estate(4, "ab", "cd")},
			calls: []call{{change: "+ac"}, {change: "+bd"}, {change: "-ab"}, {change: "-cd"}}, pairs: []string{"ac", "bd"}, publishes: 1,
		},
		"a creation waits for a removal that arrives later": {
			store: &memoryStore{doc: estate(3, "ab")},
			calls: []call{{change: "+ac"}, {after: 20 * time.Second, change: "-ab"}}, pairs: []string{"ac"}, publishes: 1,
		},
		"a swap, with a publish that takes 10 s": {
			store: &memoryStore{doc: estate(4, "ab", "cd"), takes: 10 * time.Second},
			calls: []call{{change: "-ab"}, {after: time.Second, change: "-cd"}, {after: 11 * time.Second, change: "+ac"}, {after: 22 * time.Second, change: "+bd"}},
			pairs: []string{"ac", "bd"}, publishes: 4,
		},
		"a creation that nobody makes room for is refused": {
			store: &memoryStore{doc: estate(3, "ab")},
			calls: []call{{change: "+ac", fails: "PP-FREE"}}, pairs: []string{"ab"},
		},
		"a pair that exists is never adopted": {
			store: &memoryStore{doc: estate(2, "ab")},
			calls: []call{{change: "+ab", fails: "import"}}, pairs: []string{"ab"},
		},
		"a change that breaks a rule fails alone": {
			store: &memoryStore{doc: estate(4)},
			calls: []call{{change: "+ab"}, {change: "+cx", fails: "PP-EXIST"}}, pairs: []string{"ab"}, publishes: 1,
		},
		"removing what is gone is success and no publish": {
			store: &memoryStore{doc: estate(2)},
			calls: []call{{change: "-ab"}},
		},
		"removing and making one pair changes nothing": {
			store: &memoryStore{doc: estate(2, "ab")},
			calls: []call{{change: "-ab"}, {change: "+ab"}}, pairs: []string{"ab"},
		},
		"somebody else published in between": {
			store: &memoryStore{doc: estate(4), before: func(nth int, doc []byte) []byte {
				if nth == 1 {
					return estate(4, "cd")
				}
				return doc
			}},
			calls: []call{{change: "+ab"}}, pairs: []string{"ab", "cd"}, publishes: 2,
		},
		"somebody else took a pool in between": {
			store: &memoryStore{doc: estate(4), before: func(int, []byte) []byte { return estate(4, "ac") }},
			calls: []call{{change: "+ab", fails: "PP-FREE"}}, pairs: []string{"ac"}, publishes: 1,
		},
		"somebody else publishes every time": {
			store: &memoryStore{doc: estate(2), before: func(_ int, doc []byte) []byte { return append(doc, '\n', 0) }},
			calls: []call{{change: "+ab", fails: store.ErrConflict.Error()}}, publishes: conflictBound,
		},
		"a refusal hits only the one to blame": {
			store: &memoryStore{doc: estate(6), answer: refuse(`SiteId="3" RoleName="BackupService"`)},
			calls: []call{{change: "+ab"}, {change: "+cd", fails: "names a fault"}, {change: "+ef"}}, pairs: []string{"ab", "ef"}, publishes: 4,
		},
		"after another failure nothing is published again": {
			store: &memoryStore{doc: estate(4), answer: func(int, []byte) error { return errDisk }},
			calls: []call{{change: "+ab", fails: errDisk.Error()}, {change: "+cd", fails: errDisk.Error()}}, publishes: 1,
		},
		"after a failure among single tries nothing is published again": {
			store: &memoryStore{doc: estate(4), answer: func(nth int, _ []byte) error {
				if nth == 1 {
					return &store.RefusedError{Reason: "together"}
				}
				return errDisk
			}},
			calls: []call{{change: "+ab", fails: errDisk.Error()}, {change: "+cd", fails: errDisk.Error()}}, publishes: 2,
		},
		"the relationship is looked for after the publish": {
			store: &memoryStore{doc: estate(2), after: func(int, []byte) []byte { return estate(2) }},
			calls: []call{{change: "+ab", fails: "read back"}}, publishes: 1,
		},
		"a document that cannot be loaded": {
			store: &memoryStore{doc: estate(2), load: func(int) error { return errDisk }},
			calls: []call{{change: "+ab", fails: errDisk.Error()}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := test.store
				c := New(s, Options{})
				var group sync.WaitGroup
				for _, call := range test.calls {
					group.Go(func() {
						time.Sleep(call.after)
						err := c.do(t.Context(), call.change)
						switch {
						case call.fails == "" && err != nil:
							t.Errorf("%s: %v", call.change, err)
						case call.fails != "" && (err == nil || !strings.Contains(err.Error(), call.fails)):
							t.Errorf("%s: got %v, want an error with %q", call.change, err, call.fails)
						}
					})
				}
				group.Wait()
				if s.publishes != test.publishes {
					t.Errorf("%d publishes, want %d", s.publishes, test.publishes)
				}
				if test.store.before == nil || test.pairs != nil {
					if got := pairsIn(t, s); !slices.Equal(got, test.pairs) {
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
		c, start := New(&memoryStore{doc: estate(3, "ab"), takes: 10 * time.Second}, Options{}), time.Now()
		var tied *tiedError
		if err := c.do(t.Context(), "+ac"); err == nil || errors.As(err, &tied) {
			t.Errorf("got %v, want the plain refusal", err)
		}
		if took := time.Since(start).Round(time.Second); took != graceTime {
			t.Errorf("refused after %s, want %s", took, graceTime)
		}
	})
}

// A creation that runs out of its own time is answered then, not when the writer gives up.
func TestWriterContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, start := New(&memoryStore{doc: estate(3, "ab")}, Options{}), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		if err := c.do(ctx, "+ac"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the context", err)
		} else if !strings.Contains(err.Error(), "a.contoso.com is tied to b.contoso.com") {
			t.Errorf("the error does not name the pair in the way: %v", err)
		}
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("answered after %s, want 7s", took)
		}
		if err := c.do(t.Context(), "-ab"); err != nil {
			t.Errorf("the writer does not go on: %v", err)
		}
	})
}

// A publish serves every change in it and ends only when the time of all of them is over.
func TestWriterBatchContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &memoryStore{doc: estate(4), takes: time.Minute}
		c := New(s, Options{})
		short, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if err := c.do(short, "+ab"); err != nil {
				t.Errorf("the change was published all the same, got %v", err)
			}
		})
		group.Go(func() {
			if err := c.do(t.Context(), "+cd"); err != nil {
				t.Error(err)
			}
		})
		group.Wait()

		c = New(s, Options{})
		hopeless, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := c.do(hopeless, "-ab"); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the context", err)
		}
	})
}

func TestSnapshotLoadsOnce(t *testing.T) {
	t.Parallel()
	for name, failing := range map[string]bool{"a document": false, "a failure": true} {
		t.Run(name, func(t *testing.T) {
			s := &memoryStore{doc: estate(2, "ab")}
			if failing {
				s.load = func(int) error { return errDisk }
			}
			c := New(s, Options{})
			var group sync.WaitGroup
			for range 100 {
				group.Go(func() {
					pair, err := c.Pair(t.Context(), idOf("ab"))
					if failing != errors.Is(err, errDisk) || failing != (pair == nil) {
						t.Errorf("got %v, %v", pair, err)
					}
				})
			}
			group.Wait()
			if s.loads != 1 {
				t.Errorf("%d loads, want 1", s.loads)
			}
		})
	}
}

func TestReadOnlyAndUnknownLocation(t *testing.T) {
	t.Parallel()
	doc := estate(4, "ab")
	s := &memoryStore{doc: doc}
	for name, test := range map[string]struct {
		client *Client
		want   error
	}{
		"read-only":        {New(s, Options{ReadOnly: true}), ErrReadOnly},
		"unknown location": {New(nil, Options{}), ErrUnknownLocation},
	} {
		t.Run(name, func(t *testing.T) {
			for _, change := range []string{"+cd", "-ab"} {
				if err := test.client.do(t.Context(), change); !errors.Is(err, test.want) {
					t.Errorf("%s: got %v, want %v", change, err, test.want)
				}
			}
			if _, _, err := test.client.UpdatePair(t.Context(), wants("ab"), false); !errors.Is(err, test.want) {
				t.Errorf("update: got %v, want %v", err, test.want)
			}
		})
	}
	if s.publishes != 0 {
		t.Errorf("%d publishes, want none", s.publishes)
	}
}

func TestUpdateOfAPairThatIsGone(t *testing.T) {
	t.Parallel()
	s := &memoryStore{doc: estate(2)}
	if _, _, err := New(s, Options{}).UpdatePair(t.Context(), wants("ab"), false); err == nil || !strings.Contains(err.Error(), "no longer") {
		t.Errorf("got %v, want that the pair is no longer there", err)
	}
}

func testDecode(doc []byte) string {
	parsed, err := topology.Parse(doc)
	if err != nil {
		return ""
	}
	var ids []string
	for _, s := range parsed.Topology().Services {
		ids = append(ids, `SiteId="`+s.ID.Site+`" RoleName="`+s.ID.Role+`"`)
	}
	return strings.Join(ids, "\n")
}
