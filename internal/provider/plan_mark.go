package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// planMark is what a plan stores in the private data of a resource. Every plan writes it, also that of a destroy: if an
// apply fails, Terraform keeps the data of its plan with the state.
type planMark struct {
	// Walk is that of a plan of a resource with a state. Terraform plans a replacement twice, the second time without
	// the state but with these data. The walk distinguishes the second half from the creation of another resource.
	Walk     string `json:"walk,omitempty"`
	Replaced bool   `json:"replaced,omitempty"` // the first half was planned and checked as a replacement

	// Warned is the pair, or the appliance, about whose end the plan has shown the warnings. Terraform drops those of a
	// second half.
	Warned string `json:"warned,omitempty"`

	// The relationship that a removal makes room for, nil for none.
	Pair   *client.PairSuccessor   `json:"pair,omitempty"`
	Branch *topology.DesiredBranch `json:"branch,omitempty"`
}

const planMarkKey = "plan"

// setPlanMark stores the mark of a plan.
func setPlanMark(ctx context.Context, private privateData, mark planMark, diags *diag.Diagnostics) {
	data, err := json.Marshal(mark)
	if err != nil {
		diags.AddError("Error planning the resource", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, planMarkKey, data)...)
}

// planMarkOf returns the mark in the private data of a resource. Data without a mark, or with one of another version,
// have the zero mark.
func planMarkOf(ctx context.Context, private privateData, diags *diag.Diagnostics) planMark {
	data, more := private.GetKey(ctx, planMarkKey)
	diags.Append(more...)
	var mark planMark
	if json.Unmarshal(data, &mark) != nil {
		return planMark{}
	}
	return mark
}
