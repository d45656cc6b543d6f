package harness

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// planData reads a data source. If its configuration is unknown or a resource in depends_on has planned changes, it
// plans to read the data source during apply.
func (r *run) planData(b *block, a address, each repetition) (cty.Value, diagnostics) {
	schema := r.schema(a)
	config, diags := r.scope.decode(b, schema, each)
	if diags.failed() {
		return cty.DynamicVal, diags
	}
	if diags = append(diags, r.validateConfig(b, a, config)...); diags.failed() {
		return cty.DynamicVal, diags
	}
	if !config.IsWhollyKnown() || r.pending(b) {
		after, reason := schema.placeholder(config), "read_because_dependency_pending"
		if !config.IsWhollyKnown() {
			reason = "read_because_config_unknown"
		}
		if !r.options.refreshOnly {
			r.record(&change{address: a, schema: schema, action: actionRead, reason: reason,
				before: cty.NullVal(schema.kind()), after: after, config: config, each: each})
		}
		return after, diags
	}
	read, more := r.readData(b, a, config)
	diags = append(diags, more...)
	return read, diags
}

// readData reads a data source and stores it in the state.
func (r *run) readData(b *block, a address, config cty.Value) (cty.Value, diagnostics) {
	schema := r.schema(a)
	resp, err := r.served(a).server.ReadDataSource(r.ctx,
		&tfprotov6.ReadDataSourceRequest{TypeName: a.kind, Config: pack(config, schema.kind())})
	if err != nil {
		return cty.DynamicVal, errorf("Provider failed", "ReadDataSource: %s", err)
	}
	diags := fromProvider(resp.Diagnostics, b, a.String())
	if diags.failed() {
		return cty.DynamicVal, diags
	}
	value, more := unpack(resp.State, schema.kind())
	if diags = append(diags, more...); diags.failed() {
		return cty.DynamicVal, diags
	}
	if value.IsNull() || !value.IsWhollyKnown() {
		return cty.DynamicVal,
			append(diags, errorf("Provider produced invalid object", "%s is null or has unknown values.", a)...)
	}
	r.state.set(a.String(), &instance{address: a, value: value, version: schema.version})
	return value, diags
}

// pending reports whether a managed resource in depends_on has planned changes.
func (r *run) pending(b *block) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.changes {
		if c.address.mode == modeManaged && slices.Contains(b.dependsOn, c.address.resource().String()) &&
			c.action != actionNoOp {
			return true
		}
	}
	return false
}
