// Package provider has the Terraform objects, one file each. It defines their schemas, converts between Terraform's
// values and those of package client, and calls the client. Other packages decide which changes are allowed and how a
// document changes.
package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/connection"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

var (
	_ provider.Provider                   = (*lyncProvider)(nil)
	_ provider.ProviderWithValidateConfig = (*lyncProvider)(nil)
	_ provider.ProviderWithActions        = (*lyncProvider)(nil)
	_ provider.ProviderWithFunctions      = (*lyncProvider)(nil)
	_ provider.ProviderWithListResources  = (*lyncProvider)(nil)
)

type lyncProvider struct {
	version string
	// open returns the store of a topology. Tests replace it.
	open func(location) store.Store
}

// location is where the topology is: in a file, or behind a management shell if that has a transport.
type location struct {
	file  string
	shell connection.Shell
}

// open returns the store of a topology, without connecting to it.
func open(l location) store.Store {
	if l.shell.Transport != nil {
		return shell.New(l.shell.Transport, l.shell.Options)
	}
	return file.New(l.file)
}

// New returns the provider's factory.
func New(version string) func() provider.Provider {
	return newWithStore(version, open)
}

func newWithStore(version string, open func(location) store.Store) func() provider.Provider {
	return func() provider.Provider { return &lyncProvider{version: version, open: open} }
}

// Metadata names the provider.
func (p *lyncProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "lync"
	resp.Version = p.version
}

// Schema describes the provider's configuration.
func (p *lyncProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares the backup relationships of Lync Server and Skype for Business Server. All " +
			"relationships are in one document, the published topology. The provider does not change any other part " +
			"of the document.",
		Attributes: map[string]schema.Attribute{
			"topology_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Path of the topology document, as `(Get-CsTopology -AsXml).ToString() > " +
					"topology.xml` writes it. A relative path is relative to the folder in which Terraform runs. " +
					"Conflicts with `management_shell`. " + environment.Alternative(environment.TopologyFile),
			},
			"management_shell": connection.Attribute(),
			"read_only": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the provider refuses every create, update and delete before it writes " +
					"anything. Default `false`. " + environment.Alternative(environment.ReadOnly),
			},
			"strict_support": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether a change to a topology that the product accepts but Microsoft does not " +
					"support is an error instead of a warning. Default `false`. " +
					environment.Alternative(environment.StrictSupport),
			},
			"ignored_rules": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Ids of rules to ignore, such as `PP-SITE`. Every rule that is not an error can " +
					"be ignored. This argument takes precedence over `strict_support`.",
			},
		},
	}
}

// ValidateConfig checks the known arguments. It does not need the environment variables of the transports.
func (p *lyncProvider) ValidateConfig(
	ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse,
) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	fileKnown := !m.TopologyFile.IsNull() && !m.TopologyFile.IsUnknown()
	if fileKnown && !m.ManagementShell.IsNull() && !m.ManagementShell.IsUnknown() {
		resp.Diagnostics.AddAttributeError(path.Root("topology_file"), "Two topologies",
			"topology_file is a topology in a file, and management_shell is the topology of the live deployment. "+
				"Remove one of the two.")
	}
	if fileKnown && m.TopologyFile.ValueString() == "" {
		resp.Diagnostics.AddAttributeError(path.Root("topology_file"), "Empty path",
			"topology_file is empty. Set the path of the topology document, or remove the argument to use "+
				environment.TopologyFile+".")
	}
	if fileKnown {
		resp.Diagnostics.Append(checkTopologyFile(m.TopologyFile.ValueString(), pathcheck.Argument)...)
	}
	resp.Diagnostics.Append(connection.Validate(ctx, m.ManagementShell)...)
	_, diags := m.policy(ctx)
	resp.Diagnostics.Append(diags...)
}

// Configure creates the client that all objects of this walk share.
func (p *lyncProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	options, diags := m.options(ctx)
	resp.Diagnostics.Append(diags...)
	at, known, diags := m.location(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	var s store.Store
	if known {
		s = p.open(at)
	}
	c := client.New(s, options)
	resp.ResourceData = c
	resp.DataSourceData = c
	resp.ActionData = c
	resp.ListResourceData = c
}

// Resources lists the resources.
func (p *lyncProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newPoolPairResource, newBranchBackupResource}
}

// DataSources lists the data sources.
func (p *lyncProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newTopologyDataSource, newPoolDataSource, newPoolPairDataSource,
		newFailoverImpactDataSource, newBackupServiceStatusDataSource}
}

// Actions lists the actions.
func (p *lyncProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newBackupServiceSyncAction}
}

// Functions lists the functions.
func (p *lyncProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{newPoolPairsFunction}
}

// ListResources lists the resources that terraform query can list.
func (p *lyncProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newPoolPairList, newBranchBackupList}
}
