package powershell_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func init() {
	// Windows has no signals: a process ends with the exit code that the one which kills it gives.
	powerShellRuns["a killed process"] = powerShellRun{
		plain, "[Diagnostics.Process]::GetCurrentProcess().Kill()", true, powershell.ExitCode, "(exit code 4294967295)",
		"",
	}
}

// executableOf returns the path of PowerShell. On Windows there is no shell that could start it.
func executableOf(t *testing.T, _ string) string {
	t.Helper()
	return testkit.RequirePowerShell(t)
}
