package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ModifyPlan sets the computed values that the plan can know and checks the rules.
func (r *branchBackupResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.client == nil {
		return
	}
	defer r.client.Enter()()

	var state, plan, config branchBackupModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	}
	switch {
	case resp.Diagnostics.HasError():
	case req.Plan.Raw.IsNull():
		r.planRemoval(ctx, state, resp)
		r.markPlan(ctx, resp, planMark{}, state.name(), nil)
	case req.State.Raw.IsNull():
		r.planNew(ctx, req, resp, plan, config)
	default:
		r.planExisting(ctx, req, resp, state, plan, config)
	}
}

// planNew plans a resource without a state, which is a creation or the second half of a replacement.
func (r *branchBackupResource) planNew(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan,
	config branchBackupModel,
) {
	resp.Diagnostics.Append(plan.keepUnsetIntervals(ctx, r.client, config, nil)...)
	desired := plan.desired()
	plan.setPlanned(nil)
	plan.TopologyEnabled = plannedEnabled(r.client, nil, true)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	first := planMarkOf(ctx, req.Private, &resp.Diagnostics)
	secondHalf := first.Walk == r.client.Walk()
	if resp.Diagnostics.HasError() || (secondHalf && first.Replaced) {
		return // the first half has claimed the appliance and added the diagnostics
	}
	violations, err := r.client.PlanBranchCreate(ctx, desired, secondHalf)
	r.addCheckResult(resp, plan, violations, err)
	r.markPlan(ctx, resp, planMark{}, topology.FQDN{}, &desired)
}

// planExisting plans a resource with a state, which is no change, an update, or the first half of a replacement.
func (r *branchBackupResource) planExisting(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, state, plan,
	config branchBackupModel,
) {
	replaced := plan.Appliance.IsUnknown() || plan.name() != state.name()
	prior := &state
	if replaced {
		prior = nil
	}
	resp.Diagnostics.Append(plan.keepUnsetIntervals(ctx, r.client, config, prior)...)
	desired := plan.desired()
	plan.setPlanned(prior)
	plan.TopologyEnabled = state.TopologyEnabled
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	plan.TopologyEnabled = plannedEnabled(r.client, &state.TopologyEnabled, !resp.Plan.Raw.Equal(req.State.Raw))
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("topology_enabled"), plan.TopologyEnabled)...)
	removed := isRemoved(ctx, req.Private, &resp.Diagnostics)
	mark := planMark{Walk: r.client.Walk(), Replaced: replaced}
	if resp.Diagnostics.HasError() {
		return
	}
	var violations []resilience.Violation
	var err error
	if replaced {
		r.planRemoval(ctx, state, resp)
		violations, err = r.client.PlanBranchCreate(ctx, desired, false)
		r.markPlan(ctx, resp, mark, state.name(), &desired)
	} else if removed {
		r.markPlan(ctx, resp, mark, topology.FQDN{}, nil)
		violations, err = r.client.PlanBranchCreate(ctx, desired, false)
	} else {
		r.markPlan(ctx, resp, mark, topology.FQDN{}, nil)
		moves := !plan.BackupPool.Equal(state.BackupPool) || !plan.UserServicesPool.Equal(state.UserServicesPool)
		violations, err = r.client.PlanBranchUpdate(ctx, client.BranchChange{
			Desired: desired, Changed: changedBranchSettings(state, plan), Moves: moves,
			Adopted: state.Adopted.ValueBool(),
		})
	}
	r.addCheckResult(resp, plan, violations, err)
}

// markPlan stores the mark of a plan. warned is the appliance about whose end the plan has shown the warnings.
// successor is the association for which a removal makes room, nil for none.
func (r *branchBackupResource) markPlan(
	ctx context.Context, resp *resource.ModifyPlanResponse, mark planMark, warned topology.FQDN,
	successor *topology.DesiredBranch,
) {
	if r.client.LocationKnown() {
		mark.Warned = warned.String()
		if successor != nil && !successor.Appliance.IsZero() && !successor.Pool.IsZero() {
			mark.Branch = successor
		}
	}
	setPlanMark(ctx, resp.Private, mark, &resp.Diagnostics)
}

// planRemoval adds the violations of the removal of an association.
func (r *branchBackupResource) planRemoval(
	ctx context.Context, state branchBackupModel, resp *resource.ModifyPlanResponse,
) {
	violations, err := r.client.PlanBranchRemoval(ctx, state.name(), fqdnOf(state.BackupPool.ValueString()),
		state.Adopted.ValueBool())
	r.addCheckResult(resp, state, violations, err)
}

// addCheckResult adds the result of a check by the client to the diagnostics.
func (r *branchBackupResource) addCheckResult(
	resp *resource.ModifyPlanResponse, m branchBackupModel, violations []resilience.Violation, err error,
) {
	if err != nil {
		addError(&resp.Diagnostics, "checking the branch backup of "+m.name().String(), err, m.at)
		return
	}
	addViolations(&resp.Diagnostics, violations, m.at)
}

// changedBranchSettings reports which settings a plan changes.
func changedBranchSettings(state, plan branchBackupModel) resilience.Changed {
	return resilience.Changed{
		AutomaticFailover: !plan.AutomaticFailover.Equal(state.AutomaticFailover),
		FailureDetection:  !plan.FailureDetectionInterval.Equal(state.FailureDetectionInterval),
		FailbackDetection: !plan.FailbackDetectionInterval.Equal(state.FailbackDetectionInterval),
	}
}
