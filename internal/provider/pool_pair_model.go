package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/printable"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type poolPairModel struct {
	ID                        types.String   `tfsdk:"id"`
	Pools                     types.Set      `tfsdk:"pools"`
	AutomaticFailover         types.Bool     `tfsdk:"automatic_failover"`
	FailureDetectionInterval  types.String   `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval types.String   `tfsdk:"failback_detection_interval"`
	PerPool                   types.Map      `tfsdk:"per_pool"`
	Registrars                types.Map      `tfsdk:"registrars"`
	TopologyEnabled           types.Bool     `tfsdk:"topology_enabled"`
	PostPublishSteps          types.List     `tfsdk:"post_publish_steps"`
	Timeouts                  timeouts.Value `tfsdk:"timeouts"`
}

type poolPairIdentityModel struct {
	FirstPool  types.String `tfsdk:"first_pool"`
	SecondPool types.String `tfsdk:"second_pool"`
}

// perPoolModel is one entry of per_pool. A null argument has the value of the pair.
type perPoolModel struct {
	AutomaticFailover         types.Bool   `tfsdk:"automatic_failover"`
	FailureDetectionInterval  types.String `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval types.String `tfsdk:"failback_detection_interval"`
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
		"failure_detection_interval":  types.StringType,
		"failback_detection_interval": types.StringType,
	}}
	registrarType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"site": types.StringType, "edition": types.StringType, "version": types.StringType,
		"service_version":  types.Int64Type,
		"backup_registrar": types.StringType, "automatic_failover": types.BoolType,
		"failure_detection_interval": types.StringType, "failback_detection_interval": types.StringType,
		"backup_service": types.StringType, "central_management": types.StringType,
	}}
)

// pairID returns the id of a pair whose pools are known, and the zero PairID otherwise.
func (m poolPairModel) pairID() topology.PairID {
	id, err := topology.ParsePairID(m.ID.ValueString())
	if err == nil && !id.Second.IsZero() {
		return id
	}
	return m.pairIDOfPools()
}

// pairIDOfPools returns the id that follows from two known pools, and the zero PairID otherwise. In a plan, the
// attribute id can still have the value of the state.
func (m poolPairModel) pairIDOfPools() topology.PairID {
	names, _ := poolNames(m.Pools)
	if len(names) != 2 {
		return topology.PairID{}
	}
	return topology.NewPairID(fqdnOf(names[0]), fqdnOf(names[1]))
}

// desired returns the desired pair. It has settings only for the members whose settings are known.
func (m poolPairModel) desired(ctx context.Context) (topology.DesiredPair, diag.Diagnostics) {
	var diags diag.Diagnostics
	pair := topology.DesiredPair{Settings: map[topology.FQDN]topology.DesiredSettings{}}
	names, _ := poolNames(m.Pools)
	for i, name := range names[:min(len(names), len(pair.Members))] {
		pair.Members[i] = fqdnOf(name)
	}
	perPool, diags := m.perPool(ctx)
	if m.PerPool.IsUnknown() || diags.HasError() {
		return pair, diags
	}
	for _, name := range names {
		member := fqdnOf(name)
		own := perPool[member]
		auto := valueOr(own.AutomaticFailover, m.AutomaticFailover)
		failure := valueOr(own.FailureDetectionInterval, m.FailureDetectionInterval)
		failback := valueOr(own.FailbackDetectionInterval, m.FailbackDetectionInterval)
		if auto.IsUnknown() || failure.IsUnknown() || failback.IsUnknown() {
			continue
		}
		pair.Settings[member] = topology.DesiredSettings{
			AutomaticFailover: auto.ValueBool(),
			FailureDetection:  durationOrDefault(failure, defaultPairFailure),
			FailbackDetection: durationOrDefault(failback, defaultPairFailback),
			FailureOptional:   failure.IsNull(),
			FailbackOptional:  failback.IsNull(),
		}
	}
	return pair, diags
}

// perPool returns the entries of per_pool.
func (m poolPairModel) perPool(ctx context.Context) (map[topology.FQDN]perPoolModel, diag.Diagnostics) {
	if m.PerPool.IsNull() || m.PerPool.IsUnknown() {
		return nil, nil
	}
	entries := map[string]types.Object{}
	diags := m.PerPool.ElementsAs(ctx, &entries, false)
	found := make(map[topology.FQDN]perPoolModel, len(entries))
	for key, object := range entries {
		var entry perPoolModel // a null entry overrides no argument
		switch {
		case object.IsUnknown():
			entry.AutomaticFailover = types.BoolUnknown()
			entry.FailureDetectionInterval = types.StringUnknown()
			entry.FailbackDetectionInterval = types.StringUnknown()
		case !object.IsNull():
			diags.Append(object.As(ctx, &entry, basetypes.ObjectAsOptions{})...)
		}
		found[fqdnOf(key)] = entry
	}
	return found, diags
}

// valueOr returns value, or fallback if value is null.
func valueOr[T attr.Value](value, fallback T) T {
	if value.IsNull() {
		return fallback
	}
	return value
}

// durationOrDefault returns a duration that a validator has accepted, or the default for null.
func durationOrDefault(d types.String, defaultValue string) time.Duration {
	return durationOf(valueOr(d, types.StringValue(defaultValue)))
}

// durationOf returns a duration that a validator has accepted; zero for null and unknown.
func durationOf(d types.String) time.Duration {
	if d.IsNull() || d.IsUnknown() {
		return 0
	}
	value, _ := time.ParseDuration(d.ValueString())
	return value
}

// description names the pair in a message.
func (m poolPairModel) description() string { return "the pool pair " + m.pairID().String() }

// setObserved sets the computed values to those of the observed pair.
func (m *poolPairModel) setObserved(ctx context.Context, pair *client.ObservedPair) diag.Diagnostics {
	m.ID = types.StringValue(pair.ID.String())
	var diags diag.Diagnostics
	m.Registrars, diags = registrarsFrom(ctx, pair)
	m.PostPublishSteps = textList(pair.Steps())
	return diags
}

// resolveUnknown replaces the unknown values of a plan with those of the pair as read back. Known values stay as
// planned.
func (m *poolPairModel) resolveUnknown(ctx context.Context, pair *client.ObservedPair) diag.Diagnostics {
	m.ID = types.StringValue(pair.ID.String())
	var diags diag.Diagnostics
	m.Registrars, diags = resolveRegistrars(ctx, m.Registrars, pair)
	m.PostPublishSteps = resolve(m.PostPublishSteps, textList(pair.Steps()))
	return diags
}

// registrarsFrom converts the two directions of an observed pair.
func registrarsFrom(ctx context.Context, pair *client.ObservedPair) (types.Map, diag.Diagnostics) {
	entries := map[string]registrarModel{}
	for _, r := range pair.Registrars {
		entries[r.Pool.String()] = registrarFrom(r)
	}
	return types.MapValueFrom(ctx, registrarType, entries)
}

func registrarFrom(r client.Registrar) registrarModel {
	failure, failback := intervalsOf(r.Settings)
	return registrarModel{
		Site: textOrNull(r.Site), Edition: textOrNull(r.Edition), Version: textOrNull(r.Version),
		ServiceVersion:            types.Int64Value(int64(r.ServiceVersion)),
		BackupRegistrar:           textOrNull(r.BackupRegistrar),
		AutomaticFailover:         failoverOrNull(r.Settings),
		FailureDetectionInterval:  durationOrNull(failure),
		FailbackDetectionInterval: durationOrNull(failback),
		BackupService:             textOrNull(r.BackupService),
		CentralManagement:         textOrNull(r.CentralManagement),
	}
}

// plannedRegistrars returns the two directions after the apply. Values that the resource writes are the desired ones.
// Values that it only reads are those of the prior state, or unknown for a new pair.
func plannedRegistrars(
	ctx context.Context, desired topology.DesiredPair, allKnown bool, prior types.Map,
) (types.Map, diag.Diagnostics) {
	if !allKnown {
		return types.MapUnknown(registrarType), nil
	}
	var diags diag.Diagnostics
	before := map[string]registrarModel{}
	if !prior.IsNull() && !prior.IsUnknown() {
		diags.Append(prior.ElementsAs(ctx, &before, false)...)
	}
	id := desired.ID()
	entries := map[string]registrarModel{}
	for _, member := range []topology.FQDN{id.First, id.Second} {
		entry, observed := before[member.String()]
		if !observed {
			entry = registrarModel{
				Site: types.StringUnknown(), Edition: types.StringUnknown(), Version: types.StringUnknown(),
				ServiceVersion: types.Int64Unknown(), CentralManagement: types.StringUnknown(),
			}
		}
		entry.BackupRegistrar = types.StringValue(id.Other(member).String())
		entry.BackupService = types.StringValue(id.Other(member).String())
		entry.AutomaticFailover = types.BoolUnknown()
		entry.FailureDetectionInterval, entry.FailbackDetectionInterval = types.StringUnknown(), types.StringUnknown()
		if s, known := desired.Settings[member]; known {
			prior := before[member.String()]
			entry.AutomaticFailover = types.BoolValue(s.AutomaticFailover)
			entry.FailureDetectionInterval = plannedRegistrarInterval(s.FailureDetection, s.FailureOptional, prior,
				prior.FailureDetectionInterval)
			entry.FailbackDetectionInterval = plannedRegistrarInterval(s.FailbackDetection, s.FailbackOptional, prior,
				prior.FailbackDetectionInterval)
		}
		entries[member.String()] = entry
	}
	value, more := types.MapValueFrom(ctx, registrarType, entries)
	diags.Append(more...)
	return value, diags
}

// plannedRegistrarInterval returns the interval of a direction after the apply. An optional interval is not added to an
// existing Backup element that lacks it.
func plannedRegistrarInterval(
	desired time.Duration, optional bool, prior registrarModel, interval types.String,
) types.String {
	hasBackup := !prior.AutomaticFailover.IsNull() || !prior.BackupRegistrar.IsNull()
	if optional && hasBackup && interval.IsNull() {
		return interval
	}
	return durationOrNull(topology.IntervalOf(desired))
}

// resolveRegistrars replaces the unknown values of the planned directions with those of the pair as read back. Known
// values stay as planned even if the topology has changed meanwhile, because Terraform accepts no other values.
func resolveRegistrars(
	ctx context.Context, planned types.Map, pair *client.ObservedPair,
) (types.Map, diag.Diagnostics) {
	if planned.IsUnknown() {
		return registrarsFrom(ctx, pair)
	}
	entries := map[string]registrarModel{}
	diags := planned.ElementsAs(ctx, &entries, false)
	for _, r := range pair.Registrars {
		got, entry := registrarFrom(r), entries[r.Pool.String()]
		entry.Site = resolve(entry.Site, got.Site)
		entry.Edition = resolve(entry.Edition, got.Edition)
		entry.Version = resolve(entry.Version, got.Version)
		entry.ServiceVersion = resolve(entry.ServiceVersion, got.ServiceVersion)
		entry.CentralManagement = resolve(entry.CentralManagement, got.CentralManagement)
		entry.AutomaticFailover = resolve(entry.AutomaticFailover, got.AutomaticFailover)
		entry.FailureDetectionInterval = resolve(entry.FailureDetectionInterval, got.FailureDetectionInterval)
		entry.FailbackDetectionInterval = resolve(entry.FailbackDetectionInterval, got.FailbackDetectionInterval)
		entries[r.Pool.String()] = entry
	}
	value, more := types.MapValueFrom(ctx, registrarType, entries)
	diags.Append(more...)
	return value, diags
}

// resolve returns the planned value, or the observed one if the planned value is unknown.
func resolve[T attr.Value](planned, observed T) T {
	if planned.IsUnknown() {
		return observed
	}
	return planned
}

// textOrNull returns a text as printableText does, null for an empty one.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return printableText(text)
}

// printableText returns a text of a document or a host without control characters. Terraform quotes a value of one
// line, but prints a value of several lines as it is.
func printableText(text string) types.String { return types.StringValue(printable.Clean(text)) }

// failoverOrNull returns the automatic failover of observed settings, null for nil and for an unreadable value. An
// absent value is false.
func failoverOrNull(s *topology.Settings) types.Bool {
	if s == nil || s.IsFailoverUnreadable() {
		return types.BoolNull()
	}
	return types.BoolValue(s.AutomaticFailover)
}

// intervalsOf returns the detection intervals of observed settings, which are absent for nil.
func intervalsOf(s *topology.Settings) (failure, failback topology.Interval) {
	if s == nil {
		return topology.Interval{}, topology.Interval{}
	}
	return s.FailureDetection, s.FailbackDetection
}

func durationOrNull(i topology.Interval) types.String {
	length, isSet := i.Length()
	if !isSet {
		return types.StringNull()
	}
	return types.StringValue(phrase.Duration(length))
}
