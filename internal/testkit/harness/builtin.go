package harness

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

const terraformData = "terraform_data"

// builtin is the provider that is part of Terraform. It has one resource, terraform_data. Tests use it for its output,
// which is unknown before apply.
type builtin struct {
	tfprotov6.ProviderServer // nil: a call of any other method is an error in the harness and panics
}

var (
	terraformDataKind = cty.Object(map[string]cty.Type{
		"id": cty.String, "input": cty.DynamicPseudoType, "output": cty.DynamicPseudoType,
		"triggers_replace": cty.DynamicPseudoType,
	})
	lastID atomic.Int64
)

func (builtin) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	attributes := []*tfprotov6.SchemaAttribute{
		{Name: "id", Type: tftypes.String, Computed: true},
		{Name: "input", Type: tftypes.DynamicPseudoType, Optional: true},
		{Name: "output", Type: tftypes.DynamicPseudoType, Computed: true},
		{Name: "triggers_replace", Type: tftypes.DynamicPseudoType, Optional: true},
	}
	return &tfprotov6.GetProviderSchemaResponse{
		ResourceSchemas: map[string]*tfprotov6.Schema{
			terraformData: {Block: &tfprotov6.SchemaBlock{Attributes: attributes}},
		},
	}, nil
}

func (builtin) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (builtin) ValidateResourceConfig(
	context.Context, *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

func (builtin) UpgradeResourceState(
	_ context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}, nil
}

func (builtin) ReadResource(
	_ context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState}, nil
}

func (builtin) PlanResourceChange(
	_ context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	prior, problems := unpack(req.PriorState, terraformDataKind)
	proposed, more := unpack(req.ProposedNewState, terraformDataKind)
	if problems.failed() || more.failed() {
		return nil, fmt.Errorf("plan %s: %s%s", terraformData, problems, more)
	}
	resp := &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState}
	if proposed.IsNull() {
		return resp, nil
	}
	planned := proposed.AsValueMap()
	newOutput := func() {
		planned["output"] = cty.UnknownVal(planned["input"].Type())
		if planned["input"].IsKnown() && planned["input"].IsNull() {
			planned["output"] = planned["input"]
		}
	}
	const trigger = "triggers_replace"
	switch {
	case prior.IsNull():
		planned["id"] = cty.UnknownVal(cty.String)
		newOutput()
	case !prior.GetAttr(trigger).RawEquals(planned[trigger]):
		resp.RequiresReplace = []*tftypes.AttributePath{tftypes.NewAttributePath().WithAttributeName(trigger)}
		planned["id"] = cty.UnknownVal(cty.String)
		newOutput()
	case !prior.GetAttr("input").RawEquals(planned["input"]):
		newOutput()
	}
	resp.PlannedState = pack(cty.ObjectVal(planned), terraformDataKind)
	return resp, nil
}

func (builtin) ApplyResourceChange(
	_ context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	planned, problems := unpack(req.PlannedState, terraformDataKind)
	if problems.failed() {
		return nil, fmt.Errorf("apply %s: %s", terraformData, problems)
	}
	if planned.IsNull() {
		return &tfprotov6.ApplyResourceChangeResponse{NewState: req.PlannedState}, nil
	}
	created := planned.AsValueMap()
	if !created["id"].IsKnown() {
		created["id"] = cty.StringVal(fmt.Sprintf("terraform-data-%d", lastID.Add(1)))
	}
	created["output"] = created["input"]
	return &tfprotov6.ApplyResourceChangeResponse{NewState: pack(cty.ObjectVal(created), terraformDataKind)}, nil
}
