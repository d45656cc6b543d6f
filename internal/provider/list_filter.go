package provider

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// listFilterModel is the configuration of every list resource.
type listFilterModel struct {
	Site    types.String `tfsdk:"site"`
	Version types.String `tfsdk:"version"`
	Exclude types.List   `tfsdk:"exclude"`
}

// listFilterAttributes describes it. isID checks one id of exclude.
func listFilterAttributes(site, id string, isID validator.String) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"site": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "List only " + site + ", by its name in the topology; letter case makes no difference. A name that no site has is an error.",
			Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"version": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "List only this product version: " + versionNames() + " for another one; letter case makes no difference. " +
				"A version that is none of these and that the topology does not have is an error.",
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"exclude": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "What is managed already and is left out: " + id + ". Ids of what is not there make no difference.",
			Validators:          []validator.List{listvalidator.ValueStringsAre(isID)},
		},
	}
}

// versionNames lists what version can be, up to the name that has the number of a version that is not known.
func versionNames() string {
	var names strings.Builder
	for _, version := range topology.KnownVersions() {
		names.WriteString("`" + topology.VersionName(version) + "`, ")
	}
	return names.String() + "or the likes of `" + topology.VersionName(9) + "`"
}

// listFilter reads the configuration. canonical brings an id that isID has let through into its one form.
func listFilter(ctx context.Context, config tfsdk.Config, canonical func(id string) string) (client.Filter, diag.Diagnostics) {
	var m listFilterModel
	diags := config.Get(ctx, &m)
	f := client.Filter{Site: m.Site.ValueString(), Version: m.Version.ValueString()}
	var exclude []types.String
	diags.Append(m.Exclude.ElementsAs(ctx, &exclude, false)...)
	for _, id := range exclude {
		f.Exclude = append(f.Exclude, canonical(id.ValueString()))
	}
	return f, diags
}

// listed turns what was found into results, no more than are asked for. fill sets what a result has of one.
func listResults[T any](ctx context.Context, req list.ListRequest, found []T, fill func(found *T, result *list.ListResult)) iter.Seq[list.ListResult] {
	if req.Limit > 0 && int64(len(found)) > req.Limit {
		found = found[:req.Limit]
	}
	return func(push func(list.ListResult) bool) {
		for i := range found {
			result := req.NewListResult(ctx)
			fill(&found[i], &result)
			if !push(result) {
				return
			}
		}
	}
}

// addListError words an error of the client.
func addListError(diags *diag.Diagnostics, action string, err error) {
	var (
		site    *client.UnknownSiteError
		version *client.UnknownVersionError
	)
	switch {
	case errors.As(err, &site):
		addAttributeError(diags, path.Root("site"), action, err)
	case errors.As(err, &version):
		addAttributeError(diags, path.Root("version"), action, err)
	default:
		addError(diags, action, err, noAttribute)
	}
}
