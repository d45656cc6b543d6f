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
	_ datasource.DataSource              = (*poolPairDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*poolPairDataSource)(nil)
)

type poolPairDataSource struct {
	client *client.Client
}

type poolPairDataModel struct {
	Pool types.String `tfsdk:"pool"`
	ID   types.String `tfsdk:"id"`
	pairModel
}

func newPoolPairDataSource() datasource.DataSource { return &poolPairDataSource{} }

// Metadata names the data source.
func (d *poolPairDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_pool_pair"
}

// Schema describes the data source.
func (d *poolPairDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := pairAttributes()
	attributes["pool"] = poolNameAttribute("FQDN of either pool of the pair. Letter case and a trailing dot make no " +
		"difference.")
	attributes["id"] = textAttribute("The two pools as `first,second`: lower case, sorted. Same as the id of the " +
		"resource, also for its import.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the pair of a pool, complete or incomplete, by either of its pools. A pool that " +
			"is in no pair is an error.",
		Attributes: attributes,
	}
}

// Configure stores the client of this walk.
func (d *poolPairDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read reads the pair of one pool.
func (d *poolPairDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	defer d.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, d.client.Timeout())
	defer cancel()

	var m poolPairDataModel
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("pool"), &m.Pool)...)
	if resp.Diagnostics.HasError() {
		return
	}
	pair, err := d.client.PairOf(ctx, m.Pool.ValueString())
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("pool"), "reading the pair of "+m.Pool.ValueString(), err)
		return
	}
	entry, diags := pairFrom(ctx, pair)
	resp.Diagnostics.Append(diags...)
	m.ID, m.pairModel = types.StringValue(pair.ID.String()), entry
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
