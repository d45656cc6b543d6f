package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
)

var (
	_ action.Action               = (*backupServiceSyncAction)(nil)
	_ action.ActionWithConfigure  = (*backupServiceSyncAction)(nil)
	_ action.ActionWithModifyPlan = (*backupServiceSyncAction)(nil)
)

type backupServiceSyncAction struct {
	client *client.Client
}

func newBackupServiceSyncAction() action.Action { return &backupServiceSyncAction{} }

// Metadata names the action.
func (a *backupServiceSyncAction) Metadata(
	_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_backup_service_sync"
}

// Schema describes the action.
func (a *backupServiceSyncAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Synchronizes the backup services of a pair immediately, with " +
			"`Invoke-CsBackupServiceSync` for both pools, one after the other. The action copies only data that the " +
			"partner does not have yet, so you can repeat it safely. Requires Terraform 1.14, `management_shell`, " +
			"and an account in RTCUniversalServerAdmins. Fails with `read_only`, and for a pool that is in no pair. " +
			"The action does not change the topology and never fails over a pool.\n\nDo not trigger the action with " +
			"the creation of a pair: the backup service runs only after the steps in `post_publish_steps` of " +
			"`lync_pool_pair`.",
		Attributes: map[string]schema.Attribute{
			"pool": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "FQDN of either pool of the pair. Letter case and a trailing dot make no " +
					"difference.",
				Validators: []validator.String{isPoolName},
			},
		},
	}
}

// Configure stores the client of this walk.
func (a *backupServiceSyncAction) Configure(
	_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse,
) {
	a.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan refuses an action that the apply cannot do in any case. It does not refuse a pool in no pair, because the
// same apply can pair it.
func (a *backupServiceSyncAction) ModifyPlan(
	ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse,
) {
	defer a.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, a.client.Timeout())
	defer cancel()

	var pool types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("pool"), &pool)...)
	if resp.Diagnostics.HasError() || pool.IsUnknown() || !a.client.LocationKnown() {
		return
	}
	if err := a.client.CanSyncBackupServices(ctx, pool.ValueString()); err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("pool"), "planning to synchronize "+pool.ValueString(), err)
	}
}

// Invoke synchronizes both pools of the pair.
func (a *backupServiceSyncAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	defer a.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, a.client.Timeout())
	defer cancel()

	var pool types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("pool"), &pool)...)
	if resp.Diagnostics.HasError() {
		return
	}
	warnings, err := a.client.SyncBackupServices(ctx, pool.ValueString(), func(start client.SyncStart) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(
			"%s: synchronizing with %s (Invoke-CsBackupServiceSync)", start.Pool, start.Partner)})
	})
	for _, warning := range warnings {
		resp.Diagnostics.AddAttributeWarning(path.Root("pool"), "Synchronizing "+pool.ValueString(),
			message.Sentence(warning))
	}
	if err != nil {
		addError(&resp.Diagnostics, "synchronizing the backup services of "+pool.ValueString(), err, noAttribute)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: "Both pools were synchronized. Use " +
		"lync_backup_service_status to check whether their backup services are in a steady state"})
}
