package harness

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// CLI runs commands on the configuration in a folder. It keeps the state and the saved plans in memory. Runs must not
// overlap.
type CLI struct {
	ctx         context.Context //nolint:containedctx // the context of the test
	dir         string
	newProvider func() tfprotov6.ProviderServer

	state *state
	plans map[string]*plan
}

// New returns a CLI for the *.tf files in dir, with an empty state. It calls newProvider for each walk.
func New(ctx context.Context, dir string, newProvider func() tfprotov6.ProviderServer) *CLI {
	return &CLI{ctx: ctx, dir: dir, newProvider: newProvider, state: newState(), plans: map[string]*plan{}}
}

// arguments are the command line of one run.
type arguments struct {
	options
	words        []string
	out          string
	json, detail bool
}

// defaultParallelism is the default of Terraform's option -parallelism.
const defaultParallelism = 10

func parseArguments(given []string) (arguments, diagnostics) {
	a := arguments{options: options{refresh: true, parallelism: defaultParallelism}}
	for _, argument := range given {
		name, value, _ := strings.Cut(strings.TrimPrefix(argument, "-"), "=")
		switch {
		case !strings.HasPrefix(argument, "-"):
			a.words = append(a.words, argument)
		case argument == "-auto-approve" || argument == "-no-color" || name == "raw" || name == "input":
		case argument == "-destroy":
			a.destroy = true
		case argument == "-refresh-only":
			a.refreshOnly = true
		case argument == "-detailed-exitcode":
			a.detail = true
		case argument == "-json":
			a.json = true
		case name == "refresh":
			a.refresh = value != "false"
		case name == "out":
			a.out = value
		case name == "target":
			a.targets = append(a.targets, value)
		case name == "replace":
			a.replaces = append(a.replaces, value)
		case name == "parallelism":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return a, errorf("Invalid parallelism", "%s is not a positive number.", value)
			}
			a.parallelism = n
		default:
			return a, errorf("Unsupported argument",
				"The harness does not support argument %s. Run this test with Terraform.", argument)
		}
	}
	return a, a.check()
}

// check reports arguments that exclude each other and invalid addresses.
func (a arguments) check() diagnostics {
	if a.destroy && (a.refreshOnly || len(a.replaces) > 0) || a.refreshOnly && (!a.refresh || len(a.replaces) > 0) {
		return errorf("Incompatible plan mode options",
			"-destroy, -refresh-only, -refresh=false and -replace exclude each other.")
	}
	for _, text := range append(slices.Clone(a.targets), a.replaces...) {
		to, diags := parseAddress(text)
		if diags.failed() || slices.Contains(a.replaces, text) && to.mode != modeManaged {
			return errorf("Invalid target address", "%s is not the address of a resource.", text)
		}
	}
	return nil
}

// Result is the result of a run.
type Result struct {
	ExitCode int
	Stdout   string
	Output   string // the diagnostics and Stdout
}

func (c *CLI) result(a arguments, code int, text string, diags diagnostics) Result {
	if diags.failed() {
		code = 1
	}
	if a.json {
		return Result{ExitCode: code, Output: diags.jsonLines()}
	}
	return Result{ExitCode: code, Stdout: text, Output: diags.String() + text}
}

// Run runs a command with arguments.
func (c *CLI) Run(command string, rest ...string) Result {
	a, diags := parseArguments(rest)
	if diags.failed() {
		return c.result(a, 1, "", diags)
	}
	switch command {
	case "plan":
		return c.runPlan(a)
	case "apply":
		return c.runApply(a)
	case "destroy":
		a.destroy = true
		return c.runApply(a)
	case "refresh":
		a.refreshOnly = true
		return c.runApply(a)
	case "show":
		return c.show(a)
	case "import":
		return c.runImport(a)
	case "taint":
		return c.taint(a)
	case "state":
		return c.runState(a)
	case "output":
		return c.output(a)
	default:
		return c.result(a, 1, "",
			errorf("Unsupported command", "The harness does not support command %s. Run this test with Terraform.",
				command))
	}
}

func (c *CLI) runPlan(a arguments) Result {
	p, diags := c.plan(a)
	if diags.failed() {
		return c.result(a, 1, "", diags)
	}
	if a.out != "" {
		p.base = c.state
		c.plans[a.out] = p
	}
	code := 0
	if a.detail && (!p.isEmpty() || p.options.refreshOnly) {
		code = 2
	}
	return c.result(a, code, p.summary(), diags)
}

func (c *CLI) runApply(a arguments) Result {
	if len(a.words) == 1 {
		p := c.plans[a.words[0]]
		if p == nil {
			return c.result(a, 1, "", errorf("Failed to load plan", "%s was not saved.", a.words[0]))
		}
		if p.base != c.state {
			return c.result(a, 1, "",
				errorf("Saved plan is stale", "The state has changed since %s was made.", a.words[0]))
		}
		p.options.parallelism = a.parallelism
		return c.result(a, 0, "Apply complete!\n", c.apply(p))
	}
	p, diags := c.plan(a)
	if diags.failed() {
		return c.result(a, 1, "", diags)
	}
	applied := c.result(a, 0, "Apply complete!\n", c.apply(p))
	planned := c.result(a, 0, p.summary(), diags)
	applied.Output, applied.Stdout = planned.Output+applied.Output, planned.Stdout+applied.Stdout
	return applied
}

// parse parses the configuration in the folder.
func (c *CLI) parse() (*configuration, diagnostics) {
	names, err := filepath.Glob(filepath.Join(c.dir, "*.tf"))
	must(err)
	files := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, errorf("Failed to read file", "%s", err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return parse(files)
}

// plan validates the configuration and plans.
func (c *CLI) plan(a arguments) (*plan, diagnostics) {
	config, diags := c.parse()
	if diags.failed() {
		return nil, diags
	}
	if len(a.targets) > 0 && len(config.outputs) > 0 {
		return nil, errorf("Unsupported argument",
			"The harness does not support -target in a configuration with outputs. Run this test with Terraform.")
	}
	checked, diags := newRun(c.ctx, c.newProvider, config, c.state, a.options)
	if diags.failed() {
		return nil, diags
	}
	if diags = checked.validate(); diags.failed() {
		return nil, diags
	}
	from := c.state
	if a.destroy && a.refresh && len(from.all()) > 0 {
		// Terraform plans the configuration first, which refreshes the state.
		before := a.options
		before.destroy, before.beforeDestroy = false, true
		first, more := c.walkPlan(config, from, before)
		if diags = append(diags, more...); diags.failed() {
			return nil, more
		}
		from = first.prior
		a.refresh = false
		p, more := c.walkPlan(config, from, a.options)
		return p, append(diags, more...)
	}
	p, more := c.walkPlan(config, from, a.options)
	return p, append(diags, more...)
}

func (c *CLI) walkPlan(config *configuration, from *state, o options) (*plan, diagnostics) {
	r, diags := newRun(c.ctx, c.newProvider, config, from, o)
	if diags.failed() {
		return nil, diags
	}
	return r.plan()
}

// apply applies a plan. After an error, the state has the changes that succeeded.
func (c *CLI) apply(p *plan) diagnostics {
	r, diags := newRun(c.ctx, c.newProvider, p.config, p.prior, p.options)
	if diags.failed() {
		return diags
	}
	if p.isEmpty() || p.options.refreshOnly {
		c.state = p.prior
		for name, o := range p.outputs {
			if o.after.IsKnown() {
				c.state.setOutput(name, o.after)
			}
		}
		return nil
	}
	diags = r.apply(p)
	c.state = r.state
	return diags
}

func (c *CLI) show(a arguments) Result {
	var out any
	if len(a.words) == 1 {
		p := c.plans[a.words[0]]
		if p == nil {
			return c.result(a, 1, "", errorf("Failed to load plan", "%s was not saved.", a.words[0]))
		}
		out = p.withReasons()
	} else {
		s, diags := c.stateJSON()
		if diags.failed() {
			return c.result(a, 1, "", diags)
		}
		out = s
	}
	text, err := json.Marshal(out)
	must(err)
	return c.result(arguments{}, 0, string(text), nil)
}

func (c *CLI) taint(a arguments) Result {
	found := c.state.get(strings.Join(a.words, ""))
	if found == nil {
		return c.result(a, 1, "",
			errorf("No such resource instance", "Could not mark %s as tainted.", strings.Join(a.words, "")))
	}
	c.state = c.state.clone()
	tainted := *found
	tainted.tainted = true
	c.state.set(tainted.address.String(), &tainted)
	return c.result(a, 0, "", nil)
}

func (c *CLI) runState(a arguments) Result {
	switch {
	case len(a.words) == 1 && a.words[0] == "list":
		var names []string
		for _, i := range c.state.all() {
			names = append(names, i.address.String())
		}
		return c.result(a, 0, strings.Join(names, "\n")+"\n", nil)
	case len(a.words) == 2 && a.words[0] == "rm" && c.state.get(a.words[1]) != nil:
		c.state = c.state.clone()
		c.state.set(a.words[1], nil)
		return c.result(a, 0, "", nil)
	default:
		return c.result(a, 1, "",
			errorf("Invalid state command", "The harness cannot run state %s.", strings.Join(a.words, " ")))
	}
}

func (c *CLI) output(a arguments) Result {
	if len(a.words) != 1 {
		return c.result(a, 1, "",
			errorf("Invalid output command", "The harness prints one output: -json NAME or -raw NAME."))
	}
	value, ok := c.state.outputs[a.words[0]]
	if !ok {
		names := slices.Sorted(maps.Keys(c.state.outputs))
		return c.result(a, 1, "",
			errorf("Output not found", "No output %s. Outputs: %s.", a.words[0], strings.Join(names, ", ")))
	}
	if !a.json {
		return c.result(a, 0, value.AsString(), nil)
	}
	text, err := json.Marshal(known(value))
	must(err)
	return c.result(arguments{}, 0, string(text), nil)
}
