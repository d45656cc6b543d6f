package topology

import (
	"fmt"
	"time"
)

// DesiredSettings are the desired automatic failover settings of one direction. The intervals are full seconds.
type DesiredSettings struct {
	AutomaticFailover bool
	FailureDetection  time.Duration
	FailbackDetection time.Duration

	// An optional interval is unset, and automatic failover is off: it is not added to an existing Backup without that
	// attribute. A new Backup gets it.
	FailureOptional, FailbackOptional bool
}

// DesiredPair is the pair that a configuration asks for. A member that is not known yet is the zero FQDN. A member
// whose settings are not known yet has no Settings.
type DesiredPair struct {
	Members  [2]FQDN
	Settings map[FQDN]DesiredSettings // for the case that this member fails
}

// ID returns the identity of the pair.
func (d DesiredPair) ID() PairID { return NewPairID(d.Members[0], d.Members[1]) }

// DesiredBranch is the association of an appliance that a configuration asks for. A name that is not known yet is the
// zero FQDN. Settings that are not known yet are nil.
type DesiredBranch struct {
	Appliance FQDN
	Pool      FQDN
	Settings  *DesiredSettings
}

// Difference describes how s differs from the desired settings of a direction; empty if it does not. It compares
// durations by length, not by spelling.
func (s Settings) Difference(direction FQDN, d DesiredSettings) string {
	switch {
	case !s.hasFailover(d):
		return fmt.Sprintf("automatic failover of %s is not %t", direction, d.AutomaticFailover)
	case !s.hasFailure(d):
		return fmt.Sprintf("the failure detection interval of %s is not %s", direction, d.FailureDetection)
	case !s.hasFailback(d):
		return fmt.Sprintf("the failback detection interval of %s is not %s", direction, d.FailbackDetection)
	default:
		return ""
	}
}

func (s Settings) hasFailover(d DesiredSettings) bool {
	return s.AutomaticFailover == d.AutomaticFailover && !s.IsFailoverUnreadable()
}

func (s Settings) hasFailure(d DesiredSettings) bool {
	return s.FailureDetection.Satisfies(d.FailureDetection, d.FailureOptional)
}

func (s Settings) hasFailback(d DesiredSettings) bool {
	return s.FailbackDetection.Satisfies(d.FailbackDetection, d.FailbackOptional)
}

// PairDifference describes how the topology differs from a desired pair: the first link or setting of a direction that
// is missing or different. It is empty for a pair that is as desired.
func (t *Topology) PairDifference(d DesiredPair) string {
	id := d.ID()
	pools := [2]*Pool{t.Pool(id.First), t.Pool(id.Second)}
	if pools[0] == nil || pools[1] == nil {
		return fmt.Sprintf("%s and %s are not linked", id.First, id.Second)
	}
	for i, p := range pools {
		partner := pools[1-i]
		switch links := t.Links(p, partner); {
		case !links.BackupA || len(p.Registrar.Backups) != 1:
			return fmt.Sprintf("the backup registrar of %s is not %s alone", p.FQDN, partner.FQDN)
		case !links.ServiceA:
			return fmt.Sprintf("no backup service of %s has the partner %s", p.FQDN, partner.FQDN)
		}
		if difference := p.Registrar.Backups[0].Settings.Difference(p.FQDN, d.Settings[p.FQDN]); difference != "" {
			return difference
		}
	}
	return ""
}

// BranchDifference describes how the topology differs from a desired association: the pool or the first setting that
// differs. It is empty for an association that is as desired.
func (t *Topology) BranchDifference(d DesiredBranch) string {
	appliance, pool := t.Pool(d.Appliance), t.Pool(d.Pool)
	switch {
	case appliance == nil || appliance.Registrar == nil || len(appliance.Registrar.Backups) == 0:
		return fmt.Sprintf("the appliance %s has no backup registrar", d.Appliance)
	case pool == nil || !t.IsAssociated(appliance, pool):
		return fmt.Sprintf("the backup registrar and the user services of %s are not both on %s alone", d.Appliance,
			d.Pool)
	default:
		return appliance.Registrar.Backups[0].Settings.Difference(d.Appliance, *d.Settings)
	}
}
