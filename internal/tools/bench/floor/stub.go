package main

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// stub is a resource without a remote object. The state is what the configuration asks for.
type stub struct{ lync resource.Resource }

var (
	_ resource.Resource             = (*stub)(nil)
	_ resource.ResourceWithIdentity = (*stub)(nil)
)

// Metadata returns the type of the provider for Lync.
func (s *stub) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	s.lync.Metadata(ctx, req, resp)
}

// Schema returns the schema of the provider for Lync, without validators and plan modifiers.
func (s *stub) Schema(ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse) {
	s.lync.Schema(ctx, req, resp)
	resp.Schema.Attributes = plainAttributes(resp.Schema.Attributes)
}

// IdentitySchema returns the schema of the provider for Lync.
func (s *stub) IdentitySchema(
	ctx context.Context, req resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	if identified, ok := s.lync.(resource.ResourceWithIdentity); ok {
		identified.IdentitySchema(ctx, req, resp)
	}
}

// Create copies the plan to the state.
func (*stub) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(known(req.Plan, &resp.State)...)
	resp.Diagnostics.Append(identify(ctx, resp.State, resp.Identity)...)
}

// Read keeps the state. It writes the identity, which a state of Terraform before 1.12 does not have.
func (*stub) Read(ctx context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(identify(ctx, resp.State, resp.Identity)...)
}

// Update copies the plan to the state.
func (*stub) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(known(req.Plan, &resp.State)...)
}

// Delete does nothing.
func (*stub) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// placeholder is as long as the texts that the provider for Lync computes for a branch backup of the benchmark, on
// average: the cost of Terraform grows with the size of the state.
const placeholder = "a placeholder"

// known copies a plan to a state and replaces the unknown values.
func known(plan tfsdk.Plan, state *tfsdk.State) diag.Diagnostics {
	raw, err := tftypes.Transform(plan.Raw, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		switch {
		case v.IsKnown():
			return v, nil
		case v.Type().Is(tftypes.String):
			return tftypes.NewValue(tftypes.String, placeholder), nil
		case v.Type().Is(tftypes.Bool):
			return tftypes.NewValue(tftypes.Bool, true), nil
		default:
			return tftypes.NewValue(v.Type(), nil), nil
		}
	})
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("No state", err.Error())}
	}
	state.Raw = raw
	return nil
}

// identify writes the identity of a resource: the appliance, or the two pools in alphabetical order.
func identify(ctx context.Context, state tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var diags diag.Diagnostics
	set := func(name, value string) { diags.Append(identity.SetAttribute(ctx, path.Root(name), value)...) }
	if _, isBranch := state.Schema.GetAttributes()["appliance"]; isBranch {
		var appliance string
		diags.Append(state.GetAttribute(ctx, path.Root("appliance"), &appliance)...)
		set("appliance", appliance)
		return diags
	}
	var pools []string
	diags.Append(state.GetAttribute(ctx, path.Root("pools"), &pools)...)
	if slices.Sort(pools); len(pools) == 2 {
		set("first_pool", pools[0])
		set("second_pool", pools[1])
	}
	return diags
}
