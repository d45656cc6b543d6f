package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
)

// planMark is stored in the private data of a resource that is planned with a state. Terraform plans a replacement
// twice, the second time without the state but with these data. A mark of the current walk distinguishes the second
// half from the creation of another resource.
type planMark struct {
	Walk     string `json:"walk"`
	Replaced bool   `json:"replaced"` // the first half was planned and checked as a replacement
}

const planMarkKey = "plan"

// setPlanMark stores the mark of a resource that is planned with a state.
func setPlanMark(ctx context.Context, c *client.Client, resp *resource.ModifyPlanResponse, replaced bool) {
	mark, err := json.Marshal(planMark{Walk: c.Walk(), Replaced: replaced})
	if err != nil {
		resp.Diagnostics.AddError("Error planning the resource", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, planMarkKey, mark)...)
}

// isSecondHalf reports whether a plan without a state is the second half of a replacement, and whether the first half
// has claimed its objects and added the diagnostics.
func isSecondHalf(
	ctx context.Context, c *client.Client, req resource.ModifyPlanRequest, diags *diag.Diagnostics,
) (second, checked bool) {
	data, more := req.Private.GetKey(ctx, planMarkKey)
	diags.Append(more...)
	var mark planMark
	second = json.Unmarshal(data, &mark) == nil && mark.Walk == c.Walk()
	return second, second && mark.Replaced
}
