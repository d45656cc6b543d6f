package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

var (
	_ resource.Resource                = (*branchBackupResource)(nil)
	_ resource.ResourceWithConfigure   = (*branchBackupResource)(nil)
	_ resource.ResourceWithIdentity    = (*branchBackupResource)(nil)
	_ resource.ResourceWithImportState = (*branchBackupResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*branchBackupResource)(nil)
)

type branchBackupResource struct {
	client *client.Client
}

func newBranchBackupResource() resource.Resource { return &branchBackupResource{} }

// Metadata names the resource.
func (r *branchBackupResource) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_branch_backup"
}

// Schema describes the resource.
func (r *branchBackupResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = branchBackupSchema(ctx)
}

// IdentitySchema describes the identity.
func (r *branchBackupResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = branchBackupIdentitySchema()
}

// Configure stores the client of this walk.
func (r *branchBackupResource) Configure(
	_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse,
) {
	r.client = clientFrom(req.ProviderData, &resp.Diagnostics)
}

// Create adopts the association of an appliance, or writes its Backup element. It never returns an error together with
// a state, because Terraform would then replace the resource with the next apply.
func (r *branchBackupResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.client.Enter()()

	// Read request.
	var plan branchBackupModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(setBranchIdentity(ctx, resp.Identity, plan.name())...)
	timeout, diags := plan.Timeouts.Create(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Write the association.
	created := plan
	created.FailureDetectionInterval = nullIfUnknown(plan.FailureDetectionInterval)
	created.FailbackDetectionInterval = nullIfUnknown(plan.FailbackDetectionInterval)
	branch, adopted, outcome, err := r.client.CreateBranch(ctx, created.desired())
	if err != nil {
		addCreationError(&resp.Diagnostics, "creating the branch backup of "+plan.name().String(), err, plan.at,
			branchImportBlock(plan.name()))
		return
	}
	addOutcome(&resp.Diagnostics, r.client, plan.description(), outcome, diag.SeverityWarning)

	// Write state.
	plan.resolveUnknown(branch, adopted)
	plan.TopologyEnabled = appliedEnabled(r.client, outcome)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Read updates the arguments and the computed values from the topology.
func (r *branchBackupResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	defer r.client.Enter()()

	// Read request.
	var state branchBackupModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(setBranchIdentity(ctx, resp.Identity, state.name())...)
	timeout, diags := state.Timeouts.Read(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	removed := isRemoved(ctx, req.Private, &resp.Diagnostics)
	addViolations(&resp.Diagnostics, r.client.BranchRead(state.name(), state.Adopted.ValueBool()), state.at)
	if resp.Diagnostics.HasError() || !r.client.LocationKnown() {
		return // without a topology the state stays
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Fetch the association.
	branch, err := r.client.Branch(ctx, state.name())
	switch {
	case err != nil:
		addError(&resp.Diagnostics, "reading the branch backup of "+state.name().String(), err, state.at)
		return
	case branch == nil && removed:
		return // the removal is not in effect yet, and the resource still has to run Enable-CsTopology
	case branch == nil:
		resp.State.RemoveResource(ctx)
		return
	}

	// Write state.
	state.setObserved(branch)
	state.TopologyEnabled = refreshedEnabled(r.client, state.TopologyEnabled)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if removed { // the Backup element was written again outside of Terraform
		resp.Diagnostics.Append(markRemoved(ctx, resp.Private, false)...)
	}
}

// Update moves the appliance to the planned pool and writes the planned settings.
func (r *branchBackupResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.client.Enter()()

	// Read request.
	var plan, state branchBackupModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(setBranchIdentity(ctx, resp.Identity, plan.name())...)
	timeout, diags := plan.Timeouts.Update(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	removed := isRemoved(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Write the association, or create it again if its removal was published.
	var (
		branch  *client.ObservedBranch
		outcome client.Outcome
		err     error
	)
	if removed {
		branch, _, outcome, err = r.client.CreateBranch(ctx, plan.desired())
	} else {
		branch, outcome, err = r.client.UpdateBranch(ctx, plan.desired(), isFalse(state.TopologyEnabled))
	}
	if err != nil {
		addError(&resp.Diagnostics, "updating the branch backup of "+plan.name().String(), err, plan.at)
	}
	if branch == nil {
		return
	}
	addOutcome(&resp.Diagnostics, r.client, plan.description(), outcome, diag.SeverityError)

	// Write state.
	plan.resolveUnknown(branch, plan.Adopted.ValueBool())
	plan.TopologyEnabled = appliedEnabled(r.client, outcome)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(markRemoved(ctx, resp.Private, false)...)
}

// Delete removes the Backup element if this resource wrote it.
func (r *branchBackupResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.client.Enter()()

	// Read request.
	var state branchBackupModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, r.client.Timeout())
	resp.Diagnostics.Append(diags...)
	mark := planMarkOf(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	// Remove the Backup element, if this resource wrote it.
	warnings, kept, outcome, err := r.client.DeleteBranch(ctx, state.name(), fqdnOf(state.BackupPool.ValueString()),
		state.Adopted.ValueBool(), client.Removal[topology.DesiredBranch]{
			Enable: isFalse(state.TopologyEnabled), Warn: mark.Warned != state.name().String(), Successor: mark.Branch,
		})
	if err != nil {
		addError(&resp.Diagnostics, "removing the branch backup of "+state.name().String(), err, state.at)
		return
	}
	addViolations(&resp.Diagnostics, warnings, state.at)
	if kept != nil {
		resp.Diagnostics.AddWarning("Backup registrar left unchanged (BR-ONE)", keptBranchText(*kept))
	}
	addOutcome(&resp.Diagnostics, r.client, "the removal of "+state.description(), outcome, diag.SeverityError)
	if outcome.NotEnabled == nil {
		return
	}

	// The Backup element is removed, but this is not in effect: the resource stays in the state until it is.
	state.TopologyEnabled = types.BoolValue(false)
	resp.Diagnostics.Append(setBranchIdentity(ctx, resp.Identity, state.name())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(markRemoved(ctx, resp.Private, true)...)
}

// ImportState adopts the association of an appliance that has a backup registrar. Its id is the name of the appliance.
func (r *branchBackupResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	defer r.client.Enter()()
	ctx, cancel := context.WithTimeout(ctx, r.client.Timeout())
	defer cancel()

	// Read request.
	name := req.ID
	if name == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var identity branchBackupIdentityModel
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		name = identity.Appliance.ValueString()
	}

	// Find the association.
	branch, err := r.client.ImportBranch(ctx, name)
	if err != nil {
		addError(&resp.Diagnostics, "importing the branch backup of "+name, err,
			func(resilience.Violation) path.Path { return path.Root("appliance") })
		return
	}

	// Write state.
	resp.Diagnostics.Append(setBranchIdentity(ctx, resp.Identity, branch.Appliance)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, importedBranchModel(r.client, branch))...)
}

// importedBranchModel returns the state of an imported association, for which the plan of a generated configuration is
// empty.
func importedBranchModel(c *client.Client, branch *client.ObservedBranch) branchBackupModel {
	m := branchBackupModel{
		Appliance: types.StringValue(branch.Appliance.String()), Adopted: types.BoolValue(true),
		TopologyEnabled: refreshedEnabled(c, types.BoolNull()), Timeouts: noTimeouts(),
		AutomaticFailover: types.BoolValue(false), // an absent value is false
	}
	m.setObserved(branch)
	return m
}

// setBranchIdentity sets the identity; see setIdentity.
func setBranchIdentity(
	ctx context.Context, identity *tfsdk.ResourceIdentity, appliance topology.FQDN,
) diag.Diagnostics {
	if identity == nil || appliance.IsZero() {
		return nil
	}
	return identity.Set(ctx, branchBackupIdentityModel{Appliance: types.StringValue(appliance.String())})
}

// keptBranchText words the reason why a removal left an association unchanged.
func keptBranchText(kept client.KeptBranch) string {
	if kept.IsElsewhere {
		return fmt.Sprintf("The backup registrar of %s was left unchanged, because another resource of this run now "+
			"manages it.",
			kept.Appliance)
	}
	return fmt.Sprintf("The backup registrar of %s was left unchanged, because it is now on %s and no longer on %s.",
		kept.Appliance, kept.BackupPool, kept.Pool)
}
