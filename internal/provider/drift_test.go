package provider

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// fourPools returns the pair of the fixture with two more pools.
func fourPools(change ...func(*testkit.Estate)) testkit.Estate {
	e := testkit.Paired()
	e.Sites = append(e.Sites, testkit.Site{ID: 3, Name: "Nice"}, testkit.Site{ID: 4, Name: "Metz"})
	e.Pools = append(e.Pools, testkit.Pool{FQDN: "nice", Site: 3}, testkit.Pool{FQDN: "metz", Site: 4})
	for _, c := range change {
		c(&e)
	}
	return e
}

func noBackup(names ...string) func(*testkit.Estate) {
	return func(e *testkit.Estate) { e.Pairs[0].NoBackup = names }
}

func noService(names ...string) func(*testkit.Estate) {
	return func(e *testkit.Estate) { e.Pairs[0].NoService = names }
}

func backup(b testkit.Backup) func(*testkit.Estate) {
	return func(e *testkit.Estate) { e.Backups = append(e.Backups, b) }
}

func alsoPair(p testkit.Pair) func(*testkit.Estate) {
	return func(e *testkit.Estate) { e.Pairs = append(e.Pairs, p) }
}

// central sets the roles of Central Management of paris, lyon and nice.
func central(roles ...string) func(*testkit.Estate) {
	return func(e *testkit.Estate) {
		for i, role := range roles {
			e.Pools[i].Central = role
		}
	}
}

// importStep returns a step that imports the existing pair.
func importStep(config string) resource.TestStep {
	return resource.TestStep{
		Config: config, ResourceName: this,
		ImportState: true, ImportStateId: paris + "," + lyon, ImportStatePersist: true,
	}
}

// TestDriftIsShownAndRepaired changes the document outside of Terraform. The next plan shows exactly these changes, and
// one apply repairs them.
func TestDriftIsShownAndRepaired(t *testing.T) {
	t.Parallel()
	no := false
	lyonHas := func(b testkit.Backup) testkit.Estate {
		b.From = "lyon"
		return fourPools(noBackup("lyon"), backup(b))
	}
	first := fourPools().Document()
	for name, test := range map[string]struct {
		drifted []byte
		shown   assertChanges
		lines   bool // removed services are added at the end, so only the order differs
	}{
		"one Backup missing": {
			drifted: fourPools(noBackup("lyon")).Document(),
			shown: assertChanges{
				"registrars.lyon.backup_registrar":            "null -> paris",
				"registrars.lyon.automatic_failover":          "null -> true",
				"registrars.lyon.failure_detection_interval":  "null -> 5m",
				"registrars.lyon.failback_detection_interval": "null -> 10m",
			},
		},
		"one Backup names a third pool": {
			drifted: lyonHas(testkit.Backup{To: "nice"}).Document(),
			shown:   assertChanges{"registrars.lyon.backup_registrar": "nice -> paris"},
		},
		"both Backups missing": {
			drifted: fourPools(noBackup("lyon", "paris")).Document(),
			shown: assertChanges{
				"registrars.lyon.backup_registrar":             "null -> paris",
				"registrars.lyon.automatic_failover":           "null -> true",
				"registrars.lyon.failure_detection_interval":   "null -> 5m",
				"registrars.lyon.failback_detection_interval":  "null -> 10m",
				"registrars.paris.backup_registrar":            "null -> lyon",
				"registrars.paris.automatic_failover":          "null -> true",
				"registrars.paris.failure_detection_interval":  "null -> 5m",
				"registrars.paris.failback_detection_interval": "null -> 10m",
			},
		},
		"no backup service": {
			drifted: fourPools(noService("paris", "lyon")).Document(),
			shown: assertChanges{
				"registrars.lyon.backup_service":  "null -> paris",
				"registrars.paris.backup_service": "null -> lyon",
			},
			lines: true,
		},
		"one backup service missing": {
			drifted: fourPools(noService("lyon")).Document(),
			shown: assertChanges{
				"registrars.lyon.backup_service":  "null -> paris",
				"registrars.paris.backup_service": "null -> lyon",
			},
			lines: true,
		},
		"interval of one side": {
			drifted: lyonHas(testkit.Backup{To: "paris", Failure: 7 * time.Minute}).Document(),
			shown:   assertChanges{"registrars.lyon.failure_detection_interval": "7m -> 5m"},
		},
		"intervals of both sides": {
			drifted: fourPools(func(e *testkit.Estate) { e.Pairs[0].Failback = time.Hour + 30*time.Minute }).Document(),
			shown: assertChanges{
				"failback_detection_interval":                  "1h30m -> 10m",
				"registrars.lyon.failback_detection_interval":  "1h30m -> 10m",
				"registrars.paris.failback_detection_interval": "1h30m -> 10m",
			},
		},
		"failover off on one side": {
			drifted: lyonHas(testkit.Backup{To: "paris", Failover: &no}).Document(),
			shown:   assertChanges{"registrars.lyon.automatic_failover": "false -> true"},
		},
		"failover attribute missing": {
			drifted: testkit.Replace(first, `EnableAutomaticFailover="true" `+
				`FailbackDetectionInterval="P0Y0M0DT0H10M0S" `+
				`FailureDetectionInterval="P0Y0M0DT0H5M0S">
        <ServiceId SiteId="1"`, `FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">
        <ServiceId SiteId="1"`),
			shown: assertChanges{"registrars.lyon.automatic_failover": "false -> true"},
		},
		"interval cannot be read": {
			drifted: testkit.Replace(first, `FailureDetectionInterval="P0Y0M0DT0H5M0S">
        <ServiceId SiteId="1"`, `FailureDetectionInterval="five minutes">
        <ServiceId SiteId="1"`),
			shown: assertChanges{"registrars.lyon.failure_detection_interval": "null -> 5m"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			config := d.config(pairOf(paris, lyon))
			unitTest(t,
				importStep(config),
				resource.TestStep{
					PreConfig:         d.replaceWith(test.drifted),
					Config:            config,
					ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionUpdate), test.shown),
					ConfigStateChecks: assertPaired(paris, lyon),
					PostApplyFunc: func() {
						if test.lines {
							assertSameLines(t, first, d.bytes())
						} else {
							d.assertContent(first)
						}
					},
				},
			)
		})
	}
}

// assertSameLines checks that two documents have the same lines in any order.
func assertSameLines(t *testing.T, want, got []byte) {
	t.Helper()
	sorted := func(doc []byte) []byte {
		lines := strings.SplitAfter(testkit.Decode(doc), "\n")
		slices.Sort(lines)
		return []byte(strings.Join(lines, ""))
	}
	if diff := testkit.Diff(sorted(want), sorted(got)); diff != "" {
		t.Errorf("the documents differ by more than the order of services:\n%s", diff)
	}
}

func TestNoDrift(t *testing.T) {
	t.Parallel()
	first := fourPools().Document()
	role := func(pool, value string) statecheck.StateCheck {
		check := knownvalue.Check(knownvalue.StringExact(value))
		if value == "" {
			check = knownvalue.Null()
		}
		return assertState(registrar(pool, "central_management"), check)
	}
	for name, test := range map[string]struct {
		from  []byte // default: the fixture's pair and two more pools
		to    []byte
		state []statecheck.StateCheck
	}{
		"signature": {
			to: fourPools(func(e *testkit.Estate) { e.Signature = "00000000-0000-4000-8000-000000000001" }).Document(),
		},
		"spelling of a duration": {
			to: testkit.Replace(first, `FailbackDetectionInterval="P0Y0M0DT0H10M0S" `+
				`FailureDetectionInterval="P0Y0M0DT0H5M0S">
        <ServiceId SiteId="1"`, `FailbackDetectionInterval="PT600S" FailureDetectionInterval="PT5M">
        <ServiceId SiteId="1"`),
		},
		"order of services": {to: reversed(first)},
		"order of pools":    {to: fourPools(func(e *testkit.Estate) { slices.Reverse(e.Pools) }).Document()},
		"site renamed": {
			to:    fourPools(func(e *testkit.Estate) { e.Sites[1].Name = "Lugdunum" }).Document(),
			state: []statecheck.StateCheck{assertState(registrar(lyon, "site"), knownvalue.StringExact("Lugdunum"))},
		},
		"member upgraded": {
			to: fourPools(func(e *testkit.Estate) { e.Pools[1].Version = 7 }).Document(),
			state: []statecheck.StateCheck{assertState(registrar(lyon, "version"),
				knownvalue.StringExact("Skype for Business Server 2015"))},
		},
		"Central Management failed over": {
			to:    fourPools(central(testkit.Standby, testkit.Active)).Document(),
			state: []statecheck.StateCheck{role(lyon, "active"), role(paris, "standby")},
		},
		"Central Management moved away": {
			to:    fourPools(central("", "", testkit.Active)).Document(),
			state: []statecheck.StateCheck{role(lyon, ""), role(paris, "")},
		},
		"Central Management moved here": {
			from:  fourPools(central("", "", testkit.Active)).Document(),
			to:    fourPools(central(testkit.Active, "", "")).Document(),
			state: []statecheck.StateCheck{role(lyon, ""), role(paris, "active")},
		},
		"duplicate backup service": {to: testkit.DuplicateService(first, "2-BackupService-1")},
		"a second backup service on a member": {
			to: fourPools(alsoPair(testkit.Pair{A: "paris", B: "nice",
				NoBackup: []string{"paris", "nice"}})).Document(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			if test.from != nil {
				d.replaceWith(test.from)()
			}
			config := d.config(pairOf(paris, lyon))
			unitTest(t,
				importStep(config),
				resource.TestStep{
					PreConfig:         d.replaceWith(test.to),
					Config:            config,
					ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
					ConfigStateChecks: append(assertPaired(paris, lyon), test.state...),
					PostApplyFunc:     func() { d.assertContent(test.to) },
				},
			)
		})
	}
}

// reversed returns the document with its services in the opposite order.
func reversed(doc []byte) []byte {
	const begin, end = "    <Service ", "    </Service>\r\n"
	text := testkit.Decode(doc)
	head, rest, _ := strings.Cut(text, begin)
	at := strings.LastIndex(rest, end) + len(end)
	services := strings.SplitAfter(begin+rest[:at], end)
	services = services[:len(services)-1]
	slices.Reverse(services)
	return testkit.Encode(head+strings.Join(services, "")+rest[at:], doc)
}

func TestPairIsGone(t *testing.T) {
	t.Parallel()
	t.Run("created again", func(t *testing.T) {
		t.Parallel()
		first := fourPools().Document()
		missing := fourPools(noBackup("paris", "lyon"), noService("paris", "lyon"),
			central(testkit.Active, "")).Document()
		d := newDocument(t, first)
		config := d.config(pairOf(paris, lyon))
		unitTest(t,
			importStep(config),
			resource.TestStep{
				PreConfig:         d.replaceWith(missing),
				Config:            config,
				ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionCreate)),
				ConfigStateChecks: assertPaired(paris, lyon),
				PostApplyFunc:     func() { d.assertContent(first) },
			},
		)
		d.assertContent(missing) // the destroy at the end of the test
	})
	t.Run("with a pool", func(t *testing.T) {
		t.Parallel()
		missing := testkit.Estate{Pools: []testkit.Pool{{FQDN: "paris", Central: testkit.Active}}}.Document()
		d := newDocument(t, fourPools().Document())
		config := d.config(pairOf(paris, lyon))
		step := assertRefused(config, "(PP-EXIST)", "no pool with the name lyon.contoso.com")
		step.PlanOnly = false // such a plan would not read the document again
		step.PreConfig = d.replaceWith(missing)
		unitTest(t,
			importStep(config),
			step,
			resource.TestStep{
				Config:           d.config(),
				ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
			},
		)
		d.assertContent(missing)
	})
}

// TestMemberPairedWithAThirdPool pairs a member with a third pool. The pair cannot be repaired, but its other links can
// be removed.
func TestMemberPairedWithAThirdPool(t *testing.T) {
	t.Parallel()
	outside := testkit.Pair{A: "lyon", B: "nice"}
	paired := fourPools(noBackup("lyon"), alsoPair(outside)).Document()
	d := newDocument(t, fourPools().Document())
	config := d.config(pairOf(paris, lyon))
	step := assertRefused(config, "Pool is not free (PP-FREE)",
		"The topology links lyon.contoso.com to nice.contoso.com")
	step.PlanOnly = false
	step.PreConfig = d.replaceWith(paired)
	unitTest(t,
		importStep(config),
		step,
		resource.TestStep{
			PreConfig: func() { d.assertContent(paired) },
			// Not "terraform destroy", which plans the configuration before it plans the removal.
			Config:           d.config(),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
		},
	)
	d.assertContent(fourPools(noBackup("paris", "lyon"), noService("paris", "lyon"), central(testkit.Active, ""),
		alsoPair(outside)).Document())
}

// TestDestroyKeepsLinksToAThirdPool removes a pair whose member has a second backup service for a third pool.
func TestDestroyKeepsLinksToAThirdPool(t *testing.T) {
	t.Parallel()
	other := testkit.Pair{A: "paris", B: "nice", NoBackup: []string{"paris", "nice"}}
	d := newDocument(t, fourPools(alsoPair(other)).Document())
	config := d.config(pairOf(paris, lyon))
	unitTest(t,
		importStep(config),
		resource.TestStep{
			Config:           config,
			Destroy:          true,
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
		},
	)
	d.assertContent(fourPools(noBackup("paris", "lyon"), noService("paris", "lyon"), central(testkit.Active, ""),
		alsoPair(other)).Document())
}

// strayCopy returns the document with a copy of the backup service of lyon on nice.
func strayCopy(doc []byte) []byte {
	text := testkit.Decode(testkit.DuplicateService(doc, "2-BackupService-1"))
	own := "\r\n      " + `<ServiceId SiteId="2" RoleName="BackupService" Instance="1" />`
	at := strings.LastIndex(text, own)
	return testkit.Encode(text[:at]+strings.Replace(text[at:], `<ClusterId SiteId="2" Number="1" />`,
		`<ClusterId SiteId="3" Number="1" />`, 1), doc)
}

// TestDuplicateService changes and removes a pair with a duplicate service. Neither operation has to distinguish the
// two.
func TestDuplicateService(t *testing.T) {
	t.Parallel()
	first := testkit.DuplicateService(fourPools().Document(), "2-BackupService-1")
	d := newDocument(t, first)
	unitTest(t,
		importStep(d.config(pairOf(paris, lyon))),
		resource.TestStep{
			Config:           d.config(pairOf(paris, lyon, `failure_detection_interval = "6m"`)),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: []statecheck.StateCheck{
				assertState(registrar(lyon, "failure_detection_interval"), knownvalue.StringExact("6m")),
			},
			PostApplyFunc: func() {
				d.assertContent(testkit.Encode(strings.ReplaceAll(testkit.Decode(first),
					`FailureDetectionInterval="P0Y0M0DT0H5M0S"`, `FailureDetectionInterval="P0Y0M0DT0H6M0S"`), first))
			},
		},
		resource.TestStep{
			Config:           d.config(),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
		},
	)
	d.assertContent(fourPools(noBackup("paris", "lyon"), noService("paris", "lyon"),
		central(testkit.Active, "")).Document())
}

// TestStrayCopyIsNamed has a copy of a service on a third pool, which needs a service of the pair. The pair cannot be
// removed: the error names the service, and nothing is written.
func TestStrayCopyIsNamed(t *testing.T) {
	t.Parallel()
	first := strayCopy(fourPools().Document())
	d := newDocument(t, first)
	step := assertRefused(d.config(), "Service still needed", "2-BackupService-1")
	step.PlanOnly = false
	config := d.config(pairOf(paris, lyon))
	unitTest(t,
		importStep(config),
		resource.TestStep{
			Config:            config,
			ConfigPlanChecks:  preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: assertPaired(paris, lyon),
		},
		step,
		resource.TestStep{
			PreConfig: func() {
				d.assertContent(first)
				d.replaceWith(fourPools().Document())()
			},
			Config:           d.config(),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
		},
	)
}
