package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// FindPowerShell returns the path of PowerShell, "" for none: LYNC_PWSH, else pwsh on PATH, else ../shared/pwsh/pwsh
// beside the repository.
func FindPowerShell(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("LYNC_PWSH"); path != "" {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
		return path // a test that starts it fails
	}
	if path, err := exec.LookPath("pwsh"); err == nil {
		return path
	}
	path, err := exec.LookPath(filepath.Join(ModuleRoot(t), "..", "shared", "pwsh", "pwsh"))
	if err != nil {
		return ""
	}
	return path
}

// RunPowerShell runs a script in a process of PowerShell, and fails the test if the script fails. It skips the test if
// there is no PowerShell.
func RunPowerShell(t testing.TB, script string, args ...string) {
	t.Helper()
	powershell := FindPowerShell(t)
	if powershell == "" {
		t.Skip("needs PowerShell: set LYNC_PWSH to its path, or install pwsh on PATH")
	}
	args = append([]string{"-NoProfile", "-NonInteractive", "-File", script}, args...)
	if output, err := exec.CommandContext(t.Context(), powershell, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, output)
	}
}
