package file

import (
	"strings"
	"testing"
)

// moment is a step in the sequence of steps of a Publish.
type moment struct {
	at    step
	nth   int // number among the steps of this kind, from 1
	index int // index in all
	all   []step
}

// steps records all steps of a Publish, so that tests do not need to list them.
func steps(t *testing.T) []moment {
	t.Helper()

	var all []step

	s := New(writeDocument(t, oldDocument))
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

func (m moment) isAt(at step) bool { return m.at == at }

// isBefore reports whether m precedes the first step of a kind.
func (m moment) isBefore(first step) bool {
	for i, at := range m.all {
		if at == first {
			return m.index < i
		}
	}
	return true
}

// hook returns a function for Store.before that calls do at this moment.
func (m moment) hook(do func(path string) error) func(step, string) error {
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
