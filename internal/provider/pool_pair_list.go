package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

var _ list.ListResourceWithConfigure = (*poolPairResource)(nil)

// isPairID accepts the id of a pair in any order and spelling.
var isPairID = wellFormed{
	requirement: "must be the id of a pair, such as pool-lyon.contoso.com,pool-paris.contoso.com",
	pattern:     regexp.MustCompile(`^[^\s,]*[^\s,.]\.?,[^\s,]*[^\s,.]\.?$`),
	parse: func(text string) error {
		_, err := topology.ParsePairID(text)
		return err
	},
}

// newPoolPairList returns the resource as a list resource, which has the same name and client.
func newPoolPairList() list.ListResource { return &poolPairResource{} }

// ListResourceConfigSchema describes the filters.
func (r *poolPairResource) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the pairs of Front End pools of Lync Server 2013 and later, for `terraform " +
			"query`, which can generate a configuration that adopts them with an empty plan. If the two directions " +
			"of a pair differ, the configuration has `per_pool`. Requires Terraform 1.14.\n\nA pair that lacks a " +
			"link is listed as incomplete. The plan after its import shows the links that an apply would write. A " +
			"backup registrar in only one direction is not a pair: see `pools` and `findings` of `lync_topology`.",
		Attributes: listFilterAttributes("pairs with a pool in this site",
			"ids of pairs, with the pools in any order and in any letter case",
			isPairID),
	}
}

// List lists the pairs.
func (r *poolPairResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	defer r.client.Enter()()
	reading, cancel := context.WithTimeout(ctx, r.client.Timeout())
	defer cancel()

	// Read request.
	filter, diags := listFilter(ctx, req.Config, func(id string) string {
		pair, _ := topology.ParsePairID(id) // a validator has accepted it
		return pair.String()
	})
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}

	// Find the pairs.
	pairs, err := r.client.Pairs(reading, filter)
	if err != nil {
		addListError(&diags, "listing the pool pairs", err)
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}

	// Write results.
	stream.Results = listResults(ctx, req, pairs, func(pair *client.ObservedPair, result *list.ListResult) {
		result.DisplayName = pair.ID.String()
		if !pair.Complete {
			result.DisplayName += " (incomplete)"
		}
		result.Diagnostics.Append(setIdentity(ctx, result.Identity, pair.ID)...)
		if req.IncludeResource {
			imported, diags := importedModel(ctx, r.client, pair)
			result.Diagnostics.Append(diags...)
			result.Diagnostics.Append(result.Resource.Set(ctx, imported)...)
		}
	})
}
