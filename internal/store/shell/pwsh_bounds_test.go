package shell

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// verbose are stand-ins for cmdlets with long errors, warnings and values. Each character has six bytes in JSON. The
// content of the report does not become shorter.
const verbose = `
$long = New-Object string ([char] 1), 9000

function Get-CsSimpleUrlConfiguration {
    foreach ($i in 1..100) {
        $url = [pscustomobject] @{ Component = 'meet'; Domain = 'contoso.com'; ActiveUrl = $long.Substring(0, 300) }
        [pscustomobject] @{ Identity = 'Site:' + $i; SimpleUrl = @($url) }
    }
}

function Publish-CsTopology {
    [CmdletBinding()]
    param([string] $FileName, [string] $BackupFileName, [string] $Report, [switch] $Force)
    [IO.File]::Copy($Lync.Data.store, $BackupFileName)
    [IO.File]::Copy($FileName, $Lync.Data.store, $true)
    $bytes = New-Object byte[] 225000
    (New-Object Random (1)).NextBytes($bytes)
    [IO.File]::WriteAllText([IO.Path]::ChangeExtension($Report, '.xml'), [Convert]::ToBase64String($bytes))
    foreach ($i in 1..101) {
        Write-Error -Message ([string] $i + ' ' + $long) -ErrorId $long
        Write-Warning ([string] $i + ' ' + $long)
    }
}
`

// TestPublishResultFits checks in PowerShell that the result of a publish arrives, whatever the cmdlets write: the
// outcome, the report, and of the errors and warnings as many as have space.
func TestPublishResultFits(t *testing.T) {
	t.Parallel()
	base := testkit.Decode(testkit.Paired().Document())
	end := strings.LastIndex(base, "</")
	next := base[:end] + "<!-- next -->" + base[end:]
	stored := filepath.Join(t.TempDir(), "store.xml")
	if err := os.WriteFile(stored, []byte(base), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := runStandIns(t, verbose+scriptText("publish-topology"), standInData{
		PublishData: PublishData{
			Run: powershell.NewID(), BaseSHA256: powershell.Hash([]byte(base)), LockSeconds: 1,
			Directory: filepath.Join(filepath.Dir(stored), "backups"), Keep: 20,
		},
		Store: stored,
	}, next)
	if err != nil {
		t.Fatal(err)
	}
	var facts PublishFacts
	if err := json.Unmarshal(result.Value, &facts); err != nil {
		t.Fatal(err)
	}
	if facts.Outcome != OutcomeCalled || result.Document != next || facts.Publish.Errors != 101 ||
		len(facts.Publish.Text) != 300_000 || !facts.Backup.Same || facts.Enable == nil {
		t.Errorf("%s, %d errors, a report of %d bytes, backup %+v", facts.Outcome, facts.Publish.Errors,
			len(facts.Publish.Text), facts.Backup)
	}
	if len(facts.URLsBefore) != 100 || len(facts.URLsAfter) != 1 || facts.URLsAfter[0] != unreadURLs {
		t.Errorf("%d URLs before and %d after the publish", len(facts.URLsBefore), len(facts.URLsAfter))
	}
	faults, warnings := result.Faults, result.Warnings
	if len(faults) < 3 || !strings.HasPrefix(faults[0].Message, "1 ") ||
		!strings.HasPrefix(faults[len(faults)-1].Message, "101 ") || len(warnings) < 3 ||
		!strings.Contains(warnings[len(warnings)-1], "simple URLs is too long") {
		t.Errorf("%d errors, %d warnings", len(faults), len(warnings))
	}
}
