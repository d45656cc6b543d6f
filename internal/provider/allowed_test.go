package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestWarningsDoNotBlock creates pairs that are unsupported or discouraged. TestWarningsOfAPlan checks the warnings.
func TestWarningsDoNotBlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider, a, b string
		version        string
	}{
		"editions, one site, two servers": {a: "paris.contoso.com", b: "small.contoso.com",
			version: "Lync Server 2013"},
		"unknown shape": {a: "sfb1.contoso.com", b: "sfb2.contoso.com", version: "Skype for Business Server 2015"},
		"ignored, not raised": {
			provider: `strict_support = true
  ignored_rules = ["PP-EDITION"]`,
			a: "paris.contoso.com", b: "huge.contoso.com", version: "Lync Server 2013",
		},
		"strict, but only discouraged": {
			provider: "strict_support = true", a: "paris.contoso.com", b: "named.contoso.com",
			version: "Lync Server 2013",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			estate := allKindsEstate()
			estate.Backups = nil
			first := estate.Document()
			d := newDocument(t, first)
			unitTest(t, resource.TestStep{
				Config:           d.configWith(test.provider, pairOf(test.a, test.b)),
				ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate)),
				ConfigStateChecks: append(assertPaired(test.a, test.b),
					assertState(registrar(test.a, "version"), knownvalue.StringExact(test.version))),
			})
			d.assertContent(first)
		})
	}
}

// TestOldFaultsDoNotBlock changes, repairs and destroys pairs that have come to violate a rule.
func TestOldFaultsDoNotBlock(t *testing.T) {
	t.Parallel()
	change := func(index int, change func(*testkit.Pool)) []byte {
		return fourPools(func(e *testkit.Estate) { change(&e.Pools[index]) }).Document()
	}
	for name, doc := range map[string][]byte{
		"another version": change(1, func(p *testkit.Pool) { p.Version = 7 }),
		"one site":        change(1, func(p *testkit.Pool) { p.Site = 1 }),
		"another edition": change(1, func(p *testkit.Pool) { p.Enterprise, p.FrontEnds = true, 2 }),
		"one SQL instance": fourPools(func(e *testkit.Estate) {
			for i := range 2 {
				e.Pools[i].Enterprise, e.Pools[i].SQLHost, e.Pools[i].Central = true, "sql-both", ""
			}
		}).Document(),
		"2019 pool of two": fourPools(func(e *testkit.Estate) {
			for i := range 2 {
				e.Pools[i].Enterprise, e.Pools[i].FrontEnds, e.Pools[i].Version = true, 2, 8
			}
		}).Document(),
		"a third pool names a member": fourPools(backup(testkit.Backup{From: "nice", To: "lyon"})).Document(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, fourPools().Document())
			strict := "strict_support = true"
			unitTest(t,
				importStep(d.config(pairOf(paris, lyon))),
				resource.TestStep{
					PreConfig: d.replaceWith(doc),
					Config:    d.configWith(strict, pairOf(paris, lyon, `failback_detection_interval = "20m"`)),
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate),
						assertPlanned(registrar(lyon, "failback_detection_interval"), knownvalue.StringExact("20m"))),
					ConfigStateChecks: []statecheck.StateCheck{
						assertState(registrar(lyon, "failback_detection_interval"), knownvalue.StringExact("20m")),
						assertState(registrar(lyon, "backup_registrar"), knownvalue.StringExact(paris)),
					},
				},
				resource.TestStep{
					Config:           d.configWith(strict, pairOf(paris, lyon, `failback_detection_interval = "20m"`)),
					Destroy:          true,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
				},
			)
		})
	}
}

// TestOldRangeDoesNotBlock changes another setting of a pair with an interval that was out of range before.
func TestOldRangeDoesNotBlock(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools(func(e *testkit.Estate) { e.Pairs[0].Failure = 10e9 }).Document())
	short := `failure_detection_interval = "10s"`
	unitTest(t,
		importStep(d.config(pairOf(paris, lyon, short))),
		resource.TestStep{
			Config: d.config(pairOf(paris, lyon, short, "automatic_failover = false")),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), assertChanges{
				"automatic_failover":                  "true -> false",
				"registrars.lyon.automatic_failover":  "true -> false",
				"registrars.paris.automatic_failover": "true -> false",
			}),
			ConfigStateChecks: []statecheck.StateCheck{assertState(registrar(lyon, "automatic_failover"),
				knownvalue.Bool(false))},
		},
		resource.TestStep{
			Config: d.config(pairOf(paris, lyon, `failure_detection_interval = "11s"`,
				"automatic_failover = false")),
			PlanOnly:    true,
			ExpectError: inOrder("(VF-RANGE)"),
		},
	)
}

// TestLegalRelationshipsOf2010AndAppliances creates a pair beside legal relationships: many-to-one and one-way
// relationships of Lync Server 2010 pools, and hundreds of appliances on one pool.
func TestLegalRelationshipsOf2010AndAppliances(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"},
			{ID: 3, Name: "Branches", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{
			{FQDN: "paris", Site: 1}, {FQDN: "lyon", Site: 2},
			{FQDN: "old1", Site: 1, Version: 5}, {FQDN: "old2", Site: 2, Version: 5},
			{FQDN: "old3", Site: 2, Version: 5},
		},
		Backups: []testkit.Backup{{From: "old1", To: "old3"}, {From: "old2", To: "old3"}},
	}
	for i := range 300 {
		estate.Appliances = append(estate.Appliances,
			testkit.Appliance{FQDN: fmt.Sprintf("sba%d", i), Site: 3, Pool: "paris"})
	}
	first := estate.Document()
	d := newDocument(t, first)
	unitTest(t, resource.TestStep{
		Config:            d.configWith("strict_support = true", pairOf(paris, lyon)),
		ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionCreate)),
		ConfigStateChecks: assertPaired(paris, lyon),
	})
	d.assertContent(first)
}
