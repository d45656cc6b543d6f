package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
func (d *topologyDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_topology"
}

// Schema describes the data source.
func (d *topologyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = topologySchema()
}

// Configure stores the client of this walk.
func (d *topologyDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read reads the whole topology.
func (d *topologyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	defer d.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, d.client.Timeout())
	defer cancel()

	var inventoryValue types.Map
	var appliances types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("inventory"), &inventoryValue)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("diagram_appliances"), &appliances)...)
	if resp.Diagnostics.HasError() {
		return
	}
	inventory, err := inventoryFrom(ctx, d.client, inventoryValue, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var survey *client.Survey
	if err == nil {
		survey, err = d.client.Survey(ctx, client.SurveyOptions{
			Inventory: inventory, DrawAppliances: appliances.ValueString() == appliancesDrawn,
		})
	}
	if err != nil {
		addError(&resp.Diagnostics, "reading the topology", err, noAttribute)
		return
	}
	m, diags := topologyFrom(ctx, survey)
	m.Inventory, m.DiagramAppliances = inventoryValue, appliances
	resp.Diagnostics.Append(diags...)
	configuration, diags := configurationOf(ctx, d.client, survey)
	m.Configuration = types.StringValue(configuration)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
