package topology

// CanCreatePair returns the Refusal that CreatePair would return, nil for none. It does not make the edit, and is
// cheaper.
func (t *Topology) CanCreatePair(id PairID) error {
	_, _, err := t.planCreation(id)
	return err
}

// planCreation returns the members of a new pair. It refuses those that cannot be paired.
func (t *Topology) planCreation(id PairID) (a, b *Pool, err error) {
	if a, b, err = t.members(id); err != nil {
		return nil, nil, err
	}
	for _, p := range []*Pool{a, b} {
		if err := t.checkFree(p); err != nil {
			return nil, nil, err
		}
	}
	if _, err := t.planBackupServices([2]*Pool{a, b}); err != nil {
		return nil, nil, err
	}
	_, err = t.planStandby(a, b)
	return a, b, err
}

// CanUpdatePair returns the Refusal that UpdatePair would return, nil for none. It does not make the edit, and is
// cheaper.
func (t *Topology) CanUpdatePair(id PairID) error {
	_, _, err := t.planUpdate(id)
	return err
}

// planUpdate returns the members of a pair that can be completed and changed.
func (t *Topology) planUpdate(id PairID) (a, b *Pool, err error) {
	a, b = t.Pool(id.First), t.Pool(id.Second)
	var links Links
	if a != nil && b != nil && a != b {
		links = t.Links(a, b)
	}
	if links.Any() && a.Version < Version2013 && b.Version < Version2013 {
		return nil, nil, &Refusal{Fault: NotManagedPair, Pool: a.FQDN, Other: b.FQDN}
	}
	// The settings of a complete pair can change even if its members could no longer be paired.
	if !links.All() || len(a.Registrar.Backups) > 1 || len(b.Registrar.Backups) > 1 {
		if a, b, err = t.members(id); err != nil {
			return nil, nil, err
		}
	}
	if !links.Any() {
		return nil, nil, &Refusal{Fault: PairNotFound, Pool: a.FQDN, Other: b.FQDN}
	}
	if err := t.checkNoOtherPair(a, b, links); err != nil || (links.ServiceA && links.ServiceB) {
		return a, b, err
	}
	_, err = t.planBackupServices([2]*Pool{a, b})
	return a, b, err
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

// members returns the pools of a pair, sorted by name, the order in which services are written. It refuses
// pools that cannot be paired.
func (t *Topology) members(id PairID) (a, b *Pool, err error) {
	var pools [2]*Pool
	for i, name := range []FQDN{id.First, id.Second} {
		if err := t.checkNames(name); err != nil {
			return nil, nil, err
		}
		p := t.Pool(name)
		switch {
		case p == nil:
			return nil, nil, &Refusal{Fault: PoolNotFound, Pool: name}
		case p.Kind != KindFrontEnd:
			return nil, nil, &Refusal{Fault: NotFrontEnd, Pool: p.FQDN, Found: p.Description}
		case p.Version < Version2013:
			return nil, nil, &Refusal{Fault: VersionTooOld, Pool: p.FQDN, Version: p.Version}
		case t.CountOf(p.Registrar.ID) > 1:
			return nil, nil, &Refusal{Fault: AmbiguousRegistrar, Pool: p.FQDN, Services: []ServiceID{p.Registrar.ID}}
		}
		pools[i] = p
	}
	if pools[0] == pools[1] {
		return nil, nil, &Refusal{Fault: SamePool, Pool: pools[0].FQDN}
	}
	return pools[0], pools[1], nil
}

// checkFree refuses a pool that has any part of a pair. The rules report the same in more detail when a pair is
// planned.
func (t *Topology) checkFree(p *Pool) error {
	r := &Refusal{Fault: PoolNotFree, Pool: p.FQDN}
	for _, other := range t.LinkedFrontEnds(p) {
		r.Linked = append(r.Linked, other.FQDN)
	}
	if len(p.Registrar.Backups) > 0 {
		r.Services = append(r.Services, p.Registrar.ID)
	}
	for _, s := range p.Role(RoleBackupService) {
		r.Services = append(r.Services, s.ID)
	}
	for _, s := range p.Role(RoleCentralMgmt) {
		if !s.IsActive {
			r.Services = append(r.Services, s.ID)
		}
	}
	if len(r.Linked)+len(r.Services) == 0 {
		return nil
	}
	return r
}
