package provider

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// samePools keeps the pools of the state if the configuration only spells them differently, and requires replacement
// for other pools. Terraform compares strings, so that without this modifier a change of letter case would be an
// update.
type samePools struct{}

func (samePools) Description(context.Context) string {
	return "Order, letter case and a trailing dot make no difference. Other pools replace the pair."
}

func (m samePools) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (samePools) PlanModifySet(_ context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse) {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return
	}
	planned, allKnown := poolNames(req.PlanValue)
	prior, _ := poolNames(req.StateValue)
	if allKnown && slices.Equal(fqdnsOf(planned), fqdnsOf(prior)) {
		resp.PlanValue = req.StateValue
		return
	}
	resp.RequiresReplace = true
}

// sameName keeps the name of the state if only letter case or a trailing dot differ. If replaces is true, another name
// requires replacement.
type sameName struct{ replaces bool }

func (m sameName) Description(context.Context) string {
	if m.replaces {
		return "Letter case and a trailing dot make no difference. Another name replaces the resource."
	}
	return "Letter case and a trailing dot make no difference."
}

func (m sameName) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m sameName) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return
	}
	planned, prior := canonicalOrUnknown(req.PlanValue), canonicalOrUnknown(req.StateValue)
	if !planned.IsUnknown() && planned.Equal(prior) {
		resp.PlanValue = req.StateValue
		return
	}
	resp.RequiresReplace = m.replaces
}

// sameDuration keeps the spelling of the state if the length is the same.
type sameDuration struct{}

func (sameDuration) Description(context.Context) string {
	return "Different spellings of the same duration make no difference."
}

func (m sameDuration) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameDuration) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if sameLength(req.PlanValue, req.StateValue) {
		resp.PlanValue = req.StateValue
	}
}

// sameLength reports whether both texts are known durations of one length.
func sameLength(a, b types.String) bool {
	if a.IsNull() || a.IsUnknown() || b.IsNull() || b.IsUnknown() {
		return false
	}
	first, err1 := time.ParseDuration(a.ValueString())
	second, err2 := time.ParseDuration(b.ValueString())
	return err1 == nil && err2 == nil && first == second
}

// samePerPool keeps per_pool of the state if names and durations are only spelled differently.
type samePerPool struct{}

func (samePerPool) Description(context.Context) string {
	return "Letter case and a trailing dot of names, and different spellings of the same duration, make no difference."
}

func (m samePerPool) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (samePerPool) PlanModifyMap(ctx context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() || req.PlanValue.IsUnknown() {
		return
	}
	planned, diags := poolPairModel{PerPool: req.PlanValue}.perPool(ctx)
	resp.Diagnostics.Append(diags...)
	prior, diags := poolPairModel{PerPool: req.StateValue}.perPool(ctx)
	resp.Diagnostics.Append(diags...)
	same := maps.EqualFunc(planned, prior, func(a, b perPoolModel) bool {
		return a.AutomaticFailover.Equal(b.AutomaticFailover) &&
			(a.FailureDetectionInterval.Equal(b.FailureDetectionInterval) ||
				sameLength(a.FailureDetectionInterval, b.FailureDetectionInterval)) &&
			(a.FailbackDetectionInterval.Equal(b.FailbackDetectionInterval) ||
				sameLength(a.FailbackDetectionInterval, b.FailbackDetectionInterval))
	})
	if same && !resp.Diagnostics.HasError() {
		resp.PlanValue = req.StateValue
	}
}
