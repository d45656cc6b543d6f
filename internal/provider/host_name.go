package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// isPoolName accepts the FQDN of a pool.
var isPoolName = hostName("must be the fully qualified domain name of a pool, such as pool-paris.contoso.com")

// hostName returns a validator of the name of a host. requirement completes the sentence that begins with the
// attribute.
func hostName(requirement string) validator.String {
	return wellFormed{requirement: requirement, pattern: topology.HostName, parse: func(text string) error {
		_, err := topology.ParseFQDN(text)
		return err
	}}
}

// poolNameAttribute is the argument of a data source that names a pool.
func poolNameAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Required:            true,
		MarkdownDescription: description,
		Validators:          []validator.String{isPoolName},
	}
}

// fqdnOf returns the FQDN of a name, which is zero for a name that is unknown or null.
func fqdnOf(name string) topology.FQDN {
	fqdn, err := topology.ParseFQDN(name)
	if err != nil {
		return topology.FQDN{}
	}
	return fqdn
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

// fqdnsOf returns the FQDNs of names, sorted.
func fqdnsOf(names []string) []topology.FQDN {
	fqdns := make([]topology.FQDN, 0, len(names))
	for _, name := range names {
		fqdns = append(fqdns, fqdnOf(name))
	}
	slices.SortFunc(fqdns, topology.FQDN.Compare)
	return fqdns
}

// canonicalOrUnknown returns the canonical name of a known name.
func canonicalOrUnknown(name types.String) types.String {
	if name.IsUnknown() {
		return name
	}
	return types.StringValue(fqdnOf(name.ValueString()).String())
}

// keepSpelling returns name if it names the observed host, and the observed name otherwise.
func keepSpelling(name types.String, observed string) types.String {
	if fqdnOf(name.ValueString()).String() == observed {
		return name
	}
	return textOrNull(observed)
}
