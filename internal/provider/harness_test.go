package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// scenarioStep is one step of a scenario that runs on the harness and on Terraform: a configuration is planned and, if
// the plan succeeds, the plan is applied.
type scenarioStep struct {
	before func(w *testkit.Workspace) // runs first, such as a change of the document
	config string
	args   []string // arguments of plan
	empty  bool     // the plan has no changes
}

// scenarios returns scenarios for all features of the harness.
func scenarios() map[string][]scenarioStep {
	x, y := cliPair("x", "a-b"), cliPair("y", "c-d")
	edit := func(from, to string) func(*testkit.Workspace) {
		return func(w *testkit.Workspace) { w.Edit(from, to) }
	}
	run := func(args ...string) func(*testkit.Workspace) {
		return func(w *testkit.Workspace) { w.MustRun(args...) }
	}
	const (
		interval = `<Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" ` +
			`FailureDetectionInterval="P0Y0M0DT0H5M0S">
        <ServiceId SiteId="1"`
		name = "resource \"terraform_data\" \"name\" {\n  input = \"b.contoso.com\"\n}\n"
		data = `data "lync_pool" "a" {
  fqdn = "a.contoso.com"
  %s
}

output "pair" {
  value = data.lync_pool.a.pair
}
`
		each = `locals {
  pools = [for name in %[1]s : "${name}.contoso.com"]
  pairs = { for i in range(2) : "p${i}" => [local.pools[2 * i], local.pools[2 * i + 1]] }
}

resource "lync_pool_pair" "all" {
  for_each = local.pairs
  pools    = each.value
}

output "ids" {
  value = { for key, pair in lync_pool_pair.all : key => pair.id }
}
`
		function = `resource "lync_pool_pair" "all" {
  for_each = provider::lync::pool_pairs({ "a.contoso.com" = "b.contoso.com", "c.contoso.com" = null })
  pools    = each.value
}
`
	)
	ignoring := func(changes string) string { return "lifecycle {\n    ignore_changes = " + changes + "\n  }" }
	ignored := cliPair("x", "a-b", ignoring("all")) + cliPair("y", "c-d", ignoring("[failure_detection_interval]")) +
		cliBranch("s", "s0 a", ignoring("all"), "depends_on = [lync_pool_pair.x]")
	unknown := "resource \"lync_pool_pair\" \"x\" {\n  pools = [\"a.contoso.com\", terraform_data.name.output]\n}\n"
	imported := "import {\n  to = lync_pool_pair.x\n  id = \"B.contoso.com,a.contoso.com.\"\n}\n"
	moved := "moved {\n  from = lync_pool_pair.x\n  to   = lync_pool_pair.z\n}\n"
	return map[string][]scenarioStep{
		"create, nothing to do, update, destroy": {
			{config: x}, {config: x},
			{config: cliPair("x", "B-A.", `failure_detection_interval = "300s"`), args: []string{"-refresh=false"}},
			{config: cliPair("x", "a-b", "automatic_failover = false",
				`per_pool = { "B.contoso.com" = { failback_detection_interval = "20m" } }`)},
			{config: ""},
		},
		"branch backup: written, changed, moved, removed": {
			{config: cliBranch("x", "s0 a")},
			{config: cliBranch("x", "S0 a", `failure_detection_interval = "3m"`)},
			{config: x + cliBranch("x", "s0 b", "depends_on = [lync_pool_pair.x]")},
			{config: x},
		},
		"replace":            {{config: x + y}, {config: cliPair("x", "a-c") + cliPair("y", "b-d")}},
		"replace by request": {{config: x + y}, {config: x + y, args: []string{"-replace=lync_pool_pair.x"}}},
		"tainted":            {{config: x}, {before: run("taint", "lync_pool_pair.x"), config: x}},
		"removed":            {{config: x + y}, {config: y}},
		"destroy everything": {{config: x + y}, {config: x + y, args: []string{"-destroy"}}},
		"target": {{config: x + y, args: []string{"-target=lync_pool_pair.x"}},
			{config: x + y, args: []string{"-destroy", "-target=lync_pool_pair.x"}}},
		"moved": {{config: x}, {config: strings.Replace(x, `"x"`, `"z"`, 1) + moved}},
		"import block": {{config: x}, {before: run("state", "rm", "lync_pool_pair.x"), config: x + imported},
			{config: x + imported}},
		"import and change": {{config: x}, {before: run("state", "rm", "lync_pool_pair.x"),
			config: cliPair("x", "a-b", "automatic_failover = false") + imported}},
		"command import": {{config: x}, {before: func(w *testkit.Workspace) {
			w.MustRun("state", "rm", "lync_pool_pair.x")
			w.MustRun("import", "lync_pool_pair.x", "a.contoso.com")
		}, config: x}},
		"drift": {{config: x},
			{before: edit(interval, strings.Replace(interval, "5M0S", "7M0S", 1)), config: x}},
		"drift, refresh only": {{config: x},
			{before: edit(interval, strings.Replace(interval, "5M0S", "7M0S", 1)), config: x,
				args: []string{"-refresh-only"}}},
		"removed outside Terraform": {{config: x},
			{before: func(w *testkit.Workspace) { w.SetDocument(cliBranches(1, withoutBackups).Document()) },
				config: x}},
		"ignore_changes": {{config: x},
			{config: cliPair("x", "a-b", "automatic_failover = false",
				ignoring("[automatic_failover]"))}},
		"ignore_changes, drift": {{config: ignored},
			{before: func(w *testkit.Workspace) {
				w.SetDocument(testkit.Encode(strings.NewReplacer(
					`FailureDetectionInterval="P0Y0M0DT0H5M0S"`, `FailureDetectionInterval="P0Y0M0DT0H7M0S"`,
					`FailureDetectionInterval="P0Y0M0DT0H2M0S"`, `FailureDetectionInterval="P0Y0M0DT0H3M0S"`,
				).Replace(testkit.Decode(w.Document())), w.Document()))
			}, config: ignored, empty: true}},
		"prevent_destroy": {{config: cliPair("x", "a-b", "lifecycle {\n    prevent_destroy = true\n  }")},
			{config: cliPair("x", "a-c", "lifecycle {\n    prevent_destroy = true\n  }")}},
		"unknown at plan": {{config: name + unknown}, {config: strings.Replace(name, "b.", "c.", 1) + unknown}},
		"data source": {{config: fmt.Sprintf(data, "")},
			{config: x + fmt.Sprintf(data, "depends_on = [lync_pool_pair.x]")}, {config: x + fmt.Sprintf(data, "")}},
		"for_each and outputs": {{config: fmt.Sprintf(each, `["a", "b", "c", "d"]`)},
			{config: fmt.Sprintf(each, `["a", "c", "b", "d"]`)}, {config: x}},
		"provider function": {{config: function}},
		"refused by a rule": {{config: cliPair("x", "a-a") + cliPair("y", "c-missing",
			`failure_detection_interval = "1s"`)},
			{config: cliPair("x", "a-b", `failback_detection_interval = "25h"`) + cliPair("y", "c-edge")}},
		"refused by the plan": {{config: x + cliPair("y", "a-c", "depends_on = [lync_pool_pair.x]")}},
		"invalid": {{config: "resource \"lync_pool_pair\" \"x\" {\n  pools = [\"a.contoso.com\"]\n  " +
			"colour = \"red\"\n}\n"}, {config: "resource \"lync_pool_pair\" \"x\" {\n}\n"}},
	}
}

// TestHarnessAgreesWithTerraform runs the scenarios on the harness and on Terraform, and compares plans, states,
// diagnostics and documents.
func TestHarnessAgreesWithTerraform(t *testing.T) {
	t.Parallel()
	if stores.Chosen() != stores.File {
		t.Skip("warnings of a deployment number its publishes, which depends on the order of changes")
	}
	estate := cliBranches(1, withoutBackups)
	estate.Pools[0].Central = testkit.Active
	for name, steps := range scenarios() {
		t.Run(name, func(t *testing.T) {
			theirs := cliTerraform(t, estate)
			give := cliDocument(t, estate)
			ours := onHarness(t, func(dir string) terraform.Provider { return provider.ForTest(t, dir) })
			give(ours)
			if theirs.IsOpenTofu() {
				t.Skip("the harness does what Terraform does")
			}
			for i, step := range steps {
				want, got := observe(t, theirs, step), observe(t, ours, step)
				for _, part := range slices.Sorted(maps.Keys(want)) {
					if want[part] != got[part] {
						t.Errorf("step %d: %s differs (- Terraform, + harness):\n%s",
							i+1, part, testkit.Diff([]byte(want[part]), []byte(got[part])))
					}
				}
			}
		})
	}
}

// observe runs a step in a workspace and returns its results as texts to compare.
func observe(t *testing.T, w *testkit.Workspace, step scenarioStep) map[string]string {
	t.Helper()
	if step.before != nil {
		step.before(w)
	}
	w.Config(step.config)
	seen := map[string]string{}
	planned := w.Run(append([]string{"plan", "-json", "-out=scenario.tfplan"}, step.args...)...)
	seen["0 exit code of the plan"] = fmt.Sprint(planned.ExitCode)
	seen["1 diagnostics of the plan"] = diagnosticsOf(t, planned.Output)
	if step.empty && strings.Contains(planned.Output, `"type":"planned_change"`) {
		t.Errorf("the plan has changes:\n%s", planned.Output)
	}
	if planned.ExitCode == 0 {
		seen["2 plan"] = comparableJSON(t, w.Run("show", "-json", "scenario.tfplan").Stdout, "resource_changes",
			"resource_drift", "output_changes")
	}
	if planned.ExitCode == 0 {
		applied := w.Run("apply", "-json", "scenario.tfplan")
		seen["3 diagnostics of the apply"] = diagnosticsOf(t, applied.Output)
		seen["4 exit code of the apply"] = fmt.Sprint(applied.ExitCode)
	}
	seen["5 state"] = comparableJSON(t, w.Run("show", "-json").Stdout, "values")
	// The order of services of two publishes depends on the order of the publishes.
	lines := strings.Split(testkit.Decode(w.Document()), "\n")
	slices.Sort(lines)
	seen["6 document"] = strings.Join(lines, "\n")
	return seen
}

// commandsOwn has the diagnostics that Terraform's commands add. coresOwn has the diagnostics of core whose details are
// not compared.
var (
	commandsOwn = []string{"Provider development overrides are in effect", "Resource targeting is in effect",
		"Applied changes may be incomplete"}
	coresOwn = []string{"Instance cannot be destroyed"}
)

// diagnosticsOf returns the diagnostics in the output of a run with -json, sorted.
func diagnosticsOf(t *testing.T, output string) string {
	t.Helper()
	found := map[string]bool{}
	for line := range strings.Lines(output) {
		var entry struct {
			Diagnostic *struct {
				Severity, Summary, Detail, Address string
				Range                              *struct{ Start, End struct{ Line, Column int } }
			}
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		if d := entry.Diagnostic; d != nil && !slices.Contains(commandsOwn, d.Summary) {
			if slices.Contains(coresOwn, d.Summary) {
				d.Detail = ""
			}
			text, err := json.MarshalIndent(entry.Diagnostic, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			found[string(text)] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), "\n")
}

// incomparable has the names of values that only Terraform knows, or that differ between applies.
var incomparable = []string{"terraform_version", "provider_name", "before_sensitive", "after_sensitive",
	"sensitive_values", "before_identity", "after_identity", "identity", "identity_schema_version"}

// comparableJSON returns parts of Terraform's JSON in a comparable form.
func comparableJSON(t *testing.T, text string, parts ...string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	kept := map[string]any{}
	for _, part := range parts {
		kept[part] = withoutIncomparable(all[part])
	}
	out, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// withoutIncomparable removes the incomparable values and the empty ones.
func withoutIncomparable(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			if inner = withoutIncomparable(inner); inner != nil && (inner != false || key != "after_unknown") &&
				!slices.Contains(incomparable, key) {
				out[key] = inner
			}
		}
		if v["type"] == "terraform_data" { // its id is random
			return map[string]any{"address": v["address"], "actions": v["actions"]}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		var out []any
		for _, inner := range v {
			out = append(out, withoutIncomparable(inner))
		}
		return out
	default:
		return value
	}
}
