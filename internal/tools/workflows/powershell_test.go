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
	const bare = "echo PowerShell 7 without PSScriptAnalyzer; exit 1"
	for _, tc := range []struct {
		name, pwsh, variable, want string
		code                       int
	}{
		{
			"complete", "echo PowerShell 7 with PSScriptAnalyzer 1", "LYNC_PWSH",
			"row: PowerShell 7 with PSScriptAnalyzer 1\n", 0,
		},
		{
			"no analyzer on PATH", bare, "",
			"row: SKIPPED: PowerShell 7 without PSScriptAnalyzer. The step Lint does not check the scripts with it\n",
			0,
		},
		{"no analyzer", bare, "LYNC_PWSH", "LYNC_PWSH is a PowerShell 7 without PSScriptAnalyzer. ", 2},
		{"it does not start", "exit 127", "LYNC_PWSH", "does not start", 2},
		{"it does nothing", "exit 0", "LYNC_PWSH", "is no PowerShell", 2},
		{"nothing on PATH starts", "exit 0", "", "is no PowerShell", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fakes := t.TempDir()
			fake(t, fakes, "pwsh", tc.pwsh)
			script := filepath.Join(fakes, "script")
			write(t, script, "set -eu\nrow() { echo \"row: $1\"; }\nfind_powershell() {\n"+function+"\n}\n"+
				"find_powershell\n")
			setting := "LYNC_PWSH="
			if tc.variable != "" {
				setting += filepath.Join(fakes, "pwsh")
			}
			code, output := bash(t, fakes, script, setting)
			if code != tc.code || !strings.Contains(output, tc.want) || code != 0 && strings.Contains(output, "row: ") {
				t.Errorf("exit code %d, want %d and %q in\n%s", code, tc.code, tc.want, output)
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

		noProgram = "LYNC_PWSH is neither the absolute path of a program nor its name on PATH: "
	)
	fakes := t.TempDir()
	fake(t, fakes, "broken", "exit 127")
	fake(t, fakes, "true", "exit 0")
	fake(t, fakes, "bare", "echo PowerShell 7 without PSScriptAnalyzer; exit 1")
	fake(t, fakes, "pwsh", "echo PowerShell 7 without PSScriptAnalyzer; exit 1")
	fake(t, fakes, "go", "exit 0") // a fault must not start the tests
	makes := filepath.Join(fakes, "make")
	write(t, makes, "exec make -s powershell\n")
	for _, tc := range []struct {
		name, script, setting, want string
		code                        int
	}{
		{"PSScriptAnalyzer, missing", pslint, "LYNC_PWSH=missing", noProgram, 2},
		{"PSScriptAnalyzer, a folder", pslint, "LYNC_PWSH=.", noProgram, 2},
		{"PSScriptAnalyzer, broken", pslint, "LYNC_PWSH=broken", "does not start", 2},
		{"PSScriptAnalyzer, another program", pslint, "LYNC_PWSH=true", "is no PowerShell", 2},
		{"no PSScriptAnalyzer", pslint, "LYNC_PWSH=bare", "without PSScriptAnalyzer. Install", 2},
		{"no PSScriptAnalyzer on PATH", pslint, "LYNC_PWSH=", "Skipped: ", 0},
		{"make, missing", makes, "LYNC_PWSH=missing", noProgram, 2},
		{"Wine, missing", wine, "LYNC_WINE=missing", "LYNC_WINE is not a program: ", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			setting := tc.setting
			if variable, program, _ := strings.Cut(setting, "="); program != "" {
				setting = variable + "=" + filepath.Join(fakes, program)
			}
			code, output := bash(t, fakes, tc.script, setting)
			skipped := strings.Contains(output, "Skipped: ")
			if code != tc.code || !strings.Contains(output, tc.want) || skipped != (code == 0) {
				t.Errorf("exit code %d, want %d and %q in\n%s", code, tc.code, tc.want, output)
			}
		})
	}
}
