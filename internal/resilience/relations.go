package resilience

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// BackupPool returns the pool of the service that a Backup names. It is nil if the Backup names no service, or one that
// does not resolve.
func BackupPool(t *topology.Topology, b topology.Backup) *topology.Pool {
	if !b.Named {
		return nil
	}
	return t.PoolOf(b.Target)
}

// BackupPools returns the pools that the Registrar of p names as its backup and that resolve, each once.
func BackupPools(t *topology.Topology, p *topology.Pool) []*topology.Pool {
	var found []*topology.Pool
	for _, b := range p.Registrar.Backups {
		if backup := BackupPool(t, b); backup != nil && !slices.Contains(found, backup) {
			found = append(found, backup)
		}
	}
	return found
}

// CentralServices returns the active or the inactive Central Management services of a pool.
func CentralServices(p *topology.Pool, active bool) []*topology.Service {
	var found []*topology.Service
	for _, s := range p.Role(topology.RoleCentralMgmt) {
		if s.IsActive == active {
			found = append(found, s)
		}
	}
	return found
}

// NextHops returns the next hops of an Edge pool, each once.
func NextHops(t *topology.Topology, edge *topology.Pool) []*topology.Pool {
	var hops []*topology.Pool
	for _, service := range edge.Role(topology.RoleEdgeServer) {
		for _, id := range service.Dependencies(topology.RoleRegistrar) {
			if hop := t.PoolOf(id); hop != nil && !slices.Contains(hops, hop) {
				hops = append(hops, hop)
			}
		}
	}
	return hops
}

// IsBesidePair reports whether a one-way backup registrar is the only link between a and b, and one of the two is in a
// pair with a third pool. The backup services, and the copies of user data, then belong to that pair.
func IsBesidePair(t *topology.Topology, a, b *topology.Pool) bool {
	return !t.Links(a, b).Paired() && (len(pairedWith(t, a, b)) > 0 || len(pairedWith(t, b, a)) > 0)
}

// pairedWith returns the Front End pools that are in a pair with p, except for one of them.
func pairedWith(t *topology.Topology, p, except *topology.Pool) []*topology.Pool {
	return slices.DeleteFunc(slices.Clone(t.LinkedFrontEnds(p)), func(other *topology.Pool) bool {
		return other == except || !t.Links(p, other).Paired()
	})
}
