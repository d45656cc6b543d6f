package shell

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

// allScripts are the scripts of this package.
var allScripts = []*powershell.Script{
	GetTopology, PublishTopology, EnableTopology, ReadBackTopology, BackupServiceStatus, BackupServiceSync,
}

// scriptFileTexts returns the text of every script file of this package.
func scriptFileTexts(t *testing.T) map[string]string {
	t.Helper()
	entries, err := scriptFiles.ReadDir("scripts")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".ps1")
		all[name] = scriptText(name)
	}
	return all
}

func TestScriptsKeepTheRules(t *testing.T) {
	t.Parallel()
	texts := scriptFileTexts(t)
	for _, script := range allScripts {
		texts["whole "+script.String()] = script.Text()
	}
	powershelltest.CheckScripts(t, texts)
}

func TestScriptsParse(t *testing.T) {
	t.Parallel()
	powershelltest.ParseScripts(t, scriptFileTexts(t))
}

// TestWindowsStandIns checks that the stand-ins for windows.ps1 are the same functions with the same parameters, and
// that only windows.ps1 uses what exists on Windows only.
func TestWindowsStandIns(t *testing.T) {
	t.Parallel()
	function := regexp.MustCompile(`(?m)^function .*\n(?:    param.*\n)?`)
	texts := scriptFileTexts(t)
	want := function.FindAllString(texts["windows"], -1)
	if got := function.FindAllString(windowsStandIns(t), -1); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the stand-ins are %q, want %q", got, want)
	}
	windows := regexp.MustCompile(`(?i)Get-Acl|Set-Acl|AccessControl|Security\.Principal|AccessRule|Microsoft\.Win32`)
	for name, text := range texts {
		if found := windows.FindAllString(text, -1); (len(found) > 0) != (name == "windows") {
			t.Errorf("%s.ps1 uses %q", name, found)
		}
	}
}

// Every file belongs to a script.
func TestScriptsUseEveryFile(t *testing.T) {
	t.Parallel()
	for name, text := range scriptFileTexts(t) {
		uses := func(s *powershell.Script) bool { return strings.Contains(s.Text(), text) }
		if !slices.ContainsFunc(allScripts, uses) {
			t.Errorf("no script uses %s", name)
		}
	}
}

// Every id by which a script ends itself has a refusal, and every refusal belongs to an id of a script.
func TestScriptsRefusalsAreKnown(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, text := range scriptFileTexts(t) {
		for _, match := range regexp.MustCompile(`Stop-Lync '(\w+)'`).FindAllStringSubmatch(text, -1) {
			used[match[1]] = true
		}
	}
	for id := range used {
		// Package powershell knows LyncInput. LyncNoTopology is a plain error: the message describes it.
		if _, ok := refusals[id]; !ok && id != "LyncInput" && id != "LyncNoTopology" {
			t.Errorf("%s has no kind", id)
		}
	}
	for id := range refusals {
		if !used[id] {
			t.Errorf("no script refuses with %s", id)
		}
	}
}

// The scripts about the backup service run these cmdlets and no others, in particular none that fails a pool over or
// back.
func TestBackupServiceScripts(t *testing.T) {
	t.Parallel()
	cmdlet := regexp.MustCompile(`\b[A-Z][a-z]+-Cs[A-Z]\w+`)
	for script, want := range map[*powershell.Script]string{
		BackupServiceStatus: "Get-CsBackupServiceStatus",
		BackupServiceSync:   "Invoke-CsBackupServiceSync",
	} {
		found := cmdlet.FindAllString(scriptText(script.String()), -1)
		slices.Sort(found)
		if found = slices.Compact(found); !slices.Equal(found, []string{want}) {
			t.Errorf("%s runs %q", script, found)
		}
	}
}

// The scripts that write contain the required arguments, and publish-topology has its steps in the right order.
// TestScriptsKeepTheRules checks for forbidden content.
func TestPublishScripts(t *testing.T) {
	t.Parallel()
	for script, expected := range map[*powershell.Script][]string{
		PublishTopology: {
			"'Get-CsTopology' @{ AsXml = $true }", "Force = $true", "BackupFileName = $backup",
			"FileName = $wanted", "Report = $Path", "UTF8Encoding ($false)",
			"'Get-CsRegistrarConfiguration'", "AuthenticatedUserSid", `Global\terraform-provider-lync`,
		},
		EnableTopology:   {"'Enable-CsTopology' 'enable'", `Global\terraform-provider-lync`},
		ReadBackTopology: {"'Get-CsTopology' @{ AsXml = $true }", `Global\terraform-provider-lync`},
	} {
		for _, part := range expected {
			if !strings.Contains(script.Text(), part) {
				t.Errorf("%s has no %s", script, part)
			}
		}
	}

	// The steps in their order.
	_, text, _ := strings.Cut(PublishTopology.Text(), "\nInvoke-Lync {")
	for _, part := range []string{
		"Enter-LyncLock", "Read-LyncTopology", "$Lync.Data.base_sha256", "Find-LyncFailedOver", "Get-LyncSimpleUrl",
		"WriteAllText($wanted", ":publishing}",
		"'Publish-CsTopology'", "Read-LyncTopology", "Read-LyncXml $backup", "'Enable-CsTopology'", "Get-LyncSimpleUrl",
		"Exit-LyncLock",
	} {
		var ok bool
		if _, text, ok = strings.Cut(text, part); !ok {
			t.Fatalf("%s is missing, or too early", part)
		}
	}
}
