package topology

import "slices"

// ActiveCentral returns the active Central Management services. A valid document has one.
func (t *Topology) ActiveCentral() []*Service {
	var found []*Service
	for _, s := range t.Services {
		if s.ID.Role == RoleCentralMgmt && s.IsActive {
			found = append(found, s)
		}
	}
	return found
}

// writeStandby adds the standby Central Management and its store to the partner of the pool that has the active one. It
// does nothing if no member has the active one.
func (e *Editor) writeStandby(d *draft, t *Topology, a, b *Pool, taken map[ServiceID]bool) error {
	partner := b
	switch {
	case b.Central == CentralActive:
		partner = a
	case a.Central != CentralActive:
		return nil
	}
	if active := t.ActiveCentral(); len(active) != 1 {
		return refuse("More than one active Central Management (CM-ONE)",
			"The topology has %d active Central Management services, so no standby can be set up.", len(active))
	}
	for _, s := range t.Services {
		if p := t.byCluster[s.Cluster]; s.ID.Role == RoleCentralMgmt && p != a && p != b {
			return refuse("More than one standby Central Management (CM-ONE)",
				"The topology has the inactive Central Management service %s%s, so no other standby can be set up. "+
					"Remove it in Topology Builder.", s.ID, onPool(p))
		}
	}
	sql, err := t.standbyDatabase(partner)
	if err != nil {
		return err
	}
	store, err := t.fileStoreOf(partner)
	if err != nil {
		return err
	}
	host := sql.Cluster
	cms := e.newServiceID(partner.ID, partner.ID.Site, RoleCentralMgmt, taken)
	database := e.newServiceID(host, host.Site, RoleCentralMgmtStore, taken)

	w := newServiceWriter(d.services)
	w.service(newService{
		typeName: "Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.CentralMgmtService",
		id:       cms, version: partner.Version, dependsOn: []ServiceID{database, store}, cluster: partner.ID,
	}, func() {
		w.payload("Ports", nil, nil)
		w.payload("CentralMgmtService", []string{"IsActive", "false"}, nil)
	})
	el, err := w.Done()
	if err != nil {
		return err
	}
	d.appendService(el)

	w = newServiceWriter(d.services)
	instance := child(child(sql.element, "InstalledOn"), "SqlInstanceId").Attr("Name")
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
		return nil, refuse("SQL Server instance not found",
			"The database of the user services of %s does not resolve, so the standby Central Management store "+
				"has no place. Mend this in Topology Builder.", partner.FQDN)
	}
	for _, id := range t.ActiveCentral()[0].Dependencies(RoleCentralMgmtStore) {
		if store := t.Service(id); store != nil && store.SQLInstance != nil && *store.SQLInstance == *sql.SQLInstance {
			return nil, refuse("One SQL Server instance for both Central Management stores (CM-ONE)",
				"The user services of %s have their database on the SQL Server instance of the active Central "+
					"Management store %s, so the standby has no place of its own.", partner.FQDN, id)
		}
	}
	return sql, nil
}

func onPool(p *Pool) string {
	if p == nil {
		return ""
	}
	return " on " + p.FQDN
}

// standbyOf returns the standby Central Management of a pair and its store. They are on the partner of the member that
// has the active Central Management, whichever member that is now. The warning is not empty if both members have a
// Central Management of the same state, so that neither is the standby.
func (t *Topology) standbyOf(a, b *Pool) (services []*Service, warning string) {
	if a.Central != "" && b.Central != "" && a.Central == b.Central {
		return nil, "Central Management is " + string(a.Central) + " on both " + a.FQDN + " and " + b.FQDN +
			", so neither is removed. Settle which one is active (Invoke-CsManagementServerFailover) " +
			"and remove the other in Topology Builder."
	}
	active := t.ActiveCentral()
	partner := b
	switch {
	case b.Central == CentralActive:
		partner = a
	case a.Central != CentralActive:
		return nil, ""
	}
	if len(active) != 1 {
		return nil, ""
	}
	inactive := slices.DeleteFunc(partner.Role(RoleCentralMgmt), func(s *Service) bool { return s.IsActive })
	services = slices.Clone(inactive)
	for _, cms := range inactive {
		for _, id := range cms.Dependencies(RoleCentralMgmtStore) {
			store := t.Service(id)
			// A store that another service depends on does not belong to the standby.
			if store != nil && !slices.Contains(services, store) && len(t.dependents(id, inactive...)) == 0 {
				services = append(services, store)
			}
		}
	}
	return services, ""
}
