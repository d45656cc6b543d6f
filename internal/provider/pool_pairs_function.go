package provider

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
)

var _ function.Function = (*poolPairsFunction)(nil)

// poolPairsFunction needs neither a document nor a configured provider.
type poolPairsFunction struct{}

func newPoolPairsFunction() function.Function { return poolPairsFunction{} }

// Metadata names the function.
func (poolPairsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "pool_pairs"
}

// Definition describes the function. While a name is unknown, Terraform does not call the function, and the whole
// result is unknown.
func (poolPairsFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Pairs of pools, from the partner that each pool declares.",
		MarkdownDescription: "Builds each pair once from the partners that the pools, or their sites, declare. You " +
			"can use the result directly in `for_each` and `pools` of [`lync_pool_pair`](../resources/pool_pair.md). " +
			"Its keys, `first,second`, are the ids of the pairs. Names in the result are lower case and have no " +
			"trailing dot.\n\nThe function refuses the following input, with the names of the pools and the rule: a " +
			"pool that names itself (PP-SELF), two pools that name the same partner (PP-ONE), a partner that names " +
			"another pool, names no pool, or is missing from the map (PP-RECIP), two keys that are one pool, and " +
			"texts that are not the name of a pool, such as two names with a comma between them. One error reports " +
			"all of them.\n\nThe result depends only on the argument, so the function needs no topology and no " +
			"configured provider. Provider functions require Terraform 1.8 or OpenTofu 1.8. OpenTofu before 1.11 " +
			"also requires a configured provider.",
		Parameters: []function.Parameter{function.MapParameter{
			Name:        "partners",
			ElementType: types.StringType,
			MarkdownDescription: "The FQDN of the partner of every pool, by the FQDN of the pool. Letter case and a " +
				"trailing dot make no difference. `null` for a pool without a partner.",
		}},
		Return: function.MapReturn{ElementType: types.SetType{ElemType: types.StringType}},
	}
}

// Run builds the pairs.
func (poolPairsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var partners map[string]*string
	if resp.Error = req.Arguments.Get(ctx, &partners); resp.Error != nil {
		return
	}
	pairs, problems := resilience.PairsOf(partners)
	if problems != nil {
		// Terraform adds a full stop.
		resp.Error = function.NewArgumentFuncError(0, strings.TrimSuffix(partnerProblemsText(problems), "."))
		return
	}
	result := make(map[string][]string, len(pairs))
	for _, pair := range pairs {
		result[pair.String()] = []string{pair.First.String(), pair.Second.String()}
	}
	resp.Error = resp.Result.Set(ctx, result)
}

// partnerProblemsText returns a paragraph for each problem.
func partnerProblemsText(problems *resilience.PartnerProblems) string {
	var texts []string
	for _, p := range problems.Names {
		text := fmt.Sprintf("Not the name of a pool: the key %q %s", p.Pool, nameReasonText(p.Reason))
		if p.IsPartner {
			text = fmt.Sprintf("Not the name of a pool: the partner of %q, %q, %s A pool without a partner has null.",
				p.Pool, p.Partner, nameReasonText(p.Reason))
		}
		texts = append(texts, text)
	}
	for _, keys := range problems.Repeated {
		quoted := make([]string, 0, len(keys))
		for _, key := range keys {
			quoted = append(quoted, strconv.Quote(key))
		}
		texts = append(texts,
			fmt.Sprintf("Pool declared twice: the keys %s are the same pool, because letter case and a trailing dot "+
				"make no difference. Keep one of them.", phrase.List(quoted)))
	}
	for _, v := range problems.Violations {
		texts = append(texts, fmt.Sprintf("%s: %s %s In the map, null means no partner. Source: %s.", v.Summary(),
			v.Detail, v.Advice, v.Rule.Source))
	}
	return strings.Join(texts, "\n\n")
}

func nameReasonText(reason resilience.NameReason) string {
	switch reason {
	case resilience.NameEmpty:
		return "is empty."
	case resilience.NameComma:
		return "has a comma. A pool has only one partner (PP-ONE). Name one."
	case resilience.NameInvalid:
		return "has white space, control characters, an empty part, or more than 253 characters. " +
			"A valid name is pool-paris.contoso.com."
	default:
		return "is not valid."
	}
}
