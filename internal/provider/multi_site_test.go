package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// The tests of examples/multi-site: a module for every site, and the pairs that come of what the sites tell.

// site is what a site tells. A name without a dot gets the domain.
type site struct {
	Pool       string   `json:"pool"`
	Partner    string   `json:"partner,omitempty"`
	Appliances []string `json:"appliances,omitempty"`
}

// multiSite returns a workspace with a copy of the example, its modules installed, and the document of an estate.
func multiSite(t *testing.T, e testkit.Estate) *testkit.Workspace {
	t.Helper()
	w := cliWorkspace(t, e)
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

// setSites puts other sites in the place of those of the example.
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

// with returns the sites with some changed or added; one without a pool is removed.
func with(sites, changes map[string]site) map[string]site {
	all := maps.Clone(sites)
	for name, s := range changes {
		all[name] = s
		if s.Pool == "" {
			delete(all, name)
		}
	}
	return all
}

// pairAddress and applianceAddress are the addresses of resources of the example, of short names.
func pairAddress(a, b string) string {
	return fmt.Sprintf(`lync_pool_pair.all["%s.contoso.com,%s.contoso.com"]`, min(a, b), max(a, b))
}

func applianceAddress(site, name string) string {
	return fmt.Sprintf(`module.site[%q].lync_branch_backup.appliance["%s.contoso.com"]`, site, name)
}

// assertChanges checks that a plan changed these resources, in these ways, and nothing else.
func assertChanges(t *testing.T, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Fatalf("the plan has %v, want %v", got, want)
	}
}

// The example's own tests pass, and leave the document as it was.
func TestMultiSiteOwnTests(t *testing.T) {
	w := multiSite(t, testkit.Quickstart())
	if !w.KnowsFunctions() {
		t.Skip("this command line has no functions in the variables of a test")
	}
	before := w.Document()
	w.MustRun("test")
	wantSame(t, w, before)

	// They can fail.
	setSites(t, w, map[string]site{"paris": {Pool: "pool-paris"}, "oslo": {Pool: "pool-oslo", Appliances: []string{"SBA-Nantes", "sba-bergen"}}})
	w.MustFail(`Not in the topology, by site: \{"oslo":\["pool-oslo\.contoso\.com","sba-bergen\.contoso\.com"\]\}\.`, "test", "-filter=tests/topology.tftest.hcl")
}

// The example applies as it stands, and goes away without a trace.
func TestMultiSiteExample(t *testing.T) {
	w := multiSite(t, testkit.Quickstart())
	before := w.Document()
	w.MustRun("apply", "-auto-approve")
	wantQuiet(t, w)
	w.MustRun("destroy", "-auto-approve")
	wantSame(t, w, before)
}

// estateOfSites has n sites s000, s001, ... with a pool of that name and two appliances, s000-a and s000-b, in branch
// sites of their own. In every tenth site s000-b has no backup registrar yet.
func estateOfSites(n int) testkit.Estate {
	e := testkit.Estate{Encoding: testkit.UTF8} // which takes less time than what the management shell writes
	for i := range n {
		name, central := fmt.Sprintf("s%03d", i), 1+3*i
		e.Sites = append(e.Sites, testkit.Site{ID: central}, testkit.Site{ID: central + 1, Branch: true, Parent: central}, testkit.Site{ID: central + 2, Branch: true, Parent: central})
		e.Pools = append(e.Pools, testkit.Pool{FQDN: name, Site: central})
		e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: name + "-a", Site: central + 1, Pool: name},
			testkit.Appliance{FQDN: name + "-b", Site: central + 2, Pool: name, NoBackup: i%10 == 0})
	}
	return e
}

// sitesOf are the first n sites of it, each paired with its neighbor.
func sitesOf(n int) map[string]site {
	sites := map[string]site{}
	for i := range n {
		name := fmt.Sprintf("s%03d", i)
		sites[name] = site{Pool: name, Partner: fmt.Sprintf("s%03d", i^1), Appliances: []string{name + "-a", name + "-b"}}
	}
	return sites
}

// Whatever is done with a site changes resources of that site and of its partner alone.
func TestMultiSiteChanges(t *testing.T) {
	sites := sitesOf(4)
	w := multiSite(t, estateOfSites(6))
	setSites(t, w, sites)
	w.MustRun("apply", "-auto-approve", "-parallelism=100")
	wantPairs(t, w.Document(), "s000-s001", "s002-s003")
	a, b := []string{"s004-a", "s004-b"}, []string{"s005-a", "s005-b"}
	for _, step := range []struct {
		does    string
		changes map[string]site
		want    map[string]string
	}{
		{
			"another spelling",
			map[string]site{
				"s000": {Pool: "S000.contoso.com.", Partner: "S001.Contoso.Com", Appliances: []string{"S000-A.contoso.com", "s000-b.contoso.com."}},
			},
			map[string]string{},
		},
		{
			"a site without a partner",
			map[string]site{"s004": {Pool: "s004", Appliances: a}},
			map[string]string{applianceAddress("s004", "s004-a"): "create", applianceAddress("s004", "s004-b"): "create"},
		},
		{
			"a site that is paired anew",
			map[string]site{
				"s000": {Pool: "s000", Partner: "s004", Appliances: sites["s000"].Appliances}, "s001": {Pool: "s001", Appliances: sites["s001"].Appliances},
				"s004": {Pool: "s004", Partner: "s000", Appliances: a},
			},
			map[string]string{pairAddress("s000", "s001"): "delete", pairAddress("s000", "s004"): "create"},
		},
		{
			"a site, and a partner for one that had none",
			map[string]site{"s001": {Pool: "s001", Partner: "s005", Appliances: sites["s001"].Appliances}, "s005": {Pool: "s005", Partner: "s001", Appliances: b}},
			map[string]string{
				pairAddress("s001", "s005"): "create", applianceAddress("s005", "s005-a"): "create", applianceAddress("s005", "s005-b"): "create",
			},
		},
		{
			"pairs that swap",
			map[string]site{
				"s000": {Pool: "s000", Partner: "s002", Appliances: sites["s000"].Appliances}, "s004": {Pool: "s004", Partner: "s003", Appliances: a},
				"s002": {Pool: "s002", Partner: "s000", Appliances: sites["s002"].Appliances}, "s003": {Pool: "s003", Partner: "s004", Appliances: sites["s003"].Appliances},
			},
			map[string]string{
				pairAddress("s000", "s004"): "delete", pairAddress("s002", "s003"): "delete",
				pairAddress("s000", "s002"): "create", pairAddress("s003", "s004"): "create",
			},
		},
		{
			"a site that goes",
			map[string]site{"s001": {Pool: "s001", Appliances: sites["s001"].Appliances}, "s005": {}},
			map[string]string{
				pairAddress("s001", "s005"): "delete", applianceAddress("s005", "s005-a"): "delete", applianceAddress("s005", "s005-b"): "delete",
			},
		},
	} {
		sites = with(sites, step.changes)
		setSites(t, w, sites)
		t.Log(step.does)
		// A resource that the step before left unfinished would have a change here that is not in the list.
		assertChanges(t, w.ApplyActions(), step.want)
	}
	wantPairs(t, w.Document(), "s000-s002", "s003-s004")

	// An appliance that goes to another site is moved in the state, so that it moves in place.
	w.Write("moved.tf", fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", applianceAddress("s004", "s004-b"), applianceAddress("s000", "s004-b")))
	setSites(t, w, with(sites, map[string]site{
		"s004": {Pool: "s004", Partner: "s003", Appliances: a[:1]}, "s000": {Pool: "s000", Partner: "s002", Appliances: append(sites["s000"].Appliances, a[1])},
	}))
	assertChanges(t, w.ApplyActions(), map[string]string{applianceAddress("s000", "s004-b"): "update"})
	wantQuiet(t, w)
}

// What does not fit is refused by the plan of what was applied before, and every message names the site.
func TestMultiSiteRefused(t *testing.T) {
	w := multiSite(t, estateOfSites(6))
	sites := sitesOf(4)
	setSites(t, w, sites)
	w.MustRun("apply", "-auto-approve", "-parallelism=100")
	before := w.Document()
	for _, test := range []struct {
		want    []string
		changes map[string]site
	}{
		{
			[]string{`in module "site".*Site s001: the pool "s001\.contoso\.com" is named as its own partner`},
			map[string]site{"s000": {Pool: "s000"}, "s001": {Pool: "s001", Partner: "S001.contoso.com."}},
		},
		{[]string{`Site s002: the pool "s002\.contoso\.com,s003" is no FQDN`}, map[string]site{"s002": {Pool: "s002.contoso.com,s003"}}},
		{
			[]string{`Site s000: a pool is listed among the appliances`},
			map[string]site{"s000": {Pool: "s000", Partner: "s001", Appliances: []string{"S001.contoso.com"}}},
		},
		{
			[]string{`Site s000: among the appliances is what is no FQDN such as sba-nantes\.contoso\.com: "s000 a\.contoso\.com"`},
			map[string]site{"s000": {Pool: "s000", Partner: "s001", Appliances: []string{"s000-a", "s000 a.contoso.com"}}},
		},
		{[]string{`In more than one: s000\.contoso\.com \(s000, s009\)`}, map[string]site{"s009": {Pool: "S000.contoso.com."}}},

		// Partners that do not name each other: it does, and no longer; it goes; a third one comes; two in a chain.
		{[]string{`Site s001 names "s000\.contoso\.com" as its partner, but the site of that pool, s000, names nobody`}, map[string]site{"s000": {Pool: "s000"}}},
		{[]string{`Site s001 names "s000\.contoso\.com" as its partner, but no site has that pool`}, map[string]site{"s000": {}}},
		{
			[]string{`Site nice names "s001\.contoso\.com" as its partner, but the site of that pool, s001, names s000\.contoso\.com\. Partners name each other \(PP-RECIP\)`},
			map[string]site{"nice": {Pool: "s004", Partner: "s001"}},
		},
		{
			[]string{
				`Site s000 names "s002\.contoso\.com" as its partner, but the site of that pool, s002, names s003`,
				`Site s001 names "s000\.contoso\.com" as its partner, but the site of that pool, s000, names s002`,
			},
			map[string]site{"s000": {Pool: "s000", Partner: "s002"}},
		},
		{ // mistyped by both
			[]string{`Site s000 names "s0001\.contoso\.com" as its partner, but no site`, `Site s001 names "s0000\.contoso\.com" as its partner, but no site`},
			map[string]site{"s000": {Pool: "s000", Partner: "s0001"}, "s001": {Pool: "s001", Partner: "s0000"}},
		},

		// What the topology does not have, where both name it, and where no resource would miss it.
		{
			[]string{`module\.site\["oslo"\]\.data\.lync_pool\.own.*has no pool s0005\.contoso\.com`},
			map[string]site{"oslo": {Pool: "s0005", Partner: "s004"}, "s004": {Pool: "s004", Partner: "s0005"}},
		},
		{[]string{`module\.site\["oslo"\]\.data\.lync_pool\.own.*has no pool fe-oslo\.contoso\.com`}, map[string]site{"oslo": {Pool: "fe-oslo"}}},
		{[]string{`module\.site\["oslo"\]\.data\.lync_pool\.own.*s004-a\.contoso\.com is a Survivable Branch Appliance`}, map[string]site{"oslo": {Pool: "s004-a"}}},
		{
			[]string{`\(BR-EXIST\).*module\.site\["s000"\]\.lync_branch_backup`},
			map[string]site{"s000": {Pool: "s000", Partner: "s001", Appliances: []string{"s000-z"}}},
		},

		// An appliance that another site has, and one that this site would have to take from a pool of no site.
		{
			[]string{`An appliance is in one site \(BR-ONE\)\. In more than one: s001-a\.contoso\.com \(s000, s001\)`},
			map[string]site{"s000": {Pool: "s000", Partner: "s001", Appliances: []string{"S001-A.contoso.com."}}},
		},
		{
			[]string{`\(BR-ONE\).*module\.site\["s000"\]\.lync_branch_backup`},
			map[string]site{"s000": {Pool: "s000", Partner: "s001", Appliances: []string{"s004-a"}}},
		},
	} {
		setSites(t, w, with(sites, test.changes))
		said := w.MustFail("Error: ", "plan")
		for _, want := range test.want {
			wantOutput(t, said, want)
		}
	}

	// Nulls, which only a message of the example's own can name the site of.
	for text, want := range map[string]string{
		`{"sites": {"paris": {"pool": null}, "lyon": {"pool": "s000.contoso.com"}}}`: `Site paris: the pool null is no FQDN`,
		`{"sites": {"paris": {"pool": "s000.contoso.com", "appliances": ["s000-a.contoso.com", null]}}}`: `Site paris: among the appliances is what is no FQDN such as ` +
			`sba-nantes\.contoso\.com: null\.`,
		`{"sites": {"paris": null, "lyon": {"pool": "s000.contoso.com", "appliances": null}}}`: `Sites of which nothing is told, not even a pool: paris\.`,
	} {
		w.Write("sites.auto.tfvars.json", text)
		w.MustFail(want, "plan")
	}
	wantSame(t, w, before)
}

// 300 sites are 150 pairs and 600 appliances. Most pairs exist before and are imported, as a creation takes time that grows
// with the document.
func TestMultiSite300(t *testing.T) {
	testManySites(t, 300, 130)
}

// All 150 pairs are created.
func TestMultiSite300Created(t *testing.T) {
	testkit.Long(t)
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
			imports += fmt.Sprintf("import {\n  to = %s\n  id = \"%s.contoso.com,%s.contoso.com\"\n}\n", pairAddress(a, b), a, b)
		}
	}
	w := cliWorkspace(t, e)
	copyMultiSite(t, w)
	w.ServeState()
	w.MustRun("init")
	w.Write("import.tf", imports)
	sites := sitesOf(n)
	setSites(t, w, sites)
	w.MustRun("apply", "-auto-approve", "-parallelism=1000") // few publishes
	wantPairs(t, w.Document(), pairs...)
	// Two for each pair, and one for each appliance but the one that is in no site yet.
	if got, want := strings.Count(testkit.Decode(w.Document()), "<Backup "), n+2*n+1; got != want {
		t.Errorf("the document has %d backup registrars, want %d", got, want)
	}

	// The next plan reads all resources and changes none of them.
	setSites(t, w, with(sites, map[string]site{"s300": {Pool: "s300", Appliances: []string{"s300-a", "s300-b"}}}))
	before := w.Document()
	assertChanges(t, w.ApplyActions(), map[string]string{applianceAddress("s300", "s300-a"): "create", applianceAddress("s300", "s300-b"): "create"})
	// The one that had no backup registrar gets it: an element of one child.
	diff := testkit.Diff(before, w.Document())
	if strings.Count(diff, "<Backup ") != 1 || strings.Count(diff, "\n+")+1 != 3 || strings.Contains("\n"+diff, "\n-") {
		t.Errorf("the document has changed:\n%s", diff)
	}
}
