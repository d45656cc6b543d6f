package testkit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Draft is a topology document that a test builds step by step. Its services refer to each other by identity and can be
// changed until the document is written, so that a test can write what an [Estate] refuses: references that dangle,
// services with one identity, elements without attributes. A Draft has the clusters and services of an Estate.
//
// Names are completed with the domain contoso.com.
type Draft struct {
	Sites    []Site
	Services []*DraftService

	layout *layout
}

// DraftPool is a pool or an appliance of a [Draft]. Services that it does not have are nil.
type DraftPool struct {
	*DraftHost
	Version int

	Registrar, UserServices, UserStore, FileStore, ConfServices, WebServices *DraftService

	draft  *Draft
	member *member
}

// DraftHost is a cluster of a [Draft].
type DraftHost struct {
	FQDN    string
	cluster *cluster
}

// SetMachines replaces the computers of the cluster.
func (h *DraftHost) SetMachines(names ...string) { h.cluster.machines = names }

// SetName replaces the name of the cluster. Names of pools have to differ while the draft is built.
func (h *DraftHost) SetName(fqdn string) { h.FQDN, h.cluster.fqdn = fqdn, fqdn }

// DraftService is a service of a [Draft].
type DraftService struct {
	Site      int
	Role      string
	Instance  int
	Version   int
	DependsOn []string // identities, such as 1-FileStore-1
	Usage     string   // of all dependencies; empty for "Default"
	Backups   []DraftBackup
	NoPayload bool // the element of the role is left out

	SQLInstance string // the name of the SQL Server instance of a database; empty for the default instance

	service *service
	on      *cluster
}

// DraftBackup is a Backup element.
type DraftBackup struct {
	Attributes [][2]string
	To         string // the identity that it names; empty for none
}

// NewBackup returns a Backup element. The intervals are written like Go durations, such as "5m"; an empty one
// has no attribute.
func NewBackup(to string, failover bool, failure, failback string) DraftBackup {
	b := DraftBackup{Attributes: [][2]string{{"EnableAutomaticFailover", boolean(failover)}}, To: to}
	for _, interval := range [][2]string{{"FailbackDetectionInterval", failback},
		{"FailureDetectionInterval", failure}} {
		if interval[1] == "" {
			continue
		}
		b.Attributes = append(b.Attributes, [2]string{interval[0], "PT" + strings.ToUpper(interval[1])})
	}
	return b
}

// NewDraft returns a document with the central sites Paris (1) and Lyon (2).
func NewDraft() *Draft {
	return &Draft{
		Sites: []Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}},
		layout: &layout{
			estate:  Estate{Domain: defaultDomain, Signature: defaultSignature},
			stores:  map[string]*service{},
			members: map[string]*member{},
			numbers: map[int]int{},
			counts:  map[identity]int{},
		},
	}
}

// Branch adds a branch site. A parent of zero is not written.
func (d *Draft) Branch(id int, name string, parent int) {
	d.Sites = append(d.Sites, Site{ID: id, Name: name, Branch: true, Parent: parent})
}

// Standard adds a Standard Edition server.
func (d *Draft) Standard(name string, site, version int) *DraftPool {
	return d.pool(Pool{FQDN: name, Site: site, Version: version})
}

// Enterprise adds an Enterprise Edition pool with a SQL Server and a file server of its own.
func (d *Draft) Enterprise(name string, site, version, frontEnds int) *DraftPool {
	p := Pool{FQDN: name, Site: site, Version: version, Enterprise: true, FrontEnds: frontEnds}
	pool := d.pool(p)
	if frontEnds == 0 {
		pool.SetMachines()
	}
	return pool
}

// EnterpriseOn adds an Enterprise Edition pool of three servers whose databases are on the named host.
func (d *Draft) EnterpriseOn(name string, site, version int, sqlHost, instance string) *DraftPool {
	p := d.pool(Pool{FQDN: name, Site: site, Version: version, Enterprise: true, SQLHost: sqlHost,
		SQLInstance: cmp.Or(instance, DefaultInstance)})
	p.UserStore.SQLInstance = instance
	return p
}

// Director adds a Director.
func (d *Draft) Director(name string, site, version int) *DraftPool {
	return d.pool(Pool{FQDN: name, Kind: Director, Site: site, Version: version})
}

// Edge adds an Edge pool with its next hops.
func (d *Draft) Edge(name string, site int, nextHops ...*DraftPool) *DraftPool {
	p := d.pool(Pool{FQDN: name, Kind: Edge, Site: site})
	edge := d.find(p.member.edge)
	for _, hop := range nextHops {
		edge.DependsOn = append(edge.DependsOn, hop.Registrar.ID())
	}
	return p
}

// Host adds a cluster without services.
func (d *Draft) Host(name string, site int, machines ...string) *DraftHost {
	fqdn := d.layout.estate.name(name)
	c := d.layout.cluster(fqdn, site, TrustedApplication)
	c.machines = machines
	return &DraftHost{FQDN: fqdn, cluster: c}
}

// Appliance adds a Survivable Branch Appliance with its pool.
func (d *Draft) Appliance(name string, site, version int, home *DraftPool) *DraftPool {
	m := d.layout.enroll(d.layout.estate.pool(Pool{FQDN: name, Site: site, Version: version, Kind: Mediation}), true)
	d.layout.installAppliance(m, Appliance{Version: version})
	m.registrar.needs(home.UserServices.service)
	m.mediation.needs(m.registrar)
	p := d.draftPool(m)
	p.Names(home, "2m", "4m")
	return p
}

func (d *Draft) pool(p Pool) *DraftPool {
	p = d.layout.estate.pool(p)
	m := d.layout.enroll(p, p.Kind == FrontEnd || p.Kind == Director)
	d.layout.hosts(p)
	d.layout.install(m)
	d.layout.connect(m)
	return d.draftPool(m)
}

// draftPool returns a pool whose services are the newest of the layout.
func (d *Draft) draftPool(m *member) *DraftPool {
	d.adopt()
	return &DraftPool{
		DraftHost: &DraftHost{FQDN: m.pool.FQDN, cluster: m.cluster}, Version: m.pool.Version, draft: d, member: m,
		Registrar: d.find(m.registrar), UserServices: d.find(m.userServices), UserStore: d.find(m.userStore),
		FileStore: d.find(m.fileStore), ConfServices: d.find(m.conf), WebServices: d.find(m.web),
	}
}

// adopt makes services of the draft from those that the layout got since the last call.
func (d *Draft) adopt() {
	for _, s := range d.layout.services {
		if d.find(s) != nil {
			continue
		}
		draft := &DraftService{
			Site: s.id.site, Role: s.id.role, Instance: s.id.instance, Version: s.version, service: s, on: s.on,
		}
		if s.database != nil {
			draft.on, draft.SQLInstance = s.database.on, s.database.name
		}
		for _, target := range s.depends {
			draft.DependsOn = append(draft.DependsOn, target.id.String())
		}
		d.Services = append(d.Services, draft)
	}
	d.layout.services = nil
}

func (d *Draft) find(s *service) *DraftService {
	if i := slices.IndexFunc(d.Services, func(draft *DraftService) bool { return draft.service == s }); s != nil &&
		i >= 0 {
		return d.Services[i]
	}
	return nil
}

// Service adds a service to a cluster.
func (d *Draft) Service(on *DraftHost, role string, version int, dependsOn ...string) *DraftService {
	s := d.layout.add(role, version, on.cluster)
	d.adopt()
	draft := d.find(s)
	draft.DependsOn = dependsOn
	return draft
}

// Remove takes a service out of the document. References to it dangle.
func (d *Draft) Remove(s *DraftService) {
	d.Services = slices.DeleteFunc(d.Services, func(other *DraftService) bool { return other == s })
}

// ID returns the identity of the service, such as 1-FileStore-1.
func (s *DraftService) ID() string {
	return identity{site: s.Site, role: s.Role, instance: s.Instance}.String()
}

// MoveOff installs the service on a cluster that the document does not have.
func (s *DraftService) MoveOff() { s.on = &cluster{site: 9, number: 9} }

// SetActive makes a Central Management service the active one, or one that is not.
func (s *DraftService) SetActive(active bool) {
	s.service.payload = payload("CentralMgmt").attr("IsActive", boolean(active))
}

// Names makes the pool name another as its backup registrar. See [NewBackup] for the intervals.
func (p *DraftPool) Names(other *DraftPool, failure, failback string) {
	p.Registrar.Backups = append(p.Registrar.Backups, NewBackup(other.Registrar.ID(), true, failure, failback))
}

// AddBackupService adds a BackupService that depends on the identity given, if any.
func (p *DraftPool) AddBackupService(partner string) *DraftService {
	s := p.draft.Service(p.DraftHost, "BackupService", p.Version, p.FileStore.ID())
	s.service.payload = backupPayload(false)
	if partner != "" {
		s.DependsOn = append([]string{partner}, s.DependsOn...)
	}
	return s
}

// WritePair writes the four links of a complete pair.
func WritePair(a, b *DraftPool) {
	a.Names(b, "5m", "10m")
	b.Names(a, "5m", "10m")
	onA := a.AddBackupService("")
	onB := b.AddBackupService(onA.ID())
	onA.DependsOn = append([]string{onB.ID()}, onA.DependsOn...)
}

// AddCentral gives the pool Central Management, with its store on the SQL Server instance of the pool's user database.
func (p *DraftPool) AddCentral(active bool) *DraftService {
	store := p.draft.layout.addDatabase("CentralMgmtStore", p.Version, p.member.userStore.database)
	p.draft.adopt()
	p.draft.find(store).SQLInstance = p.UserStore.SQLInstance
	s := p.draft.Service(p.DraftHost, "CentralMgmt", p.Version, p.draft.find(store).ID(), p.FileStore.ID())
	s.SetActive(active)
	return s
}

// Text returns the document as decoded text.
func (d *Draft) Text() string {
	l := *d.layout
	l.estate.Sites = mapSlice(d.Sites, func(s Site) Site {
		if s.Branch {
			s.Element = cmp.Or(s.Element, "RemoteSite")
		}
		s.Element, s.ParentAttribute = cmp.Or(s.Element, "CentralSite"), cmp.Or(s.ParentAttribute, "CentralSiteId")
		return s
	})
	l.services = nil
	for _, s := range d.Services {
		l.services = append(l.services, s.layout())
	}
	return render(l.document(), false, true)
}

// Document returns the document as bytes.
func (d *Draft) Document() []byte { return UTF8.encode(d.Text()) }

// layout returns the service as it is written.
func (s *DraftService) layout() *service {
	written := *s.service
	written.id = identity{site: s.Site, role: s.Role, instance: s.Instance}
	written.version, written.usage, written.on, written.depends = s.Version, s.Usage, s.on, nil
	if written.database != nil {
		written.on, written.database = nil, &instance{name: s.SQLInstance, on: s.on}
	}
	for _, id := range s.DependsOn {
		written.depends = append(written.depends, &service{id: parseIdentity(id)})
	}
	for _, b := range s.Backups {
		n := element("Backup")
		n.attrs = b.Attributes
		if b.To != "" {
			n.add(parseIdentity(b.To).node())
		}
		written.backupNodes = append(written.backupNodes, n)
	}
	if s.NoPayload {
		written.payload = nil
	}
	return &written
}

// String returns the identity as one word, such as 1-FileStore-1.
func (id identity) String() string {
	return strconv.Itoa(id.site) + "-" + id.role + "-" + strconv.Itoa(id.instance)
}

func parseIdentity(text string) identity {
	part := strings.Split(text, "-")
	if len(part) != 3 {
		fail("%q is no identity of a service", text)
	}
	site, err := strconv.Atoi(part[0])
	instance, err2 := strconv.Atoi(part[2])
	if err != nil || err2 != nil {
		fail("%q is no identity of a service", text)
	}
	return identity{site: site, role: part[1], instance: instance}
}
