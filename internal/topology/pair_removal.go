package topology

import (
	"maps"
	"slices"
)

// pairRemoval are the parts that the removal of a pair removes. Its pools are nil if there is nothing to remove.
type pairRemoval struct {
	a, b     *Pool
	services []*Service // the backup services of the pair, and the services of the standby
	standby  Standby
}

// planRemoval returns the parts of the pair of two names. It refuses a pair that the document does not permit to
// remove.
func (t *Topology) planRemoval(id PairID) (pairRemoval, error) {
	if err := t.checkNames(id.First, id.Second); err != nil { // the pair may be one of those pools
		return pairRemoval{}, err
	}
	return t.planRemovalOf(t.Pool(id.First), t.Pool(id.Second))
}

// planRemovalOf is planRemoval for two pools, nil for one that does not exist.
func (t *Topology) planRemovalOf(a, b *Pool) (pairRemoval, error) {
	if a == nil || b == nil || a == b || !t.PairLinks(a, b).Any() {
		return pairRemoval{}, nil
	}
	if a.Version < Version2013 && b.Version < Version2013 {
		return pairRemoval{}, &Refusal{Fault: NotManagedPair, Pool: a.FQDN, Other: b.FQDN}
	}
	r := pairRemoval{a: a, b: b, standby: t.Standby(a, b)}
	for _, ends := range [][2]*Pool{{a, b}, {b, a}} {
		services, err := t.pairedServices(ends[0], ends[1])
		if err != nil {
			return pairRemoval{}, err
		}
		r.services = append(r.services, services...)
	}
	r.services = append(r.services, r.standby.Services...)
	isRemoved := setOf(r.services)
	for _, s := range r.services {
		if others := t.dependents(s.ID, isRemoved); len(others) > 0 {
			return pairRemoval{}, &Refusal{
				Fault: ServiceNeeded, Pool: a.FQDN, Other: b.FQDN, Services: []ServiceID{others[0].ID, s.ID},
			}
		}
	}
	return r, nil
}

// backupEnds returns the directions whose Backups the removal removes. The Backup of an appliance belongs to no pair.
func (r pairRemoval) backupEnds() [][2]*Pool {
	return slices.DeleteFunc([][2]*Pool{{r.a, r.b}, {r.b, r.a}},
		func(ends [2]*Pool) bool { return ends[0].Kind == KindAppliance })
}

// CanDeletePair returns the Refusal that DeletePair would return, nil for none. It does not make the edit, and is
// cheaper.
func (t *Topology) CanDeletePair(id PairID) error {
	_, err := t.planRemoval(id)
	return err
}

// WithoutPair returns the model of the topology as DeletePair would leave it. The model belongs to no document.
func (t *Topology) WithoutPair(id PairID) (*Topology, error) {
	r, err := t.planRemoval(id)
	if err != nil || r.a == nil {
		return t, err
	}
	services := t.services
	var changes []change
	for _, s := range r.services {
		services = services.Set(s.index, nil)
		changes = append(changes, change{was: s})
	}
	for _, ends := range r.backupEnds() {
		if from := ends[0].Registrar; from != nil {
			registrar := *from
			registrar.Backups = slices.DeleteFunc(slices.Clone(from.Backups),
				func(b Backup) bool { return t.names(b, ends[1]) })
			services = services.Set(from.index, &registrar)
			changes = append(changes, change{was: from, is: &registrar})
		}
	}
	return t.with(services, changes), nil
}

// Remainders returns the parts of pairs on a Front End pool that stay when all its relationships are removed: Backups
// and backup services that lead to no other Front End pool.
func (t *Topology) Remainders(p *Pool) (backups []Backup, services []*Service) {
	isPartner, leading := map[*Pool]bool{}, map[*Service]bool{}
	inSite := map[string]*Pool{} // one partner of each site, for the services that lead nowhere
	for _, partner := range t.LinkedFrontEnds(p) {
		isPartner[partner], inSite[partner.ID.Site] = true, partner
		for _, s := range t.relatedServices(p, partner) {
			leading[s] = leading[s] || t.serviceLeads(s, p, partner).toPartner
		}
	}
	for _, s := range t.links.At(p.order).leadNowhere {
		for _, partner := range inSite {
			leads := t.serviceLeads(s, p, partner)
			leading[s] = leading[s] || leads.nowhere && !leads.elsewhere
		}
	}
	for _, b := range p.Registrar.Backups {
		names := b.Named && b.Target.Role == RoleRegistrar
		if !names || !slices.ContainsFunc(t.hostsOf(b.Target), func(host *Pool) bool { return isPartner[host] }) {
			backups = append(backups, b)
		}
	}
	for _, s := range p.byRole[RoleBackupService] {
		if !leading[s] {
			services = append(services, s)
		}
	}
	return backups, services
}

// pairedServices returns the BackupServices on p that belong to its pair with other. They depend on a BackupService
// there, or one there depends on them, or their partner does not exist. It leaves out services that link p to a third
// pool, and services whose missing partner can be that of another pool that p is linked to.
func (t *Topology) pairedServices(p, other *Pool) ([]*Service, error) {
	var found []*Service
	for _, s := range t.relatedServices(p, other) {
		switch leads := t.serviceLeads(s, p, other); {
		case leads.toPartner && leads.elsewhere:
			return nil, &Refusal{
				Fault: BackupServiceTwice, Pool: p.FQDN, Other: other.FQDN, Services: []ServiceID{s.ID},
			}
		case leads.toPartner, leads.nowhere && !leads.elsewhere && !t.isLinkedBeside(p, other):
			found = append(found, s)
		}
	}
	return found, nil
}

// relatedServices returns the BackupServices on p that can belong to its pair with other, in the order of the document.
func (t *Topology) relatedServices(p, other *Pool) []*Service {
	related := t.namedServices(p, other)
	for _, s := range t.to(p, other).services {
		related[s] = true
	}
	if !t.isLinkedBeside(p, other) {
		for _, s := range t.links.At(p.order).leadNowhere {
			related[s] = true
		}
	}
	if len(related) < 2 {
		return slices.Collect(maps.Keys(related)) // without a search in the services of p
	}
	var found []*Service
	for _, s := range p.byRole[RoleBackupService] {
		if related[s] {
			found = append(found, s)
		}
	}
	return found
}

// isLinkedBeside reports whether p is linked to another Front End pool in the site of a pool.
func (t *Topology) isLinkedBeside(p, other *Pool) bool {
	return slices.ContainsFunc(t.LinkedFrontEnds(p), func(linked *Pool) bool {
		return linked != other && linked.ID.Site == other.ID.Site
	})
}

// leads are the places to which the dependencies of a BackupService lead.
type leads struct {
	toPartner bool // it depends on a BackupService of the partner, or one there depends on it
	elsewhere bool // it depends on a BackupService on a third pool
	nowhere   bool // it depends on a BackupService that does not exist, in the site of the partner
}

// serviceLeads returns where a BackupService on p leads, seen from the pair of p with a partner.
func (t *Topology) serviceLeads(s *Service, p, partner *Pool) leads {
	var found leads
	for _, id := range s.Dependencies(RoleBackupService) {
		switch hosts := t.hostsOf(id); {
		case slices.Contains(hosts, partner):
			found.toPartner = true
		case slices.ContainsFunc(hosts, func(host *Pool) bool { return host != p }):
			found.elsewhere = true
		case t.CountOf(id) == 0 && id.Site == partner.ID.Site:
			found.nowhere = true
		}
	}
	if found.toPartner || found.elsewhere {
		return found
	}
	found.toPartner = slices.ContainsFunc(t.servicesAt(t.namedBy.Get(s.ID)), func(theirs *Service) bool {
		return theirs.ID.Role == RoleBackupService && t.Cluster(theirs.Cluster) == partner
	})
	return found
}
