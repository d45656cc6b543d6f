package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

const off = "automatic_failover = false"

// pairWith returns an estate with the pair of paris and lyon and a Backup element for each side.
func pairWith(onParis, onLyon testkit.Backup) testkit.Estate {
	onParis.From, onParis.To, onLyon.From, onLyon.To = "paris", "lyon", "lyon", "paris"
	return fourPools(noBackup("paris", "lyon"), backup(onParis), backup(onLyon))
}

// offWithoutIntervals returns a Backup element without automatic failover and intervals.
func offWithoutIntervals() testkit.Backup {
	no := false
	return testkit.Backup{Failover: &no, Failure: testkit.Missing, Failback: testkit.Missing}
}

func offWithIntervals(failure, failback time.Duration) testkit.Backup {
	b := offWithoutIntervals()
	b.Failure, b.Failback = failure, failback
	return b
}

// TestImportWithoutIntervals imports pairs whose Backup elements lack intervals, which is valid without automatic
// failover. The plan is empty for a configuration with the values in the state.
func TestImportWithoutIntervals(t *testing.T) {
	t.Parallel()
	const m = time.Minute
	null := knownvalue.Null()
	five, ten, seven := knownvalue.StringExact("5m"), knownvalue.StringExact("10m"), knownvalue.StringExact("7m")
	override := func(failover, failure, failback knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"automatic_failover": failover, "failure_detection_interval": failure,
			"failback_detection_interval": failback,
		})
	}
	for name, test := range map[string]struct {
		doc       []byte
		arguments []string
		failure   knownvalue.Check // value of the argument
		failback  knownvalue.Check
		perPool   knownvalue.Check
		want      []byte        // the document after the apply, if the imported pair needs a change
		shown     assertChanges // the changes of that apply
	}{
		"on both sides": {
			doc: pairWith(offWithoutIntervals(), offWithoutIntervals()).Document(), arguments: []string{off},
			failure: null, failback: null, perPool: null,
		},
		"on both sides, and no attribute at all": {
			doc: testkit.Encode(strings.ReplaceAll(pairWith(offWithoutIntervals(), offWithoutIntervals()).Text(),
				` EnableAutomaticFailover="false"`, ""),
				pairWith(offWithoutIntervals(), offWithoutIntervals()).Document()),
			arguments: []string{off}, failure: null, failback: null, perPool: null,
		},
		"on the side that sorts last": {
			doc: pairWith(offWithoutIntervals(), testkit.Backup{}).Document(),
			arguments: []string{`per_pool = {
    "lyon.contoso.com"  = { failure_detection_interval = "5m", failback_detection_interval = "10m" }
    "paris.contoso.com" = { automatic_failover = false }
  }`},
			failure: null, failback: null,
			perPool: knownvalue.MapExact(map[string]knownvalue.Check{lyon: override(null, five, ten),
				paris: override(knownvalue.Bool(false), null, null)}),
		},
		"on the side that sorts first": {
			doc: pairWith(testkit.Backup{Failure: 7 * m}, offWithoutIntervals()).Document(),
			arguments: []string{off, perPool(paris, `
      automatic_failover          = true
      failure_detection_interval  = "7m"
      failback_detection_interval = "10m"`)},
			failure: null, failback: null,
			perPool: knownvalue.MapExact(map[string]knownvalue.Check{
				paris: override(knownvalue.Bool(true), seven, ten),
			}),
		},
		"another one on each side": {
			doc: pairWith(offWithIntervals(testkit.Missing, 7*m), offWithIntervals(5*m, testkit.Missing)).Document(),
			arguments: []string{off, `per_pool = {
    "lyon.contoso.com"  = { failure_detection_interval = "5m" }
    "paris.contoso.com" = { failback_detection_interval = "7m" }
  }`},
			failure: null, failback: null,
			perPool: knownvalue.MapExact(map[string]knownvalue.Check{lyon: override(null, five, null),
				paris: override(null, null, seven)}),
		},
		"one of two": {
			doc: pairWith(offWithIntervals(7*m, testkit.Missing),
				offWithIntervals(7*m, testkit.Missing)).Document(),
			arguments: []string{off, `failure_detection_interval = "7m"`}, failure: seven, failback: null,
			perPool: null,
		},
		"of an incomplete pair": {
			doc: fourPools(noBackup("paris", "lyon"),
				backup(testkit.Backup{From: "paris", To: "lyon", Failover: offWithoutIntervals().Failover,
					Failure: testkit.Missing, Failback: testkit.Missing})).Document(),
			arguments: []string{off}, failure: null, failback: null, perPool: null,
			// a new Backup element has both intervals
			want: pairWith(offWithoutIntervals(), offWithIntervals(0, 0)).Document(),
			shown: assertChanges{
				"registrars.lyon.backup_registrar":            "null -> paris",
				"registrars.lyon.automatic_failover":          "null -> false",
				"registrars.lyon.failure_detection_interval":  "null -> 5m",
				"registrars.lyon.failback_detection_interval": "null -> 10m",
			},
		},
		"with automatic failover": {
			doc:     pairWith(testkit.Backup{Failure: testkit.Missing}, testkit.Backup{}).Document(),
			failure: five, failback: ten, perPool: null, want: pairWith(testkit.Backup{}, testkit.Backup{}).Document(),
			shown: assertChanges{"registrars.paris.failure_detection_interval": "null -> 5m"},
		},
		"one that cannot be read": {
			doc: testkit.Replace(pairWith(offWithoutIntervals(), offWithIntervals(5*m, 10*m)).Document(),
				`FailureDetectionInterval="P0Y0M0DT0H5M0S"`, `FailureDetectionInterval="soon"`),
			arguments: []string{off, perPool(lyon,
				`failure_detection_interval = "5m", failback_detection_interval = "10m"`)},
			failure: null, failback: null,
			want:    pairWith(offWithoutIntervals(), offWithIntervals(5*m, 10*m)).Document(),
			perPool: knownvalue.MapExact(map[string]knownvalue.Check{lyon: override(null, five, ten)}),
			shown:   assertChanges{"registrars.lyon.failure_detection_interval": "null -> 5m"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, test.doc)
			config := d.config(pairOf(paris, lyon, test.arguments...))
			plans := preApply(plancheck.ExpectEmptyPlan())
			if test.want != nil {
				plans = preApply(assertAction(plancheck.ResourceActionUpdate), test.shown)
			} else {
				test.want = test.doc
			}
			unitTest(t, importStep(config), resource.TestStep{
				Config:           config,
				ConfigPlanChecks: plans,
				ConfigStateChecks: []statecheck.StateCheck{
					assertState(tfjsonpath.New("failure_detection_interval"), test.failure),
					assertState(tfjsonpath.New("failback_detection_interval"), test.failback),
					assertState(tfjsonpath.New("per_pool"), test.perPool),
				},
				PostApplyFunc: func() { d.assertContent(test.want) },
			}, resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())})
		})
	}
}

// TestPairWithoutIntervals changes and repairs a pair. Unset intervals stay missing until automatic failover is turned
// on.
func TestPairWithoutIntervals(t *testing.T) {
	t.Parallel()
	first := pairWith(offWithoutIntervals(), offWithoutIntervals()).Document()
	unreadable := testkit.Replace(first, `EnableAutomaticFailover="false">
        <ServiceId SiteId="1"`, `EnableAutomaticFailover="false" FailureDetectionInterval="soon">
        <ServiceId SiteId="1"`)
	const m = time.Minute
	for name, test := range map[string]struct {
		drifted   []byte
		arguments []string
		shown     assertChanges
		want      testkit.Estate
	}{
		"an interval is set": {
			arguments: []string{off, `failure_detection_interval = "7m"`},
			shown: assertChanges{
				"failure_detection_interval": "null -> 7m", "registrars.lyon.failure_detection_interval": "null -> 7m",
				"registrars.paris.failure_detection_interval": "null -> 7m",
			},
			want: pairWith(offWithIntervals(7*m, testkit.Missing), offWithIntervals(7*m, testkit.Missing)),
		},
		"an interval of one side is set": {
			arguments: []string{off, perPool(paris, `failback_detection_interval = "1h"`)},
			shown: assertChanges{
				"per_pool": "null -> ", "per_pool.paris.automatic_failover": "-> null",
				"per_pool.paris.failure_detection_interval":    "-> null",
				"per_pool.paris.failback_detection_interval":   "-> 1h",
				"registrars.paris.failback_detection_interval": "null -> 1h",
			},
			want: pairWith(offWithIntervals(testkit.Missing, time.Hour), offWithoutIntervals()),
		},
		"automatic failover on": {
			shown: assertChanges{
				"automatic_failover": "false -> true", "failure_detection_interval": "null -> 5m",
				"failback_detection_interval":                  "null -> 10m",
				"registrars.lyon.automatic_failover":           "false -> true",
				"registrars.lyon.failure_detection_interval":   "null -> 5m",
				"registrars.lyon.failback_detection_interval":  "null -> 10m",
				"registrars.paris.automatic_failover":          "false -> true",
				"registrars.paris.failure_detection_interval":  "null -> 5m",
				"registrars.paris.failback_detection_interval": "null -> 10m",
			},
			want: pairWith(testkit.Backup{}, testkit.Backup{}),
		},
		"automatic failover on for one side": { // it uses the arguments of the pair, as the other side does
			arguments: []string{off, perPool(paris, `automatic_failover = true`)},
			shown: assertChanges{
				"per_pool": "null -> ", "per_pool.paris.automatic_failover": "-> true",
				"per_pool.paris.failure_detection_interval":    "-> null",
				"per_pool.paris.failback_detection_interval":   "-> null",
				"failure_detection_interval":                   "null -> 5m",
				"failback_detection_interval":                  "null -> 10m",
				"registrars.lyon.failure_detection_interval":   "null -> 5m",
				"registrars.lyon.failback_detection_interval":  "null -> 10m",
				"registrars.paris.automatic_failover":          "false -> true",
				"registrars.paris.failure_detection_interval":  "null -> 5m",
				"registrars.paris.failback_detection_interval": "null -> 10m",
			},
			want: pairWith(testkit.Backup{}, offWithIntervals(0, 0)),
		},
		"automatic failover on for one side with its own intervals": {
			arguments: []string{off, perPool(paris,
				"automatic_failover = true\n failure_detection_interval = \"3m\"\n "+
					"failback_detection_interval = \"6m\"")},
			shown: assertChanges{
				"per_pool": "null -> ", "per_pool.paris.automatic_failover": "-> true",
				"per_pool.paris.failure_detection_interval":    "-> 3m",
				"per_pool.paris.failback_detection_interval":   "-> 6m",
				"registrars.paris.automatic_failover":          "false -> true",
				"registrars.paris.failure_detection_interval":  "null -> 3m",
				"registrars.paris.failback_detection_interval": "null -> 6m",
			},
			want: pairWith(testkit.Backup{Failure: 3 * m, Failback: 6 * m}, offWithoutIntervals()),
		},
		"drift: an interval": {
			drifted:   pairWith(offWithIntervals(7*m, testkit.Missing), offWithoutIntervals()).Document(),
			arguments: []string{off},
			shown:     assertChanges{"registrars.paris.failure_detection_interval": "7m -> 5m"},
			want:      pairWith(offWithIntervals(5*m, testkit.Missing), offWithoutIntervals()),
		},
		"drift: an unreadable interval": {
			drifted: unreadable, arguments: []string{off},
			shown: assertChanges{
				"failure_detection_interval":                  "null -> 5m",
				"registrars.lyon.failure_detection_interval":  "null -> 5m",
				"registrars.paris.failure_detection_interval": "null -> 5m",
			},
			want: pairWith(offWithIntervals(5*m, testkit.Missing), offWithIntervals(5*m, testkit.Missing)),
		},
		"drift: automatic failover on": {
			drifted: pairWith(testkit.Backup{}, offWithoutIntervals()).Document(), arguments: []string{off},
			shown: assertChanges{"registrars.paris.automatic_failover": "true -> false"},
			want:  pairWith(offWithIntervals(0, 0), offWithoutIntervals()),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			drifted := test.drifted
			if drifted == nil {
				drifted = first
			}
			config := d.config(pairOf(paris, lyon, test.arguments...))
			unitTest(t,
				importStep(d.config(pairOf(paris, lyon, off))),
				resource.TestStep{
					PreConfig:        d.replaceWith(drifted),
					Config:           config,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), test.shown),
					PostApplyFunc:    func() { d.assertContent(test.want.Document()) },
				},
				resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())},
			)
		})
	}
}

// TestPairLosesItsIntervals removes intervals that were written or set. This is drift, which the next apply repairs.
func TestPairLosesItsIntervals(t *testing.T) {
	t.Parallel()
	complete := pairWith(offWithIntervals(0, 0), offWithIntervals(0, 0)).Document()
	for name, arguments := range map[string][]string{"written": {off},
		"set": {off, `failure_detection_interval = "5m"`}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, complete)
			config := d.config(pairOf(paris, lyon, arguments...))
			unitTest(t, importStep(config), resource.TestStep{
				PreConfig: d.replaceWith(pairWith(offWithoutIntervals(), offWithIntervals(0, 0)).Document()),
				Config:    config,
				ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), assertChanges{
					"registrars.paris.failure_detection_interval":  "null -> 5m",
					"registrars.paris.failback_detection_interval": "null -> 10m",
				}),
				PostApplyFunc: func() { d.assertContent(complete) },
			})
		})
	}
}

// TestUnsetIntervalsThatAreUnknown checks that an unset interval is unknown while it is unknown whether a side needs
// it.
func TestUnsetIntervalsThatAreUnknown(t *testing.T) {
	t.Parallel()
	d := newDocument(t, pairWith(offWithoutIntervals(), offWithoutIntervals()).Document())
	unknown := tftypes.NewValue(tftypes.Bool, tftypes.UnknownValue)
	no := tftypes.NewValue(tftypes.Bool, false)
	entry := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"automatic_failover": tftypes.Bool, "failure_detection_interval": tftypes.String,
		"failback_detection_interval": tftypes.String,
	}}
	entries := tftypes.Map{ElementType: entry}
	onParis := func(failover, failure tftypes.Value) tftypes.Value {
		return tftypes.NewValue(entries, map[string]tftypes.Value{paris: tftypes.NewValue(entry,
			map[string]tftypes.Value{
				"automatic_failover": failover, "failure_detection_interval": failure,
				"failback_detection_interval": text("10m"),
			})})
	}
	for name, test := range map[string]struct {
		arguments         map[string]tftypes.Value
		failure, failback bool // whether the planned interval is known
	}{
		"automatic failover": {map[string]tftypes.Value{"automatic_failover": unknown}, false, false},
		"per_pool": {map[string]tftypes.Value{"automatic_failover": no,
			"per_pool": tftypes.NewValue(entries, tftypes.UnknownValue)}, false, false},
		"one side": {map[string]tftypes.Value{"automatic_failover": no,
			"per_pool": onParis(unknown, tftypes.NewValue(tftypes.String, nil))}, false, true},
		"one interval": {
			map[string]tftypes.Value{"automatic_failover": no,
				"per_pool": onParis(tftypes.NewValue(tftypes.Bool, true),
					tftypes.NewValue(tftypes.String, tftypes.UnknownValue))},
			false, true,
		},
		"one interval that is not needed": {
			map[string]tftypes.Value{"automatic_failover": no,
				"per_pool": onParis(no, tftypes.NewValue(tftypes.String, tftypes.UnknownValue))}, true, true,
		},
	} {
		w := walkOn(d)
		planned := w.plan(w.state(paris), w.pair(paris, lyon, test.arguments), nil)
		w.must(nil, planned.diags)
		got := attributes(t, planned.state)
		if got["failure_detection_interval"].IsKnown() != test.failure ||
			got["failback_detection_interval"].IsKnown() != test.failback {
			t.Errorf("%s: %s and %s", name, got["failure_detection_interval"], got["failback_detection_interval"])
		}
	}
}

func offAndWithoutIntervals(a *testkit.Appliance) {
	a.Failover, a.Failure, a.Failback = offWithoutIntervals().Failover, testkit.Missing, testkit.Missing
}

func failoverOff(a *testkit.Appliance) { a.Failover = offWithoutIntervals().Failover }

// TestBranchCreationWithoutIntervals adopts an appliance that lacks intervals. Unset intervals stay missing. Existing
// and new intervals get the set value or the default.
func TestBranchCreationWithoutIntervals(t *testing.T) {
	t.Parallel()
	two, four, null := knownvalue.StringExact("2m"), knownvalue.StringExact("4m"), knownvalue.Null()
	for name, test := range map[string]struct {
		first, created    testkit.Estate
		arguments         []string
		failure, failback knownvalue.Check
		set               bool // whether the failure interval is set, so that the plan knows it
	}{
		"as it is": {first: branchEstate(offAndWithoutIntervals),
			created: branchEstate(offAndWithoutIntervals), arguments: []string{off}, failure: null, failback: null},
		"one of them is set": {first: branchEstate(offAndWithoutIntervals),
			created:   branchEstate(offAndWithoutIntervals, func(a *testkit.Appliance) { a.Failure = 0 }),
			arguments: []string{off, `failure_detection_interval = "2m"`}, failure: two, failback: null, set: true},
		"automatic failover": {first: branchEstate(offAndWithoutIntervals), created: branchEstate(), failure: two,
			failback: four, set: true},
		"with other intervals": {first: branchEstate(failoverOff, func(a *testkit.Appliance) { a.Failure = time.Hour }),
			created: branchEstate(failoverOff), arguments: []string{off}, failure: two, failback: four},
		"without a Backup": {first: branchEstate(withoutBackup), created: branchEstate(failoverOff),
			arguments: []string{off}, failure: two, failback: four},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, test.first.Document())
			config := d.config(branchOf(sba, paris, test.arguments...))
			planned := plancheck.ExpectUnknownValue(nantes, tfjsonpath.New("failure_detection_interval"))
			if test.set {
				planned = plancheck.ExpectKnownValue(nantes, tfjsonpath.New("failure_detection_interval"), test.failure)
			}
			unitTest(t,
				resource.TestStep{
					Config:           config,
					ConfigPlanChecks: preApply(assertBranchAction(plancheck.ResourceActionCreate), planned),
					ConfigStateChecks: assertBranch(map[string]knownvalue.Check{
						"failure_detection_interval": test.failure, "failback_detection_interval": test.failback,
					}),
					PostApplyFunc: func() { d.assertContent(test.created.Document()) },
				},
				resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())},
			)
		})
	}
}

// TestBranchWithoutIntervals imports, changes and repairs an appliance that lacks intervals.
func TestBranchWithoutIntervals(t *testing.T) {
	t.Parallel()
	first := branchEstate(offAndWithoutIntervals).Document()
	for name, test := range map[string]struct {
		drifted   []byte
		arguments []string
		shown     assertChanges // nil: the plan is empty
		want      testkit.Estate
	}{
		"nothing": {arguments: []string{off}, want: branchEstate(offAndWithoutIntervals)},
		"moved": {
			drifted: branchEstate(offAndWithoutIntervals, onPool("lyon")).Document(), arguments: []string{off},
			shown: assertChanges{"backup_pool": "lyon -> paris", "user_services_pool": "lyon -> paris",
				"backup_pool_partner": "null -> unknown"},
			want: branchEstate(offAndWithoutIntervals),
		},
		"automatic failover on": {
			shown: assertChanges{"automatic_failover": "false -> true", "failure_detection_interval": "null -> 2m",
				"failback_detection_interval": "null -> 4m"},
			want: branchEstate(),
		},
		"drift: an interval": {
			drifted: branchEstate(offAndWithoutIntervals,
				func(a *testkit.Appliance) { a.Failure = time.Hour }).Document(), arguments: []string{off},
			shown: assertChanges{"failure_detection_interval": "1h -> 2m"},
			want:  branchEstate(offAndWithoutIntervals, func(a *testkit.Appliance) { a.Failure = 0 }),
		},
		"drift: an unreadable interval": {
			drifted: testkit.Replace(first, `EnableAutomaticFailover="false"`,
				`EnableAutomaticFailover="false" FailureDetectionInterval="soon"`),
			arguments: []string{off}, shown: assertChanges{"failure_detection_interval": "null -> 2m"},
			want: branchEstate(offAndWithoutIntervals, func(a *testkit.Appliance) { a.Failure = 0 }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			drifted := test.drifted
			if drifted == nil {
				drifted = first
			}
			config := d.config(branchOf(sba, paris, test.arguments...))
			plans := preApply(plancheck.ExpectEmptyPlan())
			if test.shown != nil {
				plans = preApply(assertBranchAction(plancheck.ResourceActionUpdate), test.shown)
			}
			unitTest(t, importBranchStep(d.config(branchOf(sba, paris, off))), resource.TestStep{
				PreConfig:        d.replaceWith(drifted),
				Config:           config,
				ConfigPlanChecks: plans,
				PostApplyFunc:    func() { d.assertContent(test.want.Document()) },
			}, resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan())})
		})
	}
}

// TestBranchUnsetIntervalsThatAreUnknown checks that the unset intervals of an appliance are unknown while its
// automatic failover is unknown.
func TestBranchUnsetIntervalsThatAreUnknown(t *testing.T) {
	t.Parallel()
	d := newDocument(t, branchEstate(offAndWithoutIntervals).Document())
	for _, prior := range []bool{true, false} {
		w := walkOfResource(branchType, d)
		state := w.none()
		if prior {
			state = w.state(sba)
		}
		planned := w.plan(state, objectWith(w.resource, map[string]tftypes.Value{
			"appliance": text(sba), "backup_pool": text(paris),
			"automatic_failover":          tftypes.NewValue(tftypes.Bool, tftypes.UnknownValue),
			"failback_detection_interval": text("4m"),
		}), nil)
		if failed := summaries(planned.diags, tfprotov6.DiagnosticSeverityError); len(failed) > 0 {
			t.Fatal(failed)
		}
		got := attributes(t, planned.state)
		if got["failure_detection_interval"].IsKnown() || !got["failback_detection_interval"].IsKnown() {
			t.Errorf("%t: %s and %s", prior, got["failure_detection_interval"], got["failback_detection_interval"])
		}
	}
}
