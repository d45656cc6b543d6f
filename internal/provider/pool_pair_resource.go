package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
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

// fileTimeout bounds every operation on a topology file unless a timeouts block says otherwise.
const fileTimeout = 10 * time.Minute

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
func (r *poolPairResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = poolPairIdentitySchema()
}

// Configure takes the client of this walk.
func (r *poolPairResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// clientFrom returns the client that the provider made; nil while the provider is not configured, as in validation.
func clientFrom(data any, diags *diag.Diagnostics) *client.Client {
	if data == nil {
		return nil
	}
	c, ok := data.(*client.Client)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("Expected the provider's client, got %T. Please report this.", data))
	}
	return c
}

// ValidateConfig checks what needs no document.
func (r *poolPairResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if r.client != nil {
		defer r.client.Enter()()
	}
	var m poolPairModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	names, allKnown := poolNames(m.Pools)
	if slices.ContainsFunc(m.Pools.Elements(), attr.Value.IsNull) {
		resp.Diagnostics.AddAttributeError(path.Root("pools"), "Pool without a name", "A member of pools is null. Name two Front End pools.")
		return
	}
	if count := len(m.Pools.Elements()); !m.Pools.IsUnknown() && (count == 0 || count > 2) {
		resp.Diagnostics.AddAttributeError(path.Root("pools"), "Not two pools",
			fmt.Sprintf("A pair has exactly two Front End pools; pools has %d.", count))
		return
	}
	if allKnown || len(names) == 2 {
		if self := resilience.Self(names); len(self) > 0 {
			addViolations(&resp.Diagnostics, self, atPools)
			return
		}
	}
	resp.Diagnostics.Append(m.validatePerPool(names, allKnown)...)
}

// validatePerPool refuses settings for a pool that is no member, and two entries for one pool.
func (m poolPairModel) validatePerPool(names []string, allKnown bool) diag.Diagnostics {
	var diags diag.Diagnostics
	seen := map[string]bool{}
	for key := range m.PerPool.Elements() {
		member := topology.CanonicalFQDN(key)
		at := path.Root("per_pool").AtMapKey(key)
		if seen[member] {
			diags.AddAttributeError(at, "Settings given twice", fmt.Sprintf("per_pool has two entries for the pool %s. Keep one.", member))
		}
		seen[member] = true
		if allKnown && !slices.Contains(canonicalNames(names), member) {
			diags.AddAttributeError(at, "Not a member of the pair",
				fmt.Sprintf("per_pool has settings for %q, but the pools of this pair are %s.", key, strings.Join(names, " and ")))
		}
	}
	return diags
}

// Create writes a pair where there was none.
func (r *poolPairResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.client.Enter()()
	var plan poolPairModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.pairID())...)
	timeout, diags := plan.Timeouts.Create(ctx, fileTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.write(ctx, "creating", r.client.CreatePair, timeout, plan, &resp.State)...)
}

// Read brings what the topology has into registrars. The arguments stay as they are, so that drift is told from the
// direction in which it happened.
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
	timeout, diags := state.Timeouts.Read(ctx, fileTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.client.PairRead(id)
	if !r.client.LocationKnown() {
		return // the state is the best there is
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Fetch the pair.
	pair, err := r.client.Pair(ctx, id)
	if err != nil {
		addError(&resp.Diagnostics, "reading the pool pair "+id.String(), err, state.at)
		return
	}
	if pair == nil {
		resp.State.RemoveResource(ctx)
		return
	}

	// Write state.
	state.ID = types.StringValue(id.String())
	state.Registrars, diags = registrarsFrom(ctx, pair)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update makes a pair whole and its settings as planned.
func (r *poolPairResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.client.Enter()()
	var plan poolPairModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.pairID())...)
	timeout, diags := plan.Timeouts.Update(ctx, fileTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.write(ctx, "updating", r.client.UpdatePair, timeout, plan, &resp.State)...)
}

// write makes a planned pair real. Every known planned value comes back as planned; without a state where it fails.
func (r *poolPairResource) write(ctx context.Context, trying string, do func(context.Context, resilience.Pair) (*client.Pair, error),
	timeout time.Duration, plan poolPairModel, state *tfsdk.State,
) diag.Diagnostics {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Write the pair.
	wanted, diags := plan.wanted(ctx)
	if diags.HasError() {
		return diags
	}
	pair, err := do(ctx, wanted)
	if err != nil {
		addError(&diags, trying+" the pool pair "+plan.pairID().String(), err, plan.at)
		return diags
	}

	// Write state.
	plan.ID = types.StringValue(pair.ID.String())
	var more diag.Diagnostics
	plan.Registrars, more = resolveRegistrars(ctx, plan.Registrars, pair)
	if diags.Append(more...); !diags.HasError() {
		diags.Append(state.Set(ctx, plan)...)
	}
	return diags
}

// Delete ends a pair.
func (r *poolPairResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.client.Enter()()

	// Read request.
	var state poolPairModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, fileTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Remove the pair.
	warning, err := r.client.DeletePair(ctx, state.pairID())
	if err != nil {
		addError(&resp.Diagnostics, "removing the pool pair "+state.pairID().String(), err, state.at)
		return
	}
	if warning != "" {
		resp.Diagnostics.AddWarning("Central Management left as it is (CM-ONE)", warning)
	}
}

// setIdentity sets the identity. It comes first in every operation: Terraform wants it on every way out, and states
// of older versions have none.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, id client.PairID) diag.Diagnostics {
	if identity == nil || id == (client.PairID{}) {
		return nil
	}
	return identity.Set(ctx, poolPairIdentityModel{
		FirstPool:  types.StringValue(id.First),
		SecondPool: types.StringValue(id.Second),
	})
}

// at returns the attribute on which a violation sits.
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
		if !ok || topology.CanonicalFQDN(key) != v.Pool {
			continue
		}
		if own, ok := object.Attributes()[name]; ok && !own.IsNull() {
			return path.Root("per_pool").AtMapKey(key).AtName(name)
		}
	}
	return path.Root(name)
}

func atPools(resilience.Violation) path.Path { return path.Root("pools") }
