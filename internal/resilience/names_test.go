package resilience

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// namesOf returns the violations of TD-NAME: the severity, the objects and the clusters of each.
func namesOf(violations []Violation) string {
	var got []string
	for _, v := range violations {
		if v.Rule.ID == "TD-NAME" {
			got = append(got, fmt.Sprintf("%s %s: %s", v.Severity, strings.Join(v.Objects, " "), v.Detail))
		}
	}
	return strings.Join(got, "\n")
}

func TestFindingsOfNames(t *testing.T) {
	t.Parallel()
	const two = "error a.contoso.com: 2 clusters of the topology have the name a.contoso.com: 1:1 (site Paris, a " +
		"Front " +
		"End pool) and 2:1 (site Lyon, a Front End pool). The name identifies none of them. Lists have only 1:1, and " +
		"the pool cannot be declared."
	for name, test := range map[string]struct {
		build func(d *testkit.Draft, b *testkit.DraftPool)
		want  string
	}{
		"sound":     {func(*testkit.Draft, *testkit.DraftPool) {}, ""},
		"two pools": {func(_ *testkit.Draft, b *testkit.DraftPool) { b.SetName("A.contoso.com") }, two},
		"a paired pool without a name": {
			func(d *testkit.Draft, b *testkit.DraftPool) {
				testkit.WritePair(d.Standard("c", 1, v2013), b)
				b.SetName("")
			},
			"error cluster 2:1: The cluster 2:1 (site Lyon, a Front End pool) has no usable name. It is left out of " +
				"the lists of pools and appliances, and cannot be declared.",
		},
		"a host without a name": {
			func(d *testkit.Draft, _ *testkit.DraftPool) { d.Host("host", 2).SetName("") },
			"info cluster 2:2: The cluster 2:2 (site Lyon, a host without services) has no usable name.",
		},
		"a pool whose name cannot be declared": {
			func(_ *testkit.Draft, b *testkit.DraftPool) { b.SetName("b, c.contoso.com") },
			"error b, c.contoso.com: The cluster 2:1 (site Lyon, a Front End pool) has the name " +
				"\"b, c.contoso.com\", which is not the name of a host. It cannot be declared.",
		},
		"a host whose name cannot be declared": {
			func(d *testkit.Draft, _ *testkit.DraftPool) { d.Host("host", 2).SetName("a b") }, "",
		},
		"a host and a pool": {
			func(d *testkit.Draft, _ *testkit.DraftPool) { d.Host("host", 2).SetName("a.contoso.com") },
			"info a.contoso.com: 2 clusters of the topology have the name a.contoso.com: 1:1 (site Paris, a Front " +
				"End pool) and 2:2 (site Lyon, a host without services). In a configuration, the name means 1:1.",
		},
		"one SQL Server in two sites": {
			func(d *testkit.Draft, _ *testkit.DraftPool) {
				d.Host("sql", 1)
				d.Host("sql2", 2).SetName("sql.contoso.com")
			},
			"info sql.contoso.com: 2 clusters of the topology have the name sql.contoso.com: 1:2 (site Paris, a host " +
				"without services) and 2:2 (site Lyon, a host without services).",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			d.Standard("a", 1, v2013)
			test.build(d, d.Standard("b", 2, v2013))
			findings := Findings(modelOf(t, d), nil)
			if got := namesOf(findings); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			assertTexts(t, findings)
		})
	}
}

// A relationship of an ambiguous name is refused, and only because of the name.
func TestAmbiguousNamesAreRefused(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	a := d.Standard("a", 1, v2013)
	d.Standard("b", 2, v2013).SetName(a.FQDN)
	c := d.Standard("c", 2, v2013)
	sba := d.Appliance("sba", 3, v2013, c)
	d.Appliance("other", 3, v2013, a).SetName(sba.FQDN)
	d.Appliance("sound", 3, v2013, c)
	topo := modelOf(t, d)
	for name, test := range map[string]struct {
		violations []Violation
		refused    []string
		settings   []Setting
	}{
		"pair": {
			Create(topo, topology.DesiredPair{Members: [2]topology.FQDN{fqdn("a"), fqdn("c")}}),
			[]string{"a.contoso.com"}, []Setting{SettingPools},
		},
		"appliance": {
			BranchCreate(topo, topology.DesiredBranch{Appliance: fqdn("sba"), Pool: fqdn("c")}),
			[]string{"sba.contoso.com"}, []Setting{SettingAppliance},
		},
		"appliance on a pool": {
			BranchMove(topo, topology.DesiredBranch{Appliance: fqdn("sound"), Pool: fqdn("a")}),
			[]string{"a.contoso.com"}, []Setting{SettingPools},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var refused []string
			var settings []Setting
			for _, v := range test.violations {
				if v.Severity != Error {
					continue
				}
				if v.Rule.ID != "TD-NAME" || !strings.Contains(v.Detail, "2 clusters of the topology have the name") {
					t.Errorf("refused because of %s: %s", v.Summary(), v.Detail)
				}
				refused, settings = append(refused, v.Objects...), append(settings, v.Setting)
			}
			if !slices.Equal(refused, test.refused) || !slices.Equal(settings, test.settings) {
				t.Errorf("refused %v at %v, want %v at %v", refused, settings, test.refused, test.settings)
			}
		})
	}
}

// One SQL Server that is a cluster of each of two sites is one server.
func TestOneSQLServerInTwoSites(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		instance string
		central  bool
		want     string
	}{
		"one instance":                {"rtc", false, "error PP-SHARED"},
		"two instances":               {"lync", false, "discouraged PP-SHARED"},
		"with Central Management":     {"rtc", true, "error PP-SHARED, error CM-ONE"},
		"standby on another instance": {"lync", true, "discouraged PP-SHARED, discouraged CM-PAIR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			a := d.EnterpriseOn("a", 1, v2013, "one.contoso.com", "rtc")
			d.EnterpriseOn("b", 2, v2013, "two.contoso.com", test.instance)
			if test.central {
				a.AddCentral(true)
			}
			topo := parsed(t, strings.ReplaceAll(d.Text(), "two.contoso.com", "ONE.contoso.com"))
			var got []string
			for _, v := range Create(topo, topology.DesiredPair{Members: [2]topology.FQDN{fqdn("a"), fqdn("b")}}) {
				if v.Rule.ID == "PP-SHARED" || strings.HasPrefix(v.Rule.ID, "CM-") {
					got = append(got, string(v.Severity)+" "+v.Rule.ID)
				}
			}
			if g := strings.Join(got, ", "); g != test.want {
				t.Errorf("got %s, want %s", g, test.want)
			}
		})
	}
}

// parsed returns the model of a text.
func parsed(t *testing.T, text string) *topology.Topology {
	t.Helper()
	doc, err := topology.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Topology()
}
