package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ValidateConfig checks the rules that need no topology document.
func (r *poolPairResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	if r.client != nil {
		defer r.client.Enter()()
	}
	var m poolPairModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if m.Pools.IsNull() {
		return // the framework refuses it
	}
	names, allKnown := poolNames(m.Pools)
	if slices.ContainsFunc(m.Pools.Elements(), attr.Value.IsNull) {
		resp.Diagnostics.AddAttributeError(path.Root("pools"), "Pool without a name",
			"A member of pools is null. Name two Front End pools.")
		return
	}
	if count := len(m.Pools.Elements()); !m.Pools.IsUnknown() && (count == 0 || count > 2) {
		resp.Diagnostics.AddAttributeError(path.Root("pools"), "Not two pools",
			fmt.Sprintf("A pair has exactly two Front End pools; pools has %d.", count))
		return
	}
	if allKnown || len(names) == 2 {
		if fqdns := fqdnsOf(names); isOnePool(fqdns) {
			addViolations(&resp.Diagnostics, resilience.Self(fqdns[0], names...), atPools)
			return
		}
	}
	resp.Diagnostics.Append(m.validatePerPool(names, allKnown)...)
}

// validatePerPool refuses settings for a pool that is not a member, and two entries for one pool.
func (m poolPairModel) validatePerPool(names []string, allKnown bool) diag.Diagnostics {
	var diags diag.Diagnostics
	seen := map[topology.FQDN]bool{}
	for key := range m.PerPool.Elements() {
		member := fqdnOf(key)
		at := path.Root("per_pool").AtMapKey(key)
		if seen[member] {
			diags.AddAttributeError(at, "Settings declared twice",
				fmt.Sprintf("per_pool has two entries for the pool %s. Keep one.", member))
		}
		seen[member] = true
		if allKnown && !slices.Contains(fqdnsOf(names), member) {
			diags.AddAttributeError(at, "Not a member of the pair",
				fmt.Sprintf("per_pool has settings for %q, but the pools of this pair are %s.",
					key, strings.Join(names, " and ")))
		}
	}
	return diags
}

// isOnePool reports whether the names of a set are one pool: a single name, because a set holds equal members once, or
// two spellings of one name.
func isOnePool(fqdns []topology.FQDN) bool {
	if len(fqdns) == 0 || fqdns[0].IsZero() {
		return false
	}
	return len(fqdns) == 1 || fqdns[0] == fqdns[1]
}
