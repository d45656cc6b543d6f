package harness

import (
	"maps"
	"slices"
	"strings"
)

// vertex is one step of a walk. It runs when all steps that it waits for have succeeded. A counted one occupies a place
// while it runs. Other steps take places themselves for their operations, or none.
type vertex struct {
	after   []string
	counted bool
	run     func() diagnostics
}

// graph is the steps of a walk by name.
type graph map[string]*vertex

// connect makes a step wait for others. Names that are no step are left out.
func (g graph) connect(name string, after ...string) {
	for _, other := range after {
		if g[name] != nil && g[other] != nil && name != other {
			g[name].after = append(g[name].after, other)
		}
	}
}

// walk runs all steps, as many at a time as are ready and find a place. A step is left out if one that it waits for has
// failed or was left out. Counted steps get their places in the order in which they became ready, as in Terraform,
// where each waits in line for its place: a step that becomes ready later never overtakes.
func (g graph) walk(places chan struct{}) diagnostics {
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
			w.line = append(w.line, name)
		}
	}
	var all diagnostics
	for left := len(g); left > 0; {
		left -= w.start(places)
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

// walker is a walk under way.
type walker struct {
	graph   graph
	missing map[string]int      // steps that a step still waits for
	next    map[string][]string // steps that wait for a step
	failed  map[string]bool     // steps behind one that failed
	line    []string            // ready steps, in the order in which they became ready
	running int
	ended   chan ending
}

type ending struct {
	name  string
	diags diagnostics
}

// start starts ready steps while there are places, and returns how many were left out.
func (w *walker) start(places chan struct{}) (left int) {
	var waiting []string
	for len(w.line) > 0 {
		name := w.line[0]
		w.line = w.line[1:]
		v := w.graph[name]
		switch {
		case w.failed[name]:
			left++
			w.end(name, true)
			continue
		case v.counted && (len(waiting) > 0 || !taken(places)):
			waiting = append(waiting, name)
			continue
		}
		w.running++
		go func() {
			diags := v.run()
			if v.counted {
				<-places
			}
			w.ended <- ending{name, diags}
		}()
	}
	w.line = waiting
	return left
}

// taken takes a place if one is free.
func taken(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
		return false
	}
}

// end makes the steps ready that waited for the last of theirs.
func (w *walker) end(name string, failed bool) {
	for _, other := range w.next[name] {
		w.failed[other] = w.failed[other] || failed
		if w.missing[other]--; w.missing[other] == 0 {
			w.line = append(w.line, other)
		}
	}
}

// cycle returns steps that wait for each other, or none.
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
