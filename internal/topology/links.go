package topology

import (
	"cmp"
	"slices"
)

// Links are the facts that link two pools A and B, in the order in which the caller passes them. A reference to an
// identity that several services have is a link to the pool of each.
type Links struct {
	BackupA  bool // the Backup of A's Registrar names B's Registrar
	BackupB  bool // the reverse
	ServiceA bool // a BackupService on A depends on one on B
	ServiceB bool // the reverse
}

// Count returns the number of links, 0 to 4.
func (l Links) Count() int {
	n := 0
	for _, exists := range []bool{l.BackupA, l.BackupB, l.ServiceA, l.ServiceB} {
		if exists {
			n++
		}
	}
	return n
}

// Any reports whether at least one link exists.
func (l Links) Any() bool { return l.Count() > 0 }

// All reports whether all four links exist.
func (l Links) All() bool { return l.Count() == 4 }

// Paired reports whether the links are more than a one-way backup registrar: both Backups, or a backup service.
func (l Links) Paired() bool { return l.ServiceA || l.ServiceB || (l.BackupA && l.BackupB) }

// linksTo are the links that one pool makes to another one.
type linksTo struct {
	backup bool // the Backup of its Registrar names the other one's Registrar
	// services are its BackupServices that depend on one of the other pool, in the order of the document.
	services []*Service
}

// Links returns the links between two pools.
func (t *Topology) Links(a, b *Pool) Links {
	ab, ba := t.linksOf[a][b], t.linksOf[b][a]
	return Links{
		BackupA: ab.backup, BackupB: ba.backup, ServiceA: len(ab.services) > 0, ServiceB: len(ba.services) > 0,
	}
}

// PairLinks returns the links between two pools that can belong to a pair. It excludes the Backup of an appliance,
// which is the association with its pool.
func (t *Topology) PairLinks(a, b *Pool) Links {
	links := t.Links(a, b)
	links.BackupA = links.BackupA && a.Kind != KindAppliance
	links.BackupB = links.BackupB && b.Kind != KindAppliance
	return links
}

// Linked returns the other pools with at least one link to p, in the order of the document. The result includes
// appliances and other hosts whose Backup names p.
func (t *Topology) Linked(p *Pool) []*Pool { return slices.Clone(t.linked[p]) }

// LinkedFrontEnds returns the other Front End pools of any version with at least one link to p, sorted by name. The
// caller must not change the slice.
func (t *Topology) LinkedFrontEnds(p *Pool) []*Pool { return t.linkedFrontEnds[p] }

// indexLinks records the links of all pools, so that no lookup compares every two pools or services.
func (t *Topology) indexLinks() {
	t.linksOf, t.leadNowhere = map[*Pool]map[*Pool]linksTo{}, map[*Pool][]*Service{}
	for _, p := range t.Pools {
		if p.Registrar != nil {
			for _, b := range p.Registrar.Backups {
				if b.Named && b.Target.Role == RoleRegistrar {
					t.recordLinks(p, b.Target, nil)
				}
			}
		}
		for _, s := range p.byRole[RoleBackupService] {
			leadsNowhere := false
			for _, id := range s.Dependencies(RoleBackupService) {
				t.recordLinks(p, id, s)
				leadsNowhere = leadsNowhere || len(t.byService[id]) == 0
			}
			if leadsNowhere {
				t.leadNowhere[p] = append(t.leadNowhere[p], s)
			}
		}
	}
	t.linked = map[*Pool][]*Pool{}
	for p, others := range t.linksOf {
		for other := range others {
			if other == p {
				continue
			}
			t.linked[p] = append(t.linked[p], other)
			if _, isMutual := t.linksOf[other][p]; !isMutual {
				t.linked[other] = append(t.linked[other], p)
			}
		}
	}
	t.linkedFrontEnds = map[*Pool][]*Pool{}
	for p, others := range t.linked {
		slices.SortFunc(others, func(a, b *Pool) int { return a.order - b.order })
		frontEnds := slices.DeleteFunc(slices.Clone(others),
			func(other *Pool) bool { return other.Kind != KindFrontEnd })
		slices.SortFunc(frontEnds, comparePools)
		t.linkedFrontEnds[p] = frontEnds
	}
}

// recordLinks adds the links of a pool to the hosts of a service: that of a Backup, or that of a BackupService.
func (t *Topology) recordLinks(p *Pool, target ServiceID, service *Service) {
	for _, other := range t.hostsOf(target) {
		if t.linksOf[p] == nil {
			t.linksOf[p] = map[*Pool]linksTo{}
		}
		links := t.linksOf[p][other]
		switch n := len(links.services); {
		case service == nil:
			links.backup = true
		case n == 0 || links.services[n-1] != service:
			links.services = append(links.services, service)
		}
		t.linksOf[p][other] = links
	}
}

// LinkedPools are two Front End pools that are in a pair, complete or incomplete, in the order of their names. A
// one-way backup registrar is not a pair.
type LinkedPools struct {
	First, Second *Pool
	Links         Links
}

// ID returns the identity of the pair. It identifies no pair if a name is missing or ambiguous.
func (l LinkedPools) ID() PairID { return NewPairID(l.First.FQDN, l.Second.FQDN) }

// Pairs returns the pairs of the document, sorted by the names of their pools.
func (t *Topology) Pairs() []LinkedPools {
	var pairs []LinkedPools
	for _, a := range t.FrontEnds() {
		for _, b := range t.LinkedFrontEnds(a) {
			if comparePools(a, b) > 0 {
				continue
			}
			if links := t.Links(a, b); links.Paired() {
				pairs = append(pairs, LinkedPools{First: a, Second: b, Links: links})
			}
		}
	}
	slices.SortFunc(pairs, func(x, y LinkedPools) int {
		return cmp.Or(comparePools(x.First, y.First), comparePools(x.Second, y.Second))
	})
	return pairs
}

// comparePools orders pools by their names, and those of one name as the document does.
func comparePools(a, b *Pool) int {
	return cmp.Or(a.FQDN.Compare(b.FQDN), cmp.Compare(a.order, b.order))
}

// BackupRegistrars returns the canonical names of the pools whose Registrar is a backup registrar of p. It leaves out
// references that do not resolve, and pools without a name. A valid document has at most one.
func (t *Topology) BackupRegistrars(p *Pool) []string {
	var names []string
	if p.Registrar == nil {
		return nil
	}
	for _, b := range p.Registrar.Backups {
		for _, target := range t.hostsOf(b.Target) {
			if target.HasName {
				names = append(names, target.FQDN.String())
			}
		}
	}
	return names
}

// BackupServicePartners returns the canonical names of the pools whose BackupService a BackupService on p depends on.
// It leaves out pools without a name.
func (t *Topology) BackupServicePartners(p *Pool) []string {
	var names []string
	for _, s := range p.Role(RoleBackupService) {
		for _, id := range s.Dependencies(RoleBackupService) {
			for _, target := range t.hostsOf(id) {
				if target.HasName && !slices.Contains(names, target.FQDN.String()) {
					names = append(names, target.FQDN.String())
				}
			}
		}
	}
	return names
}

// backupNames reports whether a Backup of a's Registrar names b's Registrar.
func (t *Topology) backupNames(a, b *Pool) bool { return t.linksOf[a][b].backup }

// names reports whether a Backup names the Registrar of a pool.
func (t *Topology) names(backup Backup, p *Pool) bool {
	return backup.Named && backup.Target.Role == RoleRegistrar && slices.Contains(t.hostsOf(backup.Target), p)
}
