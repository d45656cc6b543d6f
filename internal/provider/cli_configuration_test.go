package provider_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// configurationOutput is the configuration of the guide.
const configurationOutput = `data "lync_topology" "all" {}

output "configuration" {
  value     = data.lync_topology.all.configuration
  sensitive = true
}
`

// imported matches the id of an import block. leftOut matches the relationships in a comment about a finding.
var (
	imported = regexp.MustCompile(`(?m)^  id = (".*")$`)
	leftOut  = regexp.MustCompile(`(?m)^# - the (?:pools (.*) and (.*)|appliance (.*))$`)
)

// configurationOf returns the configuration of the document in a workspace.
func configurationOf(t *testing.T, w *testkit.Workspace) string {
	t.Helper()
	w.Config(configurationOutput)
	w.MustRun("apply", "-auto-approve")
	return w.Run("output", "-raw", "configuration").Stdout
}

// assertAdopted writes the configuration of a document to a file, as the guide does. The plan has only imports. The
// apply does not change the document, and the plan after it is empty, also without the import blocks. It returns the
// configuration.
func assertAdopted(t *testing.T, w *testkit.Workspace) string {
	t.Helper()
	before := w.Document()
	text := configurationOf(t, w)
	assertForm(t, text)
	w.Write("relations.tf", text)
	imports := len(imported.FindAllString(text, -1))
	if imports == 0 {
		assertNoChanges(t, w)
		return text
	}
	want := fmt.Sprintf("Plan: %d to import, 0 to add, 0 to change, 0 to destroy.", imports)
	if output := w.MustRun("plan", "-out=adopt.tfplan"); !strings.Contains(output, want) {
		t.Fatalf("want %q:\n%s\n%s", want, output, text)
	}
	w.MustRun("apply", "adopt.tfplan")
	assertDocument(t, w, before)
	assertNoChanges(t, w)
	declared, _, found := strings.Cut(text, "# The import blocks. Remove them after the apply")
	if !found {
		t.Errorf("the import blocks have no heading:\n%s", text)
	}
	w.Write("relations.tf", declared)
	w.Config("")
	if output := w.MustRun("apply", "-auto-approve"); strings.Contains(output, "  # lync_") {
		t.Errorf("without the import blocks and the data source:\n%s", output)
	}
	assertNoChanges(t, w)
	assertDocument(t, w, before)
	return text
}

// assertForm checks that a configuration is printable ASCII, can be parsed, is formatted, and has a resource for each
// import.
func assertForm(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		for _, r := range strings.TrimSuffix(line, "\n") {
			if r < ' ' || r > '~' {
				t.Errorf("%q has the character %q", line, r)
			}
		}
	}
	if formatted := hclwrite.Format([]byte(text)); !bytes.Equal(formatted, []byte(text)) {
		t.Errorf("the text is not formatted:\n%s", testkit.Diff(formatted, []byte(text)))
	}
	file, diags := hclsyntax.ParseConfig([]byte(text), "relations.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	body, _ := file.Body.(*hclsyntax.Body)
	declared, imports := map[string]bool{}, map[string]bool{}
	for _, b := range body.Blocks {
		switch b.Type {
		case "resource":
			declared[strings.Join(b.Labels, ".")] = true
			if !hclsyntax.ValidIdentifier(b.Labels[1]) {
				t.Errorf("%q is no name", b.Labels[1])
			}
		case "import":
			to := b.Body.Attributes["to"].Expr.Variables()[0]
			step, _ := to[1].(hcl.TraverseAttr)
			imports[to.RootName()+"."+step.Name] = true
		default:
			t.Errorf("the text has a block of type %s", b.Type)
		}
	}
	if fmt.Sprint(declared) != fmt.Sprint(imports) || len(declared) != len(imported.FindAllString(text, -1)) {
		t.Errorf("declared: %v, imported: %v", declared, imports)
	}
}

// assertEverythingIsThere checks that each pair and each appliance of a document is imported, or is in a comment. A
// complete pair and an appliance that no finding of the rules about adoption concerns has to be imported.
func assertEverythingIsThere(t *testing.T, doc []byte, text string) {
	t.Helper()
	parsed, err := topology.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	model, there := parsed.Topology(), map[string]bool{}
	for _, id := range imported.FindAllStringSubmatch(text, -1) {
		there[strings.Trim(id[1], `"`)] = true
	}
	for _, names := range leftOut.FindAllStringSubmatch(text, -1) {
		there[names[3]] = true
		there[names[1]+","+names[2]] = true
	}
	for _, pair := range model.Pairs() {
		if id := pair.ID().String(); pair.First.IsFrontEnd2013() && pair.Second.IsFrontEnd2013() && !there[id] {
			t.Errorf("the pair %s is missing:\n%s", id, text)
		}
	}
	for _, a := range model.IntendedAppliances() {
		if !there[a.FQDN.String()] {
			t.Errorf("the appliance %s is missing:\n%s", a.FQDN, text)
		}
	}
}

// TestConfigurationOfEveryDocument adopts each topology document of the repository.
func TestConfigurationOfEveryDocument(t *testing.T) {
	t.Parallel()
	root := os.DirFS(testkit.ModuleRoot(t))
	documents := 0
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".xml" {
			return err
		}
		doc, err := fs.ReadFile(root, name)
		if err != nil || !strings.Contains(testkit.Decode(doc), "Topology") {
			return err
		}
		documents++
		t.Run(name, func(t *testing.T) {
			w := cliWorkspace(t, testkit.Estate{Pools: []testkit.Pool{{FQDN: "a"}}})
			w.SetDocument(doc)
			assertEverythingIsThere(t, doc, assertAdopted(t, w))
		})
		return nil
	})
	if err != nil || documents < 6 {
		t.Errorf("%d documents: %v", documents, err)
	}
}

// TestConfigurationOfTheEstate has parts of the configuration of examples/import-estate, which adopts 38 pairs and 398
// appliances. The comments name the findings of the others.
func TestConfigurationOfTheEstate(t *testing.T) {
	text := configurationOf(t, cliWorkspace(t, testkit.ImportEstate()))
	for _, want := range []string{
		"# This configuration adopts 38 pool pairs and 398 branch appliances as they are in the topology.\n",
		"# Not adopted: One-way backup relationship (PP-RECIP)\n" +
			"# - the pools pool-39a.contoso.com and pool-39b.contoso.com\n",
		"# Not adopted: Incomplete pair (PP-WHOLE)\n# - the pools pool-40a.contoso.com and pool-40b.contoso.com\n",
		"# Not adopted: Appliance without exactly one pool (BR-ONE)\n# - the appliance sba-399.contoso.com\n",
		"# Not adopted: Appliance without exactly one pool (BR-ONE)\n# - the appliance sba-400.contoso.com\n",
		`resource "lync_pool_pair" "pool_13a_contoso_com_pool_13b_contoso_com" {
  pools = ["pool-13a.contoso.com", "pool-13b.contoso.com"]

  failure_detection_interval = "3m"
  per_pool = {
    "pool-13b.contoso.com" = {
      failback_detection_interval = "1h"
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}
`,
		`resource "lync_branch_backup" "sba_001_contoso_com" {
  appliance   = "sba-001.contoso.com"
  backup_pool = "pool-01a.contoso.com"
}
`,
		`import {
  to = lync_branch_backup.sba_001_contoso_com
  id = "sba-001.contoso.com"
}
`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not have\n%s", want)
		}
	}
	if t.Failed() {
		t.Log(text[:min(len(text), 8<<10)])
	}
}

// TestConfigurationOfOddNames adopts pairs whose names make invalid or equal names of resources, and pairs and an
// appliance without detection intervals.
func TestConfigurationOfOddNames(t *testing.T) {
	w := cliWorkspace(t, oddEstate())
	assertEverythingIsThere(t, w.Document(), assertAdopted(t, w))
}

// TestConfigurationOfRandomDocuments adopts random documents with all kinds of faults. Each fault of a relationship has
// a finding.
func TestConfigurationOfRandomDocuments(t *testing.T) {
	t.Parallel()
	seeds := uint64(20)
	if testkit.IsLong() {
		seeds = 600
	}
	adopted, left := 0, 0
	for seed := range seeds {
		doc := testkit.RandomDocument(rand.New(rand.NewPCG(19, seed))) //nolint:gosec // repeatable
		if _, err := topology.Parse(doc); err != nil {
			continue
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := onHarness(t, func(dir string) terraform.Provider { return provider.ForTest(t, dir) })
			w.SetDocument(doc)
			text := assertAdopted(t, w)
			assertEverythingIsThere(t, doc, text)
			if strings.Contains(text, "Not adopted: Plan after import has changes") {
				t.Errorf("a relationship is left out without a finding:\n%s", text)
			}
			adopted += len(imported.FindAllString(text, -1))
			left += len(leftOut.FindAllString(text, -1))
		})
	}
	if adopted < 25 || left < 25 {
		t.Errorf("%d relationships are adopted, %d are left out", adopted, left)
	}
}
