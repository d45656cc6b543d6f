package exhaustive

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// counts are the numbers of cases of a proof.
type counts struct {
	starts    int   // documents with which a sequence begins
	documents int   // different documents, to the byte, that the executed operations reach, the starts included
	executed  int   // operations, each on each document that a sequence does not end with
	passed    int   // of these, those whose plan passes
	publishes int   // of the executed operations
	sequences int64 // of operations, of the full length
}

// node is a document that a sequence reaches.
type node struct {
	doc       []byte // only while operations are executed on it, because all of them take gigabytes
	world     world
	numbers   []instances
	same      *node   // the document that is explored in place of this one, nil for itself
	next      []*node // by operation
	passed    int     // how many plans pass
	publishes int     // of all operations

	ways map[int]int64 // how many sequences of a length begin here
}

// explorer executes all operations on all documents that sequences of a length reach.
type explorer struct {
	proof

	operations []operation
	isLast     bool // a sequence ends with the documents that are reached now

	mu    sync.Mutex
	nodes map[[sha256.Size]byte]*node
	fresh []*node // since the last step

	explored map[string]*node // by what is the same in documents that differ in the names of their pools

	failures atomic.Int32
}

// maxFailures ends a proof that fails everywhere.
const maxFailures = 20

// explore executes the operations level by level: the documents of a level are reached by sequences of its number.
func explore(t *testing.T, p proof) counts {
	t.Helper()
	all := p.starts()
	e := &explorer{
		proof: p, operations: operations(all[0].pools),
		nodes: map[[sha256.Size]byte]*node{}, explored: map[string]*node{},
	}
	for _, s := range all {
		want := s.world()
		n, err := e.node(want.document(want.firstInstances()))
		if err != nil || !n.world.equal(want) {
			t.Fatalf("the document of %s is not read as such (%v)", want, err)
		}
	}
	begin := e.fresh
	result := counts{starts: len(begin)}
	for i := range p.length {
		level := e.level()
		e.isLast = i == p.length-1
		e.step(t, level)
		if t.Failed() {
			return result
		}
		for _, n := range level {
			result.executed += len(n.next)
			result.passed += n.passed
			result.publishes += n.publishes
		}
	}
	result.documents = len(e.nodes)
	for _, n := range begin {
		result.sequences += n.sequences(p.length)
	}
	return result
}

// level returns the documents to explore next: all that are new, or those that are no renaming of an explored one. The
// order does not depend on that of the workers.
func (e *explorer) level() []*node {
	level := e.fresh
	e.fresh = nil
	if !e.upToSymmetry {
		return level
	}
	slices.SortFunc(level, func(m, n *node) int { return cmp.Compare(m.text(), n.text()) })
	return slices.DeleteFunc(slices.Clone(level), func(n *node) bool {
		key := n.world.upToNames(n.numbers)
		n.same = e.explored[key]
		if n.same == nil {
			e.explored[key] = n
		}
		return n.same != nil
	})
}

// text returns a text that is different for different documents.
func (n *node) text() string { return fmt.Sprint(n.world, n.numbers) }

// sequences returns how many sequences of a length begin with a document.
func (n *node) sequences(length int) int64 {
	if length == 0 {
		return 1
	}
	if n.same != nil {
		return n.same.sequences(length)
	}
	if known, ok := n.ways[length]; ok {
		return known
	}
	var sum int64
	for _, next := range n.next {
		sum += next.sequences(length - 1)
	}
	if n.ways == nil {
		n.ways = map[int]int64{}
	}
	n.ways[length] = sum
	return sum
}

// node returns the node of a document.
func (e *explorer) node(doc []byte) (*node, error) {
	key := sha256.Sum256(doc)
	e.mu.Lock()
	known := e.nodes[key]
	e.mu.Unlock()
	if known != nil {
		return known, nil
	}
	w, numbers, err := read(doc)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if known = e.nodes[key]; known != nil {
		return known, nil
	}
	n := &node{world: w, numbers: numbers}
	e.nodes[key] = n
	if !e.isLast {
		e.fresh = append(e.fresh, n)
	}
	return n, nil
}

// step executes all operations on some documents. Each worker has a clock of its own: time passes only when a client
// waits, as for the removal of a pair that no operation removes.
func (e *explorer) step(t *testing.T, level []*node) {
	t.Helper()
	var next atomic.Int64
	t.Run("step", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) {
			t.Run("worker", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					for i := next.Add(1) - 1; int(i) < len(level); i = next.Add(1) - 1 {
						e.expand(t, level[i])
					}
				})
			})
		}
	})
}

// expand executes all operations on one document.
func (e *explorer) expand(t *testing.T, n *node) {
	t.Helper()
	n.doc = n.world.document(n.numbers)
	defer func() { n.doc = nil }()
	n.next = make([]*node, len(e.operations))
	for i, o := range e.operations {
		if e.failures.Load() >= maxFailures {
			return
		}
		outcome, err := e.execute(t, n, o)
		if err != nil {
			e.failures.Add(1)
			t.Errorf("%s: %s: %v", n.world, o, err)
		}
		n.next[i] = outcome.next
		n.publishes += outcome.publishes
		if outcome.passes {
			n.passed++
		}
	}
}
