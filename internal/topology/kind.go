package topology

import (
	"fmt"
	"slices"
	"strings"
)

// classify tells what a pool is by the roles installed on it.
func (t *Topology) classify(p *Pool) {
	registrars := p.Role(RoleRegistrar)
	if len(registrars) > 0 {
		p.Registrar = registrars[0]
		p.Version = registrars[0].Version
	}
	if p.Kind, p.Found = t.kindOf(p, registrars); p.Kind == KindFrontEnd {
		t.describeFrontEnd(p)
	}
	for _, cms := range p.Role(RoleCentralMgmt) {
		if cms.IsActive {
			p.Central = CentralActive
		} else if p.Central == "" {
			p.Central = CentralStandby
		}
	}
}

func (t *Topology) kindOf(p *Pool, registrars []*Service) (Kind, string) {
	has := func(role string) bool { return len(p.Role(role)) > 0 }
	switch {
	case len(registrars) == 0 && has(RoleEdgeServer):
		return KindEdge, "an Edge pool"
	case len(registrars) == 0 && slices.ContainsFunc(p.Services, isPersistentChat):
		return KindPersistentChat, "a Persistent Chat pool"
	case len(registrars) == 0:
		return KindOther, otherHost(p)
	case len(registrars) > 1:
		return KindOther, fmt.Sprintf("a pool with %d Registrar services", len(registrars))
	case p.Version < Version2010:
		return KindOther, fmt.Sprintf("a pool whose Registrar has the ServiceVersion %d, older than Lync Server 2010", p.Version)
	case registrars[0].IsDirector:
		return KindDirector, "a Director"
	case has(RoleUserServices):
		return KindFrontEnd, "a Front End pool"
	case p.Site != nil && p.Site.Kind != SiteBranch:
		return KindOther, "a Registrar without user services outside a branch site, neither a Director nor an appliance"
	case !slices.ContainsFunc(registrars[0].DependsOn, isHome):
		return KindOther, "a Registrar that depends on no user services, neither a Director nor an appliance"
	default:
		return KindAppliance, "a Survivable Branch Appliance or Server"
	}
}

// isHome says whether a dependency of an appliance names the user services that its users work with.
func isHome(d Dependency) bool { return d.Usage == usageDefault && d.Target.Role == RoleUserServices }

// isPersistentChat goes by the service's own role: ordinary Front End pools list Persistent Chat among the
// components of their web services. The host of its database is no Persistent Chat pool.
func isPersistentChat(s *Service) bool {
	return strings.HasPrefix(s.ID.Role, "PersistentChat") && s.SQLInstance == nil
}

// otherHost says what else a cluster without Registrar is, for messages.
func otherHost(p *Pool) string {
	words := []struct{ role, is string }{
		{"PstnGateway", "a PSTN gateway"},
		{"WacService", "an Office Web Apps server"},
		{"MediationServer", "a Mediation Server pool"},
		{"ExternalServer", "a trusted application pool"},
		{RoleFileStore, "a file server"},
	}
	for _, s := range p.Services {
		if s.SQLInstance != nil {
			return "a SQL Server host"
		}
	}
	for _, w := range words {
		if len(p.Role(w.role)) > 0 {
			return w.is
		}
	}
	if len(p.Services) == 0 {
		return "a host without services"
	}
	var roles []string
	for _, s := range p.Services {
		if !slices.Contains(roles, s.ID.Role) {
			roles = append(roles, s.ID.Role)
		}
	}
	return "a host with the services " + strings.Join(roles, ", ")
}

// describeFrontEnd adds what follows from the services of a Front End pool. A database belongs to the pool whose
// user services depend on it, wherever it is installed.
func (t *Topology) describeFrontEnd(p *Pool) {
	p.UserServices = p.Role(RoleUserServices)[0]
	for _, id := range p.UserServices.Dependencies(RoleUserStore) {
		store := t.Service(id)
		if store == nil || store.SQLInstance == nil {
			continue
		}
		host := t.Cluster(store.Cluster)
		if host == nil {
			continue
		}
		p.UserStore, p.SQLServer = store, host.FQDN
		// One-machine Enterprise pools exist, so the number of computers says nothing.
		p.Edition = EditionEnterprise
		if host == p {
			p.Edition = EditionStandard
		}
		return
	}
}
