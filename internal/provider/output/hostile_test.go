package output_test

import (
	"context"
	"errors"
	"iter"
	"reflect"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// hostile is a server whose responses have a text in every place that Terraform prints. If fails is set, every call
// fails with the text, without a response.
type hostile struct {
	text  string
	fails bool
}

// diagnostics returns one diagnostic with the text in each place.
func (h *hostile) diagnostics() []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{
		nil, {Summary: h.text}, {Detail: h.text + "\x00"},
		{Attribute: tftypes.NewAttributePath().WithAttributeName("a").WithElementKeyString(h.text)},
	}
}

// answer returns a response of a type with the text.
func answer[T any](h *hostile) (*T, error) {
	if h.fails {
		return nil, errors.New(h.text + "\x00")
	}
	resp := new(T)
	fields := reflect.ValueOf(resp).Elem()
	for i := range fields.NumField() {
		switch field := fields.Field(i).Addr().Interface().(type) {
		case *[]*tfprotov6.Diagnostic:
			*field = h.diagnostics()
		case **tfprotov6.FunctionError:
			*field = &tfprotov6.FunctionError{Text: h.text + "\x00"}
		case *string:
			*field = h.text + "\x00"
		case *iter.Seq[tfprotov6.ListResourceResult]:
			*field = func(push func(tfprotov6.ListResourceResult) bool) {
				_ = push(tfprotov6.ListResourceResult{DisplayName: h.text}) &&
					push(tfprotov6.ListResourceResult{Diagnostics: h.diagnostics()})
			}
		case *iter.Seq[tfprotov6.InvokeActionEvent]:
			*field = func(push func(tfprotov6.InvokeActionEvent) bool) {
				_ = push(tfprotov6.InvokeActionEvent{
					Type: tfprotov6.ProgressInvokeActionEventType{Message: h.text + "\x00"},
				}) && push(tfprotov6.InvokeActionEvent{
					Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: h.diagnostics()},
				})
			}
		}
	}
	return resp, nil
}

func (h *hostile) GetMetadata(
	context.Context, *tfprotov6.GetMetadataRequest,
) (*tfprotov6.GetMetadataResponse, error) {
	return answer[tfprotov6.GetMetadataResponse](h)
}

func (h *hostile) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return answer[tfprotov6.GetProviderSchemaResponse](h)
}

func (h *hostile) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return answer[tfprotov6.GetResourceIdentitySchemasResponse](h)
}

func (h *hostile) ValidateProviderConfig(
	context.Context, *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return answer[tfprotov6.ValidateProviderConfigResponse](h)
}

func (h *hostile) ConfigureProvider(
	context.Context, *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return answer[tfprotov6.ConfigureProviderResponse](h)
}

func (h *hostile) StopProvider(
	context.Context, *tfprotov6.StopProviderRequest,
) (*tfprotov6.StopProviderResponse, error) {
	return answer[tfprotov6.StopProviderResponse](h)
}

func (h *hostile) ValidateResourceConfig(
	context.Context, *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return answer[tfprotov6.ValidateResourceConfigResponse](h)
}

func (h *hostile) UpgradeResourceState(
	context.Context, *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return answer[tfprotov6.UpgradeResourceStateResponse](h)
}

func (h *hostile) UpgradeResourceIdentity(
	context.Context, *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return answer[tfprotov6.UpgradeResourceIdentityResponse](h)
}

func (h *hostile) ReadResource(
	context.Context, *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return answer[tfprotov6.ReadResourceResponse](h)
}

func (h *hostile) PlanResourceChange(
	context.Context, *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return answer[tfprotov6.PlanResourceChangeResponse](h)
}

func (h *hostile) ApplyResourceChange(
	context.Context, *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return answer[tfprotov6.ApplyResourceChangeResponse](h)
}

func (h *hostile) ImportResourceState(
	context.Context, *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return answer[tfprotov6.ImportResourceStateResponse](h)
}

func (h *hostile) MoveResourceState(
	context.Context, *tfprotov6.MoveResourceStateRequest,
) (*tfprotov6.MoveResourceStateResponse, error) {
	return answer[tfprotov6.MoveResourceStateResponse](h)
}

func (h *hostile) GenerateResourceConfig(
	context.Context, *tfprotov6.GenerateResourceConfigRequest,
) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return answer[tfprotov6.GenerateResourceConfigResponse](h)
}

func (h *hostile) ValidateDataResourceConfig(
	context.Context, *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return answer[tfprotov6.ValidateDataResourceConfigResponse](h)
}

func (h *hostile) ReadDataSource(
	context.Context, *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return answer[tfprotov6.ReadDataSourceResponse](h)
}

func (h *hostile) CallFunction(
	context.Context, *tfprotov6.CallFunctionRequest,
) (*tfprotov6.CallFunctionResponse, error) {
	return answer[tfprotov6.CallFunctionResponse](h)
}

func (h *hostile) GetFunctions(
	context.Context, *tfprotov6.GetFunctionsRequest,
) (*tfprotov6.GetFunctionsResponse, error) {
	return answer[tfprotov6.GetFunctionsResponse](h)
}

func (h *hostile) ValidateEphemeralResourceConfig(
	context.Context, *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return answer[tfprotov6.ValidateEphemeralResourceConfigResponse](h)
}

func (h *hostile) OpenEphemeralResource(
	context.Context, *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return answer[tfprotov6.OpenEphemeralResourceResponse](h)
}

func (h *hostile) RenewEphemeralResource(
	context.Context, *tfprotov6.RenewEphemeralResourceRequest,
) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return answer[tfprotov6.RenewEphemeralResourceResponse](h)
}

func (h *hostile) CloseEphemeralResource(
	context.Context, *tfprotov6.CloseEphemeralResourceRequest,
) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return answer[tfprotov6.CloseEphemeralResourceResponse](h)
}

func (h *hostile) ValidateListResourceConfig(
	context.Context, *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return answer[tfprotov6.ValidateListResourceConfigResponse](h)
}

func (h *hostile) ValidateActionConfig(
	context.Context, *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	return answer[tfprotov6.ValidateActionConfigResponse](h)
}

func (h *hostile) PlanAction(
	context.Context, *tfprotov6.PlanActionRequest,
) (*tfprotov6.PlanActionResponse, error) {
	return answer[tfprotov6.PlanActionResponse](h)
}

func (h *hostile) ListResource(
	context.Context, *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	return answer[tfprotov6.ListResourceServerStream](h)
}

func (h *hostile) InvokeAction(
	context.Context, *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	return answer[tfprotov6.InvokeActionServerStream](h)
}
