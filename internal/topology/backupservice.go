package topology

import (
	"slices"
	"strconv"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// The modules of every BackupService, and the module for Central Management.
var (
	presenceModule   = Module{Role: RoleUserServices, Component: "PresenceFocus"}
	conferenceModule = Module{Role: RoleConfServices, Component: "DataConf"}
	centralModule    = Module{Role: RoleCentralMgmt, Component: "CMSMaster"}
)

// backupServices are the parts from which the backup services of a pair are written.
type backupServices struct {
	existing [2]*Service  // the service to use on each pool, nil for a new one
	stores   [2]ServiceID // the file store of each pool that gets a new service
}

// planBackupServices returns the parts of the backup services of a pair. It refuses pools that cannot have them.
func (t *Topology) planBackupServices(pools [2]*Pool) (plan backupServices, err error) {
	for i, p := range pools {
		plan.existing[i] = t.partnerService(p, pools[1-i])
		if s := plan.existing[i]; s != nil && t.CountOf(s.ID) > 1 {
			return plan, &Refusal{Fault: AmbiguousBackupService, Pool: p.FQDN, Services: []ServiceID{s.ID}}
		}
	}
	for i, p := range pools {
		switch s := plan.existing[i]; {
		case s == nil:
			if plan.stores[i], err = t.FileStoreOf(p); err != nil {
				return plan, err
			}
		case len(s.DependsOn) == 0:
			return plan, &Refusal{
				Fault: NoDependencies, Pool: p.FQDN, Other: pools[1-i].FQDN, Services: []ServiceID{s.ID},
			}
		}
	}
	return plan, nil
}

// writeBackupServices gives each pool a BackupService that depends on that of the other pool. It keeps existing
// services and changes their partner if necessary.
func (e *Editor) writeBackupServices(d *draft, t *Topology, pools [2]*Pool, taken map[ServiceID]bool) error {
	if links := t.Links(pools[0], pools[1]); links.ServiceA && links.ServiceB {
		return nil
	}
	plan, err := t.planBackupServices(pools)
	if err != nil {
		return err
	}
	existing := plan.existing
	var ids [2]ServiceID
	for i, p := range pools {
		switch {
		case existing[i] != nil:
			ids[i] = existing[i].ID
		case existing[1-i] != nil && t.isMissingPartner(existing[1-i], p):
			// The existing service names a missing partner. The new service takes its identity.
			ids[i] = existing[1-i].Dependencies(RoleBackupService)[0]
			taken[ids[i]] = true
		default:
			ids[i] = e.newServiceID(p.ID, p.ID.Site, RoleBackupService, taken)
		}
	}
	hasCentral := pools[0].Central == CentralActive || pools[1].Central == CentralActive
	for i, p := range pools {
		if existing[i] != nil {
			setPartner(d, existing[i], ids[1-i])
			continue
		}
		el, err := e.newBackupService(d, p, ids[i], []ServiceID{ids[1-i], plan.stores[i]}, hasCentral)
		if err != nil {
			return err
		}
		d.appendService(el)
	}
	return nil
}

// partnerService returns the BackupService on p to use for its pair with other, nil for none. In order of preference it
// depends on a service there, a service there depends on it, its partner does not exist, or it belongs to a third pool.
func (t *Topology) partnerService(p, other *Pool) *Service {
	services := p.byRole[RoleBackupService]
	isAlone := func(s *Service) bool {
		return !slices.ContainsFunc(s.Dependencies(RoleBackupService), func(id ServiceID) bool {
			return len(t.hostsOf(id)) > 0
		})
	}
	if found := t.to(p, other).services; len(found) > 0 {
		return found[0]
	}
	if isNamed := t.namedServices(p, other); len(isNamed) > 0 {
		return services[slices.IndexFunc(services, func(s *Service) bool { return isNamed[s] })]
	}
	if i := slices.IndexFunc(services, isAlone); i >= 0 {
		return services[i]
	}
	if len(services) > 0 {
		return services[0]
	}
	return nil
}

// namedServices returns the BackupServices on p that one on another pool depends on.
func (t *Topology) namedServices(p, other *Pool) map[*Service]bool {
	found := map[*Service]bool{}
	for _, theirs := range t.to(other, p).services {
		for _, id := range theirs.Dependencies(RoleBackupService) {
			for _, s := range t.servicesAt(t.byService.Get(id)) {
				if t.Cluster(s.Cluster) == p {
					found[s] = true
				}
			}
		}
	}
	return found
}

// isMissingPartner reports whether a service names a partner that does not exist and whose identity is suitable for a
// new service on p.
func (t *Topology) isMissingPartner(s *Service, p *Pool) bool {
	ids := s.Dependencies(RoleBackupService)
	if len(ids) == 0 || t.CountOf(ids[0]) > 0 || ids[0].Site != p.ID.Site {
		return false
	}
	number, err := strconv.Atoi(ids[0].Instance)
	return err == nil && number > 0 && len(t.dependents(ids[0], map[*Service]bool{s: true})) == 0
}

// setPartner makes an existing BackupService depend on that of the partner.
// The service has dependencies.
func setPartner(d *draft, s *Service, partner ServiceID) {
	if slices.Contains(s.Dependencies(RoleBackupService), partner) {
		return
	}
	dependsOn := child(d.service(s), "DependsOn")
	var first *xmldoc.Element // the first dependency that names a service
	for _, dependency := range children(dependsOn, "Dependency") {
		id := child(dependency, "ServiceId")
		switch {
		case id != nil && serviceID(id).Role == RoleBackupService:
			setServiceID(id, partner)
			return
		case id != nil && first == nil:
			first = dependency
		}
	}
	// No dependency names a BackupService. The new one is a copy of the first, before it.
	added := first.Clone()
	setServiceID(child(added, "ServiceId"), partner)
	added.SetAttr("Usage", usageDefault)
	dependsOn.InsertBefore(first, added, dependsOn.SpaceBefore(first))
}

// newBackupService returns a new BackupService for a pool. As in published documents, it depends on that of the partner
// and on the file store of its own pool.
func (e *Editor) newBackupService(
	d *draft, p *Pool, id ServiceID, dependsOn []ServiceID, hasCentral bool,
) (*xmldoc.Element, error) {
	w := newServiceWriter(d.parent, d.last())
	ports, payload := e.exampleBackupService(p.Version)
	if ports == nil {
		ports, payload = e.exampleBackupService(RuleVersion(p.Version))
	}
	w.service(newService{
		typeName: "Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService",
		id:       id, version: p.Version, dependsOn: dependsOn, cluster: p.ID,
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
		setModules(modules, hasCentral)
	}
	return el, nil
}

// exampleBackupService returns the ports and the payload of a BackupService of that version with modules. It searches
// the current document, then the loaded one, and returns nil for none.
func (e *Editor) exampleBackupService(version int) (ports, payload *xmldoc.Element) {
	for _, doc := range []*Document{e.current, e.loaded} {
		t := doc.Topology()
		for _, index := range t.backupServices {
			s := t.services.At(index)
			if s.Version != version || len(s.Modules) == 0 {
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

// backupServicePayload writes ports and modules as in a published document of Lync Server 2013.
func (w *writer) backupServicePayload() {
	w.payload("Ports", nil, func() {
		w.roleElement("Port", []string{
			"Owner", "urn:component:BackupService", "Usage", "WcfServer",
			"InterfaceSide", "Primary", "InterfaceNumber", "1", "Port", "443", "Protocol", "Https",
			"UrlPath", "/BackupService/", "AuthorizesRequests", "false",
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

// setModules adapts a copied list of modules to its new pair. It adds missing modules, and removes the module for
// Central Management if the pair has no Central Management. All other modules stay.
func setModules(modules *xmldoc.Element, hasCentral bool) {
	listed := func(m Module) *xmldoc.Element {
		for el := range modules.Elements() {
			if el.Attr("RoleName") == m.Role && el.Attr("ComponentName") == m.Component {
				return el
			}
		}
		return nil
	}
	required := []Module{presenceModule, conferenceModule}
	if hasCentral {
		required = append(required, centralModule)
	}
	for _, m := range required {
		if last := lastElement(modules); listed(m) == nil && last != nil {
			added := last.Clone()
			added.SetAttrBefore("RoleName", m.Role, "ComponentName")
			added.SetAttr("ComponentName", m.Component)
			modules.InsertAfter(last, added, modules.SpaceBefore(last))
		}
	}
	if el := listed(centralModule); el != nil && !hasCentral {
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

// FileStoreOf returns the file store of a pool, wherever it is installed: that of its conferencing services, else of
// its web services, else of its user services. It refuses a pool that does not have exactly one.
func (t *Topology) FileStoreOf(p *Pool) (ServiceID, error) {
	for _, role := range []string{RoleConfServices, RoleWebServices, RoleUserServices} {
		var ids []ServiceID
		for _, s := range p.Role(role) {
			for _, id := range s.Dependencies(RoleFileStore) {
				if len(ids) < 2 && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
		switch {
		case len(ids) > 1:
			return ServiceID{}, &Refusal{Fault: SeveralFileStores, Pool: p.FQDN, Found: role, Services: ids}
		case len(ids) == 1 && t.Service(ids[0]) == nil:
			return ServiceID{}, &Refusal{Fault: FileStoreNotFound, Pool: p.FQDN, Found: role, Services: ids}
		case len(ids) == 1:
			return ids[0], nil
		}
	}
	return ServiceID{}, &Refusal{Fault: NoFileStore, Pool: p.FQDN}
}
