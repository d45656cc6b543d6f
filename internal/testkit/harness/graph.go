package harness

import (
	"maps"
	"slices"
	"strings"
)

// vertex is one step of a walk. It runs when all steps in after have succeeded. A counted step occupies a slot while it
// runs. Other steps acquire slots for their operations, if any.
type vertex struct {
	after   []string
	counted bool
	run     func() diagnostics
}

// graph has the steps of a walk by name.
type graph map[string]*vertex

// connect makes a step wait for others. It ignores names that are not steps.
func (g graph) connect(name string, after ...string) {
	for _, other := range after {
		if g[name] != nil && g[other] != nil && name != other {
			g[name].after = append(g[name].after, other)
		}
	}
}

// walk runs all steps concurrently, each as soon as it is ready and has a slot. It skips a step if a step that it waits
// for has failed or was skipped. Counted steps get slots in the order in which they become ready, as in Terraform,
// whose semaphore serves waiting steps first come, first served.
func (g graph) walk(slots chan struct{}) diagnostics {
	if cycle := g.cycle(); len(cycle) > 0 {
		return errorf("Cycle", "Cycle: %s", strings.Join(cycle, ", "))
	}
	w := &walker{
		graph: g, missing: map[string]int{}, next: map[string][]string{}, failed: map[string]bool{},
		ended: make(chan ending),
	}
	for name, v := range g {
		w.missing[name] = len(v.after)
		for _, other := range v.after {
			w.next[other] = append(w.next[other], name)
		}
	}
	for name := range g {
		if w.missing[name] == 0 {
			w.ready = append(w.ready, name)
		}
	}
	var all diagnostics
	for left := len(g); left > 0; {
		left -= w.start(slots)
		if w.running == 0 {
			continue
		}
		e := <-w.ended
		w.running--
		left--
		all = append(all, e.diags...)
		w.end(e.name, e.diags.failed())
	}
	return all
}

// walker is the state of a walk.
type walker struct {
	graph   graph
	missing map[string]int      // number of unfinished steps that a step waits for
	next    map[string][]string // steps that wait for a step
	failed  map[string]bool     // steps that wait for a failed or skipped step
	ready   []string            // steps that can start, in the order in which they became ready
	running int
	ended   chan ending
}

type ending struct {
	name  string
	diags diagnostics
}

// start starts ready steps while slots are free, and returns the number of steps that it skipped.
func (w *walker) start(slots chan struct{}) (skipped int) {
	var waiting []string
	for len(w.ready) > 0 {
		name := w.ready[0]
		w.ready = w.ready[1:]
		v := w.graph[name]
		switch {
		case w.failed[name]:
			skipped++
			w.end(name, true)
			continue
		case v.counted && (len(waiting) > 0 || !tryAcquire(slots)):
			waiting = append(waiting, name)
			continue
		}
		w.running++
		go func() {
			diags := v.run()
			if v.counted {
				<-slots
			}
			w.ended <- ending{name, diags}
		}()
	}
	w.ready = waiting
	return skipped
}

// tryAcquire acquires a slot and reports whether one was free.
func tryAcquire(slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	default:
		return false
	}
}

// end records that a step has ended. Steps that waited only for this step become ready.
func (w *walker) end(name string, failed bool) {
	for _, other := range w.next[name] {
		w.failed[other] = w.failed[other] || failed
		if w.missing[other]--; w.missing[other] == 0 {
			w.ready = append(w.ready, other)
		}
	}
}

// cycle returns the steps of a dependency cycle, or nil.
func (g graph) cycle() []string {
	const (
		entered = 1
		left    = 2
	)
	visited := map[string]int{}
	var path, found []string
	var visit func(string)
	visit = func(name string) {
		switch {
		case found != nil || visited[name] == left:
			return
		case visited[name] == entered:
			found = slices.Clone(path[slices.Index(path, name):])
			return
		}
		visited[name] = entered
		path = append(path, name)
		for _, other := range g[name].after {
			visit(other)
		}
		path = path[:len(path)-1]
		visited[name] = left
	}
	for _, name := range slices.Sorted(maps.Keys(g)) {
		visit(name)
	}
	return found
}
