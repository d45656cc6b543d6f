package topology

import (
	"fmt"
	"slices"
	"strings"
)

// classify sets the kind of a pool and all fields that depend on it.
func (t *Topology) classify(p *Pool) {
	registrars := p.Role(RoleRegistrar)
	if len(registrars) > 0 {
		p.Registrar = registrars[0]
		p.Version = registrars[0].Version
	}
	if p.Kind, p.Description = t.kindOf(p, registrars); p.Kind == KindFrontEnd {
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

// kindOf returns the kind of a pool and its description.
func (t *Topology) kindOf(p *Pool, registrars []*Service) (Kind, string) {
	switch {
	case len(registrars) == 0 && p.has(RoleEdgeServer):
		return KindEdge, "an Edge pool"
	case len(registrars) == 0 && slices.ContainsFunc(p.Services, isPersistentChat):
		return KindPersistentChat, "a Persistent Chat pool"
	case len(registrars) == 0:
		return KindOther, describeHost(p)
	case len(registrars) > 1:
		return KindOther, fmt.Sprintf("a pool with %d Registrar services", len(registrars))
	case p.Version < 1:
		return KindOther, "a pool whose Registrar has no readable ServiceVersion"
	case p.Version < Version2010:
		return KindOther, fmt.Sprintf(
			"a pool whose Registrar has the ServiceVersion %d, older than Lync Server 2010", p.Version)
	case registrars[0].IsDirector:
		return KindDirector, "a Director"
	case p.has(RoleUserServices):
		return KindFrontEnd, "a Front End pool"
	case p.Site != nil && p.Site.Kind != SiteBranch:
		return KindOther, "a Registrar without user services outside a branch site, neither a Director nor an appliance"
	case !slices.ContainsFunc(registrars[0].DependsOn, isHome):
		return KindOther, "a Registrar that depends on no user services, neither a Director nor an appliance"
	default:
		return KindAppliance, "a Survivable Branch Appliance or Server"
	}
}

// RegistrarFault is why a pool with user services is not a Front End pool.
type RegistrarFault string

// The faults of Registrars. A version before Lync Server 2010 is none.
const (
	MissingRegistrar    RegistrarFault = "missing"
	SeveralRegistrars   RegistrarFault = "several"
	UnreadableRegistrar RegistrarFault = "unreadable" // it has no readable ServiceVersion
)

// RegistrarFault returns the fault of a pool that would be a Front End pool with one valid Registrar, empty for all
// other pools.
func (p *Pool) RegistrarFault() RegistrarFault {
	switch registrars := len(p.byRole[RoleRegistrar]); {
	case p.Kind != KindOther || !p.has(RoleUserServices):
		return ""
	case registrars == 0:
		return MissingRegistrar
	case registrars > 1:
		return SeveralRegistrars
	case p.Version < 1:
		return UnreadableRegistrar
	default:
		return ""
	}
}

// isHome reports whether a dependency of an appliance names the user services of its users.
func isHome(d Dependency) bool { return d.Usage == usageDefault && d.Target.Role == RoleUserServices }

// isPersistentChat reports whether a service makes its host a Persistent Chat pool. The role decides, because the web
// services of every Front End pool list Persistent Chat as a component. The host of its database is not such a pool.
func isPersistentChat(s *Service) bool {
	return strings.HasPrefix(s.ID.Role, "PersistentChat") && s.SQLInstance == nil
}

// describeHost describes a cluster without Registrar, for messages.
func describeHost(p *Pool) string {
	hosts := []struct{ role, description string }{
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
	for _, h := range hosts {
		if p.has(h.role) {
			return h.description
		}
	}
	if len(p.Services) == 0 {
		return "a host without services"
	}
	const most = 10 // roles in a message
	var roles []string
	for _, s := range p.Services {
		switch {
		case s != p.byRole[s.ID.Role][0]:
			continue // not the first of the role
		case len(roles) == most:
			return fmt.Sprintf("a host with the services %s and %d others",
				strings.Join(roles, ", "), len(p.byRole)-most)
		default:
			roles = append(roles, s.ID.Role)
		}
	}
	return "a host with the services " + strings.Join(roles, ", ")
}

// describeFrontEnd sets the fields of a Front End pool. The database of a pool is the one that its user services depend
// on, wherever it is installed.
func (t *Topology) describeFrontEnd(p *Pool) {
	p.UserServices = p.byRole[RoleUserServices][0]
	for _, id := range p.UserServices.Dependencies(RoleUserStore) {
		store := t.Service(id)
		if store == nil || store.SQLInstance == nil {
			continue
		}
		host := t.Cluster(store.Cluster)
		if host == nil {
			continue
		}
		p.UserStore = store
		if host.HasName {
			p.SQLServer = host.FQDN
		}
		// The number of computers does not determine the edition: an Enterprise pool can have one.
		p.Edition = EditionEnterprise
		if host == p {
			p.Edition = EditionStandard
		}
		return
	}
}
