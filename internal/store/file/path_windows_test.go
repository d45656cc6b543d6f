package file

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLongPath(t *testing.T) {
	t.Parallel()

	long := strings.Repeat(`\folder`, 40)

	for path, want := range map[string]string{
		`C:\topology.xml`:             `C:\topology.xml`,
		`\\server\share\topology.xml`: `\\server\share\topology.xml`,
		`C:` + long:                   `\\?\C:` + long,
		`\\server\share` + long:       `\\?\UNC\server\share` + long,
		`\\?\C:` + long:               `\\?\C:` + long,
		`\\.\C:` + long:               `\\.\C:` + long,
	} {
		if got := longPath(path); got != want {
			t.Errorf("longPath(%s) = %s, want %s", path, got, want)
		}
	}
}

// TestPublishToALongPath verifies that each call of a publish accepts a path of more than 260 characters. Windows
// Server 2016 refuses it without longPath.
func TestPublishToALongPath(t *testing.T) {
	t.Parallel()

	dir := filepath.Join(t.TempDir(), strings.Repeat("a", 100), strings.Repeat("b", 100), strings.Repeat("c", 100))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "topology.xml")
	if err := os.WriteFile(path, oldDocument, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)
}
