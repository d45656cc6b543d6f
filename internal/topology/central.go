package topology

import "slices"

// ActiveCentral returns the active Central Management services. A valid document has one.
func (t *Topology) ActiveCentral() []*Service {
	return slices.DeleteFunc(t.servicesAt(t.central), func(s *Service) bool { return !s.IsActive })
}

// CentralMembers returns the pool of two that has the active Central Management, and the other one; nil if neither has
// it.
func CentralMembers(a, b *Pool) (active, partner *Pool) {
	switch {
	case b.Central == CentralActive:
		return b, a
	case a.Central == CentralActive:
		return a, b
	default:
		return nil, nil
	}
}

// standbyPlan are the parts from which the standby Central Management of a pair is written.
type standbyPlan struct {
	partner  *Pool     // the member that gets the standby, nil if no member has the active Central Management
	database *Service  // of the user services of partner, on whose SQL Server instance the store of the standby is
	store    ServiceID // the file store of partner
}

// planStandby returns the parts of the standby Central Management of a new pair. It refuses a pair that cannot have
// one.
func (t *Topology) planStandby(a, b *Pool) (plan standbyPlan, err error) {
	_, partner := CentralMembers(a, b)
	if partner == nil {
		return plan, nil
	}
	if active := t.ActiveCentral(); len(active) != 1 {
		return plan, &Refusal{Fault: SeveralActiveCentral, Count: len(active)}
	}
	for _, s := range t.servicesAt(t.central) {
		if p := t.Cluster(s.Cluster); p != a && p != b {
			r := &Refusal{Fault: OtherStandby, Services: []ServiceID{s.ID}}
			if p != nil {
				r.Pool = p.FQDN
			}
			return plan, r
		}
	}
	plan.partner = partner
	if plan.database, err = t.standbyDatabase(partner); err != nil {
		return plan, err
	}
	plan.store, err = t.FileStoreOf(partner)
	return plan, err
}

// writeStandby adds the standby Central Management and its store to the partner of the pool that has the active one. It
// does nothing if no member has the active one.
func (e *Editor) writeStandby(d *draft, t *Topology, a, b *Pool, taken map[ServiceID]bool) error {
	plan, err := t.planStandby(a, b)
	if err != nil || plan.partner == nil {
		return err
	}
	partner, host := plan.partner, plan.database.Cluster
	cms := e.newServiceID(partner.ID, partner.ID.Site, RoleCentralMgmt, taken)
	database := e.newServiceID(host, host.Site, RoleCentralMgmtStore, taken)

	w := newServiceWriter(d.parent, d.last())
	w.service(newService{
		typeName: "Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.CentralMgmtService",
		id:       cms, version: partner.Version, dependsOn: []ServiceID{database, plan.store}, cluster: partner.ID,
	}, func() {
		w.payload("Ports", nil, nil)
		w.payload("CentralMgmtService", []string{"IsActive", "false"}, nil)
	})
	el, err := w.Done()
	if err != nil {
		return err
	}
	d.appendService(el)

	w = newServiceWriter(d.parent, d.last())
	instance := child(child(plan.database.element, "InstalledOn"), "SqlInstanceId").Attr("Name")
	w.service(newService{id: database, version: partner.Version, cluster: host, sqlInstance: &instance}, func() {
		w.payload("Ports", nil, nil)
	})
	if el, err = w.Done(); err != nil {
		return err
	}
	d.appendService(el)
	return nil
}

// standbyDatabase returns the database of the user services of a pool. The store of the standby Central Management goes
// to the same SQL Server instance, which must not be that of the active store.
func (t *Topology) standbyDatabase(partner *Pool) (*Service, error) {
	sql := partner.UserStore
	if sql == nil {
		return nil, &Refusal{Fault: NoDatabase, Pool: partner.FQDN}
	}
	if store := t.SharedCentralStore(t.ActiveCentral(), partner); store != nil {
		return nil, &Refusal{Fault: SharedInstance, Pool: partner.FQDN, Services: []ServiceID{store.ID}}
	}
	return sql, nil
}

// SharedCentralStore returns the store of one of the Central Management services that is on the SQL Server instance of
// the partner's user database, nil for none. A standby on that instance would share it with the active store.
func (t *Topology) SharedCentralStore(services []*Service, partner *Pool) *Service {
	if partner == nil || partner.UserStore == nil {
		return nil
	}
	for _, cms := range services {
		for _, id := range cms.Dependencies(RoleCentralMgmtStore) {
			store := t.Service(id)
			if store != nil && t.IsOnOneInstance(store, partner.UserStore) {
				return store
			}
		}
	}
	return nil
}

// Standby is the standby Central Management of a pair.
type Standby struct {
	Pool     *Pool      // the member that has it, nil for none
	Services []*Service // the Central Management service and the stores that only it depends on
	// Ambiguous is the state of the Central Management of both members if it is the same, so that neither is the
	// standby; empty if the standby is not ambiguous.
	Ambiguous CentralRole
}

// Standby returns the standby Central Management of the pair of two pools. It is on the partner of the member that has
// the active Central Management, whichever member that is now.
func (t *Topology) Standby(a, b *Pool) Standby {
	if a.Central != "" && a.Central == b.Central {
		return Standby{Ambiguous: a.Central}
	}
	_, partner := CentralMembers(a, b)
	if partner == nil || len(t.ActiveCentral()) != 1 {
		return Standby{}
	}
	inactive := slices.DeleteFunc(partner.Role(RoleCentralMgmt), func(s *Service) bool { return s.IsActive })
	if len(inactive) == 0 {
		return Standby{}
	}
	standby := Standby{Pool: partner, Services: slices.Clone(inactive)}
	except, seen := setOf(inactive), map[*Service]bool{}
	for _, cms := range inactive {
		for _, id := range cms.Dependencies(RoleCentralMgmtStore) {
			store := t.Service(id)
			if store == nil || seen[store] {
				continue
			}
			seen[store] = true
			// A store that another service depends on does not belong to the standby.
			if len(t.dependents(id, except)) == 0 {
				standby.Services = append(standby.Services, store)
			}
		}
	}
	return standby
}
