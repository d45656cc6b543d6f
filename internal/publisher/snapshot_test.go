package publisher

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestSnapshotLoadsOnce(t *testing.T) {
	t.Parallel()
	for name, failing := range map[string]bool{"a document": false, "a failure": true} {
		t.Run(name, func(t *testing.T) {
			s := memory.New(memory.Estate(2, "ab"))
			if failing {
				s.FailLoads = func(int) error { return memory.ErrDisk }
			}
			p := New(s, noCalls)
			var group sync.WaitGroup
			for range 100 {
				group.Go(func() {
					doc, err := p.Document(t.Context())
					if failing != errors.Is(err, memory.ErrDisk) || failing != (doc == nil) {
						t.Errorf("got %v, %v", doc, err)
					}
				})
			}
			group.Wait()
			if s.Loads() != 1 {
				t.Errorf("%d loads, want 1", s.Loads())
			}
		})
	}
}

// file is a store with versions that compares. Its version is that of the document, with mark.
type file struct {
	*memory.Store

	mu     sync.Mutex
	mark   string // differs after the file is touched
	fail   error
	copies int // documents that differed from the known one
}

// LoadKnown returns the known document if the stored one equals it.
func (f *file) LoadKnown(ctx context.Context, known []byte) ([]byte, error) {
	doc, err := f.Load(ctx)
	if err == nil && bytes.Equal(doc, known) {
		return known, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.copies++
	return doc, err
}

// Version returns another version after each change.
func (f *file) Version() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := sha256.Sum256(f.Document())
	return string(sum[:]) + f.mark, f.fail
}

// set changes the file as another program does.
func (f *file) set(mark string, fail error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mark, f.fail = mark, fail
}

// replaceBy publishes a document as another program does.
func (f *file) replaceBy(t *testing.T, doc []byte) {
	t.Helper()
	if _, err := f.Publish(t.Context(), f.Document(), doc); err != nil {
		t.Fatal(err)
	}
}

// assertSnapshot checks the pairs of the document that a publisher returns, and how often it was loaded until now.
func assertSnapshot(t *testing.T, p *Publisher, s *file, loads int, pairs ...string) *topology.Document {
	t.Helper()
	doc, err := p.Document(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := doc.Topology().Pairs()
	if len(found) != len(pairs) {
		t.Errorf("%d pairs, want %q", len(found), pairs)
	}
	for _, pair := range pairs {
		if verifyPair(doc.Topology(), memory.DesiredPair(pair)) != nil {
			t.Errorf("%s is not in the document", pair)
		}
	}
	if s.Loads() != loads {
		t.Errorf("%d loads, want %d", s.Loads(), loads)
	}
	return doc
}

func TestSnapshotOfAFile(t *testing.T) {
	t.Parallel()
	paired, free := memory.Estate(4, "ab"), memory.Estate(4)
	start := func(t *testing.T) (*Publisher, *file) {
		t.Helper()
		s := &file{Store: memory.New(paired)}
		p := New(s, noCalls)
		assertSnapshot(t, p, s, 1, "ab")
		return p, s
	}
	t.Run("unchanged", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		for range 100 {
			assertSnapshot(t, p, s, 1, "ab")
		}
	})
	t.Run("changed by another program", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		s.replaceBy(t, free)
		assertSnapshot(t, p, s, 2)
		assertSnapshot(t, p, s, 2)
	})
	t.Run("touched", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		before := assertSnapshot(t, p, s, 1, "ab")
		s.set("touched", nil)
		if after := assertSnapshot(t, p, s, 2, "ab"); after != before {
			t.Error("the same bytes were parsed again")
		}
		assertSnapshot(t, p, s, 2, "ab")
	})
	t.Run("changed by this walk", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		if err := submitText(t.Context(), p, "+cd"); err != nil {
			t.Fatal(err)
		}
		assertSnapshot(t, p, s, 2, "ab", "cd")
		if s.copies != 0 {
			t.Errorf("%d documents were copied, want none: the published one is known", s.copies)
		}
	})
	t.Run("changed by another program before a change of this walk", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		s.replaceBy(t, free)
		if err := submitText(t.Context(), p, "+cd"); err != nil {
			t.Fatal(err)
		}
		if s.Publishes() != 2 {
			t.Errorf("%d publishes, want 2: the change was computed on an outdated document", s.Publishes())
		}
		assertSnapshot(t, p, s, 3, "cd")
	})
	t.Run("missing for a while", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		s.FailLoads = func(int) error { return memory.ErrDisk }
		s.set("", memory.ErrDisk)
		for range 2 {
			if doc, err := p.Document(t.Context()); doc != nil || !errors.Is(err, memory.ErrDisk) {
				t.Errorf("got %v, %v, want the error of the store", doc, err)
			}
		}
		if s.Loads() != 2 {
			t.Errorf("%d loads, want 2: the same error again", s.Loads())
		}
		s.FailLoads = nil
		s.set("", nil)
		assertSnapshot(t, p, s, 3, "ab")
	})
	t.Run("changed by another program, for a call that has ended", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		s.replaceBy(t, free)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if doc, err := p.Document(ctx); err != nil || len(doc.Topology().Pairs()) != 1 || s.Loads() != 1 {
			t.Errorf("got %v, %v after %d loads, want the cached document", doc, err, s.Loads())
		}
		assertSnapshot(t, p, s, 2)
	})
	t.Run("incomplete for a while", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		s.replaceBy(t, free[:len(free)/2])
		if doc, err := p.Document(t.Context()); doc != nil || err == nil {
			t.Errorf("got %v, %v, want an error of the parser", doc, err)
		}
		s.replaceBy(t, free)
		assertSnapshot(t, p, s, 3)
	})
}

// TestSnapshotChangesDuringALoad changes the file after it was read and before the load has ended. A call that begins
// then receives the changed document, although it waits for a load that has begun before.
func TestSnapshotChangesDuringALoad(t *testing.T) {
	t.Parallel()
	s := &file{Store: memory.New(memory.Estate(2, "ab"))}
	p := New(s, noCalls)
	if _, _, err := p.snapshot.get(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The load of another call, which has read the document and has not closed done.
	pending := &loading{done: make(chan struct{}), version: p.snapshot.version()}
	p.snapshot.parse(pending, s.Document())
	p.snapshot.current = pending
	s.replaceBy(t, memory.Estate(2))
	close(pending.done)
	assertSnapshot(t, p, s, 2)
}

// A call waits for a load until its own context ends. The load continues for the others.
func TestSnapshotWaitsForALoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memory.New(memory.Estate(2, "ab"))
		s.FailLoads = func(int) error { time.Sleep(time.Hour); return nil }
		p := New(s, noCalls)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		const want = "load the topology from memory: context deadline exceeded"
		if doc, err := p.Document(ctx); doc != nil || err == nil || err.Error() != want {
			t.Errorf("got %v, %v, want the end of the context", doc, err)
		}
		start := time.Now()
		if doc, err := p.Document(t.Context()); err != nil || len(doc.Topology().Pairs()) != 1 {
			t.Errorf("got %v, %v after the load", doc, err)
		}
		if waited := time.Since(start); waited != 59*time.Minute || s.Loads() != 1 {
			t.Errorf("loaded %d times, the last call waited for %s", s.Loads(), waited)
		}
	})
}

// TestSnapshotConcurrently changes the file while calls read it. Each call receives a document that is at least as new
// as the call.
func TestSnapshotConcurrently(t *testing.T) {
	t.Parallel()
	documents := [][]byte{memory.Estate(8), memory.Estate(8, "ab"), memory.Estate(8, "ab", "cd"),
		memory.Estate(8, "ab", "cd", "ef"), memory.Estate(8, "ab", "cd", "ef", "gh")}
	s := &file{Store: memory.New(documents[0])}
	p := New(s, noCalls)
	var group sync.WaitGroup
	for pairs, doc := range documents {
		if pairs > 0 {
			s.replaceBy(t, doc)
		}
		for range 10 {
			group.Go(func() {
				got, err := p.Document(t.Context())
				if err != nil || len(got.Topology().Pairs()) < pairs {
					t.Errorf("got %v, %v after %d pairs were published", got, err, pairs)
				}
			})
		}
	}
	group.Wait()
	assertSnapshot(t, p, s, s.Loads(), "ab", "cd", "ef", "gh")
	if s.Loads() > len(documents) {
		t.Errorf("%d loads of %d documents", s.Loads(), len(documents))
	}
}

// TestPublishIsNotParsedAgain publishes a pair. The document after it has the model that the edit made, in which the
// other pools are the same values, unless the store returns other bytes.
func TestPublishIsNotParsedAgain(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]store.Store{
		"with versions":    &file{Store: memory.New(memory.Estate(6, "ab"))},
		"without versions": memory.New(memory.Estate(6, "ab")),
	} {
		p := New(s, noCalls)
		before, err := p.Document(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := submitText(t.Context(), p, "+cd"); err != nil {
			t.Fatal(err)
		}
		after, err := p.Document(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		e := memory.DesiredPair("ef").Members[0]
		if after == before || after.Topology().Pool(e) != before.Topology().Pool(e) {
			t.Errorf("%s: the document was parsed again", name)
		}
		if err := submitText(t.Context(), p, "-cd"); err != nil {
			t.Fatal(err)
		}
		last, err := p.Document(t.Context())
		if err != nil || last.Topology().Pool(e) != before.Topology().Pool(e) {
			t.Errorf("%s: the document was parsed again after a removal: %v", name, err)
		} else if !bytes.Equal(last.Bytes(), before.Bytes()) {
			t.Errorf("%s: the document differs after a creation and a removal", name)
		}
	}
}

// buffers is a store that records the buffers of the documents that it publishes.
type buffers struct {
	*file

	seen map[*byte]int
}

// Publish records the buffer.
func (b *buffers) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	b.seen[&next[0]]++
	return b.file.Publish(ctx, base, next)
}

// assertBuffers checks that each document that a publisher keeps has its own bytes.
func assertBuffers(t *testing.T, p *Publisher) {
	t.Helper()
	kept := p.snapshot.remembered()
	if p.snapshot.current != nil {
		kept = append(kept, p.snapshot.current.parsed)
	}
	for _, k := range kept {
		if !bytes.Equal(k.raw, k.doc.Bytes()) {
			t.Fatal("the bytes of a document were overwritten")
		}
	}
}

// TestRefusedDocumentIsForgotten refuses one change after the other. The stored document stays known: it is neither
// parsed again nor copied.
func TestRefusedDocumentIsForgotten(t *testing.T) {
	t.Parallel()
	s := &file{Store: memory.New(memory.Estate(20))}
	s.Fail = func(int, []byte) error { return &store.RefusedError{Reason: "no"} }
	p := New(s, noCalls)
	before, err := p.Document(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.copies = 0
	for _, change := range []string{"+ab", "+cd", "+ef", "+gh", "+ij"} {
		var refused *store.RefusedError
		if err := submitText(t.Context(), p, change); !errors.As(err, &refused) {
			t.Fatalf("got %v", err)
		}
		if after, err := p.Document(t.Context()); err != nil || after != before {
			t.Errorf("after %s the document is another one: %v", change, err)
		}
	}
	if s.copies > 0 {
		t.Errorf("%d copies of the document", s.copies)
	}
}

// TestBuffersAreReused makes and removes a pair over and over. The documents are encoded into a few buffers, except
// while a load, which may compare with them, is under way.
func TestBuffersAreReused(t *testing.T) {
	t.Parallel()
	for name, loading := range map[string]bool{"no load": false, "during a load": true} {
		t.Run(name, func(t *testing.T) {
			s := &buffers{&file{Store: memory.New(memory.Estate(4, "ab"))}, map[*byte]int{}}
			p := New(s, noCalls)
			if loading {
				p.snapshot.loads.RLock()
				defer p.snapshot.loads.RUnlock()
			}
			before := s.Document()
			const rounds = 5
			for range rounds {
				for _, change := range []string{"+cd", "-cd", "-ab", "+ab"} {
					if err := submitText(t.Context(), p, change); err != nil {
						t.Fatal(err)
					}
				}
				if !bytes.Equal(s.Document(), before) {
					t.Fatal("the document differs after its pairs were created and removed")
				}
				assertBuffers(t, p)
			}
			// A buffer that is too small for the next document is not used again.
			if reused := len(s.seen) <= 2*maxKnown; reused == loading {
				t.Errorf("%d publishes with %d buffers", 4*rounds, len(s.seen))
			}
		})
	}
}

// TestBufferOfAnUnpublishedDocument encodes a document that is not published, because the change makes no difference.
// No known document has that buffer.
func TestBufferOfAnUnpublishedDocument(t *testing.T) {
	t.Parallel()
	p := New(&file{Store: memory.New(memory.Estate(4, "ab"))}, noCalls)
	for range 5 {
		for _, change := range []string{"+cd", "-cd", "-ab", "-ab", "+ab"} {
			if err := submitText(t.Context(), p, change); err != nil {
				t.Fatal(err)
			}
			assertBuffers(t, p)
		}
	}
}

// TestParsedBytesAreKept publishes on documents of other programs, of several sizes. A parsed document, and those that
// edits made of it, refer to the bytes that were read, so that no document is encoded into them.
func TestParsedBytesAreKept(t *testing.T) {
	t.Parallel()
	s := &file{Store: memory.New(memory.Estate(8))}
	p := New(s, noCalls)
	for range 5 {
		for _, pairs := range [][]string{{"ab", "ef", "gh"}, {}, {"ab"}, {"ef", "gh"}} {
			s.replaceBy(t, memory.Estate(8, pairs...))
			for _, change := range []string{"+cd", "-cd", "+cd"} {
				if err := submitText(t.Context(), p, change); err != nil {
					t.Fatal(err)
				}
				assertBuffers(t, p)
			}
		}
	}
}
