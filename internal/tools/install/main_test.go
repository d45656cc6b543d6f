package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/version"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testkit.Cleanup()
	os.Exit(code)
}

func TestImpliedMirror(t *testing.T) {
	t.Parallel()
	env := func(name string) string { return map[string]string{"HOME": "home", "APPDATA": "appdata"}[name] }
	for goos, want := range map[string]string{
		"linux":   "home/.terraform.d/plugins",
		"darwin":  "home/.terraform.d/plugins",
		"windows": "appdata/terraform.d/plugins",
	} {
		got, err := impliedMirror(goos, env)
		if err != nil || filepath.ToSlash(got) != want {
			t.Errorf("%s: %q, %v; want %q", goos, got, err, want)
		}
	}
}

func TestNoHome(t *testing.T) {
	t.Parallel()
	for goos, want := range map[string]string{"linux": "HOME is not set", "windows": "APPDATA is not set"} {
		if got, err := impliedMirror(goos, func(string) string { return "" }); err == nil || err.Error() != want {
			t.Errorf("%s: %q, %v; want %q", goos, got, err, want)
		}
	}
}

func TestProviderPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ goos, goarch, want string }{
		{"linux", "amd64", "registry.example/lync-iac/lync/1.2.3/linux_amd64/terraform-provider-lync_v1.2.3"},
		{"darwin", "arm64", "registry.example/lync-iac/lync/1.2.3/darwin_arm64/terraform-provider-lync_v1.2.3"},
		{"windows", "amd64", "registry.example/lync-iac/lync/1.2.3/windows_amd64/terraform-provider-lync_v1.2.3.exe"},
	} {
		if got := filepath.ToSlash(providerPath("registry.example", "1.2.3", c.goos, c.goarch)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.goos, got, c.want)
		}
	}
}

func TestPut(t *testing.T) {
	t.Parallel()
	from, path := filepath.Join(t.TempDir(), "built"), filepath.Join(t.TempDir(), "a", "b", "provider")
	for _, step := range []struct {
		content string
		want    outcome
	}{{"one", installed}, {"one", unchanged}, {"two", changed}} {
		if err := os.WriteFile(from, []byte(step.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := put(from, path)
		if err != nil || got != step.want {
			t.Fatalf("%s: %s, %v; want %s", step.content, got, err, step.want)
		}
		if content, err := os.ReadFile(path); err != nil || string(content) != step.content {
			t.Fatalf("%s: %q, %v", step.content, content, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0 {
		t.Errorf("the mode is %v, want an executable file", info.Mode())
	}
	for folder, want := range map[string]int{filepath.Dir(path): 1, filepath.Dir(filepath.Dir(path)): 1} {
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != want {
			t.Errorf("%s has %v, %v", folder, entries, err)
		}
	}
}

// machine simulates a computer without a configuration of Terraform: a home folder and a working folder.
type machine struct {
	t                     *testing.T
	terraform, home, work string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("on Windows, no environment variable changes the folder that Terraform uses")
	}
	for _, name := range []string{os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return &machine{t: t, terraform: path, home: t.TempDir(), work: t.TempDir()}
		}
	}
	t.Skip("neither terraform nor tofu on PATH")
	return nil
}

// run runs Terraform and verifies the exit code. The caller's settings do not affect it.
func (m *machine) run(code int, args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), m.terraform, args...)
	cmd.Dir = m.work
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TF_") && !strings.HasPrefix(v, "XDG_") && !strings.HasPrefix(v, "LYNC_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "HOME="+m.home, "CHECKPOINT_DISABLE=1", "TF_INPUT=0", "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		m.t.Fatalf("%s: %v, want exit code %d\n%s", strings.Join(args, " "), err, code, out)
	}
	return string(out)
}

func (m *machine) write(name string, content []byte) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.work, name), content, 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// install installs the built provider into the home folder and returns the output.
func (m *machine) install() string {
	m.t.Helper()
	plugins, err := impliedMirror(runtime.GOOS, func(string) string { return m.home })
	if err != nil {
		m.t.Fatal(err)
	}
	var output bytes.Buffer
	if err := install(io.MultiWriter(&output, m.t.Output()), testkit.Provider(m.t), plugins); err != nil {
		m.t.Fatal(err)
	}
	return output.String()
}

// block matches the terraform block in the output of an installation.
var block = regexp.MustCompile(`(?ms)^  terraform \{.*?^  \}$`)

// TestInstall follows the steps that the output of an installation describes.
func TestInstall(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	output := m.install()
	required := block.FindString(output)
	if required == "" || strings.Contains(output, ".terraform.lock.hcl") {
		t.Fatalf("the output of the first installation is\n%s", output)
	}
	m.write("main.tf", []byte(required+`
provider "lync" {
  topology_file = "topology.xml"
}

resource "lync_pool_pair" "a_b" {
  pools = ["a.contoso.com", "b.contoso.com"]
}
`))
	estate := testkit.Estate{Pools: []testkit.Pool{{FQDN: "a", Site: 1}, {FQDN: "b", Site: 2}}}
	m.write("topology.xml", estate.Document())

	m.run(0, "init")
	if out := m.run(0, "providers"); !strings.Contains(out, "/lync-iac/lync") {
		t.Errorf("providers:\n%s", out)
	}
	if out := m.run(0, "version"); !strings.Contains(out, "/lync-iac/lync v"+version.Release) {
		t.Errorf("version:\n%s", out)
	}
	if out := m.run(2, "plan", "-detailed-exitcode"); !strings.Contains(out, "1 to add") {
		t.Errorf("plan:\n%s", out)
	}

	// The same file again: the output does not mention checksums, and Terraform still works.
	if output := m.install(); strings.Contains(output, ".terraform.lock.hcl") ||
		strings.Count(output, string(unchanged)+" ") != len(hosts) {
		t.Errorf("the output of the second installation is\n%s", output)
	}
	m.run(2, "plan", "-detailed-exitcode")

	// Another file: the installed file differs in a byte.
	for _, host := range hosts {
		m.spoil(filepath.Join(m.home, ".terraform.d", "plugins",
			providerPath(host, version.Release, runtime.GOOS, runtime.GOARCH)))
	}
	m.unlock()
	m.run(0, "init")
	if output := m.install(); !strings.Contains(output, ".terraform.lock.hcl") ||
		strings.Count(output, string(changed)+" ") != len(hosts) {
		t.Errorf("the output of the third installation is\n%s", output)
	}
	m.run(1, "plan")
	m.run(1, "init")
	m.run(1, "init", "-upgrade")
	m.unlock()
	m.run(0, "init")
	m.run(2, "plan", "-detailed-exitcode")
}

// spoil appends a byte to a file.
func (m *machine) spoil(path string) {
	m.t.Helper()
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(content, 0), 0o755)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// unlock removes the block of the provider from the lock file.
func (m *machine) unlock() {
	m.t.Helper()
	const name = ".terraform.lock.hcl"
	content, err := os.ReadFile(filepath.Join(m.work, name))
	if err != nil {
		m.t.Fatal(err)
	}
	without := regexp.MustCompile(`(?ms)^provider "[^"]*/lync-iac/lync" \{.*?^\}$`).ReplaceAll(content, nil)
	if bytes.Equal(without, content) {
		m.t.Fatalf("no block of the provider in\n%s", content)
	}
	m.write(name, without)
}
