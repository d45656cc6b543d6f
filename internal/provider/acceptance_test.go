package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/harness"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

const (
	this  = "lync_pool_pair.this"
	paris = "paris.contoso.com"
	lyon  = "lyon.contoso.com"
)

// unitTest runs steps with the provider in this process. It uses the harness, or real Terraform if LYNC_TEST_TERRAFORM
// is set.
func unitTest(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	testSteps(t, func() provider.Provider { return testProvider(t, "") }, steps...)
}

// testSteps is unitTest with another provider.
func testSteps(t *testing.T, newProvider func() provider.Provider, steps ...resource.TestStep) {
	t.Helper()
	if realTerraform {
		terraformSteps(t, newProvider, steps...)
		return
	}
	harness.Test(t, func() tfprotov6.ProviderServer { return NewServer(newProvider()) }, steps...)
}

// terraformSteps runs steps with real Terraform and a provider in this process.
func terraformSteps(t *testing.T, newProvider func() provider.Provider, steps ...resource.TestStep) {
	t.Helper()
	testkit.SkipIfShort(t)
	for i, step := range steps {
		if step.Config != "" && !step.PlanOnly && !step.Destroy && step.ExpectError == nil && stores.Trace != "" {
			steps[i].ConfigStateChecks = append(slices.Clone(step.ConfigStateChecks), assertNoSecrets{t})
		}
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factoriesOf(newProvider), Steps: steps})
}

// realTerraform reports whether the tests that can run on the harness run with Terraform.
var realTerraform = os.Getenv("LYNC_TEST_TERRAFORM") != ""

func factories(t *testing.T) map[string]func() (tfprotov6.ProviderServer, error) {
	t.Helper()
	return factoriesOf(func() provider.Provider { return testProvider(t, "") })
}

func factoriesOf(newProvider func() provider.Provider) map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){"lync": func() (tfprotov6.ProviderServer, error) {
		return NewServer(newProvider()), nil
	}}
}

// config returns a configuration with the provider on the document and the resources.
func (d *document) config(resources ...string) string {
	return d.configWith("", resources...)
}

// configWith is config with more arguments of the provider.
func (d *document) configWith(arguments string, resources ...string) string {
	return fmt.Sprintf("provider \"lync\" {\n  %s\n  %s\n}\n", d.providerArguments(), arguments) +
		strings.Join(resources, "\n")
}

// pairOf returns a resource "this" for two pools, with more arguments, one per line.
func pairOf(a, b string, arguments ...string) string { return pairNamed("this", a, b, arguments...) }

func pairNamed(name, a, b string, arguments ...string) string {
	return fmt.Sprintf("resource \"lync_pool_pair\" %q {\n  pools = [%q, %q]\n  %s\n}\n",
		name, a, b, strings.Join(arguments, "\n  "))
}

// importBlockFor returns an import block for the resource "this".
func importBlockFor(id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", this, id)
}

// assertRefused returns a step whose plan fails with a message that has all these texts, in that order.
func assertRefused(config string, texts ...string) resource.TestStep {
	return resource.TestStep{Config: config, PlanOnly: true, ExpectError: inOrder(texts...)}
}

func inOrder(texts ...string) *regexp.Regexp {
	var parts []string
	for _, text := range texts {
		parts = append(parts, testkit.Wrapped(text).String())
	}
	return regexp.MustCompile("(?s)" + strings.Join(parts, ".*"))
}

func registrar(pool, attribute string) tfjsonpath.Path {
	return tfjsonpath.New("registrars").AtMapKey(pool).AtMapKey(attribute)
}

func assertState(at tfjsonpath.Path, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(this, at, value)
}

func assertPlanned(at tfjsonpath.Path, value knownvalue.Check) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(this, at, value)
}

func assertAction(action plancheck.ResourceActionType) plancheck.PlanCheck {
	return plancheck.ExpectResourceAction(this, action)
}

func preApply(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

// assertPaired checks that the state has a complete pair with the default settings.
func assertPaired(a, b string) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for pool, partner := range map[string]string{a: b, b: a} {
		checks = append(checks,
			assertState(registrar(pool, "backup_registrar"), knownvalue.StringExact(partner)),
			assertState(registrar(pool, "backup_service"), knownvalue.StringExact(partner)),
			assertState(registrar(pool, "automatic_failover"), knownvalue.Bool(true)),
			assertState(registrar(pool, "failure_detection_interval"), knownvalue.StringExact("5m")),
			assertState(registrar(pool, "failback_detection_interval"), knownvalue.StringExact("10m")))
	}
	return checks
}

// assertChanges checks that the plan of the resource "this" or "nantes" changes exactly these values. A change is
// written "before -> after", by the path of the value. Pools are written as the first part of their names.
type assertChanges map[string]string

func (c assertChanges) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		if change.Address != this && change.Address != nantes {
			continue
		}
		before, after := map[string]string{}, map[string]string{}
		flatten("", change.Change.Before, before)
		flatten("", change.Change.After, after)
		unknown := map[string]string{}
		flatten("", change.Change.AfterUnknown, unknown)
		for key, value := range unknown {
			if value == "true" {
				after[key] = "unknown"
			}
		}
		got := assertChanges{}
		for key := range maps.Keys(before) {
			if value, found := after[key]; !found || value != before[key] {
				got[key] = before[key] + " -> " + after[key]
			}
		}
		for key := range maps.Keys(after) {
			if _, found := before[key]; !found {
				got[key] = "-> " + after[key]
			}
		}
		if got["topology_enabled"] == "true -> unknown" {
			delete(got, "topology_enabled") // on a deployment the plan of every change has this
		}
		if !maps.Equal(got, c) {
			resp.Error = fmt.Errorf("the plan changes\n%s\nand should change\n%s", got, c)
		}
		return
	}
	resp.Error = fmt.Errorf("neither %s nor %s is in the plan", this, nantes)
}

// String lists the changes.
func (c assertChanges) String() string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(c)) {
		lines = append(lines, "  "+key+": "+c[key])
	}
	return strings.Join(lines, "\n")
}

func flatten(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			name, _, _ := strings.Cut(key, ".")
			flatten(strings.TrimPrefix(path+"."+name, "."), inner, into)
		}
	default:
		text, err := json.Marshal(v)
		if err != nil {
			text = []byte(err.Error())
		}
		into[path] = strings.ReplaceAll(strings.Trim(string(text), `"`), ".contoso.com", "")
	}
}
