package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ImportState adopts an existing pair. Its id is "a,b" in any order, or one of the pools.
func (r *poolPairResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
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

// importedModel returns the state of an imported pair.
func importedModel(ctx context.Context, c *client.Client, pair *client.ObservedPair) (poolPairModel, diag.Diagnostics) {
	m, diags := importedArguments(ctx, pair)
	diags.Append(m.setObserved(ctx, pair)...)
	m.TopologyEnabled = refreshedEnabled(c, types.BoolNull())
	return m, diags
}

// importedArguments returns the arguments of an imported pair. They are the settings of the side that sorts first, and
// per_pool has the settings in which the other side differs, so that the plan of a generated configuration is empty. A
// configuration expresses a missing interval by leaving it out. If one side lacks an interval, the argument is
// therefore null, and per_pool has the interval of the other side.
func importedArguments(ctx context.Context, pair *client.ObservedPair) (poolPairModel, diag.Diagnostics) {
	m := poolPairModel{PerPool: types.MapNull(perPoolType), Timeouts: noTimeouts()}
	var diags, more diag.Diagnostics
	m.Pools, diags = types.SetValueFrom(ctx, types.StringType,
		[]string{pair.ID.First.String(), pair.ID.Second.String()})

	m.AutomaticFailover = types.BoolValue(true)
	m.FailureDetectionInterval, m.FailbackDetectionInterval = types.StringValue(defaultPairFailure),
		types.StringValue(defaultPairFailback)
	var overrides [2]perPoolModel // by index of pair.Registrars
	for i, r := range pair.Registrars {
		s := r.Settings
		if s == nil {
			continue // no Backup element on this side: the other side has the settings
		}
		failover := types.BoolValue(s.AutomaticFailover)
		failure := importedInterval(*s, s.FailureDetection,
			valueOr(m.FailureDetectionInterval, types.StringValue(defaultPairFailure)))
		failback := importedInterval(*s, s.FailbackDetection,
			valueOr(m.FailbackDetectionInterval, types.StringValue(defaultPairFailback)))
		if i == 0 || pair.Registrars[0].Settings == nil {
			m.AutomaticFailover, m.FailureDetectionInterval, m.FailbackDetectionInterval = failover, failure, failback
			continue
		}
		if !failover.Equal(m.AutomaticFailover) {
			overrides[1].AutomaticFailover = failover
		}
		m.FailureDetectionInterval, overrides[0].FailureDetectionInterval, overrides[1].FailureDetectionInterval =
			splitInterval(m.FailureDetectionInterval, failure)
		m.FailbackDetectionInterval, overrides[0].FailbackDetectionInterval, overrides[1].FailbackDetectionInterval =
			splitInterval(m.FailbackDetectionInterval, failback)
	}
	perPool := map[string]perPoolModel{}
	for i, settings := range overrides {
		if settings != (perPoolModel{}) {
			perPool[pair.Registrars[i].Pool.String()] = settings
		}
	}
	if len(perPool) > 0 {
		m.PerPool, more = types.MapValueFrom(ctx, perPoolType, perPool)
		diags.Append(more...)
	}
	return m, diags
}

// importedInterval returns the interval of a side that has a Backup element. The interval is null if the element lacks
// it. With automatic failover the element needs an interval, and an unreadable interval must be replaced: then the
// result is fallback, which the next apply writes.
func importedInterval(
	s topology.Settings, observed topology.Interval, fallback types.String,
) types.String {
	length, isSet := observed.Length()
	switch {
	case isSet:
		return shortDuration(length)
	case !observed.IsUnreadable() && !s.AutomaticFailover:
		return types.StringNull()
	default:
		return fallback
	}
}

// splitInterval splits the intervals of two sides into that of the pair and the overrides of each side. A null override
// means that the side has the interval of the pair.
func splitInterval(first, second types.String) (pair, firstOverride, secondOverride types.String) {
	none := types.StringNull()
	switch {
	case first.Equal(second):
		return first, none, none
	case second.IsNull():
		return none, first, none
	default:
		return first, none, second
	}
}

func shortDuration(d time.Duration) types.String { return types.StringValue(phrase.Duration(d)) }

func noTimeouts() timeouts.Value {
	kinds := map[string]attr.Type{}
	for _, operation := range []string{"create", "read", "update", "delete"} {
		kinds[operation] = types.StringType
	}
	return timeouts.Value{Object: types.ObjectNull(kinds)}
}
