package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	Cleanup()
	os.Exit(code)
}

// newBareWorkspace returns a workspace without a provider.
func newBareWorkspace(t *testing.T) *Workspace {
	t.Helper()
	t.Setenv("TF_CLI_ARGS_plan", "-no-such-flag") // newWorkspace must remove it
	return newWorkspace(t, terraform(t), t.TempDir())
}

func TestWorkspaceRuns(t *testing.T) {
	w := newBareWorkspace(t)
	w.Write("main.tf", `
variable "word" { default = "one" }
resource "terraform_data" "x" { input = var.word }
output "word" { value = var.word }
`)
	plan := w.PlanJSON()
	if got, want := plan.Actions(), map[string]string{"terraform_data.x": "create"}; !reflect.DeepEqual(got, want) {
		t.Errorf("actions %v, want %v", got, want)
	}
	w.MustRun("apply", plan.File)
	if got := w.Resource("terraform_data.x")["output"]; got != "one" {
		t.Errorf("output %v", got)
	}
	if got := w.OutputText("word"); got != "one" {
		t.Errorf("output word %q", got)
	}
	if got := w.PlanActions(); len(got) != 0 {
		t.Errorf("a second plan has %v", got)
	}
	w.Setenv("TF_VAR_word", "two")
	if got := w.PlanJSON().ResourceChange("terraform_data.x"); got.Actions() != "update" || got.Change.Before == nil {
		t.Errorf("change %v", got)
	}
	replacement := w.PlanJSON("-replace=terraform_data.x").ResourceChange("terraform_data.x")
	if got := replacement.Actions(); got != "delete,create" {
		t.Errorf("replace: %s", got)
	}
	if got := w.Run("plan", "-detailed-exitcode").ExitCode; got != 2 {
		t.Errorf("exit code %d", got)
	}
}

func TestServeState(t *testing.T) {
	w := newBareWorkspace(t)
	w.Write("main.tf", `resource "terraform_data" "x" { input = "one" }`)
	w.ServeState()
	w.MustRun("init")
	if got, want := w.ApplyActions(), map[string]string{"terraform_data.x": "create"}; !reflect.DeepEqual(got, want) {
		t.Errorf("actions %v, want %v", got, want)
	}
	if got := w.Resource("terraform_data.x")["output"]; got != "one" {
		t.Errorf("output %v", got)
	}
	if got := w.ApplyActions("-replace=terraform_data.x"); got["terraform_data.x"] != "replace" {
		t.Errorf("actions %v", got)
	}
	if _, err := os.Stat(w.Path("terraform.tfstate")); !os.IsNotExist(err) {
		t.Errorf("the folder has a state file: %v", err)
	}
}

func TestWorkspaceFails(t *testing.T) {
	w := newBareWorkspace(t)
	w.Write("main.tf", `
resource "terraform_data" "x" {
  lifecycle {
    precondition {
      condition     = length(path.root) == 0
      error_message = "A sentence of such a length that Terraform must wrap it when it prints it, at least once."
    }
  }
}
`)
	w.MustFail(`Error: Resource precondition failed .* Terraform must wrap it when it prints it, at least once\.`,
		"plan")
	wrapped := Wrapped("Terraform must wrap it when it prints it, at least once.")
	if out := w.Run("plan").Output; !wrapped.MatchString(out) {
		t.Errorf("the output does not match %s:\n%s", wrapped, out)
	}
}

func TestWorkspaceDocument(t *testing.T) {
	w := newBareWorkspace(t)
	w.SetDocument(Fixture(t))
	w.Edit("<Name>Paris</Name>", "<Name>Paname</Name>")
	if got := Diff(Fixture(t), w.Document()); got != "-      <Name>Paris</Name>\n+      <Name>Paname</Name>\n" {
		t.Error(got)
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"╷\n│ \x1b[31mError:\x1b[0m one\n│ two\n╵\n": "Error: one two",
		"  a\r\n\tb ": "a b",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// TestBuildOnce verifies that the provider is built once and that Cleanup removes it.
func TestBuildOnce(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module example.com/provider\n\ngo 1.26\n",
		"main.go": "package main\n\nfunc main() { println(\"built\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	Cleanup()
	path, err := buildProvider(root)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := buildProvider(t.TempDir()); err != nil || again != path {
		t.Errorf("second build: %s, %v; want %s from the first", again, err, path)
	}
	if out, err := exec.CommandContext(t.Context(), path).CombinedOutput(); string(out) != "built\n" {
		t.Errorf("%s, %v", out, err)
	}
	Cleanup()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the provider exists after Cleanup: %v", err)
	}
	if _, err := buildProvider(t.TempDir()); err == nil {
		t.Error("no error from a build in an empty folder")
	}
	Cleanup()
}
