package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

const branchType = "lync_branch_backup"

// listEstate returns an estate with the pairs of paris and lyon, whose sides differ, of nice and metz, incomplete, and
// of two later pools without intervals. It has one relationship that makes no pair, and appliances on all of the pools,
// one without intervals.
func listEstate() testkit.Estate {
	e := fourPools(noBackup("paris", "lyon"), alsoPair(testkit.Pair{A: "nice", B: "metz", NoBackup: []string{"metz"}}),
		backup(testkit.Backup{From: "paris", To: "lyon"}),
		backup(testkit.Backup{From: "lyon", To: "paris", Failure: 3 * time.Minute}))
	e.Sites = append(e.Sites, testkit.Site{ID: 5, Name: "Nantes", Branch: true, Parent: 1},
		testkit.Site{ID: 6, Name: "Grenoble", Branch: true, Parent: 2},
		testkit.Site{ID: 7, Name: "Rennes", Branch: true, Parent: 4})
	e.Pools = append(e.Pools, testkit.Pool{FQDN: "sfb1", Site: 1, Version: 7},
		testkit.Pool{FQDN: "sfb2", Site: 4, Version: 7},
		testkit.Pool{FQDN: "one", Site: 3}, testkit.Pool{FQDN: "way", Site: 4},
		testkit.Pool{FQDN: "old1", Site: 1, Version: 5}, testkit.Pool{FQDN: "old2", Site: 2, Version: 5})
	e.Pairs = append(e.Pairs, testkit.Pair{A: "sfb2", B: "sfb1", Failover: offWithoutIntervals().Failover,
		Failure: testkit.Missing, Failback: testkit.Missing})
	e.Backups = append(e.Backups, testkit.Backup{From: "one", To: "way"}, testkit.Backup{From: "old1", To: "old2"},
		testkit.Backup{From: "old2", To: "old1"})
	e.Appliances = []testkit.Appliance{
		{FQDN: "sba-nantes", Site: 5, Pool: "paris", Failure: 3 * time.Minute},
		{FQDN: "sba2010", Site: 5, Pool: "lyon", Version: 5},
		{FQDN: "sba-grenoble", Site: 6, Pool: "lyon", UserServices: "metz"},
		{FQDN: "sba-bare", Site: 6, Pool: "nice", NoBackup: true},
		{FQDN: "sba9", Site: 7, Pool: "sfb2", Version: 9, Failover: offWithoutIntervals().Failover,
			Failure: testkit.Missing, Failback: testkit.Missing},
	}
	return e
}

// lister lists the objects of one resource of a configured provider.
type lister struct {
	*walk
	lists  tfprotov6.ListResourceServer
	config tftypes.Object
}

func listerOn(d *document, kind string) *lister {
	d.t.Helper()
	return newLister(walkOfResource(kind, d))
}

func newLister(w *walk) *lister {
	w.t.Helper()
	schemas, err := w.server.GetProviderSchema(w.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	w.must(err, schemas.Diagnostics)
	lists, ok := w.server.(tfprotov6.ListResourceServer)
	if !ok {
		w.t.Fatal("the provider serves no lists")
	}
	return &lister{walk: w, lists: lists, config: w.object(schemas.ListResourceSchemas[w.kind].ValueType())}
}

// list validates a configuration and lists its objects, even if the configuration is invalid, because clients can do
// this.
func (l *lister) list(
	req tfprotov6.ListResourceRequest, filters map[string]tftypes.Value,
) (results []tfprotov6.ListResourceResult, invalid, failed []string) {
	l.t.Helper()
	req.TypeName, req.Config = l.kind, l.pack(l.config, objectWith(l.config, filters))
	valid, err := l.lists.ValidateListResourceConfig(l.t.Context(),
		&tfprotov6.ValidateListResourceConfigRequest{TypeName: l.kind, Config: req.Config})
	if err != nil {
		l.t.Fatal(err)
	}
	stream, err := l.lists.ListResource(l.t.Context(), &req)
	if err != nil {
		l.t.Fatal(err)
	}
	for result := range stream.Results {
		results = append(results, result)
		failed = append(failed, errorsOf(result.Diagnostics)...)
	}
	return results, errorsOf(valid.Diagnostics), failed
}

func names(results []tfprotov6.ListResourceResult) []string {
	all := []string{}
	for _, r := range results {
		all = append(all, strings.ReplaceAll(r.DisplayName, ".contoso.com", ""))
	}
	return all
}

func idList(ids ...string) tftypes.Value {
	values := make([]tftypes.Value, 0, len(ids))
	for _, id := range ids {
		values = append(values, text(id))
	}
	return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, values)
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	d := newDocument(t, listEstate().Document())
	const lyonParis, metzNice, skype = "lyon,paris", "metz,nice (incomplete)", "sfb1,sfb2"
	const grenoble = "sba-grenoble (not on one pool)"
	type filters = map[string]tftypes.Value
	for _, test := range []struct {
		kind    string
		filters filters
		limit   int64
		want    []string
	}{
		{pairType, nil, 0, []string{lyonParis, metzNice, skype}},
		{pairType, nil, 2, []string{lyonParis, metzNice}},
		{pairType, nil, 3, []string{lyonParis, metzNice, skype}},
		{pairType, filters{"site": text("PARIS")}, 0, []string{lyonParis, skype}},
		{pairType, filters{"site": text("Paris")}, 1, []string{lyonParis}},
		{pairType, filters{"site": text("Metz")}, 0, []string{metzNice, skype}},
		{pairType, filters{"site": text("Nantes")}, 0, []string{}},
		{pairType, filters{"version": text("Lync Server 2013")}, 0, []string{lyonParis, metzNice}},
		{pairType, filters{"version": text("Lync Server 2010")}, 0, []string{}},
		{pairType, filters{"version": text("skype for Business server 2015")}, 0, []string{skype}},
		{pairType, filters{"version": text("Skype for Business Server 2019")}, 0, []string{}},
		{pairType, filters{"version": text("serviceversion 9")}, 0, []string{}},
		{pairType, filters{"exclude": idList("PARIS.contoso.com.,Lyon.contoso.com", "sfb1.contoso.com,sfb2.contoso.com",
			"not.contoso.com,there.contoso.com")}, 0, []string{metzNice}},
		{pairType, filters{"exclude": idList("lyon.contoso.com,paris.contoso.com"), "site": text("Paris"),
			"version": text("Skype for Business Server 2015")}, 5, []string{skype}},
		{branchType, nil, 0, []string{grenoble, "sba-nantes", "sba2010", "sba9"}},
		{branchType, nil, 1, []string{grenoble}},
		{branchType, filters{"site": text("Nantes")}, 0, []string{"sba-nantes", "sba2010"}},
		{branchType, filters{"site": text("lyon")}, 0, []string{grenoble}},
		{branchType, filters{"version": text("lync server 2010")}, 0, []string{"sba2010"}},
		{branchType, filters{"version": text("ServiceVersion 9")}, 0, []string{"sba9"}},
		{branchType, filters{"exclude": idList("SBA-Nantes.contoso.com.")}, 0, []string{grenoble, "sba2010", "sba9"}},
	} {
		results, invalid, failed := listerOn(d, test.kind).list(tfprotov6.ListResourceRequest{Limit: test.limit},
			test.filters)
		if len(invalid)+len(failed) > 0 {
			t.Errorf("%s %v: %q, %q", test.kind, test.filters, invalid, failed)
		}
		if got := names(results); !slices.Equal(got, test.want) {
			t.Errorf("%s %v, at most %d: %q, want %q", test.kind, test.filters, test.limit, got, test.want)
		}
		for _, r := range results {
			if r.Resource != nil {
				t.Errorf("%s: a resource that was not requested", r.DisplayName)
			}
		}
	}
}

// TestListedObjectsEqualImports checks that a listed object has the state of its import, and that its plan is empty
// unless the object is incomplete.
func TestListedObjectsEqualImports(t *testing.T) {
	t.Parallel()
	d := newDocument(t, listEstate().Document())
	for kind, incomplete := range map[string][]string{
		pairType:   {"metz.contoso.com,nice.contoso.com (incomplete)"},
		branchType: {"sba-grenoble.contoso.com (not on one pool)"},
	} {
		count := map[string]int{pairType: 3, branchType: 4}[kind]
		l := listerOn(d, kind)
		results, _, failed := l.list(tfprotov6.ListResourceRequest{IncludeResource: true}, nil)
		if len(results) != count || len(failed) > 0 {
			t.Fatalf("%q, %q", names(results), failed)
		}
		for _, r := range results {
			w := walkOfResource(kind, d)
			identity := attributes(t, w.unpack(w.identity, r.Identity.IdentityData))
			imported := w.importState("", identity)
			w.must(nil, imported.Diagnostics)
			state, listed := w.unpack(w.resource, imported.ImportedResources[0].State), w.unpack(w.resource, r.Resource)
			if !listed.Equal(state) {
				t.Errorf("%s: listed as\n%s\nimported as\n%s", r.DisplayName, listed, state)
			}
			read := w.read(state, imported.ImportedResources[0].Identity)
			w.must(nil, read.Diagnostics)
			state = w.unpack(w.resource, read.NewState)

			config := map[string]tftypes.Value{}
			for _, name := range l.arguments() {
				config[name] = attributes(t, listed)[name]
			}
			plan := w.plan(state, objectWith(w.resource, config), nil)
			w.must(nil, plan.diags)
			if empty := plan.state.Equal(state); empty == slices.Contains(incomplete, r.DisplayName) {
				t.Errorf("%s: the plan is empty: %t\n%s\n%s", r.DisplayName, empty, plan.state, state)
			}
		}
	}
}

// arguments returns the names of the arguments of the resource.
func (l *lister) arguments() []string {
	l.t.Helper()
	schemas, err := l.server.GetProviderSchema(l.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	l.must(err, schemas.Diagnostics)
	var all []string
	for _, a := range schemas.ResourceSchemas[l.kind].Block.Attributes {
		if a.Required || a.Optional {
			all = append(all, a.Name)
		}
	}
	return all
}

func TestListRefused(t *testing.T) {
	t.Parallel()
	d := newDocument(t, listEstate().Document())
	type filters = map[string]tftypes.Value
	for _, kind := range []string{pairType, branchType} {
		results, invalid, failed := listerOn(d, kind).list(tfprotov6.ListResourceRequest{IncludeResource: true},
			filters{"site": text("Lyons")})
		all := strings.Join(failed, "\n")
		if len(invalid) > 0 || len(results) != 1 ||
			!strings.Contains(all, `AttributeName("site"): Error listing the `) ||
			!strings.Contains(all, "has no site \"Lyons\". Its sites are Paris, Lyon, Nice, Metz, Nantes, Grenoble, "+
				"Rennes.") {
			t.Errorf("%s of an unknown site: %q, %q", kind, invalid, failed)
		}
		results, invalid, failed = listerOn(d, kind).list(tfprotov6.ListResourceRequest{IncludeResource: true},
			filters{"version": text("2013")})
		all = strings.Join(failed, "\n")
		if len(invalid) > 0 || len(results) != 1 ||
			!strings.Contains(all, `AttributeName("version"): Error listing the `) ||
			!strings.Contains(all, `versions are Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, `+
				`Skype for Business Server 2019, ServiceVersion 9.`) {
			t.Errorf("%s of an unknown version: %q, %q", kind, invalid, failed)
		}
		for name, want := range map[string]string{"site": "string length must be at least 1",
			"version": "string length must be at least 1"} {
			if _, invalid, _ := listerOn(d, kind).list(tfprotov6.ListResourceRequest{},
				filters{name: text("")}); !strings.Contains(strings.Join(invalid, "\n"), want) {
				t.Errorf("%s with an empty %s: %q", kind, name, invalid)
			}
		}
	}
	for kind, ids := range map[string][]string{
		pairType:   {"paris.contoso.com", "a.contoso.com,b.contoso.com,c.contoso.com", ""},
		branchType: {"a.contoso.com,b.contoso.com", ""},
	} {
		for _, id := range ids {
			_, invalid, _ := listerOn(d, kind).list(tfprotov6.ListResourceRequest{}, filters{"exclude": idList(id)})
			if all := strings.Join(invalid, "\n"); !strings.Contains(all, "must be the id of a") ||
				!strings.Contains(all, `AttributeName("exclude").ElementKeyInt(0)`) {
				t.Errorf("%s without %q: %q", kind, id, invalid)
			}
		}
	}
	unknown := newWalk(t, filters{"topology_file": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	if _, _, failed := newLister(unknown).list(tfprotov6.ListResourceRequest{},
		nil); !strings.Contains(strings.Join(failed, "\n"), "Topology not yet known") {
		t.Errorf("of a topology that is not known: %q", failed)
	}
	d.replaceWith([]byte("no document"))()
	for _, kind := range []string{pairType, branchType} {
		results, _, failed := listerOn(d, kind).list(tfprotov6.ListResourceRequest{}, nil)
		if len(results) != 1 || len(failed) != 1 {
			t.Errorf("%s of no document: %d results, %q", kind, len(results), failed)
		}
	}
}

// TestListOfManySites checks that an error shortens a long list of sites.
func TestListOfManySites(t *testing.T) {
	t.Parallel()
	var e testkit.Estate
	for n := range 25 {
		e.Sites = append(e.Sites, testkit.Site{ID: n + 1})
	}
	_, _, failed := listerOn(newDocument(t, e.Document()), pairType).list(tfprotov6.ListResourceRequest{},
		map[string]tftypes.Value{"site": text("26")})
	if all := strings.Join(failed, "\n"); !strings.Contains(all, "Site 20, and 5 more") ||
		strings.Contains(all, "Site 21") {
		t.Errorf("%q", failed)
	}
}

// TestLiveList lists the objects of a deployment. It reads the deployment once and writes nothing.
func TestLiveList(t *testing.T) {
	t.Parallel()
	double := shelld.New(t, listEstate().Document())
	server := NewServer(newWithStore("test", openDouble(double))())
	w := newServedWalk(t, server, pairType, map[string]tftypes.Value{"topology_file": text("live")})
	for range 2 {
		results, _, failed := newLister(w).list(tfprotov6.ListResourceRequest{IncludeResource: true}, nil)
		if len(results) != 3 || len(failed) > 0 {
			t.Fatalf("%q, %q", names(results), failed)
		}
		enabled := attributes(t, w.unpack(w.resource, results[0].Resource))["topology_enabled"]
		if !enabled.Equal(tftypes.NewValue(tftypes.Bool, true)) {
			t.Errorf("topology_enabled is %s", enabled)
		}
	}
	if counts := double.Counts(); counts.Loads != 1 {
		t.Errorf("loaded %d times", counts.Loads)
	}
	assertUntouched(t, double)
}

// TestQuery lists objects with the command line.
func TestQuery(t *testing.T) {
	t.Parallel()
	if !testkit.CLI(t).SupportsQuery() {
		t.Skip("this command line has no query")
	}
	first := listEstate().Document()
	d := newDocument(t, first)
	query := func(kind, arguments, filters string, checks ...querycheck.QueryResultCheck) resource.TestStep {
		return resource.TestStep{
			Query: true, // the configuration of the previous step has the provider
			Config: fmt.Sprintf("list %q \"all\" {\n  provider = lync\n  %s\n  config {\n    %s\n  }\n}\n",
				kind, arguments, filters),
			QueryResultChecks: checks,
		}
	}
	pair := map[string]knownvalue.Check{"first_pool": knownvalue.StringExact(lyon),
		"second_pool": knownvalue.StringExact(paris)}
	appliance := map[string]knownvalue.Check{"appliance": knownvalue.StringExact("sba-nantes.contoso.com")}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(t),
		Steps: []resource.TestStep{
			{Config: d.config("data \"lync_topology\" \"all\" {}\n")},
			query(pairType, "include_resource = true", "",
				querycheck.ExpectLength("lync_pool_pair.all", 3),
				querycheck.ExpectIdentity("lync_pool_pair.all", pair),
				querycheck.ExpectResourceDisplayName("lync_pool_pair.all", queryfilter.ByResourceIdentity(pair),
					knownvalue.StringExact(lyon+","+paris)),
				querycheck.ExpectResourceKnownValues("lync_pool_pair.all", queryfilter.ByResourceIdentity(pair),
					[]querycheck.KnownValueCheck{
						{Path: tfjsonpath.New("failure_detection_interval"), KnownValue: knownvalue.StringExact("3m")},
						{Path: tfjsonpath.New("per_pool").AtMapKey(paris).AtMapKey("failure_detection_interval"),
							KnownValue: knownvalue.StringExact("5m")},
					})),
			query(pairType, "limit = 1", `site = "Metz"`, querycheck.ExpectLength("lync_pool_pair.all", 1)),
			query(pairType, "", `exclude = ["PARIS.contoso.com,lyon.contoso.com"]`,
				querycheck.ExpectLength("lync_pool_pair.all", 2),
				querycheck.ExpectNoIdentity("lync_pool_pair.all", pair)),
			query(branchType, "include_resource = true", `version = "Lync Server 2013"`,
				querycheck.ExpectLength("lync_branch_backup.all", 2),
				querycheck.ExpectResourceKnownValues("lync_branch_backup.all",
					queryfilter.ByResourceIdentity(appliance), []querycheck.KnownValueCheck{
						{Path: tfjsonpath.New("backup_pool"), KnownValue: knownvalue.StringExact(paris)},
						{Path: tfjsonpath.New("failure_detection_interval"), KnownValue: knownvalue.StringExact("3m")},
						{Path: tfjsonpath.New("adopted"), KnownValue: knownvalue.Bool(true)},
					})),
		},
	})
	d.assertContent(first)
}
