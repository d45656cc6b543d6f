package resilience

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Service is what users can do while something has failed.
type Service string

// The levels of service. In resiliency mode users can sign in and make calls, but have no presence, contacts or
// conferences. (Lync Server 2013 documentation, User experience during pool failure; Skype for Business Server
// documentation, Enterprise Voice resiliency.)
const (
	FullService       Service = "full"
	ResiliencyService Service = "resiliency"
	NoService         Service = "none"
)

// Impact is who is hit, and how, when some Front End pools fail at once. All lists are sorted by names.
type Impact struct {
	Pools      []FailedPool
	Takeovers  []Takeover
	Appliances []HitAppliance
	Edges      []HitEdge
	Central    []LostCentral
}

// FailedPool is a pool that has failed, and what becomes of the users homed on it.
type FailedPool struct {
	FQDN  string
	Site  string // its name, or its number where it has none; empty where it does not resolve
	Users *int64 // from the inventory

	TakenOverBy       string // the pool that serves its users, with whatever service; empty for none
	AutomaticFailover bool   // whether its users register there by themselves; false without a TakenOverBy
	FailureDetection  topology.Interval

	Before Service // until an administrator fails the pool over
	After  Service // after that
	Reason string  // a sentence: why it is not full service after the failover; empty where it is
}

// Takeover is a pool that runs and serves the users of failed ones as well. The counts of users have those of the
// appliances of a pool with them, each once, as PP-CAP asks; nil stands for what the inventory does not tell.
type Takeover struct {
	FQDN        string
	FailedPools []string
	OwnUsers    *int64
	TakenUsers  *int64
	Users       *int64   // all of them
	Capacity    *int64   // how many it can carry by PP-CAPNUM; nil where that has no figure for it
	Fits        *bool    // whether Users is no more than Capacity
	Uncounted   []string // appliances whose users the inventory does not tell
}

// HitAppliance is a Survivable Branch Appliance or Server that loses its pool. It runs; its users stay on it.
type HitAppliance struct {
	FQDN             string
	Site             string
	Users            *int64
	BackupPool       string // as the document has it, also where it does not resolve
	UserServicesPool string
	Before           Service
	After            Service
	BackupLeft       string // the pool to which its users turn should the appliance fail as well; empty for none
}

// HitEdge is an Edge pool of which a next hop has failed. While a pool is one, its failover is refused (PP-EDGEHOP).
type HitEdge struct {
	FQDN   string
	Site   string
	Failed []string // next hops that have failed
	Left   []string // next hops that run, Directors among them
}

// failure is a topology in which some pools have failed.
type failure struct {
	t         *topology.Topology
	inventory Inventory
	heads     headcount
	failed    map[*topology.Pool]bool

	noFailover string // a sentence: why no pool at all can be failed over; empty where one can
}

// ImpactOf tells who is hit when these Front End pools of the topology fail at once, each given once.
//
// A pool that has failed is served by the one Front End pool that its Registrar names as its backup, if that runs. After
// a failover its users have full service where the two are a whole pair of Lync Server 2013 or later and of one version,
// and where Central Management runs, or has a standby that does, to be failed over to before any pool (CM-ORDER). In every
// other case they have no more than their backup registrar gives them. The appliances of a failed pool fall into
// resiliency mode and stay in it, also after the failover: disaster recovery does not extend to their users (BR-NODR).
// Users of other pools are not hit.
func ImpactOf(t *topology.Topology, failed []*topology.Pool, inventory Inventory) Impact {
	f := failure{t: t, inventory: inventory, heads: newHeadcount(t, inventory), failed: map[*topology.Pool]bool{}}
	for _, p := range failed {
		f.failed[p] = true
	}
	is := Impact{Central: f.central(failed)}
	f.noFailover = withoutCentral(is.Central)
	taken := map[*topology.Pool][]*topology.Pool{}
	for _, p := range failed {
		pool, by := f.pool(p)
		is.Pools = append(is.Pools, pool)
		if by != nil {
			taken[by] = append(taken[by], p)
		}
	}
	for by, pools := range taken {
		is.Takeovers = append(is.Takeovers, f.takeover(by, pools))
	}
	for _, a := range t.Appliances() {
		if hit, ok := f.appliance(a); ok {
			is.Appliances = append(is.Appliances, hit)
		}
	}
	for _, p := range t.Pools {
		if hit, ok := f.edge(p); ok {
			is.Edges = append(is.Edges, hit)
		}
	}
	slices.SortStableFunc(is.Pools, func(a, b FailedPool) int { return cmp.Compare(a.FQDN, b.FQDN) })
	slices.SortStableFunc(is.Takeovers, func(a, b Takeover) int { return cmp.Compare(a.FQDN, b.FQDN) })
	slices.SortStableFunc(is.Appliances, func(a, b HitAppliance) int { return cmp.Compare(a.FQDN, b.FQDN) })
	slices.SortStableFunc(is.Edges, func(a, b HitEdge) int { return cmp.Compare(a.FQDN, b.FQDN) })
	return is
}

// pool tells what becomes of the users of a failed pool, and which pool serves them, nil for none.
func (f failure) pool(p *topology.Pool) (FailedPool, *topology.Pool) {
	is := FailedPool{FQDN: p.FQDN, Site: nameOfSite(p.Site), Users: f.inventory[p.FQDN].Users, Before: NoService, After: NoService}
	backup, reason := f.backupOf(p)
	if backup == nil {
		is.Reason = reason
		return is, nil
	}
	settings := p.Registrar.Backups[0].Settings
	if settings.AutomaticFailover {
		is.Before, is.After = ResiliencyService, ResiliencyService
	}
	if is.Reason = f.notFailedOver(p, backup); is.Reason == "" {
		is.After = FullService
	} else if !settings.AutomaticFailover {
		is.Reason += " Automatic failover is off, so the backup registrar is not used either."
		return is, nil
	}
	is.TakenOverBy, is.AutomaticFailover, is.FailureDetection = backup.FQDN, settings.AutomaticFailover, settings.FailureDetection
	return is, backup
}

// backupOf returns the Front End pool that runs and is the backup registrar of a failed one, or why there is none.
func (f failure) backupOf(p *topology.Pool) (*topology.Pool, string) {
	backups := p.Registrar.Backups
	switch {
	case len(backups) == 0:
		return nil, fmt.Sprintf("%s names no backup registrar, and a pool without one cannot be failed over (LC-NOBACKUP).", p.FQDN)
	case len(backups) > 1:
		return nil, fmt.Sprintf("%s has %d Backups, naming %s, so it cannot be told which pool takes over (PP-ONE).",
			p.FQDN, len(backups), listed(f.t.BackupRegistrars(p)))
	}
	backup := backupPool(f.t, backups[0])
	switch {
	case backup == nil || backup.Kind != topology.KindFrontEnd || backups[0].Target.Role != topology.RoleRegistrar:
		return nil, fmt.Sprintf("The Registrar of %s has a Backup that %s.", p.FQDN, backupLeads(f.t, backups[0]))
	case backup == p:
		return nil, fmt.Sprintf("%s names itself as its backup registrar.", p.FQDN)
	case f.failed[backup]:
		return nil, fmt.Sprintf("%s, the backup registrar of %s, has failed as well.", backup.FQDN, p.FQDN)
	}
	return backup, ""
}

// notFailedOver says why the users of a failed pool cannot count on a failover to its backup registrar; empty where they
// can.
func (f failure) notFailedOver(p, backup *topology.Pool) string {
	links := f.t.Links(p, backup)
	switch {
	case p.Version == topology.Version2010 && backup.Version == topology.Version2010:
		return "Pools of Lync Server 2010 have a backup registrar, and no failover that brings the users' data (PP-2010)."
	case !p.IsFrontEnd2013() || !backup.IsFrontEnd2013():
		return fmt.Sprintf("%s runs %s, %s runs %s, and the two cannot be a pair (PP-10-13).",
			p.FQDN, topology.VersionName(p.Version), backup.FQDN, topology.VersionName(backup.Version))
	case !links.All():
		return fmt.Sprintf("%s and %s are no whole pair: %s, and nothing more. No failover that brings the users' data can be counted on.",
			p.FQDN, backup.FQDN, strings.Join(linkFacts(p.FQDN, backup.FQDN, links), "; "))
	case p.Version != backup.Version:
		return fmt.Sprintf("%s runs %s, %s runs %s. In a disaster a failover between versions is not supported (PP-VERSION).",
			p.FQDN, topology.VersionName(p.Version), backup.FQDN, topology.VersionName(backup.Version))
	}
	return f.noFailover
}

// takeover adds up the users of a pool that serves those of failed ones.
func (f failure) takeover(by *topology.Pool, failed []*topology.Pool) Takeover {
	is := Takeover{FQDN: by.FQDN, FailedPools: fqdns(failed...), Capacity: capacityAlone(by)}
	slices.Sort(is.FailedPools)
	is.OwnUsers, _ = f.heads.of(by)
	is.TakenUsers, _ = f.heads.of(failed...)
	is.Users, is.Uncounted = f.heads.of(append([]*topology.Pool{by}, failed...)...)
	if is.Users != nil && is.Capacity != nil {
		fits := *is.Users <= *is.Capacity
		is.Fits = &fits
	}
	return is
}

// appliance tells what becomes of the users of an appliance; false where none of its pools has failed.
func (f failure) appliance(a *topology.Pool) (HitAppliance, bool) {
	is := HitAppliance{
		FQDN: a.FQDN, Site: nameOfSite(a.Site), Users: f.inventory[a.FQDN].Users, Before: FullService, After: FullService,
		BackupPool:       strings.Join(f.t.BackupRegistrars(a), ", "),
		UserServicesPool: strings.Join(f.t.UserServicePools(a), ", "),
	}
	hit := false
	association := f.t.Association(a)
	for _, id := range association.UserServices {
		if p := f.t.PoolOf(id); p != nil && f.failed[p] {
			// Also where a partner takes over: an appliance does not follow its pool.
			is.Before, is.After, hit = ResiliencyService, ResiliencyService, true
		}
	}
	for _, p := range backupPools(f.t, a) {
		hit = hit || f.failed[p]
	}
	if backup := association.Backup; backup != nil && backup.Kind == topology.KindFrontEnd && !f.failed[backup] {
		is.BackupLeft = backup.FQDN
	}
	return is, hit
}

// edge tells which next hops an Edge pool loses; false for none, and for what is no Edge pool.
func (f failure) edge(e *topology.Pool) (HitEdge, bool) {
	is := HitEdge{FQDN: e.FQDN, Site: nameOfSite(e.Site)}
	for _, hop := range nextHops(f.t, e) {
		if f.failed[hop] {
			is.Failed = append(is.Failed, hop.FQDN)
		} else {
			is.Left = append(is.Left, hop.FQDN)
		}
	}
	slices.Sort(is.Failed)
	slices.Sort(is.Left)
	return is, len(is.Failed) > 0
}

// nextHops returns the pools that an Edge pool passes traffic on to, each once.
func nextHops(t *topology.Topology, edge *topology.Pool) []*topology.Pool {
	var hops []*topology.Pool
	for _, service := range edge.Role(topology.RoleEdgeServer) {
		for _, id := range service.Dependencies(topology.RoleRegistrar) {
			if hop := t.PoolOf(id); hop != nil && !slices.Contains(hops, hop) {
				hops = append(hops, hop)
			}
		}
	}
	return hops
}

func sortedNames(pools []*topology.Pool) []string {
	names := fqdns(pools...)
	slices.Sort(names)
	return names
}

// nameOfSite returns the name of a site that may not be known.
func nameOfSite(s *topology.Site) string {
	if s == nil {
		return ""
	}
	return siteName(s)
}
