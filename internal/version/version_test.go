package version

import (
	"os"
	"strings"
	"testing"
)

func TestChangelogBeginsWithRelease(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if fields := strings.Fields(first); len(fields) < 2 || fields[0] != "##" || fields[1] != Release {
		t.Fatalf("CHANGELOG.md begins with %q, want version %s", first, Release)
	}
}
