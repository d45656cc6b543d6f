package harness

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// removalStep returns the name of the step that removes an instance. After all steps of its instances, a resource has
// one more step. Its name is the address of the resource.
func removalStep(address string) string { return "destroy " + address }

// changeStep returns the name of the step that creates, updates or reads an instance.
func changeStep(address string) string { return "apply " + address }

// apply applies a plan to the state from which it was made.
func (r *run) apply(p *plan) diagnostics {
	r.collectState()
	diags := r.applySteps(p).walk(r.slots)
	r.state.removeOutputs(p)
	for _, i := range r.state.all() {
		if p.options.destroy && len(p.options.targets) == 0 && i.address.mode == modeData {
			r.state.set(i.address.String(), nil)
		}
	}
	return diags
}

// applySteps returns the steps of an apply. An instance is removed after all instances that depend on it, created after
// its own removal, and changed after the removal of the instances on which it depended.
func (r *run) applySteps(p *plan) graph {
	g := r.steps(r.configure, r.finishResource,
		func(name string, b *block) diagnostics { return r.applyOutput(p, name, b) })
	if p.options.destroy {
		g = graph{providerStep: {run: func() diagnostics { return r.inSlot(r.configure) }}}
	}
	needs := map[string][]string{} // dependencies by resource, without its own instances
	for key, v := range g {
		needs[key] = slices.Clone(v.after)
	}
	for key, c := range p.changes {
		resource := c.address.resource().String()
		b := r.config.resources[resource]
		if c.action == actionDelete || c.action == actionReplace {
			g[removalStep(key)] = &vertex{counted: true, run: func() diagnostics { return r.remove(c) }}
		}
		if c.action != actionDelete && c.action != actionNoOp && b != nil {
			g[changeStep(key)] = &vertex{counted: true, run: func() diagnostics { return r.change(b, c) }}
			g.connect(changeStep(key), removalStep(key))
			g.connect(changeStep(key), needs[resource]...)
			g.connect(resource, changeStep(key))
		}
	}
	for key, c := range p.changes {
		if r.served(c.address) == r.lync {
			g.connect(removalStep(key), providerStep)
		}
		before := r.state.get(key)
		if before == nil {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(p.changes)) {
			if slices.Contains(before.dependsOn, p.changes[other].address.resource().String()) {
				g.connect(removalStep(other), removalStep(key))
				g.connect(changeStep(key), removalStep(other))
			}
		}
	}
	return g
}

// finishResource makes the values of a resource's instances in the state available to expressions.
func (r *run) finishResource(b *block) diagnostics {
	all, known, diags := r.scope.repetitions(b)
	if !known || diags.failed() {
		return diags
	}
	r.collect(b, all, r.stored)
	return nil
}

func (r *run) applyOutput(p *plan, name string, b *block) diagnostics {
	if _, planned := p.outputs[name]; !planned {
		return nil
	}
	value, diags := r.scope.evaluate(b.syntax.Attributes["value"].Expr)
	if diags.failed() {
		return diags
	}
	r.state.setOutput(name, value)
	return diags
}

// remove destroys an instance.
func (r *run) remove(c *change) diagnostics {
	key := c.address.String()
	before, diags := r.load(r.state.get(key))
	if diags.failed() || before == nil {
		return diags
	}
	removal := *c
	removal.action, removal.after, removal.config = actionDelete, cty.NullVal(c.schema.kind()),
		cty.NullVal(c.schema.kind())
	removal.afterIdentity = c.beforeIdentity
	value, resp, more := r.send(nil, &removal) // a removal has no configuration
	diags = append(diags, more...)
	switch {
	case resp == nil || value.IsNull() && diags.failed():
		return diags
	case value.IsNull():
		r.state.set(key, nil)
		return diags
	case !diags.failed():
		diags = append(diags,
			errorf("Provider returned invalid result object after apply", "%s was destroyed and is not null.", key)...)
	}
	kept := *before
	kept.value, kept.private, kept.identity = value, resp.Private, resp.NewIdentity
	r.state.set(key, &kept)
	return diags
}

// change creates or updates an instance, or reads a data source.
func (r *run) change(b *block, c *change) diagnostics {
	each, diags := r.repetitionOf(b, c.address)
	if diags.failed() {
		return diags
	}
	if c.action == actionRead {
		return append(diags, r.applyRead(b, c, each)...)
	}
	key := c.address.String()
	before, more := r.load(r.state.get(key))
	if diags = append(diags, more...); diags.failed() {
		return diags
	}
	// Terraform plans again: values that were unknown are known now.
	final, more := r.planInstance(b, c.address, each, before, c, r.force(c.address))
	if diags = append(diags, more...); diags.failed() {
		return diags
	}
	if diags = append(diags, finalFaults(c, final)...); diags.failed() || final.action == actionNoOp {
		return diags
	}
	if final.action == actionReplace {
		final.action, final.before, final.beforeIdentity = actionCreate, cty.NullVal(c.schema.kind()), nil
	}
	value, resp, more := r.send(b, final)
	if diags = append(diags, more...); resp == nil {
		return diags
	}
	if !diags.failed() {
		for _, fault := range resultFaults(key, final.after, value) {
			diags = append(diags, errorf("Provider produced inconsistent result after apply", "%s", fault)...)
		}
	}
	if value.IsNull() {
		if !diags.failed() {
			diags = append(diags, errorf("Provider returned invalid result object after apply",
				"%s is null after a %s.", key, final.action)...)
		}
		return diags // keep the state
	}
	r.state.set(key, &instance{
		address: c.address, value: value, version: c.schema.version, private: resp.Private, identity: resp.NewIdentity,
		tainted:   diags.failed() && (final.action == actionCreate || before != nil && before.tainted),
		dependsOn: r.ancestors(b),
	})
	return diags
}

// finalFaults returns the differences between a planned change and the change that is planned again during apply that
// Terraform does not allow.
func finalFaults(planned, final *change) diagnostics {
	if planned.action != final.action && (planned.action != actionUpdate || final.action != actionNoOp) {
		return errorf("Provider produced inconsistent final plan", "%s: the planned action changed from %s to %s.",
			planned.address, planned.action, final.action)
	}
	var diags diagnostics
	for _, fault := range resultFaults(planned.address.String(), planned.after, final.after) {
		diags = append(diags, errorf("Provider produced inconsistent final plan", "%s", fault)...)
	}
	return diags
}

// send calls ApplyResourceChange. The response is nil if the call itself failed.
func (r *run) send(b *block, c *change) (cty.Value, *tfprotov6.ApplyResourceChangeResponse, diagnostics) {
	kind := c.schema.kind()
	resp, err := r.served(c.address).server.ApplyResourceChange(r.ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: c.address.kind, PriorState: pack(c.before, kind), PlannedState: pack(c.after, kind),
		Config:         pack(c.config, kind),
		PlannedPrivate: c.private, PlannedIdentity: c.afterIdentity,
	})
	if err != nil {
		return cty.NilVal, nil, errorf("Provider failed", "ApplyResourceChange: %s", err)
	}
	diags := fromProvider(resp.Diagnostics, b, c.address.String())
	value, more := unpack(resp.NewState, kind)
	if diags = append(diags, more...); more.failed() {
		return cty.NilVal, nil, diags
	}
	if !value.IsWhollyKnown() {
		diags = append(diags, errorf("Provider returned invalid result object after apply",
			"%s has unknown values after apply.", c.address)...)
		value = cty.UnknownAsNull(value)
	}
	return value, resp, diags
}

func (r *run) applyRead(b *block, c *change, each repetition) diagnostics {
	config, diags := r.scope.decode(b, c.schema, each)
	if diags.failed() {
		return diags
	}
	value, more := r.readData(b, c.address, config)
	if diags = append(diags, more...); diags.failed() {
		return diags
	}
	for _, fault := range resultFaults(c.address.String(), c.after, value) {
		diags = append(diags, errorf("Provider produced inconsistent result after apply", "%s", fault)...)
	}
	return diags
}

// repetitionOf returns the key and the value of an instance. During apply, more values are known than during plan.
func (r *run) repetitionOf(b *block, a address) (repetition, diagnostics) {
	all, _, diags := r.scope.repetitions(b)
	if diags.failed() {
		return repetition{}, diags
	}
	for _, each := range all {
		if b.address.instance(each.key).String() == a.String() {
			return each, nil
		}
	}
	return repetition{}, errorf("Instance not declared", "%s is no longer declared.", a)
}

// ancestors returns all direct and indirect dependencies of a resource.
func (r *run) ancestors(b *block) []string {
	found := map[string]bool{}
	var follow func(*block)
	follow = func(b *block) {
		for _, name := range r.dependencies(b) {
			if !found[name] {
				found[name] = true
				follow(r.config.resources[name])
			}
		}
	}
	follow(b)
	return slices.Sorted(maps.Keys(found))
}
