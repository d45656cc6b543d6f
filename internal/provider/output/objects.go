package output

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
)

func (s server) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	resp, err := s.from.ValidateDataResourceConfig(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.from.ReadDataSource(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) GetFunctions(
	ctx context.Context, req *tfprotov6.GetFunctionsRequest,
) (*tfprotov6.GetFunctionsResponse, error) {
	resp, err := s.from.GetFunctions(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ValidateEphemeralResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	resp, err := s.from.ValidateEphemeralResourceConfig(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	resp, err := s.from.OpenEphemeralResource(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) RenewEphemeralResource(
	ctx context.Context, req *tfprotov6.RenewEphemeralResourceRequest,
) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	resp, err := s.from.RenewEphemeralResource(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) CloseEphemeralResource(
	ctx context.Context, req *tfprotov6.CloseEphemeralResourceRequest,
) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	resp, err := s.from.CloseEphemeralResource(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	resp, err := s.from.ValidateListResourceConfig(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	resp, err := s.from.ValidateActionConfig(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) PlanAction(
	ctx context.Context, req *tfprotov6.PlanActionRequest,
) (*tfprotov6.PlanActionResponse, error) {
	resp, err := s.from.PlanAction(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) CallFunction(
	ctx context.Context, req *tfprotov6.CallFunctionRequest,
) (*tfprotov6.CallFunctionResponse, error) {
	resp, err := s.from.CallFunction(ctx, req)
	if resp != nil && resp.Error != nil {
		resp.Error.Text = printable.Text(resp.Error.Text)
	}
	return resp, cleanError(err)
}

func (s server) ListResource(
	ctx context.Context, req *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	resp, err := s.from.ListResource(ctx, req)
	if resp != nil && resp.Results != nil {
		resp.Results = each(resp.Results, func(result tfprotov6.ListResourceResult) tfprotov6.ListResourceResult {
			result.DisplayName = printable.Line(result.DisplayName)
			cleanDiagnostics(result.Diagnostics)
			return result
		})
	}
	return resp, cleanError(err)
}

func (s server) InvokeAction(
	ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	resp, err := s.from.InvokeAction(ctx, req)
	if resp != nil && resp.Events != nil {
		resp.Events = each(resp.Events, func(event tfprotov6.InvokeActionEvent) tfprotov6.InvokeActionEvent {
			switch kind := event.Type.(type) {
			case tfprotov6.ProgressInvokeActionEventType:
				event.Type = tfprotov6.ProgressInvokeActionEventType{Message: printable.Text(kind.Message)}
			case tfprotov6.CompletedInvokeActionEventType:
				cleanDiagnostics(kind.Diagnostics)
			}
			return event
		})
	}
	return resp, cleanError(err)
}

// each returns a stream of the changed elements of another one.
func each[T any](all iter.Seq[T], change func(T) T) iter.Seq[T] {
	return func(push func(T) bool) {
		for one := range all {
			if !push(change(one)) {
				return
			}
		}
	}
}
