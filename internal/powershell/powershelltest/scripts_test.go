package powershelltest

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

func TestRulesFindViolations(t *testing.T) {
	t.Parallel()

	for _, bad := range []string{
		"[Text.StringBuilder]::new()", "[X]::New( 1 )", "Get-FileHash x", "$a.Where{ $_ }", "$a.ForEach({ $_ })",
		"Get-X -PipelineVariable y", "New-TemporaryFile",
		"Write-Information x", "class A { }", "enum A { }", "using namespace System", "$a ?? $b", "$a ? 1 : 2",
		"a && b", "a || b", "$a?.b", "$a -ne $null", "if ($a.B[0] -eq $null) { }", "$a -cne $null",
		"Publish-CsTopology -FinalizeUninstall", "Get-CsTopology -LocalStore", "@{ LocalStore = $true }",
		"'%s'", "%[1]q %v", "{{.X}}", "Invoke-Expression $x", "$input",
		"Enable-WSManCredSSP -Role Server", "Set-Item WSMan:\\localhost\\Client\\Auth\\CredSSP $true",
		"'gr\u00fcn'", "a\r\n",
		"ConvertFrom-Json -InputObject $LyncBlocks[3]", "& $script $LyncBlocks", "Read-LyncBlock 3",
		"Read-LyncBlock $LyncBlocks[1]", "$b = $LyncBlocks", "$b = $LyncBlocks[3]", "Get-Variable LyncBlocks",
		"New-Object X (, [Convert]::FromBase64String($LyncBlocks[3]))", "Write-Output $secretBytes",
		"\"$LyncBlocks\"", "\"$($LyncBlocks[3])\"",
		"(Get-LyncContent $text) -eq (Get-LyncContent $base)", "$a -ne $b", "$a -ceq $b", "$a -cne $b.c", "$a -ieq $b",
		"$a -contains $b", "$a -cnotcontains $b", "$a -in $b", "$a -like $b", "$a -notmatch $b", "$a -ceq 'x'",
		"$null -ne $a -and $a -ne $b", "Compare-Object $a $b", "switch ($a) { }", "switch -CaseSensitive ($a) { }",
		"$a.StartsWith('x')", "$a.EndsWith($b)", "$a.IndexOf('x')", "$a.CompareTo($b)",
		"$a -like 'x*'", "$a -notmatch '^x'", "$a -clike 'x*'", "$a -replace 'x', 'y'", "$a.ToLower()", "Get-Date",
		"[DateTime]::UtcNow.ToString('yyyy')", "$a | Sort-Object", "$a | Sort-Object -Property Name",
		"Sort-Object Name",
	} {
		if len(violations(bad)) == 0 {
			t.Errorf("no violation in %q", bad)
		}
	}
	for _, good := range []string{
		"Where-Object { $_ }", "$x | ForEach-Object { 1 }", "# a class of its own, using && and ??", "'class A'",
		"$classes = 1", "a | ? { $_ }", "$x = Read-LyncBlock 2", "$null -ne $a", "if ($LyncBlocks[2].Trim()) { }",
		"Test-LyncEqual $a $b", "$a -eq 'x'", "$a.Length -ne 5", "$null -eq $a -or $b -cnotmatch '^x'",
		"$a -cmatch '^x'", "[Guid]::NewGuid().ToString('N')", "$a.ToString()", "$a.ToString('x', $invariant)",
		"$a | Sort-Object -Culture 'en-US' -Property Name", "$a.ToLowerInvariant()",
		"@('a', 'b') -contains $a", "$a.StartsWith('x' + $b, [StringComparison]::Ordinal)", "[Array]::IndexOf($a, $b)",
		"param([switch] $Force)",
	} {
		if found := violations(good); len(found) > 0 {
			t.Errorf("%q: %q", good, found)
		}
	}
}

// The parser finds planted errors. The script is short, because tree-sitter is slow with errors.
func TestScriptsParserFindsFaults(t *testing.T) {
	t.Parallel()

	const text = `Invoke-Lync {
    $command = Get-Command -Name 'Get-Item'
    $Lync.Result['module_version'] = ''
    if ($null -ne $command.Module) {
        $Lync.Result['module_version'] = [string] $command.Module.Version
    }
}
`

	var (
		parse = parser(t)
		dir   = t.TempDir()
	)

	if output, err := parse(writeScript(t, dir, "good", text)).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	faults := map[string]string{
		"no-brace":   strings.Replace(text, ".Version\n    }\n", ".Version\n", 1),
		"no-paren":   strings.Replace(text, "($null -ne $command.Module)", "($null -ne $command.Module", 1),
		"no-quote":   strings.Replace(text, "'module_version'", "'module_version", 1),
		"two-braces": text + "\n}\n",
		"no-operand": strings.Replace(text, "-ne $command.Module)", "-ne)", 1),
		"no-keyword": text + "\nforeach ($key on $x) { 1 }\n",
	}
	var files []string
	for fault, planted := range faults {
		if planted == text {
			t.Fatalf("%s is not planted", fault)
		}
		files = append(files, writeScript(t, dir, fault, planted))
	}
	output, err := parse(files...).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v\n%s", err, output)
	}
	for fault := range faults {
		if !strings.Contains(string(output), fault+".ps1:") {
			t.Errorf("%s: not found:\n%s", fault, output)
		}
	}
}
