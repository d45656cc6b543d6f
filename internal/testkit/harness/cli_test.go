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
)

// stand is a provider that manages terraform_data under the name lync_thing. What it plans and makes can be changed.
type stand struct {
	builtin

	plan, apply func(map[string]cty.Value)
}

func (s *stand) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := s.builtin.GetProviderSchema(ctx, req)
	resp.ResourceSchemas = map[string]*tfprotov6.Schema{"lync_thing": resp.ResourceSchemas[terraformData]}
	return resp, err
}

func (*stand) ValidateProviderConfig(
	context.Context, *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{}, nil
}

func (*stand) ConfigureProvider(
	context.Context, *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (s *stand) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.builtin.PlanResourceChange(ctx, req)
	if err == nil {
		resp.PlannedState = changed(resp.PlannedState, s.plan)
	}
	return resp, err
}

func (s *stand) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.builtin.ApplyResourceChange(ctx, req)
	if err == nil {
		resp.NewState = changed(resp.NewState, s.apply)
	}
	return resp, err
}

func changed(packed *tfprotov6.DynamicValue, change func(map[string]cty.Value)) *tfprotov6.DynamicValue {
	value, _ := unpack(packed, terraformDataKind)
	if value.IsNull() || change == nil {
		return packed
	}
	values := value.AsValueMap()
	change(values)
	return pack(cty.ObjectVal(values), terraformDataKind)
}

// standing is a CLI with that provider and a configuration.
func standing(t *testing.T, s *stand, config string) *CLI {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, config)
	return New(t.Context(), dir, func() tfprotov6.ProviderServer { return s })
}

func write(t *testing.T, dir, config string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

const thing = "resource \"lync_thing\" \"it\" {\n  input = \"a\"\n}\n"

// A provider that breaks the rules of Terraform is found out.
func TestProviderThatBreaksTheRules(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider stand
		command  string
		want     string
	}{
		"none": {command: "apply", want: "Apply complete!"},
		"invalid plan": {
			stand{plan: func(v map[string]cty.Value) { v["input"] = cty.StringVal("b") }}, "plan",
			"Error: Provider produced invalid plan",
		},
		"another result": {
			stand{apply: func(v map[string]cty.Value) { v["input"] = cty.StringVal("b") }}, "apply",
			"Error: Provider produced inconsistent result after apply",
		},
		"still unknown": {
			stand{apply: func(v map[string]cty.Value) { v["id"] = cty.UnknownVal(cty.String) }}, "apply",
			"Error: Provider returned invalid result object after apply",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := standing(t, &test.provider, thing).Run(test.command)
			if (r.ExitCode == 0) == strings.HasPrefix(test.want, "Error") || !strings.Contains(r.Output, test.want) {
				t.Errorf("exit code %d and no %q in\n%s", r.ExitCode, test.want, r.Output)
			}
		})
	}
}

// What the harness does not know is an error, so that no test passes by omission.
func TestWithoutSupport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ config, want string }{
		"module":           {"module \"m\" {\n  source = \"./m\"\n}\n", "no module blocks"},
		"check":            {"check \"c\" {\n}\n", "no check blocks"},
		"variable":         {"variable \"v\" {\n}\n", "no variable blocks"},
		"another provider": {"provider \"aws\" {\n}\n", "has one provider"},
		"required_version": {
			"terraform {\n  required_version = \"1.0\"\n}\n", "no required_version in terraform blocks",
		},
		"output precondition": {
			"output \"o\" {\n  value = 1\n  precondition {\n  }\n}\n", "no precondition in output blocks",
		},
		"nested ignore_changes": {
			strings.Replace(thing, "}", "lifecycle {\n    ignore_changes = [input[\"a\"]]\n  }\n}", 1),
			"ignores changes of whole arguments only",
		},
		"replace_triggered_by": {
			strings.Replace(thing, "}", "lifecycle {\n    replace_triggered_by = [lync_thing.it]\n  }\n}", 1),
			"no lifecycle argument replace_triggered_by",
		},
		"for_each and count":  {strings.Replace(thing, "}", "for_each = {}\n  count = 1\n}", 1), "has both"},
		"count null":          {strings.Replace(thing, "}", "count = null\n}", 1), "no whole number"},
		"for_each of a tuple": {strings.Replace(thing, "}", "for_each = [\"a\"]\n}", 1), "no map and no set"},
		"itself":              {strings.Replace(thing, `"a"`, "lync_thing.it.id", 1), "may not refer to itself"},
		"import of nothing":   {thing + "import {\n  to = lync_thing.other\n  id = \"x\"\n}\n", "is not declared"},
		"move of what is there": {
			thing + strings.Replace(thing, "it", "next", 1) +
				"moved {\n  from = lync_thing.it\n  to = lync_thing.next\n}\n", "is still declared",
		},
		"a local nobody uses": {thing + "locals {\n  a = lync_thing.it.colour\n}\n", "Unsupported attribute"},
		"removed":             {"removed {\n  from = lync_thing.it\n}\n", "no removed blocks"},
		"create_before_destroy": {
			strings.Replace(thing, "}", "lifecycle {\n    create_before_destroy = true\n  }\n}", 1),
			"no lifecycle argument create_before_destroy",
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
			if r := standing(t, &stand{}, test.config).Run("plan"); r.ExitCode != 1 ||
				!strings.Contains(r.Output, test.want) {
				t.Errorf("exit code %d and no %q in\n%s", r.ExitCode, test.want, r.Output)
			}
		})
	}
	for _, arguments := range [][]string{{"validate"}, {"plan", "-generate-config-out=x"}, {"state", "mv", "a", "b"},
		{"plan", "-target=nothing"}, {"plan", "-destroy", "-refresh-only"},
		{"plan", "-refresh-only", "-replace=lync_thing.it"}, {"apply", "no.tfplan"}, {"import", "lync_thing.it"}} {
		if r := standing(t, &stand{}, thing).Run(arguments[0], arguments[1:]...); r.ExitCode != 1 {
			t.Errorf("%v: exit code %d", arguments, r.ExitCode)
		}
	}
}

// A saved plan is applied once.
func TestStalePlan(t *testing.T) {
	t.Parallel()
	c := standing(t, &stand{}, thing)
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

// An instance is removed before what it depends on, and created after it.
func TestOrderOfAnApply(t *testing.T) {
	t.Parallel()
	chain := thing + "resource \"lync_thing\" \"next\" {\n  input = lync_thing.it.output\n}\n"
	var made []string
	s := &stand{apply: func(v map[string]cty.Value) { made = append(made, v["input"].AsString()) }}
	c := standing(t, s, chain)
	for _, run := range []string{"apply", "apply"} {
		if r := c.Run(run); r.ExitCode != 0 {
			t.Fatal(r.Output)
		}
	}
	if len(made) != 2 {
		t.Errorf("two instances were made in %d calls", len(made))
	}
	write(t, c.dir, strings.Replace(chain, `"a"`, `"b"`, 1))
	if r := c.Run("plan"); !strings.Contains(r.Output, "2 to change") {
		t.Errorf("the plan is\n%s", r.Output)
	}
	if r := c.Run("destroy"); r.ExitCode != 0 || c.Run("state", "list").Stdout != "\n" {
		t.Errorf("after destroy: %s", r.Output)
	}
}

// The instances of a resource do not wait for each other.
func TestInstancesAtTheSameTime(t *testing.T) {
	t.Parallel()
	const instances = 3
	var running sync.WaitGroup
	running.Add(instances)
	s := &stand{apply: func(map[string]cty.Value) {
		running.Done()
		running.Wait() // for the others
	}}
	config := "resource \"lync_thing\" \"it\" {\n  for_each = toset([\"a\", \"b\", \"c\"])\n  input = each.key\n}\n"
	if r := standing(t, s, config).Run("apply"); r.ExitCode != 0 {
		t.Error(r.Output)
	}
}
