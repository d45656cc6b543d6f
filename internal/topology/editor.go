package topology

import (
	"slices"
	"strconv"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

const (
	attrAutomaticFailover = "EnableAutomaticFailover"
	attrFailbackDetection = "FailbackDetectionInterval"
	attrFailureDetection  = "FailureDetectionInterval"
)

// Editor applies changes in sequence to a document. A change that fails leaves the document as it was before that
// change.
type Editor struct {
	loaded  *Document
	current *Document
	freed   map[freedKey][]ServiceID // identities of services that changes have removed
}

// freedKey is the cluster and the role of a removed service.
type freedKey struct {
	cluster ClusterID
	role    string
}

// NewEditor returns an editor for a document as it was loaded.
func NewEditor(doc *Document) *Editor {
	return &Editor{loaded: doc, current: doc, freed: map[freedKey][]ServiceID{}}
}

// Document returns the document with all changes so far.
func (e *Editor) Document() *Document { return e.current }

// Topology returns the model of Document.
func (e *Editor) Topology() *Topology { return e.current.Topology() }

// edit runs a change on a draft and accepts the result if it stays within its extent and isDone reports success. The
// subject names the edited relationship in an error.
func (e *Editor) edit(
	subject string, within func(was, is *Topology) extent, change func(*draft) error, isDone func(*Topology) bool,
) error {
	d := e.current.newDraft()
	if err := change(d); err != nil {
		return err
	}
	next := d.document()
	if err := next.xml.CheckSize(); err != nil {
		return &Refusal{Fault: TooLarge, Defect: err.Error()}
	}
	if err := verifyEdit(e.current, next, within(e.Topology(), next.Topology())); err != nil {
		return err
	}
	if !isDone(next.Topology()) {
		return brokenEdit("%s would not have the desired state", subject)
	}
	e.recordFreed(next)
	e.current = next
	return nil
}

// recordFreed records the identities of removed services, so that a later service of the same role on the same cluster
// gets its old identity back.
func (e *Editor) recordFreed(next *Document) {
	for _, s := range e.current.Topology().Services {
		if len(next.Topology().byService[s.ID]) == 0 {
			key := freedKey{s.Cluster, s.ID.Role}
			e.freed[key] = append(e.freed[key], s.ID)
		}
	}
}

// newServiceID returns the identity of a new service on a cluster, and adds it to taken. It is the identity that a
// change has removed from the cluster, or else has the lowest positive number that is free. A number that an unresolved
// reference names is not free, because the new service would resolve that reference.
func (e *Editor) newServiceID(cluster ClusterID, site, role string, taken map[ServiceID]bool) ServiceID {
	key := freedKey{cluster, role}
	now := e.current.Topology()
	used := func(id ServiceID) bool { return taken[id] || len(now.byService[id]) > 0 }
	for _, id := range e.freed[key] {
		if !used(id) {
			taken[id] = true
			return id
		}
	}
	dangling := now.dangling()
	for n := 1; ; n++ {
		id := ServiceID{Site: site, Role: role, Instance: strconv.Itoa(n)}
		if !used(id) && len(e.loaded.Topology().byService[id]) == 0 && len(dangling[id]) == 0 {
			taken[id] = true
			return id
		}
	}
}

// danglingReferences returns the identities that a dependency or a Backup names and that no service has, each with the
// services that name it.
func (t *Topology) danglingReferences() map[ServiceID][]ServiceID {
	found := map[ServiceID][]ServiceID{}
	for _, s := range t.Services {
		for _, id := range s.references() {
			if len(t.byService[id]) == 0 {
				found[id] = append(found[id], s.ID)
			}
		}
	}
	return found
}

// references returns the identities that the service names.
func (s *Service) references() []ServiceID {
	var ids []ServiceID
	for _, d := range s.DependsOn {
		ids = append(ids, d.Target)
	}
	for _, b := range s.Backups {
		if b.Named {
			ids = append(ids, b.Target)
		}
	}
	return ids
}

// dependents returns the services that name the identity, except the given ones.
func (t *Topology) dependents(id ServiceID, except map[*Service]bool) []*Service {
	return slices.DeleteFunc(slices.Clone(t.namedBy()[id]), func(s *Service) bool { return except[s] })
}

// referencedServices returns the services that name an identity in a dependency or a Backup, by that identity.
func (t *Topology) referencedServices() map[ServiceID][]*Service {
	found := map[ServiceID][]*Service{}
	for _, s := range t.Services {
		for _, id := range s.references() {
			if by := found[id]; len(by) == 0 || by[len(by)-1] != s {
				found[id] = append(by, s)
			}
		}
	}
	return found
}

// setServiceID writes an identity into a ServiceId element.
func setServiceID(el *xmldoc.Element, id ServiceID) {
	el.SetAttrBefore("SiteId", id.Site, "RoleName")
	el.SetAttrBefore("RoleName", id.Role, "Instance")
	el.SetAttr("Instance", id.Instance)
}

// writeBackup writes the backup registrar of a Registrar and its settings. If the Registrar has one Backup that names a
// service, it changes the values that differ. Otherwise it replaces all Backups by a new one after InstalledOn.
func writeBackup(d *draft, registrar *Service, target ServiceID, w DesiredSettings) error {
	existing := registrar.Backups
	if len(existing) == 1 && existing[0].Named {
		el := child(d.service(registrar), "Backup")
		if id := child(el, "ServiceId"); existing[0].Target != target {
			setServiceID(id, target)
		}
		// The order is from the last attribute to the first, because an absent one is inserted before its successor.
		observed := existing[0].Settings
		if !observed.hasFailure(w) {
			el.SetAttr(attrFailureDetection, formatDuration(w.FailureDetection))
		}
		if !observed.hasFailback(w) {
			el.SetAttrBefore(attrFailbackDetection, formatDuration(w.FailbackDetection), attrFailureDetection)
		}
		if !observed.hasFailover(w) {
			el.SetAttrBefore(attrAutomaticFailover, strconv.FormatBool(w.AutomaticFailover), attrFailbackDetection)
		}
		return nil
	}
	service := d.service(registrar)
	for _, el := range children(service, "Backup") {
		service.Remove(el)
	}
	return insertBackup(d, service, target, w)
}

func insertBackup(d *draft, service *xmldoc.Element, target ServiceID, desired DesiredSettings) error {
	// InstalledOn exists: the pool of a Registrar was found through it.
	installed := child(service, "InstalledOn")
	w := newChildWriter(d.services, service, installed)
	w.element("Backup", []string{
		attrAutomaticFailover, strconv.FormatBool(desired.AutomaticFailover),
		attrFailbackDetection, formatDuration(desired.FailbackDetection),
		attrFailureDetection, formatDuration(desired.FailureDetection),
	}, func() {
		w.serviceID(target)
	})
	el, err := w.Done()
	if err != nil {
		return err
	}
	service.InsertAfter(installed, el, service.SpaceBefore(installed))
	return nil
}
