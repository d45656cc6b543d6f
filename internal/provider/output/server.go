package output

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
)

// Server is a provider server of which Terraform can print everything.
type Server interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// server has each method of the protocol explicitly. It embeds no interface, because a method that a later version of
// the protocol adds would then pass its diagnostics on as they are.
type server struct{ from Server }

// NewServer returns a server that answers like another one, with printable texts.
func NewServer(from Server) Server { return server{from} }

func (s server) GetMetadata(
	ctx context.Context, req *tfprotov6.GetMetadataRequest,
) (*tfprotov6.GetMetadataResponse, error) {
	resp, err := s.from.GetMetadata(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) GetProviderSchema(
	ctx context.Context, req *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	resp, err := s.from.GetProviderSchema(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) GetResourceIdentitySchemas(
	ctx context.Context, req *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	resp, err := s.from.GetResourceIdentitySchemas(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := s.from.ValidateProviderConfig(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	resp, err := s.from.ConfigureProvider(ctx, req)
	if resp != nil {
		cleanDiagnostics(resp.Diagnostics)
	}
	return resp, cleanError(err)
}

func (s server) StopProvider(
	ctx context.Context, req *tfprotov6.StopProviderRequest,
) (*tfprotov6.StopProviderResponse, error) {
	resp, err := s.from.StopProvider(ctx, req)
	if resp != nil {
		resp.Error = printable.Text(resp.Error)
	}
	return resp, cleanError(err)
}
