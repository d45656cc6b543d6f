package output

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

func (s server) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := s.from.ValidateResourceConfig(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	resp, err := s.from.UpgradeResourceState(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	resp, err := s.from.UpgradeResourceIdentity(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.from.ReadResource(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.from.PlanResourceChange(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.from.ApplyResourceChange(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	resp, err := s.from.ImportResourceState(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) MoveResourceState(
	ctx context.Context, req *tfprotov6.MoveResourceStateRequest,
) (*tfprotov6.MoveResourceStateResponse, error) {
	resp, err := s.from.MoveResourceState(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) GenerateResourceConfig(
	ctx context.Context, req *tfprotov6.GenerateResourceConfigRequest,
) (*tfprotov6.GenerateResourceConfigResponse, error) {
	resp, err := s.from.GenerateResourceConfig(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}
