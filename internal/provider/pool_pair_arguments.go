package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// With ignore_changes, Terraform plans with the arguments of the state in place of those of the configuration. A
// provider cannot recognize this. Therefore a refresh writes drift into the arguments, as far as they can express it.

// setObservedArguments sets the settings in the arguments to those of the observed pair. A setting in per_pool belongs
// to one direction. An argument of the pair belongs to the directions that have no such setting in per_pool: it stays
// if their values differ. Every argument stays if the value is absent or unreadable.
func (m *poolPairModel) setObservedArguments(ctx context.Context, pair *client.ObservedPair) diag.Diagnostics {
	perPool, diags := m.perPool(ctx)
	if diags.HasError() {
		return diags
	}
	var failover, failure, failback []*topology.Settings // the directions that an argument belongs to
	for _, r := range pair.Registrars {
		own := perPool[r.Pool]
		if own.AutomaticFailover.IsNull() {
			failover = append(failover, r.Settings)
		}
		if own.FailureDetectionInterval.IsNull() {
			failure = append(failure, r.Settings)
		}
		if own.FailbackDetectionInterval.IsNull() {
			failback = append(failback, r.Settings)
		}
	}
	m.AutomaticFailover = observedFailover(m.AutomaticFailover, failover)
	m.FailureDetectionInterval = observedInterval(m.FailureDetectionInterval, defaultPairFailure, failure,
		failureDetectionOf)
	m.FailbackDetectionInterval = observedInterval(m.FailbackDetectionInterval, defaultPairFailback, failback,
		failbackDetectionOf)
	diags.Append(m.setObservedPerPool(ctx, pair)...)
	return diags
}

// setObservedPerPool sets the settings in per_pool to those of their directions. Null settings and entries stay null.
func (m *poolPairModel) setObservedPerPool(ctx context.Context, pair *client.ObservedPair) diag.Diagnostics {
	if m.PerPool.IsNull() {
		return nil
	}
	entries := map[string]types.Object{}
	diags := m.PerPool.ElementsAs(ctx, &entries, false)
	for key, entry := range entries {
		i := slices.IndexFunc(pair.Registrars[:], func(r client.Registrar) bool { return r.Pool == fqdnOf(key) })
		if i < 0 || entry.IsNull() {
			continue
		}
		var own perPoolModel
		diags.Append(entry.As(ctx, &own, basetypes.ObjectAsOptions{})...)
		direction := []*topology.Settings{pair.Registrars[i].Settings}
		if !own.AutomaticFailover.IsNull() {
			own.AutomaticFailover = observedFailover(own.AutomaticFailover, direction)
		}
		if !own.FailureDetectionInterval.IsNull() {
			own.FailureDetectionInterval = observedInterval(own.FailureDetectionInterval, defaultPairFailure,
				direction, failureDetectionOf)
		}
		if !own.FailbackDetectionInterval.IsNull() {
			own.FailbackDetectionInterval = observedInterval(own.FailbackDetectionInterval, defaultPairFailback,
				direction, failbackDetectionOf)
		}
		observed, more := types.ObjectValueFrom(ctx, perPoolType.AttrTypes, own)
		diags.Append(more...)
		entries[key] = observed
	}
	var more diag.Diagnostics
	m.PerPool, more = types.MapValueFrom(ctx, perPoolType, entries)
	diags.Append(more...)
	return diags
}

// observedFailover returns the automatic failover of all directions, or the argument if they have no common value, or
// if the value is absent or unreadable.
func observedFailover(argument types.Bool, directions []*topology.Settings) types.Bool {
	failover, isCommon := commonSetting(directions, automaticFailoverOf)
	isAbsent := func(s *topology.Settings) bool { return !s.HasFailover() }
	if !isCommon || slices.ContainsFunc(directions, isAbsent) {
		return argument
	}
	return types.BoolValue(failover)
}

// observedInterval returns the interval of all directions in the spelling of the argument if it is equal, or the
// argument if they have no common interval. A null argument, which is unset, stays null at the default interval while
// automatic failover is off: it permits both this interval and a missing one.
func observedInterval(
	argument types.String, defaultValue string, directions []*topology.Settings,
	intervalOf func(topology.Settings) topology.Interval,
) types.String {
	interval, isCommon := commonSetting(directions, intervalOf)
	length, isSet := interval.Length()
	if !isCommon || !isSet {
		return argument
	}
	failover, isCommon := commonSetting(directions, automaticFailoverOf)
	if argument.IsNull() && isCommon && !failover && length == durationOf(types.StringValue(defaultValue)) {
		return argument
	}
	return keepDurationSpelling(argument, interval)
}

// commonSetting returns the value of a setting that all directions have. There is none without a direction, or if a
// direction has no Backup element.
func commonSetting[T comparable](
	directions []*topology.Settings, valueOf func(topology.Settings) T,
) (value T, isCommon bool) {
	for i, s := range directions {
		if s == nil || i > 0 && valueOf(*s) != value {
			return value, false
		}
		value = valueOf(*s)
	}
	return value, len(directions) > 0
}

func automaticFailoverOf(s topology.Settings) bool { return s.AutomaticFailover }

func failureDetectionOf(s topology.Settings) topology.Interval { return s.FailureDetection }

func failbackDetectionOf(s topology.Settings) topology.Interval { return s.FailbackDetection }
