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
			r.markPlan(ctx, resp, planMark{}, state.pairID(), nil)
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
	first := planMarkOf(ctx, req.Private, &resp.Diagnostics)
	secondHalf := first.Walk == r.client.Walk()
	switch {
	case resp.Diagnostics.HasError():
	case secondHalf && first.Replaced: // the first half has claimed the pools and added the diagnostics
	case secondHalf: // with -replace the first half was planned as an update
		r.check(&resp.Diagnostics, plan)(r.client.PlanRecreation(ctx, desired))
		r.markPlan(ctx, resp, planMark{}, topology.PairID{}, &desired)
	default: // also a tainted resource
		r.check(&resp.Diagnostics, plan)(r.client.PlanCreate(ctx, desired))
		r.markPlan(ctx, resp, planMark{}, desired.ID(), &desired)
	}
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
	mark := planMark{Walk: r.client.Walk(), Replaced: replaced}
	if resp.Diagnostics.HasError() {
		return
	}
	if replaced {
		r.planRemoval(ctx, state, &resp.Diagnostics)
		r.check(&resp.Diagnostics, plan)(r.client.PlanCreate(ctx, desired))
		r.markPlan(ctx, resp, mark, state.pairID(), &desired)
		return
	}
	r.markPlan(ctx, resp, mark, topology.PairID{}, nil)
	if removed {
		r.check(&resp.Diagnostics, plan)(r.client.PlanCreate(ctx, desired))
		return
	}
	changed, repair, diags := registrarChanges(ctx, state, plan)
	resp.Diagnostics.Append(diags...)
	r.check(&resp.Diagnostics, plan)(r.client.PlanUpdate(ctx, desired, changed, repair))
}

// planRemoval releases the pools of a pair and adds the violations of its removal.
func (r *poolPairResource) planRemoval(ctx context.Context, m poolPairModel, diags *diag.Diagnostics) {
	r.check(diags, m)(r.client.PlanRemoval(ctx, m.pairID()))
}

// markPlan stores the mark of a plan. warned is the pair about whose end the plan has shown the warnings. successor is
// the pair for which a removal makes room, nil for none.
func (r *poolPairResource) markPlan(
	ctx context.Context, resp *resource.ModifyPlanResponse, mark planMark, warned topology.PairID,
	successor *topology.DesiredPair,
) {
	if r.client.LocationKnown() && !warned.Second.IsZero() {
		mark.Warned = warned.String()
	}
	if successor != nil && !resp.Diagnostics.HasError() {
		var err error
		if mark.Pair, err = r.client.PlanSuccessor(ctx, *successor); err != nil {
			addError(&resp.Diagnostics, "checking the pool pair "+successor.ID().String(), err, atPools)
		}
	}
	setPlanMark(ctx, resp.Private, mark, &resp.Diagnostics)
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

// registrarChanges returns which settings a plan changes in the topology, by member, and whether it changes links. It
// compares registrars, because the repair of one direction changes no argument.
func registrarChanges(
	ctx context.Context, state, plan poolPairModel,
) (settings map[topology.FQDN]resilience.Changed, links bool, diags diag.Diagnostics) {
	before, after := map[string]registrarModel{}, map[string]registrarModel{}
	diags.Append(state.Registrars.ElementsAs(ctx, &before, false)...)
	diags.Append(plan.Registrars.ElementsAs(ctx, &after, false)...)
	settings = map[topology.FQDN]resilience.Changed{}
	for member, planned := range after {
		prior := before[member]
		changed := resilience.Changed{
			AutomaticFailover: !planned.AutomaticFailover.Equal(prior.AutomaticFailover),
			FailureDetection:  !planned.FailureDetectionInterval.Equal(prior.FailureDetectionInterval),
			FailbackDetection: !planned.FailbackDetectionInterval.Equal(prior.FailbackDetectionInterval),
		}
		if changed != (resilience.Changed{}) {
			settings[fqdnOf(member)] = changed
		}
		links = links || !planned.BackupRegistrar.Equal(prior.BackupRegistrar) ||
			!planned.BackupService.Equal(prior.BackupService)
	}
	return settings, links, diags
}
