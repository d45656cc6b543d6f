package invariant

import (
	"errors"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	Check(nil, "no error, no panic")
	defer func() {
		if got, want := recover(), "broken invariant: tags stay well-formed: unexpected EOF"; got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	Check(errors.New("unexpected EOF"), "tags stay well-formed")
}

func TestThat(t *testing.T) {
	t.Parallel()
	That(true, "no panic")
	defer func() {
		if got, want := recover(), "broken invariant: the catalogue has the rule X"; got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	That(false, "the catalogue has the rule %s", "X")
}
