package testkit

import (
	"encoding/json"
	"os"
	"strings"
)

// Plan is what a plan is going to do, as Terraform tells it to machines.
type Plan struct {
	File            string            `json:"-"` // the saved plan, for apply
	ResourceChanges []ResourceChange  `json:"resource_changes"`
	ResourceDrift   []ResourceChange  `json:"resource_drift"`
	OutputChanges   map[string]Change `json:"output_changes"`
}

// ResourceChange is the change of one resource.
type ResourceChange struct {
	Address         string `json:"address"`
	PreviousAddress string `json:"previous_address"`
	Mode            string `json:"mode"`
	Type            string `json:"type"`
	ActionReason    string `json:"action_reason"`
	Change          Change `json:"change"`
}

// Change is a value before and after. The values are as encoding/json decodes them.
type Change struct {
	Actions      []string `json:"actions"`
	Before       any      `json:"before"`
	After        any      `json:"after"`
	AfterUnknown any      `json:"after_unknown"`
	ReplacePaths [][]any  `json:"replace_paths"`
	Importing    any      `json:"importing"`
}

// Actions returns the actions in one word, such as "no-op", "update" or "delete,create".
func (c ResourceChange) Actions() string { return strings.Join(c.Change.Actions, ",") }

// Actions returns the actions of every resource that the plan changes, by address.
func (p Plan) Actions() map[string]string {
	all := map[string]string{}
	for _, c := range p.ResourceChanges {
		if actions := c.Actions(); c.Mode == "managed" && actions != "no-op" {
			all[c.Address] = actions
		}
	}
	return all
}

// ResourceChange returns the change of one resource; without one its Address is empty.
func (p Plan) ResourceChange(address string) ResourceChange {
	for _, c := range p.ResourceChanges {
		if c.Address == address {
			return c
		}
	}
	return ResourceChange{}
}

// PlanJSON makes a plan, with the arguments that plan takes, and returns it. It fails the test when the plan fails.
func (w *Workspace) PlanJSON(args ...string) Plan {
	w.t.Helper()
	p := Plan{File: w.savedPlan()}
	w.MustRun(append([]string{"plan", "-out=" + p.File}, args...)...)
	w.showJSON(&p, p.File)
	return p
}

// Resource is one in the state.
type Resource struct {
	Address string         `json:"address"`
	Type    string         `json:"type"`
	Values  map[string]any `json:"values"`
}

// Resource returns the values of a resource in the state, nil when it is not there.
func (w *Workspace) Resource(address string) map[string]any {
	w.t.Helper()
	for _, r := range w.Resources() {
		if r.Address == address {
			return r.Values
		}
	}
	return nil
}

// Resources returns all resources in the state, data sources too.
func (w *Workspace) Resources() []Resource {
	w.t.Helper()
	var state struct {
		Values struct {
			Root module `json:"root_module"`
		} `json:"values"`
	}
	w.showJSON(&state)
	return state.Values.Root.all()
}

type module struct {
	Resources []Resource `json:"resources"`
	Children  []module   `json:"child_modules"`
}

func (m module) all() []Resource {
	found := m.Resources
	for _, c := range m.Children {
		found = append(found, c.all()...)
	}
	return found
}

// savedPlan returns a new file name for a plan, so that several can be kept.
func (w *Workspace) savedPlan() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.plans++
	return "plan-" + itoa(w.plans) + ".tfplan"
}

func (w *Workspace) showJSON(into any, args ...string) {
	w.t.Helper()
	r := w.Run(append([]string{"show", "-json"}, args...)...)
	if r.ExitCode != 0 {
		w.t.Fatalf("show: exit code %d\n%s", r.ExitCode, r.Output)
	}
	if err := json.Unmarshal([]byte(r.Stdout), into); err != nil {
		w.t.Fatalf("show: %v\n%s", err, r.Output)
	}
}

// PlanActions makes a plan, with the arguments that plan takes, and returns the action on each resource that it
// changes, by address: "create", "update", "delete", "replace", or "import" for a resource that is imported and stays
// as it is. It takes one run, where [Workspace.PlanJSON] takes two. It fails the test when the plan fails.
func (w *Workspace) PlanActions(args ...string) map[string]string {
	w.t.Helper()
	return w.plannedActions(append([]string{"plan", "-json"}, args...))
}

// ApplyActions plans and applies in one run, with the arguments that apply takes, and returns what
// [Workspace.PlanActions] returns. It fails the test when the run fails.
func (w *Workspace) ApplyActions(args ...string) map[string]string {
	w.t.Helper()
	return w.plannedActions(append([]string{"apply", "-auto-approve", "-json"}, args...))
}

func (w *Workspace) plannedActions(command []string) map[string]string {
	w.t.Helper()
	r := w.Run(command...)
	if r.ExitCode != 0 {
		w.t.Fatalf("%s: exit code %d\n%s", strings.Join(command, " "), r.ExitCode, r.Output)
	}
	all := map[string]string{}
	for line := range strings.Lines(r.Stdout) {
		var event struct {
			Type   string `json:"type"`
			Change struct {
				Resource struct {
					Address string `json:"addr"`
				} `json:"resource"`
				Action string `json:"action"`
			} `json:"change"`
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			w.t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, r.Output)
		}
		if event.Type == "planned_change" {
			all[event.Change.Resource.Address] = event.Change.Action
		}
	}
	return all
}

// Output returns an output in a state file of the workspace, as JSON, without a run of the command line.
func (w *Workspace) Output(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(w.Path("terraform.tfstate"))
	if err != nil {
		w.t.Fatal(err)
	}
	var state struct {
		Outputs map[string]struct {
			Value json.RawMessage `json:"value"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal(text, &state); err != nil {
		w.t.Fatal(err)
	}
	output, ok := state.Outputs[name]
	if !ok {
		w.t.Fatalf("the state has no output %s", name)
	}
	return string(output.Value)
}

// OutputText returns an output that is a string, as Output does.
func (w *Workspace) OutputText(name string) (text string) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.Output(name)), &text); err != nil {
		w.t.Fatalf("output %s: %v", name, err)
	}
	return text
}
