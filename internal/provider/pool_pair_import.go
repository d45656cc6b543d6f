package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// ImportState takes over a pair that is in the topology, by "a,b" in any order, by one pool alone, or by identity.
func (r *poolPairResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	defer r.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, r.client.Timeout())
	defer cancel()

	// Read request.
	name := req.ID
	if name == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var identity poolPairIdentityModel
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		name = identity.FirstPool.ValueString() + "," + identity.SecondPool.ValueString()
	}

	// Find the pair.
	pair, err := r.client.ImportPair(ctx, name)
	if err != nil {
		addError(&resp.Diagnostics, "importing the pool pair "+name, err, atPools)
		return
	}

	// Write state.
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, pair.ID)...)
	imported, diags := importedModel(ctx, r.client, pair)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
}

// importedModel takes the settings from the side that sorts first and puts into per_pool what differs on the other,
// so that a generated configuration plans empty.
func importedModel(ctx context.Context, c *client.Client, pair *client.Pair) (poolPairModel, diag.Diagnostics) {
	m := poolPairModel{
		PerPool:         types.MapNull(perPoolType),
		TopologyEnabled: readEnabled(c, types.BoolNull()),
		Timeouts:        noTimeouts(),
	}
	var diags, more diag.Diagnostics
	m.Pools, diags = types.SetValueFrom(ctx, types.StringType, []string{pair.ID.First, pair.ID.Second})
	diags.Append(m.read(ctx, pair)...)

	first, second := pair.Registrars[0], pair.Registrars[1]
	if first.AutomaticFailover == nil { // no Backup on that side: the other one tells what is meant
		first, second = second, first
	}
	m.AutomaticFailover = types.BoolValue(first.AutomaticFailover == nil || *first.AutomaticFailover)
	m.FailureDetectionInterval = shortGoDuration(first.FailureDetection, defaultPairFailure)
	m.FailbackDetectionInterval = shortGoDuration(first.FailbackDetection, defaultPairFailback)

	var apart perPoolModel
	if is := second.AutomaticFailover; is != nil && *is != m.AutomaticFailover.ValueBool() {
		apart.AutomaticFailover = types.BoolValue(*is)
	}
	if is := second.FailureDetection; is != nil && *is != length(m.FailureDetectionInterval) {
		apart.FailureDetectionInterval = shortGoDuration(is, "")
	}
	if is := second.FailbackDetection; is != nil && *is != length(m.FailbackDetectionInterval) {
		apart.FailbackDetectionInterval = shortGoDuration(is, "")
	}
	if apart != (perPoolModel{}) {
		m.PerPool, more = types.MapValueFrom(ctx, perPoolType, map[string]perPoolModel{second.Pool: apart})
		diags.Append(more...)
	}
	return m, diags
}

func shortGoDuration(d *time.Duration, otherwise string) timetypes.GoDuration {
	if d == nil {
		return timetypes.NewGoDurationValueFromStringMust(otherwise)
	}
	return timetypes.NewGoDurationValueFromStringMust(resilience.Spelled(*d))
}

func noTimeouts() timeouts.Value {
	kinds := map[string]attr.Type{}
	for _, operation := range []string{"create", "read", "update", "delete"} {
		kinds[operation] = types.StringType
	}
	return timeouts.Value{Object: types.ObjectNull(kinds)}
}
