package testkit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// layout is the content of a document: an estate with the numbers of its clusters and services.
type layout struct {
	estate    Estate
	clusters  []*cluster
	instances []*instance
	services  []*service
	stores    map[string]*service // FileStore services by host and share
	members   map[string]*member  // by canonical name; if two have the same name, the one with a Registrar
	numbers   map[int]int         // number of clusters by site
	counts    map[identity]int    // number of services by site and role
}

type cluster struct {
	fqdn         string
	site, number int
	product      bool // runs the product's own software
	machines     []string
	faultDomains bool
	sides        []string // network interfaces of each computer
}

// instance is a SQL Server instance.
type instance struct {
	name string
	on   *cluster
}

type identity struct {
	site     int
	role     string
	instance int
}

type service struct {
	id                   identity
	roleVersion, version int
	on                   *cluster
	database             *instance // set instead of on for the roles that live in a database
	depends              []*service
	usage                string // of the dependencies; empty for "Default"
	backups              []backup
	backupNodes          []*node // Backup elements of a [Draft]
	ports                []*node
	payload              *node
	omitted              bool // has a number but is not written to the document
}

type backup struct {
	to                *service
	failover          bool
	failure, failback time.Duration
}

// member is a pool or an appliance with the services on which other services depend.
type member struct {
	pool         Pool
	hasRegistrar bool
	cluster      *cluster

	userServices, registrar, fileStore, web, mediation, edge *service
	conf, userStore, application, applicationStore, other    *service
}

func newLayout(e Estate) *layout {
	l := &layout{
		estate:  e.withDefaults(),
		stores:  map[string]*service{},
		members: map[string]*member{},
		numbers: map[int]int{},
		counts:  map[identity]int{},
	}
	// Clusters come first, in the order of the document, because a pool can use a cluster that is declared later.
	var members []*member
	for _, p := range l.estate.Pools {
		members = append(members, l.enroll(p, p.Kind == FrontEnd || p.Kind == Director))
		l.hosts(p)
	}
	var appliances []*member
	for _, a := range l.estate.Appliances {
		appliances = append(appliances,
			l.enroll(Pool{FQDN: a.FQDN, Site: a.Site, Version: a.Version, FrontEnds: 1, Kind: Mediation}, true))
	}
	for _, m := range members {
		l.install(m)
	}
	for i, a := range l.estate.Appliances {
		l.installAppliance(appliances[i], a)
	}
	for _, m := range members {
		l.connect(m)
	}
	for i, a := range l.estate.Appliances {
		l.connectAppliance(appliances[i], a)
	}
	// A published document has the active Central Management, then the backup services, then the standby.
	l.central(members, Active)
	for _, p := range l.estate.Pairs {
		l.pair(p)
	}
	l.central(members, Standby)
	for _, b := range l.estate.Backups {
		l.backup(b.From, b.To, b.Failover, b.Failure, b.Failback)
	}
	return l
}

// enroll adds the cluster of a pool. Two clusters can have the same name, such as a gateway and its appliance, but not
// if both have a Registrar.
func (l *layout) enroll(p Pool, registrar bool) *member {
	m := &member{pool: p, hasRegistrar: registrar, cluster: l.cluster(p.FQDN, p.Site, p.Kind)}
	m.cluster.machines = computers(p)
	m.cluster.faultDomains = p.Kind == FrontEnd || p.Kind == Director || p.Kind == SQLServer
	if known := l.members[canonicalName(p.FQDN)]; known != nil {
		if registrar && known.hasRegistrar {
			fail("%s is declared twice", p.FQDN)
		}
		if !registrar {
			return m
		}
	}
	l.members[canonicalName(p.FQDN)] = m
	return m
}

func computers(p Pool) []string {
	if p.FrontEnds == 1 && !p.Enterprise {
		return []string{p.FQDN}
	}
	var names []string
	for n := range p.FrontEnds {
		names = append(names, Machine(p.FQDN, n+1))
	}
	return names
}

// hosts adds the clusters of a pool's databases and files, unless they exist or are declared as pools.
func (l *layout) hosts(p Pool) {
	if p.Kind != FrontEnd && p.Kind != Director {
		return
	}
	l.host(p.SQLHost, p.Site, SQLServer)
	l.host(p.FileHost, p.Site, FileServer)
}

func (l *layout) host(name string, site int, kind Kind) {
	declared := slices.ContainsFunc(l.estate.Pools, func(p Pool) bool { return isSameName(p.FQDN, name) })
	if name == "" || declared || l.members[canonicalName(name)] != nil {
		return
	}
	l.enroll(Pool{FQDN: name, Site: site, FrontEnds: 1, Kind: kind}, false)
}

func (l *layout) cluster(fqdn string, site int, kind Kind) *cluster {
	c := &cluster{fqdn: fqdn, site: site}
	l.numbers[site]++
	c.number = l.numbers[site]
	switch kind {
	case FrontEnd:
		c.product, c.sides = true, []string{"Primary", "External", "Pstn"}
	case Director:
		c.product, c.sides = true, []string{"Primary", "External"}
	case Edge:
		c.product, c.sides = true, []string{"Internal", "External"}
	case PersistentChat:
		c.product, c.sides = true, []string{"Primary"}
	case Mediation:
		c.product, c.sides = true, []string{"Primary", "Pstn"}
	case TrustedApplication:
		c.sides = []string{"Primary"}
	case Gateway:
		c.sides = []string{"Pstn"}
	case FileServer, SQLServer, OfficeWebApps:
	default:
		fail("%s: unknown kind %d", fqdn, kind)
	}
	l.clusters = append(l.clusters, c)
	return c
}

// sqlInstance returns the named instance on a cluster, and adds it if it does not exist.
func (l *layout) sqlInstance(on *cluster, name string) *instance {
	if name == DefaultInstance {
		name = ""
	}
	for _, i := range l.instances {
		if i.on == on && isSameName(i.name, name) {
			return i
		}
	}
	i := &instance{name: name, on: on}
	l.instances = append(l.instances, i)
	return i
}

// add numbers a new service and appends it to the document.
func (l *layout) add(role string, version int, on *cluster) *service {
	s := &service{roleVersion: 1, version: version, on: on, ports: ports(role), payload: payload(role)}
	if role == "UserServices" || role == "Registrar" || role == "EdgeServer" {
		s.roleVersion = 2
	}
	count := identity{site: on.site, role: role}
	l.counts[count]++
	s.id = identity{site: on.site, role: role, instance: l.counts[count]}
	l.services = append(l.services, s)
	return s
}

func (l *layout) addDatabase(role string, version int, on *instance) *service {
	s := l.add(role, version, on.on)
	s.on, s.database = nil, on
	return s
}

// member returns the pool or appliance with this name. It panics if there is none.
func (l *layout) member(name string) *member {
	m := l.members[canonicalName(name)]
	if m == nil {
		fail("%s is not declared", name)
	}
	return m
}

// sites returns the declared sites with defaults. If no site is declared, it returns the sites that pools and
// appliances use.
func (e Estate) sites() []Site {
	var all []Site
	for _, s := range e.Sites {
		s.Name = cmp.Or(s.Name, "Site "+strconv.Itoa(s.ID))
		if s.Branch {
			s.Element = cmp.Or(s.Element, "RemoteSite")
		}
		s.Element = cmp.Or(s.Element, "CentralSite")
		s.ParentAttribute = cmp.Or(s.ParentAttribute, "CentralSiteId")
		if s.ID < 1 || slices.ContainsFunc(all, func(o Site) bool { return o.ID == s.ID }) {
			fail("site %d: numbers are positive and unique", s.ID)
		}
		all = append(all, s)
	}
	use := func(id int) {
		if !slices.ContainsFunc(all, func(s Site) bool { return s.ID == id }) {
			if len(e.Sites) > 0 {
				fail("site %d is used but not declared", id)
			}
			all = append(all, Site{ID: id, Name: "Site " + strconv.Itoa(id), Element: "CentralSite"})
		}
	}
	for _, p := range e.Pools {
		use(p.Site)
	}
	for _, a := range e.Appliances {
		use(a.Site)
	}
	for _, s := range all {
		if s.Nested && !slices.ContainsFunc(all, func(o Site) bool { return o.ID == s.Parent && !o.Nested }) {
			fail("site %d: its parent %d is not declared", s.ID, s.Parent)
		}
	}
	return all
}

// name appends the domain to a name without a dot.
func (e Estate) name(s string) string {
	if s == "" || strings.Contains(s, ".") {
		return s
	}
	return s + "." + cmp.Or(e.Domain, defaultDomain)
}

func canonicalName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func isSameName(a, b string) bool { return canonicalName(a) == canonicalName(b) }

func mapSlice[T any](in []T, f func(T) T) []T {
	out := make([]T, 0, len(in))
	for _, v := range in {
		out = append(out, f(v))
	}
	return out
}

func fail(format string, args ...any) {
	panic("testkit: impossible estate: " + fmt.Sprintf(format, args...))
}
