package testkit

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Self returns the path of an executable in a directory that runs this test binary. On Windows the name receives the
// extension .exe.
func Self(t testing.TB, dir, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if runtime.GOOS != "windows" {
		if err := os.Symlink(self, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// Symbolic links need a right on Windows, and Wine makes none. A hard link needs the same volume, and cannot be
	// removed while the test binary runs.
	path += ".exe"
	binary, err := os.ReadFile(self)                                            //nolint:gosec // the test binary
	if err := errors.Join(err, os.WriteFile(path, binary, 0o700)); err != nil { //nolint:gosec // an executable
		t.Fatal(err)
	}
	return path
}
