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
func (d *failoverImpactDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_failover_impact"
}

// Schema describes the data source.
func (d *failoverImpactDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = failoverImpactSchema()
}

// Configure takes the client of this walk.
func (d *failoverImpactDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read lets the pools fail on paper.
func (d *failoverImpactDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	defer d.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, d.client.Timeout())
	defer cancel()

	var failed types.Set
	var given types.Map
	var names []string
	at := path.Root("failed_pools")
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, at, &failed)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("inventory"), &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(failed.ElementsAs(ctx, &names, false)...)
	inventory, err := inventoryFrom(ctx, d.client, given, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var impact *client.Impact
	if err == nil {
		impact, err = d.client.Impact(ctx, names, inventory)
	}
	action := "telling what happens when " + strings.Join(names, ", ") + " fails"
	var wrong client.NamesError
	switch {
	case errors.As(err, &wrong):
		for _, name := range wrong {
			addAttributeError(&resp.Diagnostics, at.AtSetValue(types.StringValue(name.Name)), action, name.Err)
		}
		return
	case err != nil:
		addError(&resp.Diagnostics, action, err, noAttribute)
		return
	}
	m := failoverImpactFrom(impact)
	m.FailedPools, m.Inventory = failed, given
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
