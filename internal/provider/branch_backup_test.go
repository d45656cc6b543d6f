package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

const (
	nantes = "lync_branch_backup.nantes"
	sba    = "sba.contoso.com"
)

// branchEstate returns an estate with the appliance sba on paris, in the branch site Nantes of Paris.
func branchEstate(change ...func(*testkit.Appliance)) testkit.Estate {
	a := testkit.Appliance{FQDN: "sba", Site: 3, Pool: "paris", Edge: "edge"}
	for _, c := range change {
		c(&a)
	}
	return testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"},
			{ID: 3, Name: "Nantes", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{
			{FQDN: "paris", Site: 1}, {FQDN: "lyon", Site: 2}, {FQDN: "old", Site: 1, Version: 5},
			{FQDN: "director", Site: 1, Kind: testkit.Director, NextHop: "paris"},
			{FQDN: "edge", Site: 1, Kind: testkit.Edge, NextHop: "paris"},
		},
		Appliances: []testkit.Appliance{a, {FQDN: "other", Site: 3, Pool: "lyon"}},
	}
}

func withoutBackup(a *testkit.Appliance) { a.NoBackup = true }

func usersOn(pool string) func(*testkit.Appliance) {
	return func(a *testkit.Appliance) { a.UserServices = pool }
}

func onPool(pool string) func(*testkit.Appliance) {
	return func(a *testkit.Appliance) { a.Pool = pool }
}

// branchOf returns a resource "nantes" for an appliance and its pool, with more arguments, one per line.
func branchOf(appliance, pool string, arguments ...string) string {
	return branchNamed("nantes", appliance, pool, arguments...)
}

func branchNamed(name, appliance, pool string, arguments ...string) string {
	return fmt.Sprintf("resource \"lync_branch_backup\" %q {\n  appliance   = %q\n  backup_pool = %q\n  %s\n}\n",
		name, appliance, pool, strings.Join(arguments, "\n  "))
}

func assertBranchAction(action plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(nantes, action)
}

func assertBranch(values map[string]knownvalue.Check) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for attribute, check := range values {
		checks = append(checks, statecheck.ExpectKnownValue(nantes, tfjsonpath.New(attribute), check))
	}
	return checks
}

func importBranchStep(config string) resource.TestStep {
	return resource.TestStep{Config: config, ResourceName: nantes, ImportState: true, ImportStateId: sba,
		ImportStatePersist: true}
}

// TestBranchCreation has the cases in which a creation succeeds. A destroy restores the document.
func TestBranchCreation(t *testing.T) {
	t.Parallel()
	three := func(a *testkit.Appliance) { a.Failure = 3 * time.Minute }
	for name, test := range map[string]struct {
		first, created, destroyed testkit.Estate
		adopted                   bool
	}{
		"adopted unchanged": {first: branchEstate(), created: branchEstate(), destroyed: branchEstate(),
			adopted: true},
		"adopted, with another interval": {first: branchEstate(three), created: branchEstate(),
			destroyed: branchEstate(), adopted: true},
		"Backup element written": {first: branchEstate(withoutBackup), created: branchEstate(),
			destroyed: branchEstate(withoutBackup)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, test.first.Document())
			config := d.config(branchOf(sba, paris))
			unitTest(t,
				resource.TestStep{
					Config: config,
					ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionCreate),
						plancheck.ExpectUnknownValue(nantes, tfjsonpath.New("adopted")),
						plancheck.ExpectKnownValue(nantes, tfjsonpath.New("user_services_pool"),
							knownvalue.StringExact(paris))),
					ConfigStateChecks: assertBranch(map[string]knownvalue.Check{
						"id": knownvalue.StringExact(sba), "adopted": knownvalue.Bool(test.adopted),
						"automatic_failover":          knownvalue.Bool(true),
						"failure_detection_interval":  knownvalue.StringExact("2m"),
						"failback_detection_interval": knownvalue.StringExact("4m"),
						"branch_site":                 knownvalue.StringExact("Nantes"),
						"central_site":                knownvalue.StringExact("Paris"),
						"version":                     knownvalue.StringExact("Lync Server 2013"),
						"user_services_pool":          knownvalue.StringExact(paris),
						"backup_pool_partner":         knownvalue.Null(),
					}),
					PostApplyFunc: func() { d.assertContent(test.created.Document()) },
				},
				resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())},
				resource.TestStep{Config: d.config(),
					ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionDestroy))},
			)
			d.assertContent(test.destroyed.Document())
		})
	}
}

// TestBranchRefused has the cases in which a creation or a configuration is refused.
func TestBranchRefused(t *testing.T) {
	t.Parallel()
	second := "</Backup>\r\n      <Backup EnableAutomaticFailover=\"true\">\r\n        <ServiceId SiteId=\"2\" " +
		"RoleName=\"Registrar\" Instance=\"1\" />\r\n      </Backup>\r\n"
	complete := branchEstate().Document()
	// The appliance's Registrar is the first service in the branch site.
	inRegistrar := func(from, to string) []byte {
		text := testkit.Decode(complete)
		at := strings.Index(text, `<ServiceId SiteId="3" RoleName="Registrar" Instance="1" />`)
		return testkit.Encode(text[:at]+strings.Replace(text[at:], from, to, 1), complete)
	}
	const users = `<Dependency Usage="Default">` + "\r\n          " +
		`<ServiceId SiteId="1" RoleName="UserServices" Instance="1" />` + "\r\n        </Dependency>"
	for name, test := range map[string]struct {
		doc       []byte
		resources []string
		provider  string
		want      []string
	}{
		"Backup on another pool": {doc: branchEstate(onPool("lyon")).Document(),
			want: []string{"(BR-ONE)", "backup registrar of the appliance sba.contoso.com is on lyon.contoso.com and " +
				"its user services are on lyon.contoso.com", "import {", "to = lync_branch_backup.NAME",
				`id = "sba.contoso.com"`}},
		"user services on another pool": {doc: branchEstate(usersOn("lyon")).Document(),
			want: []string{"(BR-ONE)", "is on paris.contoso.com and its user services are on lyon.contoso.com",
				`id = "sba.contoso.com"`}},
		"no Backup, user services on another one": {doc: branchEstate(withoutBackup, usersOn("lyon")).Document(),
			want: []string{"(BR-ONE)", `Create it with backup_pool = "lyon.contoso.com", then change backup_pool`}},
		"two Backups": {doc: inRegistrar("</Backup>\r\n", second),
			want: []string{"(BR-ONE)", "2 Backups, naming paris.contoso.com and lyon.contoso.com"}},
		"no user services": {doc: inRegistrar(`Usage="Default"`, `Usage="Other"`),
			want: []string{"(BR-ONE)", "depends on no user services"}},
		"two user services": {doc: inRegistrar(users,
			users+"\r\n        "+strings.Replace(users, `SiteId="1"`, `SiteId="2"`, 1)),
			want: []string{"(BR-ONE)", "depends on 2 user services"}},
		"Backup with a missing target": {doc: inRegistrar(`<ServiceId SiteId="1" RoleName="Registrar" Instance="1" />`,
			`<ServiceId SiteId="1" RoleName="Registrar" Instance="7" />`),
			want: []string{"(BR-ONE)", "names 1-Registrar-7, which the topology does not have"}},
		"no such appliance": {resources: []string{branchOf("missing.contoso.com", paris)},
			want: []string{"(BR-EXIST)", "no appliance with the name missing.contoso.com"}},
		"a pool": {resources: []string{branchOf(lyon, paris)},
			want: []string{"(BR-SITE)", "lyon.contoso.com is a Front End pool"}},
		"a Director": {resources: []string{branchOf("director.contoso.com", paris)},
			want: []string{"(BR-SITE)", "is a Director"}},
		"two resources": {resources: []string{branchOf(sba, paris),
			branchNamed("two", "SBA.contoso.com.", paris)}, want: []string{"(BR-ONE)", "declared by two resources"}},
		"unknown pool": {resources: []string{branchOf(sba, "missing.contoso.com")},
			want: []string{"(PP-EXIST)", "no pool with the name missing.contoso.com"}},
		"backed by a Director": {resources: []string{branchOf(sba, "director.contoso.com")},
			want: []string{"(BR-KIND)", "which is a Director"}},
		"backed by an Edge pool": {resources: []string{branchOf(sba, "edge.contoso.com")},
			want: []string{"(BR-KIND)", "which is an Edge pool"}},
		"backed by an appliance": {resources: []string{branchOf(sba, "other.contoso.com")},
			want: []string{"(BR-KIND)", "Survivable Branch Appliance"}},
		"on a 2010 pool already": {doc: branchEstate(onPool("old")).Document(),
			resources: []string{branchOf(sba, "old.contoso.com")},
			want:      []string{"(BR-V13-10)", "its pool old.contoso.com runs Lync Server 2010"}},
		"interval": {resources: []string{branchOf(sba, paris, `failure_detection_interval = "10s"`)},
			want: []string{"(VF-RANGE)"}},
		"not whole seconds": {resources: []string{branchOf(sba, paris, `failback_detection_interval = "4m500ms"`)},
			want: []string{"Not a whole number of seconds"}},
		"no name": {resources: []string{branchOf("a b", paris)},
			want: []string{"must be a fully qualified domain name"}},
		"later than its pool, strict": {
			doc:      branchEstate(withoutBackup, func(a *testkit.Appliance) { a.Version = 7 }).Document(),
			provider: "strict_support = true", want: []string{"(BR-VGT)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, resources := test.doc, test.resources
			if doc == nil {
				doc = complete
			}
			if resources == nil {
				resources = []string{branchOf(sba, paris)}
			}
			d := newDocument(t, doc)
			unitTest(t, assertRefused(d.configWith(test.provider, resources...), test.want...))
			d.assertContent(doc)
		})
	}
}

// TestBranchMove moves an appliance in place and back. Only references in the document change.
func TestBranchMove(t *testing.T) {
	t.Parallel()
	first, moved := branchEstate().Document(), branchEstate(onPool("lyon")).Document()
	d := newDocument(t, first)
	unitTest(t,
		importBranchStep(d.config(branchOf(sba, paris))),
		resource.TestStep{
			Config: d.config(branchOf(sba, lyon)),
			ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionUpdate), assertChanges{
				"backup_pool": "paris -> lyon", "user_services_pool": "paris -> lyon",
				"backup_pool_partner": "null -> unknown",
			}),
			ConfigStateChecks: assertBranch(map[string]knownvalue.Check{
				"user_services_pool": knownvalue.StringExact(lyon), "adopted": knownvalue.Bool(true),
			}),
			PostApplyFunc: func() { d.assertContent(moved) },
		},
		resource.TestStep{Config: d.config(branchOf(sba, lyon)),
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())},
		assertRefused(d.config(branchOf(sba, "director.contoso.com")), "(BR-KIND)"),
		assertRefused(d.config(branchOf(sba, "old.contoso.com")), "(BR-V13-10)"),
		assertRefused(d.config(branchOf(sba, "missing.contoso.com")), "(PP-EXIST)"),
		resource.TestStep{
			PreConfig:        func() { d.assertContent(moved) },
			Config:           d.config(branchOf(sba, paris)),
			ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionUpdate)),
			PostApplyFunc:    func() { d.assertContent(first) },
		},
	)
	d.assertContent(first) // it was adopted, so the destroy at the end leaves it
	before, after := testkit.Decode(first), testkit.Decode(moved)
	for line := range strings.Lines(testkit.Diff([]byte(before), []byte(after))) {
		if (line[0] == '+' || line[0] == '-') && !strings.Contains(line, "<ServiceId ") {
			t.Errorf("a move changes %s", line)
		}
	}
}

func TestBranchDrift(t *testing.T) {
	t.Parallel()
	no := false
	first := branchEstate().Document()
	for name, test := range map[string]struct {
		drifted testkit.Estate
		action  plancheck.ResourceActionType
		shown   assertChanges
	}{
		"Backup on another pool": {drifted: branchEstate(onPool("lyon"), usersOn("paris")),
			shown: assertChanges{"backup_pool": "lyon -> paris", "backup_pool_partner": "null -> unknown"}},
		"user services on another pool": {drifted: branchEstate(usersOn("lyon")),
			shown: assertChanges{"user_services_pool": "lyon -> paris"}},
		"moved altogether": {drifted: branchEstate(onPool("lyon")),
			shown: assertChanges{"backup_pool": "lyon -> paris", "user_services_pool": "lyon -> paris",
				"backup_pool_partner": "null -> unknown"}},
		"an interval": {drifted: branchEstate(func(a *testkit.Appliance) { a.Failure = 5 * time.Minute }),
			shown: assertChanges{"failure_detection_interval": "5m -> 2m"}},
		"failover off": {drifted: branchEstate(func(a *testkit.Appliance) { a.Failover = &no }),
			shown: assertChanges{"automatic_failover": "false -> true"}},
		"Backup missing": {drifted: branchEstate(withoutBackup), action: plancheck.ResourceActionCreate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			config := d.config(branchOf(sba, paris))
			checks := preApply(assertBranchAction(plancheck.ResourceActionUpdate), test.shown)
			if test.action != "" {
				checks = preApply(assertBranchAction(test.action))
			}
			unitTest(t,
				importBranchStep(config),
				resource.TestStep{
					PreConfig:        d.replaceWith(test.drifted.Document()),
					Config:           config,
					ConfigPlanChecks: checks,
					ConfigStateChecks: assertBranch(map[string]knownvalue.Check{
						"backup_pool":        knownvalue.StringExact(paris),
						"user_services_pool": knownvalue.StringExact(paris),
					}),
					PostApplyFunc: func() { d.assertContent(first) },
				},
			)
		})
	}
}

// TestBranchSecondBackup repairs a second Backup element, whichever pool it names.
func TestBranchSecondBackup(t *testing.T) {
	t.Parallel()
	first := branchEstate().Document()
	for name, site := range map[string]string{"on the same pool": "1", "on another pool": "2"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			config := d.config(branchOf(sba, paris))
			twice := inRegistrarOf(first, "sba", "</Backup>", `</Backup>
      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M">
        <ServiceId SiteId="`+site+`" RoleName="Registrar" Instance="1" />
      </Backup>`)
			unitTest(t,
				importBranchStep(config),
				resource.TestStep{
					PreConfig:        d.replaceWith(twice),
					Config:           config,
					ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionUpdate)),
					ConfigStateChecks: assertBranch(map[string]knownvalue.Check{
						"backup_pool": knownvalue.StringExact(paris),
					}),
					PostApplyFunc: func() { d.assertContent(first) },
				},
			)
		})
	}
}

// TestBranchSettingsAreFree changes the settings of an association that violates a rule, or whose services exist twice.
// Such a change causes no violation and needs no reference.
func TestBranchSettingsAreFree(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		doc  []byte
		pool string
	}{
		"on a 2010 pool":      {branchEstate(onPool("old")).Document(), "old.contoso.com"},
		"Registrar twice":     {testkit.DuplicateService(branchEstate().Document(), "1-Registrar-1"), paris},
		"user services twice": {testkit.DuplicateService(branchEstate().Document(), "1-UserServices-1"), paris},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, test.doc)
			unitTest(t,
				importBranchStep(d.config(branchOf(sba, test.pool))),
				resource.TestStep{
					Config: d.config(branchOf(sba, test.pool, `failure_detection_interval = "3m"`)),
					ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionUpdate),
						assertChanges{"failure_detection_interval": "2m -> 3m"}),
					ConfigStateChecks: assertBranch(map[string]knownvalue.Check{
						"failure_detection_interval": knownvalue.StringExact("3m"),
					}),
				},
			)
		})
	}
}

// TestBranchNoDrift has changes of the document that plan no change: the pool's pair, names of sites, the version, and
// the order of services.
func TestBranchNoDrift(t *testing.T) {
	t.Parallel()
	first := branchEstate()
	paired, renamed, upgraded := branchEstate(), branchEstate(),
		branchEstate(func(a *testkit.Appliance) { a.Version = 7 })
	paired.Pairs = []testkit.Pair{{A: "paris", B: "lyon"}}
	renamed.Sites[2].Name = "Naoned"
	for name, test := range map[string]struct {
		to    []byte
		state map[string]knownvalue.Check
	}{
		"the pool was paired": {paired.Document(),
			map[string]knownvalue.Check{"backup_pool_partner": knownvalue.StringExact(lyon)}},
		"site renamed": {renamed.Document(),
			map[string]knownvalue.Check{"branch_site": knownvalue.StringExact("Naoned")}},
		"upgraded": {upgraded.Document(),
			map[string]knownvalue.Check{"version": knownvalue.StringExact("Skype for Business Server 2015")}},
		"order of services": {reversed(first.Document()), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first.Document())
			config := d.config(branchOf(sba, paris))
			unitTest(t,
				importBranchStep(config),
				resource.TestStep{
					PreConfig:         d.replaceWith(test.to),
					Config:            config,
					ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
					ConfigStateChecks: assertBranch(test.state),
					PostApplyFunc:     func() { d.assertContent(test.to) },
				},
			)
		})
	}
}

// TestBranchApplianceGone removes a missing appliance from the state. Its creation is then refused.
func TestBranchApplianceGone(t *testing.T) {
	t.Parallel()
	missing := branchEstate()
	missing.Appliances = missing.Appliances[1:]
	d := newDocument(t, branchEstate().Document())
	config := d.config(branchOf(sba, paris))
	step := assertRefused(config, "(BR-EXIST)", "no appliance with the name sba.contoso.com")
	step.PlanOnly = false
	step.PreConfig = d.replaceWith(missing.Document())
	unitTest(t,
		importBranchStep(config),
		step,
		resource.TestStep{Config: d.config(), ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())},
	)
}

func TestBranchSpellingMakesNoDifference(t *testing.T) {
	t.Parallel()
	d := newDocument(t, branchEstate().Document())
	first := d.bytes()
	same := func(config string) resource.TestStep {
		return resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())}
	}
	unitTest(t,
		resource.TestStep{
			Config: d.config(branchOf("SBA.contoso.com", "Paris.contoso.com.",
				`failure_detection_interval = "120s"`)),
			ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: assertBranch(map[string]knownvalue.Check{
				"appliance":                  knownvalue.StringExact("SBA.contoso.com"),
				"backup_pool":                knownvalue.StringExact("Paris.contoso.com."),
				"failure_detection_interval": knownvalue.StringExact("120s"), "id": knownvalue.StringExact(sba),
			}),
		},
		same(d.config(branchOf(sba, paris))),
		same(d.config(branchOf(sba+".", "PARIS.contoso.com", `failure_detection_interval = "2m0s"`))),
		resource.TestStep{RefreshState: true,
			RefreshPlanChecks: resource.RefreshPlanChecks{
				PostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			}},
	)
	d.assertContent(first)
}

func TestBranchImportErrors(t *testing.T) {
	t.Parallel()
	d := newDocument(t, branchEstate(withoutBackup).Document())
	for id, want := range map[string]string{
		sba:                   "appliance sba.contoso.com has no backup registrar",
		"lyon.contoso.com":    "lyon.contoso.com is a Front End pool",
		"missing.contoso.com": "no appliance missing.contoso.com",
		"a.contoso.com,b.com": "is not an import id of a branch backup",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			unitTest(t, resource.TestStep{
				Config: d.config(branchOf(sba, paris)), ResourceName: nantes, ImportState: true, ImportStateId: id,
				ExpectError: inOrder(want),
			})
		})
	}
}
