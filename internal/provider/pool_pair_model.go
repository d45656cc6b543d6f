package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type poolPairModel struct {
	ID                        types.String         `tfsdk:"id"`
	Pools                     types.Set            `tfsdk:"pools"`
	AutomaticFailover         types.Bool           `tfsdk:"automatic_failover"`
	FailureDetectionInterval  timetypes.GoDuration `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval timetypes.GoDuration `tfsdk:"failback_detection_interval"`
	PerPool                   types.Map            `tfsdk:"per_pool"`
	Registrars                types.Map            `tfsdk:"registrars"`
	TopologyEnabled           types.Bool           `tfsdk:"topology_enabled"`
	PostPublishSteps          types.List           `tfsdk:"post_publish_steps"`
	Timeouts                  timeouts.Value       `tfsdk:"timeouts"`
}

type poolPairIdentityModel struct {
	FirstPool  types.String `tfsdk:"first_pool"`
	SecondPool types.String `tfsdk:"second_pool"`
}

// perPoolModel is one entry of per_pool; null leaves an argument as it is for the pair.
type perPoolModel struct {
	AutomaticFailover         types.Bool           `tfsdk:"automatic_failover"`
	FailureDetectionInterval  timetypes.GoDuration `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval timetypes.GoDuration `tfsdk:"failback_detection_interval"`
}

type registrarModel struct {
	Site                      types.String `tfsdk:"site"`
	Edition                   types.String `tfsdk:"edition"`
	Version                   types.String `tfsdk:"version"`
	ServiceVersion            types.Int64  `tfsdk:"service_version"`
	BackupRegistrar           types.String `tfsdk:"backup_registrar"`
	AutomaticFailover         types.Bool   `tfsdk:"automatic_failover"`
	FailureDetectionInterval  types.String `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval types.String `tfsdk:"failback_detection_interval"`
	BackupService             types.String `tfsdk:"backup_service"`
	CentralManagement         types.String `tfsdk:"central_management"`
}

var (
	perPoolType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"automatic_failover":          types.BoolType,
		"failure_detection_interval":  timetypes.GoDurationType{},
		"failback_detection_interval": timetypes.GoDurationType{},
	}}
	registrarType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"site": types.StringType, "edition": types.StringType, "version": types.StringType, "service_version": types.Int64Type,
		"backup_registrar": types.StringType, "automatic_failover": types.BoolType,
		"failure_detection_interval": types.StringType, "failback_detection_interval": types.StringType,
		"backup_service": types.StringType, "central_management": types.StringType,
	}}
)

// poolNames returns the members that are known, as the user writes them, and whether all are.
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

// pairID returns the pair of a model whose pools are known.
func (m poolPairModel) pairID() client.PairID {
	id, err := client.ParsePairID(m.ID.ValueString())
	if err == nil && id.Second != "" {
		return id
	}
	names, _ := poolNames(m.Pools)
	if len(names) != 2 {
		return client.PairID{}
	}
	return client.NewPairID(names[0], names[1])
}

// desired returns the pair as the model wants it, with what is known of it.
func (m poolPairModel) desired(ctx context.Context) (resilience.Pair, diag.Diagnostics) {
	var diags diag.Diagnostics
	pair := resilience.Pair{Settings: map[string]resilience.Settings{}}
	names, _ := poolNames(m.Pools)
	copy(pair.Members[:], names)
	perPool, diags := m.perPool(ctx)
	if m.PerPool.IsUnknown() || diags.HasError() {
		return pair, diags
	}
	for _, name := range names {
		member := topology.CanonicalFQDN(name)
		apart := perPool[member]
		auto := valueOr(apart.AutomaticFailover, m.AutomaticFailover)
		failure := valueOr(apart.FailureDetectionInterval, m.FailureDetectionInterval)
		failback := valueOr(apart.FailbackDetectionInterval, m.FailbackDetectionInterval)
		if auto.IsUnknown() || failure.IsUnknown() || failback.IsUnknown() {
			continue
		}
		pair.Settings[member] = resilience.Settings{
			AutomaticFailover: auto.ValueBool(),
			FailureDetection:  durationOrDefault(failure, defaultPairFailure),
			FailbackDetection: durationOrDefault(failback, defaultPairFailback),
			FailureOptional:   failure.IsNull(),
			FailbackOptional:  failback.IsNull(),
		}
	}
	return pair, diags
}

// perPool returns the entries of per_pool by canonical name.
func (m poolPairModel) perPool(ctx context.Context) (map[string]perPoolModel, diag.Diagnostics) {
	if m.PerPool.IsNull() || m.PerPool.IsUnknown() {
		return nil, nil
	}
	entries := map[string]types.Object{}
	diags := m.PerPool.ElementsAs(ctx, &entries, false)
	found := make(map[string]perPoolModel, len(entries))
	for key, object := range entries {
		var entry perPoolModel // of an entry that is null: nothing apart
		switch {
		case object.IsUnknown():
			entry.AutomaticFailover = types.BoolUnknown()
			entry.FailureDetectionInterval, entry.FailbackDetectionInterval = timetypes.NewGoDurationUnknown(), timetypes.NewGoDurationUnknown()
		case !object.IsNull():
			diags.Append(object.As(ctx, &entry, objectAsOptions)...)
		}
		found[topology.CanonicalFQDN(key)] = entry
	}
	return found, diags
}

// orElse returns the first value unless it is null.
func valueOr[T attr.Value](value, otherwise T) T {
	if value.IsNull() {
		return otherwise
	}
	return value
}

// otherwise returns a duration that a validator has let through, or the default where nobody tells one.
func durationOrDefault(d timetypes.GoDuration, defaultValue string) time.Duration {
	return durationOf(valueOr(d, goDuration(defaultValue)))
}

// length returns a duration that a validator has let through; zero for null.
func durationOf(d timetypes.GoDuration) time.Duration {
	if d.IsNull() || d.IsUnknown() {
		return 0
	}
	value, _ := d.ValueGoDuration()
	return value
}

// what names the pair in a message.
func (m poolPairModel) description() string { return "the pool pair " + m.pairID().String() }

// read takes over what the topology has of a pair, beside the arguments.
func (m *poolPairModel) setObserved(ctx context.Context, pair *client.Pair) diag.Diagnostics {
	m.ID = types.StringValue(pair.ID.String())
	var diags, more diag.Diagnostics
	m.Registrars, diags = registrarsFrom(ctx, pair)
	m.PostPublishSteps, more = types.ListValueFrom(ctx, types.StringType, pair.Steps())
	diags.Append(more...)
	return diags
}

// written completes a plan with what was unknown in it, as read back; what was known stays as planned.
func (m *poolPairModel) resolveUnknown(ctx context.Context, pair *client.Pair) diag.Diagnostics {
	m.ID = types.StringValue(pair.ID.String())
	var diags diag.Diagnostics
	m.Registrars, diags = resolveRegistrars(ctx, m.Registrars, pair)
	steps, more := types.ListValueFrom(ctx, types.StringType, pair.Steps())
	m.PostPublishSteps = resolve(m.PostPublishSteps, steps)
	diags.Append(more...)
	return diags
}

// registrarsFrom maps what the topology has.
func registrarsFrom(ctx context.Context, pair *client.Pair) (types.Map, diag.Diagnostics) {
	entries := map[string]registrarModel{}
	for _, r := range pair.Registrars {
		entries[r.Pool] = registrarFrom(r)
	}
	return types.MapValueFrom(ctx, registrarType, entries)
}

func registrarFrom(r client.Registrar) registrarModel {
	return registrarModel{
		Site: textOrNull(r.Site), Edition: textOrNull(r.Edition), Version: textOrNull(r.Version),
		ServiceVersion:            types.Int64Value(int64(r.ServiceVersion)),
		BackupRegistrar:           textOrNull(r.BackupRegistrar),
		AutomaticFailover:         types.BoolPointerValue(r.AutomaticFailover),
		FailureDetectionInterval:  durationOrNull(r.FailureDetection),
		FailbackDetectionInterval: durationOrNull(r.FailbackDetection),
		BackupService:             textOrNull(r.BackupService),
		CentralManagement:         textOrNull(r.CentralManagement),
	}
}

// plannedRegistrars is what the two directions will be: what the resource writes as desired, what it only observes as
// it was, or unknown for a pair that is new.
func plannedRegistrars(ctx context.Context, desired resilience.Pair, allKnown bool, prior types.Map) (types.Map, diag.Diagnostics) {
	if !allKnown {
		return types.MapUnknown(registrarType), nil
	}
	var diags diag.Diagnostics
	before := map[string]registrarModel{}
	if !prior.IsNull() && !prior.IsUnknown() {
		diags.Append(prior.ElementsAs(ctx, &before, false)...)
	}
	id := client.NewPairID(desired.Members[0], desired.Members[1])
	entries := map[string]registrarModel{}
	for _, member := range []string{id.First, id.Second} {
		entry, observed := before[member]
		if !observed {
			entry = registrarModel{
				Site: types.StringUnknown(), Edition: types.StringUnknown(), Version: types.StringUnknown(),
				ServiceVersion: types.Int64Unknown(), CentralManagement: types.StringUnknown(),
			}
		}
		entry.BackupRegistrar = types.StringValue(id.Other(member))
		entry.BackupService = types.StringValue(id.Other(member))
		entry.AutomaticFailover = types.BoolUnknown()
		entry.FailureDetectionInterval, entry.FailbackDetectionInterval = types.StringUnknown(), types.StringUnknown()
		if s, known := desired.Settings[member]; known {
			was := before[member]
			entry.AutomaticFailover = types.BoolValue(s.AutomaticFailover)
			entry.FailureDetectionInterval = plannedRegistrarInterval(s.FailureDetection, s.FailureOptional, was, was.FailureDetectionInterval)
			entry.FailbackDetectionInterval = plannedRegistrarInterval(s.FailbackDetection, s.FailbackOptional, was, was.FailbackDetectionInterval)
		}
		entries[member] = entry
	}
	value, more := types.MapValueFrom(ctx, registrarType, entries)
	diags.Append(more...)
	return value, diags
}

// plannedRegistrarInterval is what an interval of a direction will be. An optional one stays away from a Backup that is without it.
func plannedRegistrarInterval(desired time.Duration, optional bool, was registrarModel, interval types.String) types.String {
	if hasBackup := !was.AutomaticFailover.IsNull(); optional && hasBackup && interval.IsNull() {
		return interval
	}
	return durationOrNull(&desired)
}

// resolveRegistrars returns the planned directions with what was unknown taken from the topology as read back. What
// was known stays as planned, whatever has happened in the meantime: Terraform accepts nothing else.
func resolveRegistrars(ctx context.Context, planned types.Map, pair *client.Pair) (types.Map, diag.Diagnostics) {
	if planned.IsUnknown() {
		return registrarsFrom(ctx, pair)
	}
	entries := map[string]registrarModel{}
	diags := planned.ElementsAs(ctx, &entries, false)
	for _, r := range pair.Registrars {
		got, entry := registrarFrom(r), entries[r.Pool]
		entry.Site = resolve(entry.Site, got.Site)
		entry.Edition = resolve(entry.Edition, got.Edition)
		entry.Version = resolve(entry.Version, got.Version)
		entry.ServiceVersion = resolve(entry.ServiceVersion, got.ServiceVersion)
		entry.CentralManagement = resolve(entry.CentralManagement, got.CentralManagement)
		entry.AutomaticFailover = resolve(entry.AutomaticFailover, got.AutomaticFailover)
		entry.FailureDetectionInterval = resolve(entry.FailureDetectionInterval, got.FailureDetectionInterval)
		entry.FailbackDetectionInterval = resolve(entry.FailbackDetectionInterval, got.FailbackDetectionInterval)
		entries[r.Pool] = entry
	}
	value, more := types.MapValueFrom(ctx, registrarType, entries)
	diags.Append(more...)
	return value, diags
}

// known returns a planned value, or what was found where the plan did not know it.
func resolve[T attr.Value](planned, found T) T {
	if planned.IsUnknown() {
		return found
	}
	return planned
}

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

func durationOrNull(d *time.Duration) types.String {
	if d == nil {
		return types.StringNull()
	}
	return types.StringValue(resilience.Spelled(*d))
}
