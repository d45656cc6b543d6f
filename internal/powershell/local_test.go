package powershell

import (
	"io"
	"strings"
	"testing"
)

func TestLimited(t *testing.T) {
	t.Parallel()

	var seen strings.Builder

	l := &limited{max: 10, seen: func(p []byte) { seen.Write(p) }}
	if _, err := io.Copy(l, strings.NewReader("0123456789")); err != nil || l.kept.String() != "0123456789" || seen.String() != l.kept.String() {
		t.Errorf("%v, kept %q, seen %q", err, &l.kept, &seen)
	}

	if _, err := io.Copy(l, strings.NewReader("x")); err == nil || l.kept.Len() > 10 {
		t.Errorf("more than the limit: %v, kept %q", err, &l.kept)
	}
}
