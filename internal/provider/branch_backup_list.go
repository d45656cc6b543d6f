package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
)

var _ list.ListResourceWithConfigure = (*branchBackupResource)(nil)

// newBranchBackupList returns the resource as a list resource, which has the same name and client.
func newBranchBackupList() list.ListResource { return &branchBackupResource{} }

// ListResourceConfigSchema describes the filters.
func (r *branchBackupResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the Survivable Branch Appliances and Servers that have a backup registrar, for " +
			"`terraform query`, which can generate a configuration that adopts them with an empty plan. Requires " +
			"Terraform 1.14.\n\nAn appliance without a backup registrar is not listed, because it has no association " +
			"to import. Create the resource without an import. An appliance whose backup registrar and user services " +
			"are on different pools is listed with a mark. The plan after its import shows the references that an " +
			"apply would move.",
		Attributes: listFilterAttributes("appliances in this branch site or in a branch site of this central site",
			"ids of branch backups, which are the names of appliances, in any letter case",
			hostName("must be the id of a branch backup, which is the name of its appliance, such as "+
				"sba-nantes.contoso.com")),
	}
}

// List lists the appliances with their associations.
func (r *branchBackupResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	defer r.client.Enter()()
	reading, cancel := context.WithTimeout(ctx, r.client.Timeout())
	defer cancel()

	// Read request.
	filter, diags := listFilter(ctx, req.Config, func(id string) string { return fqdnOf(id).String() })
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}

	// Find the associations.
	branches, err := r.client.Branches(reading, filter)
	if err != nil {
		addListError(&diags, "listing the branch backups", err)
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}

	// Write results.
	stream.Results = listResults(ctx, req, branches, func(branch *client.ObservedBranch, result *list.ListResult) {
		result.DisplayName = branch.Appliance.String()
		if branch.BackupPool != branch.UserServicesPool {
			result.DisplayName += " (not on one pool)"
		}
		result.Diagnostics.Append(setBranchIdentity(ctx, result.Identity, branch.Appliance)...)
		if req.IncludeResource {
			result.Diagnostics.Append(result.Resource.Set(ctx, importedBranchModel(r.client, branch))...)
		}
	})
}
