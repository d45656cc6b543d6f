package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

var objectAsOptions = basetypes.ObjectAsOptions{}

// samePools puts the state's pools back where the configuration only spells them otherwise, and asks for replacement
// where they are others. Terraform compares strings; without this a change of letter case would be an update.
type samePools struct{}

func (samePools) Description(context.Context) string {
	return "Order, letter case and a trailing dot make no difference; other pools replace the pair."
}

func (m samePools) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (samePools) PlanModifySet(_ context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse) {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return
	}
	planned, allKnown := poolNames(req.PlanValue)
	prior, _ := poolNames(req.StateValue)
	if allKnown && slices.Equal(canonicalNames(planned), canonicalNames(prior)) {
		resp.PlanValue = req.StateValue
		return
	}
	resp.RequiresReplace = true
}

func canonicalNames(names []string) []string {
	canonical := make([]string, 0, len(names))
	for _, name := range names {
		canonical = append(canonical, topology.CanonicalFQDN(name))
	}
	slices.Sort(canonical)
	return canonical
}

// sameName puts the state's spelling of a name back where letter case and a trailing dot are all that differs; another
// name may ask for replacement.
type sameName struct{ replaces bool }

func (m sameName) Description(context.Context) string {
	if m.replaces {
		return "Letter case and a trailing dot make no difference; another name replaces the resource."
	}
	return "Letter case and a trailing dot make no difference."
}

func (m sameName) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m sameName) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return
	}
	if !req.PlanValue.IsUnknown() && topology.CanonicalFQDN(req.PlanValue.ValueString()) == topology.CanonicalFQDN(req.StateValue.ValueString()) {
		resp.PlanValue = req.StateValue
		return
	}
	resp.RequiresReplace = m.replaces
}

// sameDuration puts the state's spelling back where the length is the same.
type sameDuration struct{}

func (sameDuration) Description(context.Context) string {
	return "Two spellings of one length make no difference."
}

func (m sameDuration) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameDuration) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if sameLength(req.PlanValue, req.StateValue) {
		resp.PlanValue = req.StateValue
	}
}

func sameLength(a, b types.String) bool {
	if a.IsNull() || a.IsUnknown() || b.IsNull() || b.IsUnknown() {
		return false
	}
	first, err1 := time.ParseDuration(a.ValueString())
	second, err2 := time.ParseDuration(b.ValueString())
	return err1 == nil && err2 == nil && first == second
}

// samePerPool puts the state's per_pool back where names and durations are only spelled otherwise.
type samePerPool struct{}

func (samePerPool) Description(context.Context) string {
	return "Letter case and a trailing dot of names, and spellings of one length, make no difference."
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
				sameLength(a.FailureDetectionInterval.StringValue, b.FailureDetectionInterval.StringValue)) &&
			(a.FailbackDetectionInterval.Equal(b.FailbackDetectionInterval) ||
				sameLength(a.FailbackDetectionInterval.StringValue, b.FailbackDetectionInterval.StringValue))
	})
	if same && !resp.Diagnostics.HasError() {
		resp.PlanValue = req.StateValue
	}
}

// wholeSeconds lets durations through that the topology can hold.
type wholeSeconds struct{}

func (wholeSeconds) Description(context.Context) string { return "a whole number of seconds" }

func (v wholeSeconds) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (wholeSeconds) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	d, err := time.ParseDuration(req.ConfigValue.ValueString())
	if err != nil {
		return // the type of the attribute has said so
	}
	if d%time.Second != 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Not whole seconds",
			fmt.Sprintf("%q is not a whole number of seconds, which is all the topology can hold. Write, for example, \"5m\".", req.ConfigValue.ValueString()))
	}
}
