package workflows

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestFindPowerShell runs the function of .ci/run that adds to its table which PowerShell there is, or what is skipped.
func TestFindPowerShell(t *testing.T) {
	t.Parallel()
	_, function, found := strings.Cut(read(t, ".ci/run"), "\nfind_powershell() {\n")
	function, _, ended := strings.Cut(function, "\n}\n")
	if !found || !ended {
		t.Fatal(".ci/run has no function find_powershell")
	}
	for _, tc := range []struct {
		name, pwsh, want string
	}{
		{"complete", "echo PowerShell 7 with PSScriptAnalyzer 1", "row: PowerShell 7 with PSScriptAnalyzer 1\n"},
		{
			"no analyzer", "echo PowerShell 7 without PSScriptAnalyzer; exit 1",
			"row: SKIPPED: PowerShell 7 without PSScriptAnalyzer. The step Lint does not check the scripts with it\n",
		},
		{"it does not start", "exit 127", "row: SKIPPED: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fakes := t.TempDir()
			fake(t, fakes, "fake", tc.pwsh)
			script := filepath.Join(fakes, "script")
			write(t, script, "set -eu\nrow() { echo \"row: $1\"; }\nfind_powershell() {\n"+function+"\n}\n"+
				"find_powershell\n")
			code, output := bash(t, fakes, script, "LYNC_PWSH="+filepath.Join(fakes, "fake"))
			if code != 0 || !strings.Contains(output, tc.want) {
				t.Errorf("exit code %d, want %q in\n%s", code, tc.want, output)
			}
		})
	}
}
