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
		MarkdownDescription: "Manages a pair of Front End pools that are each other's backup registrar. The " +
			"relationship is always between two pools and always mutual, so one resource has both directions: the " +
			"backup registrars, the backup services that copy user data, and the standby Central Management store if " +
			"a member hosts the active store.\n\nThe provider checks the rules of the product at plan time, against " +
			"the topology and against the other pairs of the plan.",
		Attributes: map[string]schema.Attribute{
			"pools": schema.SetAttribute{
				Required:    true,
				ElementType: types.StringType,
				MarkdownDescription: "FQDNs of the two Front End pools. Order, letter case and a trailing dot make " +
					"no difference. A change to other pools replaces the resource.",
				Validators:    []validator.Set{setvalidator.ValueStringsAre(isPoolName)},
				PlanModifiers: []planmodifier.Set{samePools{}},
			},
			"automatic_failover": failoverAttribute("Whether sign-in and basic voice move to the other pool " +
				"automatically when a pool fails. Only an administrator can fail over the pool itself."),
			"failure_detection_interval": intervalAttribute("How long a pool must be unreachable before the product "+
				"treats it as failed.", defaultPairFailure),
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
				MarkdownDescription: "Manual steps on the servers that are necessary after the pair is published and " +
					"before it protects users, in this order and with the commands for these servers. The steps " +
					"depend only on the topology, so they are the same after an import.",
			},
			"registrars": schema.MapNestedAttribute{
				Computed: true,
				MarkdownDescription: "The two directions as the topology has them, by the FQDN of the pool. A plan " +
					"shows each missing or wrong link in this attribute.",
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
		MarkdownDescription: "Settings of one direction, by the FQDN of the member. They apply when this pool fails. " +
			"An unset value defaults to the argument of the same name for the pair.",
		PlanModifiers: []planmodifier.Map{samePerPool{}},
		NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"automatic_failover": schema.BoolAttribute{
					Optional:            true,
					MarkdownDescription: "Same as `automatic_failover` of the pair, for this pool only.",
				},
				"failure_detection_interval": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Same as `failure_detection_interval` of the pair, for this pool only.",
					Validators:          []validator.String{wholeSeconds{}},
				},
				"failback_detection_interval": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "Same as `failback_detection_interval` of the pair, for this pool only.",
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
		MarkdownDescription: description + " " + rangeText + " Default `" + defaultValue + "`. If automatic failover " +
			"is off and the adopted topology has no interval, the default is no interval.",
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
		"edition": text("`enterprise` or `standard`. Null if the topology does not specify it."),
		"version": text("Product version: " + versionNames()),
		"service_version": schema.Int64Attribute{Computed: true,
			MarkdownDescription: "`ServiceVersion` of the pool's Registrar."},
		"backup_registrar": text("FQDN of the pool that takes over when this pool fails. Null if the topology has " +
			"none, or if the reference does not resolve."),
		"automatic_failover": schema.BoolAttribute{Computed: true,
			MarkdownDescription: "Whether that pool takes over automatically. Null without a backup registrar, and " +
				"for a value that is not readable."},
		"failure_detection_interval": text("How long this pool must be unreachable before the product treats it as " +
			"failed."),
		"failback_detection_interval": text("How long this pool must be reachable again before its users move back."),
		"backup_service": text("FQDN of the pool with which this pool's backup service exchanges user data. Null " +
			"without one."),
		"central_management": text("`active` or `standby` if the pool hosts Central Management. Null otherwise."),
	}
}

func poolPairIdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"first_pool": identityschema.StringAttribute{
				RequiredForImport: true,
				Description: "FQDN of the member that sorts first. An import accepts the two members in any " +
					"order.",
			},
			"second_pool": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "FQDN of the other member.",
			},
		},
	}
}
