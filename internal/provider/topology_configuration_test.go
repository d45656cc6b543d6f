package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
)

// configurationText returns the configuration of a document.
func configurationText(t *testing.T, doc []byte) string {
	t.Helper()
	c := client.New(memory.New(doc), client.Options{})
	survey, err := c.Survey(t.Context(), client.SurveyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, diags := configurationOf(t.Context(), c, survey)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return text
}

// TestNotAdopted has a document for each reason to leave out a relationship. The comment has the finding, the objects
// and the way out.
func TestNotAdopted(t *testing.T) {
	t.Parallel()
	sound := func() testkit.Estate {
		return testkit.Estate{
			Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Nantes", Branch: true}},
			Pools: []testkit.Pool{{FQDN: "paris", Site: 1}, {FQDN: "lyon", Site: 2}, {FQDN: "nice", Site: 1},
				{FQDN: "old", Site: 1, Version: 5}},
			Pairs:      []testkit.Pair{{A: "paris", B: "lyon"}},
			Appliances: []testkit.Appliance{{FQDN: "sba", Site: 3, Pool: "paris"}},
		}
	}
	const (
		pair      = "# - the pools lyon.contoso.com and paris.contoso.com\n"
		appliance = "# - the appliance sba.contoso.com\n"
	)
	replace := func(pattern, with string) func(string) string {
		return func(text string) string { return regexp.MustCompile(pattern).ReplaceAllString(text, with) }
	}
	for name, test := range map[string]struct {
		estate func(*testkit.Estate)
		text   func(string) string // changes the text of the document
		want   []string            // parts of the configuration
		pairs  int                 // that are adopted
		sbas   int
	}{
		"nothing": {pairs: 1, sbas: 1},
		"one way": {estate: func(e *testkit.Estate) {
			e.Backups = []testkit.Backup{{From: "nice", To: "paris"}}
		}, pairs: 1, sbas: 1, want: []string{"# Not adopted: One-way backup relationship (PP-RECIP)\n" +
			"# - the pools nice.contoso.com and paris.contoso.com\n"}},
		"no backup service": {estate: func(e *testkit.Estate) { e.Pairs[0].NoService = []string{"paris"} }, sbas: 1,
			want: []string{"(PP-WHOLE)\n" + pair,
				"#   Import the two pools as a pair. The next apply completes it:\n"}},
		"two partners": {estate: func(e *testkit.Estate) {
			e.Pairs = append(e.Pairs, testkit.Pair{A: "paris", B: "nice", NoBackup: []string{"paris"}})
			e.Backups = []testkit.Backup{{From: "paris", To: "nice"}}
		}, sbas: 1, want: []string{"(PP-ONE)\n" + pair + "# - the pools nice.contoso.com and paris.contoso.com\n",
			"#   Decide which one is the partner of paris.contoso.com."}},
		"the same backup twice": {text: replace(`(?s)(<Backup .*?</Backup>)`, "$1$1"),
			want: []string{"Pool with several backups (PP-WHOLE)\n" + pair, "(BR-ONE)\n" + appliance}},
		"a Lync Server 2010 pool": {estate: func(e *testkit.Estate) {
			e.Backups = []testkit.Backup{{From: "nice", To: "old"}}
		}, pairs: 1, sbas: 1, want: []string{"(PP-10-13)\n# - the pools nice.contoso.com and old.contoso.com\n"}},
		"a version that is not readable": {
			text: replace(`ServiceVersion="6"([^>]*RegistrarService">\s*<ServiceId SiteId="1")`, `ServiceVersion="x"$1`), sbas: 1,
			want: []string{"Registrar without a readable version (PP-KIND)\n" + pair}},
		"interval missing": {text: replace(` FailureDetectionInterval="[^"]*"`, ""),
			want: []string{"Automatic failover without both intervals (VF-BOTH)\n" + pair, "(VF-BOTH)\n" + appliance,
				"#   Set the interval in Topology Builder.\n"}},
		"interval unreadable": {text: func(text string) string {
			text = replace(`FailureDetectionInterval="[^"]*"`, `FailureDetectionInterval="PT1.5S"`)(text)
			return replace(`EnableAutomaticFailover="true"`, `EnableAutomaticFailover="false"`)(text)
		}, want: []string{"Setting that is not readable (VF-BOTH)\n" + pair, "(VF-BOTH)\n" + appliance}},
		"automatic failover unreadable": {
			text: replace(`EnableAutomaticFailover="true"`, `EnableAutomaticFailover="maybe"`),
			want: []string{"Setting that is not readable (VF-BOTH)\n" + pair, "(VF-BOTH)\n" + appliance,
				"#   Set automatic failover in Topology Builder.\n"}},
		"no backup registrar": {estate: func(e *testkit.Estate) { e.Appliances[0].NoBackup = true }, pairs: 1,
			want: []string{"(BR-ONE)\n" + appliance, "#   Set the same pool for user services and backup registrar " +
				"in Topology Builder and publish.\n", `#   Or declare it with appliance = "sba.contoso.com" and backup_pool = ` +
				`"paris.contoso.com", without an import block.`}},
		"on two pools": {estate: func(e *testkit.Estate) { e.Appliances[0].UserServices = "lyon" }, pairs: 1,
			want: []string{"(BR-ONE)\n" + appliance, "user services are on lyon.contoso.com"}},
		"names with white space": {text: replace(`"(paris|sba)\.contoso`, `"$1 x.contoso`),
			want: []string{"Name that cannot be declared (TD-NAME)\n" +
				"# - the pools lyon.contoso.com and paris x.contoso.com\n",
				"# - the appliance sba x.contoso.com\n", "#   Correct the name in Topology Builder and publish.\n"}},
		"a name that another pool has": {text: replace(`"nice\.contoso`, `"paris.contoso`),
			want: []string{"(TD-NAME)\n" + pair + appliance,
				"#   Give each pool and each appliance its own name"}},
		"a cluster without a name": {text: replace(` Fqdn="lyon\.contoso\.com"`, ` Fqdn=""`), sbas: 1,
			want: []string{"(TD-NAME)\n# - the pools cluster 2:1 and paris.contoso.com\n"}},
		"a hostile site": {
			text: func(text string) string {
				text = replace(`"paris\.contoso`, `"paris x.contoso`)(text)
				return strings.ReplaceAll(text, "<Name>Paris<", "<Name>P*/&#10;resource &#x9b;31m\u202e\u2028${x}<")
			},
			want: []string{"site P*/ resource 31m\\u2028${x}, a Front End pool"}},
		"a name in another script": {
			text: replace(`"(paris|sba)\.contoso`, "\"${1}\u6771\u4eac.contoso"), pairs: 1, sbas: 1,
			want: []string{`id = "lyon.contoso.com,paris\u6771\u4eac.contoso.com"`, `id = "sba\u6771\u4eac.contoso.com"`}},
		"a name that is not in NFC": {text: replace(`"(paris|sba)\.contoso`, "\"${1}u\u0308.contoso"),
			want: []string{"(TD-NAME)\n# - the pools lyon.contoso.com and parisu\\u0308.contoso.com\n",
				"# - the appliance sbau\\u0308.contoso.com\n"}},
		"a template in a name": {text: replace(`"(paris|sba)\.contoso`, `"$1$${x}%{if}.contoso`), pairs: 1, sbas: 1,
			want: []string{`id = "lyon.contoso.com,paris$${x}%%{if}.contoso.com"`,
				`appliance   = "sba$${x}%%{if}.contoso.com"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := sound()
			if test.estate != nil {
				test.estate(&e)
			}
			text := e.Text()
			if test.text != nil {
				text = test.text(text)
			}
			got := configurationText(t, testkit.Encode(text, e.Document()))
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("the configuration does not have %q:\n%s", want, got)
				}
			}
			pairs, sbas := strings.Count(got, "resource \"lync_pool_pair\" \"lyon_"),
				strings.Count(got, "resource \"lync_branch_backup\"")
			if pairs != test.pairs || sbas != test.sbas {
				t.Errorf("%d pairs and %d appliances are adopted, want %d and %d:\n%s", pairs, sbas, test.pairs,
					test.sbas, got)
			}
			if isLeftOut := strings.Contains(got, "# Not adopted"); isLeftOut != (test.want != nil) && pairs+sbas == 0 {
				t.Errorf("a comment: %t\n%s", isLeftOut, got)
			}
		})
	}
}

// TestConfigurationIsLinear compares the cost of a topology with that of twice as many appliances. Half of them have
// a fault.
func TestConfigurationIsLinear(t *testing.T) { //nolint:paralleltest // it counts the allocations of the process
	size := func(n int) uint64 {
		e := testkit.Estate{Sites: []testkit.Site{{ID: 1}, {ID: 2}}}
		for i := range n / 10 {
			e.Pools = append(e.Pools, testkit.Pool{FQDN: fmt.Sprintf("p%04d", i), Site: 1 + i%2})
			if i%2 == 1 {
				e.Pairs = append(e.Pairs, testkit.Pair{A: fmt.Sprintf("p%04d", i-1), B: fmt.Sprintf("p%04d", i)})
			}
		}
		for i := range n {
			e.Sites = append(e.Sites, testkit.Site{ID: 3 + i, Branch: true, Parent: 1})
			e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: fmt.Sprintf("sba%04d", i), Site: 3 + i,
				Pool: e.Pools[i%len(e.Pools)].FQDN, NoBackup: i%2 == 0})
		}
		c := client.New(memory.New(e.Document()), client.Options{})
		survey, err := c.Survey(t.Context(), client.SurveyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, bytes := testkit.Allocations(func() { configurationOf(t.Context(), c, survey) })
		return bytes
	}
	if half, whole := size(1500), size(3000); whole > 3*half {
		t.Errorf("3000 appliances allocate %d bytes, 1500 allocate %d", whole, half)
	}
}
