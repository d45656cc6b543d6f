// Package stores provides deployments for tests of the provider, as alternatives to a topology file. A deployment is a
// double of the management shell behind one of the provider's transports, with a test server for ssh and winrm, or a
// real PowerShell with the stand-in of package csmodule. [Chosen] returns the store that the tests use.
//
// For local, ssh and pwsh, the test binary acts as PowerShell. Its TestMain must call [shelld.Main] and
// [csmodule.Main] first.
package stores

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// The transports of a deployment.
const (
	Local = "local"
	SSH   = "ssh"
	WinRM = "winrm"
)

// PowerShell selects a deployment with a real PowerShell, behind the transport [Local].
const PowerShell = "pwsh"

// Double selects a deployment without a transport. The store calls the double of the management shell in this process.
const Double = "double"

var doubles sync.Map // *shelld.Shell by the value of the argument executable

// DoubleNamed returns the double that is registered as the executable of a local transport, or nil.
func DoubleNamed(executable string) *shelld.Shell {
	double, ok := doubles.Load(executable)
	if !ok {
		return nil
	}
	return double.(*shelld.Shell) //nolint:forcetypeassert // New stores only this type
}

// File selects a topology file instead of a deployment.
const File = "file"

const variable = "LYNC_TEST_STORE"

// chosen is a variable because a TestMain may clear the environment before a test runs.
var chosen = os.Getenv(variable)

// Chosen returns the store that the tests of this process use, from LYNC_TEST_STORE: [File], [Double] or a transport.
func Chosen() string {
	switch {
	case chosen == "":
		return File
	case slices.Contains([]string{File, Double, Local, SSH, WinRM, PowerShell}, chosen):
		return chosen
	default:
		panic(variable + " is " + chosen + ", want file, double, local, ssh, winrm or pwsh")
	}
}

// Host is the host of a deployment.
type Host interface {
	// Document returns the document in the store.
	Document() []byte
	// SetDocument replaces the document, as a publish by another administrator does.
	SetDocument(document []byte)
	// Counts returns the numbers of runs of cmdlets.
	Counts() shelld.Counts
}

// Deployment is a deployment of one test.
type Deployment struct {
	Host
	Transport string
	// Settings are the arguments of the transport in the provider's configuration, with string and number values.
	Settings map[string]any
	// Secrets must not appear in any log, output or state.
	Secrets []string
	// Cut breaks the connections, as a network failure does. Scripts on the host continue. It does nothing for local.
	Cut func()
	// Server is the WinRM service, nil for other transports.
	Server *winrmd.Server

	t      *testing.T
	double *shelld.Shell // nil for PowerShell
}

// New starts a deployment with a topology, behind a transport, [Double] or [PowerShell]. It ends with the test.
func New(t *testing.T, transport string, document []byte) *Deployment {
	t.Helper()
	d := &Deployment{Transport: transport, Cut: func() {}, t: t}
	t.Cleanup(d.inspectLog) // runs after all other cleanups
	if transport == PowerShell {
		d.startPowerShell(document)
		return d
	}
	d.double = shelld.New(t, document)
	d.Host = d.double
	switch transport {
	case Double:
		d.Transport = Local
		name := fmt.Sprintf("double-%p", d)
		doubles.Store(name, d.double)
		t.Cleanup(func() { doubles.Delete(name) })
		d.Settings = map[string]any{"executable": name}
	case Local:
		d.Settings = map[string]any{"executable": d.double.Executable()}
	case SSH:
		d.startSSH()
	case WinRM:
		d.startWinRM()
	default:
		t.Fatalf("unknown transport %q", transport)
	}
	return d
}

// Arguments returns the arguments of the provider block for the deployment. The configuration reads secrets from files
// and does not contain them.
func (d *Deployment) Arguments() string {
	d.t.Helper()
	lines := []string{}
	for name, value := range d.Settings {
		lines = append(lines, name+" = "+d.expression(value))
	}
	slices.Sort(lines)
	return fmt.Sprintf("management_shell = {\n    %s = {\n      %s\n    }\n  }", d.Transport,
		strings.Join(lines, "\n      "))
}

func (d *Deployment) expression(value any) string {
	d.t.Helper()
	text, isText := value.(string)
	if isText && slices.Contains(d.Secrets, text) {
		path := filepath.Join(d.t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
		return "file(" + Quote(filepath.ToSlash(path)) + ")"
	}
	if isText {
		return Quote(text)
	}
	return fmt.Sprint(value)
}

// Quote returns text as a string literal of the configuration language.
func Quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(quoted))
}
