package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// extent is what an edit may change.
type extent struct {
	whole map[ServiceID]bool                    // these may come, go and change
	part  map[ServiceID]bool                    // these may change in a part
	rest  func(*xmldoc.Element) *xmldoc.Element // what must stay of those: a copy without that part
}

// proveEdit looks at the result of an edit before anybody may publish it: nothing dangles that did not before, no
// identity came to be twice, the active Central Management is the same, and nothing outside the extent differs. A failure
// is a fault of this package.
func proveEdit(before, after *Document, within extent) error {
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
	if !slices.EqualFunc(was.ActiveCentral(), is.ActiveCentral(), func(a, b *Service) bool { return a.element.String() == b.element.String() }) {
		return brokenEdit("the active Central Management would change")
	}
	if outline(before.xml.Root()) != outline(after.xml.Root()) {
		return brokenEdit("something outside the services would change")
	}
	kept := func(t *Topology) []*Service {
		return slices.DeleteFunc(slices.Clone(t.Services), func(s *Service) bool { return within.whole[s.ID] })
	}
	equal := func(x, y *Service) bool {
		return x.element == y.element || x.element.String() == y.element.String() ||
			within.part[x.ID] && within.rest(x.element).String() == within.rest(y.element).String()
	}
	if !slices.EqualFunc(kept(was), kept(is), equal) {
		return brokenEdit("a service that does not belong to the relationship would change")
	}
	return nil
}

// pairExtent is what the edit of a pair may change on its two clusters: the Backup of the Registrars, the BackupServices,
// and Central Management with the stores it depends on, wherever those are installed.
func pairExtent(a, b *Pool) func(was, is *Topology) extent {
	return func(was, is *Topology) extent {
		s := extent{whole: map[ServiceID]bool{}, part: map[ServiceID]bool{}, rest: withoutBackup}
		for _, t := range []*Topology{was, is} {
			for _, id := range []ClusterID{a.ID, b.ID} {
				if p := t.Cluster(id); p != nil {
					s.add(p)
				}
			}
		}
		return s
	}
}

func (s extent) add(p *Pool) {
	for _, service := range p.Services {
		switch service.ID.Role {
		case RoleRegistrar:
			s.part[service.ID] = true
		case RoleBackupService:
			s.whole[service.ID] = true
		case RoleCentralMgmt:
			s.whole[service.ID] = true
			for _, store := range service.Dependencies(RoleCentralMgmtStore) {
				s.whole[store] = true
			}
		}
	}
}

func brokenEdit(format string, args ...any) error {
	return refuse("The change was not made", "It would damage the topology: %s. Nothing was written. Please report this with the document.",
		fmt.Sprintf(format, args...))
}

// outline is the text of the root element without its services and the white space between those.
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

func withoutBackup(registrar *xmldoc.Element) *xmldoc.Element {
	el := registrar.Clone()
	for _, backup := range children(el, "Backup") {
		el.Remove(backup)
	}
	return el
}
