package exhaustive

import (
	"fmt"
	"slices"
	"testing"
)

// TestUpToNames checks that worlds have one text if they differ only in the names of their pools, and not else.
func TestUpToNames(t *testing.T) {
	t.Parallel()
	all := servingAlike(starts(3))
	found := map[string]bool{}
	for _, s := range all {
		w := s.world()
		text := w.upToNames(w.firstInstances())
		for _, names := range permutations(w.pools) {
			if got := w.renamed(names).upToNames(w.firstInstances()); got != text {
				t.Fatalf("%s has the text %s, renamed %v %s", w, text, names, got)
			}
		}
		if s.serving == 0 { // the start of renamed pools has its services in another order
			found[text] = true
		}
	}
	without := slices.DeleteFunc(all, func(s start) bool { return s.serving != 0 })
	if want := len(upToSymmetry(without)); len(found) != want {
		t.Errorf("there are %d texts, want %d", len(found), want)
	}
}

// renamed returns the world in which pool p has become names[p]. The services have the order that they had.
func (w world) renamed(names []int) world {
	r := world{pools: w.pools, services: slices.Clone(w.services)}
	for p := range w.pools {
		r.old[names[p]] = w.old[p]
		for q := range w.pools {
			r.backup[names[p]][names[q]] = w.backup[p][q]
		}
	}
	for i, s := range w.services {
		if r.services[i].on = names[s.on]; s.partner >= 0 {
			r.services[i].partner = names[s.partner]
		}
	}
	return r
}

// upToNames returns a text that is the same for worlds, with the instances of their services, that differ only in the
// names of their pools.
func (w world) upToNames(numbers []instances) string {
	var first string
	for _, names := range permutations(w.pools) {
		if text := fmt.Sprint(w.renamed(names), numbers); first == "" || text < first {
			first = text
		}
	}
	return first
}
