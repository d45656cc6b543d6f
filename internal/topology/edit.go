package topology

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

const (
	attrAutomaticFailover = "EnableAutomaticFailover"
	attrFailbackDetection = "FailbackDetectionInterval"
	attrFailureDetection  = "FailureDetectionInterval"
)

// WantedSettings are the automatic failover settings to write for one direction. The intervals are whole seconds.
type WantedSettings struct {
	AutomaticFailover bool
	FailureDetection  time.Duration
	FailbackDetection time.Duration

	// An optional interval stays away where a Backup has no such attribute. Any other value, and a new Backup, gets it.
	FailureOptional, FailbackOptional bool
}

// Equal reports whether s has the desired values. It compares durations by length, not by spelling.
func (s Settings) Equal(w WantedSettings) bool {
	return s.AutomaticFailover == w.AutomaticFailover && s.hasFailure(w) && s.hasFailback(w)
}

func (s Settings) hasFailure(w WantedSettings) bool {
	return s.FailureDetection.Satisfies(w.FailureDetection, w.FailureOptional)
}

func (s Settings) hasFailback(w WantedSettings) bool {
	return s.FailbackDetection.Satisfies(w.FailbackDetection, w.FailbackOptional)
}

// Refusal is the error of an edit that the document does not allow. Nothing was changed.
type Refusal struct {
	Summary string
	Detail  string
}

// Error joins summary and detail.
func (r *Refusal) Error() string { return r.Summary + ": " + r.Detail }

func refuse(summary, detail string, args ...any) error {
	return &Refusal{Summary: summary, Detail: fmt.Sprintf(detail, args...)}
}

// Editor applies changes one after the other to a document that is published as a whole. A change that fails leaves
// the document as it was before that change.
type Editor struct {
	loaded  *Document
	current *Document
	freed   map[freedKey][]ServiceID
}

type freedKey struct {
	cluster ClusterID
	role    string
}

// NewEditor starts with a document as it was loaded.
func NewEditor(doc *Document) *Editor {
	return &Editor{loaded: doc, current: doc, freed: map[freedKey][]ServiceID{}}
}

// Document returns the document with all changes so far.
func (e *Editor) Document() *Document { return e.current }

// Topology returns the model of Document.
func (e *Editor) Topology() *Topology { return e.current.Topology() }

// edit runs one change on a draft, proves that it stays within its extent, and takes it over. The outcome says whether
// what was changed is then as it was wanted.
func (e *Editor) edit(what string, within func(was, is *Topology) extent, change func(*draft) error, outcome func(*Topology) bool) error {
	d := e.current.newDraft()
	if err := change(d); err != nil {
		return err
	}
	next := d.document()
	if err := proveEdit(e.current, next, within(e.Topology(), next.Topology())); err != nil {
		return err
	}
	if !outcome(next.Topology()) {
		return brokenEdit("%s would not be as it is wanted", what)
	}
	e.noteFreed(next)
	e.current = next
	return nil
}

// noteFreed remembers the identities that pools lose, so that one which gets a service of the role again within the
// same publish keeps its identity.
func (e *Editor) noteFreed(next *Document) {
	for _, s := range e.current.Topology().Services {
		if len(next.Topology().byService[s.ID]) == 0 {
			key := freedKey{s.Cluster, s.ID.Role}
			e.freed[key] = append(e.freed[key], s.ID)
		}
	}
}

// newServiceID numbers a new service of a cluster: the identity it had, else the lowest positive number that nobody
// has. A number that a dangling reference names counts as taken, or that reference would come to life.
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

// danglingReferences returns the identities that are named by a dependency or a Backup and that no service has, each
// with the services that name it.
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

// references returns every identity the service names.
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

// dependents returns the services that name the identity, apart from those given.
func (t *Topology) dependents(id ServiceID, apart ...*Service) []*Service {
	var found []*Service
	for _, s := range t.Services {
		if !slices.Contains(apart, s) && slices.Contains(s.references(), id) {
			found = append(found, s)
		}
	}
	return found
}

// setServiceID points a ServiceId element somewhere else.
func setServiceID(el *xmldoc.Element, id ServiceID) {
	el.SetAttrBefore("SiteId", id.Site, "RoleName")
	el.SetAttrBefore("RoleName", id.Role, "Instance")
	el.SetAttr("Instance", id.Instance)
}

// writeBackup makes the Registrar name its backup registrar with these settings. One whole Backup is changed in place,
// value by value; anything else is written anew, directly behind InstalledOn.
func writeBackup(d *draft, registrar *Service, target ServiceID, w WantedSettings) error {
	had := registrar.Backups
	if len(had) == 1 && had[0].Named {
		el := child(d.service(registrar), "Backup")
		if id := child(el, "ServiceId"); had[0].Target != target {
			setServiceID(id, target)
		}
		// From the last attribute to the first, as a missing one is put before the one that follows it.
		now := had[0].Settings
		if !now.hasFailure(w) {
			el.SetAttr(attrFailureDetection, formatDuration(w.FailureDetection))
		}
		if !now.hasFailback(w) {
			el.SetAttrBefore(attrFailbackDetection, formatDuration(w.FailbackDetection), attrFailureDetection)
		}
		if now.AutomaticFailover != w.AutomaticFailover {
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

func insertBackup(d *draft, service *xmldoc.Element, target ServiceID, wanted WantedSettings) error {
	// A Registrar is found through its InstalledOn, so there is one.
	installed := child(service, "InstalledOn")
	w := newChildWriter(d.services, service, installed)
	w.element("Backup", []string{
		attrAutomaticFailover, strconv.FormatBool(wanted.AutomaticFailover),
		attrFailbackDetection, formatDuration(wanted.FailbackDetection),
		attrFailureDetection, formatDuration(wanted.FailureDetection),
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
