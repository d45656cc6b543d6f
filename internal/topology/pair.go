package topology

import "slices"

// CreatePair writes a new pair: both Backups, both backup services and, if one member has the active Central
// Management, the standby on the other. It refuses members that have any part of a pair.
func (e *Editor) CreatePair(d DesiredPair) error {
	t := e.Topology()
	a, b, err := t.planCreation(d.ID())
	if err != nil {
		return err
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
	a, b, err := t.planUpdate(d.ID())
	if err != nil {
		return err
	}
	return e.editPair(a, b, func(draft *draft) error {
		return e.writePair(draft, t, [2]*Pool{a, b}, d, map[ServiceID]bool{})
	}, d.isWritten)
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

// DeletePair removes all links between two pools and the standby Central Management of the pair. It succeeds if a
// member or the links do not exist. It returns the standby as it was before, which stays if it is ambiguous. The
// Backups of an appliance, and those between pools of Lync Server 2010, do not belong to a pair and stay.
func (e *Editor) DeletePair(id PairID) (Standby, error) {
	r, err := e.Topology().planRemoval(id)
	if err != nil || r.a == nil {
		return Standby{}, err
	}
	return r.standby, e.remove(r)
}

// DeleteLinks is DeletePair for two clusters, whatever their names are.
func (e *Editor) DeleteLinks(a, b ClusterID) error {
	t := e.Topology()
	r, err := t.planRemovalOf(t.Cluster(a), t.Cluster(b))
	if err != nil || r.a == nil {
		return err
	}
	return e.remove(r)
}

func (e *Editor) remove(r pairRemoval) error {
	t := e.Topology()
	return e.editPair(r.a, r.b, func(d *draft) error {
		for _, ends := range r.backupEnds() {
			removeBackups(d, t, ends[0], ends[1])
		}
		for _, s := range r.services {
			d.remove(s)
		}
		return nil
	}, func(t *Topology) bool { return !t.PairLinks(t.Cluster(r.a.ID), t.Cluster(r.b.ID)).Any() })
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
