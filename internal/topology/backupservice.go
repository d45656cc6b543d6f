package topology

import (
	"slices"
	"strconv"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// modules every BackupService has, and the one for Central Management.
var (
	presenceModule   = Module{Role: RoleUserServices, Component: "PresenceFocus"}
	conferenceModule = Module{Role: RoleConfServices, Component: "DataConf"}
	centralModule    = Module{Role: RoleCentralMgmt, Component: "CMSMaster"}
)

// writeBackupServices gives each pool a BackupService that depends on the other's. Services that are there are kept
// and, where needed, pointed at the partner.
func (e *Editor) writeBackupServices(d *draft, t *Topology, pools [2]*Pool, taken map[ServiceID]bool) error {
	if links := t.Links(pools[0], pools[1]); links.ServiceA && links.ServiceB {
		return nil
	}
	var have [2]*Service
	for i, p := range pools {
		have[i] = t.partnerService(p, pools[1-i])
		if s := have[i]; s != nil && len(t.byService[s.ID]) > 1 {
			return refuse("Ambiguous backup service",
				"The topology has more than one service %s, so the one of %s cannot be paired. Mend this in Topology Builder.", s.ID, p.FQDN)
		}
	}
	var ids [2]ServiceID
	for i, p := range pools {
		switch {
		case have[i] != nil:
			ids[i] = have[i].ID
		case have[1-i] != nil && t.awaits(have[1-i], p):
			// The service that is left names its lost partner; under that name it comes back.
			ids[i] = have[1-i].Dependencies(RoleBackupService)[0]
			taken[ids[i]] = true
		default:
			ids[i] = e.newServiceID(p.ID, p.ID.Site, RoleBackupService, taken)
		}
	}
	central := pools[0].Central == CentralActive || pools[1].Central == CentralActive
	for i, p := range pools {
		if have[i] != nil {
			if err := pointAtPartner(d, have[i], ids[1-i]); err != nil {
				return err
			}
			continue
		}
		el, err := e.newBackupService(d, t, p, ids[i], ids[1-i], central)
		if err != nil {
			return err
		}
		d.appendService(el)
	}
	return nil
}

// partnerService returns the BackupService on p that serves its pair with other: one that depends on a service there,
// else one that a service there depends on, else one without a partner that can be found, else one that has to be
// pointed away from a third pool.
func (t *Topology) partnerService(p, other *Pool) *Service {
	services := p.Role(RoleBackupService)
	named := func(s *Service) bool {
		return slices.ContainsFunc(t.backupServicesFor(other, p), func(theirs *Service) bool {
			return slices.Contains(theirs.Dependencies(RoleBackupService), s.ID)
		})
	}
	alone := func(s *Service) bool {
		return !slices.ContainsFunc(s.Dependencies(RoleBackupService), func(id ServiceID) bool { return len(t.hostsOf(id)) > 0 })
	}
	if found := t.backupServicesFor(p, other); len(found) > 0 {
		return found[0]
	}
	for _, fits := range []func(*Service) bool{named, alone} {
		if i := slices.IndexFunc(services, fits); i >= 0 {
			return services[i]
		}
	}
	if len(services) > 0 {
		return services[0]
	}
	return nil
}

// awaits says whether a service names a partner that does not exist and that a new service on p may become.
func (t *Topology) awaits(s *Service, p *Pool) bool {
	ids := s.Dependencies(RoleBackupService)
	if len(ids) == 0 || len(t.byService[ids[0]]) > 0 || ids[0].Site != p.ID.Site {
		return false
	}
	number, err := strconv.Atoi(ids[0].Instance)
	return err == nil && number > 0 && len(t.dependents(ids[0], s)) == 0
}

// pointAtPartner makes an existing BackupService depend on the partner's.
func pointAtPartner(d *draft, s *Service, partner ServiceID) error {
	if slices.Contains(s.Dependencies(RoleBackupService), partner) {
		return nil
	}
	if len(s.DependsOn) == 0 {
		return refuse("Backup service without dependencies",
			"The backup service %s depends on nothing, not even a file store, so it cannot be pointed at %s. Remove it in Topology Builder.", s.ID, partner)
	}
	dependsOn := child(d.service(s), "DependsOn")
	var first *xmldoc.Element // dependency that names a service
	for _, dependency := range children(dependsOn, "Dependency") {
		id := child(dependency, "ServiceId")
		switch {
		case id != nil && serviceID(id).Role == RoleBackupService:
			setServiceID(id, partner)
			return nil
		case id != nil && first == nil:
			first = dependency
		}
	}
	// None names a BackupService: a new one comes before the others, in the shape of the first.
	added := first.Clone()
	setServiceID(child(added, "ServiceId"), partner)
	added.SetAttr("Usage", usageDefault)
	dependsOn.InsertBefore(first, added, dependsOn.SpaceBefore(first))
	return nil
}

// newBackupService makes a BackupService for a pool, in the shape of the document that was seen: it depends on the
// partner's and on the file store of its own pool.
func (e *Editor) newBackupService(d *draft, t *Topology, p *Pool, id, partner ServiceID, central bool) (*xmldoc.Element, error) {
	store, err := t.fileStoreOf(p)
	if err != nil {
		return nil, err
	}
	w := newServiceWriter(d.services)
	ports, payload := e.backupServiceShape(p.Version)
	w.service(newService{
		typeName: "Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService",
		id:       id, version: p.Version, dependsOn: []ServiceID{partner, store}, cluster: p.ID,
	}, func() {
		if ports != nil {
			w.Copy(ports)
			w.Copy(payload)
			return
		}
		w.backupServicePayload()
	})
	el, err := w.Done()
	if err != nil {
		return nil, err
	}
	if modules := modulesOf(el); modules != nil {
		setModules(modules, central)
	}
	return el, nil
}

// backupServiceShape returns ports and payload of a BackupService of the same version, in the document as it is or as
// it was loaded; nil where there is none, or none with modules.
func (e *Editor) backupServiceShape(version int) (ports, payload *xmldoc.Element) {
	for _, doc := range []*Document{e.current, e.loaded} {
		for _, s := range doc.Topology().Services {
			if s.ID.Role != RoleBackupService || s.Version != version || len(s.Modules) == 0 {
				continue
			}
			ports, payload = payloadChild(s.element, "Ports"), payloadChild(s.element, "BackupService")
			if ports != nil && payload != nil {
				return ports, payload
			}
		}
	}
	return nil, nil
}

// backupServicePayload writes ports and modules as a published document of Lync Server 2013 has them.
func (w *writer) backupServicePayload() {
	w.payload("Ports", nil, func() {
		w.roleElement("Port", []string{
			"Owner", "urn:component:BackupService", "Usage", "WcfServer", "InterfaceSide", "Primary", "InterfaceNumber", "1",
			"Port", "443", "Protocol", "Https", "UrlPath", "/BackupService/", "AuthorizesRequests", "false",
		}, nil)
	})
	w.payload("BackupService", nil, func() {
		w.roleElement("Modules", nil, func() {
			for _, m := range []Module{presenceModule, conferenceModule, centralModule} {
				w.roleElement("Module", []string{"RoleName", m.Role, "ComponentName", m.Component}, nil)
			}
		})
	})
}

// setModules makes a copied list of modules fit its new pair: what every pair has is there, Central Management exactly
// when the pair has it. What else is listed stays.
func setModules(modules *xmldoc.Element, central bool) {
	listed := func(m Module) *xmldoc.Element {
		for el := range modules.Elements() {
			if el.Attr("RoleName") == m.Role && el.Attr("ComponentName") == m.Component {
				return el
			}
		}
		return nil
	}
	wanted := []Module{presenceModule, conferenceModule}
	if central {
		wanted = append(wanted, centralModule)
	}
	for _, m := range wanted {
		if last := lastElement(modules); listed(m) == nil && last != nil {
			added := last.Clone()
			added.SetAttrBefore("RoleName", m.Role, "ComponentName")
			added.SetAttr("ComponentName", m.Component)
			modules.InsertAfter(last, added, modules.SpaceBefore(last))
		}
	}
	if el := listed(centralModule); el != nil && !central {
		modules.Remove(el)
	}
}

// lastElement returns the last child element, nil for none.
func lastElement(parent *xmldoc.Element) *xmldoc.Element {
	var last *xmldoc.Element
	for el := range parent.Elements() {
		last = el
	}
	return last
}

// fileStoreOf returns the file store of a pool: the one its conferencing depends on, else its web services', else its
// user services', wherever that is installed.
func (t *Topology) fileStoreOf(p *Pool) (ServiceID, error) {
	for _, role := range []string{RoleConfServices, RoleWebServices, RoleUserServices} {
		var ids []ServiceID
		for _, s := range p.Role(role) {
			for _, id := range s.Dependencies(RoleFileStore) {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
		switch {
		case len(ids) > 1:
			return ServiceID{}, refuse("Pool with several file stores",
				"The %s of %s depends on the file stores %s and %s. A backup service needs exactly one; mend this in Topology Builder.",
				role, p.FQDN, ids[0], ids[1])
		case len(ids) == 1 && t.Service(ids[0]) == nil:
			return ServiceID{}, refuse("File store not found",
				"The %s of %s depends on the file store %s, which the topology does not have exactly once. Mend this in Topology Builder.",
				role, p.FQDN, ids[0])
		case len(ids) == 1:
			return ids[0], nil
		}
	}
	return ServiceID{}, refuse("Pool without a file store",
		"No service of %s depends on a file store. A backup service needs one; define it in Topology Builder.", p.FQDN)
}
