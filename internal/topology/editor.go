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
	extents []extent                 // of the edits
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

// Finish returns the document with all changes, for a publish. It verifies the whole document.
func (e *Editor) Finish() (*Document, error) {
	verified, err := verifyPublish(e.loaded, e.current, e.extents)
	if err != nil {
		return nil, err
	}
	next := *e.current
	next.baseline = verified
	return &next, nil
}

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
	next, changes := d.finish()
	if err := next.size.Check(); err != nil {
		return &Refusal{Fault: TooLarge, Defect: err.Error()}
	}
	was, is := e.Topology(), next.Topology()
	x := within(was, is)
	if err := verifyEdit(was, is, changes, x); err != nil {
		return err
	}
	if !isDone(is) {
		return brokenEdit("%s would not have the desired state", subject)
	}
	e.recordFreed(is, changes)
	e.current, e.extents = next, append(e.extents, x)
	return nil
}

// recordFreed records the identities of removed services, so that a later service of the same role on the same cluster
// gets its old identity back.
func (e *Editor) recordFreed(is *Topology, changes []change) {
	for _, c := range changes {
		if c.was != nil && is.CountOf(c.was.ID) == 0 {
			key := freedKey{c.was.Cluster, c.was.ID.Role}
			e.freed[key] = append(e.freed[key], c.was.ID)
		}
	}
}

// newServiceID returns the identity of a new service on a cluster, and adds it to taken. It is the identity that a
// change has removed from the cluster, or else has the lowest positive number that is free. A number that an unresolved
// reference names is not free, because the new service would resolve that reference.
func (e *Editor) newServiceID(cluster ClusterID, site, role string, taken map[ServiceID]bool) ServiceID {
	key := freedKey{cluster, role}
	now := e.current.Topology()
	used := func(id ServiceID) bool { return taken[id] || now.CountOf(id) > 0 }
	for _, id := range e.freed[key] {
		if !used(id) {
			taken[id] = true
			return id
		}
	}
	for n := 1; ; n++ {
		id := ServiceID{Site: site, Role: role, Instance: strconv.Itoa(n)}
		if !used(id) && e.loaded.Topology().CountOf(id) == 0 && len(now.namedBy.Get(id)) == 0 {
			taken[id] = true
			return id
		}
	}
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
	return slices.DeleteFunc(t.servicesAt(t.namedBy.Get(id)), func(s *Service) bool { return except[s] })
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
	w := newChildWriter(d.last(), service, installed)
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
