package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func failoverImpactSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Calculates which users are affected when these Front End pools fail at the same time. " +
			"The data source uses only the topology and never fails over a pool. The result has each service before " +
			"and after an administrator fails over a pool (`Invoke-CsPoolFailOver`): `full`, `none`, or " +
			"`resiliency`, which means sign-in and calls without presence, contacts and conferences. Users homed on " +
			"other pools are not affected. Names in the result are lower case.",
		Attributes: map[string]schema.Attribute{
			"failed_pools": schema.SetAttribute{
				Required: true, ElementType: types.StringType,
				MarkdownDescription: "FQDNs of the Front End pools that fail at the same time. Letter case and a " +
					"trailing dot make no difference. A name that is not a Front End pool of the topology is an error.",
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(isPoolName),
				},
			},
			"inventory": inventoryAttribute(),
			"pools":     mapAttribute("The pools that fail, by FQDN.", failedPoolAttributes()),
			"takeover_pools": mapAttribute("The pools that take over, by FQDN, with their load. "+
				"Users of an appliance count for the pool of its user services (PP-CAP); each appliance counts once. "+
				"A number that `inventory` does not specify is null, and so are the values that depend on it.",
				takeoverAttributes()),
			"branch_appliances": mapAttribute("The appliances that lose their pool, by FQDN. "+
				"They stay in service, and their users stay on them.", affectedApplianceAttributes()),
			"edge_pools": mapAttribute("The Edge pools with a failed pool as next hop, by FQDN. "+
				"The failover of a pool is refused while it is the next hop of an Edge pool (PP-EDGEHOP).",
				affectedEdgeAttributes()),
			"central_management": mapAttribute("The active Central Management that fails, by the FQDN of its pool. "+
				"Empty if it does not fail. An administrator must fail over Central Management before any pool "+
				"(CM-ORDER). If Central Management cannot be failed over, no pool gets `full` "+
				"service.", failedCentralAttributes()),
			"pools_without_service": namesAttribute("FQDNs of the pools that fail and leave their users " +
				"without service, even after a failover."),
			"appliances_in_resiliency_mode": namesAttribute("FQDNs of the appliances that enter resiliency mode and " +
				"stay in it, even after the failover."),
			"appliances_without_backup": namesAttribute("FQDNs of the appliances in `branch_appliances` whose backup " +
				"registrars have all failed. If such an appliance also fails, its users are without service."),
			"findings": findingsAttribute("Violations of rules in the topology, or in `inventory`, that concern a " +
				"pool, an appliance or an Edge pool named above. Rules in `ignored_rules` are left out."),
		},
	}
}

func failedPoolAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"site":  textAttribute("Name of the pool's site."),
		"users": numberAttribute("Number of its users, from `inventory`."),
		"taken_over_by": textAttribute("FQDN of the pool that serves its users during the failure, if only with " +
			"`resiliency`. Null if no pool does. The value is the backup registrar of the pool, if the pool has " +
			"exactly one and it has not failed too."),
		"automatic_failover": boolAttribute("Whether its users register there automatically. Null if no pool takes " +
			"over."),
		"failure_detection_interval": textAttribute("How long the pool must be unreachable before its users register " +
			"there. Null if no pool takes over."),
		"service_before_failover": textAttribute("Service of its users until the pool is failed over: `resiliency` " +
			"with automatic failover, otherwise `none`."),
		"service_after_failover": textAttribute("Service of its users after the failover. `full` only if both pools " +
			"are a complete pair of one version, Lync Server 2013 or later, and Central Management runs or has a " +
			"standby that runs. Before the failover itself, move Central Management as described in " +
			"`central_management`, and give the Edge pools in `edge_pools` another next hop."),
		"reason": textAttribute("Why `service_after_failover` is not `full`. Null if it is `full`."),
	}
}

func takeoverAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"failed_pools":     namesAttribute("FQDNs of the pools that it takes over."),
		"own_users":        numberAttribute("Number of its own users."),
		"users_taken_over": numberAttribute("Number of the users of `failed_pools`."),
		"users":            numberAttribute("Sum of `own_users` and `users_taken_over`."),
		"capacity": numberAttribute("How many users the pool can serve according to Microsoft's documentation " +
			"(PP-CAPNUM): 5,000 for a Standard Edition server after a failover, 6,660 for each Front End Server of " +
			"an Enterprise Edition pool, and at most 80,000 (Lync Server 2013, Skype for Business Server 2015) or " +
			"106,000 (2019, and assumed for Subscription Edition and later versions). Null for a pool of Lync Server " +
			"2010 or of an unknown edition. Sources: Lync Server 2013 documentation, Capacity planning using the " +
			"user models; Skype for Business Server 2019 documentation, User model."),
		"capacity_sufficient": boolAttribute("Whether `users` is at most `capacity`."),
		"appliances_not_counted": namesAttribute("FQDNs of appliances of these pools whose users `inventory` does " +
			"not specify. Unless they are included in the users of the pool, `users` is too low."),
	}
}

func affectedApplianceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"branch_site": textAttribute("Name of the appliance's branch site."),
		"users":       numberAttribute("Number of its users, from `inventory`."),
		"backup_pool": textAttribute("FQDN of the appliance's backup registrar. Null without one, and for a " +
			"reference that does not resolve."),
		"user_services_pool": textAttribute("FQDN of the pool that provides the user services of the appliance's " +
			"users. Null for a reference that does not resolve."),
		"service_before_failover": textAttribute("Service of its users until the pool is failed over: " +
			"`resiliency`, or `full` if only the backup registrar has failed."),
		"service_after_failover": textAttribute("Service of its users after the failover. " +
			"It is the same as before, because an appliance does not follow its pool to the partner (BR-NODR)."),
		"backup_left": textAttribute("FQDN of the pool on which its users register if the appliance fails as well. " +
			"Null if no such pool is left."),
	}
}

func affectedEdgeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"site":             textAttribute("Name of the Edge pool's site."),
		"failed_next_hops": namesAttribute("FQDNs of the next hops that fail."),
		"next_hops_left": namesAttribute("FQDNs of the next hops that do not fail. Usually empty, because an Edge " +
			"pool has one next hop."),
	}
}

func failedCentralAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"move_to": textAttribute("FQDN of the pool with the standby, which is the partner of its pool. Null without " +
			"a standby that runs."),
		"problem": textAttribute("Why `move_to` is null. Null if `move_to` is set."),
	}
}
