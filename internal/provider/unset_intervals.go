package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// An interval that nobody tells has a default. But where automatic failover is off a topology may be without it, and is
// taken over as it is: then the argument is null in the state, and turning automatic failover on brings the default.

// keepUnsetIntervals makes the intervals of a planned pair null that nobody tells and that an import found missing, as long as
// automatic failover is off in every direction that goes by them.
func (m *poolPairModel) keepUnsetIntervals(ctx context.Context, c *client.Client, config, state poolPairModel) diag.Diagnostics {
	failure := config.FailureDetectionInterval.IsNull() && state.FailureDetectionInterval.IsNull()
	failback := config.FailbackDetectionInterval.IsNull() && state.FailbackDetectionInterval.IsNull()
	if !failure && !failback {
		return nil
	}
	perPool, diags := m.perPool(ctx)
	failureUnreadable, failbackUnreadable := map[string]bool{}, map[string]bool{}
	if c.LocationKnown() {
		pair, err := c.Pair(ctx, state.pairID())
		if err != nil {
			addError(&diags, "planning the pool pair "+state.pairID().String(), err, m.at)
		} else if pair != nil {
			for _, r := range pair.Registrars {
				failureUnreadable[r.Pool], failbackUnreadable[r.Pool] = r.FailureUnreadable, r.FailbackUnreadable
			}
		}
	}
	if diags.HasError() {
		return diags
	}
	if failure {
		m.FailureDetectionInterval = m.plannedInterval(perPool, failureUnreadable, m.FailureDetectionInterval,
			func(p perPoolModel) timetypes.GoDuration { return p.FailureDetectionInterval })
	}
	if failback {
		m.FailbackDetectionInterval = m.plannedInterval(perPool, failbackUnreadable, m.FailbackDetectionInterval,
			func(p perPoolModel) timetypes.GoDuration { return p.FailbackDetectionInterval })
	}
	return diags
}

// untold is an interval that may be null: the default where a direction needs it or has one that cannot be read, and not
// known where that is not known yet.
func (m *poolPairModel) plannedInterval(perPool map[string]perPoolModel, unreadable map[string]bool, defaultValue timetypes.GoDuration,
	of func(perPoolModel) timetypes.GoDuration,
) timetypes.GoDuration {
	names, _ := poolNames(m.Pools)
	open := m.PerPool.IsUnknown()
	for _, name := range names {
		member := topology.CanonicalFQDN(name)
		own, failover := of(perPool[member]), valueOr(perPool[member].AutomaticFailover, m.AutomaticFailover)
		switch needs := failover.ValueBool() || unreadable[member]; {
		case !own.IsNull() && !own.IsUnknown(): // it does not go by this
		case failover.IsUnknown() || needs && own.IsUnknown():
			open = true
		case needs:
			return defaultValue
		}
	}
	if open {
		return timetypes.NewGoDurationUnknown()
	}
	return timetypes.NewGoDurationNull()
}

// keepUnsetIntervals makes the intervals of a planned association null that nobody tells, unless automatic failover is on: those
// of an update that are null in the state, and all of a creation, which takes over what it finds. prior is nil for a
// creation. Where automatic failover is not known yet, an interval that may come to be null is not known either.
func (m *branchBackupModel) keepUnsetIntervals(ctx context.Context, c *client.Client, config branchBackupModel, prior *branchBackupModel) diag.Diagnostics {
	failure := config.FailureDetectionInterval.IsNull() && (prior == nil || prior.FailureDetectionInterval.IsNull())
	failback := config.FailbackDetectionInterval.IsNull() && (prior == nil || prior.FailbackDetectionInterval.IsNull())
	none := timetypes.NewGoDurationNull()
	switch {
	case !failure && !failback:
		return nil
	case m.AutomaticFailover.IsUnknown():
		none = timetypes.NewGoDurationUnknown()
	case m.AutomaticFailover.ValueBool():
		return nil
	}
	var diags diag.Diagnostics
	var there client.Branch
	if prior != nil && c.LocationKnown() {
		branch, err := c.Branch(ctx, prior.name())
		if err != nil {
			addError(&diags, "planning the branch backup of "+prior.name(), err, m.at)
			return diags
		}
		if branch != nil {
			there = *branch
		}
	}
	if failure && !there.FailureUnreadable {
		m.FailureDetectionInterval = none
	}
	if failback && !there.FailbackUnreadable {
		m.FailbackDetectionInterval = none
	}
	return diags
}
