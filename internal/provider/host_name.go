package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// isPoolName accepts the FQDN of a pool.
var isPoolName = stringvalidator.RegexMatches(topology.HostName,
	"must be the fully qualified domain name of a pool, such as pool-paris.contoso.com")

// poolNameAttribute is the argument of a data source that names a pool.
func poolNameAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Required:            true,
		MarkdownDescription: description,
		Validators:          []validator.String{isPoolName},
	}
}

// poolNames returns the known members of a set, as the user spells them, and whether all members are known.
func poolNames(pools types.Set) (names []string, allKnown bool) {
	if pools.IsUnknown() {
		return nil, false
	}
	allKnown = true
	for _, value := range pools.Elements() {
		name, ok := value.(types.String)
		if !ok || name.IsUnknown() {
			allKnown = false
			continue
		}
		names = append(names, name.ValueString())
	}
	return names, allKnown
}

// canonicalNames returns the canonical names, sorted.
func canonicalNames(names []string) []string {
	canonical := make([]string, 0, len(names))
	for _, name := range names {
		canonical = append(canonical, topology.CanonicalFQDN(name))
	}
	slices.Sort(canonical)
	return canonical
}

// canonicalOrUnknown returns the canonical name of a known name.
func canonicalOrUnknown(name types.String) types.String {
	if name.IsUnknown() {
		return name
	}
	return types.StringValue(topology.CanonicalFQDN(name.ValueString()))
}

// keepSpelling returns name if it names the observed host, and the observed name otherwise.
func keepSpelling(name types.String, observed string) types.String {
	if topology.CanonicalFQDN(name.ValueString()) == observed {
		return name
	}
	return textOrNull(observed)
}
