package topology

import (
	"fmt"
	"slices"
	"strings"
)

// PairMember is one pool of a desired pair with the settings that apply when this pool fails.
type PairMember struct {
	FQDN     string
	Settings DesiredSettings
}

// PairSpec is a desired pair.
type PairSpec [2]PairMember

// sorted returns the members in the order of their canonical names. Services are written in this order.
func (s PairSpec) sorted() PairSpec {
	if CanonicalFQDN(s[1].FQDN) < CanonicalFQDN(s[0].FQDN) {
		s[0], s[1] = s[1], s[0]
	}
	return s
}

// CreatePair writes a new pair: both Backups, both backup services and, if one member has the active Central
// Management, the standby on the other. It refuses members that have any part of a pair.
func (e *Editor) CreatePair(spec PairSpec) error {
	spec = spec.sorted()
	t := e.Topology()
	a, b, err := t.members(spec)
	if err != nil {
		return err
	}
	for _, p := range []*Pool{a, b} {
		if err := t.checkFree(p); err != nil {
			return err
		}
	}
	return e.editPair(a, b, func(d *draft) error {
		taken := map[ServiceID]bool{}
		if err := e.writePair(d, t, [2]*Pool{a, b}, spec, taken); err != nil {
			return err
		}
		return e.writeStandby(d, t, a, b, taken)
	}, spec.isComplete)
}

// UpdatePair completes an existing pair and writes the desired settings. It writes only the values that differ. It
// never changes Central Management or the modules of existing services.
func (e *Editor) UpdatePair(spec PairSpec) error {
	spec = spec.sorted()
	t := e.Topology()
	a, b := t.Pool(spec[0].FQDN), t.Pool(spec[1].FQDN)
	var links Links
	if a != nil && b != nil && a != b {
		links = t.Links(a, b)
	}
	// The settings of a complete pair can change even if its members could no longer be paired.
	if !links.All() {
		var err error
		if a, b, err = t.members(spec); err != nil {
			return err
		}
	}
	if !links.Any() {
		return refuse("Pair not found",
			"Nothing in the topology links %s and %s any more. Plan again to create the pair.", a.FQDN, b.FQDN)
	}
	if err := t.checkNoOtherPair(a, b, links); err != nil {
		return err
	}
	return e.editPair(a, b, func(d *draft) error {
		return e.writePair(d, t, [2]*Pool{a, b}, spec, map[ServiceID]bool{})
	}, spec.isComplete)
}

// checkNoOtherPair refuses to update a pair of which a member is also paired with a third pool.
func (t *Topology) checkNoOtherPair(a, b *Pool, links Links) error {
	for _, ends := range [][2]*Pool{{a, b}, {b, a}} {
		p, partner := ends[0], ends[1]
		for _, other := range t.Linked(p) {
			if other == partner || other.Kind != KindFrontEnd || t.Links(p, other).Count() < 2 {
				continue
			}
			// An update of a complete pair does not change the other pair, unless one Registrar has the Backups of
			// both.
			if !links.All() || len(p.Registrar.Backups) > 1 && t.backupNames(p, other) {
				return refuse("Pool paired with another pool (PP-FREE)",
					"%s has been paired with %s in the topology, so its pair with %s cannot be completed. "+
						"End one of the two pairs first.", p.FQDN, other.FQDN, partner.FQDN)
			}
		}
	}
	return nil
}

// editPair runs a change of a pair. After it, isDone gets the members in the changed model.
func (e *Editor) editPair(a, b *Pool, change func(*draft) error, isDone func(t *Topology, a, b *Pool) bool) error {
	return e.edit("the pair "+a.FQDN+", "+b.FQDN, pairExtent(a, b), change, func(t *Topology) bool {
		return isDone(t, t.Cluster(a.ID), t.Cluster(b.ID))
	})
}

// isComplete reports whether the pools have all four links and the desired settings.
func (s PairSpec) isComplete(t *Topology, a, b *Pool) bool {
	for i, p := range []*Pool{a, b} {
		if backups := p.Registrar.Backups; len(backups) != 1 || !backups[0].Settings.Equal(s[i].Settings) {
			return false
		}
	}
	return t.Links(a, b).All()
}

// writePair writes the Backups and the backup services of a pair.
func (e *Editor) writePair(d *draft, t *Topology, pools [2]*Pool, spec PairSpec, taken map[ServiceID]bool) error {
	for i, p := range pools {
		if err := writeBackup(d, p.Registrar, pools[1-i].Registrar.ID, spec[i].Settings); err != nil {
			return err
		}
	}
	return e.writeBackupServices(d, t, pools, taken)
}

// members returns the pools of a desired pair. It refuses pools that cannot be paired.
func (t *Topology) members(spec PairSpec) (*Pool, *Pool, error) {
	var pools [2]*Pool
	for i, m := range spec {
		p := t.Pool(m.FQDN)
		switch {
		case p == nil:
			return nil, nil, refuse("Pool not found (PP-EXIST)", "The topology has no pool %s.", m.FQDN)
		case p.Kind != KindFrontEnd:
			return nil, nil, refuse("Not a Front End pool (PP-KIND)", "%s is %s.", p.FQDN, p.Description)
		case p.Version < Version2013:
			return nil, nil, refuse("Not a pool of Lync Server 2013 or later (PP-10-13)",
				"%s is a pool of %s. Pairing begins with Lync Server 2013.", p.FQDN, VersionName(p.Version))
		case len(t.byService[p.Registrar.ID]) > 1:
			return nil, nil, refuse("Ambiguous Registrar",
				"The topology has more than one service %s, so %s cannot be named as a backup registrar. "+
					"Mend this in Topology Builder.", p.Registrar.ID, p.FQDN)
		}
		pools[i] = p
	}
	if pools[0] == pools[1] {
		return nil, nil, refuse("Pool paired with itself (PP-SELF)", "%s cannot be its own backup.", pools[0].FQDN)
	}
	return pools[0], pools[1], nil
}

// checkFree refuses a pool that has any part of a pair. The rules report the same in more detail when a pair is
// planned.
func (t *Topology) checkFree(p *Pool) error {
	var found []string
	if names := t.BackupRegistrars(p); len(names) > 0 {
		found = append(found, "its Registrar names the backup registrar "+strings.Join(names, ", "))
	} else if len(p.Registrar.Backups) > 0 {
		found = append(found, "its Registrar has a Backup that names no service")
	}
	for _, other := range t.Linked(p) {
		if other.Kind == KindFrontEnd && t.backupNames(other, p) {
			found = append(found, other.FQDN+" names it as backup registrar")
		}
	}
	for _, s := range p.Role(RoleBackupService) {
		found = append(found, fmt.Sprintf("it has the backup service %s", s.ID))
	}
	for _, s := range p.Role(RoleCentralMgmt) {
		if !s.IsActive {
			found = append(found, fmt.Sprintf("it has the inactive Central Management service %s", s.ID))
		}
	}
	if len(found) == 0 {
		return nil
	}
	return refuse("Pool is not free (PP-FREE)",
		"%s cannot be paired: %s. Import the pair it belongs to, or remove what is left in Topology Builder.",
		p.FQDN, strings.Join(found, "; "))
}

// DeletePair removes all links between two pools and the standby Central Management of the pair. It succeeds if a
// member or the links do not exist. The warning is not empty if Central Management stays as it is because its standby
// is ambiguous. The Backups of an appliance, and those between pools of Lync Server 2010, do not belong to a pair and
// stay.
func (e *Editor) DeletePair(first, second string) (warning string, err error) {
	t := e.Topology()
	a, b := t.Pool(first), t.Pool(second)
	if a == nil || b == nil || a == b || !t.PairLinks(a, b).Any() {
		return "", nil
	}
	if a.Version < Version2013 && b.Version < Version2013 {
		return "", refuse("Not a pair of pools (PP-10-13)",
			"%s and %s are pools of Lync Server 2010. Their backup registrars are no pair; "+
				"change them in Topology Builder.", a.FQDN, b.FQDN)
	}
	var removed []*Service
	for _, ends := range [][2]*Pool{{a, b}, {b, a}} {
		services, err := t.pairedServices(ends[0], ends[1])
		if err != nil {
			return "", err
		}
		removed = append(removed, services...)
	}
	standby, warning := t.standbyOf(a, b)
	removed = append(removed, standby...)
	for _, s := range removed {
		if others := t.dependents(s.ID, removed...); len(others) > 0 {
			return "", refuse("Service still needed",
				"The pair %s, %s cannot be removed: %s depends on %s, which would go. "+
					"Change that service in Topology Builder first.", a.FQDN, b.FQDN, others[0].ID, s.ID)
		}
	}
	return warning, e.editPair(a, b, func(d *draft) error {
		for _, ends := range [][2]*Pool{{a, b}, {b, a}} {
			if ends[0].Kind != KindAppliance {
				removeBackups(d, t, ends[0], ends[1])
			}
		}
		for _, s := range removed {
			d.remove(s)
		}
		return nil
	}, func(t *Topology, a, b *Pool) bool { return !t.PairLinks(a, b).Any() })
}

// removeBackups removes every Backup in which from's Registrar names to's Registrar.
func removeBackups(d *draft, t *Topology, from, to *Pool) {
	if !t.backupNames(from, to) {
		return
	}
	service := d.service(from.Registrar)
	for i, el := range slices.Clone(children(service, "Backup")) {
		if t.names(from.Registrar.Backups[i], to) {
			service.Remove(el)
		}
	}
}

// pairedServices returns the BackupServices on p that belong to its pair with other. They depend on a BackupService
// there, or one there depends on them, or their partner does not exist. It leaves out services that link p to a third
// pool, and services whose missing partner can be that of another pool that p is linked to.
func (t *Topology) pairedServices(p, other *Pool) ([]*Service, error) {
	var found []*Service
	for _, s := range p.Role(RoleBackupService) {
		var linksOther, linksThird, linksMissing bool // which pools the service links p to
		for _, id := range s.Dependencies(RoleBackupService) {
			switch hosts := t.hostsOf(id); {
			case slices.Contains(hosts, other):
				linksOther = true
			case slices.ContainsFunc(hosts, func(host *Pool) bool { return host != p }):
				linksThird = true
			case len(t.byService[id]) == 0 && id.Site == other.ID.Site:
				linksMissing = !slices.ContainsFunc(t.Linked(p), func(l *Pool) bool {
					return l != other && l.Kind == KindFrontEnd && l.ID.Site == id.Site
				})
			}
		}
		for _, theirs := range t.dependents(s.ID) {
			if theirs.ID.Role == RoleBackupService && t.byCluster[theirs.Cluster] == other {
				linksOther = linksOther || !linksThird
			}
		}
		switch {
		case linksOther && linksThird:
			return nil, refuse("Backup service with two partners",
				"The backup service %s of %s depends on those of %s and of another pool, so it cannot be removed. "+
					"Mend this in Topology Builder.", s.ID, p.FQDN, other.FQDN)
		case linksOther || (linksMissing && !linksThird):
			found = append(found, s)
		}
	}
	return found, nil
}
