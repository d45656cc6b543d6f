package testkit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// RequiredProviders is the block without which Terraform looks for the provider in another namespace.
const RequiredProviders = `terraform {
  required_providers {
    lync = { source = "lync-iac/lync" }
  }
}

`

// ProviderConfig is the first part of the configuration of a CLI test: the provider with topology.xml in the workspace.
var ProviderConfig = providerConfig(`topology_file = "topology.xml"`)

func providerConfig(arguments string) string {
	return RequiredProviders + `provider "lync" {
  ` + arguments + `
}
`
}

// DocumentName is the file name of the topology document in a workspace.
const DocumentName = "topology.xml"

// runSlots limits the number of concurrent runs of the command line. More runs only take memory.
var runSlots = make(chan struct{}, 2*runtime.NumCPU())

// runLimit bounds one run of the command line.
const runLimit = 5 * time.Minute

// Workspace is a folder in which Terraform (or OpenTofu) runs with the provider of this module, without init and
// without a registry. Its methods may be used by several goroutines; those that can fail the test may not.
type Workspace struct {
	t      *testing.T
	binary string
	config string // folder of the CLI configuration
	dir    string

	store  Store  // nil for a file in dir
	driver Driver // nil for the command line

	mu    sync.Mutex
	env   []string
	plans int
}

// CLI returns an empty workspace. It builds the provider once per process. A TestMain should call [Cleanup] to remove
// it. CLI skips the test if it finds neither Terraform nor OpenTofu.
func CLI(t *testing.T) *Workspace {
	t.Helper()
	SkipIfShort(t)
	binary := terraform(t)
	return newWorkspace(t, binary, filepath.Dir(Provider(t)))
}

// CLIWith is CLI with the provider in a folder instead of the built one.
func CLIWith(t *testing.T, folder string) *Workspace {
	t.Helper()
	SkipIfShort(t)
	return newWorkspace(t, terraform(t), folder)
}

// Driver runs commands instead of the command line. It returns the exit code, standard output, and both streams
// combined.
type Driver func(command string, arguments ...string) (exitCode int, stdout, output string)

// Driven returns an empty workspace that runs commands with a driver, without a process. newDriver returns the driver
// for the folder of the workspace.
func Driven(t *testing.T, newDriver func(dir string) Driver) *Workspace {
	t.Helper()
	w := &Workspace{t: t, dir: t.TempDir()}
	w.driver = newDriver(w.dir)
	return w
}

// terraform returns the path of the command line: that of the acceptance tests, otherwise Terraform or OpenTofu on
// PATH.
func terraform(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform", "tofu"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("neither terraform nor tofu on PATH")
	return ""
}

func newWorkspace(t *testing.T, binary, providers string) *Workspace {
	t.Helper()
	w := &Workspace{t: t, binary: binary, config: t.TempDir(), dir: t.TempDir()}
	file := filepath.Join(w.config, "cli.tfrc")
	folder := filepath.ToSlash(providers)
	w.write(file, fmt.Sprintf(`provider_installation {
  dev_overrides {
    "registry.terraform.io/lync-iac/lync" = %q
    "registry.opentofu.org/lync-iac/lync" = %q
  }
  direct {}
}
`, folder, folder))
	// The caller's settings must not affect a test.
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TF_") && !strings.HasPrefix(v, "LYNC_") {
			w.env = append(w.env, v)
		}
	}
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+file, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0",
		"NO_COLOR=1",
		"TF_DISABLE_PLUGIN_TLS=1") // creating keys takes a third of the time that the start of a provider takes
	return w
}

// Setenv sets an environment variable for the following runs. A driven workspace has no environment.
func (w *Workspace) Setenv(name, value string) {
	if w.driver != nil {
		w.t.Fatalf("%s cannot be set: the runs of this workspace have no process of their own", name)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.env = append(w.env, name+"="+value)
}

// Binary returns the path of the command line.
func (w *Workspace) Binary() string { return w.binary }

// Environment returns the environment of the runs.
func (w *Workspace) Environment() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.env)
}

// Dir returns the folder of the workspace.
func (w *Workspace) Dir() string { return w.dir }

// Path returns the path of a file of the workspace.
func (w *Workspace) Path(name string) string { return filepath.Join(w.dir, name) }

// Write writes a file of the workspace and creates its folder.
func (w *Workspace) Write(name, text string) {
	w.t.Helper()
	w.write(w.Path(name), text)
}

func (w *Workspace) write(path, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// Store holds a topology document outside the workspace's folder.
type Store interface {
	// Arguments returns the arguments of the provider block that select the store.
	Arguments() string
	Document() []byte
	SetDocument(document []byte)
	// Inspect receives the output of every run and the state files. name describes the text.
	Inspect(name, text string)
}

// UseStore makes the workspace use the document in store instead of a file in its folder.
func (w *Workspace) UseStore(store Store) {
	w.store = store
	w.t.Cleanup(func() {
		for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
			if state, err := os.ReadFile(w.Path(name)); err == nil {
				store.Inspect(name, string(state))
			}
		}
	})
}

// ProviderConfig returns the configuration of the provider for the workspace's document.
func (w *Workspace) ProviderConfig() string {
	if w.store == nil {
		return ProviderConfig
	}
	return providerConfig(w.store.Arguments())
}

// Config writes main.tf: the provider's configuration, then text.
func (w *Workspace) Config(text string) {
	w.t.Helper()
	w.Write("main.tf", w.ProviderConfig()+text)
}

// Document returns the topology document.
func (w *Workspace) Document() []byte {
	w.t.Helper()
	if w.store != nil {
		return w.store.Document()
	}
	doc, err := os.ReadFile(w.Path(DocumentName))
	if err != nil {
		w.t.Fatal(err)
	}
	return doc
}

// SetDocument writes the topology document.
func (w *Workspace) SetDocument(doc []byte) {
	w.t.Helper()
	if w.store != nil {
		w.store.SetDocument(doc)
		return
	}
	w.Write(DocumentName, string(doc))
}

// Edit replaces text in the topology document, as [Edit] does.
func (w *Workspace) Edit(from, to string) {
	w.t.Helper()
	doc, err := replace(w.Document(), from, to)
	if err != nil {
		w.t.Fatal(err)
	}
	w.SetDocument(doc)
}

// Result is the result of a run.
type Result struct {
	ExitCode int    // -1 if the run was killed or did not start
	Output   string // standard output and standard error in the order of their writes, without color
	Stdout   string
}

// Run runs the command line in the workspace. A command that changes anything needs "-auto-approve", because standard
// input is empty.
func (w *Workspace) Run(args ...string) Result {
	result := w.run(args...)
	if w.store != nil {
		w.store.Inspect("the output of "+args[0], result.Output)
	}
	return result
}

func (w *Workspace) run(args ...string) Result {
	if w.driver != nil {
		code, stdout, output := w.driver(args[0], args[1:]...)
		return Result{ExitCode: code, Stdout: stdout, Output: output}
	}
	runSlots <- struct{}{}
	defer func() { <-runSlots }()
	ctx, cancel := context.WithTimeout(w.t.Context(), runLimit)
	defer cancel()
	cmd := w.Command(ctx, args...)
	// On an interrupt, Terraform stops its provider. A process that ignores the interrupt is killed after WaitDelay.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	var both, stdout lockedBuffer
	cmd.Stdout, cmd.Stderr = multiWriter{&both, &stdout}, &both
	err := cmd.Run()
	result := Result{
		ExitCode: cmd.ProcessState.ExitCode(), Output: withoutColor(both.String()),
		Stdout: withoutColor(stdout.String()),
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		result.ExitCode = -1
		result.Output += fmt.Sprintf("\n%s %s: %v\n", filepath.Base(w.binary), strings.Join(args, " "), err)
	}
	return result
}

// Command returns a run that is not started. A test uses it to stop the run itself.
func (w *Workspace) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.binary, args...)
	cmd.Dir, cmd.Env = w.dir, w.Environment()
	return cmd
}

// MustRun runs the command line and returns its output. It fails the test if the run fails.
func (w *Workspace) MustRun(args ...string) string {
	w.t.Helper()
	r := w.Run(args...)
	if r.ExitCode != 0 {
		w.t.Fatalf("%s: exit code %d\n%s", strings.Join(args, " "), r.ExitCode, r.Output)
	}
	return r.Output
}

// MustFail runs the command line and returns its folded output. It fails the test unless the run fails with an output
// that, folded, matches the regular expression want.
func (w *Workspace) MustFail(want string, args ...string) string {
	w.t.Helper()
	r := w.Run(args...)
	folded := Fold(r.Output)
	switch {
	case r.ExitCode == 0:
		w.t.Fatalf("%s succeeded, should fail with %q\n%s", strings.Join(args, " "), want, r.Output)
	case !regexp.MustCompile(want).MatchString(folded):
		w.t.Fatalf("%s: the output does not match %q\n%s", strings.Join(args, " "), want, r.Output)
	}
	return folded
}

// Init installs the modules of the configuration. Providers need no installation.
func (w *Workspace) Init() {
	w.t.Helper()
	w.MustRun("get")
}
