package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// extent is the part of a document that an edit may change.
type extent struct {
	services map[ServiceID]bool // services that the edit may add, remove and change
	partial  map[ServiceID]bool // services in which it may change one part
	// withoutPart returns a copy of such a service without that part.
	withoutPart func(*xmldoc.Element) *xmldoc.Element
}

// verifyEdit checks the result of an edit, at the cost of what it changed. References that do not resolve and duplicate
// identities must not be new, the active Central Management and the kinds of pools must be the same, and everything
// that changed must be in the extent. An error is a defect of this package.
func verifyEdit(was, is *Topology, changes []change, within extent) error {
	for _, c := range changes {
		for _, id := range c.identities() {
			if is.dangles(id) > was.dangles(id) {
				return brokenReference(is.services.At(is.namedBy.Get(id)[0]).ID, id)
			}
			if n := is.CountOf(id); n > 1 && n > was.CountOf(id) {
				return brokenIdentity(id)
			}
		}
	}
	if !slices.EqualFunc(was.ActiveCentral(), is.ActiveCentral(), isSameService) {
		return brokenEdit("the active Central Management would change")
	}
	for _, c := range changes {
		if !within.allows(c) {
			return brokenEdit("a service that does not belong to the relationship would change")
		}
		for _, s := range []*Service{c.was, c.is} {
			if s == nil {
				continue
			}
			a, b := was.Cluster(s.Cluster), is.Cluster(s.Cluster)
			if a != nil && (a.Kind != b.Kind || a.precedence() != b.precedence()) {
				return brokenEdit("the kind of the pool %s would change", a.FQDN)
			}
		}
	}
	return nil
}

// identities returns the identities that a change can resolve, or leave without a service.
func (c change) identities() []ServiceID {
	var ids []ServiceID
	if c.was != nil {
		ids = append(ids, c.was.ID)
	}
	if c.is != nil {
		ids = append(append(ids, c.is.ID), c.is.references()...)
	}
	return ids
}

// dangles returns the number of services that name an identity which no service has.
func (t *Topology) dangles(id ServiceID) int {
	if t.CountOf(id) > 0 {
		return 0
	}
	return len(t.namedBy.Get(id))
}

// isSameService reports whether two services are written in the same way.
func isSameService(a, b *Service) bool {
	return a == b || a.element == b.element || a.element.String() == b.element.String()
}

// allows reports whether a change is in the extent.
func (x extent) allows(c change) bool {
	for _, s := range []*Service{c.was, c.is} {
		if s == nil || x.services[s.ID] {
			continue
		}
		isPart := x.partial[s.ID] && c.was != nil && c.is != nil &&
			x.withoutPart(c.was.element).String() == x.withoutPart(c.is.element).String()
		if !isPart {
			return false
		}
	}
	return true
}

// verifyPublish checks a document with all edits of a publish, against the one that was loaded, and returns the
// baseline for the next publish. It compares all services, reads each one again that differs, and relies on no index
// that the edits have kept. An error is a defect of this package.
func verifyPublish(loaded, edited *Document, extents []extent) (*baseline, error) {
	if loaded.xml != edited.xml && outline(loaded.xml.Root()) != outline(edited.xml.Root()) {
		return nil, brokenEdit("something outside the services would change")
	}
	before := loaded.baseline.counted()
	after, touched := before.with(loaded.topology.services, edited.topology.services)
	for _, id := range touched {
		if n := after.having.Get(id); n > 1 && n > before.having.Get(id) {
			return nil, brokenIdentity(id)
		}
		if after.dangling(id) > before.dangling(id) {
			return nil, brokenEdit("a service would name the service %s, which does not exist", id)
		}
	}
	if !slices.EqualFunc(before.active, after.active, isSameService) {
		return nil, brokenEdit("the active Central Management would change")
	}
	for was, is := range differing(loaded.topology.services, edited.topology.services) {
		if !isInExtents(was, is, extents) {
			return nil, brokenEdit("a service that does not belong to the relationship would change")
		}
	}
	return &baseline{edited.topology.services, func() counted { return after }}, nil
}

// isInExtents reports whether a publish may make one service from another one; nil is for none.
func isInExtents(was, is *Service, extents []extent) bool {
	mayChange := func(s *Service) bool {
		return s == nil || slices.ContainsFunc(extents, func(x extent) bool { return x.services[s.ID] })
	}
	if mayChange(was) && mayChange(is) {
		return true
	}
	return was != nil && is != nil && was.ID == is.ID &&
		(isSameService(was, is) || withoutParts(was, extents) == withoutParts(is, extents))
}

// withoutParts returns the text of a service without the parts that the edits may change.
func withoutParts(s *Service, extents []extent) string {
	el := s.element
	for _, x := range extents {
		if x.partial[s.ID] {
			el = x.withoutPart(el)
		}
	}
	return el.String()
}

// pairExtent is the extent of an edit of a pair: on the two clusters the Backup of the Registrars, the BackupServices
// and Central Management, and wherever it is installed the store of that Central Management.
func pairExtent(a, b *Pool) func(was, is *Topology) extent {
	return func(was, is *Topology) extent {
		x := extent{services: map[ServiceID]bool{}, partial: map[ServiceID]bool{}, withoutPart: withoutBackup}
		for _, t := range []*Topology{was, is} {
			for _, id := range []ClusterID{a.ID, b.ID} {
				if p := t.Cluster(id); p != nil {
					x.add(p)
				}
			}
		}
		return x
	}
}

func (x extent) add(p *Pool) {
	for _, s := range p.Services {
		switch s.ID.Role {
		case RoleRegistrar:
			x.partial[s.ID] = true
		case RoleBackupService:
			x.services[s.ID] = true
		case RoleCentralMgmt:
			x.services[s.ID] = true
			for _, store := range s.Dependencies(RoleCentralMgmtStore) {
				x.services[store] = true
			}
		}
	}
}

func withoutBackup(registrar *xmldoc.Element) *xmldoc.Element {
	el := registrar.Clone()
	for _, backup := range children(el, "Backup") {
		el.Remove(backup)
	}
	return el
}

func brokenReference(by, id ServiceID) error {
	return brokenEdit("%s would name the service %s, which does not exist", by, id)
}

func brokenIdentity(id ServiceID) error {
	return brokenEdit("the topology would have the service %s twice", id)
}

func brokenEdit(format string, args ...any) error {
	return &Refusal{Fault: Defect, Defect: fmt.Sprintf(format, args...)}
}

// outline returns the text of the root element without its services and the white space between them.
func outline(root *xmldoc.Element) string {
	var b strings.Builder
	b.WriteString(root.StartTag())
	for n := range root.Nodes() {
		if n.Element == nil || n.Element.Local() != "Services" {
			n.Write(&b)
			continue
		}
		b.WriteString(n.Element.StartTag())
		for inner := range n.Element.Nodes() {
			isService := inner.Element != nil && inner.Element.Local() == "Service"
			if !isService && !inner.IsSpace() {
				inner.Write(&b)
			}
		}
		b.WriteString(n.Element.EndTag())
	}
	b.WriteString(root.EndTag())
	return b.String()
}
