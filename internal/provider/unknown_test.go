package provider

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// terraformData returns a resource of Terraform whose output is unknown before it is applied.
func terraformData(name, value string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %q\n}\n", name, value)
}

func pairOfExpression(name, pools string, arguments string) string {
	return fmt.Sprintf("resource \"lync_pool_pair\" %q {\n  pools = %s\n  %s\n}\n", name, pools, arguments)
}

func TestUnknownAtPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		resources []string
		unknown   []tfjsonpath.Path
	}{
		"one member": {
			resources: []string{terraformData("lyon", lyon),
				pairOfExpression("this", `["paris.contoso.com", terraform_data.lyon.output]`, "")},
			unknown: []tfjsonpath.Path{tfjsonpath.New("id"), tfjsonpath.New("registrars")},
		},
		"both members": {
			resources: []string{terraformData("paris", paris), terraformData("lyon", lyon),
				pairOfExpression("this", `[terraform_data.paris.output, terraform_data.lyon.output]`, "")},
			unknown: []tfjsonpath.Path{tfjsonpath.New("id"), tfjsonpath.New("registrars")},
		},
		"an interval": {
			resources: []string{terraformData("interval", "300s"),
				pairOf(paris, lyon, "failure_detection_interval = terraform_data.interval.output")},
			unknown: []tfjsonpath.Path{tfjsonpath.New("failure_detection_interval"),
				registrar(paris, "failure_detection_interval")},
		},
		"an interval of one side": {
			resources: []string{terraformData("interval", "5m0s"),
				pairOf(paris, lyon, perPool("PARIS.contoso.com",
					"failure_detection_interval = terraform_data.interval.output"))},
			unknown: []tfjsonpath.Path{registrar(paris, "failure_detection_interval")},
		},
		"per_pool": {
			resources: []string{terraformData("side", lyon),
				pairOf(paris, lyon, `per_pool = { (terraform_data.side.output) = { failback_detection_interval = `+
					`"10m" } }`)},
			unknown: []tfjsonpath.Path{tfjsonpath.New("per_pool"), registrar(paris, "failback_detection_interval")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, allKindsEstate().Document())
			checks := []plancheck.PlanCheck{assertAction(plancheck.ResourceActionCreate)}
			for _, path := range test.unknown {
				checks = append(checks, plancheck.ExpectUnknownValue(this, path))
			}
			unitTest(t, resource.TestStep{
				Config:           d.config(test.resources...),
				ConfigPlanChecks: preApply(checks...),
				ConfigStateChecks: append(assertPaired(paris, lyon),
					assertState(tfjsonpath.New("id"), knownvalue.StringExact("lyon.contoso.com,paris.contoso.com"))),
			})
			d.assertContent(allKindsEstate().Document())
		})
	}
}

func TestKnownPartIsChecked(t *testing.T) {
	t.Parallel()
	first := allKindsEstate().Document()
	later := terraformData("later", lyon)
	for name, test := range map[string]struct {
		resources []string
		want      []string
	}{
		"known member is no pool": {
			[]string{pairOfExpression("this", `["director.contoso.com", terraform_data.later.output]`, "")},
			[]string{"(PP-NODIR)", "director.contoso.com"},
		},
		"known member is claimed by another": {
			[]string{
				pairOfExpression("this", `["paris.contoso.com", terraform_data.later.output]`, ""),
				pairNamed("other", "PARIS.contoso.com", "names.contoso.com"),
			},
			[]string{"(PP-ONE)", "paris.contoso.com would be in two pairs of this configuration",
				"with a pool that is not known yet"},
		},
		"known interval out of range": {
			[]string{pairOfExpression("this", `["paris.contoso.com", terraform_data.later.output]`,
				`failure_detection_interval = "1s"`)},
			[]string{"(VF-RANGE)"},
		},
		"stranger beside two known members": {
			[]string{pairOf(paris, lyon, `per_pool = { "rome.contoso.com" = { failure_detection_interval = `+
				`terraform_data.later.output } }`)},
			[]string{"Not a member of the pair"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, first)
			unitTest(t, assertRefused(d.config(append(test.resources, later)...), test.want...))
			d.assertContent(first)
		})
	}
}

// TestUnknownMemberTurnsOutWrong checks that the apply refuses an invalid name that the plan did not know, before
// anything is written.
func TestUnknownMemberTurnsOutWrong(t *testing.T) {
	t.Parallel()
	first := allKindsEstate().Document()
	d := newDocument(t, first)
	for pool, want := range map[string]string{"director.contoso.com": "(PP-NODIR)", "PARIS.contoso.com": "(PP-SELF)"} {
		unitTest(t, resource.TestStep{
			Config: d.config(terraformData("later", pool),
				pairOfExpression("this", `["paris.contoso.com", terraform_data.later.output]`, "")),
			ExpectError: inOrder("Error running apply", want),
		})
		d.assertContent(first)
	}
}

// TestUnknownMemberOfAPairReplacesIt plans a replacement for an unknown member, even if the pools are then the same.
func TestUnknownMemberOfAPairReplacesIt(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	unitTest(t,
		importStep(d.config(pairOf(paris, lyon))),
		resource.TestStep{
			Config: d.config(terraformData("later", "nice.contoso.com"),
				pairOfExpression("this", `["paris.contoso.com", terraform_data.later.output]`, "")),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroyBeforeCreate),
				plancheck.ExpectUnknownValue(this, tfjsonpath.New("registrars"))),
			ConfigStateChecks: assertPaired(paris, "nice.contoso.com"),
		},
		resource.TestStep{
			Config: d.config(terraformData("later", "NICE.contoso.com"),
				pairOfExpression("this", `["paris.contoso.com", terraform_data.later.output]`, "")),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroyBeforeCreate)),
			ConfigStateChecks: append(assertPaired(paris, "nice.contoso.com"),
				assertState(tfjsonpath.New("id"), knownvalue.StringExact("nice.contoso.com,paris.contoso.com"))),
		},
	)
}

// TestUnknownTopologyFile has a file name that depends on another resource of the plan.
func TestUnknownTopologyFile(t *testing.T) {
	t.Parallel()
	first := allKindsEstate().Document()
	d := newDocument(t, first)
	config := func(file string, resources string) string {
		return terraformData("file", file) + "provider \"lync\" {\n  topology_file = terraform_data.file.output\n}\n" +
			resources
	}
	unitTest(t,
		resource.TestStep{
			Config: config(d.path, pairOf(paris, lyon)),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate),
				plancheck.ExpectUnknownValue(this, registrar(paris, "site")),
				assertPlanned(registrar(paris, "backup_registrar"), knownvalue.StringExact(lyon))),
			ConfigStateChecks: assertPaired(paris, lyon),
		},
		// The name of the file is unknown again, so the plan uses the state.
		resource.TestStep{
			PreConfig: func() {
				d.path = filepath.Join(filepath.Dir(d.path), "moved.xml")
				d.replaceWith(fourPools().Document())()
			},
			Config: config(filepath.Join(filepath.Dir(d.path), "moved.xml"),
				pairOf(paris, lyon, `failback_detection_interval = "20m"`)),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), assertChanges{
				"failback_detection_interval":                  "10m -> 20m",
				"registrars.lyon.failback_detection_interval":  "10m -> 20m",
				"registrars.paris.failback_detection_interval": "10m -> 20m",
			}),
			ConfigStateChecks: []statecheck.StateCheck{
				assertState(registrar(paris, "failback_detection_interval"), knownvalue.StringExact("20m")),
			},
		},
	)
}

// TestUnknownTopologyFileStillChecks checks the rules that need no document.
func TestUnknownTopologyFileStillChecks(t *testing.T) {
	t.Parallel()
	provider := terraformData("file", "topology.xml") +
		"provider \"lync\" {\n  topology_file = terraform_data.file.output\n}\n"
	for name, test := range map[string]struct {
		resources string
		want      []string
	}{
		"pool in two pairs": {
			pairNamed("one", paris, lyon) + pairNamed("two", paris, "nice.contoso.com"),
			[]string{"(PP-ONE)"},
		},
		"interval": {pairOf(paris, lyon, `failback_detection_interval = "48h"`), []string{"(VF-RANGE)"}},
		"import": {
			pairOf(paris, lyon) + importBlockFor(paris),
			[]string{"Topology not yet known", "another resource of this plan creates it", "-target", "two steps"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unitTest(t, assertRefused(provider+test.resources, test.want...))
		})
	}
}
