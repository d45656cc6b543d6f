package resilience

import (
	"fmt"
	"slices"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// BranchDestroy returns the warnings about the end of an association. An adopted association stays in the topology, and
// one that the creation wrote is removed. There are none if the appliance, or the Backup that names the pool, is
// missing.
func BranchDestroy(t *topology.Topology, appliance, pool topology.FQDN, adopted bool) []Violation {
	a, p := t.Pool(appliance), t.Pool(pool)
	if a == nil || p == nil || !slices.Contains(BackupPools(t, a), p) {
		return nil
	}
	v := Violation{Severity: Discouraged, Objects: phrase.Names(a, p)}
	if adopted {
		v.Title = "The association of an appliance stays"
		v.Detail = fmt.Sprintf("The appliance %s keeps %s as its pool: the association existed before it was "+
			"declared, so it stays in the topology.", a.FQDN, p.FQDN)
		v.Remedies = []Remedy{{Action: ForgetBranch, Pool: a.FQDN}}
	} else {
		v.Title = "An appliance loses its backup registrar"
		v.Detail = fmt.Sprintf("The appliance %s had no backup registrar before it was declared, so the one on %s is "+
			"removed, unless this plan creates the association again. The user services of the appliance do not "+
			"change.", a.FQDN, p.FQDN)
		v.Advice = "An appliance should always have its pool as its backup registrar."
		v.Remedies = []Remedy{{Action: KeepBranch, Pool: a.FQDN}}
	}
	return completed(mustLookup("BR-ONE"), []Violation{v})
}

// BranchAdoption returns a warning about the settings that the adoption of an existing association changes.
func BranchAdoption(t *topology.Topology, desired topology.DesiredBranch) []Violation {
	c := newBranchChange(t, desired, true)
	if c.appliance == nil || c.pool == nil || desired.Settings == nil ||
		c.existing.Backup != c.pool || c.existing.Users != c.pool {
		return nil
	}
	changes := settingChanges(c.existing.Backups[0].Settings, *desired.Settings)
	if len(changes) == 0 {
		return nil
	}
	v := Violation{
		Severity: Discouraged,
		Title:    "Settings of an adopted appliance will change",
		Detail: fmt.Sprintf("The appliance %s has %s as its pool already, and is adopted. This changes %s.",
			c.appliance.FQDN, c.pool.FQDN, phrase.List(changes)),
		Objects: phrase.Names(c.appliance, c.pool),
	}
	if settings, canKeep := declarable(c.existing.Backups[0].Settings); canKeep &&
		!isRefused(SettingsChange(topology.KindAppliance, c.name, settings, AllSettings())) {
		v.Remedies = []Remedy{{Action: KeepSettings, Pool: c.name}}
	} else {
		v.Advice = "The existing settings cannot be declared, because a value is missing, not readable or out of " +
			"range (VF-RANGE)."
	}
	return completed(mustLookup("BR-ONE"), []Violation{v})
}

// declarable returns existing settings as desired ones, and whether all have a value.
func declarable(existing topology.Settings) (settings topology.DesiredSettings, hasValues bool) {
	failure, hasFailure := existing.FailureDetection.Length()
	failback, hasFailback := existing.FailbackDetection.Length()
	return topology.DesiredSettings{
		AutomaticFailover: existing.AutomaticFailover, FailureDetection: failure, FailbackDetection: failback,
	}, hasFailure && hasFailback && !existing.IsFailoverUnreadable()
}

// settingChanges returns a clause for each setting whose existing value differs from the desired one.
func settingChanges(existing topology.Settings, desired topology.DesiredSettings) []string {
	var changes []string
	switch {
	case existing.IsFailoverUnreadable():
		changes = append(changes, fmt.Sprintf("automatic failover from a value that is not readable to %t",
			desired.AutomaticFailover))
	case existing.AutomaticFailover != desired.AutomaticFailover:
		changes = append(changes, fmt.Sprintf("automatic failover from %t to %t", existing.AutomaticFailover,
			desired.AutomaticFailover))
	}
	for _, interval := range []struct {
		name     string
		existing topology.Interval
		desired  time.Duration
		optional bool
	}{
		{"failure detection interval", existing.FailureDetection, desired.FailureDetection, desired.FailureOptional},
		{
			"failback detection interval", existing.FailbackDetection, desired.FailbackDetection,
			desired.FailbackOptional,
		},
	} {
		length, isSet := interval.existing.Length()
		switch {
		case interval.existing.Satisfies(interval.desired, interval.optional):
		case isSet:
			changes = append(changes, fmt.Sprintf("the %s from %s to %s",
				interval.name, phrase.Duration(length), phrase.Duration(interval.desired)))
		default:
			changes = append(changes, fmt.Sprintf("the %s from a value that is missing or not readable to %s",
				interval.name, phrase.Duration(interval.desired)))
		}
	}
	return changes
}
