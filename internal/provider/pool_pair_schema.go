package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Defaults of a pair. They are those of Topology Builder.
const (
	defaultPairFailure  = "5m"
	defaultPairFailback = "10m"
)

const rangeText = "Whole seconds from `30s` to `24h`, with the units h, m and s (such as `5m`, `300s`, `1h30m`)."

func poolPairSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A pair of Front End pools that are each other's backup registrar. " +
			"The relationship is always between two pools and always mutual, so one resource has both directions: " +
			"the backup registrars, the backup services that copy user data, and the standby Central Management " +
			"store if a member hosts the active one.\n\nRules of the product are checked at plan time, against the " +
			"topology and against the other pairs of the plan.",
		Attributes: map[string]schema.Attribute{
			"pools": schema.SetAttribute{
				Required:    true,
				ElementType: types.StringType,
				MarkdownDescription: "FQDNs of the two Front End pools. Order, letter case and a trailing dot make " +
					"no difference. Other pools are another pair and replace the resource.",
				Validators:    []validator.Set{setvalidator.ValueStringsAre(isPoolName)},
				PlanModifiers: []planmodifier.Set{samePools{}},
			},
			"automatic_failover": failoverAttribute("Whether sign-in and basic voice move to the other pool " +
				"automatically when a pool fails. Failing over the pool itself is always an administrator's command."),
			"failure_detection_interval": intervalAttribute("How long a pool must be unreachable before it counts "+
				"as failed.", defaultPairFailure),
			"failback_detection_interval": intervalAttribute("How long a failed pool must be reachable again before "+
				"its users move back.", defaultPairFailback),
			"per_pool": perPoolAttribute(),
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The two pools as `first,second`: lower case, sorted.",
			},
			"topology_enabled": topologyEnabledAttribute(),
			"post_publish_steps": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Manual steps on the servers after the pair is published and before it protects " +
					"users, in this order, with the commands for these servers. They follow from the topology, so " +
					"they are the same after an import.",
			},
			"registrars": schema.MapNestedAttribute{
				Computed: true,
				MarkdownDescription: "The two directions as the topology has them, by the FQDN of the pool. " +
					"A plan shows missing and wrong links here, line by line.",
				NestedObject: schema.NestedAttributeObject{Attributes: registrarAttributes()},
			},
		},
		Blocks: map[string]schema.Block{
			"timeouts": timeouts.BlockAll(ctx),
		},
	}
}

// perPoolAttribute is the argument with settings of one direction.
func perPoolAttribute() schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		Optional: true,
		MarkdownDescription: "Settings of one direction, by the FQDN of the member: they apply when this pool fails. " +
			"An unset value is that of the argument above.",
		PlanModifiers: []planmodifier.Map{samePerPool{}},
		NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"automatic_failover": schema.BoolAttribute{
					Optional:            true,
					MarkdownDescription: "As `automatic_failover`, for this pool.",
				},
				"failure_detection_interval": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "As `failure_detection_interval`, for this pool.",
					Validators:          []validator.String{wholeSeconds{}},
				},
				"failback_detection_interval": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "As `failback_detection_interval`, for this pool.",
					Validators:          []validator.String{wholeSeconds{}},
				},
			},
		},
	}
}

// failoverAttribute is the argument automatic_failover.
func failoverAttribute(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(true),
		MarkdownDescription: description + " Default `true`.",
	}
}

// intervalAttribute is the argument of a detection interval.
func intervalAttribute(description, defaultValue string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(defaultValue),
		MarkdownDescription: description + " " + rangeText + " Default `" + defaultValue +
			"`; without automatic failover, none if the adopted topology has none.",
		Validators:    []validator.String{wholeSeconds{}},
		PlanModifiers: []planmodifier.String{sameDuration{}},
	}
}

// registrarAttributes describes one direction of a pair.
func registrarAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"site":    text("Name of the pool's site."),
		"edition": text("`enterprise` or `standard`; null if the topology does not specify it."),
		"version": text("Product version: " + versionNames()),
		"service_version": schema.Int64Attribute{Computed: true,
			MarkdownDescription: "`ServiceVersion` of the pool's Registrar."},
		"backup_registrar": text("FQDN of the pool that takes over when this pool fails; null if the " +
			"topology has none, or names a service that it does not have."),
		"automatic_failover": schema.BoolAttribute{Computed: true,
			MarkdownDescription: "Whether that pool takes over automatically; null without a backup registrar, and " +
				"for a value that is not readable."},
		"failure_detection_interval":  text("How long this pool must be unreachable before it counts as failed."),
		"failback_detection_interval": text("How long this pool must be reachable again before its users move back."),
		"backup_service": text("FQDN of the pool with which this pool's backup service exchanges user " +
			"data; null without one."),
		"central_management": text("`active` or `standby` if the pool hosts Central Management, else null."),
	}
}

func poolPairIdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"first_pool": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "FQDN of the member that sorts first. An import takes the two in any order.",
			},
			"second_pool": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "FQDN of the other member.",
			},
		},
	}
}
