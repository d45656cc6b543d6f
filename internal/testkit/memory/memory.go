// Package memory is a store of a topology document in memory, which tests let take time, refuse and fail. It also names
// pools and pairs in the short form of these tests: "ab" is the pair of a.contoso.com and b.contoso.com.
package memory

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ErrDisk is an error for the hooks of a Store.
var ErrDisk = errors.New("no space left on device")

// Store compares before it replaces the document, like every store. The hooks are optional; nth counts from one.
type Store struct {
	Takes     time.Duration                     // how long one publish takes
	Fail      func(nth int, next []byte) error  // of a publish, before it replaces the document
	Before    func(nth int, doc []byte) []byte  // what another program has published directly before
	After     func(nth int, next []byte) []byte // what another program publishes directly after
	FailLoads func(nth int) error

	// Doc is the stored document. While calls run, use Document.
	Doc []byte

	mu        sync.Mutex
	loads     int
	publishes int
}

// New returns a store with a document.
func New(doc []byte) *Store { return &Store{Doc: doc} }

// Location returns "memory".
func (s *Store) Location() string { return "memory" }

// Quiet returns a time as short as that of a file.
func (s *Store) Quiet() time.Duration { return 5 * time.Millisecond }

// Load returns the document.
func (s *Store) Load(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loads++
	if s.FailLoads != nil {
		if err := s.FailLoads(s.loads); err != nil {
			return nil, err
		}
	}
	return bytes.Clone(s.Doc), nil
}

// Publish replaces the document.
func (s *Store) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	select {
	case <-time.After(s.Takes):
	case <-ctx.Done():
		return store.Result{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publishes++
	if s.Before != nil {
		s.Doc = s.Before(s.publishes, s.Doc)
	}
	if !bytes.Equal(s.Doc, base) {
		return store.Result{}, store.ErrConflict
	}
	if s.Fail != nil {
		if err := s.Fail(s.publishes, next); err != nil {
			return store.Result{}, err
		}
	}
	s.Doc = bytes.Clone(next)
	if s.After != nil {
		s.Doc = s.After(s.publishes, s.Doc)
	}
	return store.Result{}, nil
}

// Document returns the stored document.
func (s *Store) Document() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.Doc)
}

// Loads returns how often the document was loaded.
func (s *Store) Loads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.loads
}

// Publishes returns how often the store was asked to publish.
func (s *Store) Publishes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.publishes
}

// Pairs lists the pairs of the stored document, such as "ab" or "ab (incomplete)".
func (s *Store) Pairs(t *testing.T) []string {
	t.Helper()
	doc, err := topology.Parse(s.Document())
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, p := range doc.Topology().Pairs() {
		name := p.First.FQDN.String()[:1] + p.Second.FQDN.String()[:1]
		if !p.Links.All() {
			name += " (incomplete)"
		}
		found = append(found, name)
	}
	return found
}

// Estate returns a document with Standard Edition pools a, b, c, ..., each in a site of its own, and some pairs.
func Estate(pools int, pairs ...string) []byte {
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

// Members returns the names of the pools in "ab", or in "p1 p2".
func Members(pair string) (a, b topology.FQDN) {
	first, second, found := strings.Cut(pair, " ")
	if !found {
		first, second = pair[:1], pair[1:]
	}
	return topology.MustParseFQDN(first + ".contoso.com"), topology.MustParseFQDN(second + ".contoso.com")
}

// PairID returns the identity of "ab", or of "p1 p2".
func PairID(pair string) topology.PairID { return topology.NewPairID(Members(pair)) }

// DesiredPair returns the pair "ab" with the default settings in both directions.
func DesiredPair(pair string) topology.DesiredPair {
	a, b := Members(pair)
	s := topology.DesiredSettings{
		AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute,
	}
	return topology.DesiredPair{
		Members: [2]topology.FQDN{a, b}, Settings: map[topology.FQDN]topology.DesiredSettings{a: s, b: s},
	}
}
