package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// storeTest runs steps on the store that the configuration names: the double for a management shell, or a file. It
// fails if the transport connects to another host.
func storeTest(t *testing.T, double *shelld.Shell, host string, steps ...resource.TestStep) {
	t.Helper()
	testSteps(t, placeProvider(t, double, host), steps...)
}

func placeProvider(t *testing.T, double *shelld.Shell, host string) func() provider.Provider {
	t.Helper()
	return newWithStore("test", func(l location) store.Store {
		if l.shell.Transport == nil {
			return file.New(l.file)
		}
		if got := l.shell.Transport.Host(); got != host {
			t.Errorf("the transport leads to %s and not to %s", got, host)
		}
		return shell.New(double, l.shell.Options)
	})
}

// onShell returns a configuration with the provider on a management shell and the resources.
func onShell(settings string, resources ...string) string {
	return "provider \"lync\" {\n  management_shell = {\n    " + settings + "\n  }\n}\n" + strings.Join(resources, "\n")
}

// TestLiveImport imports the pair of a deployment. The plan has no other changes.
func TestLiveImport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		doc  func(testing.TB) []byte
		a, b string
	}{
		"published": {testkit.Published, "fe1.example.com", "fe2.example.com"},
		"shipped":   {testkit.Fixture, paris, lyon},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			double := shelld.New(t, test.doc(t))
			first := string(double.Document())
			config := onShell("local = {}", pairOf(test.a, test.b))
			storeTest(t, double, "this host",
				resource.TestStep{
					Config:            config + importBlockFor(test.a+","+test.b),
					ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionNoop)),
					ConfigStateChecks: append(assertPaired(test.a, test.b), assertEnabled(this, true)),
				},
				resource.TestStep{Config: config, PlanOnly: true},
				resource.TestStep{
					PreConfig: func() {
						if got := double.Counts(); string(double.Document()) != first || got.Publishes+got.Enables > 0 {
							t.Errorf("an import has changed the deployment: %+v", got)
						}
					},
					Config:           config,
					Destroy:          true,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
				},
				resource.TestStep{
					Config: config,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate),
						assertEnabledUnknown(this)),
					ConfigStateChecks: append(assertPaired(test.a, test.b), assertEnabled(this, true)),
				},
			)
		})
	}
}

// TestLiveByVariable chooses between a file and a deployment with a variable. The other one is null. The harness has no
// variables, so the test uses Terraform.
func TestLiveByVariable(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	double := shelld.New(t, allKindsEstate().Document())
	text := fmt.Sprintf("variable \"live\" { type = bool }\nprovider \"lync\" {\n  topology_file    = var.live ? "+
		"null : %q\n"+
		"  management_shell = var.live ? { local = {} } : null\n}\n", d.path) + pairOf(paris, lyon)
	step := func(live bool, enabled knownvalue.Check, after func()) resource.TestStep {
		return resource.TestStep{
			Config: text, ConfigVariables: config.Variables{"live": config.BoolVariable(live)},
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate)), PostApplyFunc: after,
			ConfigStateChecks: append(assertPaired(paris, lyon),
				assertState(tfjsonpath.New("topology_enabled"), enabled)),
		}
	}
	terraformSteps(t, placeProvider(t, double, "this host"),
		step(true, knownvalue.Bool(true), func() { d.assertContent(allKindsEstate().Document()) }))
	if got := double.Counts(); got.Publishes != 2 { // created and destroyed
		t.Errorf("%+v", got)
	}
	before := double.Counts()
	terraformSteps(t, placeProvider(t, double, "this host"), step(false, knownvalue.Null(), nil))
	if got := double.Counts(); got != before {
		t.Errorf("the deployment was asked: %+v", got)
	}
}

// TestLiveNotKnownYet has a transport that depends on another resource of the plan. TestLiveNotKnownYetWarnsOnce
// counts the warnings.
func TestLiveNotKnownYet(t *testing.T) {
	t.Parallel()
	const rest = "user = \"svc\"\n      ca_file = null\n      "
	for name, settings := range map[string]string{
		"host": "winrm = {\n      password = \"geheim\"\n      " + rest +
			"host = terraform_data.made.output\n    }",
		"password": "winrm = {\n      host = \"lync01\"\n      " + rest +
			"password = terraform_data.made.output\n    }",
		"all of it": "winrm = terraform_data.made.output == \"\" ? null : {\n      host = \"lync01\"\n      " +
			rest + "password = \"geheim\"\n    }",
		"backup_directory": "winrm = {\n      host = \"lync01\"\n      " + rest +
			"password = \"geheim\"\n    }\n    backup_directory = terraform_data.made.output",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := allKindsEstate().Document()
			double := shelld.New(t, first)
			// A new value replaces the resource, and its output becomes unknown.
			makes := func(value string) string {
				return fmt.Sprintf("resource \"terraform_data\" \"made\" {\n  input = \"lync01\"\n  triggers_replace "+
					"= %q\n}\n", value)
			}
			assertCreated := func() {
				if got := double.Counts(); got.Loads == 0 || got.Publishes != 1 {
					t.Errorf("the apply must create the pair: %+v", got)
				}
			}
			storeTest(t, double, "lync01",
				resource.TestStep{
					Config: onShell(settings, makes("1"), pairOf(paris, lyon)),
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate), assertEnabledUnknown(this),
						plancheck.ExpectUnknownValue(this, registrar(paris, "site"))),
					ConfigStateChecks: append(assertPaired(paris, lyon), assertEnabled(this, true)),
					PostApplyFunc:     assertCreated,
				},
				// The pair is removed outside of Terraform. The state does not change while the topology is unknown.
				resource.TestStep{
					PreConfig:          func() { double.SetDocument(first) },
					Config:             onShell(settings, makes("2"), pairOf(paris, lyon)),
					ConfigPlanChecks:   preApply(assertAction(plancheck.ResourceActionNoop)),
					ConfigStateChecks:  []statecheck.StateCheck{assertEnabled(this, true)},
					ExpectNonEmptyPlan: true, // the next plan reads the topology
				},
				resource.TestStep{
					Config:            onShell(settings, makes("2"), pairOf(paris, lyon)),
					ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionCreate)),
					ConfigStateChecks: append(assertPaired(paris, lyon), assertEnabled(this, true)),
				},
			)
		})
	}
}
