package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// snapshot is the document as this run sees it: loaded once, however many resources ask, and again after a publish of
// our own. A load that failed is remembered as well, so that a hundred resources do not knock at a closed door.
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

// get returns the document and the bytes it was read from. Callers that come while it is loaded wait for that load,
// each no longer than its own context.
func (s *snapshot) get(ctx context.Context) ([]byte, *topology.Document, error) {
	s.mu.Lock()
	l := s.current
	if l == nil {
		l = &loading{done: make(chan struct{})}
		s.current = l
		// The load serves everybody, so it does not end with the first caller.
		go s.load(context.WithoutCancel(ctx), l)
	}
	s.mu.Unlock()
	select {
	case <-l.done: // what is there needs no time
		return l.raw, l.doc, l.err
	default:
	}
	select {
	case <-l.done:
		return l.raw, l.doc, l.err
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("waiting for the topology from %s: %w", s.store.Location(), ctx.Err())
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
		l.err = fmt.Errorf("reading the topology from %s: %w", location, l.err)
	}
}

// drop makes the next get load again.
func (s *snapshot) drop() { s.replace(nil) }

// replace puts another document in the place of the one that was read; nil makes the next get load it.
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

// isRefused says whether a publish was refused for the document itself, so that a smaller change may go through.
func isRefused(err error) bool {
	var refused *store.RefusedError
	return errors.As(err, &refused)
}
