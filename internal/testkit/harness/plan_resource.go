package harness

import (
	"slices"
	"sync"

	"github.com/zclconf/go-cty/cty"
)

// planResource plans all instances of a resource, and the removal of instances that are no longer declared.
func (r *run) planResource(b *block) diagnostics {
	all, known, diags := r.scope.repetitions(b)
	if diags.failed() {
		return diags
	}
	if !known {
		return errorf("Invalid for_each argument",
			"The instances of %s depend on values that are known after apply only.", b.address)
	}
	key := b.address.String()
	if diags = r.impliedMoves(b); diags.failed() {
		return diags
	}
	declared := map[string]bool{}
	for _, each := range all {
		declared[b.address.instance(each.key).String()] = true
	}
	var (
		mu     sync.Mutex
		values = map[string]cty.Value{}
		work   []func() diagnostics
	)
	for _, each := range all {
		a := b.address.instance(each.key)
		if len(r.options.targets) > 0 && !r.isTargeted(a.String()) && r.isTargeted(key) {
			continue
		}
		work = append(work, func() diagnostics {
			value, diags := r.planOne(b, a, each)
			mu.Lock()
			defer mu.Unlock()
			values[a.String()] = value
			return diags
		})
	}
	for _, i := range r.state.instancesOf(key) {
		if !declared[i.address.String()] {
			work = append(work, func() diagnostics { return r.planOrphan(i) })
		}
	}
	diags = append(diags, concurrently(work, func(f func() diagnostics) diagnostics { return f() })...)
	r.collect(b, all, func(a address) cty.Value {
		if v, ok := values[a.String()]; ok {
			return v
		}
		return cty.DynamicVal
	})
	return diags
}

// impliedMoves returns an error for an implied move, from a resource without keys to its instance 0 or back.
func (r *run) impliedMoves(b *block) diagnostics {
	first := b.address.instance(cty.NumberIntVal(0))
	if b.count != nil && r.state.get(b.address.String()) != nil || b.count == nil &&
		r.state.get(first.String()) != nil {
		return errorf("Unsupported move",
			"The harness does not support implied moves between %s and %s. Run this test with Terraform.", b.address,
			first)
	}
	return nil
}

// planOne plans one declared instance and returns its value for expressions.
func (r *run) planOne(b *block, a address, each repetition) (value cty.Value, diags diagnostics) {
	value = cty.DynamicVal
	diags = r.inSlot(func() diagnostics {
		var diags diagnostics
		if a.mode == modeData {
			value, diags = r.planData(b, a, each)
		} else {
			value, diags = r.planManaged(b, a, each)
		}
		return diags
	})
	return value, diags
}

func (r *run) planManaged(b *block, a address, each repetition) (cty.Value, diagnostics) {
	stored := r.state.get(a.String())
	var current *instance
	var diags diagnostics
	importing := r.importOf(a)
	id := ""
	if stored == nil && importing != nil {
		current, id, diags = r.runImport(importing, a)
	} else {
		importing = nil
		if current, diags = r.load(stored); !diags.failed() && r.options.refresh {
			current, diags = r.refreshWithDrift(current, b, diags)
		}
	}
	if diags.failed() {
		return cty.DynamicVal, diags
	}
	if current != nil && r.options.refresh {
		current.dependsOn = r.ancestors(b)
	}
	r.state.set(a.String(), current)
	if r.options.refreshOnly {
		if current == nil {
			return cty.UnknownVal(r.schema(a).kind()), diags
		}
		return current.value, diags
	}
	c, more := r.planInstance(b, a, each, current, nil, r.force(a))
	if diags = append(diags, more...); diags.failed() {
		return cty.DynamicVal, diags
	}
	c.importing, c.importID, c.each = importing != nil, id, each
	r.record(c)
	return c.after, diags
}

// refreshWithDrift refreshes an instance and records the difference from the state.
func (r *run) refreshWithDrift(current *instance, b *block, diags diagnostics) (*instance, diagnostics) {
	read, more := r.read(current, b)
	if diags = append(diags, more...); diags.failed() || current == nil {
		return read, diags
	}
	c := &change{
		address: current.address, schema: r.schema(current.address), before: current.value,
		after: cty.NullVal(current.value.Type()), action: actionDelete,
	}
	if read != nil {
		c.after, c.action = read.value, actionUpdate
	}
	if !c.after.RawEquals(c.before) {
		r.mu.Lock()
		r.drifts[c.address.String()] = c
		r.mu.Unlock()
	}
	return read, diags
}

func (r *run) record(c *change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes[c.address.String()] = c
}

// force returns the reason to replace an instance regardless of the provider, or "".
func (r *run) force(a address) string {
	if slices.Contains(r.options.replaces, a.String()) {
		return "replace_by_request"
	}
	return ""
}

// planOrphan plans the removal of an instance that is not declared.
func (r *run) planOrphan(i *instance) diagnostics {
	if len(r.options.targets) > 0 && !r.isTargeted(i.address.String()) {
		return nil
	}
	if i.address.mode == modeData {
		r.state.set(i.address.String(), nil)
		return nil
	}
	b := r.config.resources[i.address.resource().String()]
	return r.inSlot(func() diagnostics {
		current, diags := r.load(i)
		if !diags.failed() && r.options.refresh {
			current, diags = r.refreshWithDrift(current, b, diags)
		}
		if diags.failed() {
			return diags
		}
		r.state.set(i.address.String(), current)
		if current == nil || r.options.refreshOnly {
			return diags
		}
		c, more := r.planRemoval(b, current)
		if c != nil && !more.failed() {
			c.reason = r.orphanReason(i.address)
			r.record(c)
		}
		return append(diags, more...)
	})
}

// orphanReason returns the reason why an instance is not declared.
func (r *run) orphanReason(a address) string {
	b := r.config.resources[a.resource().String()]
	switch {
	case b == nil:
		return "delete_because_no_resource_config"
	case b.forEach != nil:
		return "delete_because_each_key"
	case b.count != nil:
		return "delete_because_count_index"
	default:
		return "delete_because_wrong_repetition"
	}
}

// planDestruction plans the removal of an instance as part of a destroy plan.
func (r *run) planDestruction(i *instance) diagnostics {
	if i.address.mode == modeData {
		return nil
	}
	return r.inSlot(func() diagnostics {
		current, diags := r.load(i)
		if diags.failed() {
			return diags
		}
		c, more := r.planRemoval(r.config.resources[i.address.resource().String()], current)
		if c != nil && !more.failed() {
			r.record(c)
		}
		return append(diags, more...)
	})
}
