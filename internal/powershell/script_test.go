package powershell

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

// parts returns the text of every script file of this package, and of the bootstrap.
func parts(t *testing.T) map[string]string {
	t.Helper()

	entries, err := files.ReadDir("scripts")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"bootstrap": bootstrap}

	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".ps1")
		all[name] = embedded(name)
	}
	return all
}

func TestScriptsKeepTheRules(t *testing.T) {
	t.Parallel()

	powershelltest.CheckScripts(t, parts(t))
	powershelltest.CheckScripts(t, map[string]string{"end-process": endProcess.Text(), "re-enter": reEnter.Text()})
}

func TestScriptsParse(t *testing.T) {
	t.Parallel()

	powershelltest.ParseScripts(t, parts(t))
}

// No script of this package uses a cmdlet of the product.
func TestScriptsUseNoProductCmdlet(t *testing.T) {
	t.Parallel()

	cmdlet := regexp.MustCompile(`\b[A-Z][a-z]+-Cs[A-Z]\w+`)

	for name, text := range parts(t) {
		if found := cmdlet.FindAllString(text, -1); len(found) > 0 {
			t.Errorf("%s uses %q", name, found)
		}
	}
}

// Run knows the id of a refusal of the prelude. LyncBreak is no refusal: it is an error of a cmdlet, as others are.
func TestScriptsRefusalsAreKnown(t *testing.T) {
	t.Parallel()

	for name, text := range parts(t) {
		for _, match := range regexp.MustCompile(`Stop-Lync '(\w+)'`).FindAllStringSubmatch(text, -1) {
			if match[1] != idInputCut && match[1] != "LyncBreak" {
				t.Errorf("%s: %s has no kind", name, match[1])
			}
		}
	}
}

func TestNewScript(t *testing.T) {
	t.Parallel()

	script := NewScript("some-script", nil, "function A { }\n", "Invoke-Lync { A }\n")
	if script.String() != "some-script" || script.Text() != prelude+"\nfunction A { }\n\nInvoke-Lync { A }\n\n" {
		t.Errorf("%s: %q", script, strings.TrimPrefix(script.Text(), prelude))
	}
}
