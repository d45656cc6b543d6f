package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// FindPowerShell returns the path of PowerShell, "" for none: LYNC_PWSH, else pwsh on PATH, else ../shared/pwsh/pwsh
// beside the repository. It fails the test if LYNC_PWSH is neither the absolute path of a program nor its name on PATH.
func FindPowerShell(t testing.TB) string {
	t.Helper()
	if setting := os.Getenv("LYNC_PWSH"); setting != "" {
		path, err := exec.LookPath(setting)
		if err != nil || strings.ContainsAny(setting, `/\`) && !filepath.IsAbs(setting) {
			t.Fatalf("LYNC_PWSH is neither the absolute path of a program nor its name on PATH: %s. Set it to that of "+
				"PowerShell, or unset it. %v", setting, err)
		}
		return path
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

// RequirePowerShell returns the path of PowerShell, as [FindPowerShell] does. It skips the test if there is none.
func RequirePowerShell(t testing.TB) string {
	t.Helper()
	path := FindPowerShell(t)
	if path == "" {
		t.Skip("needs PowerShell: set LYNC_PWSH to its path, or install pwsh on PATH")
	}
	return path
}

// RunPowerShell runs a script in a process of PowerShell, and fails the test if the script fails. It skips the test if
// there is no PowerShell.
func RunPowerShell(t testing.TB, script string, args ...string) {
	t.Helper()
	powershell := RequirePowerShell(t)
	args = append([]string{"-NoProfile", "-NonInteractive", "-File", script}, args...)
	if output, err := exec.CommandContext(t.Context(), powershell, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, output)
	}
}
