package powershelltest

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestAnalyzerFindsFaults checks that PSScriptAnalyzer, with the settings of the repository, reports a default rule and
// what Windows PowerShell 3.0 does not have.
func TestAnalyzerFindsFaults(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)

	if runtime.GOOS == "windows" {
		t.Skip("make runs on other systems")
	}
	pslint := filepath.Join(testkit.ModuleRoot(t), "internal", "tools", "pslint", "pslint.sh")
	if output, err := exec.CommandContext(t.Context(), "bash", pslint, "--version").CombinedOutput(); err != nil {
		t.Skipf("needs PowerShell with PSScriptAnalyzer: %s", output)
	}
	script := writeScript(t, t.TempDir(), "faults", `
$found = Get-FileHash -LiteralPath 'a'
if ($found -eq $null) { $found = [Text.StringBuilder]::new() }
$found ?? 1
`)

	//nolint:gosec // a script of the repository
	output, err := exec.CommandContext(t.Context(), "bash", pslint, script).CombinedOutput()
	if err == nil {
		t.Error("the faults are no error")
	}
	for _, rule := range []string{
		"3:5: $null should be on the left", "PSPossibleIncorrectComparisonWithNull", "PSUseCompatibleSyntax",
		"'Get-FileHash' is not compatible with PowerShell edition 'desktop', version '3.0'",
	} {
		if !strings.Contains(string(output), rule) {
			t.Errorf("no %s in\n%s", rule, output)
		}
	}
}
