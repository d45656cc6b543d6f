package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
)

var (
	_ datasource.DataSource              = (*poolDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*poolDataSource)(nil)
)

type poolDataSource struct {
	client *client.Client
}

type poolDataModel struct {
	FQDN types.String `tfsdk:"fqdn"`
	poolModel
}

func newPoolDataSource() datasource.DataSource { return &poolDataSource{} }

// Metadata names the data source.
func (d *poolDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_pool"
}

// Schema describes the data source.
func (d *poolDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := poolAttributes()
	attributes["fqdn"] = poolNameAttribute("FQDN of the pool. Letter case and a trailing dot make no difference.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one pool of the topology: a Front End pool, a Director, an Edge pool or a " +
			"Persistent Chat pool. A name that the topology does not have is an error.",
		Attributes: attributes,
	}
}

// Configure stores the client of this walk.
func (d *poolDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read reads one pool.
func (d *poolDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	defer d.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, d.client.Timeout())
	defer cancel()

	var m poolDataModel
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("fqdn"), &m.FQDN)...)
	if resp.Diagnostics.HasError() {
		return
	}
	pool, err := d.client.Pool(ctx, m.FQDN.ValueString())
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("fqdn"), "reading the pool "+m.FQDN.ValueString(), err)
		return
	}
	m.poolModel = poolFrom(*pool)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
