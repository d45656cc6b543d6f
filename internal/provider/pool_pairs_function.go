package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

var _ function.Function = (*poolPairsFunction)(nil)

// poolPairsFunction needs neither a document nor a configured provider.
type poolPairsFunction struct{}

func newPoolPairsFunction() function.Function { return poolPairsFunction{} }

// Metadata names the function.
func (poolPairsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "pool_pairs"
}

// Definition describes the function. While a name is unknown, Terraform does not call it and takes the whole result as
// unknown.
func (poolPairsFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Pairs of pools, from what each pool tells of its own partner.",
		MarkdownDescription: "Makes pairs of what each pool, or each site, tells of its own partner, each pair once. The result is ready " +
			"for `for_each` of [`lync_pool_pair`](../resources/pool_pair.md) and its `pools`; its keys, `first,second`, are the ids of the pairs. " +
			"Names come out in lower case and without a trailing dot.\n\n" +
			"Refused, with the names of the pools and the rule: a pool that names itself (PP-SELF), two that name the same one (PP-ONE), " +
			"one that names a pool which names another, nobody, or is missing from the map (PP-RECIP), two keys that are one pool, and what " +
			"cannot be the name of a pool, such as two names with a comma between them. All of it is told at once.\n\n" +
			"It looks at nothing but its argument: neither a topology nor a configured provider is needed. Terraform and OpenTofu 1.8 and later have functions of providers; OpenTofu before 1.11 wants the provider configured nevertheless.",
		Parameters: []function.Parameter{function.MapParameter{
			Name:        "partners",
			ElementType: types.StringType,
			MarkdownDescription: "The partner of every pool, by pool: FQDNs, of which letter case and a trailing dot make no difference. " +
				"`null` for a pool without a partner.",
		}},
		Return: function.MapReturn{ElementType: types.SetType{ElemType: types.StringType}},
	}
}

// Run makes the pairs.
func (poolPairsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var partners map[string]*string
	if resp.Error = req.Arguments.Get(ctx, &partners); resp.Error != nil {
		return
	}
	pairs, err := resilience.PairsOf(partners)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, strings.TrimSuffix(err.Error(), ".")) // Terraform puts one there
		return
	}
	result := make(map[string][]string, len(pairs))
	for _, pair := range pairs {
		result[client.NewPairID(pair[0], pair[1]).String()] = pair[:]
	}
	resp.Error = resp.Result.Set(ctx, result)
}
