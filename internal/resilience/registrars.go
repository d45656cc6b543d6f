package resilience

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// direction is a Backup of a Registrar of the topology: its settings apply if that Registrar fails.
type direction struct {
	registrar *topology.Service
	pool      *topology.Pool // of the Registrar; nil if its cluster does not resolve
	backup    topology.Backup
	resolves  bool   // the Backup names a Registrar of the topology
	name      string // of pool, or the identity of the Registrar
}

func (s survey) directions() []direction {
	var found []direction
	for registrar := range s.t.Services() {
		for _, b := range registrar.Backups {
			found = append(found, direction{
				registrar: registrar,
				pool:      s.t.Cluster(registrar.Cluster),
				backup:    b,
				resolves:  b.Target.Role == topology.RoleRegistrar && BackupPool(s.t, b) != nil,
				name:      phrase.Host(s.t, registrar),
			})
		}
	}
	return found
}

// protects reports whether the direction belongs to a pool of one of the kinds, and has a backup registrar.
func (d direction) protects(kinds ...topology.Kind) bool {
	for _, k := range kinds {
		if d.resolves && d.pool != nil && d.pool.Kind == k {
			return true
		}
	}
	return false
}

// violation returns a finding about the settings of the direction. found is a clause.
func (d direction) violation(found, advice string, setting Setting) Violation {
	v := Violation{
		Detail:  fmt.Sprintf("In the settings for a failure of %s, %s.", d.name, found),
		Advice:  advice,
		Objects: []string{d.name},
		Setting: setting,
	}
	if d.pool != nil {
		v.Pool = d.pool.FQDN
	}
	return v
}

func intervalsOutOfRange(s survey) []Violation {
	var found []Violation
	for _, d := range s.directions() {
		if !d.protects(topology.KindFrontEnd, topology.KindAppliance) {
			continue
		}
		for _, interval := range d.intervals() {
			if length, isSet := interval.is.Length(); isSet {
				if severity, fault := rangeFault(interval.name, length); fault != "" {
					v := d.violation(fault, adviceRange(), interval.setting)
					v.Severity = severity
					found = append(found, v)
				}
			}
		}
	}
	return found
}

// observedInterval is one of the two detection intervals of a direction.
type observedInterval struct {
	is      topology.Interval
	setting Setting
	name    string
}

func (d direction) intervals() []observedInterval {
	return []observedInterval{
		{d.backup.Settings.FailureDetection, SettingFailureDetection, "failure"},
		{d.backup.Settings.FailbackDetection, SettingFailbackDetection, "failback"},
	}
}

// poolsBelow90 ignores values that are out of range, which are findings of VF-RANGE.
func poolsBelow90(s survey) []Violation {
	var found []Violation
	for _, d := range s.directions() {
		failure, isSet := d.backup.Settings.FailureDetection.Length()
		if d.protects(topology.KindFrontEnd) && d.pool.IsFrontEnd2013() && isSet && failure >= minInterval &&
			failure < leastForPool {
			found = append(found, d.violation(foundBelow90(failure), adviceBelow90, SettingFailureDetection))
		}
	}
	return found
}

// appliancesBelow120 ignores values that are out of range, which are findings of VF-RANGE.
func appliancesBelow120(s survey) []Violation {
	var found []Violation
	for _, d := range s.directions() {
		failure, isSet := d.backup.Settings.FailureDetection.Length()
		if d.protects(topology.KindAppliance) && isSet && failure >= minInterval && failure < leastForAppliance {
			found = append(found, d.violation(foundBelow120(failure), adviceBelow120, SettingFailureDetection))
		}
	}
	return found
}

func gapsTooSmall(s survey) []Violation {
	var found []Violation
	for _, d := range s.directions() {
		failure, hasFailure := d.backup.Settings.FailureDetection.Length()
		failback, hasFailback := d.backup.Settings.FailbackDetection.Length()
		if d.protects(topology.KindFrontEnd, topology.KindAppliance) && hasFailure && hasFailback &&
			failback <= failure {
			found = append(found, d.violation(foundGap(failure, failback), adviceGap, SettingFailbackDetection))
		}
	}
	return found
}

func failoversOff(s survey) []Violation {
	var found []Violation
	for _, d := range s.directions() {
		if d.protects(topology.KindFrontEnd, topology.KindAppliance) && !d.backup.Settings.AutomaticFailover {
			found = append(found, d.violation(foundOff, adviceOff, SettingAutomaticFailover))
		}
	}
	return found
}

func intervalsWithoutBackup(s survey) []Violation {
	var found []Violation
	for _, d := range s.directions() {
		_, hasFailure := d.backup.Settings.FailureDetection.Length()
		_, hasFailback := d.backup.Settings.FailbackDetection.Length()
		if (hasFailure || hasFailback) && !d.resolves {
			v := d.violation(fmt.Sprintf("detection intervals are set, but there is no backup registrar: the Backup "+
				"of %s %s",
				d.registrar.ID, phrase.BackupTarget(s.t, d.backup)),
				"Name a backup registrar, or remove the Backup, in Topology Builder.", SettingPools)
			v.Remedies = repair(s.t, d.registrar)
			found = append(found, v)
		}
	}
	return found
}

// settingsMissing finds intervals that are missing although automatic failover is on, and settings that are not
// readable. Missing intervals are faults of Lync Server 2013 and later.
func settingsMissing(s survey) []Violation {
	var found []Violation
	for _, d := range s.directions() {
		settings := d.backup.Settings
		needed := settings.AutomaticFailover && d.registrar.Version >= topology.Version2013
		if settings.IsFailoverUnreadable() {
			v := d.violation("the value of automatic failover is not readable",
				"Set automatic failover in Topology Builder.", SettingAutomaticFailover)
			v.Title = settingUnreadable
			v.Remedies = repairSettings(s.t, d)
			found = append(found, v)
		}
		for _, interval := range d.intervals() {
			if _, isSet := interval.is.Length(); isSet || !needed && !interval.is.IsUnreadable() {
				continue
			}
			v := d.violation(
				fmt.Sprintf("automatic failover is on, but the %s detection interval is missing or not readable",
					interval.name),
				"Set the interval in Topology Builder.", interval.setting)
			if !needed {
				v.Title = settingUnreadable
				v.Detail = fmt.Sprintf("In the settings for a failure of %s, the %s detection interval is not "+
					"readable.",
					d.name, interval.name)
			}
			v.Remedies = repairSettings(s.t, d)
			found = append(found, v)
		}
	}
	return found
}

const settingUnreadable = "Setting that is not readable"
