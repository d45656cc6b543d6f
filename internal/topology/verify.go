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

// verifyEdit checks the result of an edit before it can be published. References that do not resolve and duplicate
// identities must not be new, the active Central Management must be the same, and everything outside the extent must be
// unchanged. An error is a defect of this package.
func verifyEdit(before, after *Document, within extent) error {
	was, is := before.Topology(), after.Topology()
	dangled := was.dangling()
	for id, by := range is.dangling() {
		if len(by) > len(dangled[id]) {
			return brokenEdit("%s would name the service %s, which does not exist", by[0], id)
		}
	}
	for id, services := range is.byService {
		if len(services) > 1 && len(services) > len(was.byService[id]) {
			return brokenEdit("the topology would have the service %s twice", id)
		}
	}
	isSame := func(a, b *Service) bool { return a.element == b.element || a.element.String() == b.element.String() }
	if !slices.EqualFunc(was.ActiveCentral(), is.ActiveCentral(), isSame) {
		return brokenEdit("the active Central Management would change")
	}
	if outline(before.xml.Root()) != outline(after.xml.Root()) {
		return brokenEdit("something outside the services would change")
	}
	outside := func(t *Topology) []*Service {
		return slices.DeleteFunc(slices.Clone(t.Services), func(s *Service) bool { return within.services[s.ID] })
	}
	isUnchanged := func(a, b *Service) bool {
		return isSame(a, b) ||
			within.partial[a.ID] && within.withoutPart(a.element).String() == within.withoutPart(b.element).String()
	}
	if !slices.EqualFunc(outside(was), outside(is), isUnchanged) {
		return brokenEdit("a service that does not belong to the relationship would change")
	}
	return nil
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
