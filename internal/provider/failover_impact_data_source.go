package provider

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
)

var (
	_ datasource.DataSource              = (*failoverImpactDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*failoverImpactDataSource)(nil)
)

type failoverImpactDataSource struct {
	client *client.Client
}

func newFailoverImpactDataSource() datasource.DataSource { return &failoverImpactDataSource{} }

// Metadata names the data source.
func (d *failoverImpactDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_failover_impact"
}

// Schema describes the data source.
func (d *failoverImpactDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = failoverImpactSchema()
}

// Configure stores the client of this walk.
func (d *failoverImpactDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read calculates the impact of a failure of the pools.
func (d *failoverImpactDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	defer d.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, d.client.Timeout())
	defer cancel()

	var failed types.Set
	var inventoryValue types.Map
	var names []string
	at := path.Root("failed_pools")
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &failed)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("inventory"), &inventoryValue)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(failed.ElementsAs(ctx, &names, false)...)
	inventory, err := inventoryFrom(ctx, d.client, inventoryValue, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var impact *client.Impact
	if err == nil {
		impact, err = d.client.Impact(ctx, names, inventory)
	}
	action := "calculating the impact of a failure of " + strings.Join(names, ", ")
	var invalid client.NamesError
	switch {
	case errors.As(err, &invalid):
		for _, name := range invalid {
			addAttributeError(&resp.Diagnostics, at.AtSetValue(types.StringValue(name.Name)), action, name.Err)
		}
		return
	case err != nil:
		addError(&resp.Diagnostics, action, err, noAttribute)
		return
	}
	m := failoverImpactFrom(impact)
	m.FailedPools, m.Inventory = failed, inventoryValue
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
