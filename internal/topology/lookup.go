package topology

import (
	"iter"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
)

// Topology is the model of a document. It is immutable and safe for concurrent use.
type Topology struct {
	Signature string
	Sites     []*Site // in the order of the document

	services       persistent.Vector[*Service] // in the order of the document; nil for one that was removed
	byService      persistent.Map[ServiceID, []int]
	namedBy        persistent.Map[ServiceID, []int] // the services that name an identity in a dependency or a Backup
	central        []int                            // the Central Management services
	backupServices []int

	pools persistent.Vector[*Pool] // every cluster, in the order of the document
	links persistent.Vector[*poolLinks]

	// No edit changes the names and the kinds of pools.
	byFQDN     map[FQDN][]int // without the clusters that have no name; see Named for the order
	byCluster  map[ClusterID]int
	byComputer map[FQDN]int // of several pools, the first with a Registrar
}

// Services returns the services in the order of the document.
func (t *Topology) Services() iter.Seq[*Service] {
	return func(yield func(*Service) bool) {
		for _, s := range t.services.All {
			if s != nil && !yield(s) {
				return
			}
		}
	}
}

// Pools returns every cluster in the order of the document.
func (t *Topology) Pools() iter.Seq[*Pool] {
	return func(yield func(*Pool) bool) {
		for _, p := range t.pools.All {
			if !yield(p) {
				return
			}
		}
	}
}

// servicesAt returns the services of some indexes.
func (t *Topology) servicesAt(indexes []int) []*Service {
	services := make([]*Service, len(indexes))
	for i, index := range indexes {
		services[i] = t.services.At(index)
	}
	return services
}

// poolsAt returns the pools of some positions.
func (t *Topology) poolsAt(orders []int) []*Pool {
	pools := make([]*Pool, len(orders))
	for i, order := range orders {
		pools[i] = t.pools.At(order)
	}
	return pools
}

// PoolOfComputer returns the pool that has a computer of that name, nil for none. A pool with a Registrar takes
// precedence.
func (t *Topology) PoolOfComputer(fqdn FQDN) *Pool {
	if fqdn.IsZero() {
		return nil // an empty name does not identify a computer without a name
	}
	if order, ok := t.byComputer[fqdn]; ok {
		return t.pools.At(order)
	}
	return nil
}

// Service returns the service of that identity, nil if no service or more than one has it.
func (t *Topology) Service(id ServiceID) *Service {
	if found := t.byService.Get(id); len(found) == 1 {
		return t.services.At(found[0])
	}
	return nil
}

// CountOf returns the number of services with that identity. A valid document has at most one.
func (t *Topology) CountOf(id ServiceID) int { return len(t.byService.Get(id)) }

// Cluster returns the pool of that cluster identity, nil for none.
func (t *Topology) Cluster(id ClusterID) *Pool {
	if order, ok := t.byCluster[id]; ok {
		return t.pools.At(order)
	}
	return nil
}

// PoolOf returns the pool on which the service of that identity is installed, nil if that is not exactly one pool. Two
// services of one identity on one pool are accepted.
func (t *Topology) PoolOf(id ServiceID) *Pool {
	if hosts := t.hostsOf(id); len(hosts) == 1 {
		return hosts[0]
	}
	return nil
}

// hostsOf returns the pools on which services of that identity are installed, each once. A valid document has one.
// Parse limits the services of an identity, so the cost is constant.
func (t *Topology) hostsOf(id ServiceID) []*Pool {
	var hosts []*Pool
	for _, index := range t.byService.Get(id) {
		if p := t.Cluster(t.services.At(index).Cluster); p != nil && !slices.Contains(hosts, p) {
			hosts = append(hosts, p)
		}
	}
	return hosts
}

// FrontEnds returns the Front End pools of every version, in the order of the document.
func (t *Topology) FrontEnds() []*Pool { return t.ofKind(KindFrontEnd) }

// Appliances returns the Survivable Branch Appliances and Servers, in the order of the document.
func (t *Topology) Appliances() []*Pool { return t.ofKind(KindAppliance) }

func (t *Topology) ofKind(kind Kind) []*Pool {
	var found []*Pool
	for p := range t.Pools() {
		if p.Kind == kind {
			found = append(found, p)
		}
	}
	return found
}
