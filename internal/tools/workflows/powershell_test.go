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

// TestWrongSettings checks that a setting with a program that does not exist or does not start is an error. Only a
// program that is missing without a setting is skipped.
func TestWrongSettings(t *testing.T) {
	t.Parallel()
	const (
		pslint = "internal/tools/pslint/pslint.sh"
		wine   = "internal/tools/wine/test.sh"
	)
	fakes := t.TempDir()
	fake(t, fakes, "broken", "exit 127")
	fake(t, fakes, "bare", "echo PowerShell 7 without PSScriptAnalyzer; exit 1")
	fake(t, fakes, "go", "exit 0") // a fault must not start the tests
	makes := filepath.Join(fakes, "make")
	write(t, makes, "exec make -s powershell\n")
	for _, tc := range []struct {
		name, script, setting, want string
		code                        int
	}{
		{"PSScriptAnalyzer, missing", pslint, "LYNC_PWSH=missing", "LYNC_PWSH is not the path of a program: ", 1},
		{"PSScriptAnalyzer, a folder", pslint, "LYNC_PWSH=.", "LYNC_PWSH is not the path of a program: ", 1},
		{"PSScriptAnalyzer, broken", pslint, "LYNC_PWSH=broken", "does not start", 1},
		{"no PSScriptAnalyzer", pslint, "LYNC_PWSH=bare", "Skipped: ", 0},
		{"make, missing", makes, "LYNC_PWSH=missing", "LYNC_PWSH is not the path of a program: ", 2},
		{"Wine, missing", wine, "LYNC_WINE=missing", "LYNC_WINE is not a program: ", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			variable, program, _ := strings.Cut(tc.setting, "=")
			code, output := bash(t, fakes, tc.script, variable+"="+filepath.Join(fakes, program))
			skipped := strings.Contains(output, "Skipped: ")
			if code != tc.code || !strings.Contains(output, tc.want) || skipped != (code == 0) {
				t.Errorf("exit code %d, want %d and %q in\n%s", code, tc.code, tc.want, output)
			}
		})
	}
}
