package topology

import (
	"fmt"
	"slices"
	"strings"
)

// proveEdit looks at the result of an edit before anybody may publish it: nothing dangles that did not before, no
// identity came to be twice, the active Central Management is the same, and only services of the two pools differ, in
// what belongs to a backup relationship. A failure is a fault of this package.
func proveEdit(before, after *Document, a, b *Pool) error {
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
	if !slices.EqualFunc(was.ActiveCentral(), is.ActiveCentral(), func(a, b *Service) bool { return a.element.text() == b.element.text() }) {
		return brokenEdit("the active Central Management would change")
	}
	if outline(before.root) != outline(after.root) {
		return brokenEdit("something outside the services would change")
	}
	mayDiffer := map[ServiceID]bool{}
	for _, t := range []*Topology{was, is} {
		for _, p := range []*Pool{a, b} {
			t.notePairServices(p.ID, mayDiffer)
		}
	}
	kept := func(t *Topology) []*Service {
		return slices.DeleteFunc(slices.Clone(t.Services), func(s *Service) bool {
			return mayDiffer[s.ID] && s.ID.Role != RoleRegistrar
		})
	}
	equal := func(x, y *Service) bool {
		return x.element == y.element || x.element.text() == y.element.text() ||
			mayDiffer[x.ID] && withoutBackup(x.element) == withoutBackup(y.element)
	}
	if !slices.EqualFunc(kept(was), kept(is), equal) {
		return brokenEdit("a service that does not belong to the relationship would change")
	}
	return nil
}

// notePairServices notes the services of a cluster that a pair may consist of: its Registrar, in its Backup alone, its
// BackupServices, and its Central Management with the stores it depends on, wherever those are installed.
func (t *Topology) notePairServices(id ClusterID, noted map[ServiceID]bool) {
	p := t.Cluster(id)
	if p == nil {
		return
	}
	for _, s := range p.Services {
		switch s.ID.Role {
		case RoleRegistrar, RoleBackupService:
			noted[s.ID] = true
		case RoleCentralMgmt:
			noted[s.ID] = true
			for _, store := range s.Dependencies(RoleCentralMgmtStore) {
				noted[store] = true
			}
		}
	}
}

func brokenEdit(format string, args ...any) error {
	return refuse("The change was not made", "It would damage the topology: %s. Nothing was written. Please report this with the document.",
		fmt.Sprintf(format, args...))
}

// outline is the text of the root element without its services and the white space between those.
func outline(root *element) string {
	var b strings.Builder
	b.WriteString(root.start)
	for _, n := range root.nodes {
		if n.el == nil || n.el.local != "Services" {
			n.write(&b)
			continue
		}
		b.WriteString(n.el.start)
		for _, inner := range n.el.nodes {
			if inner.el == nil && !isSpace(inner.text) || inner.el != nil && inner.el.local != "Service" {
				inner.write(&b)
			}
		}
		b.WriteString(n.el.end)
	}
	b.WriteString(root.end)
	return b.String()
}

func withoutBackup(registrar *element) string {
	el := registrar.clone()
	for _, backup := range el.children("Backup") {
		el.removeChild(backup)
	}
	return el.text()
}
