package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Defaults of an appliance. They are those of Topology Builder.
const (
	defaultBranchFailure  = "2m"
	defaultBranchFailback = "4m"
)

func branchBackupSchema(ctx context.Context) schema.Schema {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	isHost := hostName("must be a fully qualified domain name, such as sba-nantes.contoso.com")
	return schema.Schema{
		MarkdownDescription: "Manages the pool of a Survivable Branch Appliance or Server: its backup registrar, and " +
			"the pool that provides the user services of its users. The product has one setting for both, and every " +
			"appliance has this setting. Therefore the resource adopts the existing association: a creation never " +
			"moves an appliance to another pool, and a destroy removes only a backup registrar that the creation " +
			"wrote.\n\nAny number of appliances can have the same pool, and the pool does not have to be in a pair. " +
			"An appliance does not follow its pool to that pool's partner: when the pool fails, the users of the " +
			"appliance are in resiliency mode, even after the pool is failed over.",
		Attributes: map[string]schema.Attribute{
			"appliance": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "FQDN of the Survivable Branch Appliance or Server, as the topology has it. " +
					"Letter case and a trailing dot make no difference. A change to another appliance replaces the " +
					"resource.",
				Validators:    []validator.String{isHost},
				PlanModifiers: []planmodifier.String{sameName{replaces: true}},
			},
			"backup_pool": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "FQDN of the appliance's Front End pool. A change moves the appliance in place: " +
					"its backup registrar, its user services, and its web services if the previous pool provides them.",
				Validators:    []validator.String{isHost},
				PlanModifiers: []planmodifier.String{sameName{}},
			},
			"automatic_failover": failoverAttribute("Whether the users of the appliance register with the pool " +
				"automatically when the appliance fails."),
			"failure_detection_interval": intervalAttribute("How long the appliance must be unreachable before the "+
				"product treats it as failed.", defaultBranchFailure),
			"failback_detection_interval": intervalAttribute("How long a failed appliance must be reachable again "+
				"before its users move back.", defaultBranchFailback),
			"id": text("FQDN of the appliance, lower case."),
			"adopted": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the backup registrar existed before this resource. Always `true` after " +
					"an import. If `true`, a destroy keeps the backup registrar. If `false`, a destroy removes it.",
			},
			"topology_enabled": topologyEnabledAttribute(),
			"branch_site":      text("Name of the appliance's branch site."),
			"central_site": text("Name of the central site that the branch site belongs to. Null if the topology " +
				"does not specify it."),
			"version": text("Product version of the appliance: " + versionNames()),
			"user_services_pool": text("FQDN of the pool that provides the user services of the appliance's users. " +
				"It is always `backup_pool`; any other value is drift."),
			"backup_pool_partner": text("FQDN of the backup registrar of `backup_pool`, which takes over the users " +
				"of that pool but not the appliance. Null without one."),
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
