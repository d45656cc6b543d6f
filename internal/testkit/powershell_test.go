package testkit_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// find returns the path that FindPowerShell returns. It fails the test if find-pwsh.sh finds another one.
func find(t *testing.T) string {
	t.Helper()
	found := testkit.FindPowerShell(t)
	script := filepath.Join(testkit.ModuleRoot(t), "internal", "tools", "find-pwsh.sh")
	output, err := exec.CommandContext(t.Context(), "bash", script).Output()
	got := strings.TrimSpace(string(output))
	if got != "" {
		got = filepath.Clean(got)
	}
	if got != found || (err == nil) != (found != "") {
		t.Errorf("find-pwsh.sh finds %q, %v, FindPowerShell %q", got, err, found)
	}
	return found
}

// TestFindPowerShell checks the order of the places. It is not parallel, because it sets environment variables.
func TestFindPowerShell(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an executable has another name")
	}
	dir := t.TempDir()
	onPath := filepath.Join(dir, "pwsh")
	if err := os.WriteFile(onPath, []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // an executable
		t.Fatal(err)
	}
	for _, name := range []string{"bash", "dirname"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip("needs bash")
		}
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	set := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(set, []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // an executable
		t.Fatal(err)
	}
	t.Setenv("LYNC_PWSH", set)
	if got := find(t); got != set {
		t.Errorf("with LYNC_PWSH: %s", got)
	}
	t.Setenv("LYNC_PWSH", "")
	if got := find(t); got != onPath {
		t.Errorf("with PATH: %s", got)
	}
	if err := os.Remove(onPath); err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(testkit.ModuleRoot(t), "..", "shared", "pwsh", "pwsh")
	_, err := os.Stat(shared)
	if got := find(t); (err == nil) != (got == shared) || err != nil && got != "" {
		t.Errorf("without both: %q, want %s if it exists", got, shared)
	}
}

// failing records that a test fails, and ends only its goroutine.
type failing struct {
	testing.TB

	message string
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)

	runtime.Goexit()
}

// TestFindPowerShellWrong checks that a LYNC_PWSH that does not exist, or that is a relative path, fails a test and the
// script, instead of skipping it. It is not parallel, because it sets an environment variable.
func TestFindPowerShellWrong(t *testing.T) {
	script := filepath.Join(testkit.ModuleRoot(t), "internal", "tools", "find-pwsh.sh")
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("program", []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // an executable
		t.Fatal(err)
	}
	for _, setting := range []string{filepath.Join(dir, "missing"), "./program", "no-such-program"} {
		t.Setenv("LYNC_PWSH", setting)
		test, done := &failing{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			testkit.FindPowerShell(test)
		}()
		<-done
		const want = "LYNC_PWSH is neither the absolute path of a program nor its name on PATH: "
		if !strings.HasPrefix(test.message, want+setting) {
			t.Errorf("%s: the test fails with %q", setting, test.message)
		}
		if _, err := exec.LookPath("bash"); err != nil {
			continue
		}
		var exit *exec.ExitError
		output, err := exec.CommandContext(t.Context(), "bash", script).CombinedOutput()
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.HasPrefix(string(output), want+setting) {
			t.Errorf("%s: the script ends with %v: %s", setting, err, output)
		}
	}
}
