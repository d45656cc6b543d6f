// Command floor serves a provider that does nothing. It has the configuration, the resources and the framework of the
// provider for Lync: what Terraform and the framework cost with these schemas, and therefore the least that a provider
// with them can cost. Its logs are those of the framework without settings.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	lync "github.com/lync-iac/terraform-provider-lync/internal/provider"
)

func main() {
	served := &floor{lync: lync.New("floor")()}
	err := providerserver.Serve(context.Background(), func() provider.Provider { return served },
		providerserver.ServeOpts{Address: "registry.terraform.io/lync-iac/floor", ProtocolVersion: 6})
	if err != nil {
		log.Fatal(err)
	}
}

// floor is the provider.
type floor struct{ lync provider.Provider }

// Metadata returns the prefix of the provider for Lync, so that both have the same types of resources.
func (f *floor) Metadata(ctx context.Context, req provider.MetadataRequest, resp *provider.MetadataResponse) {
	f.lync.Metadata(ctx, req, resp)
}

// Schema returns the schema of the provider for Lync.
func (f *floor) Schema(ctx context.Context, req provider.SchemaRequest, resp *provider.SchemaResponse) {
	f.lync.Schema(ctx, req, resp)
}

// Configure does nothing.
func (*floor) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// Resources returns resources with the schemas of those of the provider for Lync.
func (f *floor) Resources(ctx context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, newResource := range f.lync.Resources(ctx) {
		all = append(all, func() resource.Resource { return &stub{lync: newResource()} })
	}
	return all
}

// DataSources returns none.
func (*floor) DataSources(context.Context) []func() datasource.DataSource { return nil }
