package shell_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// functionModule is a module whose cmdlets are functions. functionsRow has the statements for its words in upper case.
const functionModule = `
LOAD
$script:store = Join-Path $env:LYNC_STORE 'topology.xml'
$script:calls = Join-Path $env:LYNC_STORE 'calls'
function Get-CsTopology {
    [CmdletBinding()] param([switch] $AsXml)
    GET
    [IO.File]::ReadAllText($store)
}
function Get-CsRegistrarConfiguration {
    [CmdletBinding()] param($Identity)
    REGISTRAR
    [pscustomobject] @{ Identity = $Identity; PoolState = 'Active' }
}
function Get-CsSimpleUrlConfiguration {
    [CmdletBinding()] param()
    [pscustomobject] @{ Identity = 'Global'; SimpleUrl = $null }
}
function Publish-CsTopology {
    [CmdletBinding()] param([string] $FileName, [string] $BackupFileName, [string] $Report, [switch] $Force)
    BEFORE
    [IO.File]::Copy($store, $BackupFileName)
    BACKUP
    [IO.File]::Copy($FileName, $store, $true)
    AFTER
}
function Enable-CsTopology {
    [CmdletBinding()] param([string] $Report)
    [IO.File]::AppendAllText($calls, "Enable-CsTopology` + "`n" + `")
}
`

// functionsRow is a publish with a module of functions.
type functionsRow struct {
	load, get, registrar, before, backup, after string // statements

	base         string   // replaces the name of Lyon in the document
	want         ending   // nil for succeeded; then the topology is enabled
	wantErrors   []string // texts that the error has once
	wantWarnings []string // texts that the warnings have once
}

const (
	setCulture = `[Threading.Thread]::CurrentThread.CurrentCulture = `
	// twoErrors are an error that does not end a function, and two that do: its own, and that of another command.
	twoErrors  = `Write-Error 'the first'; throw 'the second'`
	innerError = `Write-Error 'the first'; Get-Item -LiteralPath '/no such file' -ErrorAction Stop`
	broke      = "ran break or continue outside a loop"
	unread     = "The provider cannot check whether this publish overwrote"
)

// functionsRows are the publishes by name.
var functionsRows = map[string]functionsRow{
	"a culture set by the module":   {load: setCulture + `'fa-IR'`},
	"a culture set by a cmdlet":     {get: setCulture + `'ar-SA'`},
	"a culture with a dotless i":    {get: setCulture + `'tr-TR'`},
	"a backup in UTF-16, no mark":   {backup: writeBackup("''", "UTF-16LE")},
	"a backup in ISO-8859-1":        {base: "<Name>Gen\u00e8ve</Name>", backup: writeBackup(declared, "iso-8859-1")},
	"a backup with a wrong charset": {backup: writeBackup(declared, "utf-16BE"), wantWarnings: []string{unread}},
	"a locked backup": {
		backup:       `$global:lock = [IO.File]::Open($BackupFileName, 'Open', 'ReadWrite', 'None')`,
		wantWarnings: []string{"cannot be read: The process cannot access the file", unread},
	},
	"two errors": {
		before: twoErrors, want: notPublished,
		wantErrors: []string{"Publish-CsTopology: the first", "Publish-CsTopology: the second"},
	},
	"the error of another command": {
		before: innerError, want: notPublished, wantErrors: []string{"Publish-CsTopology: the first", "no such file"},
	},
	"two errors after the publish": {
		after: twoErrors, wantWarnings: []string{"Topology: the first", "Topology: the second"},
	},
	"a warning that ends a cmdlet": {
		load: `$global:WarningPreference = 'Stop'`, after: `Write-Warning 'careful'`,
		wantWarnings: []string{"Publish-CsTopology: The running command stopped"},
	},
	"break in a check": {
		registrar: `break`, wantWarnings: []string{"whether paris.contoso.com is failed over could not be learnt"},
	},
	"continue in a read": {
		get: `continue`, want: notPublished, wantErrors: []string{"Get-CsTopology " + broke},
	},
	"break in the publish": {after: `break`, wantWarnings: []string{"Publish-CsTopology " + broke}},
}

const declared = `'<?xml version="1.0" encoding="iso-8859-1"?>'`

// writeBackup returns a statement that writes the backup after an XML declaration, in an encoding without its mark.
func writeBackup(declaration, encoding string) string {
	return `[IO.File]::WriteAllBytes($BackupFileName, [Text.Encoding]::GetEncoding('` + encoding + `').GetBytes(` +
		declaration + ` + [IO.File]::ReadAllText($store)))`
}

// TestFunctionsInPowerShell publishes in a real PowerShell with cmdlets that are functions of a module, as those of
// implicit remoting are. They change the culture, leave loops, write the backup in other ways and report errors.
func TestFunctionsInPowerShell(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	for name, row := range functionsRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.check(t)
		})
	}
}

func (r functionsRow) check(t *testing.T) {
	t.Helper()
	base := paired()
	if r.base != "" {
		base = topology.EncodeText(strings.Replace(testkit.Decode(base), lyonName, r.base, 1))
	}
	next := unpaired(t, base)
	host := csmodule.Start(t, base).Desktop()
	host.SetModule(strings.NewReplacer("LOAD", r.load, "GET", r.get, "REGISTRAR", r.registrar, "BEFORE", r.before,
		"BACKUP\n", r.backup+"\n", "AFTER", r.after).Replace(functionModule))
	folder := oldBackups(t)
	result, err := shell.New(host.Transport(), shell.Options{Directory: folder}).Publish(t.Context(), base, next)
	if r.want == nil {
		r.want = succeeded
	}
	if !r.want(result, err) {
		t.Fatalf("ended with %T: %s, %+v", err, message(result, err), result)
	}
	for _, text := range r.wantErrors {
		if got := message(result, err); strings.Count(got, text) != 1 {
			t.Errorf("the error does not have %q once: %s", text, got)
		}
	}
	for _, text := range r.wantWarnings {
		if got := strings.Join(result.Warnings, "\n"); strings.Count(got, text) != 1 {
			t.Errorf("the warnings do not have %q once: %s", text, got)
		}
	}
	if len(r.wantWarnings) == 0 && strings.Contains(strings.Join(result.Warnings, "\n"), "cannot") {
		t.Errorf("warnings: %q", result.Warnings)
	}
	published := err == nil
	if got := topology.Equivalent(parse(t, host.Document()), parse(t, next)); got != published {
		t.Errorf("published: %v", got)
	}
	if got := host.Counts().Enables; got != map[bool]int{true: 1}[published] {
		t.Errorf("Enable-CsTopology ran %d times", got)
	}
	if published {
		assertKept(t, folder)
	}
}

// assertKept checks that the folder has the backup and the document of the newest run, whose names are those of the
// Gregorian calendar.
func assertKept(t *testing.T, folder string) {
	t.Helper()
	for _, kind := range []string{"before", "wanted"} {
		files, err := filepath.Glob(filepath.Join(folder, "20[2-9]?????T??????Z-????????."+kind+".xml"))
		if err != nil || len(files) != 1 {
			entries, _ := os.ReadDir(folder)
			t.Errorf("%d files of the kind %s, want 1, %v: %v", len(files), kind, err, entries)
		}
	}
}
