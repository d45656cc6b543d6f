package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ModifyPlan sets the computed values that the plan can know and checks the rules.
func (r *poolPairResource) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if r.client == nil {
		return
	}
	defer r.client.Enter()()

	if req.Plan.Raw.IsNull() {
		var state poolPairModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !resp.Diagnostics.HasError() {
			r.planRemoval(ctx, state, &resp.Diagnostics)
		}
		return
	}
	var plan poolPairModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.planNew(ctx, req, resp, plan)
	} else {
		r.planExisting(ctx, req, resp, plan)
	}
}

// planNew plans a resource without a state, which is a creation or the second half of a replacement.
func (r *poolPairResource) planNew(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan poolPairModel,
) {
	desired, diags := plan.desired(ctx)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(plan.setPlanned(ctx, desired, nil)...)
	plan.TopologyEnabled = plannedEnabled(r.client, nil, true)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	secondHalf, checked := isSecondHalf(ctx, r.client, req, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if checked {
		return // the first half has claimed the pools and added the diagnostics
	}
	if secondHalf { // with -replace the first half was planned as an update
		r.check(&resp.Diagnostics, plan)(r.client.PlanRecreation(ctx, desired))
		return
	}
	r.check(&resp.Diagnostics, plan)(r.client.PlanCreate(ctx, desired))
}

// planExisting plans a resource with a state, which is no change, an update, or the first half of a replacement.
func (r *poolPairResource) planExisting(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan poolPairModel,
) {
	var state, config poolPairModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	_, allKnown := poolNames(plan.Pools)
	replaced := !allKnown || plan.pairIDOfPools() != state.pairID()
	var prior *poolPairModel
	if !replaced {
		prior = &state
		resp.Diagnostics.Append(plan.keepUnsetIntervals(ctx, r.client, config, state)...)
	}
	desired, diags := plan.desired(ctx)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(plan.setPlanned(ctx, desired, prior)...)
	plan.TopologyEnabled = state.TopologyEnabled
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	plan.TopologyEnabled = plannedEnabled(r.client, &state.TopologyEnabled, !resp.Plan.Raw.Equal(req.State.Raw))
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("topology_enabled"), plan.TopologyEnabled)...)
	removed := isRemoved(ctx, req.Private, &resp.Diagnostics)
	setPlanMark(ctx, r.client, resp, replaced)
	if resp.Diagnostics.HasError() {
		return
	}
	if replaced {
		r.planRemoval(ctx, state, &resp.Diagnostics)
		r.check(&resp.Diagnostics, plan)(r.client.PlanCreate(ctx, desired))
		return
	}
	if removed {
		r.check(&resp.Diagnostics, plan)(r.client.PlanCreate(ctx, desired))
		return
	}
	before, diags := state.desired(ctx)
	resp.Diagnostics.Append(diags...)
	r.check(&resp.Diagnostics, plan)(r.client.PlanUpdate(ctx, desired, changedSettings(before, desired),
		linksDiffer(ctx, state, plan, &resp.Diagnostics)))
}

// planRemoval releases the pools of a pair and adds the violations of its removal.
func (r *poolPairResource) planRemoval(ctx context.Context, m poolPairModel, diags *diag.Diagnostics) {
	r.check(diags, m)(r.client.PlanRemoval(ctx, m.pairID()))
}

// check returns a function that adds the result of a check by the client to the diagnostics.
func (r *poolPairResource) check(diags *diag.Diagnostics, m poolPairModel) func([]resilience.Violation, error) {
	return func(violations []resilience.Violation, err error) {
		if err != nil {
			addError(diags, "checking the pool pair "+m.pairID().String(), err, m.at)
			return
		}
		addViolations(diags, violations, m.at)
	}
}

// setPlanned sets the computed values as far as the plan knows them. prior is nil for a new pair.
func (m *poolPairModel) setPlanned(
	ctx context.Context, desired topology.DesiredPair, prior *poolPairModel,
) diag.Diagnostics {
	_, allKnown := poolNames(m.Pools)
	before := types.MapNull(registrarType)
	m.PostPublishSteps = types.ListUnknown(types.StringType)
	if prior != nil {
		before, m.PostPublishSteps = prior.Registrars, prior.PostPublishSteps
	}
	m.ID = types.StringUnknown()
	if allKnown {
		m.ID = types.StringValue(m.pairIDOfPools().String())
	}
	var diags diag.Diagnostics
	m.Registrars, diags = plannedRegistrars(ctx, desired, allKnown, before)
	return diags
}

// changedSettings returns which arguments a plan changes, by member.
func changedSettings(before, after topology.DesiredPair) map[topology.FQDN]resilience.Changed {
	changed := map[topology.FQDN]resilience.Changed{}
	for member, planned := range after.Settings {
		prior, known := before.Settings[member]
		c := resilience.Changed{
			AutomaticFailover: !known || prior.AutomaticFailover != planned.AutomaticFailover,
			FailureDetection:  !known || prior.FailureDetection != planned.FailureDetection,
			FailbackDetection: !known || prior.FailbackDetection != planned.FailbackDetection,
		}
		if c != (resilience.Changed{}) {
			changed[member] = c
		}
	}
	return changed
}

// linksDiffer reports whether a plan changes the links of a pair.
func linksDiffer(ctx context.Context, state, plan poolPairModel, diags *diag.Diagnostics) bool {
	before, after := map[string]registrarModel{}, map[string]registrarModel{}
	diags.Append(state.Registrars.ElementsAs(ctx, &before, false)...)
	diags.Append(plan.Registrars.ElementsAs(ctx, &after, false)...)
	for member, planned := range after {
		if !planned.BackupRegistrar.Equal(before[member].BackupRegistrar) ||
			!planned.BackupService.Equal(before[member].BackupService) {
			return true
		}
	}
	return false
}
