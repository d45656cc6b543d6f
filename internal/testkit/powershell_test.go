package testkit_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

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
	t.Setenv("PATH", dir)
	t.Setenv("LYNC_PWSH", "/opt/pwsh")
	if got := testkit.FindPowerShell(t); got != "/opt/pwsh" {
		t.Errorf("with LYNC_PWSH: %s", got)
	}
	t.Setenv("LYNC_PWSH", "")
	if got := testkit.FindPowerShell(t); got != onPath {
		t.Errorf("with PATH: %s", got)
	}
	t.Setenv("PATH", t.TempDir())
	shared := filepath.Join(testkit.ModuleRoot(t), "..", "shared", "pwsh", "pwsh")
	_, err := os.Stat(shared)
	if got := testkit.FindPowerShell(t); (err == nil) != (got == shared) || err != nil && got != "" {
		t.Errorf("without both: %q, want %s if it exists", got, shared)
	}
}
