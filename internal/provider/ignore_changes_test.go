package provider

import (
	"fmt"
	"regexp"
	"slices"
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

// ignoring returns a lifecycle block. changes is "all" or a list.
func ignoring(changes string) string { return "lifecycle {\n    ignore_changes = " + changes + "\n  }" }

// drift is a change of settings outside of Terraform.
type drift struct {
	first     testkit.Estate // the imported document; default: the fixture's pair and two more pools
	arguments []string       // of the resource
	drifted   []byte
	shown     assertChanges  // by a plan
	unignored bool           // a plan with ignore_changes shows it too
	repaired  testkit.Estate // the document after the apply; default: first
}

// drifts returns changes of settings by name.
func drifts() map[string]drift {
	const m = time.Minute
	no := false
	withFailure := func(onParis, onLyon time.Duration) []byte {
		return pairWith(testkit.Backup{Failure: onParis}, testkit.Backup{Failure: onLyon}).Document()
	}
	failureOf := func(change string, pools ...string) assertChanges {
		changes := assertChanges{}
		for _, pool := range pools {
			changes["registrars."+pool+".failure_detection_interval"] = change
		}
		return changes
	}
	with := func(changes assertChanges, at, change string) assertChanges {
		changes[at] = change
		return changes
	}
	failoverOf := func(change string, pools ...string) assertChanges {
		changes := assertChanges{}
		for _, pool := range pools {
			changes["registrars."+pool+".automatic_failover"] = change
		}
		return changes
	}
	bothOff := pairWith(testkit.Backup{Failover: &no}, testkit.Backup{Failover: &no})
	unreadable := strings.ReplaceAll(fourPools().Text(),
		` FailureDetectionInterval="P0Y0M0DT0H5M0S"`, ` FailureDetectionInterval="five minutes"`)
	lyonHas20m := pairWith(testkit.Backup{}, testkit.Backup{Failure: 20 * m})
	withoutIntervals := pairWith(offWithoutIntervals(), offWithoutIntervals())
	return map[string]drift{
		"an interval of both pools": {drifted: withFailure(7*m, 7*m),
			shown: with(failureOf("7m -> 5m", "lyon", "paris"), "failure_detection_interval", "7m -> 5m")},
		"all settings of both pools": {
			drifted: pairWith(testkit.Backup{Failover: &no, Failure: 90 * m, Failback: 2 * time.Hour},
				testkit.Backup{Failover: &no, Failure: 90 * m, Failback: 2 * time.Hour}).Document(),
			shown: assertChanges{
				"automatic_failover":                           "false -> true",
				"failure_detection_interval":                   "1h30m -> 5m",
				"failback_detection_interval":                  "2h -> 10m",
				"registrars.lyon.automatic_failover":           "false -> true",
				"registrars.lyon.failure_detection_interval":   "1h30m -> 5m",
				"registrars.lyon.failback_detection_interval":  "2h -> 10m",
				"registrars.paris.automatic_failover":          "false -> true",
				"registrars.paris.failure_detection_interval":  "1h30m -> 5m",
				"registrars.paris.failback_detection_interval": "2h -> 10m",
			},
		},
		"an interval outside of the permitted range": {drifted: withFailure(10*time.Second, 10*time.Second),
			shown: with(failureOf("10s -> 5m", "lyon", "paris"), "failure_detection_interval", "10s -> 5m")},

		// No argument shows it.
		"one pool": {drifted: withFailure(7*m, 0), shown: failureOf("7m -> 5m", "paris"), unignored: true},
		"each pool otherwise": {drifted: withFailure(7*m, 8*m),
			shown:     with(failureOf("7m -> 5m", "paris"), "registrars.lyon.failure_detection_interval", "8m -> 5m"),
			unignored: true},
		"an interval is absent": {drifted: withFailure(testkit.Missing, testkit.Missing),
			shown: failureOf("null -> 5m", "lyon", "paris"), unignored: true},
		"an interval is unreadable": {drifted: testkit.Encode(unreadable, fourPools().Document()),
			shown: failureOf("null -> 5m", "lyon", "paris"), unignored: true},
		"automatic failover is absent": {drifted: withFailover(fourPools(), 2, ""),
			shown: failoverOf("false -> true", "lyon", "paris"), unignored: true},
		"automatic failover is unreadable": {drifted: withFailover(fourPools(), 2, "maybe"),
			shown: failoverOf("null -> true", "lyon", "paris"), unignored: true},
		"automatic failover, which is off, is unreadable": {first: bothOff, arguments: []string{off},
			drifted: withFailover(bothOff, 2, "maybe"),
			shown:   failoverOf("null -> false", "lyon", "paris"), unignored: true},
		"automatic failover in per_pool is unreadable": {
			first:     pairWith(testkit.Backup{}, testkit.Backup{Failover: &no}),
			arguments: []string{perPool(lyon, "automatic_failover = false")},
			drifted:   withFailover(pairWith(testkit.Backup{}, testkit.Backup{Failover: &no}), 2, "maybe"),
			shown: with(failoverOf("null -> true", "paris"), "registrars.lyon.automatic_failover",
				"null -> false"), unignored: true},
		"automatic failover without intervals is unreadable": {first: withoutIntervals, arguments: []string{off},
			drifted: withFailover(withoutIntervals, 2, "maybe"),
			shown:   failoverOf("null -> false", "lyon", "paris"), unignored: true},
		"one pool without a Backup": {
			drifted: fourPools(noBackup("paris", "lyon"),
				backup(testkit.Backup{From: "paris", To: "lyon", Failure: 7 * m})).Document(),
			shown: assertChanges{
				"registrars.lyon.backup_registrar":            "null -> paris",
				"registrars.lyon.automatic_failover":          "null -> true",
				"registrars.lyon.failure_detection_interval":  "null -> 5m",
				"registrars.lyon.failback_detection_interval": "null -> 10m",
				"registrars.paris.failure_detection_interval": "7m -> 5m",
			},
			unignored: true,
		},

		// A setting in per_pool belongs to one pool, and the argument to the other.
		"per_pool has the setting of the other pool": {
			first: lyonHas20m, arguments: []string{perPool(lyon, `failure_detection_interval = "20m"`)},
			drifted: withFailure(7*m, 20*m),
			shown:   with(failureOf("7m -> 5m", "paris"), "failure_detection_interval", "7m -> 5m"),
		},
		"per_pool has the setting": {
			first: lyonHas20m, arguments: []string{perPool("LYON.contoso.com.", `failure_detection_interval = "20m"`)},
			drifted: withFailure(0, 30*m),
			shown:   with(failureOf("30m -> 20m", "lyon"), "per_pool.LYON.failure_detection_interval", "30m -> 20m"),
		},
		"per_pool has automatic failover of one pool": {
			first:     pairWith(testkit.Backup{}, testkit.Backup{Failover: &no}),
			arguments: []string{perPool(lyon, "automatic_failover = false")},
			drifted:   pairWith(testkit.Backup{Failover: &no}, testkit.Backup{}).Document(),
			shown: assertChanges{
				"automatic_failover": "false -> true", "per_pool.lyon.automatic_failover": "true -> false",
				"registrars.lyon.automatic_failover":  "true -> false",
				"registrars.paris.automatic_failover": "false -> true",
			},
		},
		"per_pool has another setting": {
			first:     pairWith(testkit.Backup{}, testkit.Backup{Failback: 20 * m}),
			arguments: []string{perPool(lyon, `failback_detection_interval = "20m"`)},
			drifted: pairWith(testkit.Backup{Failure: 7 * m},
				testkit.Backup{Failure: 7 * m, Failback: 20 * m}).Document(),
			shown: with(failureOf("7m -> 5m", "lyon", "paris"), "failure_detection_interval", "7m -> 5m"),
		},
		"per_pool has the setting of both pools": {
			first: pairWith(testkit.Backup{Failure: 20 * m}, testkit.Backup{Failure: 30 * m}),
			arguments: []string{`per_pool = {
    "lyon.contoso.com"  = { failure_detection_interval = "30m" }
    "paris.contoso.com" = { failure_detection_interval = "20m" }
  }`},
			drifted: withFailure(7*m, 7*m),
			shown: assertChanges{
				"per_pool.lyon.failure_detection_interval":    "7m -> 30m",
				"per_pool.paris.failure_detection_interval":   "7m -> 20m",
				"registrars.lyon.failure_detection_interval":  "7m -> 30m",
				"registrars.paris.failure_detection_interval": "7m -> 20m",
			},
		},
		"an interval in per_pool is absent": {
			first: lyonHas20m, arguments: []string{perPool(lyon, `failure_detection_interval = "20m"`)},
			drifted: withFailure(0, testkit.Missing), shown: failureOf("null -> 20m", "lyon"),
			unignored: true,
		},

		// An unset interval is null while it is not needed.
		"unset interval: both pools have one": {
			first: withoutIntervals, arguments: []string{off},
			drifted: pairWith(offWithIntervals(7*m, testkit.Missing),
				offWithIntervals(7*m, testkit.Missing)).Document(),
			shown:    with(failureOf("7m -> 5m", "lyon", "paris"), "failure_detection_interval", "7m -> 5m"),
			repaired: pairWith(offWithIntervals(0, testkit.Missing), offWithIntervals(0, testkit.Missing)),
		},
		"unset interval: one pool has one": {
			first: withoutIntervals, arguments: []string{off},
			drifted: pairWith(offWithIntervals(7*m, testkit.Missing), offWithoutIntervals()).Document(),
			shown:   failureOf("7m -> 5m", "paris"), unignored: true,
			repaired: pairWith(offWithIntervals(0, testkit.Missing), offWithoutIntervals()),
		},
		"unset interval: automatic failover was turned on": {
			first: withoutIntervals, arguments: []string{off},
			drifted: pairWith(testkit.Backup{}, testkit.Backup{}).Document(),
			shown: assertChanges{
				"automatic_failover":                  "true -> false",
				"registrars.lyon.automatic_failover":  "true -> false",
				"registrars.paris.automatic_failover": "true -> false",
			},
			repaired: pairWith(offWithIntervals(0, 0), offWithIntervals(0, 0)),
		},
	}
}

// withFailover returns a document in which the automatic failover of the first Backups has a value, or is absent.
func withFailover(e testkit.Estate, backups int, value string) []byte {
	attribute := ""
	if value != "" {
		attribute = fmt.Sprintf(" EnableAutomaticFailover=%q", value)
	}
	pattern := regexp.MustCompile(` EnableAutomaticFailover="\w+"`)
	text := pattern.ReplaceAllStringFunc(e.Text(), func(found string) string {
		if backups--; backups < 0 {
			return found
		}
		return attribute
	})
	return testkit.Encode(text, e.Document())
}

// TestDriftShowsOnArguments changes settings outside of Terraform. The next plan shows the drift on the argument, and
// its apply repairs it. With ignore_changes, a plan has only the changes that no argument shows.
func TestDriftShowsOnArguments(t *testing.T) {
	t.Parallel()
	for name, test := range drifts() {
		if len(test.first.Pools) == 0 {
			test.first = fourPools()
		}
		if len(test.repaired.Pools) == 0 {
			test.repaired = test.first
		}
		for variant, lifecycle := range map[string]string{
			"repaired":    "",
			"all ignored": ignoring("all"),
			"list ignored": ignoring("[automatic_failover, failure_detection_interval, failback_detection_interval, " +
				"per_pool]"),
		} {
			checks := preApply(assertAction(plancheck.ResourceActionUpdate), test.shown)
			want := test.repaired.Document()
			if lifecycle != "" && !test.unignored {
				checks, want = preApply(plancheck.ExpectEmptyPlan()), test.drifted
			}
			t.Run(name+", "+variant, func(t *testing.T) {
				t.Parallel()
				d := newDocument(t, test.first.Document())
				plain := d.config(pairOf(paris, lyon, test.arguments...))
				config := d.config(pairOf(paris, lyon, append(slices.Clone(test.arguments), lifecycle)...))
				unitTest(t, importStep(plain), resource.TestStep{Config: plain}, resource.TestStep{
					PreConfig:        d.replaceWith(test.drifted),
					Config:           config,
					ConfigPlanChecks: checks,
					PostApplyFunc:    func() { d.assertContent(want) },
				}, resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())})
			})
		}
	}
}

// TestUnsetIntervalWithTheDefault checks that an unset interval stays null if both pools have the default interval and
// automatic failover is off.
func TestUnsetIntervalWithTheDefault(t *testing.T) {
	t.Parallel()
	d := newDocument(t, pairWith(offWithoutIntervals(), offWithoutIntervals()).Document())
	config := d.config(pairOf(paris, lyon, off))
	unitTest(t, importStep(config), resource.TestStep{
		PreConfig:        d.replaceWith(pairWith(offWithIntervals(0, 0), offWithIntervals(0, 0)).Document()),
		Config:           config,
		ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		ConfigStateChecks: []statecheck.StateCheck{
			assertState(tfjsonpath.New("failure_detection_interval"), knownvalue.Null()),
			assertState(tfjsonpath.New("failback_detection_interval"), knownvalue.Null()),
		},
	})
}

// TestIgnoredSettingIsKept ignores the drift of one setting. The apply writes another setting and missing links, and
// keeps the observed value of the ignored setting.
func TestIgnoredSettingIsKept(t *testing.T) {
	t.Parallel()
	documentWith := func(failback time.Duration, noServices ...string) []byte {
		return fourPools(noService(noServices...), func(e *testkit.Estate) {
			e.Pairs[0].Failure, e.Pairs[0].Failback = 7*time.Minute, failback
		}).Document()
	}
	d := newDocument(t, fourPools().Document())
	lifecycle := ignoring("[failure_detection_interval]")
	unitTest(t,
		importStep(d.config(pairOf(paris, lyon, lifecycle))),
		resource.TestStep{
			PreConfig: d.replaceWith(documentWith(0, "paris", "lyon")),
			Config:    d.config(pairOf(paris, lyon, `failback_detection_interval = "20m"`, lifecycle)),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), assertChanges{
				"failback_detection_interval":                  "10m -> 20m",
				"registrars.lyon.failback_detection_interval":  "10m -> 20m",
				"registrars.paris.failback_detection_interval": "10m -> 20m",
				"registrars.lyon.backup_service":               "null -> paris",
				"registrars.paris.backup_service":              "null -> lyon",
			}),
			PostApplyFunc: func() { assertSameLines(t, documentWith(20*time.Minute), d.bytes()) },
		},
	)
}

// TestBranchIgnoresDrift checks that ignore_changes ignores drift of the arguments of an appliance. An appliance on two
// pools moves to backup_pool, and a missing interval is written.
func TestBranchIgnoresDrift(t *testing.T) {
	t.Parallel()
	no := false
	for name, test := range map[string]struct {
		drifted  testkit.Estate
		document []byte        // default: that of drifted
		shown    assertChanges // nil: the plan is empty
		want     testkit.Estate
	}{
		"moved":              {drifted: branchEstate(onPool("lyon"))},
		"an interval":        {drifted: branchEstate(func(a *testkit.Appliance) { a.Failure = 5 * time.Minute })},
		"another interval":   {drifted: branchEstate(func(a *testkit.Appliance) { a.Failback = 90 * time.Minute })},
		"automatic failover": {drifted: branchEstate(func(a *testkit.Appliance) { a.Failover = &no })},
		"Backup on another pool": {drifted: branchEstate(onPool("lyon"), usersOn("paris")),
			shown: assertChanges{"user_services_pool": "paris -> lyon"}, want: branchEstate(onPool("lyon"))},
		"user services on another pool": {drifted: branchEstate(usersOn("lyon")),
			shown: assertChanges{"user_services_pool": "lyon -> paris"}, want: branchEstate()},
		"an interval is absent": {drifted: branchEstate(func(a *testkit.Appliance) { a.Failure = testkit.Missing }),
			shown: assertChanges{"failure_detection_interval": "null -> 2m"}, want: branchEstate()},
		"automatic failover is absent": {document: withFailover(branchEstate(), 1, ""),
			shown: assertChanges{"automatic_failover": "null -> true"}, want: branchEstate()},
		"automatic failover is unreadable": {document: withFailover(branchEstate(), 1, "maybe"),
			shown: assertChanges{"automatic_failover": "null -> true"}, want: branchEstate()},
	} {
		for variant, changes := range map[string]string{
			"all": "all", "list": "[backup_pool, automatic_failover, failure_detection_interval, " +
				"failback_detection_interval]",
		} {
			drifted := test.document
			if drifted == nil {
				drifted = test.drifted.Document()
			}
			checks, want := preApply(plancheck.ExpectEmptyPlan()), drifted
			if test.shown != nil {
				checks = preApply(assertBranchAction(plancheck.ResourceActionUpdate), test.shown)
				want = test.want.Document()
			}
			t.Run(name+", "+variant, func(t *testing.T) {
				t.Parallel()
				d := newDocument(t, branchEstate().Document())
				config := d.config(branchOf(sba, paris, ignoring(changes)))
				unitTest(t, importBranchStep(config), resource.TestStep{
					PreConfig:        d.replaceWith(drifted),
					Config:           config,
					ConfigPlanChecks: checks,
					PostApplyFunc:    func() { d.assertContent(want) },
				})
			})
		}
	}
}

// TestUnreadableFailoverOfABranch repairs the automatic failover of an appliance, which is off. If it is absent, it is
// off already.
func TestUnreadableFailoverOfABranch(t *testing.T) {
	t.Parallel()
	no := false
	first := branchEstate(func(a *testkit.Appliance) { a.Failover = &no })
	d := newDocument(t, first.Document())
	config := d.config(branchOf(sba, paris, off))
	absent := withFailover(first, 1, "")
	unitTest(t, importBranchStep(config), resource.TestStep{
		PreConfig: d.replaceWith(withFailover(first, 1, "maybe")),
		Config:    config,
		ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionUpdate),
			assertChanges{"automatic_failover": "null -> false"}),
		PostApplyFunc: func() { d.assertContent(first.Document()) },
	}, resource.TestStep{
		PreConfig:        d.replaceWith(absent),
		Config:           config,
		ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
		PostApplyFunc:    func() { d.assertContent(absent) },
	})
}
