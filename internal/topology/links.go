package topology

import (
	"cmp"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
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

// poolLinks are the links of one pool. Other pools are given by their positions.
type poolLinks struct {
	to          map[int]linksTo
	leadNowhere []*Service // the BackupServices with a partner that does not exist
	linked      []int      // the other pools with a link in one direction, in the order of the document
	frontEnds   []int      // the Front End pools of these, sorted by name
}

// to returns the links that one pool makes to another one.
func (t *Topology) to(p, other *Pool) linksTo { return t.links.At(p.order).to[other.order] }

// Links returns the links between two pools.
func (t *Topology) Links(a, b *Pool) Links {
	ab, ba := t.to(a, b), t.to(b, a)
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
func (t *Topology) Linked(p *Pool) []*Pool { return t.poolsAt(t.links.At(p.order).linked) }

// LinkedFrontEnds returns the other Front End pools of any version with at least one link to p, sorted by name.
func (t *Topology) LinkedFrontEnds(p *Pool) []*Pool { return t.poolsAt(t.links.At(p.order).frontEnds) }

// indexLinks records the links of all pools, so that no lookup compares every two pools or services.
func (t *Topology) indexLinks(pools []*Pool) {
	links := make([]*poolLinks, len(pools))
	for order, p := range pools {
		links[order] = t.linksFrom(p)
	}
	for order, l := range links {
		for other := range l.to {
			if other == order {
				continue
			}
			l.linked = append(l.linked, other)
			if _, isMutual := links[other].to[order]; !isMutual {
				links[other].linked = append(links[other].linked, order)
			}
		}
	}
	for _, l := range links {
		slices.Sort(l.linked)
		l.frontEnds = t.frontEndsOf(l.linked)
	}
	t.links = persistent.NewVector(links)
}

// frontEndsOf returns the Front End pools of some pools, sorted by name.
func (t *Topology) frontEndsOf(linked []int) []int {
	var found []int
	for _, order := range linked {
		if t.pools.At(order).Kind == KindFrontEnd {
			found = append(found, order)
		}
	}
	slices.SortFunc(found, func(a, b int) int { return comparePools(t.pools.At(a), t.pools.At(b)) })
	return found
}

// linksFrom returns the links that a pool makes.
func (t *Topology) linksFrom(p *Pool) *poolLinks {
	l := &poolLinks{}
	if p.Registrar != nil {
		for _, b := range p.Registrar.Backups {
			if b.Named && b.Target.Role == RoleRegistrar {
				l.record(t.hostsOf(b.Target), nil)
			}
		}
	}
	for _, s := range p.byRole[RoleBackupService] {
		leadsNowhere := false
		for _, id := range s.Dependencies(RoleBackupService) {
			l.record(t.hostsOf(id), s)
			leadsNowhere = leadsNowhere || t.CountOf(id) == 0
		}
		if leadsNowhere {
			l.leadNowhere = append(l.leadNowhere, s)
		}
	}
	return l
}

// record adds the links to the hosts of a service: that of a Backup, or that of a BackupService.
func (l *poolLinks) record(hosts []*Pool, service *Service) {
	for _, other := range hosts {
		if l.to == nil {
			l.to = map[int]linksTo{}
		}
		links := l.to[other.order]
		switch n := len(links.services); {
		case service == nil:
			links.backup = true
		case n == 0 || links.services[n-1] != service:
			links.services = append(links.services, service)
		}
		l.to[other.order] = links
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
func (t *Topology) backupNames(a, b *Pool) bool { return t.to(a, b).backup }

// names reports whether a Backup names the Registrar of a pool.
func (t *Topology) names(backup Backup, p *Pool) bool {
	return backup.Named && backup.Target.Role == RoleRegistrar && slices.Contains(t.hostsOf(backup.Target), p)
}
