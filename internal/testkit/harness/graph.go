package harness

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// vertex is one step of a walk. It runs when all steps that it waits for have succeeded. It takes a place itself, for as
// long as it works.
type vertex struct {
	after []string
	run   func() diagnostics
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

// walk runs all steps, as many at a time as are ready. A step is left out if one that it waits for has failed or was left
// out.
func (g graph) walk() diagnostics {
	if cycle := g.cycle(); len(cycle) > 0 {
		return errorf("Cycle", "Cycle: %s", strings.Join(cycle, ", "))
	}
	type outcome struct {
		done   chan struct{}
		failed bool
	}
	outcomes := map[string]*outcome{}
	for name := range g {
		outcomes[name] = &outcome{done: make(chan struct{})}
	}
	var (
		mu      sync.Mutex
		all     diagnostics
		running sync.WaitGroup
	)
	for name, v := range g {
		running.Go(func() {
			own := outcomes[name]
			defer close(own.done)
			for _, other := range v.after {
				<-outcomes[other].done
				own.failed = own.failed || outcomes[other].failed
			}
			if own.failed {
				return
			}
			diags := v.run()
			own.failed = diags.failed()
			mu.Lock()
			defer mu.Unlock()
			all = append(all, diags...)
		})
	}
	running.Wait()
	return all
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
