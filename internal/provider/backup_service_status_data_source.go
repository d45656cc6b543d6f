package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
)

var (
	_ datasource.DataSource              = (*backupServiceStatusDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*backupServiceStatusDataSource)(nil)
)

type backupServiceStatusDataSource struct {
	client *client.Client
}

type backupServiceStatusModel struct {
	Pool    types.String                      `tfsdk:"pool"`
	Healthy types.Bool                        `tfsdk:"healthy"`
	Pools   map[string]backupServicePoolModel `tfsdk:"pools"`
}

type backupServicePoolModel struct {
	Healthy  types.Bool                 `tfsdk:"healthy"`
	Problems []types.String             `tfsdk:"problems"`
	Modules  []backupServiceModuleModel `tfsdk:"modules"`
}

type backupServiceModuleModel struct {
	Identity    types.String `tfsdk:"identity"`
	ExportState types.String `tfsdk:"export_state"`
	ImportState types.String `tfsdk:"import_state"`
}

func newBackupServiceStatusDataSource() datasource.DataSource {
	return &backupServiceStatusDataSource{}
}

// Metadata names the data source.
func (d *backupServiceStatusDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_backup_service_status"
}

// Schema describes the data source.
func (d *backupServiceStatusDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the state of the backup services of a pair with `Get-CsBackupServiceStatus` for " +
			"both pools. Requires `management_shell`, and an account in RTCUniversalServerAdmins. A pool that is in " +
			"no pair is an error, and so is a state that cannot be read. The data source changes nothing and never " +
			"fails over a pool.",
		Attributes: map[string]schema.Attribute{
			"pool": poolNameAttribute("FQDN of either pool of the pair. Letter case and a trailing dot make no " +
				"difference."),
			"healthy": boolAttribute("Whether the backup services of both pools are healthy."),
			"pools": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The backup services of the two pools, by the FQDN of the pool.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"healthy": schema.BoolAttribute{
						Computed: true,
						MarkdownDescription: "Whether every module has `FinalState` or `SteadyState` for export and " +
							"`NormalState` for import (BS-HEALTHY). For the export of `CentralMgmt.CMSMaster`, " +
							"`NotInitialized` is also healthy if Central Management is not active (BS-CMSNI).",
					},
					"problems": schema.ListAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "Why the backup service is not healthy, one sentence for each reason. " +
							"Empty if the backup service is healthy.",
					},
					"modules": schema.ListNestedAttribute{
						Computed:            true,
						MarkdownDescription: "The modules of the backup service, sorted by their identity.",
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"identity": textAttribute("Name of the module, such as `UserServices.PresenceFocus`."),
							"export_state": textAttribute("`ExportStatus`: `FinalState`, `SteadyState`, " +
								"`NonSteadyState`, `NotInitialized` or `ErrorState`. Null if the pool did not report " +
								"it."),
							"import_state": textAttribute("`ImportStatus`: `NormalState` or `ErrorState`. Null if " +
								"the pool did not report it."),
						}},
					},
				}},
			},
		},
	}
}

// Configure stores the client of this walk.
func (d *backupServiceStatusDataSource) Configure(
	_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse,
) {
	d.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Read reads the state of both pools of a pair.
func (d *backupServiceStatusDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	defer d.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, d.client.Timeout())
	defer cancel()

	m := backupServiceStatusModel{Healthy: types.BoolValue(true), Pools: map[string]backupServicePoolModel{}}
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("pool"), &m.Pool)...)
	if resp.Diagnostics.HasError() {
		return
	}
	both, err := d.client.BackupServiceStatus(ctx, m.Pool.ValueString())
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("pool"),
			"reading the backup service status of "+m.Pool.ValueString(), err)
		return
	}
	for _, status := range both {
		for _, warning := range status.Warnings {
			resp.Diagnostics.AddAttributeWarning(path.Root("pool"), "Backup service of "+status.Pool,
				message.Sentence(warning))
		}
		pool := backupServicePoolFrom(status)
		m.Pools[status.Pool] = pool
		m.Healthy = types.BoolValue(m.Healthy.ValueBool() && pool.Healthy.ValueBool())
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func backupServicePoolFrom(status client.BackupServiceStatus) backupServicePoolModel {
	m := backupServicePoolModel{
		Healthy: types.BoolValue(len(status.Problems) == 0), Problems: []types.String{},
		Modules: []backupServiceModuleModel{},
	}
	for _, problem := range status.Problems {
		m.Problems = append(m.Problems, printableText(problem))
	}
	for _, module := range status.Modules {
		m.Modules = append(m.Modules, backupServiceModuleModel{
			Identity: printableText(module.Identity), ExportState: textOrNull(module.Export),
			ImportState: textOrNull(module.Import),
		})
	}
	return m
}
