package csmodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// Host is a host with a real PowerShell and the stand-in. Its methods may be called while scripts run.
type Host struct {
	t          testing.TB
	folder     string
	executable string
	setup      setup
}

// setup describes a host to the processes that are started as [Host.Executable].
type setup struct {
	PowerShell  string            `json:"powershell"`
	Environment map[string]string `json:"environment"`
	Desktop     bool              `json:"desktop"`
	Entry       bool              `json:"entry"` // the host opens sessions to itself
}

// Fault is a line of the file of faults: a name and its arguments.
type Fault []string

// Start returns a host with a store that holds document. It skips the test if there is no PowerShell.
func Start(t testing.TB, document []byte) *Host {
	t.Helper()
	executable := testkit.RequirePowerShell(t)
	// The path must be one word for every shell. The name of a test, and therefore t.TempDir, may have other
	// characters.
	folder, err := os.MkdirTemp("", "lync-host") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		t.Fatal(err)
	}
	h := &Host{t: t, folder: folder, setup: setup{PowerShell: executable, Environment: map[string]string{
		"PSModulePath": modulePath(executable, modules(t, executable)), "LYNC_STORE": filepath.Join(folder, "store"),
		"LYNC_MUTEX": powershell.NewID(), "ProgramData": filepath.Join(folder, "ProgramData"),
		"POWERSHELL_TELEMETRY_OPTOUT": "1",
	}}}
	if err := errors.Join(os.Mkdir(h.setup.Environment["LYNC_STORE"], 0o700),
		os.Mkdir(h.setup.Environment["ProgramData"], 0o700)); err != nil {
		t.Fatal(err)
	}
	h.executable = testkit.Self(t, folder, program)
	h.save()
	h.SetDocument(document)
	h.write("urls", "Global\tDialin\t*\thttps://dialin.contoso.com",
		"Global\tMeet\tcontoso.com\thttps://meet.contoso.com")
	return h
}

// Desktop makes the scripts load the module as in Windows PowerShell.
func (h *Host) Desktop() *Host {
	h.setup.Desktop = true
	h.save()
	return h
}

// Setenv sets an environment variable of the host's PowerShell. It replaces that of the caller.
func (h *Host) Setenv(name, value string) {
	h.setup.Environment = maps.Clone(h.setup.Environment)
	h.setup.Environment[name] = value
	h.save()
}

// RemoveModule hides the module of cmdlets.
func (h *Host) RemoveModule() {
	h.Setenv("PSModulePath", modulePath(h.setup.PowerShell, h.t.TempDir()))
}

// SetModule replaces the module of cmdlets with a module that is this script. The scripts load it as in Windows
// PowerShell.
func (h *Host) SetModule(script string) {
	h.t.Helper()
	folder := h.t.TempDir()
	path := filepath.Join(folder, moduleName, moduleName+".psm1")
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(script), 0o600)); err != nil {
		h.t.Fatal(err)
	}
	h.Setenv("PSModulePath", modulePath(h.setup.PowerShell, folder))
}

func (h *Host) save() {
	text, err := json.Marshal(h.setup)
	if err := errors.Join(err, os.WriteFile(h.Executable()+setupFile, text, 0o600)); err != nil {
		h.t.Fatal(err)
	}
}

// program is the name of the executable of PowerShell, without the extension of Windows.
const program = "pwsh"

// Executable returns the path of an executable that runs the host's PowerShell.
func (h *Host) Executable() string { return h.executable }

// Transport returns a transport that runs scripts on the host.
func (h *Host) Transport() *local.Transport { return &local.Transport{Executable: h.Executable()} }

// Folder returns the folder of the host's backups and reports.
func (h *Host) Folder() string {
	return filepath.Join(h.setup.Environment["ProgramData"], "terraform-provider-lync")
}

// Document returns the document in the store.
func (h *Host) Document() []byte { return h.read("topology.xml") }

// SetDocument replaces the document, as a publish by another administrator does.
func (h *Host) SetDocument(document []byte) {
	path := h.path("topology." + powershell.NewID())
	if err := errors.Join(os.WriteFile(path, []byte(testkit.StoredText(document)), 0o600),
		os.Rename(path, h.path("topology.xml"))); err != nil {
		h.t.Fatal(err)
	}
}

// SetFaults replaces the faults of the scripts that start afterwards.
func (h *Host) SetFaults(faults ...Fault) {
	lines := make([]string, 0, len(faults))
	for _, fault := range faults {
		lines = append(lines, strings.Join(fault, "\t"))
	}
	h.write("faults", lines...)
}

// SetPoolStates replaces the states of the pools. All others are Active.
func (h *Host) SetPoolStates(states map[string]string) {
	lines := make([]string, 0, len(states))
	for _, pool := range slices.Sorted(maps.Keys(states)) {
		lines = append(lines, pool+"\t"+states[pool])
	}
	h.write("states", lines...)
}

// SetBackupModules adds a backup service with these modules to a pool. No other pool has one.
func (h *Host) SetBackupModules(pool string, modules ...resilience.BackupModule) {
	lines := make([]string, 0, len(modules))
	for _, m := range modules {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s", pool, m.Identity, m.Export, m.Import))
	}
	h.write("backup", lines...)
}

// Counts returns the numbers of runs of the cmdlets that write.
func (h *Host) Counts() shelld.Counts {
	return shelld.Counts{Publishes: h.Calls("Publish-CsTopology"), Enables: h.Calls("Enable-CsTopology")}
}

// Calls returns the number of calls of a cmdlet.
func (h *Host) Calls(cmdlet string) int { return len(h.Arguments(cmdlet)) }

// Arguments returns the arguments of each call of a cmdlet, each in the form NAME=VALUE. They include those that the
// scripts add to every call, such as ErrorAction.
func (h *Host) Arguments(cmdlet string) [][]string {
	content, err := os.ReadFile(h.path("calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		h.t.Fatal(err)
	}
	var calls [][]string
	for line := range strings.Lines(string(content)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if fields[0] == cmdlet {
			calls = append(calls, fields[1:])
		}
	}
	return calls
}

func (h *Host) path(name string) string {
	return filepath.Join(h.setup.Environment["LYNC_STORE"], name)
}

func (h *Host) read(name string) []byte {
	content, err := os.ReadFile(h.path(name))
	if err != nil {
		h.t.Fatal(err)
	}
	return content
}

func (h *Host) write(name string, lines ...string) {
	text := strings.Join(lines, "\n")
	if text != "" {
		text += "\n"
	}
	if err := os.WriteFile(h.path(name), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}
