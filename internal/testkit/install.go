package testkit

import (
	"slices"
	"time"
)

// install adds the services of a pool in the order of a published document. connect adds their dependencies later, when
// all services have numbers.
func (l *layout) install(m *member) {
	version, on := m.pool.Version, m.cluster
	switch m.pool.Kind {
	case FrontEnd:
		l.installFrontEnd(m)
	case Director:
		m.registrar = l.add("Registrar", version, on)
		m.registrar.payload = registrarPayload(true, version)
		m.fileStore = l.fileStore(m)
		m.web = l.add("WebServices", version, on)
		m.web.payload = webPayload(m.pool.FQDN)
	case Edge:
		m.edge = l.add("EdgeServer", version, on)
		l.add("ManagementServices", version, on)
	case PersistentChat:
		m.other = l.add("PersistentChatService", version, on)
	case Mediation:
		m.mediation = l.add("MediationServer", version, on)
	case Gateway:
		m.other = l.add("PstnGateway", version, on)
	case FileServer:
		m.fileStore = l.fileStore(m)
	case SQLServer:
		l.sqlInstance(on, m.pool.SQLInstance)
	case OfficeWebApps:
		m.other = l.add("WacService", version, on)
		m.other.payload.attr("DiscoveryUrl", "https://"+m.pool.FQDN+"/hosting/discover/").attr("IsExternal", "false")
	case TrustedApplication:
		m.other = l.add("ExternalServer", version, on)
	}
}

func (l *layout) installFrontEnd(m *member) {
	version, on := m.pool.Version, m.cluster
	sql := l.sqlInstance(l.databaseHost(m), m.pool.SQLInstance)
	m.userServices = l.add("UserServices", version, on)
	m.registrar = l.add("Registrar", version, on)
	m.registrar.payload = registrarPayload(false, version)
	m.userStore = l.addDatabase("UserStore", version, sql)
	m.fileStore = l.fileStore(m)
	m.web = l.add("WebServices", version, on)
	m.web.payload = webPayload(m.pool.FQDN)
	m.conf = l.add("ConfServices", version, on)
	m.mediation = l.add("MediationServer", version, on)
	m.application = l.add("ApplicationServer", version, on)
	m.applicationStore = l.addDatabase("ApplicationStore", version, sql)
}

func (l *layout) installAppliance(m *member, a Appliance) {
	m.registrar = l.add("Registrar", a.Version, m.cluster)
	m.registrar.payload = registrarPayload(false, a.Version)
	m.mediation = l.add("MediationServer", a.Version, m.cluster)
}

func (l *layout) databaseHost(m *member) *cluster {
	if !m.pool.Enterprise {
		return m.cluster
	}
	return l.member(m.pool.SQLHost).cluster
}

// fileStore returns the FileStore service of a pool's host and share, and adds it if it does not exist.
func (l *layout) fileStore(m *member) *service {
	name := canonicalName(m.pool.FileHost) + `\` + m.pool.FileShare
	if l.stores[name] == nil {
		s := l.add("FileStore", m.pool.Version, l.member(m.pool.FileHost).cluster)
		s.payload.attr("ShareName", m.pool.FileShare)
		l.stores[name] = s
	}
	return l.stores[name]
}

// connect adds the dependencies of a pool's services, in the order of a published document.
func (l *layout) connect(m *member) {
	var next, edge *member
	if m.pool.NextHop != "" {
		next = l.member(m.pool.NextHop)
	}
	if m.pool.Edge != "" {
		if edge = l.member(m.pool.Edge); edge.edge == nil {
			fail("%s is not an Edge pool", m.pool.Edge)
		}
	}
	switch m.pool.Kind {
	case FrontEnd:
		m.userServices.needs(m.userStore, m.conf)
		m.registrar.needs(m.userServices, m.web)
		m.web.needs(m.userServices, m.fileStore)
		m.conf.needs(m.web, m.userServices, m.fileStore)
		m.mediation.needs(m.registrar)
		m.application.needs(m.registrar, m.applicationStore, m.fileStore)
	case Director:
		if next != nil {
			m.registrar.needs(next.userServices)
		}
		m.registrar.needs(m.web)
		m.web.needs(m.fileStore)
	case Edge:
		if next != nil {
			m.edge.needs(next.registrar)
		}
	case PersistentChat, TrustedApplication:
		if next != nil {
			m.other.needs(next.registrar)
		}
	case Mediation:
		if next != nil {
			m.mediation.needs(next.registrar)
		}
	case Gateway:
		if next != nil {
			m.other.needs(next.mediation)
		}
	case FileServer, SQLServer, OfficeWebApps:
	}
	if edge != nil {
		l.connectEdge(edge, m)
	}
}

// connectEdge makes the services with external traffic depend on an Edge pool.
func (l *layout) connectEdge(edge, m *member) {
	for _, s := range []*service{m.registrar, m.mediation} {
		if s != nil {
			s.needs(edge.edge)
		}
	}
}

func (l *layout) connectAppliance(m *member, a Appliance) {
	users := l.member(a.UserServices)
	if users.userServices == nil {
		fail("%s: %s has no UserServices", a.FQDN, a.UserServices)
	}
	m.registrar.needs(users.userServices, users.web)
	m.mediation.needs(m.registrar)
	if a.Edge != "" {
		l.connectEdge(l.member(a.Edge), m)
	}
	if !a.NoBackup {
		l.backup(a.FQDN, a.Pool, a.Failover, a.Failure, a.Failback)
	}
}

// needs adds dependencies.
func (s *service) needs(targets ...*service) {
	for _, t := range targets {
		if t == nil {
			fail("%s depends on a service that its target lacks", s.id.role)
		}
		s.depends = append(s.depends, t)
	}
}

// central adds the Central Management services of every pool with this role.
func (l *layout) central(members []*member, role string) {
	for _, m := range members {
		if m.pool.Central != role {
			continue
		}
		s := l.add("CentralMgmt", m.pool.Version, m.cluster)
		s.payload.attr("IsActive", boolean(role == Active))
		store := l.addDatabase("CentralMgmtStore", m.pool.Version, m.userStore.database)
		s.needs(store, m.fileStore)
	}
}

// pair adds both Backups and both BackupServices, in the order of the pools' names.
func (l *layout) pair(p Pair) {
	names := []string{p.A, p.B}
	if canonicalName(p.B) < canonicalName(p.A) {
		names = []string{p.B, p.A}
	}
	contains := func(list []string, name string) bool {
		return slices.ContainsFunc(list, func(o string) bool { return isSameName(o, name) })
	}
	services := make([]*service, len(names))
	for i, name := range names {
		m := l.member(name)
		s := l.add("BackupService", m.pool.Version, m.cluster)
		s.payload = backupPayload(p.CMSMaster)
		s.omitted = contains(p.NoService, name)
		services[i] = s
	}
	for i, name := range names {
		m, partner := l.member(name), names[1-i]
		services[i].needs(services[1-i])
		if m.fileStore != nil {
			services[i].needs(m.fileStore)
		}
		if contains(p.NoBackup, name) {
			continue
		}
		if m.registrar != nil && len(m.registrar.backups) > 0 {
			fail("%s is in two pairs and would have two Backups: leave one out with NoBackup", name)
		}
		l.backup(name, partner, p.Failover, p.Failure, p.Failback)
	}
}

func (l *layout) backup(from, to string, failover *bool, failure, failback time.Duration) {
	a, b := l.member(from), l.member(to)
	if a.registrar == nil || b.registrar == nil {
		fail("%s and %s: a backup needs two Registrars", from, to)
	}
	a.registrar.backups = append(a.registrar.backups, backup{
		to:       b.registrar,
		failover: failover == nil || *failover,
		failure:  failure,
		failback: failback,
	})
}
