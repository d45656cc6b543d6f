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

// ProviderConfig is the configuration every CLI test begins with: the provider on topology.xml in the workspace.
var ProviderConfig = providerConfig(`topology_file = "topology.xml"`)

func providerConfig(arguments string) string {
	return `terraform {
  required_providers {
    lync = { source = "lync-iac/lync" }
  }
}

provider "lync" {
  ` + arguments + `
}
`
}

// DocumentName is the topology document of a workspace.
const DocumentName = "topology.xml"

// places limits how many runs of the command line there are at a time: more only take memory.
var places = make(chan struct{}, 2*runtime.NumCPU())

// runLimit bounds one run of the command line.
const runLimit = 5 * time.Minute

// Workspace is a folder in which Terraform (or OpenTofu) runs with the provider of this module, without init and
// without a registry. Its methods may be used by several goroutines; those that can fail the test may not.
type Workspace struct {
	t      *testing.T
	binary string
	config string // folder with what is not part of the configuration
	dir    string

	store  Store  // nil for a file in dir
	driver Driver // nil for the command line

	mu    sync.Mutex
	env   []string
	plans int
}

// CLI returns an empty workspace. The provider is built once for all tests of the process; a TestMain should call
// [Cleanup] to remove it. Without Terraform and OpenTofu the test is skipped.
func CLI(t *testing.T) *Workspace {
	t.Helper()
	SkipIfShort(t)
	binary := terraform(t)
	provider, err := buildProvider(ModuleRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	return newWorkspace(t, binary, filepath.Dir(provider))
}

// Driver runs commands in the place of the command line. It returns the exit code, what goes to standard output, and
// both streams.
type Driver func(command string, arguments ...string) (exitCode int, stdout, output string)

// Driven returns an empty workspace whose runs are those of a driver, without a process. newDriver makes the driver for
// the folder of the workspace.
func Driven(t *testing.T, newDriver func(dir string) Driver) *Workspace {
	t.Helper()
	w := &Workspace{t: t, dir: t.TempDir()}
	w.driver = newDriver(w.dir)
	return w
}

// terraform returns the command line to use: the one that the acceptance tests use, else what is on PATH.
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
	// What the caller's shell has set must not change what a test sees.
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

// Setenv sets an environment variable for the runs that follow. A driven workspace has none.
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
	isLog := func(v string) bool { return strings.HasPrefix(v, "TF_LOG=") }
	if slices.ContainsFunc(w.env, isLog) {
		return slices.Clone(w.env)
	}
	// Without it the provider writes every message of the framework, and Terraform parses and drops them.
	return append(slices.Clone(w.env), "TF_LOG_SDK=off")
}

// Dir returns the folder of the workspace.
func (w *Workspace) Dir() string { return w.dir }

// Path returns the path of a file of the workspace.
func (w *Workspace) Path(name string) string { return filepath.Join(w.dir, name) }

// Write writes a file of the workspace, and the folder it is in.
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

// Store is where a topology document is that is no file.
type Store interface {
	// Arguments are those of the provider's configuration that lead to it.
	Arguments() string
	Document() []byte
	SetDocument(document []byte)
	// Inspect sees what runs print and keep.
	Inspect(what, text string)
}

// UseStore makes the workspace work on a document elsewhere instead of a file in its folder.
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

// ProviderConfig is the provider on the workspace's document.
func (w *Workspace) ProviderConfig() string {
	if w.store == nil {
		return ProviderConfig
	}
	return providerConfig(w.store.Arguments())
}

// Config writes main.tf: the provider on the workspace's document, and what is given.
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

// Result is how a run ended.
type Result struct {
	ExitCode int    // -1 when it did not come to an end by itself
	Output   string // both streams as they came, without color
	Stdout   string
}

// Run runs the command line in the workspace. A change needs "-auto-approve", as nobody is there to answer.
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
	places <- struct{}{}
	defer func() { <-places }()
	ctx, cancel := context.WithTimeout(w.t.Context(), runLimit)
	defer cancel()
	cmd := w.Command(ctx, args...)
	// An interrupt lets Terraform end its provider; what does not listen is killed a little later.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	var both, stdout shared
	cmd.Stdout, cmd.Stderr = writers{&both, &stdout}, &both
	err := cmd.Run()
	result := Result{
		ExitCode: cmd.ProcessState.ExitCode(), Output: plain(both.String()), Stdout: plain(stdout.String()),
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		result.ExitCode = -1
		result.Output += fmt.Sprintf("\n%s %s: %v\n", filepath.Base(w.binary), strings.Join(args, " "), err)
	}
	return result
}

// Command returns a run that is not started yet, for a test that wants to end it itself.
func (w *Workspace) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.binary, args...)
	cmd.Dir, cmd.Env = w.dir, w.Environment()
	return cmd
}

// MustRun runs the command line and returns its output. It fails the test when the run fails.
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

// Init installs the modules of a configuration that has any. Providers need no installation.
func (w *Workspace) Init() {
	w.t.Helper()
	w.MustRun("get")
}
