package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
)

var (
	_ datasource.DataSource              = (*topologyDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*topologyDataSource)(nil)
)

type topologyDataSource struct {
	client *client.Client
}

func newTopologyDataSource() datasource.DataSource { return &topologyDataSource{} }

// Metadata names the data source.
func (d *topologyDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_topology"
}

// Schema describes the data source.
func (d *topologyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = topologySchema()
}

// Configure takes the client of this walk.
func (d *topologyDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read tells of the whole topology.
func (d *topologyDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	defer d.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, d.client.Timeout())
	defer cancel()

	survey, err := d.client.Survey(ctx)
	if err != nil {
		addError(&resp.Diagnostics, "reading the topology", err, nowhere)
		return
	}
	m, diags := topologyFrom(ctx, survey)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
