package topology

import (
	"maps"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
)

// with returns the model after an edit: services has its services, and changes those that differ. The cost is that of
// the changed services and of the pools and services that refer to them. An edit must not change the kind of a pool.
func (t *Topology) with(services persistent.Vector[*Service], changes []change) *Topology {
	next := *t
	next.services = services
	pools := map[int]bool{}   // that have one of the services, or show one
	moved := []ServiceID{}    // identities whose services are others or on other pools
	sources := map[int]bool{} // pools whose links can be others
	for _, c := range changes {
		next.recordIdentity(c)
		next.recordReferences(c)
		for _, s := range []*Service{c.was, c.is} {
			if s == nil {
				continue
			}
			if order, ok := t.byCluster[s.Cluster]; ok {
				pools[order], sources[order] = true, true
			}
			if c.was == nil || c.is == nil || c.was.ID != c.is.ID || c.was.Cluster != c.is.Cluster {
				moved = append(moved, s.ID)
			}
		}
	}
	for _, id := range moved {
		next.addHosts(sources, id)
	}
	for order := range pools {
		next.pools = next.pools.Set(order, next.rebuilt(t.pools.At(order), changes))
	}
	for order := range pools {
		next.classify(next.pools.At(order))
	}
	next.updateLinks(t, sources)
	return &next
}

// addHosts adds the pools whose services name an identity.
func (t *Topology) addHosts(pools map[int]bool, id ServiceID) {
	for _, index := range t.namedBy.Get(id) {
		if order, ok := t.byCluster[t.services.At(index).Cluster]; ok {
			pools[order] = true
		}
	}
}

// recordIdentity records a change by the identity and the role of the service.
func (t *Topology) recordIdentity(c change) {
	if c.was != nil && c.is != nil && c.was.ID == c.is.ID {
		return
	}
	if c.was != nil {
		t.byService = setOrDelete(t.byService, c.was.ID, without(t.byService.Get(c.was.ID), c.was.index))
		if list := t.ofRole(c.was.ID.Role); list != nil {
			*list = without(*list, c.was.index)
		}
	}
	if c.is != nil {
		t.byService = t.byService.Set(c.is.ID, including(t.byService.Get(c.is.ID), c.is.index))
		if list := t.ofRole(c.is.ID.Role); list != nil {
			*list = including(*list, c.is.index)
		}
	}
}

// ofRole returns the list of the services of a role, nil for a role without one.
func (t *Topology) ofRole(role string) *[]int {
	switch role {
	case RoleCentralMgmt:
		return &t.central
	case RoleBackupService:
		return &t.backupServices
	default:
		return nil
	}
}

// recordReferences records a change by the identities that the service names.
func (t *Topology) recordReferences(c change) {
	var before, after []ServiceID
	if c.was != nil {
		before = c.was.references()
	}
	if c.is != nil {
		after = c.is.references()
	}
	for _, id := range before {
		if !slices.Contains(after, id) {
			t.namedBy = setOrDelete(t.namedBy, id, without(t.namedBy.Get(id), c.was.index))
		}
	}
	for _, id := range after {
		if !slices.Contains(before, id) {
			t.namedBy = t.namedBy.Set(id, including(t.namedBy.Get(id), c.is.index))
		}
	}
}

// rebuilt returns a pool with its services after the changes, before it is classified.
func (t *Topology) rebuilt(p *Pool, changes []change) *Pool {
	next := &Pool{
		FQDN: p.FQDN, HasName: p.HasName, ID: p.ID, Site: p.Site, Machines: p.Machines, order: p.order,
	}
	var indexes []int
	for _, s := range p.Services {
		indexes = append(indexes, s.index)
	}
	for _, c := range changes {
		if c.was != nil && c.was.Cluster == p.ID {
			indexes = without(indexes, c.was.index)
		}
		if c.is != nil && c.is.Cluster == p.ID {
			indexes = including(indexes, c.is.index)
		}
	}
	for _, s := range t.servicesAt(indexes) {
		next.install(s)
	}
	return next
}

// updateLinks computes the links of some pools anew, and the lists of the pools that they are linked to. The model was
// is the one before the edit.
func (t *Topology) updateLinks(was *Topology, sources map[int]bool) {
	for order := range sources {
		l := t.linksFrom(t.pools.At(order))
		l.linked, l.frontEnds = was.links.At(order).linked, was.links.At(order).frontEnds
		t.links = t.links.Set(order, l)
	}
	for order := range sources {
		others := maps.Clone(was.links.At(order).to)
		if others == nil {
			others = map[int]linksTo{}
		}
		maps.Copy(others, t.links.At(order).to)
		for other := range others {
			if other == order {
				continue
			}
			_, there := t.links.At(order).to[other]
			_, back := t.links.At(other).to[order]
			t.setLinked(order, other, there || back)
			t.setLinked(other, order, there || back)
		}
	}
}

// setLinked records whether two pools are linked in the lists of the first.
func (t *Topology) setLinked(order, other int, isLinked bool) {
	l := *t.links.At(order)
	if _, wasLinked := slices.BinarySearch(l.linked, other); wasLinked == isLinked {
		return
	}
	if isLinked {
		l.linked = including(l.linked, other)
	} else {
		l.linked = without(l.linked, other)
	}
	if t.pools.At(other).Kind == KindFrontEnd {
		l.frontEnds = t.frontEndsOf(l.linked)
	}
	t.links = t.links.Set(order, &l)
}

// setOrDelete sets the value of a key, or deletes the key if the value is empty.
func setOrDelete(m persistent.Map[ServiceID, []int], id ServiceID, list []int) persistent.Map[ServiceID, []int] {
	if len(list) == 0 {
		return m.Delete(id)
	}
	return m.Set(id, list)
}

// including returns a copy of a sorted list with a number, which it can have already.
func including(list []int, number int) []int {
	at, found := slices.BinarySearch(list, number)
	if found {
		return list
	}
	return slices.Concat(list[:at], []int{number}, list[at:])
}

// without returns a copy of a sorted list without a number.
func without(list []int, number int) []int {
	at, found := slices.BinarySearch(list, number)
	if !found {
		return list
	}
	return slices.Concat(list[:at], list[at+1:])
}
