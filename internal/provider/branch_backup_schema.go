package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Defaults of an appliance, which are those of Topology Builder.
const (
	defaultBranchFailure  = "2m"
	defaultBranchFailback = "4m"
)

func branchBackupSchema(ctx context.Context) schema.Schema {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	isHost := stringvalidator.RegexMatches(topology.HostName, "must be a fully qualified domain name, such as sba-nantes.contoso.com")
	return schema.Schema{
		MarkdownDescription: "The pool of a Survivable Branch Appliance or Server: its backup registrar, and the pool whose user services its users work with. " +
			"The product has one setting for both, and every appliance has it. So this resource takes charge of what is there: " +
			"a creation never moves an appliance to another pool, and a destroy removes no more than a backup registrar that the creation wrote.\n\n" +
			"Any number of appliances may have one pool, in a pair or not. An appliance does not follow its pool to that pool's partner: " +
			"when the pool fails its users are in resiliency mode, also after the pool was failed over.",
		Attributes: map[string]schema.Attribute{
			"appliance": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "FQDN of the Survivable Branch Appliance or Server, as the topology has it. " +
					"Letter case and a trailing dot make no difference. Another appliance replaces the resource.",
				Validators:    []validator.String{isHost},
				PlanModifiers: []planmodifier.String{sameName{replaces: true}},
			},
			"backup_pool": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "FQDN of the Front End pool that is the appliance's pool. A change moves the appliance in place: " +
					"its backup registrar, its user services, and its web services where they are those of the pool it leaves.",
				Validators:    []validator.String{isHost},
				PlanModifiers: []planmodifier.String{sameName{}},
			},
			"automatic_failover":          failoverAttribute("Whether the users of the appliance register with the pool by themselves when the appliance fails."),
			"failure_detection_interval":  intervalAttribute("How long the appliance has to be unreachable before it counts as failed.", defaultBranchFailure),
			"failback_detection_interval": intervalAttribute("How long a failed appliance has to be reachable again before its users move back.", defaultBranchFailback),
			"id":                          text("FQDN of the appliance, lower case."),
			"adopted": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the backup registrar was there when this resource took charge of the appliance, as after every import. " +
					"If so a destroy leaves it; if not, a destroy removes it.",
			},
			"topology_enabled":    topologyEnabledAttribute(),
			"branch_site":         text("Name of the appliance's branch site."),
			"central_site":        text("Name of the central site that the branch site belongs to; null where the topology does not tell."),
			"version":             text("Product version of the appliance, such as `Lync Server 2013`."),
			"user_services_pool":  text("FQDN of the pool whose user services the appliance's users work with. It is always `backup_pool`; anything else is drift."),
			"backup_pool_partner": text("FQDN of the backup registrar of `backup_pool`, which takes over that pool's own users; the appliance does not follow it. Null without one."),
		},
		Blocks: map[string]schema.Block{
			"timeouts": timeouts.BlockAll(ctx),
		},
	}
}

func branchBackupIdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"appliance": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "FQDN of the appliance.",
			},
		},
	}
}
