package topology

import (
	"slices"
	"strings"
)

// instanceName returns the name of a SQL Server instance in a form that can be compared: Windows ignores letter case,
// and the instance without a name is MSSQLSERVER for SQL Server itself.
func instanceName(name string) string {
	if name = strings.ToLower(strings.TrimSpace(name)); name != "mssqlserver" {
		return name
	}
	return ""
}

// IsOnOneServer reports whether two databases are on one SQL Server: on one cluster, or on clusters that share the
// name of the cluster or of a computer. One server can be a cluster of each of two sites.
func (t *Topology) IsOnOneServer(a, b *Service) bool {
	if a.SQLInstance == nil || b.SQLInstance == nil {
		return false
	}
	return a.SQLInstance.Cluster == b.SQLInstance.Cluster ||
		isOneHost(t.Cluster(a.SQLInstance.Cluster), t.Cluster(b.SQLInstance.Cluster))
}

// isOneHost reports whether two clusters share a name: that of the cluster or of one of its computers.
func isOneHost(a, b *Pool) bool {
	if a == nil || b == nil {
		return false
	}
	namesB := b.hostNames()
	return slices.ContainsFunc(a.hostNames(), func(name FQDN) bool { return slices.Contains(namesB, name) })
}

// hostNames returns the names of the cluster and of its computers.
func (p *Pool) hostNames() []FQDN {
	names := slices.DeleteFunc(slices.Clone(p.Machines), FQDN.IsZero)
	if p.HasName {
		names = append(names, p.FQDN)
	}
	return names
}

// IsOnOneInstance reports whether two databases are on one instance of one SQL Server.
func (t *Topology) IsOnOneInstance(a, b *Service) bool {
	return t.IsOnOneServer(a, b) && a.SQLInstance.Name == b.SQLInstance.Name
}

// CentralStores returns the stores of the active Central Management services. isComplete is false if the SQL Server
// instance of one of them is not known, because a reference does not resolve.
func (t *Topology) CentralStores() (stores []*Service, isComplete bool) {
	isComplete = true
	for _, cms := range t.ActiveCentral() {
		ids := cms.Dependencies(RoleCentralMgmtStore)
		isComplete = isComplete && len(ids) > 0
		for _, id := range ids {
			found := t.servicesAt(t.byService.Get(id))
			isComplete = isComplete && len(found) > 0
			for _, store := range found {
				isComplete = isComplete && store.SQLInstance != nil && t.hasNamedHost(store)
				stores = append(stores, store)
			}
		}
	}
	return stores, isComplete
}

func (t *Topology) hasNamedHost(s *Service) bool {
	p := t.Cluster(s.Cluster)
	return p != nil && p.HasName
}

// MayShareCentralInstance reports whether a database is on the SQL Server instance of the active Central Management
// store, or the topology does not rule that out.
func (t *Topology) MayShareCentralInstance(database *Service) bool {
	stores, isComplete := t.CentralStores()
	return !isComplete || !t.hasNamedHost(database) || slices.ContainsFunc(stores, func(store *Service) bool {
		return t.IsOnOneInstance(store, database)
	})
}
