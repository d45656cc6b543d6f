package harness

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// load returns the state of an instance, upgraded by the provider, or nil if from is nil. Terraform stores JSON and
// lets the provider upgrade it in every walk.
func (r *run) load(from *instance) (*instance, diagnostics) {
	if from == nil {
		return nil, nil
	}
	schema := r.schema(from.address)
	if schema == nil {
		return nil,
			errorf("Invalid resource type", "The provider does not support resource type %s.", from.address.kind)
	}
	resp, err := r.served(from.address).server.UpgradeResourceState(r.ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: from.address.kind, Version: from.version, RawState: rawState(from.value, schema.kind()),
	})
	if err != nil {
		return nil, errorf("Provider failed", "UpgradeResourceState: %s", err)
	}
	diags := fromProvider(resp.Diagnostics, nil, from.address.String())
	if diags.failed() {
		return nil, diags
	}
	value, more := unpack(resp.UpgradedState, schema.kind())
	loaded := *from
	loaded.value, loaded.version = value, schema.version
	return &loaded, append(diags, more...)
}

// read returns the refreshed state of an instance, or nil if the object no longer exists.
func (r *run) read(from *instance, b *block) (*instance, diagnostics) {
	if from == nil {
		return nil, nil
	}
	kind := r.schema(from.address).kind()
	resp, err := r.served(from.address).server.ReadResource(r.ctx, &tfprotov6.ReadResourceRequest{
		TypeName: from.address.kind, CurrentState: pack(from.value, kind), Private: from.private,
		CurrentIdentity: from.identity,
	})
	if err != nil {
		return nil, errorf("Provider failed", "ReadResource: %s", err)
	}
	diags := fromProvider(resp.Diagnostics, b, from.address.String())
	if diags.failed() {
		return from, diags
	}
	value, more := unpack(resp.NewState, kind)
	if diags = append(diags, more...); diags.failed() || value.IsNull() {
		return nil, diags
	}
	if !value.IsWhollyKnown() {
		return nil, append(diags,
			errorf("Provider produced invalid object", "%s has unknown values after a refresh.", from.address)...)
	}
	read := *from
	read.value, read.private, read.identity = value, resp.Private, resp.NewIdentity
	return &read, diags
}

// importInstance imports an instance and reads it.
func (r *run) importInstance(a address, id string, identity *tfprotov6.ResourceIdentityData) (*instance, diagnostics) {
	resp, err := r.served(a).server.ImportResourceState(r.ctx,
		&tfprotov6.ImportResourceStateRequest{TypeName: a.kind, ID: id, Identity: identity})
	if err != nil {
		return nil, errorf("Provider failed", "ImportResourceState: %s", err)
	}
	diags := fromProvider(resp.Diagnostics, nil, "")
	if diags.failed() {
		return nil, diags
	}
	if len(resp.ImportedResources) != 1 || resp.ImportedResources[0].TypeName != a.kind {
		return nil, errorf("Provider produced invalid object", "The import of %s returned %d objects.", a,
			len(resp.ImportedResources))
	}
	found := resp.ImportedResources[0]
	value, more := unpack(found.State, r.schema(a).kind())
	if diags = append(diags, more...); diags.failed() {
		return nil, diags
	}
	read, more := r.read(&instance{address: a, value: value, version: r.schema(a).version, private: found.Private,
		identity: found.Identity}, nil)
	diags = append(diags, more...)
	if read == nil && !diags.failed() {
		diags = append(diags, errorf("Cannot import non-existent remote object",
			"While importing %s, the provider found no object with this id.", a)...)
	}
	return read, diags
}

// planResponse is the response of PlanResourceChange.
type planResponse struct {
	value    cty.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	replace  [][]any // paths that require replacement
}

// requestPlan calls PlanResourceChange and verifies the response.
func (r *run) requestPlan(
	b *block, a address, prior, config cty.Value, private []byte, identity *tfprotov6.ResourceIdentityData,
) (planResponse, diagnostics) {
	schema := r.schema(a)
	kind := schema.kind()
	proposed := schema.proposed(prior, config)
	resp, err := r.served(a).server.PlanResourceChange(r.ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: a.kind, PriorState: pack(prior, kind), Config: pack(config, kind),
		ProposedNewState: pack(proposed, kind),
		PriorPrivate:     private, PriorIdentity: identity,
	})
	if err != nil {
		return planResponse{}, errorf("Provider failed", "PlanResourceChange: %s", err)
	}
	diags := fromProvider(resp.Diagnostics, b, a.String())
	if diags.failed() {
		return planResponse{}, diags
	}
	if resp.Deferred != nil {
		return planResponse{},
			errorf("Provider deferred changes when Terraform did not allow deferrals", "%s was deferred.", a)
	}
	value, more := unpack(resp.PlannedState, kind)
	if diags = append(diags, more...); diags.failed() {
		return planResponse{}, diags
	}
	for _, fault := range schema.planFaults(a.String(), prior, config, value) {
		diags = append(diags, errorf("Provider produced invalid plan", "%s", fault)...)
	}
	out := planResponse{value: value, private: resp.PlannedPrivate, identity: resp.PlannedIdentity}
	if !prior.IsNull() {
		for _, path := range resp.RequiresReplace {
			if at := valuePath(path); !isSame(valueAt(prior, at), valueAt(value, at)) {
				out.replace = append(out.replace, at)
			}
		}
	}
	return out, diags
}

// planInstance plans one declared instance. before is its state after the refresh. earlier is the planned change during
// apply, and nil during plan. force is the reason to replace the instance regardless of the provider, or empty.
func (r *run) planInstance(
	b *block, a address, each repetition, before *instance, earlier *change, force string,
) (*change, diagnostics) {
	config, diags := r.scope.decode(b, r.schema(a), each)
	if diags.failed() {
		return nil, diags
	}
	if diags = append(diags, r.validateConfig(b, a, config)...); diags.failed() {
		return nil, diags
	}
	null := cty.NullVal(r.schema(a).kind())
	c := &change{address: a, before: null, config: config, schema: r.schema(a)}
	var private []byte
	if before != nil {
		c.before, c.beforeIdentity = before.value, before.identity
		if !before.tainted {
			private = before.private
		}
	}
	prior, identity := c.before, c.beforeIdentity
	if before != nil && before.tainted {
		prior, identity = null, nil
	}
	response, more := r.requestPlan(b, a, prior, b.withIgnored(c.schema, prior, config), private, identity)
	if diags = append(diags, more...); diags.failed() {
		return nil, diags
	}
	c.action, c.reason = actionOf(prior, response, force)
	c.replacePaths = response.replace
	if c.action == actionReplace {
		// A second call plans the creation, with the private data of the first. Its warnings repeat those of the first
		// call, and Terraform drops them.
		response, more = r.requestPlan(b, a, null, config, response.private, nil)
		if more.failed() {
			return nil, append(diags, more...)
		}
	}
	if before != nil && before.tainted {
		c.action, c.reason = actionReplace, "replace_because_tainted"
	}
	if earlier != nil && earlier.action == actionReplace && c.action == actionCreate {
		c.action, c.before = actionReplace, earlier.before
	}
	c.after, c.private, c.afterIdentity = response.value, response.private, response.identity
	if b.protected && c.action == actionReplace {
		diags = append(diags, preventedDestroy(b, a)...)
	}
	return c, diags
}

func actionOf(prior cty.Value, p planResponse, force string) (action, reason string) {
	switch {
	case prior.IsNull():
		return actionCreate, ""
	case force != "":
		return actionReplace, force
	case len(p.replace) > 0:
		return actionReplace, "replace_because_cannot_update"
	case p.value.IsWhollyKnown() && p.value.RawEquals(prior):
		return actionNoOp, ""
	default:
		return actionUpdate, ""
	}
}

// planRemoval plans the removal of an instance.
func (r *run) planRemoval(b *block, before *instance) (*change, diagnostics) {
	a := before.address
	null := cty.NullVal(r.schema(a).kind())
	response, diags := r.requestPlan(b, a, before.value, null, before.private, before.identity)
	if b != nil && b.protected && !diags.failed() {
		diags = append(diags, preventedDestroy(b, a)...)
	}
	if diags.failed() {
		return nil, diags
	}
	return &change{
		address: a, schema: r.schema(a), action: actionDelete, before: before.value, after: null, config: null,
		private: response.private, beforeIdentity: before.identity,
	}, diags
}

func preventedDestroy(b *block, a address) diagnostics {
	diags := errorf("Instance cannot be destroyed",
		"Resource %s has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed.", a)
	diags[0].subject, diags[0].context, diags[0].snippet = b.head.Ptr(), b.title, b.source(b.head)
	return diags
}
