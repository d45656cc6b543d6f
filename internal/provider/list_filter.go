package provider

import (
	"context"
	"errors"
	"iter"

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
)

// listFilterModel is the configuration of every list resource.
type listFilterModel struct {
	Site    types.String `tfsdk:"site"`
	Version types.String `tfsdk:"version"`
	Exclude types.List   `tfsdk:"exclude"`
}

// listFilterAttributes describes the filters. isID validates one id of exclude.
func listFilterAttributes(site, id string, isID validator.String) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"site": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "List only " + site + ", by its name in the topology, in any letter case. The name " +
				"of an unknown site is an error.",
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"version": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "List only this product version: " + versionNames() + " Letter case makes no " +
				"difference. Any other version that the topology does not have is an error.",
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"exclude": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Objects to omit because they are already managed: " + id + ". Unknown ids make no " +
				"difference.",
			Validators: []validator.List{listvalidator.ValueStringsAre(isID)},
		},
	}
}

// listFilter reads the configuration. canonical returns the canonical form of an id that isID has accepted.
func listFilter(
	ctx context.Context, config tfsdk.Config, canonical func(id string) string,
) (client.Filter, diag.Diagnostics) {
	var m listFilterModel
	diags := config.Get(ctx, &m)
	if diags.HasError() {
		return client.Filter{}, diags
	}
	f := client.Filter{Site: m.Site.ValueString(), Version: m.Version.ValueString()}
	var exclude []types.String
	diags.Append(m.Exclude.ElementsAs(ctx, &exclude, false)...)
	for _, id := range exclude {
		f.Exclude = append(f.Exclude, canonical(id.ValueString()))
	}
	return f, diags
}

// listResults converts objects into results, up to the limit of the request. fill sets the result of one object.
func listResults[T any](
	ctx context.Context, req list.ListRequest, objects []T, fill func(object *T, result *list.ListResult),
) iter.Seq[list.ListResult] {
	if req.Limit > 0 && int64(len(objects)) > req.Limit {
		objects = objects[:req.Limit]
	}
	return func(push func(list.ListResult) bool) {
		for i := range objects {
			result := req.NewListResult(ctx)
			fill(&objects[i], &result)
			if !push(result) {
				return
			}
		}
	}
}

// addListError adds an error of the client, on the filter that caused it.
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
