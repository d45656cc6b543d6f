package powershelltest_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// exceptions are the uses of .NET that .NET Framework 4.0 does not have, with the reason why the scripts have them.
var exceptions = map[string]string{
	"System.Globalization.CultureInfo::DefaultThreadCurrentCulture":   "the prelude catches the error without it",
	"System.Globalization.CultureInfo::DefaultThreadCurrentUICulture": "the prelude catches the error without it",
}

// ofPowerShell are the types of PowerShell itself that the scripts name. Windows PowerShell 3.0 has them.
var ofPowerShell = []string{
	"ErrorCategory", "ErrorCategory::InvalidOperation", "ErrorRecord", "ErrorRecord::new/4", "PSCredential",
	"ParentContainsErrorRecordException",
	"PSCredential::new/2", "PSReference", "PowerShell", "PowerShell::Create/0", "RuntimeException", "ScriptBlock",
	"ScriptBlock::Create/1",
}

// dotNET is the part of .NET Framework 4.0 that the scripts use, each entry in the form of testdata/uses.ps1. The value
// is true if a script uses it.
type dotNET map[string]bool

// readNET40 returns testdata/net40.txt.
func readNET40(t *testing.T) dotNET {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "net40.txt"))
	if err != nil {
		t.Fatal(err)
	}
	list := dotNET{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list[line] = false
		}
	}
	return list
}

// has reports whether the list or an exception allows a use. It marks the entries that do. PowerShell finds a type also
// without the namespace System. Of an instance member, one of the possible types must have it. If the type is unknown,
// any type that is listed can have the method, and a property can be of an object that is not of .NET.
func (list dotNET) has(use string) bool {
	const own = "System.Management.Automation."
	if name, ok := strings.CutPrefix(use, own); ok && !strings.Contains(use, "|") {
		return slices.Contains(ofPowerShell, name) || !strings.Contains(name, "::") && strings.Contains(name, ".")
	}
	if _, ok := exceptions[use]; ok {
		return true
	}
	if member, ok := strings.CutPrefix(use, "?."); ok {
		return list.hasMember(member)
	}
	if list.mark(use) || list.mark("System."+use) {
		return true
	}
	at := strings.Index(use, "::")
	if at < 0 {
		at = max(strings.LastIndex(use, "."), 0)
	}
	types, member := use[:at], use[at:]
	found := false
	for _, name := range strings.Split(types, "|") {
		isOwn := strings.HasPrefix(name, own) || strings.HasPrefix(name, "Microsoft.PowerShell.")
		found = list.mark(name+member) || list.mark("System."+name+member) || isOwn || found
	}
	return found
}

// hasMember reports whether a type of the list has an instance member, or the member is a property. It marks all
// entries with that member.
func (list dotNET) hasMember(member string) bool {
	found := !strings.Contains(member, "/")
	for _, entry := range slices.Collect(maps.Keys(list)) {
		if !strings.Contains(entry, "::") && strings.HasSuffix(entry, "."+member) {
			found = list.mark(entry)
		}
	}
	return found
}

// mark reports whether the list has an entry, and marks it as used.
func (list dotNET) mark(entry string) bool {
	if _, ok := list[entry]; !ok {
		return false
	}
	list[entry] = true
	return true
}

// unknown returns the uses in scripts, files by path, that .NET Framework 4.0 does not have.
func (list dotNET) unknown(t *testing.T, scripts ...string) []string {
	t.Helper()
	pwsh := testkit.RequirePowerShell(t)
	if name := strings.ToLower(filepath.Base(pwsh)); strings.HasPrefix(name, "powershell") {
		t.Skip("needs PowerShell 7: Windows PowerShell has no inference of types")
	}
	arguments := []string{"-NoProfile", "-NonInteractive", "-File", filepath.Join("testdata", "uses.ps1")}
	//nolint:gosec // of the environment of the test
	output, err := exec.CommandContext(t.Context(), pwsh, append(arguments, scripts...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	var unknown []string
	for line := range strings.Lines(string(output)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 3 {
			t.Fatalf("unexpected output: %q", line)
		}
		if !list.has(fields[2]) {
			unknown = append(unknown, fmt.Sprintf("%s.ps1:%s: %s", fields[0], fields[1], fields[2]))
		}
	}
	return unknown
}

// bootstrapFile returns the path of a file with the text of the bootstrap.
func bootstrapFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap.ps1")
	if err := os.WriteFile(path, []byte(powershelltest.CommandText(t, powershell.Bootstrap())), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestScriptsUseNET40 checks that .NET Framework 4.0, on which Windows PowerShell 3.0 runs, has everything of .NET that
// the scripts use. PowerShell's parser finds the uses. To extend testdata/net40.txt, look the entry up in the
// documentation of .NET Framework 4.0.
func TestScriptsUseNET40(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	scripts := []string{bootstrapFile(t)}
	for _, folder := range []string{"powershell", "store/shell"} {
		files, err := filepath.Glob(filepath.Join(testkit.ModuleRoot(t), "internal", folder, "scripts", "*.ps1"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no scripts in %s: %v", folder, err)
		}
		scripts = append(scripts, files...)
	}
	list := readNET40(t)
	for _, use := range list.unknown(t, scripts...) {
		t.Errorf("%s is not in testdata/net40.txt", use)
	}
	for entry, used := range list {
		if !used {
			t.Errorf("testdata/net40.txt: no script uses %s", entry)
		}
	}
}

// TestNET40FindsFaults checks that types, constructors, static and instance members that .NET Framework 4.0 does not
// have are found.
func TestNET40FindsFaults(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	good := "[IO.File]::ReadAllText('a').TrimStart([char] 0xFEFF)\nNew-Object IO.MemoryStream (, $bytes)\n"
	faults := []string{
		"[Net.Http.HttpClient] $client", "New-Object Text.Json.JsonDocumentOptions", "[IO.File]::ReadAllTextAsync('a')",
		"[IO.File]::Move('a', 'b', $true)", "[Array]::Empty", "New-Object IO.StreamReader ('a', $b, $c, $d, -1, $f)",
		"(New-Object IO.MemoryStream).TryGetBuffer([ref] $a)", "$text = 'a'; $text.Contains('a', 'Ordinal')",
		"param([string] $Text) $Text.EnumerateRunes()", "$unknown.AsSpan()", "$type::Parse('a')",
		"[Security.AccessControl.NoSuchRule] $rule", "[Management.Automation.SemanticVersion] '1.0.0'",
	}
	dir := t.TempDir()
	var scripts []string
	for i, text := range append([]string{good}, faults...) {
		scripts = append(scripts, filepath.Join(dir, fmt.Sprintf("%02d.ps1", i)))
		if err := os.WriteFile(scripts[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := strings.Join(readNET40(t).unknown(t, scripts...), "\n")
	if strings.Contains(found, "00.ps1") {
		t.Errorf("what .NET Framework 4.0 has is found:\n%s", found)
	}
	for i, text := range faults {
		if !strings.Contains(found, fmt.Sprintf("%02d.ps1:1: ", i+1)) {
			t.Errorf("not found: %s\n%s", text, found)
		}
	}
}
