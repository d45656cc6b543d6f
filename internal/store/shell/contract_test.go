package shell_test

import (
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// The change of another administrator: renameLyon.
const lyonName, newLyonName = "<Name>Lyon</Name>", "<Name>Gen\u00e8ve \u6771\u4eac</Name>"

// Changes that a comparison of PowerShell does not see.
const upperLyonName, zeroWidthLyonName = "<Name>LYON</Name>", "<Name>Ly\u200don</Name>"

// The signature of the document, and another one.
const oldSignature, newSignature = "3b2a9c54-6f0e-4a57-9d43-8f1f1c1f7d10", "3b2a9c54-6f0e-4a57-9d43-8f1f1c1f7d11"

// contractFault is a fault of the double and the same one of the stand-in.
type contractFault struct {
	double shelld.Fault
	// standIn are its lines. "STEP" is the last step of the script, "CALL" the call of Get-CsTopology that can fail.
	standIn []csmodule.Fault
	scripts string // names of scripts with which it runs without LYNC_TEST_LONG, "" for all
}

// contractFaults are the faults of shelld.Fault. These are missing because they concern the transport and not what
// runs on the host: NotStarted, Cut, CLIXML, Detached, Ended, Notify, Entry, Client, Service. A script that hangs is in
// TestLockOfPowerShells.
var contractFaults = map[string]contractFault{
	"none":               {},
	"admin reads":        {shelld.Fault{At: shelld.Read, Admin: renameLyon}, admin(shelld.Read), "get"},
	"admin publishes":    {shelld.Fault{At: shelld.Publishing, Admin: renameLyon}, admin(shelld.Publishing), "publish"},
	"admin changes case": adminPublishes(lyonName, upperLyonName),
	"admin adds joiner":  adminPublishes(lyonName, zeroWidthLyonName),
	"admin signs":        adminPublishes(oldSignature, newSignature),
	"store signs": {
		shelld.Fault{Tamper: oldSignature + "=" + newSignature}, lines("Tamper " + oldSignature + "=" + newSignature),
		"publish, unchanged",
	},
	"admin after": {shelld.Fault{At: shelld.Published, Admin: renameLyon}, admin(shelld.Published), "publish"},
	"slow": {
		shelld.Fault{At: shelld.Writing, Slow: 1100 * time.Millisecond}, lines("Slow writing 1100"), "publish, limited",
	},
	"lost":                  {shelld.Fault{At: shelld.Publishing, Lost: true}, lines("Kill publishing"), "publish"},
	"lost after":            {shelld.Fault{At: shelld.Published, Lost: true}, lines("Kill published"), "publish"},
	"garbage":               {shelld.Fault{Garbage: true}, lines("Noise STEP"), "publish get"},
	"exit":                  {shelld.Fault{Exit: true}, lines("Exit STEP"), "publish get"},
	"refuse":                {shelld.Fault{Refuse: true}, lines("Refuse"), "publish"},
	"denied":                {shelld.Fault{Denied: true}, lines("Denied"), "publish"},
	"unparsed":              {shelld.Fault{Unparsed: true}, lines("Unparsed"), "publish"},
	"silent":                {shelld.Fault{Silent: true}, lines("Silent"), "publish"},
	"publish reports error": {shelld.Fault{PublishReportsError: true}, lines("PublishReportsError"), "publish"},
	"warn":                  {shelld.Fault{Warn: true}, lines("Warn"), "publish"},
	"enable fails":          {shelld.Fault{EnableFails: true}, lines("EnableFails"), "publish enable"},
	"read fails":            {shelld.Fault{ReadFails: true}, lines("ReadFails CALL"), "publish get"},
	"lose URLs":             {shelld.Fault{LoseURLs: true}, lines("LoseURLs"), "publish"},
	"unread URLs":           {shelld.Fault{UnreadURLs: true}, lines("UnreadURLs"), "publish"},
	"unread states":         {shelld.Fault{UnreadStates: true}, lines("UnreadStates"), "publish"},
	"no backup":             {shelld.Fault{NoBackup: true}, lines("NoBackup"), "publish"},
	"foreign backup":        {shelld.Fault{ForeignBackup: true}, lines("ForeignBackup"), "publish"},
	"unreadable backup":     {shelld.Fault{UnreadableBackup: true}, lines("UnreadableBackup"), "publish"},
	"backup fails":          {shelld.Fault{BackupFails: true}, lines("BackupFails"), "status sync"},
	"backup reports error":  {shelld.Fault{BackupReportsError: true}, lines("BackupReportsError"), "status"},
	"busy":                  {shelld.Fault{Busy: true}, lines("Busy"), "publish"},
	"no module":             {shelld.Fault{NoModule: true}, lines("NoModule"), "get"},
	"localized refuse": {
		shelld.Fault{Refuse: true, Localized: true}, lines("Refuse", "Localized"), "publish",
	},
	"localized read fails": {
		shelld.Fault{ReadFails: true, Localized: true}, lines("ReadFails CALL", "Localized"), "get",
	},
	"localized enable fails": {
		shelld.Fault{EnableFails: true, Localized: true}, lines("EnableFails", "Localized"), "enable",
	},
	"tamper": {
		shelld.Fault{Tamper: "contoso.com=fabrikam.example"}, lines("Tamper contoso.com=fabrikam.example"), "publish",
	},
}

// lines returns faults of the stand-in, each a name and arguments that are separated by spaces.
func lines(faults ...string) []csmodule.Fault {
	var all []csmodule.Fault
	for _, fault := range faults {
		all = append(all, strings.Fields(fault))
	}
	return all
}

func admin(step shelld.Step) []csmodule.Fault {
	return []csmodule.Fault{{"Admin", string(step), lyonName + "=" + newLyonName}}
}

// adminPublishes returns the fault that another administrator replaces a text immediately before the publish.
func adminPublishes(from, to string) contractFault {
	return contractFault{
		shelld.Fault{
			At:    shelld.Publishing,
			Admin: func(document string) string { return strings.ReplaceAll(document, from, to) },
		},
		[]csmodule.Fault{{"Admin", string(shelld.Publishing), from + "=" + to}}, "publish",
	}
}

// contractScript is a script, its input and its steps.
type contractScript struct {
	script *powershell.Script
	input  powershell.Input
	step   string // the last step
	call   string // the call of Get-CsTopology that ReadFails concerns
	state  string // of the pool that loses its partner
	revoke bool   // ReadBackTopology has revoked the run
}

// contractScripts returns all scripts, and those inputs for which a script has another outcome without a fault.
func contractScripts(base, next []byte) map[string]contractScript {
	text := testkit.Decode(base)
	data := shell.PublishData{
		Run: strings.Repeat("0123456789abcdef", 2), BaseSHA256: powershell.Hash([]byte(text)), LockSeconds: 1, Keep: 20,
		Unpaired:         []string{"paris.contoso.com", "lyon.contoso.com"},
		DomainController: "dc1.contoso.com", GlobalCatalog: "gc1.contoso.com",
	}
	publishing := func(document string, change func(*shell.PublishData)) powershell.Input {
		changed := data
		change(&changed)
		return powershell.Input{Data: changed, Document: document}
	}
	unchanged := func(*shell.PublishData) {}
	wanted := publishing(testkit.Decode(next), unchanged)
	pool := powershell.Input{Data: shell.BackupServiceData{Pool: "paris.contoso.com"}}
	other := powershell.Input{Data: shell.BackupServiceData{Pool: "rome.contoso.com"}}
	return map[string]contractScript{
		"get":                {script: shell.GetTopology, step: "read", call: "1"},
		"read back":          {script: readBack, input: wanted, step: "read", call: "1"},
		"publish":            {script: publish, input: wanted, step: "enabling", call: "2"},
		"publish, unchanged": {script: publish, input: publishing(text, unchanged), step: "published", call: "2"},
		"publish, case": {
			script: publish, step: "enabling", call: "2",
			input: publishing(strings.Replace(text, lyonName, upperLyonName, 1), unchanged),
		},
		"publish, revoked": {script: publish, input: wanted, call: "2", revoke: true},
		"publish, moved":   {script: publish, input: wanted, step: "read", call: "2", state: "FailedOver"},
		"publish, conflict": {
			script: publish, step: "read", call: "2",
			input: publishing("<x/>", func(d *shell.PublishData) { d.BaseSHA256 = powershell.Hash([]byte("another")) }),
		},
		"publish, limited": {
			script: publish, step: "enabling", call: "2",
			input: publishing(testkit.Decode(next), func(d *shell.PublishData) { d.Seconds = 1 }),
		},
		"enable":             {script: enable, input: wanted, step: "enabling", call: "1"},
		"status":             {script: shell.BackupServiceStatus, input: pool, step: "backup"},
		"status, no service": {script: shell.BackupServiceStatus, input: other, step: "backup"},
		"sync":               {script: shell.BackupServiceSync, input: pool, step: "backup"},
		"sync, no service":   {script: shell.BackupServiceSync, input: other, step: "backup"},
	}
}

var contractModules = []resilience.BackupModule{
	{Identity: "UserServices.PresenceFocus", Export: "SteadyState", Import: "NormalState"},
	{Identity: "CentralMgmt.CMSMaster", Export: "NotInitialized", Import: "NormalState"},
}

// observed is what a run returns, and what it leaves.
type observed struct {
	Value    any
	Document string
	Host     powershell.HostInfo
	Faults   []powershell.Fault
	Warnings []string

	Kind     string // of the error
	What     string
	ExitCode int
	Unknown  bool
	Last     []powershell.Fault // the faults of the error

	Stored    string
	Publishes int // runs of Publish-CsTopology
	Enables   int // runs of Enable-CsTopology
}

// onDouble runs a script with a fault on the double.
func onDouble(t *testing.T, base []byte, s contractScript, f contractFault) observed {
	t.Helper()
	double := shelld.New(t, base)
	double.SetBackupModules("paris.contoso.com", contractModules...)
	if s.state != "" {
		double.SetPoolState("paris.contoso.com", s.state)
	}
	if s.revoke {
		if _, err := powershell.Run(t.Context(), double, readBack, s.input); err != nil {
			t.Fatal(err)
		}
	}
	double.Inject(f.double)
	got := observe(t, double, s, shelld.Folder+`\`, double.Document)
	got.Publishes, got.Enables = double.Counts().Publishes, double.Counts().Enables
	return got
}

// onStandIn runs a script with the same fault in PowerShell, over a transport.
func onStandIn(t *testing.T, base []byte, s contractScript, f contractFault, over storeTransport) observed {
	t.Helper()
	host := csmodule.Start(t, base).Desktop()
	transport := over.open(t, host)
	t.Cleanup(func() { _ = transport.Close() })
	host.SetBackupModules("paris.contoso.com", contractModules...)
	if s.state != "" {
		host.SetPoolStates(map[string]string{"paris.contoso.com": s.state})
	}
	if s.revoke {
		if _, err := powershell.Run(t.Context(), transport, readBack, s.input); err != nil {
			t.Fatal(err)
		}
	}
	var faults []csmodule.Fault
	for _, fault := range f.standIn {
		if fault[0] == "NoModule" {
			host.RemoveModule()
		}
		line := slices.Clone(fault)
		for i := range line {
			line[i] = strings.NewReplacer("STEP", s.step, "CALL", s.call).Replace(line[i])
		}
		faults = append(faults, line)
	}
	host.SetFaults(faults...)
	got := observe(t, transport, s, host.Folder()+string(filepath.Separator), host.Document)
	got.Publishes, got.Enables = host.Counts().Publishes, host.Counts().Enables
	return got
}

// runName is the part of the names of files that differs between runs.
var (
	runName    = regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{8}`)
	modulePath = regexp.MustCompile(`PSModulePath is .*`)
)

func observe(
	t *testing.T, transport powershell.Transport, s contractScript, folder string, stored func() []byte,
) observed {
	t.Helper()
	result, err := powershell.Run(t.Context(), transport, s.script, s.input)
	return observeResult(t, result, err, folder, stored())
}

// neutralText returns a function that removes from texts what differs between hosts and runs.
func neutralText(folder string) func(string) string {
	return func(text string) string {
		text = strings.NewReplacer(folder, "FOLDER/", "\r\n", "\n").Replace(text)
		return modulePath.ReplaceAllString(runName.ReplaceAllString(text, "RUN"), "PSModulePath is X")
	}
}

func observeResult(
	t *testing.T, result powershell.Result, err error, folder string, stored []byte,
) observed {
	t.Helper()
	neutral := neutralText(folder)
	got := observed{
		Document: neutral(result.Document), Host: result.Host, Stored: neutral(string(stored)), Warnings: []string{},
	}
	// The double is Windows PowerShell 3.0 on Windows Server 2012.
	got.Host.Computer, got.Host.PowerShell, got.Host.Windows = "", "", ""
	if len(result.Value) > 0 {
		if err := json.Unmarshal(result.Value, &got.Value); err != nil {
			t.Fatal(err)
		}
		got.Value = neutralValue(t, got.Value, neutral)
	}
	for _, warning := range result.Warnings {
		got.Warnings = append(got.Warnings, neutral(warning))
	}
	faults := func(all []powershell.Fault) []powershell.Fault {
		neutrals := []powershell.Fault{}
		for _, fault := range all {
			// PowerShell 7 shortens lines with another character than Windows PowerShell.
			fault.Message = neutral(fault.Message)
			fault.Position = strings.ReplaceAll(neutral(fault.Position), "\u2026", "...")
			neutrals = append(neutrals, fault)
		}
		return neutrals
	}
	got.Faults = faults(result.Faults)
	var failed *powershell.Error
	if errors.As(err, &failed) {
		got.Kind, got.What, got.ExitCode = string(failed.Kind), neutral(failed.What), failed.ExitCode
		got.Unknown, got.Last = failed.OutcomeUnknown(), faults(failed.Faults)
		// Each transport has its own exit code of a killed process. On Windows that looks as if the process had ended.
		if failed.Kind == powershell.Lost || failed.Kind == powershell.ExitCode && failed.ExitCode == math.MaxUint32 {
			got.Kind, got.ExitCode = string(powershell.Lost), 0
		}
	} else if err != nil {
		t.Error(err)
	}
	return got
}

// neutralValue unpacks the blocks of a value and makes its texts neutral.
func neutralValue(t *testing.T, value any, neutral func(string) string) any {
	t.Helper()
	switch value := value.(type) {
	case string:
		quoted, err := json.Marshal(value)
		var block powershell.Block
		if err == nil && regexp.MustCompile(`^\d+:H4s`).MatchString(value) && json.Unmarshal(quoted, &block) == nil {
			return neutral(string(block))
		}
		return neutral(value)
	case []any:
		for i := range value {
			value[i] = neutralValue(t, value[i], neutral)
		}
	case map[string]any:
		for key := range value {
			value[key] = neutralValue(t, value[key], neutral)
		}
	}
	return value
}

// TestContract runs every script with every fault on the double of the management shell and on the stand-in in a real
// PowerShell, over each of the transports. Both return the same results, field by field. Without LYNC_TEST_LONG a fault
// runs with the scripts that it is meant for, and only runs without a fault use other transports than local.
func TestContract(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	base := paired()
	next := unpaired(t, base)
	for scriptName, script := range contractScripts(base, next) {
		for faultName, fault := range contractFaults {
			quick := fault.scripts == "" || slices.Contains(strings.Split(fault.scripts, " "), scriptName) ||
				fault.scripts == scriptName
			// Any other run can exceed the limit on a slow host.
			limited := scriptName == "publish, limited" && faultName != "slow"
			if !quick && !testkit.IsLong() || limited || script.step == "" && usesStep(fault) {
				continue
			}
			for transportName, transport := range storeTransports {
				if transportName != "local" && faultName != "none" && !testkit.IsLong() {
					continue
				}
				t.Run(scriptName+"/"+faultName+"/"+transportName, func(t *testing.T) {
					t.Parallel()
					assertObserved(t, onStandIn(t, base, script, fault, transport), onDouble(t, base, script, fault))
				})
			}
		}
	}
}

// usesStep reports whether a fault occurs at the last step of a script.
func usesStep(fault contractFault) bool {
	return slices.ContainsFunc(fault.standIn, func(f csmodule.Fault) bool { return slices.Contains(f, "STEP") })
}

// assertObserved compares the outcome in PowerShell with that of the double.
func assertObserved(t *testing.T, got, want observed) {
	t.Helper()
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			gotText, _ := json.MarshalIndent(g.Field(i).Interface(), "", "  ")
			wantText, _ := json.MarshalIndent(w.Field(i).Interface(), "", "  ")
			t.Errorf("%s differs\nPowerShell:\n%s\ndouble:\n%s", g.Type().Field(i).Name, gotText, wantText)
		}
	}
}
