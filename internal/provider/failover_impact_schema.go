package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func numberAttribute(description string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
}

func namesAttribute(description string) schema.SetAttribute {
	return schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

func mapAttribute(description string, attributes map[string]schema.Attribute) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		Computed: true, MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

func failoverImpactSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Who is hit when these Front End pools fail at once: a rehearsal on paper, which reads the topology and fails nothing over. " +
			"Service is told before an administrator fails a pool over (`Invoke-CsPoolFailOver`) and after it: `full`; `resiliency`, that is sign-in and calls, " +
			"but no presence, contacts or conferences; or `none`. Users homed on other pools are not hit. Names in the result are lower case.",
		Attributes: map[string]schema.Attribute{
			"failed_pools": schema.SetAttribute{
				Required: true, ElementType: types.StringType,
				MarkdownDescription: "FQDNs of the Front End pools that fail, all of them together. Letter case and a trailing dot make no difference. What is no Front End pool of the topology is an error.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.RegexMatches(topology.HostName,
						"must be the fully qualified domain name of a pool, such as pool-paris.contoso.com")),
				},
			},
			"inventory": inventoryAttribute(),
			"pools": mapAttribute("The pools that fail, by FQDN.", map[string]schema.Attribute{
				"site":  textAttribute("Name of the pool's site."),
				"users": numberAttribute("Number of its users, from `inventory`."),
				"taken_over_by": textAttribute("FQDN of the pool that serves its users then, be it with `resiliency` alone; null where nobody does. " +
					"It is the pool's one backup registrar, where that has not failed too."),
				"automatic_failover":         schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether its users register there by themselves; null where nobody takes over."},
				"failure_detection_interval": textAttribute("How long the pool has to be unreachable before they do; null likewise."),
				"service_before_failover":    textAttribute("What its users have until the pool is failed over: `resiliency` with automatic failover, else `none`."),
				"service_after_failover": textAttribute("What they have after that. `full` only where both pools are a whole pair of one version, Lync Server 2013 or later, and Central Management runs or has a standby that does; " +
					"before the failover itself Central Management has to be moved as `central_management` says, and the Edge pools in `edge_pools` need another next hop."),
				"reason": textAttribute("Why it is not `full`; null where it is."),
			}),
			"takeover_pools": mapAttribute("The pools that take over, by FQDN, with what they have to carry. Users of appliances are counted for their pools (PP-CAP), those of their user services; each appliance counts once. "+
				"What `inventory` does not tell is null, and so is what depends on it.", map[string]schema.Attribute{
				"failed_pools":     namesAttribute("FQDNs of the pools that it takes over."),
				"own_users":        numberAttribute("Number of its own users."),
				"users_taken_over": numberAttribute("Number of the users of `failed_pools`."),
				"users":            numberAttribute("All of them."),
				"capacity": numberAttribute("How many users it can carry by the figures in Microsoft's documentation (PP-CAPNUM): 5,000 for a Standard Edition server after a failover, " +
					"6,660 for each Front End Server of an Enterprise Edition pool, and at most 80,000 (Lync Server 2013, Skype for Business Server 2015) or 106,000 (2019). Null for a version without such figures. " +
					"Sources: Lync Server 2013 documentation, Capacity planning using the user models; Skype for Business Server 2019 documentation, User model."),
				"capacity_sufficient":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether `users` is no more than `capacity`."},
				"appliances_not_counted": namesAttribute("FQDNs of appliances of these pools whose users `inventory` does not have. Unless they are among those of the pool, `users` is too low."),
			}),
			"branch_appliances": mapAttribute("The appliances that lose their pool, by FQDN. They run on, and their users stay on them.", map[string]schema.Attribute{
				"branch_site":             textAttribute("Name of the appliance's branch site."),
				"users":                   numberAttribute("Number of its users, from `inventory`."),
				"backup_pool":             textAttribute("FQDN of the appliance's backup registrar; null without one."),
				"user_services_pool":      textAttribute("FQDN of the pool whose user services the appliance's users work with."),
				"service_before_failover": textAttribute("What its users have until the pool is failed over: `resiliency`, or `full` where only the backup registrar has failed."),
				"service_after_failover":  textAttribute("What they have after that: the same, since an appliance does not follow its pool to the partner (BR-NODR)."),
				"backup_left":             textAttribute("FQDN of the pool on which its users register should the appliance fail as well; null where there is none left."),
			}),
			"edge_pools": mapAttribute("The Edge pools with a failed pool as next hop, by FQDN. The failover of a pool is refused while it is the next hop of an Edge pool (PP-EDGEHOP).",
				map[string]schema.Attribute{
					"site":             textAttribute("Name of the Edge pool's site."),
					"failed_next_hops": namesAttribute("FQDNs of the next hops that fail."),
					"next_hops_left":   namesAttribute("FQDNs of the next hops that do not; mostly none, since an Edge pool has one."),
				}),
			"central_management": mapAttribute("The active Central Management that fails, by the FQDN of its pool; empty where it runs. It has to be failed over before any pool is (CM-ORDER); where it cannot be, no pool gets `full` service.",
				map[string]schema.Attribute{
					"move_to": textAttribute("FQDN of the pool with its one standby, the partner of its pool; null where there is none that runs."),
					"problem": textAttribute("Why there is none; null where there is."),
				}),
			"pools_without_service":         namesAttribute("FQDNs of the pools that fail and leave their users with nothing, also after a failover."),
			"appliances_in_resiliency_mode": namesAttribute("FQDNs of the appliances that fall into resiliency mode and stay in it, also after the failover."),
			"appliances_without_backup": namesAttribute("FQDNs of the appliances in `branch_appliances` that have no backup registrar left: " +
				"should one of them fail as well, its users are left with nothing."),
			"findings": findingsAttribute("What in the topology, or in `inventory`, breaks a rule and concerns a pool, an appliance or an Edge pool that is named above. " +
				"Rules in `ignored_rules` are left out."),
		},
	}
}
