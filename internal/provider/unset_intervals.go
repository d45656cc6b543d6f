package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// An unset interval has a default. But if automatic failover is off, a topology can lack the interval, and the resource
// adopts it without the interval. Then the argument is null in the state until automatic failover is turned on, which
// writes the default.

// keepUnsetIntervals plans null for the unset intervals that are null in the state, if automatic failover is off in
// every direction that uses them.
func (m *poolPairModel) keepUnsetIntervals(
	ctx context.Context, c *client.Client, config, state poolPairModel,
) diag.Diagnostics {
	failure := config.FailureDetectionInterval.IsNull() && state.FailureDetectionInterval.IsNull()
	failback := config.FailbackDetectionInterval.IsNull() && state.FailbackDetectionInterval.IsNull()
	if !failure && !failback {
		return nil
	}
	perPool, diags := m.perPool(ctx)
	failureUnreadable, failbackUnreadable := map[topology.FQDN]bool{}, map[topology.FQDN]bool{}
	if c.LocationKnown() {
		pair, err := c.Pair(ctx, state.pairID())
		if err != nil {
			addError(&diags, "planning the pool pair "+state.pairID().String(), err, m.at)
		} else if pair != nil {
			for _, r := range pair.Registrars {
				failure, failback := intervalsOf(r.Settings)
				failureUnreadable[r.Pool], failbackUnreadable[r.Pool] = failure.IsUnreadable(), failback.IsUnreadable()
			}
		}
	}
	if diags.HasError() {
		return diags
	}
	if failure {
		m.FailureDetectionInterval = m.plannedInterval(perPool, failureUnreadable, m.FailureDetectionInterval,
			func(p perPoolModel) types.String { return p.FailureDetectionInterval })
	}
	if failback {
		m.FailbackDetectionInterval = m.plannedInterval(perPool, failbackUnreadable, m.FailbackDetectionInterval,
			func(p perPoolModel) types.String { return p.FailbackDetectionInterval })
	}
	return diags
}

// plannedInterval returns null for an unset interval that no direction needs. A direction needs it with automatic
// failover, or if its own interval is unreadable: then the result is the default. The result is unknown while the need
// is unknown.
func (m *poolPairModel) plannedInterval(
	perPool map[topology.FQDN]perPoolModel, unreadable map[topology.FQDN]bool, defaultValue types.String,
	intervalOf func(perPoolModel) types.String,
) types.String {
	names, _ := poolNames(m.Pools)
	unknown := m.PerPool.IsUnknown()
	for _, name := range names {
		member := fqdnOf(name)
		own := intervalOf(perPool[member])
		failover := valueOr(perPool[member].AutomaticFailover, m.AutomaticFailover)
		switch needs := failover.ValueBool() || unreadable[member]; {
		case !own.IsNull() && !own.IsUnknown(): // the direction has its own interval
		case failover.IsUnknown() || needs && own.IsUnknown():
			unknown = true
		case needs:
			return defaultValue
		}
	}
	if unknown {
		return types.StringUnknown()
	}
	return types.StringNull()
}

// keepUnsetIntervals plans null for unset intervals, unless automatic failover is on. In an update these are the
// intervals that are null in the state. In a creation, for which prior is nil, these are all of them, because a
// creation adopts the existing association. While automatic failover is unknown, such an interval is unknown too.
func (m *branchBackupModel) keepUnsetIntervals(
	ctx context.Context, c *client.Client, config branchBackupModel, prior *branchBackupModel,
) diag.Diagnostics {
	failure := config.FailureDetectionInterval.IsNull() && (prior == nil || prior.FailureDetectionInterval.IsNull())
	failback := config.FailbackDetectionInterval.IsNull() && (prior == nil || prior.FailbackDetectionInterval.IsNull())
	unset := types.StringNull()
	switch {
	case !failure && !failback:
		return nil
	case m.AutomaticFailover.IsUnknown():
		unset = types.StringUnknown()
	case m.AutomaticFailover.ValueBool():
		return nil
	}
	var diags diag.Diagnostics
	var observed *topology.Settings
	if prior != nil && c.LocationKnown() {
		branch, err := c.Branch(ctx, prior.name())
		if err != nil {
			addError(&diags, "planning the branch backup of "+prior.name().String(), err, m.at)
			return diags
		}
		if branch != nil {
			observed = branch.Settings
		}
	}
	observedFailure, observedFailback := intervalsOf(observed)
	if failure && !observedFailure.IsUnreadable() {
		m.FailureDetectionInterval = unset
	}
	if failback && !observedFailback.IsUnreadable() {
		m.FailbackDetectionInterval = unset
	}
	return diags
}
