package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// textAttribute is a computed string of a data source.
func textAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// poolAttributes are what a data source tells of a pool.
func poolAttributes() map[string]schema.Attribute {
	kinds := make([]string, 0, len(kindsOfPools))
	for _, kind := range kindsOfPools {
		kinds = append(kinds, fmt.Sprintf("`%s`", kind))
	}
	return map[string]schema.Attribute{
		"site":               textAttribute("Name of the pool's site."),
		"kind":               textAttribute("What the pool is: " + strings.Join(kinds, ", ") + "."),
		"edition":            textAttribute("`enterprise` or `standard`; null where the topology does not tell, and for what is no Front End pool."),
		"version":            textAttribute("Product version, such as `Lync Server 2013`; null for what has no Registrar."),
		"service_version":    schema.Int64Attribute{Computed: true, MarkdownDescription: "`ServiceVersion` of the pool's Registrar; null without one."},
		"front_ends":         schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of Front End Servers; null for what is no Front End pool."},
		"sql_server":         textAttribute("FQDN of the SQL Server with the user database; null where that does not resolve."),
		"central_management": textAttribute("`active` or `standby` where the pool hosts Central Management, else null."),
		"backup_registrar":   textAttribute("FQDN of the pool that takes over when this one fails; null without one. Several, which is a fault, are separated by commas."),
		"backup_service":     textAttribute("FQDN of the pool with which the backup service exchanges user data; null without one."),
		"pair":               textAttribute("Id of the pool's pair, the key of `pairs` in `lync_topology`; null for a pool in no pair."),
		"branch_appliances": schema.SetAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "FQDNs of the appliances of which the pool is the backup registrar.",
		},
	}
}

// pairAttributes are what a data source tells of a pair.
func pairAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"pools":    schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "FQDNs of the two pools."},
		"complete": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether all of the pair is there: both backup registrars and both backup services."},
		"registrars": schema.MapNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The two directions, by the FQDN of the pool.",
			NestedObject:        schema.NestedAttributeObject{Attributes: registrarDataAttributes()},
		},
	}
}

// registrarDataAttributes are those of the resource, in the schema of a data source.
func registrarDataAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, attribute := range registrarAttributes() {
		description := attribute.GetMarkdownDescription()
		switch attribute.GetType() {
		case types.BoolType:
			attributes[name] = schema.BoolAttribute{Computed: true, MarkdownDescription: description}
		case types.Int64Type:
			attributes[name] = schema.Int64Attribute{Computed: true, MarkdownDescription: description}
		default:
			attributes[name] = textAttribute(description)
		}
	}
	return attributes
}

// findingsAttribute are violations of rules.
func findingsAttribute(description string) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: description,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"rule":     textAttribute("Id of the rule, such as `PP-ONE`."),
			"severity": textAttribute("`error`, `unsupported`, `discouraged` or `info`."),
			"summary":  textAttribute("The violated rule in words, with its id."),
			"detail":   textAttribute("What was found, and what to do."),
			"objects":  schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "FQDNs of what it is about."},
			"source":   textAttribute("Where the rule is written."),
		}},
	}
}

// The values of diagram_appliances.
const (
	appliancesCounted = "count"
	appliancesDrawn   = "draw"
)

func topologySchema() schema.Schema {
	nested := func(attributes map[string]schema.Attribute) schema.NestedAttributeObject {
		return schema.NestedAttributeObject{Attributes: attributes}
	}
	return schema.Schema{
		MarkdownDescription: "The whole topology: sites, pools, branch appliances, pairs, and what in it breaks a rule. " +
			"The maps can be used in `for_each` as they are; names in them are lower case.",
		Attributes: map[string]schema.Attribute{
			"inventory": inventoryAttribute(),
			"signature": textAttribute("Signature of the published topology."),
			"sites": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Central sites and branch sites, by number.",
				NestedObject: nested(map[string]schema.Attribute{
					"id":     textAttribute("Number of the site."),
					"name":   textAttribute("Name of the site."),
					"kind":   textAttribute("`central` or `branch`."),
					"parent": textAttribute("Name of the central site of a branch site; null where the topology does not tell."),
				}),
			},
			"pools": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Pools by FQDN. Branch appliances and hosts of other kinds, such as SQL Servers, are not among them.",
				NestedObject:        nested(poolAttributes()),
			},
			"branch_appliances": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Survivable Branch Appliances and Servers by FQDN.",
				NestedObject: nested(map[string]schema.Attribute{
					"branch_site":                 textAttribute("Name of the appliance's branch site."),
					"central_site":                textAttribute("Name of the central site that the branch site belongs to; null where the topology does not tell."),
					"version":                     textAttribute("Product version, such as `Lync Server 2013`."),
					"backup_pool":                 textAttribute("FQDN of the appliance's backup registrar; null without one. Several, which is a fault, are separated by commas."),
					"user_services_pool":          textAttribute("FQDN of the pool whose user services the appliance's users work with."),
					"automatic_failover":          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the users register with the pool by themselves when the appliance fails."},
					"failure_detection_interval":  textAttribute("How long the appliance has to be unreachable."),
					"failback_detection_interval": textAttribute("How long the appliance has to be reachable again."),
				}),
			},
			"pairs": schema.MapNestedAttribute{
				Computed: true,
				MarkdownDescription: "Pairs of Front End pools of Lync Server 2013 and later by id, also those of which something is missing. " +
					"A backup registrar in one direction alone makes no pair: it is in `pools` and in `findings`.",
				NestedObject: nested(pairAttributes()),
			},
			"findings": findingsAttribute("What in the topology, or in `inventory`, breaks a rule, whether a resource declares it or not. " +
				"Rules in `ignored_rules` are left out, and `strict_support` raises nothing here."),
			"diagram_appliances": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Whether `diagram` has the number of a pool's branch appliances, `count`, or each of them in its branch site, `draw`. Default `count`. Those that have not exactly one pool are always drawn, " +
					"up to 30 of them; more are counted in a box of their own. " +
					"What draws Mermaid refuses more than 500 lines between boxes, or 50,000 characters, unless it is configured otherwise.",
				Validators: []validator.String{stringvalidator.OneOf(appliancesCounted, appliancesDrawn)},
			},
			"diagram": textAttribute("The Front End pools in their sites and what backs up what, as a [Mermaid](https://mermaid.js.org) graph: pairs are thick, " +
				"what is one-sided or incomplete is dashed and red."),
		},
	}
}
