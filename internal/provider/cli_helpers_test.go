package provider_test

import (
	"encoding/xml"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/harness"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// The tests in cli_*_test.go run commands with flags, or several commands. The provider is in this process, except in
// tests of processes. Pools have short names in these tests: "a" is a.contoso.com, and "a-b" is the pair of a and b.

// cliEstate returns an estate of Standard Edition pools in four sites.
func cliEstate(pools string, pairs ...string) testkit.Estate {
	var e testkit.Estate
	for i, name := range strings.Fields(pools) {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: name, Site: 1 + i%4})
	}
	for _, pair := range pairs {
		first, second, _ := strings.Cut(pair, "-")
		e.Pairs = append(e.Pairs, testkit.Pair{A: first, B: second})
	}
	return e
}

// cliWorkspace returns a workspace with the document of an estate and a provider in this process. It runs the harness,
// or real Terraform if LYNC_TEST_TERRAFORM is set.
func cliWorkspace(t *testing.T, e testkit.Estate) *testkit.Workspace {
	t.Helper()
	t.Parallel()
	give := cliDocument(t, e)
	w := cliWith(t, func(dir string) terraform.Provider { return provider.ForTest(t, dir) })
	give(w)
	return w
}

// cliWith is cliWorkspace with another provider and without a document. newProvider receives the folder of the
// workspace.
func cliWith(t *testing.T, newProvider func(dir string) terraform.Provider) *testkit.Workspace {
	t.Helper()
	if !provider.RealTerraform {
		return onHarness(t, newProvider)
	}
	w := testkit.CLI(t)
	serve(t, w, func() terraform.Provider { return newProvider(w.Dir()) })
	return w
}

// onHarness returns a workspace that runs the harness.
func onHarness(t *testing.T, newProvider func(dir string) terraform.Provider) *testkit.Workspace {
	t.Helper()
	return testkit.Driven(t, func(dir string) testkit.Driver {
		core := harness.New(t.Context(), dir,
			func() tfprotov6.ProviderServer { return provider.NewServer(newProvider(dir)) })
		return func(command string, arguments ...string) (int, string, string) {
			r := core.Run(command, arguments...)
			return r.ExitCode, r.Stdout, r.Output
		}
	})
}

// cliTerraform returns a workspace with the document of an estate, in which real Terraform runs with a provider in this
// process.
func cliTerraform(t *testing.T, e testkit.Estate) *testkit.Workspace {
	t.Helper()
	w := cliProcess(t, e)
	serveHere(t, w)
	return w
}

// serveHere makes the runs of a workspace use a provider in this process, with paths relative to its folder.
func serveHere(t *testing.T, w *testkit.Workspace) {
	t.Helper()
	serve(t, w, func() terraform.Provider { return provider.ForTest(t, w.Dir()) })
}

// cliProcess returns a workspace with the document of an estate, in which every run starts the built provider.
func cliProcess(t *testing.T, e testkit.Estate) *testkit.Workspace {
	t.Helper()
	t.Parallel()
	give := cliDocument(t, e)
	w := testkit.CLI(t)
	give(w)
	if stores.Chosen() != stores.File && stores.Trace != "" {
		w.Setenv("TF_LOG", "TRACE")
		w.Setenv("TF_LOG_PATH", stores.LogFile(t.Name()))
	}
	return w
}

// cliDocument starts a deployment with the document of an estate, unless the tests run on a file. It returns a function
// that gives the document to a workspace. Call cliDocument before the provider is created: cleanups run in reverse
// order, and the provider closes its connections first.
func cliDocument(t *testing.T, e testkit.Estate) (give func(*testkit.Workspace)) {
	t.Helper()
	transport := stores.Chosen()
	if transport == stores.File {
		return func(w *testkit.Workspace) { w.SetDocument(e.Document()) }
	}
	deployment := stores.New(t, transport, e.Document())
	return func(w *testkit.Workspace) { w.UseStore(deployment) }
}

// cliApplied returns a workspace in which a configuration was applied to the document of an estate.
func cliApplied(t *testing.T, e testkit.Estate, config string) *testkit.Workspace {
	t.Helper()
	return applyConfig(cliWorkspace(t, e), config)
}

// applyConfig applies a configuration in a workspace.
func applyConfig(w *testkit.Workspace, config string) *testkit.Workspace {
	w.Config(config)
	w.MustRun("apply", "-auto-approve", "-parallelism=100") // all in one publish
	return w
}

// cliPair returns a resource for a pair; extra are further lines of it.
func cliPair(name, pair string, extra ...string) string {
	first, second, _ := strings.Cut(pair, "-")
	return fmt.Sprintf("resource \"lync_pool_pair\" %q {\n  pools = [%q, %q]\n  %s\n}\n",
		name, first+".contoso.com", second+".contoso.com", strings.Join(extra, "\n  "))
}

// cliRing returns a resource with the pairs of a ring of pools. Each pool is paired with the next one, or, with a shift
// of 1, with the previous one. The keys begin with a prefix.
func cliRing(prefix string, pairs, shift int) string {
	return fmt.Sprintf(`resource "lync_pool_pair" "ring" {
  for_each = { for i in range(%[1]d) : format("%[2]s%%02d", i) =>
    [for j in [0, 1] : format("p%%03d.contoso.com", (2 * i + j + %[3]d) %% %[4]d)] }
  pools    = each.value
}
`, pairs, prefix, shift, 2*pairs)
}

// cliRingPools returns the names of the pools of a ring.
func cliRingPools(pairs int) string {
	var names []string
	for i := range 2 * pairs {
		names = append(names, fmt.Sprintf("p%03d", i))
	}
	return strings.Join(names, " ")
}

// cliRingPairs returns the pairs of a ring.
func cliRingPairs(pairs, shift int) []string {
	var all []string
	for i := range pairs {
		a, b := (2*i+shift)%(2*pairs), (2*i+1+shift)%(2*pairs)
		all = append(all, fmt.Sprintf("p%03d-p%03d", min(a, b), max(a, b)))
	}
	return all
}

// assertPairs checks that the document has exactly these pairs, all complete.
func assertPairs(t *testing.T, doc []byte, want ...string) {
	t.Helper()
	if err := checkPairs(doc, want...); err != nil {
		t.Fatal(err)
	}
}

func checkPairs(doc []byte, want ...string) error {
	got, err := pairsOf(doc)
	if err != nil {
		return err
	}
	if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		return fmt.Errorf("the document has the pairs %v, want %v", got, want)
	}
	return nil
}

// assertDocument checks that the document has these bytes. A deployment keeps text, so there it compares the text.
func assertDocument(t *testing.T, w *testkit.Workspace, before []byte) {
	t.Helper()
	if stores.Chosen() != stores.File {
		before = []byte(testkit.Decode(before))
	}
	if diff := testkit.Diff(before, w.Document()); diff != "" {
		t.Fatalf("the document has changed:\n%s", diff)
	}
}

// assertActions checks the actions of a plan, by name of the resource.
func assertActions(t *testing.T, plan testkit.Plan, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for address, actions := range plan.Actions() {
		got[strings.TrimPrefix(address, "lync_pool_pair.")] = actions
	}
	if !maps.Equal(got, want) {
		t.Fatalf("the plan has %v, want %v", got, want)
	}
}

// assertNoChanges checks that a plan has no changes.
func assertNoChanges(t *testing.T, w *testkit.Workspace) { t.Helper(); assertNoChangesWith(t, w) }

// assertNoChangesWith is assertNoChanges with arguments of plan.
func assertNoChangesWith(t *testing.T, w *testkit.Workspace, args ...string) {
	t.Helper()
	if r := w.Run(append([]string{"plan", "-detailed-exitcode"}, args...)...); r.ExitCode != 0 {
		t.Fatalf("the next plan is not empty (exit code %d):\n%s", r.ExitCode, r.Output)
	}
}

// assertOutput checks that a folded output matches a regular expression.
func assertOutput(t *testing.T, output, want string) {
	t.Helper()
	if !regexp.MustCompile(want).MatchString(output) {
		t.Fatalf("the output does not match %q:\n%s", want, output)
	}
}

// assertNotInconsistent checks that Terraform reports no fault of the provider.
func assertNotInconsistent(t *testing.T, output string) {
	t.Helper()
	for _, text := range []string{"inconsistent", "bug in the provider", "Provider returned invalid", "panic:",
		"Plugin did not respond"} {
		if strings.Contains(testkit.Fold(output), text) {
			t.Fatalf("%q in\n%s", text, output)
		}
	}
}

type cliServiceID struct {
	Site     string `xml:"SiteId,attr"`
	Role     string `xml:"RoleName,attr"`
	Instance string `xml:"Instance,attr"`
}

type cliClusterID struct {
	Site   string `xml:"SiteId,attr"`
	Number string `xml:"Number,attr"`
}

type cliTopology struct {
	Clusters []struct {
		Fqdn string       `xml:",attr"`
		ID   cliClusterID `xml:"ClusterId"`
	} `xml:"Clusters>Cluster"`
	Services []struct {
		ID        cliServiceID   `xml:"ServiceId"`
		DependsOn []cliServiceID `xml:"DependsOn>Dependency>ServiceId"`
		On        cliClusterID   `xml:"InstalledOn>ClusterId"`
		Backup    []cliServiceID `xml:"Backup>ServiceId"`
	} `xml:"Services>Service"`
}

// pairsOf returns the pairs of a document, sorted. It does not use package topology, so that it checks it
// independently. A link that is not part of a complete pair is an error.
func pairsOf(doc []byte) ([]string, error) {
	text := testkit.Decode(doc)
	var t cliTopology
	if err := xml.Unmarshal([]byte(text), &t); err != nil {
		return nil, err
	}
	names := map[cliClusterID]string{}
	for _, c := range t.Clusters {
		names[c.ID], _, _ = strings.Cut(c.Fqdn, ".")
	}
	hosts := map[cliServiceID]string{}
	for _, s := range t.Services {
		if hosts[s.ID] != "" {
			return nil, fmt.Errorf("two services %v", s.ID)
		}
		hosts[s.ID] = names[s.On]
		if s.On == (cliClusterID{}) {
			hosts[s.ID] = "?" // a database
		}
	}
	homes := map[cliClusterID]bool{} // clusters with user services; other clusters with a Registrar are appliances
	for _, s := range t.Services {
		if s.ID.Role == "UserServices" {
			homes[s.On] = true
		}
	}
	links := map[string]int{} // number of links of each pair, of four
	for _, s := range t.Services {
		from := hosts[s.ID]
		var targets []cliServiceID
		if homes[s.On] {
			targets = s.Backup
		}
		for _, d := range s.DependsOn {
			if hosts[d] == "" {
				return nil, fmt.Errorf("%v depends on %v, which does not exist", s.ID, d)
			}
			if s.ID.Role == "BackupService" && d.Role == "BackupService" {
				targets = append(targets, d)
			}
		}
		for _, target := range targets {
			to := hosts[target]
			links[min(from, to)+"-"+max(from, to)]++
		}
	}
	for pair, n := range links {
		if n != 4 {
			return nil, fmt.Errorf("%s has %d links", pair, n)
		}
	}
	return slices.Sorted(maps.Keys(links)), nil
}
