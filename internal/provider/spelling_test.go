package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestSpellingMakesNoDifference creates a pair in an unusual spelling and continues with others. No plan has a change,
// and the state keeps the first spelling.
func TestSpellingMakesNoDifference(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	override := func(key, interval string) string {
		return perPool(key, `failure_detection_interval = "`+interval+`"`)
	}
	same := func(config string) resource.TestStep {
		return resource.TestStep{
			Config:           config,
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: []statecheck.StateCheck{
				assertState(tfjsonpath.New("pools"), knownvalue.SetExact([]knownvalue.Check{
					knownvalue.StringExact("PARIS.contoso.com"), knownvalue.StringExact("lyon.contoso.com."),
				})),
				assertState(tfjsonpath.New("failure_detection_interval"), knownvalue.StringExact("300s")),
				assertState(registrar(paris, "failure_detection_interval"), knownvalue.StringExact("5m")),
				assertState(registrar(lyon, "failure_detection_interval"), knownvalue.StringExact("4m")),
				assertState(registrar(lyon, "backup_registrar"), knownvalue.StringExact(paris)),
			},
		}
	}
	created := same(d.config(pairOf("PARIS.contoso.com", "lyon.contoso.com.", `failure_detection_interval = "300s"`,
		override("LYON.contoso.com", "240s"))))
	created.ConfigPlanChecks = preApply(assertAction(plancheck.ResourceActionCreate),
		assertPlanned(tfjsonpath.New("id"), knownvalue.StringExact("lyon.contoso.com,paris.contoso.com")))
	unitTest(t,
		created,
		same(d.config(pairOf("Lyon.Contoso.com", paris+".", `failure_detection_interval = "5m"`,
			override("LYON.contoso.com", "4m")))),
		same(d.config(pairOf(paris, lyon, override("lyon.contoso.com.", "4m0s")))),
		resource.TestStep{
			RefreshState: true,
			RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectEmptyPlan(),
			}},
		},
	)
}

// TestArgumentsKeepTheirSpelling reads values that are equal to the arguments, and drift from arguments in the user's
// spelling.
func TestArgumentsKeepTheirSpelling(t *testing.T) {
	t.Parallel()
	const hour = `FailureDetectionInterval="P0Y0M0DT1H0M0S"`
	d := newDocument(t, allKindsEstate().Document())
	config := d.config(pairOf(paris, lyon, `failure_detection_interval = "60m"`, `failback_detection_interval = "7200s"`,
		perPool("Lyon.contoso.com.", `failback_detection_interval = "180m"`)))
	replaceAll := func(from, to string) func() {
		return func() {
			d.replaceWith(testkit.Encode(strings.ReplaceAll(testkit.Decode(d.bytes()), from, to), d.bytes()))()
		}
	}
	kept := []statecheck.StateCheck{
		assertState(tfjsonpath.New("failure_detection_interval"), knownvalue.StringExact("60m")),
		assertState(tfjsonpath.New("failback_detection_interval"), knownvalue.StringExact("7200s")),
		assertState(tfjsonpath.New("per_pool").AtMapKey("Lyon.contoso.com.").AtMapKey("failback_detection_interval"),
			knownvalue.StringExact("180m")),
	}
	unitTest(t,
		resource.TestStep{Config: config, ConfigStateChecks: kept},
		resource.TestStep{
			PreConfig:        replaceAll(hour, `FailureDetectionInterval="PT3600S"`),
			Config:           config,
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()), ConfigStateChecks: kept,
		},
		resource.TestStep{
			PreConfig: replaceAll(`FailureDetectionInterval="PT3600S"`, `FailureDetectionInterval="PT5400S"`),
			Config:    config,
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), assertChanges{
				"failure_detection_interval":                  "1h30m -> 60m",
				"registrars.lyon.failure_detection_interval":  "1h30m -> 1h",
				"registrars.paris.failure_detection_interval": "1h30m -> 1h",
			}),
			ConfigStateChecks: kept,
		},
	)
}

// TestTimeoutsAlonePublishNothing changes only timeouts, which are not part of the topology.
func TestTimeoutsAlonePublishNothing(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	first, unwritten := d.bytes(), d.watchWrites()
	unitTest(t,
		importStep(d.config(pairOf(paris, lyon))),
		resource.TestStep{
			Config: d.config(pairOf(paris, lyon, "timeouts { update = \"5m\" }")),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate),
				assertChanges{"timeouts.update": "-> 5m", "timeouts.create": "-> null", "timeouts.read": "-> null",
					"timeouts.delete": "-> null", "timeouts": "null -> "}),
			ConfigStateChecks: append(assertPaired(paris, lyon),
				assertState(tfjsonpath.New("timeouts").AtMapKey("update"), knownvalue.StringExact("5m"))),
			PostApplyFunc: func() {
				d.assertContent(first)
				unwritten()
			},
		},
	)
}

// TestPerPoolChangesAlone plans an update if only one setting of one pool changes.
func TestPerPoolChangesAlone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after string
		shown         assertChanges
	}{
		"automatic failover": {`automatic_failover = false`, `automatic_failover = true`, assertChanges{
			"per_pool.lyon.automatic_failover": "false -> true", "registrars.lyon.automatic_failover": "false -> true",
		}},
		"failure detection": {`failure_detection_interval = "20m"`, `failure_detection_interval = "30m"`, assertChanges{
			"per_pool.lyon.failure_detection_interval":   "20m -> 30m",
			"registrars.lyon.failure_detection_interval": "20m -> 30m",
		}},
		"failback detection": {`failback_detection_interval = "20m"`, `failback_detection_interval = "30m"`,
			assertChanges{
				"per_pool.lyon.failback_detection_interval":   "20m -> 30m",
				"registrars.lyon.failback_detection_interval": "20m -> 30m",
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, allKindsEstate().Document())
			unitTest(t,
				resource.TestStep{Config: d.config(pairOf(paris, lyon, perPool(lyon, test.before))),
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate))},
				resource.TestStep{
					Config:           d.config(pairOf(paris, lyon, perPool(lyon, test.after))),
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), test.shown),
				},
			)
		})
	}
}

// TestPerPoolEntryThatIsNull checks that a null entry, which a module can have, overrides no argument.
func TestPerPoolEntryThatIsNull(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	config := d.config(pairOf(paris, lyon, `failure_detection_interval = "4m"`, "per_pool = { \""+lyon+"\" = null }"))
	has := []statecheck.StateCheck{
		assertState(registrar(lyon, "automatic_failover"), knownvalue.Bool(true)),
		assertState(registrar(lyon, "failure_detection_interval"), knownvalue.StringExact("4m")),
		assertState(registrar(lyon, "failback_detection_interval"), knownvalue.StringExact("10m")),
	}
	unitTest(t,
		resource.TestStep{Config: config, ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate)),
			ConfigStateChecks: has},
		resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: has},
	)
}
