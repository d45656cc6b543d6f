package topology

import "slices"

// Pool returns the pool that a name identifies, nil for none. See IsAmbiguous for a name that several clusters have.
func (t *Topology) Pool(fqdn FQDN) *Pool {
	found := t.Named(fqdn)
	if len(found) == 0 || t.IsAmbiguous(fqdn) {
		return nil
	}
	return found[0]
}

// Named returns the clusters of a name: first those with a Registrar and user services, then others with a Registrar,
// other pools, and hosts, each in the order of the document.
func (t *Topology) Named(fqdn FQDN) []*Pool { return t.poolsAt(t.byFQDN[fqdn]) }

// IsAmbiguous reports whether a name identifies no single pool, because several have it. A pool with a Registrar takes
// precedence over clusters without one, and any pool over hosts.
func (t *Topology) IsAmbiguous(fqdn FQDN) bool {
	found := t.Named(fqdn)
	if len(found) < 2 {
		return false
	}
	first, second := found[0].precedence(), found[1].precedence()
	return second <= withRegistrar || (first == otherPool && second == otherPool)
}

// Identifies reports whether the name of a pool identifies it.
func (t *Topology) Identifies(p *Pool) bool { return p.HasName && t.Pool(p.FQDN) == p }

// IsFirstOfName reports whether a cluster has a name, and precedence over all others of that name.
func (t *Topology) IsFirstOfName(p *Pool) bool { return p.HasName && t.Named(p.FQDN)[0] == p }

// checkNames refuses the first of some names that several pools have.
func (t *Topology) checkNames(names ...FQDN) error {
	for _, name := range names {
		if !t.IsAmbiguous(name) {
			continue
		}
		r := &Refusal{Fault: AmbiguousName, Pool: name}
		for _, p := range t.Named(name) {
			r.Clusters = append(r.Clusters, p.ID)
		}
		return r
	}
	return nil
}

// The precedence of the clusters of one name.
const (
	withUserServices = iota // and a Registrar
	withRegistrar
	otherPool
	host
)

func (p *Pool) precedence() int {
	switch {
	case p.Registrar != nil && p.has(RoleUserServices):
		return withUserServices
	case p.Registrar != nil:
		return withRegistrar
	case p.Kind != KindOther:
		return otherPool
	default:
		return host
	}
}

// indexNames records the pools by their names and those of their computers.
func (t *Topology) indexNames(pools []*Pool) {
	for order, p := range pools {
		if p.HasName {
			t.byFQDN[p.FQDN] = append(t.byFQDN[p.FQDN], order)
		}
		for _, name := range p.Machines {
			other, known := t.byComputer[name]
			if !known || pools[other].Registrar == nil && p.Registrar != nil {
				t.byComputer[name] = order
			}
		}
	}
	for _, found := range t.byFQDN {
		if len(found) > 1 {
			slices.SortStableFunc(found, func(a, b int) int { return pools[a].precedence() - pools[b].precedence() })
		}
	}
}
