package impact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// failure is a topology in which some pools have failed.
type failure struct {
	t         *topology.Topology
	inventory resilience.Inventory
	heads     resilience.Headcount
	failed    map[*topology.Pool]bool

	noFailover string // sentences: the reason why no pool can be failed over; empty if pools can
}

// pool returns the effects on a failed pool, and the pool that serves its users, nil for none.
func (f failure) pool(p *topology.Pool) (FailedPool, *topology.Pool) {
	result := FailedPool{
		FQDN: p.FQDN.String(), Site: phrase.Site(p.Site), Users: f.inventory[p.FQDN].Users, Before: NoService,
		After: NoService,
	}
	backup, reason := f.backupOf(p)
	if backup == nil {
		result.Reason = reason
		return result, nil
	}
	settings := p.Registrar.Backups[0].Settings
	if settings.AutomaticFailover {
		result.Before, result.After = ResiliencyService, ResiliencyService
	}
	if result.Reason = f.reasonAgainstFailover(p, backup); result.Reason == "" {
		result.After = FullService
	} else if !settings.AutomaticFailover {
		result.Reason += " Automatic failover is off, so the backup registrar is not used either."
		return result, nil
	}
	result.TakenOverBy = backup.FQDN.String()
	result.AutomaticFailover, result.FailureDetection = settings.AutomaticFailover, settings.FailureDetection
	return result, backup
}

// backupOf returns the running Front End pool that is the backup registrar of a failed pool, or the reason why there is
// none.
func (f failure) backupOf(p *topology.Pool) (*topology.Pool, string) {
	backups := p.Registrar.Backups
	switch {
	case len(backups) == 0:
		return nil, fmt.Sprintf("%s names no backup registrar, and a pool without one cannot be failed over "+
			"(LC-NOBACKUP).",
			p.FQDN)
	case len(backups) > 1:
		return nil, fmt.Sprintf("%s has %d Backups, naming %s. Which pool takes over is ambiguous (PP-ONE).",
			p.FQDN, len(backups), phrase.List(phrase.BackupRegistrars(f.t, p)))
	}
	backup := resilience.BackupPool(f.t, backups[0])
	switch {
	case backup == nil || backup.Kind != topology.KindFrontEnd || backups[0].Target.Role != topology.RoleRegistrar:
		return nil, fmt.Sprintf("The Registrar of %s has a Backup that %s.", p.FQDN,
			phrase.BackupTarget(f.t, backups[0]))
	case !backup.HasName:
		return nil, fmt.Sprintf("The backup registrar of %s is on the %s, which has no name (TD-NAME).", p.FQDN,
			backup.FQDN)
	case backup == p:
		return nil, fmt.Sprintf("%s names itself as its backup registrar.", p.FQDN)
	case f.failed[backup]:
		return nil, fmt.Sprintf("%s, the backup registrar of %s, has failed as well.", backup.FQDN, p.FQDN)
	}
	return backup, ""
}

// reasonAgainstFailover returns the reason why a failover to the backup registrar does not restore full service. It is
// empty if it does.
func (f failure) reasonAgainstFailover(p, backup *topology.Pool) string {
	links := f.t.Links(p, backup)
	versions := fmt.Sprintf("%s runs %s, and %s runs %s", p.FQDN, topology.VersionName(p.Version),
		backup.FQDN, topology.VersionName(backup.Version))
	switch {
	case p.Version == topology.Version2010 && backup.Version == topology.Version2010:
		return "Pools of Lync Server 2010 have a backup registrar, but no failover that restores the users' data " +
			"(PP-2010)."
	case !p.IsFrontEnd2013() || !backup.IsFrontEnd2013():
		return versions + ", and the two cannot be a pair (PP-10-13)."
	case !links.All():
		return fmt.Sprintf("%s and %s are an incomplete pair, with only these links: %s. A failover may lose the "+
			"users' data.",
			p.FQDN, backup.FQDN, strings.Join(phrase.Links(p.FQDN, backup.FQDN, links), "; "))
	case p.Version != backup.Version:
		return versions + ". In a disaster, a failover between versions is not supported (PP-VERSION)."
	}
	return f.noFailover
}

// takeover returns the load of a pool that serves the users of failed pools.
func (f failure) takeover(backup *topology.Pool, failed []*topology.Pool) Takeover {
	result := Takeover{FQDN: backup.FQDN.String(), FailedPools: sortedNames(failed),
		Capacity: resilience.CapacityAfterFailover(backup)}
	result.OwnUsers, _ = f.heads.Users(backup)
	result.TakenUsers, _ = f.heads.Users(failed...)
	result.Users, result.Uncounted = f.heads.Users(append([]*topology.Pool{backup}, failed...)...)
	if result.Users != nil && result.Capacity != nil {
		fits := *result.Users <= *result.Capacity
		result.Fits = &fits
	}
	return result
}

// appliance returns the effects on an appliance, and whether one of its pools has failed.
func (f failure) appliance(a *topology.Pool) (result AffectedAppliance, affected bool) {
	result = AffectedAppliance{
		FQDN: a.FQDN.String(), Site: phrase.Site(a.Site), Users: f.inventory[a.FQDN].Users, Before: FullService,
		After:            FullService,
		BackupPool:       strings.Join(f.t.BackupRegistrars(a), ", "),
		UserServicesPool: strings.Join(f.t.UserServicePools(a), ", "),
	}
	association := f.t.Association(a)
	for _, id := range association.UserServices {
		if p := f.t.PoolOf(id); p != nil && f.failed[p] {
			// A partner that takes over makes no difference: an appliance does not follow its pool.
			result.Before, result.After, affected = ResiliencyService, ResiliencyService, true
		}
	}
	for _, p := range resilience.BackupPools(f.t, a) {
		affected = affected || f.failed[p]
	}
	if backup := association.Backup; backup != nil && backup.Kind == topology.KindFrontEnd && backup.HasName &&
		!f.failed[backup] {
		result.BackupLeft = backup.FQDN.String()
	}
	return result, affected
}

// edge returns the effects on an Edge pool, and whether one of its next hops has failed. Other pools have no next hops.
func (f failure) edge(e *topology.Pool) (result AffectedEdge, affected bool) {
	result = AffectedEdge{FQDN: e.FQDN.String(), Site: phrase.Site(e.Site)}
	for _, hop := range resilience.NextHops(f.t, e) {
		if f.failed[hop] {
			result.Failed = append(result.Failed, hop.FQDN.String())
		} else if hop.HasName {
			result.Running = append(result.Running, hop.FQDN.String())
		}
	}
	slices.Sort(result.Failed)
	slices.Sort(result.Running)
	return result, len(result.Failed) > 0
}

func sortedNames(pools []*topology.Pool) []string {
	names := phrase.Names(pools...)
	slices.Sort(names)
	return names
}
