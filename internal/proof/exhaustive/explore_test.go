package exhaustive

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
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
	documents int   // different documents, to the byte, that a sequence reaches, the starts included
	executed  int   // operations, each on each document that a sequence does not end with
	passed    int   // of these, those whose plan passes
	sequences int64 // of operations, of the full length
}

// node is a document that a sequence reaches.
type node struct {
	doc    []byte
	world  world
	next   []*node // by operation
	passed int     // how many plans pass

	ways map[int]int64 // how many sequences of a length begin here
}

// explorer executes all operations on all documents that sequences of a length reach.
type explorer struct {
	operations []operation
	onlyPassed bool            // a plan that is refused is not applied
	frames     map[string]bool // what the starts have besides Backups and backup services

	mu    sync.Mutex
	nodes map[[sha256.Size]byte]*node
	fresh []*node // since the last step

	failures atomic.Int32
}

// maxFailures ends a proof that fails everywhere.
const maxFailures = 20

// explore executes the operations level by level: the documents of a level are reached by sequences of its number.
func explore(t *testing.T, all []start, length int, onlyPassed bool) counts {
	t.Helper()
	e := &explorer{
		operations: operations(all[0].pools), onlyPassed: onlyPassed,
		frames: map[string]bool{}, nodes: map[[sha256.Size]byte]*node{},
	}
	for _, s := range all {
		doc, want := s.world().document(), s.world()
		got, frame, err := read(doc)
		if err != nil || !got.equal(want) {
			t.Fatalf("the document of %v is read as %v (%v)", want, got, err)
		}
		e.frames[frame] = true
		if _, err := e.node(doc); err != nil {
			t.Fatal(err)
		}
	}
	begin := e.fresh
	result := counts{starts: len(begin)}
	for range length {
		level := e.fresh
		e.fresh = nil
		e.step(t, level)
		if t.Failed() {
			return result
		}
		for _, n := range level {
			result.executed += len(n.next)
			result.passed += n.passed
		}
	}
	result.documents = len(e.nodes)
	for _, n := range begin {
		result.sequences += n.sequences(length)
	}
	return result
}

// sequences returns how many sequences of a length begin with a document.
func (n *node) sequences(length int) int64 {
	if length == 0 {
		return 1
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
	w, frame, err := read(doc)
	if err == nil && !e.frames[frame] {
		err = fmt.Errorf("the rest of the document has changed: %s", doc)
	}
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.nodes[key] == nil {
		e.nodes[key] = &node{doc: doc, world: w}
		e.fresh = append(e.fresh, e.nodes[key])
	}
	return e.nodes[key], nil
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
	n.next = make([]*node, len(e.operations))
	for i, o := range e.operations {
		if e.failures.Load() >= maxFailures {
			return
		}
		next, passes, err := e.execute(t, n, o)
		if err != nil {
			e.failures.Add(1)
			t.Errorf("%s: %s: %v", n.world, o, err)
		}
		if n.next[i] = next; passes {
			n.passed++
		}
	}
	n.doc = nil
}

// execute plans and applies one operation, compares both with the model, and returns the document after it.
func (e *explorer) execute(t *testing.T, n *node, o operation) (next *node, passes bool, err error) {
	t.Helper()
	passes, successor, err := o.plan(t.Context(), n.doc)
	if err != nil {
		return n, false, fmt.Errorf("plan: %w", err)
	}
	if want := n.world.permits(o.changes...); passes != want {
		return n, passes, fmt.Errorf("the plan passes: %t, in the model: %t", passes, want)
	}
	if !passes && (o.replacement || e.onlyPassed) {
		return n, passes, nil // the removal of a replacement knows that it makes room for the creation
	}
	made, published, err := o.apply(t.Context(), n.doc, successor)
	if err != nil {
		return n, passes, fmt.Errorf("apply: %w", err)
	}
	wantWorld, wantMade := n.world.publish(o.changes...)
	if !slices.Equal(made, wantMade) {
		return n, passes, fmt.Errorf("the apply makes %t, the model %t", made, wantMade)
	}
	if passes && slices.Contains(made, false) {
		return n, passes, fmt.Errorf("the plan passes, but the apply makes only %t", made)
	}
	next = n
	for _, doc := range published {
		before := next
		if next, err = e.node(doc); err != nil {
			return n, passes, err
		}
		if err := addsNone(before.world, next.world); err != nil {
			return n, passes, err
		}
	}
	if !next.world.equal(wantWorld) {
		return n, passes, fmt.Errorf("the result is %s, that of the model %s", next.world, wantWorld)
	}
	if made[0] && o.changes[0].kind == creation && len(made) == 1 {
		return next, passes, leavesNothing(t, n.doc, published[len(published)-1], o.changes[0])
	}
	return next, passes, nil
}

// addsNone returns an error if a publish adds a violation.
func addsNone(before, after world) error {
	had := before.violations()
	for v := range maps.Keys(after.violations()) {
		if !had[v] {
			return fmt.Errorf("the publish of %s adds the violation %v", after, v)
		}
	}
	return nil
}

// leavesNothing returns an error if the removal of a created pair does not restore the document.
func leavesNothing(t *testing.T, before, after []byte, created change) error {
	t.Helper()
	created.kind = remove
	made, published, err := operation{changes: []change{created}}.apply(t.Context(), after, nil)
	if err != nil {
		return err
	}
	if !made[0] || len(published) != 1 || !bytes.Equal(published[0], before) {
		return fmt.Errorf("create and delete do not restore the document %s", before)
	}
	return nil
}
