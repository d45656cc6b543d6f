package provider_test

import (
	"flag"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

var update = flag.Bool("update", false, "update examples/quickstart/topology.mmd")

// example returns the text of a file below examples/.
func example(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// examplesOf returns the names of the files below examples/ that match a pattern, with slashes on every system.
func examplesOf(t *testing.T, pattern string) []string {
	t.Helper()
	root := filepath.Join(testkit.ModuleRoot(t), "examples")
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	names := make([]string, len(paths))
	for i, path := range paths {
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		names[i] = filepath.ToSlash(name)
	}
	return names
}

// TestExampleNames verifies that the prefix of a name can be cut off on every system.
func TestExampleNames(t *testing.T) {
	t.Parallel()
	for _, name := range examplesOf(t, "multi-site/modules/*/*.tf") {
		if !strings.HasPrefix(name, "multi-site/modules/") {
			t.Errorf("the name is %s", name)
		}
	}
}

// exampleEstate returns the estate of the quickstart with the pair that some examples read.
func exampleEstate() testkit.Estate {
	e := testkit.Quickstart()
	e.Pairs = []testkit.Pair{{A: "pool-paris", B: "pool-lyon", CMSMaster: true}}
	for i := range e.Pools {
		if e.Pools[i].FQDN == "pool-lyon" {
			e.Pools[i].Central = testkit.Standby
		}
	}
	return e
}

// TestExamples applies every example without changes. The next plan is empty. Some examples need an existing pair.
func TestExamples(t *testing.T) {
	t.Parallel()
	for pattern, estate := range map[string]testkit.Estate{
		"resources/*/resource.tf":       testkit.Quickstart(),
		"data-sources/*/data-source.tf": exampleEstate(),
		"functions/*/function.tf":       testkit.Quickstart(),
	} {
		for _, name := range examplesOf(t, pattern) {
			if strings.Contains(name, "lync_backup_service") {
				continue // it needs a management shell: TestBackupServiceExamples
			}
			t.Run(name, func(t *testing.T) {
				w := cliTerraform(t, estate)
				w.Config(example(t, name))
				w.MustRun("apply", "-auto-approve")
				assertNoChanges(t, w)
			})
		}
	}
	// Terraform does not configure a provider that no object uses.
	const reader = "\ndata \"lync_topology\" \"all\" {}\n"
	t.Run("provider", func(t *testing.T) {
		w := cliTerraform(t, testkit.Quickstart())
		w.Write("main.tf", example(t, "provider/provider.tf")+reader)
		assertNoChanges(t, w)
	})
	// These deployments do not exist, so the examples are only validated.
	for _, name := range examplesOf(t, "provider/provider_*.tf") {
		t.Run(name, func(t *testing.T) {
			w := cliTerraform(t, testkit.Quickstart())
			w.Write("main.tf", example(t, name)+reader)
			w.MustRun("validate")
		})
	}
}

// TestExampleImports runs every import of the examples on the document of the quickstart after its apply.
func TestExampleImports(t *testing.T) {
	t.Parallel()
	for _, name := range examplesOf(t, "resources/*/import*") {
		t.Run(name, func(t *testing.T) {
			w := cliTerraform(t, exampleEstate())
			before := w.Document()
			resource := example(t, path.Join(path.Dir(name), "resource.tf"))
			// The example declares two resources. The import names the first.
			first := resource[:strings.Index(resource, "\n}\n")+3]
			if filepath.Ext(name) == ".sh" {
				w.Config(first)
				for line := range strings.Lines(example(t, name)) {
					if words := strings.Fields(strings.ReplaceAll(line, "'", "")); len(words) > 0 &&
						words[0] == "terraform" {
						w.MustRun(words[1:]...)
						assertNoChanges(t, w)
						if err := os.Remove(w.Path("terraform.tfstate")); err != nil {
							t.Fatal(err)
						}
					}
				}
				assertDocument(t, w, before)
				return
			}
			if strings.Contains(name, "identity") && !w.SupportsIdentity() {
				t.Skip("this Terraform knows no identities")
			}
			w.Config(first + example(t, name))
			w.MustRun("apply", "-auto-approve")
			assertDocument(t, w, before)
			assertNoChanges(t, w)
		})
	}
}

// exampleFolder copies an example of several files into a workspace, beside its document.
func exampleFolder(t *testing.T, w *testkit.Workspace, folder string) {
	t.Helper()
	for _, name := range examplesOf(t, folder+"/*.*") {
		if base := filepath.Base(name); strings.Contains(base, ".tf") || strings.HasSuffix(base, ".hcl") {
			w.Write(base, example(t, name))
		}
	}
}

// TestRehearsal runs the tests of the rehearsal without changes. They fail for an estate in which a disaster has worse
// consequences.
func TestRehearsal(t *testing.T) {
	e := testkit.Rehearsal()
	w := cliTerraform(t, e)
	exampleFolder(t, w, "failover-rehearsal")
	assertOutput(t, testkit.Fold(w.MustRun("test")), `Success! 7 passed, 0 failed`)
	w.MustFail(`has the name "Pariss"\. There are Boston, Denver, Lyon, Paris\.`, "plan",
		`-var=lost_sites=["Pariss","Boston"]`)
	w.MustFail(`has the name ("Pariss" or null|null or "Pariss")\.`, "plan", `-var=lost_sites=["Pariss",null]`)
	w.MustFail(`No site is lost\. Name those that are: Boston, Denver, Lyon, Paris\.`, "plan", `-var=lost_sites=[]`)
	assertDocument(t, w, e.Document())

	for name, test := range map[string]struct {
		change func(*testkit.Estate)
		want   string
	}{
		"no standby": {func(e *testkit.Estate) { e.Pools[1].Central = "" },
			"Central Management has no standby in Lyon"},
		"incomplete": {func(e *testkit.Estate) { e.Pairs[0].NoService = []string{e.Pairs[0].A} },
			"The users of Paris do not get full service back"},
		"unpaired": {func(e *testkit.Estate) { e.Pairs = e.Pairs[:1] },
			`fe-boston\.contoso\.com names no backup registrar`},
		"gap closed": {func(e *testkit.Estate) {
			e.Pools = slices.DeleteFunc(e.Pools, func(p testkit.Pool) bool { return p.FQDN == "fe-nice" })
		}, "Missing expected failure"},
	} {
		changed := testkit.Rehearsal()
		test.change(&changed)
		w.SetDocument(changed.Document())
		r := w.Run("test")
		if r.ExitCode == 0 {
			t.Errorf("%s: the rehearsal succeeds", name)
		}
		assertOutput(t, testkit.Fold(r.Output), test.want)
	}
}

// TestExampleQueries checks that every query of the examples lists the objects that the resources beside it do not
// declare.
func TestExampleQueries(t *testing.T) {
	t.Parallel()
	for _, name := range examplesOf(t, "list-resources/*/*.tfquery.hcl") {
		t.Run(name, func(t *testing.T) {
			w := cliTerraform(t, exampleEstate())
			if !w.SupportsQuery() {
				t.Skip("this command line has no query")
			}
			w.Config(`
resource "lync_pool_pair" "all" {
  for_each = {}
  pools    = each.value
}

resource "lync_branch_backup" "all" {
  for_each    = { "sba-nantes.contoso.com" = "pool-paris.contoso.com" }
  appliance   = each.key
  backup_pool = each.value
}
`)
			w.MustRun("apply", "-auto-approve")
			w.Write("all.tfquery.hcl", example(t, name))
			output := w.MustRun("query")
			for text, want := range map[string]bool{
				"first_pool=pool-lyon.contoso.com,second_pool=pool-paris.contoso.com": strings.Contains(name,
					"pool_pair"),
				"appliance=sba2010-nantes.contoso.com": strings.Contains(name, "branch_backup"),
				"appliance=sba-nantes.contoso.com":     false,
			} {
				if strings.Contains(output, text) != want {
					t.Errorf("%q is output: %t\n%s", text, !want, output)
				}
			}
		})
	}
}

// TestQuickstart applies the quickstart without changes. Its picture is the diagram of the provider.
func TestQuickstart(t *testing.T) {
	w := cliProcess(t, testkit.Quickstart())
	w.Setenv("TF_DISABLE_PLUGIN_TLS", "") // as Terraform starts a provider outside of these tests
	w.Write("main.tf", example(t, "quickstart/main.tf"))
	w.MustRun("apply", "-auto-approve")

	w.Write("diagram.tf", `data "lync_topology" "all" {}`+"\n"+
		`output "diagram" { value = data.lync_topology.all.diagram }`)
	assertChanges(t, w.ApplyActions(), map[string]string{})
	assertNoChanges(t, w)
	diagram := w.OutputText("diagram")
	diagram = diagram[strings.Index(diagram, "%%{"):]
	if *update {
		//nolint:gosec // examples are world-readable
		if err := os.WriteFile(filepath.Join(testkit.ModuleRoot(t), "examples/quickstart/topology.mmd"),
			[]byte(diagram), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if committed := example(t, "quickstart/topology.mmd"); committed != diagram {
		t.Errorf("examples/quickstart/topology.mmd is not the diagram of the quickstart; update it with "+
			"go test ./internal/provider -run Quickstart -update, then make pictures\n%s", diagram)
	}
}
