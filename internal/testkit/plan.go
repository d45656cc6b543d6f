package testkit

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
)

// Plan is a plan in Terraform's JSON format.
type Plan struct {
	File            string            `json:"-"` // the saved plan, an argument of apply
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

// Change is a value before and after a change, decoded by encoding/json.
type Change struct {
	Actions      []string `json:"actions"`
	Before       any      `json:"before"`
	After        any      `json:"after"`
	AfterUnknown any      `json:"after_unknown"`
	ReplacePaths [][]any  `json:"replace_paths"`
	Importing    any      `json:"importing"`
}

// Actions returns the actions as a list with commas, such as "no-op", "update" or "delete,create".
func (c ResourceChange) Actions() string { return strings.Join(c.Change.Actions, ",") }

// Actions returns the actions on all resources that the plan changes, by address.
func (p Plan) Actions() map[string]string {
	all := map[string]string{}
	for _, c := range p.ResourceChanges {
		if actions := c.Actions(); c.Mode == "managed" && actions != "no-op" {
			all[c.Address] = actions
		}
	}
	return all
}

// ResourceChange returns the change of one resource. It returns the zero value if the plan has no change of it.
func (p Plan) ResourceChange(address string) ResourceChange {
	for _, c := range p.ResourceChanges {
		if c.Address == address {
			return c
		}
	}
	return ResourceChange{}
}

// PlanJSON runs the plan command with args and returns the plan. It fails the test if the plan fails.
func (w *Workspace) PlanJSON(args ...string) Plan {
	w.t.Helper()
	p := Plan{File: w.savedPlan()}
	w.MustRun(append([]string{"plan", "-out=" + p.File}, args...)...)
	w.showJSON(&p, p.File)
	return p
}

// Resource is a resource in the state.
type Resource struct {
	Address string         `json:"address"`
	Type    string         `json:"type"`
	Values  map[string]any `json:"values"`
}

// Resource returns the values of a resource in the state, or nil.
func (w *Workspace) Resource(address string) map[string]any {
	w.t.Helper()
	for _, r := range w.Resources() {
		if r.Address == address {
			return r.Values
		}
	}
	return nil
}

// Resources returns all resources and data sources in the state.
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

// savedPlan returns a new file name for a plan.
func (w *Workspace) savedPlan() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.plans++
	return "plan-" + strconv.Itoa(w.plans) + ".tfplan"
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

// PlanActions runs the plan command with args and returns the action on each changed resource, by address: "create",
// "update", "delete", "replace", or "import" for a resource that is imported without a change. It needs one run of the
// command line, [Workspace.PlanJSON] needs two. It fails the test if the plan fails.
func (w *Workspace) PlanActions(args ...string) map[string]string {
	w.t.Helper()
	return w.plannedActions(append([]string{"plan", "-json"}, args...))
}

// ApplyActions runs the apply command with args and returns the actions in the form of [Workspace.PlanActions]. It
// fails the test if the run fails.
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

// Output returns the JSON of an output from the state file of the workspace. It does not run the command line.
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

// OutputText returns an output of type string. See [Workspace.Output].
func (w *Workspace) OutputText(name string) (text string) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.Output(name)), &text); err != nil {
		w.t.Fatalf("output %s: %v", name, err)
	}
	return text
}
