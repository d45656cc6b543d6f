package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// allKindsEstate returns an estate with at least one host of every kind that a pair can name.
func allKindsEstate() testkit.Estate {
	estate := testkit.Estate{
		Sites: []testkit.Site{
			{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"},
			{ID: 3, Name: "Nantes", Branch: true, Parent: 1},
		},
		Pools: []testkit.Pool{
			{FQDN: "paris", Site: 1},
			{FQDN: "lyon", Site: 2},
			{FQDN: "big", Site: 1, Enterprise: true},
			{FQDN: "huge", Site: 2, Enterprise: true},
			{FQDN: "small", Site: 1, Enterprise: true, FrontEnds: 2},
			{FQDN: "director", Site: 1, Kind: testkit.Director, NextHop: "paris"},
			{FQDN: "edge", Site: 1, Kind: testkit.Edge, NextHop: "paris"},
			{FQDN: "chat", Site: 1, Kind: testkit.PersistentChat, NextHop: "paris"},
			{FQDN: "gateway", Site: 1, Kind: testkit.Gateway, NextHop: "paris"},
			{FQDN: "office", Site: 1, Kind: testkit.OfficeWebApps},
			{FQDN: "old1", Site: 1, Version: 5},
			{FQDN: "old2", Site: 2, Version: 5},
			{FQDN: "sfb1", Site: 1, Version: 7},
			{FQDN: "sfb2", Site: 2, Version: 7},
			{FQDN: "two19", Site: 1, Version: 8, Enterprise: true, FrontEnds: 2},
			{FQDN: "three19", Site: 2, Version: 8, Enterprise: true},
			{FQDN: "beside1", Site: 1, Enterprise: true, SQLHost: "sql-both"},
			{FQDN: "beside2", Site: 2, Enterprise: true, SQLHost: "sql-both"},
			{FQDN: "named", Site: 1},
			{FQDN: "names", Site: 2},
		},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 3, Pool: "paris"}},
		Backups:    []testkit.Backup{{From: "names", To: "named"}},
	}
	return estate
}

// perPool returns an argument with a setting of one pool.
func perPool(pool, setting string) string {
	return fmt.Sprintf("per_pool = {\n    %q = { %s }\n  }", pool, setting)
}

func TestRefusedAtPlan(t *testing.T) {
	t.Parallel()
	doc := allKindsEstate().Document()
	const big, huge, sfb1, sfb2 = "big.contoso.com", "huge.contoso.com", "sfb1.contoso.com", "sfb2.contoso.com"
	strict := "strict_support = true"
	for name, test := range map[string]struct {
		resources []string
		provider  string // more arguments of the provider
		doc       []byte // default: allKindsEstate
		want      []string
	}{
		"itself": {
			resources: []string{pairOf(paris, paris)},
			want: []string{"Pool paired with itself (PP-SELF)", "Both members of the pair are " +
				"paris.contoso.com. A pool cannot be its own partner."},
		},
		"itself as one element": {
			resources: []string{`resource "lync_pool_pair" "this" { pools = ["paris.contoso.com"] }`},
			want: []string{"(PP-SELF)", "Both members of the pair are paris.contoso.com. A pool cannot be its " +
				"own partner."},
		},
		"itself in upper case": {
			resources: []string{pairOf(paris, "PARIS.Contoso.com")},
			want:      []string{"(PP-SELF)", "are one pool: letter case and a trailing dot make no difference"},
		},
		"itself with a trailing dot": {
			resources: []string{pairOf(paris, paris+".")},
			want:      []string{"(PP-SELF)", "are one pool: letter case and a trailing dot make no difference"},
		},
		"three pools": {
			resources: []string{`resource "lync_pool_pair" "this" { pools = ["a.contoso.com", "b.contoso.com", ` +
				`"c.contoso.com"] }`},
			want: []string{"Not two pools", "A pair has exactly two Front End pools; pools has 3."},
		},
		"no pool": {
			resources: []string{`resource "lync_pool_pair" "this" { pools = [] }`},
			want:      []string{"Not two pools", "pools has 0."},
		},
		"unknown": {
			resources: []string{pairOf(paris, "rome.contoso.com")},
			want: []string{"Pool not in the topology (PP-EXIST)", "no pool with the name rome.contoso.com",
				"lyon.contoso.com"},
		},
		"Front End computer": {
			resources: []string{pairOf(paris, testkit.Machine(big, 1))},
			want: []string{"(PP-EXIST)", "fe1-big.contoso.com is a Front End computer of the pool big.contoso.com",
				`Name the pool: "big.contoso.com".`},
		},
		"Director and Edge": {
			resources: []string{pairOf("edge.contoso.com", "director.contoso.com")},
			want: []string{"Director in a pair (PP-NODIR)", "director.contoso.com is a Director in the topology",
				"Edge pool in a pair (PP-NOEDGE)", "edge.contoso.com is an Edge pool in the topology"},
		},
		"Director": {
			resources: []string{pairOf("director.contoso.com", paris)},
			want:      []string{"Director in a pair (PP-NODIR)", "director.contoso.com is a Director in the topology"},
		},
		"Edge": {
			resources: []string{pairOf(paris, "edge.contoso.com")},
			want:      []string{"Edge pool in a pair (PP-NOEDGE)", "edge.contoso.com is an Edge pool in the topology"},
		},
		"Persistent Chat": {
			resources: []string{pairOf(paris, "chat.contoso.com")},
			want: []string{"Persistent Chat pool in a pair (PP-NOPCHAT)",
				"chat.contoso.com is a Persistent Chat pool"},
		},
		"appliance": {
			resources: []string{pairOf(paris, "sba.contoso.com")},
			want: []string{"Branch appliance in a pair (PP-NOSBA)",
				"sba.contoso.com is a Survivable Branch Appliance or Server"},
		},
		"SQL host and file server": {
			resources: []string{pairOf("sql-big.contoso.com", "fs-big.contoso.com")},
			want: []string{"Not a Front End pool (PP-KIND)", "fs-big.contoso.com is",
				"only Front End pools can be paired", "sql-big.contoso.com is"},
		},
		"SQL host": {
			resources: []string{pairOf(paris, "sql-big.contoso.com")},
			want:      []string{"(PP-KIND)", "sql-big.contoso.com is", "only Front End pools can be paired"},
		},
		"gateway": {
			resources: []string{pairOf(paris, "gateway.contoso.com")},
			want:      []string{"(PP-KIND)", "gateway.contoso.com is", "only Front End pools can be paired"},
		},
		"Office Web Apps": {
			resources: []string{pairOf(paris, "office.contoso.com")},
			want:      []string{"(PP-KIND)", "office.contoso.com is", "only Front End pools can be paired"},
		},
		"2010 and 2013": {
			resources: []string{pairOf(paris, "old1.contoso.com")},
			want:      []string{"(PP-10-13)", "old1.contoso.com is a Lync Server 2010 pool"},
		},
		"2010 twice": {
			resources: []string{pairOf("old1.contoso.com", "old2.contoso.com")},
			want:      []string{"(PP-10-13)", "old1.contoso.com and old2.contoso.com are Lync Server 2010 pools"},
		},
		"2013 and 2015": {
			resources: []string{pairOf(lyon, sfb1)},
			want: []string{"Members of different versions (PP-VERSION)",
				"lyon.contoso.com runs Lync Server 2013, and sfb1.contoso.com runs Skype for Business Server 2015"},
		},
		"2019 pool of two": {
			resources: []string{pairOf("two19.contoso.com", "three19.contoso.com")},
			want: []string{"Enterprise Edition pool of two Front End Servers (PP-FE2-19)", "two19.contoso.com",
				"two Front End Servers"},
		},
		"two resources share a pool": {
			resources: []string{pairNamed("one", paris, lyon), pairNamed("two", paris, "names.contoso.com")},
			want: []string{"Many-to-one backup relationship (PP-ONE)",
				"paris.contoso.com would be in two pairs of this configuration"},
		},
		"same pair twice": {
			resources: []string{pairNamed("one", paris, lyon), pairNamed("two", paris, lyon)},
			want:      []string{"(PP-ONE)", "The pair lyon.contoso.com,paris.contoso.com is declared by two resources"},
		},
		"mirror": {
			resources: []string{pairNamed("one", paris, lyon), pairNamed("two", "LYON.contoso.com.", paris)},
			want:      []string{"(PP-ONE)", "The pair lyon.contoso.com,paris.contoso.com is declared by two resources"},
		},
		"third pool names a member": {
			resources: []string{pairOf("named.contoso.com", lyon)},
			want: []string{"(PP-ONE)",
				"named.contoso.com cannot be paired with another pool while that relationship exists",
				"Remove the relationship.",
				`terraform import lync_pool_pair.former "named.contoso.com,names.contoso.com"`},
		},
		"one SQL instance": {
			resources: []string{pairOf("beside1.contoso.com", "beside2.contoso.com")},
			want:      []string{"(PP-SHARED)", "are both on the SQL Server instance"},
		},
		"interval too short": {
			resources: []string{pairOf(paris, lyon, `failure_detection_interval = "29s"`)},
			want: []string{"Detection interval out of range (VF-RANGE)", "in resource",
				`failure_detection_interval = "29s"`, "failure detection interval is 29s"},
		},
		"interval too long": {
			resources: []string{pairOf(paris, lyon, `failback_detection_interval = "24h0m1s"`)},
			want: []string{"(VF-RANGE)", `failback_detection_interval = "24h0m1s"`,
				"failback detection interval is 24h0m1s"},
		},
		"interval of one side too short": {
			resources: []string{pairOf(paris, lyon, perPool(lyon, `failure_detection_interval = "10s"`))},
			want: []string{"(VF-RANGE)", "In the settings for a failure of lyon.contoso.com, the failure " +
				"detection interval is 10s"},
		},
		"interval of one side too long": {
			resources: []string{pairOf(paris, lyon,
				perPool("PARIS.contoso.com", `failback_detection_interval = "25h"`))},
			want: []string{"(VF-RANGE)", "In the settings for a failure of paris.contoso.com, the failback " +
				"detection interval is 25h"},
		},
		"fractions of seconds": {
			resources: []string{pairOf(paris, lyon, `failure_detection_interval = "90500ms"`)},
			want: []string{"Not a whole number of seconds", "failure_detection_interval",
				"Write numbers with the units"},
		},
		"an interval without a unit": {
			resources: []string{pairOf(paris, lyon, `failure_detection_interval = "5"`)},
			want:      []string{"Not a duration", `failure_detection_interval = "5"`, "h, m and s, such as"},
		},
		"stranger in per_pool": {
			resources: []string{pairOf(paris, lyon, perPool(huge, "automatic_failover = false"))},
			want: []string{"Not a member of the pair", `"huge.contoso.com" = { automatic_failover = false }`,
				"the pools of this pair are"},
		},
		"a pool that is null": {
			resources: []string{strings.Replace(pairOf(paris, lyon), `"lyon.contoso.com"`, "null", 1)},
			want:      []string{"Pool without a name", "A member of pools is null"},
		},
		"an interval below nothing": {resources: []string{pairOf(paris, lyon, `failure_detection_interval = "-5m"`)},
			want: []string{"(VF-RANGE)", "is -5m, outside the range from 30 seconds to 24 hours"}},
		"one pool twice in per_pool": {
			resources: []string{pairOf(paris, lyon,
				fmt.Sprintf("per_pool = {\n    %q = {}\n    %q = {}\n  }", lyon, "LYON.contoso.com"))},
			want: []string{"Settings declared twice", "two entries for the pool lyon.contoso.com"},
		},
		"strict: editions": {
			provider:  strict,
			resources: []string{pairOf(paris, huge)},
			want: []string{"Members of different editions (PP-EDITION)",
				"huge.contoso.com is an Enterprise Edition pool", "paris.contoso.com is a Standard Edition server"},
		},
		"strict: unknown shape": {
			provider:  strict,
			resources: []string{pairOf(sfb1, sfb2)},
			want: []string{"Pair shape unknown for this version (PP-SHAPE)",
				"Create the first pair of Skype for Business Server 2015 with Topology Builder"},
		},
		"an ignored rule is an error after all": {
			provider:  `ignored_rules = ["PP-VERSION", "PP-SHARED"]`,
			resources: []string{pairOf("beside1.contoso.com", "beside2.contoso.com")},
			want:      []string{"(PP-SHARED)"},
		},
		"versions cannot be ignored on create": {
			provider:  `ignored_rules = ["PP-VERSION"]`,
			resources: []string{pairOf(lyon, sfb1)},
			want:      []string{"(PP-VERSION)"},
		},
		"Central Management: an existing standby": {
			doc:       centralEstate("", testkit.Standby, "", testkit.Active),
			resources: []string{pairOf(paris, lyon)},
			want: []string{"Second Central Management store (CM-ONE)",
				"lyon.contoso.com has the inactive Central Management service"},
		},
		"Central Management: two active": {
			doc:       centralEstate(testkit.Active, "", testkit.Active, ""),
			resources: []string{pairOf(paris, lyon)},
			want:      []string{"(CM-ONE)", "2 active Central Management services"},
		},
		"Central Management: standby on a third pool": {
			doc:       centralEstate(testkit.Active, "", testkit.Standby, ""),
			resources: []string{pairOf(paris, lyon)},
			want: []string{
				"(CM-ONE)",
				"paris.contoso.com has the active Central Management, and nice.contoso.com already has an " +
					"inactive one",
			},
		},
		"Central Management: no SQL Server instance for the standby": {
			doc: testkit.Estate{Pools: []testkit.Pool{
				{FQDN: "paris", Enterprise: true, SQLHost: "sql", Central: testkit.Active},
				{FQDN: "lyon", Site: 2, Enterprise: true, SQLHost: "sql"},
			}}.Document(),
			resources: []string{pairOf(paris, lyon)},
			want:      []string{"(PP-SHARED)", "(CM-ONE)", "The same instance cannot have the standby"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := doc
			if test.doc != nil {
				first = test.doc
			}
			d := newDocument(t, first)
			unitTest(t, assertRefused(d.configWith(test.provider, test.resources...), test.want...))
			d.assertContent(first)
		})
	}
}

// centralEstate returns the document of four Standard Edition servers with these roles of Central Management.
func centralEstate(paris, lyon, nice, metz string) []byte {
	return testkit.Estate{Pools: []testkit.Pool{
		{FQDN: "paris", Site: 1, Central: paris}, {FQDN: "lyon", Site: 2, Central: lyon},
		{FQDN: "nice", Site: 3, Central: nice}, {FQDN: "metz", Site: 4, Central: metz},
	}}.Document()
}
