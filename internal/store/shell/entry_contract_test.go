//go:build unix

package shell_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// entryRow is a run of a script in a session that the host opens to itself.
type entryRow struct {
	script   string // a name of contractScripts
	double   shelld.Fault
	standIn  []csmodule.Fault
	password string // "" for the right one
	quick    bool   // also without LYNC_TEST_LONG
}

// entryRows returns the faults of a session, and all faults of cmdlets that can occur in one.
func entryRows() map[string]entryRow {
	ended := func(step shelld.Step) shelld.Fault { return shelld.Fault{At: step, Ended: true} }
	rows := map[string]entryRow{
		"publish":               {script: "publish", quick: true},
		"a wrong password":      {script: "get", password: "falsch", quick: true},
		"ends before the mark":  {"publish", ended(shelld.Writing), lines("Kill writing"), "", false},
		"ends before a publish": {"publish", ended(shelld.Publishing), lines("Kill publishing"), "", true},
		"ends after a publish":  {"publish", ended(shelld.Published), lines("Kill published"), "", false},
		"exit":                  {"get", shelld.Fault{Exit: true}, lines("Exit read"), "", false},
	}
	for id, quick := range map[string]bool{
		"-2144108126": true, "-2144108125": false, "-2144108124": false, "AccessDenied": false, "LogonFailure": false,
		"AuthenticationFailed": false, "CannotConnect": false, "CannotConnectWinRMService": true, "4711": false,
	} {
		rows["refused with "+id] = entryRow{"get", shelld.Fault{Entry: id}, lines("Entry " + id), "", quick}
	}
	for _, settings := range [][2]string{{"true", "true"}, {"false", "true"}, {"true", "false"}, {"false", "false"}} {
		client, service := settings[0], settings[1]
		rows["client "+client+", service "+service] = entryRow{
			"get", shelld.Fault{Entry: "4711", Client: client, Service: service},
			lines("Entry 4711", "Client "+client, "Service "+service), "", client == "true" && service == "false",
		}
	}
	for name, fault := range contractFaults {
		// Noise goes to the stream of the session, which WinRM does not have. A killed process is that of the session.
		if name == "garbage" || fault.double.Lost || fault.double.Exit || fault.double.NoModule {
			continue
		}
		if strings.Contains(fault.scripts, ", ") { // the name of one script with an input of its own
			continue
		}
		for _, script := range strings.Split(fault.scripts, " ") {
			if script != "" {
				rows[script+"/"+name] = entryRow{script, fault.double, fault.standIn, "", false}
			}
		}
	}
	return rows
}

// entryObserved is what a run in a session returns, and what it leaves.
type entryObserved struct {
	observed

	Text string // of the error
}

// TestEntryContract runs scripts in a session that the host opens to itself, with re-enter.ps1 as it ships: on the
// double, and in a real PowerShell over a real session, which only is not one of WinRM. Both return the same results,
// field by field.
func TestEntryContract(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	base := paired()
	scripts := contractScripts(base, unpaired(t, base))
	rows := entryRows()
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		row := rows[name]
		if !row.quick && !testkit.IsLong() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := scripts[row.script]
			got, want := row.onStandIn(t, base, script), row.onDouble(t, base, script)
			assertObserved(t, got.observed, want.observed)
			if got.Text != want.Text {
				t.Errorf("the error differs\nPowerShell:\n%s\ndouble:\n%s", got.Text, want.Text)
			}
		})
	}
}

func (r entryRow) usedPassword() string {
	if r.password != "" {
		return r.password
	}
	return entryPassword
}

func (r entryRow) onDouble(t *testing.T, base []byte, s contractScript) entryObserved {
	t.Helper()
	double := shelld.New(t, base)
	double.SetBackupModules("paris.contoso.com", contractModules...)
	double.RequireSecondHop(entryUser, entryPassword)
	double.Inject(r.double)
	inside := powershell.CredSSP(double, entryUser, r.usedPassword())
	return observeEntry(t, inside, s, shelld.Folder+`\`, double.Document)
}

func (r entryRow) onStandIn(t *testing.T, base []byte, s contractScript) entryObserved {
	t.Helper()
	host := csmodule.Start(t, base).Desktop()
	host.SetBackupModules("paris.contoso.com", contractModules...)
	faults := make([]csmodule.Fault, 0, len(r.standIn))
	for _, fault := range r.standIn {
		line := slices.Clone(fault)
		for i := range line {
			line[i] = strings.ReplaceAll(line[i], "CALL", s.call)
		}
		faults = append(faults, line)
	}
	host.SetFaults(faults...)
	sessions := host.OpenSessions(t, entryUser, entryPassword)
	got := observeEntry(t, sessions.Transport(entryUser, r.usedPassword()), s, host.Folder()+"/", host.Document)
	sessions.Wait() // each one ends
	return got
}

// The parts of an error that differ between hosts, and between kinds of sessions.
var (
	entryName = regexp.MustCompile(`to itself \((.+?)\) by CredSSP`)
	entryEnd  = regexp.MustCompile(`The SSH client session has ended .*\n  caused by .*remote session to break\.`)
)

func observeEntry(
	t *testing.T, transport powershell.Transport, s contractScript, folder string, stored func() []byte,
) entryObserved {
	t.Helper()
	result, err := powershell.Run(t.Context(), transport, s.script, s.input)
	got := entryObserved{observed: observeResult(t, result, err, folder, stored())}
	if err == nil {
		return got
	}
	text := neutralText(folder)(err.Error())
	if name := entryName.FindStringSubmatch(text); name != nil {
		text = regexp.MustCompile(`\b`+regexp.QuoteMeta(name[1])+`\b`).ReplaceAllString(text, "HOST")
	}
	text = strings.ReplaceAll(text, transport.Host(), "HOST")
	text = entryEnd.ReplaceAllString(text, "Processing data for a remote command failed.")
	got.Text = regexp.MustCompile(`[0-9a-f]{32}`).ReplaceAllString(text, "NONCE")
	return got
}
