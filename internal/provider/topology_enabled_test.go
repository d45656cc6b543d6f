package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// liveTest runs steps with the double of a management shell behind the provider.
func liveTest(t *testing.T, double *shelld.Shell, steps ...resource.TestStep) {
	t.Helper()
	testSteps(t, newWithStore("test", openDouble(double)), steps...)
}

// failsToEnable makes every Enable-CsTopology fail until the fault is removed.
var failsToEnable = shelld.Fault{EnableFails: true, Times: -1}

func assertEnabled(resource string, value bool) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(resource, tfjsonpath.New("topology_enabled"), knownvalue.Bool(value))
}

func assertEnabledUnknown(resource string) plancheck.PlanCheck {
	return plancheck.ExpectUnknownValue(resource, tfjsonpath.New("topology_enabled"))
}

// enabling is a deployment on which Enable-CsTopology can fail.
type enabling struct {
	*shelld.Shell
	t      *testing.T
	counts shelld.Counts
}

func newEnabling(t *testing.T, e testkit.Estate) *enabling {
	t.Helper()
	return &enabling{Shell: shelld.New(t, e.Document()), t: t}
}

// injectFailure makes Enable-CsTopology fail.
func (e *enabling) injectFailure() { e.Inject(failsToEnable) }

// removeFailure lets Enable-CsTopology succeed.
func (e *enabling) removeFailure() { e.ClearFaults(); e.counts = e.Counts() }

// assertRuns returns a function that checks what has run since removeFailure, and calls injectFailure.
func (e *enabling) assertRuns(publishes, enables int) func() {
	return func() {
		e.t.Helper()
		got := e.Counts()
		if got.Publishes != e.counts.Publishes+publishes || got.Enables != e.counts.Enables+enables {
			e.t.Errorf("%+v, before %+v; want %d publishes and %d Enable-CsTopology more",
				got, e.counts, publishes, enables)
		}
		e.injectFailure()
	}
}

// TestTopologyEnabled checks that the next plan has a change if Enable-CsTopology failed, and that its apply runs only
// Enable-CsTopology.
func TestTopologyEnabled(t *testing.T) {
	t.Parallel()
	config := (&document{t: t, path: "unused"}).config
	notInEffect := inOrder("Topology published, but not in effect")
	for name, test := range map[string]struct {
		resource        string
		created, change string
	}{
		"pair":          {this, pairOf(paris, lyon), pairOf(paris, lyon, `failure_detection_interval = "7m"`)},
		"branch backup": {nantes, branchOf(sba, paris), branchOf(sba, paris, `failure_detection_interval = "7m"`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnabling(t, branchEstate(withoutBackup))
			assertAction := func(action plancheck.ResourceActionType) plancheck.PlanCheck {
				return plancheck.ExpectResourceAction(test.resource, action)
			}
			retryStep := func(config string) resource.TestStep {
				return resource.TestStep{
					PreConfig: e.removeFailure, Config: config,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate),
						assertEnabledUnknown(test.resource)),
					ConfigStateChecks: []statecheck.StateCheck{assertEnabled(test.resource, true)},
				}
			}
			liveTest(t, e.Shell,
				resource.TestStep{
					PreConfig: e.injectFailure, Config: config(test.created),
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate),
						assertEnabledUnknown(test.resource)),
					ConfigStateChecks:  []statecheck.StateCheck{assertEnabled(test.resource, false)},
					ExpectNonEmptyPlan: true,
				},
				retryStep(config(test.created)),
				resource.TestStep{PreConfig: e.assertRuns(0, 1), Config: config(test.change), ExpectError: notInEffect},
				retryStep(config(test.change)),
				resource.TestStep{PreConfig: e.assertRuns(0, 1), Config: config(), ExpectError: notInEffect},
				resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true},
				resource.TestStep{PreConfig: e.removeFailure, Config: config(),
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy))},

				// Declared again after a removal that is not in effect.
				resource.TestStep{PreConfig: func() { e.assertRuns(0, 1)(); e.ClearFaults() },
					Config: config(test.created)},
				resource.TestStep{PreConfig: e.injectFailure, Config: config(), ExpectError: notInEffect},
				retryStep(config(test.created)),
				resource.TestStep{PreConfig: func() { e.assertRuns(1, 1)(); e.ClearFaults() }, Config: config(),
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy))},
			)
		})
	}
}

// TestTopologyEnabledReplacement publishes the removal of a replacement that is then not in effect. The next apply
// creates the new pair.
func TestTopologyEnabledReplacement(t *testing.T) {
	t.Parallel()
	e := newEnabling(t, testkit.Estate{Pools: []testkit.Pool{{FQDN: "paris", Site: 1}, {FQDN: "lyon", Site: 2},
		{FQDN: "nice", Site: 3}}})
	config := (&document{t: t, path: "unused"}).config
	liveTest(t, e.Shell,
		resource.TestStep{Config: config(pairOf(paris, lyon)),
			ConfigStateChecks: []statecheck.StateCheck{assertEnabled(this, true)}},
		resource.TestStep{
			PreConfig: e.injectFailure, Config: config(pairOf(paris, "nice.contoso.com")),
			ExpectError: inOrder("Topology published, but not in effect",
				"The removal of the pool pair lyon.contoso.com,paris.contoso.com"),
		},
		resource.TestStep{
			PreConfig: e.removeFailure, Config: config(pairOf(paris, "nice.contoso.com")),
			ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionReplace)),
			ConfigStateChecks: append(assertPaired(paris, "nice.contoso.com"), assertEnabled(this, true)),
		},
		resource.TestStep{PreConfig: e.assertRuns(1, 2), RefreshState: true},
		resource.TestStep{PreConfig: e.ClearFaults, Config: config(pairOf(paris, "nice.contoso.com")), PlanOnly: true},
	)
}

// TestTopologyEnabledOnce checks that Enable-CsTopology runs once for all resources that need it, although Terraform
// applies ten at a time.
func TestTopologyEnabledOnce(t *testing.T) {
	t.Parallel()
	var (
		estate testkit.Estate
		pairs  []string
	)
	for i := range 15 {
		a, b := fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)
		estate.Pools = append(estate.Pools, testkit.Pool{FQDN: a, Site: 1}, testkit.Pool{FQDN: b, Site: 2})
		pairs = append(pairs, pairNamed(a, a+".contoso.com", b+".contoso.com"))
	}
	e := newEnabling(t, estate)
	config := (&document{t: t, path: "unused"}).config(pairs...)
	liveTest(t, e.Shell,
		resource.TestStep{PreConfig: e.injectFailure, Config: config, ExpectNonEmptyPlan: true,
			ConfigStateChecks: []statecheck.StateCheck{assertEnabled("lync_pool_pair.a3", false)}},
		resource.TestStep{PreConfig: e.removeFailure, Config: config,
			ConfigStateChecks: []statecheck.StateCheck{assertEnabled("lync_pool_pair.a3", true)}},
		resource.TestStep{PreConfig: e.assertRuns(0, 1), Config: config, PlanOnly: true},
		resource.TestStep{PreConfig: e.ClearFaults, Config: config, Destroy: true},
	)
}
