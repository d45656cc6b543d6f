package harness

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// The actions of changes.
const (
	actionNoOp    = "no-op"
	actionCreate  = "create"
	actionRead    = "read"
	actionUpdate  = "update"
	actionDelete  = "delete"
	actionReplace = "replace"
)

// change is the planned change of one instance.
type change struct {
	address                       address
	schema                        *object
	action, reason                string // reason is an action_reason of Terraform's JSON, or empty
	before, after, config         cty.Value
	private                       []byte
	beforeIdentity, afterIdentity *tfprotov6.ResourceIdentityData
	replacePaths                  [][]any
	importID                      string
	importing                     bool
	each                          repetition
}

// plan is a plan and the state to which it applies.
type plan struct {
	options options
	config  *configuration
	base    *state // state from which a saved plan was made
	prior   *state // state after the refresh
	changes map[string]*change
	drifts  map[string]*change
	moved   map[string]string
	outputs map[string]outputChange
}

type outputChange struct {
	action        string
	before, after cty.Value
}

// isEmpty reports whether the plan has no changes, moves or output changes.
func (p *plan) isEmpty() bool {
	if len(p.moved) > 0 {
		return false
	}
	for _, c := range p.changes {
		if c.action != actionNoOp || c.importing {
			return false
		}
	}
	for _, o := range p.outputs {
		if o.action != actionNoOp {
			return false
		}
	}
	return true
}

// plan plans all changes between the configuration and the state.
func (r *run) plan() (*plan, diagnostics) {
	r.moved = r.state.move(r.config.moves)
	outputs := map[string]outputChange{}
	output := func(name string, b *block) diagnostics {
		value, diags := r.scope.evaluate(b.syntax.Attributes["value"].Expr)
		if diags.failed() {
			return diags
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		before, known := r.state.outputs[name]
		if !known {
			before = cty.NullVal(cty.DynamicPseudoType)
		}
		outputs[name] = outputChange{action: outputAction(before, value), before: before, after: value}
		return diags
	}
	g := r.steps(r.configure, r.planResource, output)
	if r.options.destroy {
		r.targetDependents()
		g = r.removalSteps()
	} else {
		r.addOrphans(g)
	}
	r.restrict(g)
	diags := g.walk(r.slots)
	for name, before := range r.state.outputs {
		if r.config.outputs[name] == nil || r.options.destroy {
			outputs[name] = outputChange{
				action: actionDelete, before: before, after: cty.NullVal(cty.DynamicPseudoType),
			}
		}
	}
	return &plan{
		options: r.options, config: r.config, prior: r.state, changes: r.changes, drifts: r.drifts, moved: r.moved,
		outputs: outputs,
	}, diags
}

func outputAction(before, after cty.Value) string {
	switch {
	case before.IsNull() && after.IsKnown() && after.IsNull():
		return actionNoOp
	case before.IsNull():
		return actionCreate
	case after.IsWhollyKnown() && after.RawEquals(before):
		return actionNoOp
	default:
		return actionUpdate
	}
}

// addOrphans adds a step for each resource in the state that the configuration does not declare.
func (r *run) addOrphans(g graph) {
	for _, i := range r.state.all() {
		key := i.address.resource().String()
		if g[key] != nil {
			continue
		}
		g[key] = &vertex{run: func() diagnostics {
			return concurrently(r.state.instancesOf(key), func(i *instance) diagnostics { return r.planOrphan(i) })
		}}
		if r.served(i.address) == r.lync {
			g.connect(key, providerStep)
		}
	}
}

// targetDependents adds the dependents of the targets, which are destroyed with them.
func (r *run) targetDependents() {
	if len(r.options.targets) == 0 {
		return
	}
	// dependsOn has all direct and indirect dependencies.
	var added []string
	for _, target := range r.state.all() {
		for _, i := range r.state.all() {
			if r.isTargeted(target.address.String()) &&
				slices.Contains(i.dependsOn, target.address.resource().String()) {
				added = append(added, i.address.String())
			}
		}
	}
	r.options.targets = slices.Concat(r.options.targets, added)
}

// removalSteps returns the steps of a plan that destroys: the provider, and each resource in the state. Expressions in
// the provider block use the values in the state.
func (r *run) removalSteps() graph {
	r.collectState()
	g := graph{providerStep: {run: func() diagnostics { return r.inSlot(r.configure) }}}
	for _, i := range r.state.all() {
		key := i.address.resource().String()
		g[key] = &vertex{run: func() diagnostics {
			return concurrently(r.state.instancesOf(key), func(i *instance) diagnostics { return r.planDestruction(i) })
		}}
		if r.served(i.address) == r.lync {
			g.connect(key, providerStep)
		}
	}
	return g
}

// collectState makes the values of declared resources in the state available to expressions.
func (r *run) collectState() {
	for _, b := range r.config.resources {
		var all []repetition
		for _, i := range r.state.instancesOf(b.address.String()) {
			all = append(all, repetition{key: i.address.key})
		}
		r.collect(b, all, r.stored)
	}
}

// stored returns the value of an instance in the state.
func (r *run) stored(a address) cty.Value {
	if i := r.state.get(a.String()); i != nil {
		return i.value
	}
	return cty.DynamicVal
}
