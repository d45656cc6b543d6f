package client

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// memoryStore is a store that keeps the document in memory and can be told to take its time, to refuse and to fail.
// Like every store it compares before it swaps.
type memoryStore struct {
	takes  time.Duration                     // one publish
	answer func(nth int, next []byte) error  // of a publish, from 1; nil: publish
	before func(nth int, doc []byte) []byte  // what others have published meanwhile
	load   func(nth int) error               // of a load, from 1
	after  func(nth int, next []byte) []byte // what others publish directly after

	mu        sync.Mutex
	doc       []byte
	loads     int
	publishes int
}

var errDisk = errors.New("no space left on device")

func (m *memoryStore) Location() string     { return "memory" }
func (m *memoryStore) Quiet() time.Duration { return 5 * time.Millisecond }

func (m *memoryStore) Load(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loads++
	if m.load != nil {
		if err := m.load(m.loads); err != nil {
			return nil, err
		}
	}
	return bytes.Clone(m.doc), nil
}

func (m *memoryStore) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	return store.Result{}, m.publish(ctx, base, next)
}

func (m *memoryStore) publish(ctx context.Context, base, next []byte) error {
	select {
	case <-time.After(m.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.publishes++
	if m.before != nil {
		m.doc = m.before(m.publishes, m.doc)
	}
	if !bytes.Equal(m.doc, base) {
		return store.ErrConflict
	}
	if m.answer != nil {
		if err := m.answer(m.publishes, next); err != nil {
			return err
		}
	}
	m.doc = bytes.Clone(next)
	if m.after != nil {
		m.doc = m.after(m.publishes, m.doc)
	}
	return nil
}

// estate returns a document with Standard Edition pools a, b, c, ... and the pairs given, as "ab".
func estate(pools int, pairs ...string) []byte {
	e := testkit.Estate{}
	for i := range pools {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: string(rune('a' + i)), Site: i + 1})
		e.Sites = append(e.Sites, testkit.Site{ID: i + 1})
	}
	for _, p := range pairs {
		e.Pairs = append(e.Pairs, testkit.Pair{A: p[:1], B: p[1:]})
	}
	return e.Document()
}

// members returns the names of the pools in "ab", or in "p1 p2".
func members(pair string) (a, b string) {
	a, b, found := strings.Cut(pair, " ")
	if !found {
		a, b = pair[:1], pair[1:]
	}
	return a + ".contoso.com", b + ".contoso.com"
}

// wants returns a wanted pair with the default settings.
func wants(pair string) resilience.Pair {
	a, b := members(pair)
	s := resilience.Settings{AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute}
	return resilience.Pair{Members: [2]string{a, b}, Settings: map[string]resilience.Settings{a: s, b: s}}
}

func idOf(pair string) PairID { return NewPairID(members(pair)) }

// pairsIn lists the whole pairs of a document, as "ab".
func pairsIn(t *testing.T, s *memoryStore) []string {
	t.Helper()
	fresh, err := New(&memoryStore{doc: s.doc}, Options{}).Topology(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, p := range fresh.Pairs() {
		name := p.First.FQDN[:1] + p.Second.FQDN[:1]
		if !p.Links.All() {
			name += " (half)"
		}
		found = append(found, name)
	}
	return found
}
