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

// Links returns the links between two pools.
func (t *Topology) Links(a, b *Pool) Links {
	return Links{
		BackupA:  t.backupNames(a, b),
		BackupB:  t.backupNames(b, a),
		ServiceA: len(t.backupServicesFor(a, b)) > 0,
		ServiceB: len(t.backupServicesFor(b, a)) > 0,
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
func (t *Topology) Linked(p *Pool) []*Pool {
	var found []*Pool
	for other := range t.linked[p] {
		if other != p {
			found = append(found, other)
		}
	}
	slices.SortFunc(found, func(a, b *Pool) int { return a.order - b.order })
	return found
}

// indexLinks records which pools are linked, so that Linked and Pairs do not compare every two pools.
func (t *Topology) indexLinks() {
	t.linked = map[*Pool]map[*Pool]bool{}
	record := func(p *Pool, role string, target ServiceID) {
		if target.Role != role {
			return
		}
		for _, other := range t.hostsOf(target) {
			for _, ends := range [][2]*Pool{{p, other}, {other, p}} {
				if t.linked[ends[0]] == nil {
					t.linked[ends[0]] = map[*Pool]bool{}
				}
				t.linked[ends[0]][ends[1]] = true
			}
		}
	}
	for _, p := range t.Pools {
		if p.Registrar != nil {
			for _, b := range p.Registrar.Backups {
				record(p, RoleRegistrar, b.Target)
			}
		}
		for _, s := range p.Role(RoleBackupService) {
			for _, id := range s.Dependencies(RoleBackupService) {
				record(p, RoleBackupService, id)
			}
		}
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
		for _, b := range t.Linked(a) {
			if b.Kind != KindFrontEnd || comparePools(a, b) > 0 {
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
func (t *Topology) backupNames(a, b *Pool) bool {
	if a.Registrar == nil {
		return false
	}
	return slices.ContainsFunc(a.Registrar.Backups, func(backup Backup) bool {
		return t.names(backup, b)
	})
}

// names reports whether a Backup names the Registrar of a pool.
func (t *Topology) names(backup Backup, p *Pool) bool {
	return backup.Named && backup.Target.Role == RoleRegistrar && slices.Contains(t.hostsOf(backup.Target), p)
}

// backupServicesFor returns the BackupServices on a that depend on one on b.
func (t *Topology) backupServicesFor(a, b *Pool) []*Service {
	var found []*Service
	for _, s := range a.Role(RoleBackupService) {
		for _, id := range s.Dependencies(RoleBackupService) {
			if slices.Contains(t.hostsOf(id), b) {
				found = append(found, s)
				break
			}
		}
	}
	return found
}
