package provider_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// importEstate returns the estate of examples/import-estate with the last of its 400 appliances. The last two and every
// tenth appliance differ from the others.
func importEstate(appliances int) testkit.Estate {
	e := testkit.ImportEstate()
	e.Appliances = e.Appliances[len(e.Appliances)-appliances:]
	return e
}

// estateWorkspace returns a workspace with the document of an estate, the provider of examples/import-estate and some
// of the files of examples/import-for-each.
func estateWorkspace(t *testing.T, e testkit.Estate, files ...string) *testkit.Workspace {
	t.Helper()
	w := cliTerraform(t, e)
	w.Write("main.tf", example(t, "import-estate/main.tf"))
	for _, name := range files {
		w.Write(name, example(t, "import-for-each/"+name))
	}
	return w
}

// estatePairID returns the id of pair n of the estate.
func estatePairID(n int) string {
	return fmt.Sprintf("pool-%02[1]da.contoso.com,pool-%02[1]db.contoso.com", n)
}

// TestAdopt adopts 38 pairs and 38 appliances with the example. The document is not written. TestGuides does the
// same with all appliances.
func TestAdopt(t *testing.T) { testAdopt(t, 40) }

// TestAdoptAll adopts 38 pairs and 398 appliances.
func TestAdoptAll(t *testing.T) {
	testkit.SkipUnlessLong(t)
	testAdopt(t, 400)
}

func testAdopt(t *testing.T, appliances int) {
	t.Helper()
	w := estateWorkspace(t, importEstate(appliances), "estate.tf", "relations.tf", "import.tf")
	before := w.Document()
	long := time.Date(2013, time.January, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(w.Path(testkit.DocumentName), long, long); err != nil {
		t.Fatal(err)
	}
	w.MustRun("apply", "-auto-approve")
	w.Write("estate.auto.tfvars.json", w.Output("estate"))

	imports, creations := 0, 0
	for address, action := range w.PlanActions("-out=change.tfplan") {
		switch {
		case strings.HasPrefix(address, "lync_pool_pair.") && action == "import":
			imports++
		case strings.HasPrefix(address, "lync_branch_backup.") && action == "create":
			creations++
		default:
			t.Errorf("%s: %s", address, action)
		}
	}
	if imports != 38 || creations != appliances-2 {
		t.Errorf("%d imports, %d creations", imports, creations)
	}
	output := w.MustRun("apply", "change.tfplan")
	if strings.Count(output, "Warning: ") > strings.Count(output, "Warning: Provider development overrides") {
		t.Errorf("the apply warns:\n%s", output)
	}
	assertDocument(t, w, before)
	if info, err := os.Stat(w.Path(testkit.DocumentName)); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("the document was written: %v", err)
	}
	assertNoChanges(t, w)

	adopted := 0
	perPool := map[string]map[string]any{} // by the address of the pair
	for _, r := range w.Resources() {
		if r.Type == "lync_branch_backup" && r.Values["adopted"] == true {
			adopted++
		}
		perPool[r.Address], _ = r.Values["per_pool"].(map[string]any)
	}
	if adopted != appliances-2 {
		t.Errorf("%d appliances are adopted", adopted)
	}
	for n, want := range map[int]map[string]any{
		11: {"automatic_failover": false, "failure_detection_interval": nil, "failback_detection_interval": nil},
		22: nil,
		23: {"automatic_failover": false, "failure_detection_interval": nil, "failback_detection_interval": nil},
		12: {"automatic_failover": nil, "failure_detection_interval": "5m", "failback_detection_interval": "10m"},
		13: {"automatic_failover": nil, "failure_detection_interval": nil, "failback_detection_interval": "1h"},
		21: nil,
	} {
		got, _ := perPool[fmt.Sprintf("lync_pool_pair.all[%q]",
			estatePairID(n))][fmt.Sprintf("pool-%02db.contoso.com", n)].(map[string]any)
		if !maps.Equal(got, want) {
			t.Errorf("pair %d has the overrides %v, want %v", n, got, want)
		}
	}
}

// TestAdoptGenerated lets Terraform generate the configuration. The plans of complete pairs are empty, even if
// their sides differ. The plans of incomplete pairs complete them.
func TestAdoptGenerated(t *testing.T) {
	w := estateWorkspace(t, importEstate(40))
	if !w.GeneratesBlocks() {
		t.Skip("this command line crashes where it generates configuration")
	}
	before := w.Document()
	var imports strings.Builder
	want := map[string]string{}
	for n := 1; n <= 40; n++ {
		address := fmt.Sprintf("lync_pool_pair.p%02d", n)
		want[address] = "import"
		fmt.Fprintf(&imports, "import {\n  to = lync_pool_pair.p%02d\n  id = %q\n}\n", n, estatePairID(n))
		if n > 38 {
			want[address] = "update"
		}
	}
	w.Write("imports.tf", imports.String())
	if !w.GeneratesMaps() {
		w.MustFail(`There is no managed resource "pool-11b"`, "plan", "-generate-config-out=pairs.tf")
		generated, err := os.ReadFile(w.Path("pairs.tf"))
		if err != nil {
			t.Fatal(err)
		}
		w.Write("pairs.tf", regexp.MustCompile(`(?m)^    (\S+) += \{$`).ReplaceAllString(string(generated),
			`    "$1" = {`))
	} else {
		assertChanges(t, w.PlanActions("-generate-config-out=pairs.tf"), want)
	}
	assertChanges(t, w.PlanActions(), want) // now with the generated configuration
	assertDocument(t, w, before)
}

// oddEstate returns an estate with pairs whose names make invalid or equal names of resources, and with pairs and an
// appliance without detection intervals.
func oddEstate() testkit.Estate {
	no := false
	e := cliEstate("pool01.emea.x.com pool02.emea.x.com pool01.apac.x.com pool02.apac.x.com 1fe_2fe.x.com 2fe.x.com " +
		"a-b.x.com a_b.x.com")
	e.Pairs = []testkit.Pair{
		{A: "pool01.emea.x.com", B: "pool02.emea.x.com"}, {A: "pool01.apac.x.com", B: "pool02.apac.x.com"},
		{A: "1fe_2fe.x.com", B: "2fe.x.com"}, {A: "a-b.x.com", B: "a_b.x.com"},
	}
	for i := range e.Pairs[1:] {
		e.Pairs[1+i].Failover, e.Pairs[1+i].Failure, e.Pairs[1+i].Failback = &no, testkit.Missing, testkit.Missing
	}
	for n := range 4 {
		e.Sites = append(e.Sites, testkit.Site{ID: 1 + n})
	}
	e.Sites = append(e.Sites, testkit.Site{ID: 9, Branch: true})
	e.Appliances = []testkit.Appliance{
		{FQDN: "sba.x.com", Site: 9, Pool: "pool01.emea.x.com", Failover: &no, Failure: testkit.Missing,
			Failback: testkit.Missing},
	}
	return e
}

// TestAdoptOddEstate adopts the odd estate with the example. The document does not change.
func TestAdoptOddEstate(t *testing.T) {
	w := estateWorkspace(t, oddEstate(), "estate.tf", "relations.tf", "import.tf")
	before := w.Document()
	w.MustRun("apply", "-auto-approve")
	w.Write("estate.auto.tfvars.json", w.Output("estate"))
	want := map[string]string{`lync_branch_backup.all["sba.x.com"]`: "create"}
	for _, pair := range []string{"pool01.emea.x.com,pool02.emea.x.com", "pool01.apac.x.com,pool02.apac.x.com",
		"1fe_2fe.x.com,2fe.x.com", "a-b.x.com,a_b.x.com"} {
		want[fmt.Sprintf("lync_pool_pair.all[%q]", pair)] = "import"
	}
	assertChanges(t, w.ApplyActions(), want)
	assertDocument(t, w, before)
	assertNoChanges(t, w)
}

// TestAdoptIncomplete completes incomplete pairs. The document then has the lines of one with complete pairs.
func TestAdoptIncomplete(t *testing.T) {
	complete := importEstate(40)
	w := estateWorkspace(t, complete)
	config := ""
	for n := 39; n <= 40; n++ {
		config += fmt.Sprintf("resource \"lync_pool_pair\" \"p%[1]d\" {\n  pools = split(\",\", %[2]q)\n}\nimport "+
			"{\n  to = lync_pool_pair.p%[1]d\n  id = %[2]q\n}\n", n, estatePairID(n))
	}
	w.Write("pairs.tf", config)
	w.MustRun("apply", "-auto-approve")
	assertNoChanges(t, w)
	for i := range complete.Pairs[38:] {
		complete.Pairs[38+i].NoBackup, complete.Pairs[38+i].NoService = nil, nil
	}
	lines := func(doc []byte) []string { return slices.Sorted(strings.Lines(testkit.Decode(doc))) }
	if !slices.Equal(lines(w.Document()), lines(complete.Document())) {
		t.Errorf("the lines differ:\n%s", testkit.Diff(complete.Document(), w.Document()))
	}
	pairs, err := pairsOf(w.Document())
	if err != nil || len(pairs) != 40 {
		t.Errorf("%d pairs: %v", len(pairs), err)
	}
}
