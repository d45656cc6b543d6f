// Package stores makes what the tests of the provider run on beside a topology file: deployments, each the double of
// the management shell behind one of the provider's real transports, with a server of the test's own where the
// transport has one. [Chosen] says which one a run of the tests is for.
//
// The PowerShell of local and ssh is the test binary itself: its TestMain begins with [shelld.Main].
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

// Double stands for a deployment without a transport: the store calls the double of the management shell in this
// process.
const Double = "double"

var doubles sync.Map // *shelld.Shell by the name that local has as its executable

// DoubleNamed is the double that the executable of a local transport stands for, nil for a real executable.
func DoubleNamed(executable string) *shelld.Shell {
	double, ok := doubles.Load(executable)
	if !ok {
		return nil
	}
	return double.(*shelld.Shell) //nolint:forcetypeassert // only New stores
}

// File stands for no deployment: the topology is in a file.
const File = "file"

const variable = "LYNC_TEST_STORE"

// Before a TestMain clears the environment.
var chosen = os.Getenv(variable)

// Chosen is the store that the tests of this process run on, from LYNC_TEST_STORE: [File], [Double] or a transport.
func Chosen() string {
	switch {
	case chosen == "":
		return File
	case slices.Contains([]string{File, Double, Local, SSH, WinRM}, chosen):
		return chosen
	default:
		panic(variable + " is " + chosen + ", not file, double, local, ssh or winrm")
	}
}

// Deployment is a deployment of one test.
type Deployment struct {
	*shelld.Shell
	// Transport is the way to it.
	Transport string
	// Settings are those of the transport in the provider's configuration: texts and numbers by name.
	Settings map[string]any
	// Secrets must not be in any log, output or state.
	Secrets []string
	// Cut ends the connections as a network that fails does. What runs on the host goes on. It does nothing for local.
	Cut func()
	// Server is the WinRM service, nil for other transports.
	Server *winrmd.Server

	t *testing.T
}

// New starts a deployment with a topology. It ends with the test.
func New(t *testing.T, transport string, document []byte) *Deployment {
	t.Helper()
	d := &Deployment{Transport: transport, Cut: func() {}, t: t}
	t.Cleanup(d.inspectLog) // the last of all
	d.Shell = shelld.New(t, document)
	switch transport {
	case Double:
		d.Transport = Local
		name := fmt.Sprintf("double-%p", d)
		doubles.Store(name, d.Shell)
		t.Cleanup(func() { doubles.Delete(name) })
		d.Settings = map[string]any{"executable": name}
	case Local:
		d.Settings = map[string]any{"executable": d.Executable()}
	case SSH:
		d.startSSH()
	case WinRM:
		d.startWinRM()
	default:
		t.Fatalf("no transport %q", transport)
	}
	return d
}

// Arguments are those of the provider's configuration that lead to the deployment. Secrets are read from files, so that
// the text of the configuration has none.
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

// Quote is a text in a configuration.
func Quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(quoted))
}
