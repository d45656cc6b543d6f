package topology

import "slices"

// CreatePair writes a new pair: both Backups, both backup services and, if one member has the active Central
// Management, the standby on the other. It refuses members that have any part of a pair.
func (e *Editor) CreatePair(d DesiredPair) error {
	t := e.Topology()
	a, b, err := t.members(d)
	if err != nil {
		return err
	}
	for _, p := range []*Pool{a, b} {
		if err := t.checkFree(p); err != nil {
			return err
		}
	}
	return e.editPair(a, b, func(draft *draft) error {
		taken := map[ServiceID]bool{}
		if err := e.writePair(draft, t, [2]*Pool{a, b}, d, taken); err != nil {
			return err
		}
		return e.writeStandby(draft, t, a, b, taken)
	}, d.isWritten)
}

// UpdatePair completes an existing pair and writes the desired settings. It writes only the values that differ. It
// never changes Central Management or the modules of existing services.
func (e *Editor) UpdatePair(d DesiredPair) error {
	t := e.Topology()
	id := d.ID()
	a, b := t.Pool(id.First), t.Pool(id.Second)
	var links Links
	if a != nil && b != nil && a != b {
		links = t.Links(a, b)
	}
	// The settings of a complete pair can change even if its members could no longer be paired.
	if !links.All() {
		var err error
		if a, b, err = t.members(d); err != nil {
			return err
		}
	}
	if !links.Any() {
		return &Refusal{Fault: PairNotFound, Pool: a.FQDN, Other: b.FQDN}
	}
	if err := t.checkNoOtherPair(a, b, links); err != nil {
		return err
	}
	return e.editPair(a, b, func(draft *draft) error {
		return e.writePair(draft, t, [2]*Pool{a, b}, d, map[ServiceID]bool{})
	}, d.isWritten)
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
				return &Refusal{Fault: PairedElsewhere, Pool: p.FQDN, Other: other.FQDN, Third: partner.FQDN}
			}
		}
	}
	return nil
}

// editPair runs a change of a pair.
func (e *Editor) editPair(a, b *Pool, change func(*draft) error, isDone func(*Topology) bool) error {
	return e.edit("the pair "+NewPairID(a.FQDN, b.FQDN).String(), pairExtent(a, b), change, isDone)
}

// isWritten reports whether the topology has the desired pair.
func (d DesiredPair) isWritten(t *Topology) bool { return t.PairDifference(d) == "" }

// writePair writes the Backups and the backup services of a pair.
func (e *Editor) writePair(
	d *draft, t *Topology, pools [2]*Pool, desired DesiredPair, taken map[ServiceID]bool,
) error {
	for i, p := range pools {
		if err := writeBackup(d, p.Registrar, pools[1-i].Registrar.ID, desired.Settings[p.FQDN]); err != nil {
			return err
		}
	}
	return e.writeBackupServices(d, t, pools, taken)
}

// members returns the pools of a desired pair, sorted by name, the order in which services are written. It refuses
// pools that cannot be paired.
func (t *Topology) members(d DesiredPair) (a, b *Pool, err error) {
	var pools [2]*Pool
	id := d.ID()
	for i, name := range []FQDN{id.First, id.Second} {
		p := t.Pool(name)
		switch {
		case p == nil:
			return nil, nil, &Refusal{Fault: PoolNotFound, Pool: name}
		case p.Kind != KindFrontEnd:
			return nil, nil, &Refusal{Fault: NotFrontEnd, Pool: p.FQDN, Found: p.Description}
		case p.Version < Version2013:
			return nil, nil, &Refusal{Fault: VersionTooOld, Pool: p.FQDN, Version: p.Version}
		case len(t.byService[p.Registrar.ID]) > 1:
			return nil, nil, &Refusal{Fault: AmbiguousRegistrar, Pool: p.FQDN, Services: []ServiceID{p.Registrar.ID}}
		}
		pools[i] = p
	}
	if pools[0] == pools[1] {
		return nil, nil, &Refusal{Fault: SamePool, Pool: pools[0].FQDN}
	}
	return pools[0], pools[1], nil
}

// DeletePair removes all links between two pools and the standby Central Management of the pair. It succeeds if a
// member or the links do not exist. It returns the standby as it was before, which stays if it is ambiguous. The
// Backups of an appliance, and those between pools of Lync Server 2010, do not belong to a pair and stay.
func (e *Editor) DeletePair(id PairID) (Standby, error) {
	t := e.Topology()
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || a == b || !t.PairLinks(a, b).Any() {
		return Standby{}, nil
	}
	if a.Version < Version2013 && b.Version < Version2013 {
		return Standby{}, &Refusal{Fault: NotManagedPair, Pool: a.FQDN, Other: b.FQDN}
	}
	var removed []*Service
	for _, ends := range [][2]*Pool{{a, b}, {b, a}} {
		services, err := t.pairedServices(ends[0], ends[1])
		if err != nil {
			return Standby{}, err
		}
		removed = append(removed, services...)
	}
	standby := t.Standby(a, b)
	removed = append(removed, standby.Services...)
	for _, s := range removed {
		if others := t.dependents(s.ID, removed...); len(others) > 0 {
			return Standby{}, &Refusal{
				Fault: ServiceNeeded, Pool: a.FQDN, Other: b.FQDN, Services: []ServiceID{others[0].ID, s.ID},
			}
		}
	}
	return standby, e.editPair(a, b, func(d *draft) error {
		for _, ends := range [][2]*Pool{{a, b}, {b, a}} {
			if ends[0].Kind != KindAppliance {
				removeBackups(d, t, ends[0], ends[1])
			}
		}
		for _, s := range removed {
			d.remove(s)
		}
		return nil
	}, func(t *Topology) bool { return !t.PairLinks(t.Cluster(a.ID), t.Cluster(b.ID)).Any() })
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
			return nil, &Refusal{
				Fault: BackupServiceTwice, Pool: p.FQDN, Other: other.FQDN, Services: []ServiceID{s.ID},
			}
		case linksOther || (linksMissing && !linksThird):
			found = append(found, s)
		}
	}
	return found, nil
}
