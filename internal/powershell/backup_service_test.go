package powershell

import (
	"regexp"
	"slices"
	"testing"
)

// The scripts run these cmdlets and no others: above all nothing that fails a pool over or back.
func TestBackupServiceScripts(t *testing.T) {
	t.Parallel()

	cmdlet := regexp.MustCompile(`\b[A-Z][a-z]+-Cs[A-Z]\w+`)

	for script, want := range map[Script]string{BackupServiceStatus: "Get-CsBackupServiceStatus", BackupServiceSync: "Invoke-CsBackupServiceSync"} {
		content, err := files.ReadFile("scripts/" + string(script) + ".ps1")
		if err != nil {
			t.Fatal(err)
		}

		found := cmdlet.FindAllString(string(content), -1)
		slices.Sort(found)

		if found = slices.Compact(found); !slices.Equal(found, []string{want}) {
			t.Errorf("%s runs %q", script, found)
		}
	}
}
