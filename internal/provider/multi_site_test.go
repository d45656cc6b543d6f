package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Tests of examples/multi-site, which has a module for every site and builds the pairs from the declared partners.

// site is the declaration of a site. A name without a dot gets the domain.
type site struct {
	Pool       string   `json:"pool"`
	Partner    string   `json:"partner,omitempty"`
	Appliances []string `json:"appliances,omitempty"`
}

// multiSite returns a workspace with a copy of the example, its modules installed, and the document of an estate.
func multiSite(t *testing.T, e testkit.Estate) *testkit.Workspace {
	t.Helper()
	w := cliTerraform(t, e)
	copyMultiSite(t, w)
	w.Init()
	return w
}

// copyMultiSite copies the example into a workspace.
func copyMultiSite(t *testing.T, w *testkit.Workspace) {
	t.Helper()
	for _, pattern := range []string{"*.tf", "*.tfvars", "modules/*/*.tf", "tests/*.tftest.hcl", "tests/*/*.tf"} {
		for _, name := range examplesOf(t, "multi-site/"+pattern) {
			w.Write(strings.TrimPrefix(name, "multi-site/"), example(t, name))
		}
	}
}

// setSites replaces the sites of the example.
func setSites(t *testing.T, w *testkit.Workspace, sites map[string]site) {
	t.Helper()
	full := func(name string) string {
		if name == "" || strings.Contains(name, ".") {
			return name
		}
		return name + ".contoso.com"
	}
	completed := map[string]site{}
	for name, s := range sites {
		s.Pool, s.Partner = full(s.Pool), full(s.Partner)
		appliances := make([]string, 0, len(s.Appliances))
		for _, a := range s.Appliances {
			appliances = append(appliances, full(a))
		}
		s.Appliances = appliances
		completed[name] = s
	}
	text, err := json.Marshal(map[string]any{"sites": completed})
	if err != nil {
		t.Fatal(err)
	}
	w.Write("sites.auto.tfvars.json", string(text))
}

// mergeSites returns the sites with some changed or added. A site without a pool is removed.
func mergeSites(sites, changes map[string]site) map[string]site {
	all := maps.Clone(sites)
	for name, s := range changes {
		all[name] = s
		if s.Pool == "" {
			delete(all, name)
		}
	}
	return all
}

// pairAddress and applianceAddress return the addresses of resources of the example, for short names.
func pairAddress(a, b string) string {
	return fmt.Sprintf(`lync_pool_pair.all["%s.contoso.com,%s.contoso.com"]`, min(a, b), max(a, b))
}

func applianceAddress(site, name string) string {
	return fmt.Sprintf(`module.site[%q].lync_branch_backup.appliance["%s.contoso.com"]`, site, name)
}

// assertChanges checks that a plan has exactly these changes.
func assertChanges(t *testing.T, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Fatalf("the plan has %v, want %v", got, want)
	}
}

// TestMultiSiteOwnTests runs the example's test of the topology, which leaves the document unchanged. TestGuides runs
// the other tests, which have no document.
func TestMultiSiteOwnTests(t *testing.T) {
	w := multiSite(t, testkit.Quickstart())
	if !w.SupportsFunctions() {
		t.Skip("this command line has no functions in the variables of a test")
	}
	// Terraform compares the name as it is, with the separators of the system. Without a match, it runs no test and
	// succeeds.
	own := "-filter=" + filepath.FromSlash("tests/topology.tftest.hcl")
	before := w.Document()
	assertOutput(t, w.MustRun("test", own), `Success! 1 passed, 0 failed\.`)
	assertDocument(t, w, before)

	// The test can fail.
	setSites(t, w, map[string]site{"paris": {Pool: "pool-paris"},
		"oslo": {Pool: "pool-oslo", Appliances: []string{"SBA-Nantes", "sba-bergen"}}})
	w.MustFail(`Not in the topology, by site: \{"oslo":\["pool-oslo\.contoso\.com","sba-bergen\.contoso\.com"\]\}\.`,
		"test", own)
}

// TestMultiSiteExample applies and destroys the example without changes. The document is then as before.
func TestMultiSiteExample(t *testing.T) {
	w := multiSite(t, testkit.Quickstart())
	before := w.Document()
	w.MustRun("apply", "-auto-approve")
	assertNoChanges(t, w)
	w.MustRun("destroy", "-auto-approve")
	assertDocument(t, w, before)
}

// estateOfSites returns an estate with n sites s000, s001, ..., each with a pool of that name and two appliances,
// s000-a and s000-b, in their own branch sites. In every tenth site s000-b has no backup registrar.
func estateOfSites(n int) testkit.Estate {
	e := testkit.Estate{Encoding: testkit.UTF8} // faster than the encoding of the management shell
	for i := range n {
		name, central := fmt.Sprintf("s%03d", i), 1+3*i
		e.Sites = append(e.Sites, testkit.Site{ID: central},
			testkit.Site{ID: central + 1, Branch: true, Parent: central},
			testkit.Site{ID: central + 2, Branch: true, Parent: central})
		e.Pools = append(e.Pools, testkit.Pool{FQDN: name, Site: central})
		e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: name + "-a", Site: central + 1, Pool: name},
			testkit.Appliance{FQDN: name + "-b", Site: central + 2, Pool: name, NoBackup: i%10 == 0})
	}
	return e
}

// sitesOf returns the first n sites of that estate, each paired with its neighbor.
func sitesOf(n int) map[string]site {
	sites := map[string]site{}
	for i := range n {
		name := fmt.Sprintf("s%03d", i)
		sites[name] = site{Pool: name, Partner: fmt.Sprintf("s%03d", i^1),
			Appliances: []string{name + "-a", name + "-b"}}
	}
	return sites
}

// TestMultiSiteChanges checks that a change of a site changes only resources of that site and of its partner.
func TestMultiSiteChanges(t *testing.T) {
	sites := sitesOf(4)
	w := multiSite(t, estateOfSites(6))
	setSites(t, w, sites)
	w.MustRun("apply", "-auto-approve", "-parallelism=100")
	assertPairs(t, w.Document(), "s000-s001", "s002-s003")
	a, b := []string{"s004-a", "s004-b"}, []string{"s005-a", "s005-b"}
	for _, step := range []struct {
		name    string
		changes map[string]site
		want    map[string]string
	}{
		{
			"another spelling",
			map[string]site{
				"s000": {Pool: "S000.contoso.com.", Partner: "S001.Contoso.Com",
					Appliances: []string{"S000-A.contoso.com", "s000-b.contoso.com."}},
			},
			map[string]string{},
		},
		{
			"a site without a partner",
			map[string]site{"s004": {Pool: "s004", Appliances: a}},
			map[string]string{applianceAddress("s004", "s004-a"): "create",
				applianceAddress("s004", "s004-b"): "create"},
		},
		{
			"a site with a new partner",
			map[string]site{
				"s000": {Pool: "s000", Partner: "s004", Appliances: sites["s000"].Appliances},
				"s001": {Pool: "s001", Appliances: sites["s001"].Appliances},
				"s004": {Pool: "s004", Partner: "s000", Appliances: a},
			},
			map[string]string{pairAddress("s000", "s001"): "delete", pairAddress("s000", "s004"): "create"},
		},
		{
			"a site, and a partner for one that had none",
			map[string]site{"s001": {Pool: "s001", Partner: "s005", Appliances: sites["s001"].Appliances},
				"s005": {Pool: "s005", Partner: "s001", Appliances: b}},
			map[string]string{
				pairAddress("s001", "s005"): "create", applianceAddress("s005", "s005-a"): "create",
				applianceAddress("s005", "s005-b"): "create",
			},
		},
		{
			"pairs that swap",
			map[string]site{
				"s000": {Pool: "s000", Partner: "s002", Appliances: sites["s000"].Appliances},
				"s004": {Pool: "s004", Partner: "s003", Appliances: a},
				"s002": {Pool: "s002", Partner: "s000", Appliances: sites["s002"].Appliances},
				"s003": {Pool: "s003", Partner: "s004", Appliances: sites["s003"].Appliances},
			},
			map[string]string{
				pairAddress("s000", "s004"): "delete", pairAddress("s002", "s003"): "delete",
				pairAddress("s000", "s002"): "create", pairAddress("s003", "s004"): "create",
			},
		},
		{
			"a removed site",
			map[string]site{"s001": {Pool: "s001", Appliances: sites["s001"].Appliances}, "s005": {}},
			map[string]string{
				pairAddress("s001", "s005"): "delete", applianceAddress("s005", "s005-a"): "delete",
				applianceAddress("s005", "s005-b"): "delete",
			},
		},
	} {
		sites = mergeSites(sites, step.changes)
		setSites(t, w, sites)
		t.Log(step.name)
		// If the previous step had left a resource unfinished, this plan would have a change that is not in the list.
		assertChanges(t, w.ApplyActions(), step.want)
	}
	assertPairs(t, w.Document(), "s000-s002", "s003-s004")

	// The state of an appliance that changes its site is moved, so that the appliance moves in place.
	w.Write("moved.tf", fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n",
		applianceAddress("s004", "s004-b"), applianceAddress("s000", "s004-b")))
	setSites(t, w, mergeSites(sites, map[string]site{
		"s004": {Pool: "s004", Partner: "s003", Appliances: a[:1]},
		"s000": {Pool: "s000", Partner: "s002", Appliances: append(sites["s000"].Appliances, a[1])},
	}))
	assertChanges(t, w.ApplyActions(), map[string]string{applianceAddress("s000", "s004-b"): "update"})
	assertNoChanges(t, w)
}

// TestMultiSiteRefused has configurations that a plan refuses after an apply. Every message names the site. One plan
// reports all errors of one variable, and Terraform does not evaluate the variables that depend on it: the sites, the
// pool of a site, its partner, its appliances, and the topology.
func TestMultiSiteRefused(t *testing.T) {
	w := multiSite(t, estateOfSites(15))
	sites := sitesOf(4)
	setSites(t, w, sites)
	w.MustRun("apply", "-auto-approve", "-parallelism=100")
	before := w.Document()

	// OpenTofu reports only one of several errors in the value of a variable of the root module.
	w.Write("sites.auto.tfvars.json", `{"sites": {"paris": null, "lyon": {"pool": "s000.contoso.com", `+
		`"appliances": null}}}`)
	assertErrors(t, w, `Each site declares at least its pool\. Without a declaration: paris\.`)
	setSites(t, w, mergeSites(sites, map[string]site{"s009": {Pool: "S000.contoso.com."}}))
	assertErrors(t, w, `In more than one: s000\.contoso\.com \(s000, s009\)`)
	setSites(t, w, mergeSites(sites, map[string]site{"s000": {Pool: "s000", Partner: "s001",
		Appliances: []string{"S001-A.contoso.com."}}}))
	assertErrors(t, w, `An appliance is in one site \(BR-ONE\)\. In more than one: s001-a\.contoso\.com \(s000, s001\)`)

	w.Write("sites.auto.tfvars.json", `{"sites": {
  "lyon": {"pool": "s000.contoso.com"},
  "nice": {"pool": "s002.contoso.com,s003"},
  "paris": {"pool": null}
}}`)
	assertErrors(t, w,
		`in module "site".*Site nice: the pool "s002\.contoso\.com,s003" is no FQDN`,
		`in module "site".*Site paris: the pool null is no FQDN`,
	)

	// Partners that do not name each other: one names no pool, one is missing, one has another partner, and two are in
	// a chain.
	setSites(t, w, mergeSites(sites, map[string]site{
		"self":   {Pool: "s004", Partner: "S004.contoso.com."},
		"left":   {Pool: "s005", Partner: "s006"},
		"single": {Pool: "s006"},
		"alone":  {Pool: "s007", Partner: "s0008"},
		"nice":   {Pool: "s008", Partner: "s001"},
		"chain0": {Pool: "s009", Partner: "s011"},
		"chain1": {Pool: "s010", Partner: "s009"},
		"chain2": {Pool: "s011", Partner: "s012"},
		"chain3": {Pool: "s012", Partner: "s011"},
		"typo0":  {Pool: "s013", Partner: "s0014"}, // both names are misspelled
		"typo1":  {Pool: "s014", Partner: "s0013"},
	}))
	assertErrors(t, w,
		`in module "site".*Site self: the pool "s004\.contoso\.com" is named as its own partner`,
		`Site left names "s006\.contoso\.com" as its partner, but the site of that pool, single, names no pool`,
		`Site alone names "s0008\.contoso\.com" as its partner, but no site has that pool`,
		`Site nice names "s001\.contoso\.com" as its partner, but the site of that pool, s001, names `+
			`s000\.contoso\.com\. Partners name each other \(PP-RECIP\)`,
		`Site chain0 names "s011\.contoso\.com" as its partner, but the site of that pool, chain2, names s012`,
		`Site chain1 names "s009\.contoso\.com" as its partner, but the site of that pool, chain0, names s011`,
		`Site typo0 names "s0014\.contoso\.com" as its partner, but no site`,
		`Site typo1 names "s0013\.contoso\.com" as its partner, but no site`,
	)

	w.Write("sites.auto.tfvars.json", `{"sites": {
  "s000": {"pool": "s000.contoso.com", "partner": "s001.contoso.com", "appliances": ["S001.contoso.com"]},
  "s001": {"pool": "s001.contoso.com", "partner": "s000.contoso.com"},
  "s002": {"pool": "s002.contoso.com", "appliances": ["s002-a.contoso.com", "s002 a.contoso.com"]},
  "paris": {"pool": "s003.contoso.com", "appliances": ["s003-a.contoso.com", null]}
}}`)
	assertErrors(t, w,
		`Site s000: a pool is listed among the appliances`,
		`Site s002: among the appliances is what is no FQDN such as sba-nantes\.contoso\.com: "s002 a\.contoso\.com"`,
		`Site paris: among the appliances is what is no FQDN such as sba-nantes\.contoso\.com: null\.`,
	)

	// Pools that the topology does not have, where both sites name them and where no resource uses them; an appliance
	// that does not exist; and an appliance on the pool of another site.
	setSites(t, w, mergeSites(sites, map[string]site{
		"oslo":   {Pool: "s0005", Partner: "s004"},
		"bergen": {Pool: "s004", Partner: "s0005"},
		"skien":  {Pool: "fe-skien"},
		"molde":  {Pool: "s006-a"},
		"s000":   {Pool: "s000", Partner: "s001", Appliances: []string{"s000-z"}},
		"s002":   {Pool: "s002", Partner: "s003", Appliances: []string{"s005-a"}},
	}))
	assertErrors(t, w,
		`module\.site\["oslo"\]\.data\.lync_pool\.own.*has no pool s0005\.contoso\.com`,
		`module\.site\["skien"\]\.data\.lync_pool\.own.*has no pool fe-skien\.contoso\.com`,
		`module\.site\["molde"\]\.data\.lync_pool\.own.*s006-a\.contoso\.com is a Survivable Branch Appliance`,
		`\(BR-EXIST\).*module\.site\["s000"\]\.lync_branch_backup`,
		`\(BR-ONE\).*module\.site\["s002"\]\.lync_branch_backup`,
	)
	assertDocument(t, w, before)
}

// assertErrors checks that a plan fails with exactly one error for each of the regular expressions.
func assertErrors(t *testing.T, w *testkit.Workspace, want ...string) {
	t.Helper()
	output := w.MustFail("Error: ", "plan")
	got := strings.Split(output, "Error: ")[1:]
	for i := range got { // warnings and the text of the plan are between errors
		for _, next := range []string{"Warning: ", "Terraform used the selected providers",
			"OpenTofu used the selected providers"} {
			got[i], _, _ = strings.Cut(got[i], next)
		}
	}
	for _, expression := range want {
		if n := len(slices.DeleteFunc(slices.Clone(got),
			func(e string) bool { return !regexp.MustCompile(expression).MatchString(e) })); n != 1 {
			t.Errorf("%d errors match %q", n, expression)
		}
	}
	if len(got) != len(want) {
		t.Errorf("there are %d errors, want %d", len(got), len(want))
	}
	if t.Failed() {
		t.Fatal(output)
	}
}

// TestMultiSite300 has 300 sites, which are 150 pairs and 600 appliances. Most pairs exist before and are imported,
// because the time of a creation grows with the document.
func TestMultiSite300(t *testing.T) {
	testManySites(t, 300, 140)
}

// TestMultiSite300Created creates all 150 pairs.
func TestMultiSite300Created(t *testing.T) {
	testkit.SkipUnlessLong(t)
	testManySites(t, 300, 0)
}

// testManySites applies n sites, of which the first pairs exist before, and then one more site.
func testManySites(t *testing.T, n, existing int) {
	t.Helper()
	e := estateOfSites(n + 1)
	var pairs []string
	imports := ""
	for i := range n / 2 {
		a, b := fmt.Sprintf("s%03d", 2*i), fmt.Sprintf("s%03d", 2*i+1)
		pairs = append(pairs, a+"-"+b)
		if i < existing {
			e.Pairs = append(e.Pairs, testkit.Pair{A: a, B: b})
			imports += fmt.Sprintf("import {\n  to = %s\n  id = \"%s.contoso.com,%s.contoso.com\"\n}\n",
				pairAddress(a, b), a, b)
		}
	}
	w := cliTerraform(t, e)
	copyMultiSite(t, w)
	w.ServeState()
	w.MustRun("init")
	w.Write("import.tf", imports)
	sites := sitesOf(n)
	setSites(t, w, sites)
	w.MustRun("apply", "-auto-approve", "-parallelism=1000") // so that there are few publishes
	assertPairs(t, w.Document(), pairs...)
	// Two for each pair, and one for each appliance except the one that is in no site yet.
	if got, want := strings.Count(testkit.Decode(w.Document()), "<Backup "), n+2*n+1; got != want {
		t.Errorf("the document has %d backup registrars, want %d", got, want)
	}

	// The next plan reads all resources and changes none of them.
	setSites(t, w, mergeSites(sites, map[string]site{"s300": {Pool: "s300", Appliances: []string{"s300-a", "s300-b"}}}))
	before := w.Document()
	assertChanges(t, w.ApplyActions(), map[string]string{applianceAddress("s300", "s300-a"): "create",
		applianceAddress("s300", "s300-b"): "create"})
	// The appliance without a backup registrar gets one: an element with one child.
	diff := testkit.Diff(before, w.Document())
	if strings.Count(diff, "<Backup ") != 1 || strings.Count(diff, "\n+")+1 != 3 || strings.Contains("\n"+diff, "\n-") {
		t.Errorf("the document has changed:\n%s", diff)
	}
}
