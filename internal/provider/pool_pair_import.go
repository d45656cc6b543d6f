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
// so that a generated configuration plans empty. An interval that one side does without can only be told by leaving it
// out, so then the other side's is in per_pool, whichever sorts first.
func importedModel(ctx context.Context, c *client.Client, pair *client.Pair) (poolPairModel, diag.Diagnostics) {
	m := poolPairModel{
		PerPool:         types.MapNull(perPoolType),
		TopologyEnabled: refreshedEnabled(c, types.BoolNull()),
		Timeouts:        noTimeouts(),
	}
	var diags, more diag.Diagnostics
	m.Pools, diags = types.SetValueFrom(ctx, types.StringType, []string{pair.ID.First, pair.ID.Second})
	diags.Append(m.setObserved(ctx, pair)...)

	m.AutomaticFailover = types.BoolValue(true)
	m.FailureDetectionInterval, m.FailbackDetectionInterval = goDuration(defaultPairFailure), goDuration(defaultPairFailback)
	var apart [2]perPoolModel
	for i, r := range pair.Registrars {
		if r.AutomaticFailover == nil {
			continue // no Backup on that side: the other one tells what is meant
		}
		failover := types.BoolValue(*r.AutomaticFailover)
		failure := importedInterval(r, r.FailureDetection, r.FailureUnreadable, valueOr(m.FailureDetectionInterval, goDuration(defaultPairFailure)))
		failback := importedInterval(r, r.FailbackDetection, r.FailbackUnreadable, valueOr(m.FailbackDetectionInterval, goDuration(defaultPairFailback)))
		if i == 0 || pair.Registrars[0].AutomaticFailover == nil {
			m.AutomaticFailover, m.FailureDetectionInterval, m.FailbackDetectionInterval = failover, failure, failback
			continue
		}
		if !failover.Equal(m.AutomaticFailover) {
			apart[1].AutomaticFailover = failover
		}
		m.FailureDetectionInterval, apart[0].FailureDetectionInterval, apart[1].FailureDetectionInterval = splitInterval(m.FailureDetectionInterval, failure)
		m.FailbackDetectionInterval, apart[0].FailbackDetectionInterval, apart[1].FailbackDetectionInterval = splitInterval(m.FailbackDetectionInterval, failback)
	}
	perPool := map[string]perPoolModel{}
	for i, settings := range apart {
		if settings != (perPoolModel{}) {
			perPool[pair.Registrars[i].Pool] = settings
		}
	}
	if len(perPool) > 0 {
		m.PerPool, more = types.MapValueFrom(ctx, perPoolType, perPool)
		diags.Append(more...)
	}
	return m, diags
}

// importedInterval is an interval of a side that has a Backup. It is null where the Backup does without; that cannot be
// with automatic failover, and what cannot be read has to be written too.
func importedInterval(r client.Registrar, is *time.Duration, unreadable bool, otherwise timetypes.GoDuration) timetypes.GoDuration {
	switch {
	case is != nil:
		return shortGoDuration(*is)
	case !unreadable && !*r.AutomaticFailover:
		return timetypes.NewGoDurationNull()
	default:
		return otherwise
	}
}

// shared splits an interval of two sides into that of the pair and what each has apart, null for nothing.
func splitInterval(first, second timetypes.GoDuration) (pair, firstApart, secondApart timetypes.GoDuration) {
	none := timetypes.NewGoDurationNull()
	switch {
	case first.Equal(second):
		return first, none, none
	case second.IsNull():
		return none, first, none
	default:
		return first, none, second
	}
}

func shortGoDuration(d time.Duration) timetypes.GoDuration { return goDuration(resilience.Spelled(d)) }

// goDuration is a duration in a spelling that is known to be good.
func goDuration(spelled string) timetypes.GoDuration {
	return timetypes.NewGoDurationValueFromStringMust(spelled)
}

func noTimeouts() timeouts.Value {
	kinds := map[string]attr.Type{}
	for _, operation := range []string{"create", "read", "update", "delete"} {
		kinds[operation] = types.StringType
	}
	return timeouts.Value{Object: types.ObjectNull(kinds)}
}
