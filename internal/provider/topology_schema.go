package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// poolAttributes describes a pool in a data source.
func poolAttributes() map[string]schema.Attribute {
	kinds := make([]string, 0, len(kindsOfPools))
	for _, kind := range kindsOfPools {
		kinds = append(kinds, fmt.Sprintf("`%s`", kind))
	}
	return map[string]schema.Attribute{
		"site": textAttribute("Name of the pool's site."),
		"kind": textAttribute("Kind of the pool: " + strings.Join(kinds, ", ") + "."),
		"edition": textAttribute("`enterprise` or `standard`. Null if the topology does not specify it, and for " +
			"pools that are not Front End pools."),
		"version": textAttribute("Product version: " + versionNames() +
			" Null for a pool without a Registrar."),
		"service_version": numberAttribute("`ServiceVersion` of the pool's Registrar. Null without one."),
		"front_ends":      numberAttribute("Number of Front End Servers. Null for pools that are not Front End pools."),
		"sql_server": textAttribute("FQDN of the SQL Server with the user database. Null if the reference does not " +
			"resolve."),
		"central_management": textAttribute("`active` or `standby` if the pool hosts Central Management. Null " +
			"otherwise."),
		"backup_registrar": textAttribute("FQDN of the pool that takes over when this pool fails. Null without one, " +
			"and for a reference that does not resolve. Several FQDNs, which are a fault, are separated by commas."),
		"backup_service": textAttribute("FQDN of the pool with which the backup service exchanges user data. Null " +
			"without one."),
		"pair": textAttribute("Id of the pool's pair, the key of `pairs` in `lync_topology`. Null for a pool in no " +
			"pair."),
		"branch_appliances": namesAttribute("FQDNs of the appliances whose backup registrar is the pool."),
	}
}

// pairAttributes describes a pair in a data source.
func pairAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"pools": namesAttribute("FQDNs of the two pools."),
		"complete": boolAttribute("Whether the pair has all its links: both backup registrars and both backup " +
			"services."),
		"registrars": schema.MapNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The two directions, by the FQDN of the pool.",
			NestedObject:        schema.NestedAttributeObject{Attributes: registrarDataAttributes()},
		},
	}
}

// registrarDataAttributes returns registrarAttributes in the schema of a data source.
func registrarDataAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, attribute := range registrarAttributes() {
		description := attribute.GetMarkdownDescription()
		switch attribute.GetType() {
		case types.BoolType:
			attributes[name] = boolAttribute(description)
		case types.Int64Type:
			attributes[name] = numberAttribute(description)
		default:
			attributes[name] = textAttribute(description)
		}
	}
	return attributes
}

// The values of diagram_appliances.
const (
	appliancesCounted = "count"
	appliancesDrawn   = "draw"
)

const (
	diagramAppliancesDescription = "How `diagram` shows branch appliances: `count` shows their number for each pool, " +
		"and `draw` shows each appliance. Default `count`. With `draw`, an appliance is in the box of its branch " +
		"site, or in the box of its pool if the topology has more than twelve pools. Appliances that do not have " +
		"exactly one pool are always drawn, with `count` up to 30 of them. If there are more, a separate box has " +
		"their number. Mermaid renderers refuse more than 500 lines between boxes, or 50,000 characters, unless they " +
		"are configured otherwise."
	diagramDescription = "The Front End pools and their backup relationships, as a [Mermaid](https://mermaid.js.org) " +
		"graph. Up to twelve pools are in the boxes of their sites. More pools are grouped: each pair is a row, " +
		"followed by the backup registrars of Lync Server 2010, the unpaired pools by site, and the faults. Pairs " +
		"are thick arrows. Only faults are red and dashed: incomplete and one-way relationships, and appliances that " +
		"do not have exactly one pool. Other boxes have the color of the product version, which the legend names. " +
		"Pools of Subscription Edition have the color of Skype for Business Server 2019, because they are assumed to " +
		"have its service version."
)

func topologySchema() schema.Schema {
	nested := func(attributes map[string]schema.Attribute) schema.NestedAttributeObject {
		return schema.NestedAttributeObject{Attributes: attributes}
	}
	return schema.Schema{
		MarkdownDescription: "Reads the whole topology: sites, pools, branch appliances, pairs, and violations of " +
			"rules. You can use the maps directly in `for_each`. Names in the maps are lower case.",
		Attributes: map[string]schema.Attribute{
			"inventory": inventoryAttribute(),
			"signature": textAttribute("Signature of the published topology."),
			"sites": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Central sites and branch sites, by number.",
				NestedObject:        nested(siteAttributes()),
			},
			"pools": schema.MapNestedAttribute{
				Computed: true,
				MarkdownDescription: "Pools by FQDN. Branch appliances and hosts of other kinds, such as SQL " +
					"Servers, are not among them.",
				NestedObject: nested(poolAttributes()),
			},
			"branch_appliances": schema.MapNestedAttribute{
				Computed: true,
				MarkdownDescription: "Survivable Branch Appliances and Servers by FQDN. If several clusters have the " +
					"same name, the map has the first one, and the finding TD-NAME lists all of them.",
				NestedObject: nested(branchApplianceAttributes()),
			},
			"pairs": schema.MapNestedAttribute{
				Computed: true,
				MarkdownDescription: "Complete and incomplete pairs of Front End pools of Lync Server 2013 and " +
					"later, by id. A backup registrar in only one direction is not a pair: see `pools` and `findings`.",
				NestedObject: nested(pairAttributes()),
			},
			"findings": findingsAttribute("Violations of rules in the topology, or in `inventory`, with or without a " +
				"resource for the objects. Rules in `ignored_rules` are omitted. `strict_support` has no effect on " +
				"the severities."),
			"diagram_appliances": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: diagramAppliancesDescription,
				Validators:          []validator.String{stringvalidator.OneOf(appliancesCounted, appliancesDrawn)},
			},
			"diagram": textAttribute(diagramDescription),
			"configuration": textAttribute("The configuration that adopts the existing relationships without a " +
				"change to the topology: a resource and an `import` block for each complete pair and for each " +
				"appliance that has one pool. A comment has the finding and the solution for each relationship that " +
				"is omitted: an incomplete pair, an appliance without exactly one pool, and a name or a setting that " +
				"a resource does not accept. Relationships between two Lync Server 2010 pools are not pairs. The " +
				"text includes relationships that resources already hold. It is ASCII, formatted as by " +
				"`terraform fmt`. Write it to a file with `terraform output -raw`. " +
				"See the guide [Adopt an existing deployment](../guides/adopting.md)."),
		},
	}
}

func siteAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":     textAttribute("Number of the site."),
		"name":   textAttribute("Name of the site."),
		"kind":   textAttribute("`central` or `branch`."),
		"parent": textAttribute("Name of the central site of a branch site. Null if the topology does not specify it."),
	}
}

func branchApplianceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"branch_site": textAttribute("Name of the appliance's branch site."),
		"central_site": textAttribute("Name of the central site that the branch site belongs to. Null if the " +
			"topology does not specify it."),
		"version": textAttribute("Product version: " + versionNames()),
		"backup_pool": textAttribute("FQDN of the appliance's backup registrar. Null without one, and for a " +
			"reference that does not resolve. Several FQDNs, which are a fault, are separated by commas."),
		"user_services_pool": textAttribute("FQDN of the pool that provides the user services of the appliance's " +
			"users. Null for a reference that does not resolve."),
		"automatic_failover": boolAttribute("Whether the users register with the pool automatically when the " +
			"appliance fails. Null for a value that is not readable."),
		"failure_detection_interval": textAttribute("How long the appliance must be unreachable before the product " +
			"treats it as failed."),
		"failback_detection_interval": textAttribute("How long the appliance must be reachable again before its " +
			"users move back."),
	}
}
