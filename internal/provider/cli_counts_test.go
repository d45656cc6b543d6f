package provider_test

import (
	"fmt"
	"strings"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// cliLive returns a workspace whose provider works on a double of a management shell with the document of an estate.
func cliLive(t *testing.T, e testkit.Estate) (*testkit.Workspace, *shelld.Shell) {
	t.Helper()
	w, double, _ := cliObserved(t, e)
	return w, double
}

// cliObserved is cliLive that also returns the store of the provider.
func cliObserved(t *testing.T, e testkit.Estate) (*testkit.Workspace, *shelld.Shell, *observedStore) {
	t.Helper()
	t.Parallel()
	double := shelld.New(t, e.Document())
	observed := newObservedStore(t, double)
	newProvider := provider.NewWithStore("test", func(string) store.Store { return observed })
	w := cliWith(t, func(string) terraform.Provider { return newProvider() })
	w.SetDocument(testkit.Estate{}.Document())
	return w, double, observed
}

// TestCLICounts checks that a plan reads the deployment once, however large it is, and that concurrent changes go into
// one publish. Each publish waits until Terraform has used all its concurrent operations.
func TestCLICounts(t *testing.T) {
	const pairs, block, parallelism = 50, 50, 10
	appliances := 950
	if testing.Short() {
		appliances = 150
	}
	estate := cliEstate(cliRingPools(pairs))
	estate.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}
	for i := range appliances {
		estate.Sites = append(estate.Sites, testkit.Site{ID: 100 + i, Branch: true})
		estate.Appliances = append(estate.Appliances,
			testkit.Appliance{FQDN: fmt.Sprintf("s%03d", i), Site: 100 + i, Pool: "p000"})
	}
	w, double, observed := cliObserved(t, estate)
	since := shelld.Counts{}
	assertCounts := func(operation string, want shelld.Counts) {
		t.Helper()
		counts := double.Counts()
		got := shelld.Counts{Loads: counts.Loads - since.Loads, Publishes: counts.Publishes - since.Publishes,
			Enables: counts.Enables - since.Enables}
		since = counts
		if want.Enables = want.Publishes; got != want {
			t.Errorf("%s: %+v, want %+v", operation, got, want)
		}
	}
	// Terraform's run time grows with the square of the instances of one resource, so there are many resources.
	var branches strings.Builder
	for i := range appliances / block {
		fmt.Fprintf(&branches, `resource "lync_branch_backup" "b%[1]d" {
  for_each    = toset([for i in range(%[2]d) : format("s%%03d.contoso.com", i + %[1]d * %[2]d)])
  appliance   = each.value
  backup_pool = "p000.contoso.com"
}
`, i, block)
	}
	w.Config(cliRing("k", pairs, 0) + branches.String())
	plan := w.PlanJSON()
	if n := len(plan.ResourceChanges); n != pairs+appliances {
		t.Fatalf("the plan has %d resources", n)
	}
	assertCounts(fmt.Sprintf("a plan of %d resources", pairs+appliances), shelld.Counts{Loads: 1})

	// Terraform itself needs minutes to apply a thousand resources.
	w.Config(cliRing("k", pairs, 0))
	plan = w.PlanJSON()
	assertCounts("a plan", shelld.Counts{Loads: 1})
	observed.setBatch(parallelism)
	w.MustRun("apply", plan.File)
	assertCounts("the apply of 50 changes, ten at a time", shelld.Counts{Loads: 1, Publishes: pairs / parallelism})
	assertNoChanges(t, w)
	assertCounts("a plan of nothing", shelld.Counts{Loads: 1})
	w.MustRun("apply", "-auto-approve")
	assertCounts("an apply of nothing", shelld.Counts{Loads: 1})
}

// TestCLIReadOnlySendsNoScriptThatWrites checks that a read-only provider sends no script that writes.
func TestCLIReadOnlySendsNoScriptThatWrites(t *testing.T) {
	w, double := cliLive(t, cliEstate("a b c d", "a-b"))
	config := func(text string) {
		w.Config(text)
		testkit.Edit(t, w.Path("main.tf"), "provider \"lync\" {\n", "provider \"lync\" {\n  read_only = true\n")
	}
	config(cliPair("x", "c-d"))
	w.MustFail("read-only", "apply", "-auto-approve")
	config(cliPair("y", "a-b") + "import {\n  to = lync_pool_pair.y\n  id = \"a.contoso.com\"\n}\n")
	w.MustRun("apply", "-auto-approve") // an import writes only the state
	w.MustFail("read-only", "destroy", "-auto-approve")
	for _, request := range double.Requests() {
		if request.Script != shell.GetTopology.String() {
			t.Errorf("%s was sent", request.Script)
		}
	}
}

// TestCLINamesOfAllKinds has names, sites and descriptions with special characters. Scripts are constant, which the
// double checks, and values are data.
func TestCLINamesOfAllKinds(t *testing.T) {
	const odd = "Site '\"`$(Stop-Computer)`\" & <b> %PATH% ; | \u2018\u2019 \u6771\u4eac \u00e9 " +
		"{lync:00000000000000000000000000000000:end} \n end"
	estate := cliEstate("a b")
	estate.Sites = []testkit.Site{{ID: 1, Name: odd}, {ID: 2, Name: "$env:USERNAME", Description: odd}}
	w, double := cliLive(t, estate)
	before := double.Document()
	w.Config(cliPair("x", "a-b") + "data \"lync_topology\" \"all\" {}\noutput \"sites\" {\n  value = " +
		"data.lync_topology.all.sites[*].name\n}\n")
	w.MustRun("apply", "-auto-approve")
	if !strings.Contains(w.Run("output", "-json", "sites").Stdout, `$(Stop-Computer)`) {
		t.Error("the name of the site has changed")
	}
	assertNoChanges(t, w)
	w.MustRun("destroy", "-auto-approve")
	if diff := testkit.Diff(before, double.Document()); diff != "" {
		t.Errorf("the document has changed:\n%s", diff)
	}
	for _, name := range []string{"a'b.contoso.com", "$(x).contoso.com", "a`b.contoso.com", "a\\nb.contoso.com"} {
		w.Config(fmt.Sprintf("resource \"lync_pool_pair\" \"x\" {\n  pools = [\"%s\", \"b.contoso.com\"]\n}\n", name))
		if r := w.Run("plan"); r.ExitCode == 0 {
			t.Errorf("%q is accepted as a pool", name)
		}
	}
}
