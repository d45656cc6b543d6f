package publisher

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// snapshot caches the document for one walk. It loads the document at most once, again after each publish, and again
// when a store with versions has another one: another instance of the provider or a provisioner has changed the file.
// It also caches a load error, so that an unreachable store is contacted only once. It does not parse bytes again that
// it has read or written last.
type snapshot struct {
	store store.Store

	mu      sync.Mutex
	current *loading
	known   []parsed // documents that were loaded, or are published, last
	spare   []byte   // the buffer of an encoded document that is not known any more

	loads sync.RWMutex // locked while a load compares the stored document with known ones
}

// maxKnown is the number of documents that a snapshot knows: before and after a publish, and one of another program.
const maxKnown = 3

// parsed is a document with its bytes.
type parsed struct {
	raw []byte
	doc *topology.Document

	isEncoded bool // raw is a buffer of this walk, to which no document refers
}

// loading is one load of the document, complete when done is closed.
type loading struct {
	parsed

	done    chan struct{}
	version string // directly before the load, see snapshot.version
	err     error
}

// get returns the document and the bytes that it was read from. Callers that arrive during a load wait for it, each
// until its own context ends. From a store with versions, no document is older than the call.
func (s *snapshot) get(ctx context.Context) ([]byte, *topology.Document, error) {
	l, begun := s.load(ctx, nil)
	if err := s.await(ctx, l); err != nil {
		return nil, nil, err
	}
	// A cached document is returned even if ctx has ended.
	if begun || ctx.Err() != nil || s.version() == l.version {
		return l.raw, l.doc, l.err
	}
	l, _ = s.load(ctx, l)
	if err := s.await(ctx, l); err != nil {
		return nil, nil, err
	}
	return l.raw, l.doc, l.err
}

// load returns the current load unless it is outdated. Otherwise it begins another one, and begun is true.
func (s *snapshot) load(ctx context.Context, outdated *loading) (l *loading, begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current != outdated {
		return s.current, false
	}
	s.current = &loading{done: make(chan struct{})}
	// The load serves all callers, so it does not end with the first one.
	go s.read(context.WithoutCancel(ctx), s.current)
	return s.current, true
}

// await waits for a load until ctx ends.
func (s *snapshot) await(ctx context.Context, l *loading) error {
	select {
	case <-l.done: // even if ctx has ended
		return nil
	default:
	}
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("load the topology from %s: %w", s.store.Location(), ctx.Err())
	}
}

// read loads the document, and parses it unless it is a known one.
func (s *snapshot) read(ctx context.Context, l *loading) {
	defer close(l.done)
	s.loads.RLock()
	defer s.loads.RUnlock()
	// A change after this point gives the next caller another version.
	l.version = s.version()
	raw, err := s.stored(ctx)
	if l.err = err; err != nil {
		return
	}
	if s.parse(l, raw); l.err != nil {
		return
	}
	tflog.Debug(ctx, "loaded the topology",
		map[string]any{"location": s.store.Location(), "bytes": len(l.raw)})
}

// stored loads the bytes of the document: those in memory if the store compares them with the document that was loaded
// or published last, and they are equal.
func (s *snapshot) stored(ctx context.Context) ([]byte, error) {
	comparing, ok := s.store.(store.Comparing)
	known := s.remembered()
	if !ok || len(known) == 0 {
		return s.store.Load(ctx)
	}
	return comparing.LoadKnown(ctx, known[len(known)-1].raw)
}

// version returns the version of the stored document, or the text of the error. It is empty for a store without
// versions.
func (s *snapshot) version() string {
	versioned, ok := s.store.(store.Versioned)
	if !ok {
		return ""
	}
	version, err := versioned.Version()
	if err != nil {
		return "error: " + err.Error()
	}
	return version
}

// parse sets the document to that of the bytes: a known one if it has the same bytes. A publish can have written them
// since the load has begun.
func (s *snapshot) parse(l *loading, raw []byte) {
	for _, k := range slices.Backward(s.remembered()) {
		if bytes.Equal(raw, k.raw) {
			l.parsed = k
			return
		}
	}
	l.raw = raw
	if l.doc, l.err = topology.Parse(raw); l.err != nil {
		l.err = fmt.Errorf("read the topology from %s: %w", s.store.Location(), l.err)
		return
	}
	s.remember(l.parsed)
}

// encode encodes a document for the next publish. The publishes of an apply use the same few buffers: otherwise the
// bytes of large documents would be most of its garbage. The caller has finished the publish before, so that only known
// documents and the current load refer to buffers.
func (s *snapshot) encode(doc *topology.Document) parsed {
	s.mu.Lock()
	buffer := s.spare
	s.spare = nil
	s.mu.Unlock()
	return parsed{raw: doc.Append(buffer[:0]), doc: doc, isEncoded: true}
}

// remember makes a document known, and forgets the oldest one if there are too many. Its buffer becomes the spare one
// unless a load is under way, which may compare with it.
func (s *snapshot) remember(p parsed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) == maxKnown {
		oldest := s.known[0]
		s.known = slices.Delete(s.known, 0, 1)
		if oldest.isEncoded && s.loads.TryLock() {
			s.spare = oldest.raw
			s.loads.Unlock()
		}
	}
	s.known = append(s.known, p)
}

// forget makes a document unknown that was not published. Otherwise it could take the place of the stored document,
// which would then be parsed again.
func (s *snapshot) forget(p parsed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = slices.DeleteFunc(s.known, func(k parsed) bool { return k.doc == p.doc })
}

// remembered returns the known documents.
func (s *snapshot) remembered() []parsed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.known)
}

// drop makes the next get load the document again.
func (s *snapshot) drop() { s.replace(nil) }

// replace caches the document that the store has after a publish; nil makes the next get load it. The document of a
// store with versions has none, so that the next get compares it with the stored one.
func (s *snapshot) replace(raw []byte) {
	var l *loading
	if raw != nil {
		l = &loading{done: make(chan struct{})}
		s.parse(l, raw)
		close(l.done)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = l
}
