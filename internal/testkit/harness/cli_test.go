package harness

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// fakeProvider manages terraform_data under the name lync_thing. plan and apply change the planned and the new values.
type fakeProvider struct {
	builtin

	plan, apply func(map[string]cty.Value)
}

func (s *fakeProvider) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := s.builtin.GetProviderSchema(ctx, req)
	resp.ResourceSchemas = map[string]*tfprotov6.Schema{"lync_thing": resp.ResourceSchemas[terraformData]}
	return resp, err
}

func (*fakeProvider) ValidateProviderConfig(
	context.Context, *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{}, nil
}

func (*fakeProvider) ConfigureProvider(
	context.Context, *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (s *fakeProvider) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.builtin.PlanResourceChange(ctx, req)
	if err == nil {
		resp.PlannedState = withChange(resp.PlannedState, s.plan)
	}
	return resp, err
}

func (s *fakeProvider) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.builtin.ApplyResourceChange(ctx, req)
	if err == nil {
		resp.NewState = withChange(resp.NewState, s.apply)
	}
	return resp, err
}

func withChange(packed *tfprotov6.DynamicValue, change func(map[string]cty.Value)) *tfprotov6.DynamicValue {
	value, _ := unpack(packed, terraformDataKind)
	if value.IsNull() || change == nil {
		return packed
	}
	values := value.AsValueMap()
	change(values)
	return pack(cty.ObjectVal(values), terraformDataKind)
}

// newFakeCLI returns a CLI with a fake provider and a configuration.
func newFakeCLI(t *testing.T, s *fakeProvider, config string) *CLI {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, config)
	return New(t.Context(), dir, func() tfprotov6.ProviderServer { return s })
}

// write writes the configuration. It requires the provider, unless it begins with a terraform block of its own.
func write(t *testing.T, dir, config string) {
	t.Helper()
	if !strings.HasPrefix(config, "terraform") {
		config = testkit.RequiredProviders + config
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

const thing = "resource \"lync_thing\" \"it\" {\n  input = \"a\"\n}\n"

// TestInvalidProvider verifies that violations of the provider protocol are errors.
func TestInvalidProvider(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider fakeProvider
		command  string
		want     string
	}{
		"none": {command: "apply", want: "Apply complete!"},
		"invalid plan": {
			fakeProvider{plan: func(v map[string]cty.Value) { v["input"] = cty.StringVal("b") }}, "plan",
			"Error: Provider produced invalid plan",
		},
		"another result": {
			fakeProvider{apply: func(v map[string]cty.Value) { v["input"] = cty.StringVal("b") }}, "apply",
			"Error: Provider produced inconsistent result after apply",
		},
		"still unknown": {
			fakeProvider{apply: func(v map[string]cty.Value) { v["id"] = cty.UnknownVal(cty.String) }}, "apply",
			"Error: Provider returned invalid result object after apply",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newFakeCLI(t, &test.provider, thing).Run(test.command)
			if (r.ExitCode == 0) == strings.HasPrefix(test.want, "Error") || !strings.Contains(r.Output, test.want) {
				t.Errorf("exit code %d and no %q in\n%s", r.ExitCode, test.want, r.Output)
			}
		})
	}
}

// TestUnsupported verifies that the harness refuses what it does not support.
func TestUnsupported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ config, want string }{
		"module":           {"module \"m\" {\n  source = \"./m\"\n}\n", "not support module blocks"},
		"check":            {"check \"c\" {\n}\n", "not support check blocks"},
		"variable":         {"variable \"v\" {\n}\n", "not support variable blocks"},
		"another provider": {"provider \"aws\" {\n}\n", "only provider lync"},
		"required_version": {
			"terraform {\n  required_version = \"1.0\"\n}\n", "not support required_version in terraform blocks",
		},
		"provider not required": {"terraform {\n}\n" + thing, "in another namespace"},
		"output precondition": {
			"output \"o\" {\n  value = 1\n  precondition {\n  }\n}\n", "not support precondition in output blocks",
		},
		"nested ignore_changes": {
			strings.Replace(thing, "}", "lifecycle {\n    ignore_changes = [input[\"a\"]]\n  }\n}", 1),
			"only whole arguments in ignore_changes",
		},
		"replace_triggered_by": {
			strings.Replace(thing, "}", "lifecycle {\n    replace_triggered_by = [lync_thing.it]\n  }\n}", 1),
			"not support lifecycle argument replace_triggered_by",
		},
		"for_each and count":  {strings.Replace(thing, "}", "for_each = {}\n  count = 1\n}", 1), "has both"},
		"count null":          {strings.Replace(thing, "}", "count = null\n}", 1), "want a whole number"},
		"for_each of a tuple": {strings.Replace(thing, "}", "for_each = [\"a\"]\n}", 1), "want a map or a set"},
		"itself":              {strings.Replace(thing, `"a"`, "lync_thing.it.id", 1), "may not refer to itself"},
		"import of nothing":   {thing + "import {\n  to = lync_thing.other\n  id = \"x\"\n}\n", "is not declared"},
		"move of a declared resource": {
			thing + strings.Replace(thing, "it", "next", 1) +
				"moved {\n  from = lync_thing.it\n  to = lync_thing.next\n}\n", "is still declared",
		},
		"unused local value": {thing + "locals {\n  a = lync_thing.it.colour\n}\n", "Unsupported attribute"},
		"removed":            {"removed {\n  from = lync_thing.it\n}\n", "not support removed blocks"},
		"create_before_destroy": {
			strings.Replace(thing, "}", "lifecycle {\n    create_before_destroy = true\n  }\n}", 1),
			"not support lifecycle argument create_before_destroy",
		},
		"undeclared": {
			strings.Replace(thing, `"a"`, "lync_thing.other.id", 1), "lync_thing.other has not been declared",
		},
		"declared twice": {thing + thing, "declared twice"},
		"unknown type": {
			strings.Replace(thing, "lync_thing", "lync_other", 1), "does not support resource type lync_other",
		},
		"unknown argument": {strings.Replace(thing, "input", "colour", 1), "Unsupported argument"},
		"cycle": {
			strings.Replace(thing, `"a"`, "lync_thing.b.output", 1) +
				strings.NewReplacer(`"it"`, `"b"`, `"a"`, "lync_thing.it.output").Replace(thing), "Cycle: ",
		},
		"syntax": {"resource {", "Error: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := newFakeCLI(t, &fakeProvider{}, test.config).Run("plan"); r.ExitCode != 1 ||
				!strings.Contains(r.Output, test.want) {
				t.Errorf("exit code %d and no %q in\n%s", r.ExitCode, test.want, r.Output)
			}
		})
	}
	for _, arguments := range [][]string{{"validate"}, {"plan", "-generate-config-out=x"}, {"state", "mv", "a", "b"},
		{"plan", "-target=nothing"}, {"plan", "-destroy", "-refresh-only"},
		{"plan", "-refresh-only", "-replace=lync_thing.it"}, {"apply", "no.tfplan"}, {"import", "lync_thing.it"}} {
		if r := newFakeCLI(t, &fakeProvider{}, thing).Run(arguments[0], arguments[1:]...); r.ExitCode != 1 {
			t.Errorf("%v: exit code %d", arguments, r.ExitCode)
		}
	}
}

// TestStalePlan verifies that a saved plan can be applied once only.
func TestStalePlan(t *testing.T) {
	t.Parallel()
	c := newFakeCLI(t, &fakeProvider{}, thing)
	c.Run("plan", "-out=p")
	if r := c.Run("apply", "p"); r.ExitCode != 0 {
		t.Fatal(r.Output)
	}
	if r := c.Run("apply", "p"); r.ExitCode != 1 || !strings.Contains(r.Output, "Saved plan is stale") {
		t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
	}
	if got := c.Run("state", "list").Stdout; got != "lync_thing.it\n" {
		t.Errorf("the state has %q", got)
	}
}

// TestApplyOrder verifies that an instance is removed before its dependencies and created after them.
func TestApplyOrder(t *testing.T) {
	t.Parallel()
	chain := thing + "resource \"lync_thing\" \"next\" {\n  input = lync_thing.it.output\n}\n"
	var created []string
	s := &fakeProvider{apply: func(v map[string]cty.Value) { created = append(created, v["input"].AsString()) }}
	c := newFakeCLI(t, s, chain)
	for _, run := range []string{"apply", "apply"} {
		if r := c.Run(run); r.ExitCode != 0 {
			t.Fatal(r.Output)
		}
	}
	if len(created) != 2 {
		t.Errorf("%d calls to create two instances", len(created))
	}
	write(t, c.dir, strings.Replace(chain, `"a"`, `"b"`, 1))
	if r := c.Run("plan"); !strings.Contains(r.Output, "2 to change") {
		t.Errorf("the plan is\n%s", r.Output)
	}
	if r := c.Run("destroy"); r.ExitCode != 0 || c.Run("state", "list").Stdout != "\n" {
		t.Errorf("after destroy: %s", r.Output)
	}
}

// TestConcurrentInstances verifies that the instances of a resource do not wait for each other.
func TestConcurrentInstances(t *testing.T) {
	t.Parallel()
	const instances = 3
	var running sync.WaitGroup
	running.Add(instances)
	s := &fakeProvider{apply: func(map[string]cty.Value) {
		running.Done()
		running.Wait() // for the other instances
	}}
	config := "resource \"lync_thing\" \"it\" {\n  for_each = toset([\"a\", \"b\", \"c\"])\n  input = each.key\n}\n"
	if r := newFakeCLI(t, s, config).Run("apply"); r.ExitCode != 0 {
		t.Error(r.Output)
	}
}
