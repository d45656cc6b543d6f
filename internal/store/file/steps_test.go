package file

import (
	"strings"
	"testing"
)

// moment is one step of a Publish: the nth time that it takes a step of that kind.
type moment struct {
	at  step
	nth int
	// index counts all steps, and all is the whole sequence.
	index int
	all   []step
}

// steps records what a Publish does, so that no test has to name the steps and none can be forgotten.
func steps(t *testing.T) []moment {
	t.Helper()

	var all []step

	s := New(write(t, oldDocument))
	s.before = func(at step, _ string) error {
		all = append(all, at)
		return nil
	}

	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}

	moments := make([]moment, 0, len(all))
	seen := map[step]int{}

	for i, at := range all {
		seen[at]++
		moments = append(moments, moment{at: at, nth: seen[at], index: i, all: all})
	}

	return moments
}

func (m moment) String() string { return string(m.at) + strings.Repeat(", again", m.nth-1) }

func (m moment) is(at step) bool { return m.at == at }

// before says whether m comes before the first step of a kind.
func (m moment) before(first step) bool {
	for i, at := range m.all {
		if at == first {
			return m.index < i
		}
	}
	return true
}

// then returns a hook that does something at that moment.
func (m moment) then(do func(path string) error) func(step, string) error {
	n := 0
	return func(at step, path string) error {
		if at != m.at {
			return nil
		}

		if n++; n != m.nth {
			return nil
		}
		return do(path)
	}
}
