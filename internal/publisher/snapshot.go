package publisher

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// snapshot caches the document for one walk. It loads the document at most once, and again after each publish. It also
// caches a load error, so that an unreachable store is contacted only once.
type snapshot struct {
	store store.Store

	mu      sync.Mutex
	current *loading
}

type loading struct {
	done chan struct{}
	raw  []byte
	doc  *topology.Document
	err  error
}

// get returns the document and the bytes that it was read from. Callers that arrive during a load wait for it, each
// until its own context ends.
func (s *snapshot) get(ctx context.Context) ([]byte, *topology.Document, error) {
	s.mu.Lock()
	l := s.current
	if l == nil {
		l = &loading{done: make(chan struct{})}
		s.current = l
		// The load serves all callers, so it does not end with the first one.
		go s.load(context.WithoutCancel(ctx), l)
	}
	s.mu.Unlock()
	select {
	case <-l.done: // a cached document is returned even if ctx has ended
		return l.raw, l.doc, l.err
	default:
	}
	select {
	case <-l.done:
		return l.raw, l.doc, l.err
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("load the topology from %s: %w", s.store.Location(), ctx.Err())
	}
}

func (s *snapshot) load(ctx context.Context, l *loading) {
	defer close(l.done)
	l.raw, l.err = s.store.Load(ctx)
	if l.err != nil {
		return
	}
	if l.parse(s.store.Location()); l.err != nil {
		return
	}
	tflog.Debug(ctx, "loaded the topology", map[string]any{
		"location": s.store.Location(), "bytes": len(l.raw), "services": len(l.doc.Topology().Services),
	})
}

func (l *loading) parse(location string) {
	if l.doc, l.err = topology.Parse(l.raw); l.err != nil {
		l.err = fmt.Errorf("read the topology from %s: %w", location, l.err)
	}
}

// drop makes the next get load the document again.
func (s *snapshot) drop() { s.replace(nil) }

// replace caches another document; nil makes the next get load it.
func (s *snapshot) replace(raw []byte) {
	var l *loading
	if raw != nil {
		l = &loading{done: make(chan struct{}), raw: raw}
		l.parse(s.store.Location())
		close(l.done)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = l
}
