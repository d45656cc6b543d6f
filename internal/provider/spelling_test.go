package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// TestSpellingMakesNoDifference creates a pair in an unusual spelling and goes on in others: no plan ever has a
// change, and the state keeps the first spelling.
func TestSpellingMakesNoDifference(t *testing.T) {
	t.Parallel()
	d := newDocument(t, zoo().Document())
	apart := func(key, interval string) string {
		return perPool(key, `failure_detection_interval = "`+interval+`"`)
	}
	same := func(config string) resource.TestStep {
		return resource.TestStep{
			Config:           config,
			ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()),
			ConfigStateChecks: []statecheck.StateCheck{
				stateHas(tfjsonpath.New("pools"), knownvalue.SetExact([]knownvalue.Check{
					knownvalue.StringExact("PARIS.contoso.com"), knownvalue.StringExact("lyon.contoso.com."),
				})),
				stateHas(tfjsonpath.New("failure_detection_interval"), knownvalue.StringExact("300s")),
				stateHas(registrar(paris, "failure_detection_interval"), knownvalue.StringExact("5m")),
				stateHas(registrar(lyon, "failure_detection_interval"), knownvalue.StringExact("4m")),
				stateHas(registrar(lyon, "backup_registrar"), knownvalue.StringExact(paris)),
			},
		}
	}
	created := same(d.config(pairOf("PARIS.contoso.com", "lyon.contoso.com.", `failure_detection_interval = "300s"`, apart("LYON.contoso.com", "240s"))))
	created.ConfigPlanChecks = preApply(does(plancheck.ResourceActionCreate),
		planHas(tfjsonpath.New("id"), knownvalue.StringExact("lyon.contoso.com,paris.contoso.com")))
	unitTest(t,
		created,
		same(d.config(pairOf("Lyon.Contoso.com", paris+".", `failure_detection_interval = "5m"`, apart("LYON.contoso.com", "4m")))),
		same(d.config(pairOf(paris, lyon, apart("lyon.contoso.com.", "4m0s")))),
		resource.TestStep{
			RefreshState: true,
			RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectEmptyPlan(),
			}},
		},
	)
}

// TestTimeoutsAlonePublishNothing changes what is no part of the topology.
func TestTimeoutsAlonePublishNothing(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	first, unwritten := d.bytes(), d.watch()
	unitTest(t,
		imported(d.config(pairOf(paris, lyon))),
		resource.TestStep{
			Config:           d.config(pairOf(paris, lyon, "timeouts { update = \"5m\" }")),
			ConfigPlanChecks: preApply(does(plancheck.ResourceActionUpdate), changesOnly{"timeouts.update": "-> 5m", "timeouts.create": "-> null", "timeouts.read": "-> null", "timeouts.delete": "-> null", "timeouts": "null -> "}),
			ConfigStateChecks: append(whole(paris, lyon),
				stateHas(tfjsonpath.New("timeouts").AtMapKey("update"), knownvalue.StringExact("5m"))),
			PostApplyFunc: func() {
				d.is(first)
				unwritten()
			},
		},
	)
}

// TestPerPoolChangesAlone plans an update if one setting of one pool changes and nothing else does.
func TestPerPoolChangesAlone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after string
		shown         changesOnly
	}{
		"automatic failover": {`automatic_failover = false`, `automatic_failover = true`, changesOnly{
			"per_pool.lyon.automatic_failover": "false -> true", "registrars.lyon.automatic_failover": "false -> true",
		}},
		"failure detection": {`failure_detection_interval = "20m"`, `failure_detection_interval = "30m"`, changesOnly{
			"per_pool.lyon.failure_detection_interval": "20m -> 30m", "registrars.lyon.failure_detection_interval": "20m -> 30m",
		}},
		"failback detection": {`failback_detection_interval = "20m"`, `failback_detection_interval = "30m"`, changesOnly{
			"per_pool.lyon.failback_detection_interval": "20m -> 30m", "registrars.lyon.failback_detection_interval": "20m -> 30m",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, zoo().Document())
			unitTest(t,
				resource.TestStep{Config: d.config(pairOf(paris, lyon, perPool(lyon, test.before))), ConfigPlanChecks: preApply(does(plancheck.ResourceActionCreate))},
				resource.TestStep{
					Config:           d.config(pairOf(paris, lyon, perPool(lyon, test.after))),
					ConfigPlanChecks: preApply(does(plancheck.ResourceActionUpdate), test.shown),
				},
			)
		})
	}
}

// TestPerPoolEntryThatIsNull has nothing apart: a module may leave an entry null.
func TestPerPoolEntryThatIsNull(t *testing.T) {
	t.Parallel()
	d := newDocument(t, zoo().Document())
	config := d.config(pairOf(paris, lyon, `failure_detection_interval = "4m"`, "per_pool = { \""+lyon+"\" = null }"))
	has := []statecheck.StateCheck{
		stateHas(registrar(lyon, "automatic_failover"), knownvalue.Bool(true)),
		stateHas(registrar(lyon, "failure_detection_interval"), knownvalue.StringExact("4m")),
		stateHas(registrar(lyon, "failback_detection_interval"), knownvalue.StringExact("10m")),
	}
	unitTest(t,
		resource.TestStep{Config: config, ConfigPlanChecks: preApply(does(plancheck.ResourceActionCreate)), ConfigStateChecks: has},
		resource.TestStep{Config: config, ConfigPlanChecks: preApply(plancheck.ExpectEmptyPlan()), ConfigStateChecks: has},
	)
}
