package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

var (
	_ resource.Resource                   = (*poolPairResource)(nil)
	_ resource.ResourceWithConfigure      = (*poolPairResource)(nil)
	_ resource.ResourceWithIdentity       = (*poolPairResource)(nil)
	_ resource.ResourceWithImportState    = (*poolPairResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*poolPairResource)(nil)
	_ resource.ResourceWithValidateConfig = (*poolPairResource)(nil)
)

type poolPairResource struct {
	client *client.Client
}

func newPoolPairResource() resource.Resource { return &poolPairResource{} }

// Metadata names the resource.
func (r *poolPairResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_pool_pair"
}

// Schema describes the resource.
func (r *poolPairResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = poolPairSchema(ctx)
}

// IdentitySchema describes the identity.
func (r *poolPairResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = poolPairIdentitySchema()
}

// Configure stores the client of this walk.
func (r *poolPairResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// clientFrom returns the provider's client. It is nil while the provider is not configured, as in validation.
func clientFrom(data any, diags *diag.Diagnostics) *client.Client {
	if data == nil {
		return nil
	}
	c, ok := data.(*client.Client)
	if !ok {
		diags.AddError("Unexpected provider data",
			fmt.Sprintf("Expected the provider's client, got %T. Please report this.", data))
	}
	return c
}

// Create writes a new pair. It never returns an error together with a state, because Terraform would then replace the
// pair with the next apply.
func (r *poolPairResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.client.Enter()()

	// Read request.
	var plan poolPairModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.pairID())...)
	timeout, diags := plan.Timeouts.Create(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	desired, diags := plan.desired(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Write the pair.
	pair, outcome, err := r.client.CreatePair(ctx, desired)
	if err != nil {
		id := plan.pairID()
		addCreationError(&resp.Diagnostics, "creating the pool pair "+id.String(), err, plan.at,
			pairImportBlock(id.First, id.Second))
		return
	}
	addOutcome(&resp.Diagnostics, r.client, plan.description(), outcome, diag.SeverityWarning)

	// Write state.
	resp.Diagnostics.Append(plan.resolveUnknown(ctx, pair)...)
	plan.TopologyEnabled = appliedEnabled(r.client, outcome)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Read updates registrars and the arguments from the topology. registrars shows drift in the direction in which it
// occurred. On the arguments, ignore_changes can ignore it.
func (r *poolPairResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	defer r.client.Enter()()

	// Read request.
	var state poolPairModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.pairID()
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
	timeout, diags := state.Timeouts.Read(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	removed := isRemoved(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	addViolations(&resp.Diagnostics, r.client.PairRead(id), state.at)
	if resp.Diagnostics.HasError() || !r.client.LocationKnown() {
		return // without a topology the state stays
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Fetch the pair.
	pair, err := r.client.Pair(ctx, id)
	switch {
	case err != nil:
		addError(&resp.Diagnostics, "reading the pool pair "+id.String(), err, state.at)
		return
	case pair == nil && removed:
		return // the removal is not in effect yet, and the resource still has to run Enable-CsTopology
	case pair == nil:
		resp.State.RemoveResource(ctx)
		return
	}

	// Write state.
	resp.Diagnostics.Append(state.setObserved(ctx, pair)...)
	resp.Diagnostics.Append(state.setObservedArguments(ctx, pair)...)
	state.TopologyEnabled = refreshedEnabled(r.client, state.TopologyEnabled)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if removed { // the pair was created again outside of Terraform
		resp.Diagnostics.Append(markRemoved(ctx, resp.Private, false)...)
	}
}

// Update completes a pair and writes the planned settings.
func (r *poolPairResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.client.Enter()()

	// Read request.
	var plan, state poolPairModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.pairID())...)
	timeout, diags := plan.Timeouts.Update(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	desired, diags := plan.desired(ctx)
	resp.Diagnostics.Append(diags...)
	removed := isRemoved(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Write the pair, or create it again if its removal was published.
	var (
		pair    *client.ObservedPair
		outcome client.Outcome
		err     error
	)
	if removed {
		pair, outcome, err = r.client.CreatePair(ctx, desired)
	} else {
		pair, outcome, err = r.client.UpdatePair(ctx, desired, isFalse(state.TopologyEnabled))
	}
	if err != nil {
		addError(&resp.Diagnostics, "updating the pool pair "+plan.pairID().String(), err, plan.at)
	}
	if pair == nil {
		return
	}
	addOutcome(&resp.Diagnostics, r.client, plan.description(), outcome, diag.SeverityError)

	// Write state.
	resp.Diagnostics.Append(plan.resolveUnknown(ctx, pair)...)
	plan.TopologyEnabled = appliedEnabled(r.client, outcome)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(markRemoved(ctx, resp.Private, false)...)
}

// Delete removes a pair.
func (r *poolPairResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.client.Enter()()

	// Read request.
	var state poolPairModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	mark := planMarkOf(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Remove the pair.
	id := state.pairID()
	warnings, outcome, err := r.client.DeletePair(ctx, id, client.Removal[client.PairSuccessor]{
		Enable: isFalse(state.TopologyEnabled), Warn: mark.Warned != id.String(), Successor: mark.Pair,
	})
	if err != nil {
		addError(&resp.Diagnostics, "removing the pool pair "+id.String(), err, state.at)
		return
	}
	addViolations(&resp.Diagnostics, warnings, state.at)
	addOutcome(&resp.Diagnostics, r.client, "the removal of "+state.description(), outcome, diag.SeverityError)
	if outcome.NotEnabled == nil {
		return
	}

	// The pair is removed, but this is not in effect: the resource stays in the state until it is.
	state.TopologyEnabled = types.BoolValue(false)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(markRemoved(ctx, resp.Private, true)...)
}

// setIdentity sets the identity. Every operation calls it first, because Terraform requires an identity with every
// result, and states of older versions have none.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, id topology.PairID) diag.Diagnostics {
	if identity == nil || id == (topology.PairID{}) {
		return nil
	}
	return identity.Set(ctx, poolPairIdentityModel{
		FirstPool:  types.StringValue(id.First.String()),
		SecondPool: types.StringValue(id.Second.String()),
	})
}

// at returns the attribute that a violation concerns.
func (m poolPairModel) at(v resilience.Violation) path.Path {
	var name string
	switch v.Setting {
	case resilience.SettingAutomaticFailover:
		name = "automatic_failover"
	case resilience.SettingFailureDetection:
		name = "failure_detection_interval"
	case resilience.SettingFailbackDetection:
		name = "failback_detection_interval"
	case resilience.SettingPools, resilience.SettingAppliance:
		return path.Root("pools")
	}
	for key, value := range m.PerPool.Elements() {
		object, ok := value.(types.Object)
		if !ok || fqdnOf(key) != v.Pool {
			continue
		}
		if own, ok := object.Attributes()[name]; ok && !own.IsNull() {
			return path.Root("per_pool").AtMapKey(key).AtName(name)
		}
	}
	return path.Root(name)
}

func atPools(resilience.Violation) path.Path { return path.Root("pools") }
