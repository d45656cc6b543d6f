package resilience

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// document builds a topology document for a test: sites, hosts, and pools with the services that make them pools.
// Everything it writes can be bent afterwards, since the services are plain values until the document is parsed.
type document struct {
	sites    []string
	hosts    []*host
	services []*service
}

type host struct {
	fqdn, site, number string
	machines           []string
}

type service struct {
	site, role, instance string
	version              int
	dependsOn            []string // identities, such as 1-FileStore-1
	usage                string   // of all dependencies; Default if empty
	on                   *host
	onSQL                bool   // it is installed on a SQL Server instance of that host
	sql                  string // the name of that instance; empty for the default instance
	backups              []string
	payload              string
}

func (s *service) id() string { return s.site + "-" + s.role + "-" + s.instance }

// pool is a Front End pool, a Director or an appliance of a document.
type pool struct {
	*host
	doc       *document
	version   int
	registrar *service
	users     *service
	store     *service // user database
	files     *service // file store
	conf      *service
	web       *service
}

func newDocument() *document {
	return &document{sites: []string{
		`<CentralSite SiteId="1"><Name>Paris</Name></CentralSite>`,
		`<CentralSite SiteId="2"><Name>Lyon</Name></CentralSite>`,
	}}
}

const (
	v2010 = topology.Version2010
	v2013 = topology.Version2013
	v2015 = topology.Version2015
	v2019 = topology.Version2019
)

func fqdn(name string) string { return name + ".contoso.com" }

// host adds a host; its number counts from one in every site.
func (d *document) host(name, site string, machines ...string) *host {
	h := &host{fqdn: fqdn(name), site: site, machines: machines}
	n := 1
	for _, other := range d.hosts {
		if other.site == site {
			n++
		}
	}
	h.number = fmt.Sprint(n)
	d.hosts = append(d.hosts, h)
	return h
}

// service adds a service, numbered in its site and role.
func (d *document) service(on *host, role string, version int, dependsOn ...string) *service {
	s := &service{site: on.site, role: role, version: version, on: on, dependsOn: dependsOn}
	n := 1
	for _, other := range d.services {
		if other.site == s.site && other.role == role {
			n++
		}
	}
	s.instance = fmt.Sprint(n)
	d.services = append(d.services, s)
	return s
}

// remove takes a service out of the document; what refers to it dangles.
func (d *document) remove(s *service) {
	d.services = slices.DeleteFunc(d.services, func(other *service) bool { return other == s })
}

// standard adds a Standard Edition server.
func (d *document) standard(name, site string, version int) *pool {
	h := d.host(name, site, fqdn(name))
	return d.frontEnd(h, version, h, "rtc")
}

// enterprise adds an Enterprise Edition pool with its own SQL Server.
func (d *document) enterprise(name, site string, version, frontEnds int) *pool {
	var machines []string
	for i := range frontEnds {
		machines = append(machines, fqdn(fmt.Sprintf("fe%d-%s", i+1, name)))
	}
	return d.frontEnd(d.host(name, site, machines...), version, d.host("sql-"+name, site, fqdn("sql-"+name)), "rtc")
}

func (d *document) frontEnd(h *host, version int, sql *host, instance string) *pool {
	p := &pool{host: h, doc: d, version: version}
	p.users = d.service(h, "UserServices", version)
	p.registrar = d.service(h, "Registrar", version)
	p.store = d.service(sql, "UserStore", version)
	p.store.onSQL, p.store.sql = true, instance
	p.files = d.service(h, "FileStore", version)
	p.web = d.service(h, "WebServices", version, p.users.id(), p.files.id())
	p.conf = d.service(h, "ConfServices", version, p.web.id(), p.users.id(), p.files.id())
	p.users.dependsOn = []string{p.store.id(), p.conf.id()}
	p.registrar.dependsOn = []string{p.users.id(), p.web.id()}
	p.registrar.payload = `<RegistrarService xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008" IsDirector="false" />`
	return p
}

// director adds a Director.
func (d *document) director(name, site string, version int) *pool {
	p := &pool{host: d.host(name, site, fqdn(name)), doc: d, version: version}
	p.registrar = d.service(p.host, "Registrar", version)
	p.registrar.payload = `<RegistrarService xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008" IsDirector="true" />`
	return p
}

// branch adds a branch site; parent is the number of its central site, empty for one that is not named.
func (d *document) branch(id, name, parent string) {
	attribute := ""
	if parent != "" {
		attribute = fmt.Sprintf(" CentralSiteId=%q", parent)
	}
	d.sites = append(d.sites, fmt.Sprintf(`<RemoteSite SiteId=%q%s><Name>%s</Name></RemoteSite>`, id, attribute, name))
}

// appliance adds a Survivable Branch Appliance with its one pool.
func (d *document) appliance(name, site string, version int, home *pool) *pool {
	p := &pool{host: d.host(name, site, fqdn(name)), doc: d, version: version}
	p.registrar = d.service(p.host, "Registrar", version, home.users.id())
	p.names(home, "2m", "4m")
	return p
}

// names makes the pool name another as its backup registrar.
func (p *pool) names(other *pool, failure, failback string) {
	p.registrar.backups = append(p.registrar.backups, backupXML("true", failure, failback, other.registrar.id()))
}

// backupXML writes a Backup; an interval is a Go duration, and left out if empty.
func backupXML(automatic, failure, failback, target string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<Backup EnableAutomaticFailover=%q", automatic)
	for _, interval := range [][2]string{{"FailbackDetectionInterval", failback}, {"FailureDetectionInterval", failure}} {
		if interval[1] != "" {
			fmt.Fprintf(&b, ` %s="PT%s"`, interval[0], strings.ToUpper(interval[1]))
		}
	}
	return b.String() + ">" + serviceIDXML(target) + "</Backup>"
}

// backupService adds a BackupService that depends on the identity given.
func (p *pool) backupService(partner string) *service {
	s := p.doc.service(p.host, "BackupService", p.version, p.files.id())
	if partner != "" {
		s.dependsOn = append([]string{partner}, s.dependsOn...)
	}
	return s
}

// pair writes the four links of a whole pair.
func pair(a, b *pool) {
	a.names(b, "5m", "10m")
	b.names(a, "5m", "10m")
	onA := a.backupService("")
	onB := b.backupService(onA.id())
	onA.dependsOn = append([]string{onB.id()}, onA.dependsOn...)
}

// central gives the pool Central Management with its store on the pool's SQL Server instance.
func (p *pool) central(active bool) *service {
	store := p.doc.service(p.store.on, "CentralMgmtStore", p.version)
	store.onSQL, store.sql = true, p.store.sql
	s := p.doc.service(p.host, "CentralMgmt", p.version, store.id(), p.files.id())
	s.activate(active)
	return s
}

// activate makes a Central Management service the active one, or one that is not.
func (s *service) activate(active bool) {
	s.payload = fmt.Sprintf(`<CentralMgmtService xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008" IsActive="%t" />`, active)
}

// edge adds an Edge pool whose next hop is the pool given.
func (d *document) edge(name, site string, nextHops ...*pool) *host {
	h := d.host(name, site, fqdn(name))
	s := d.service(h, "EdgeServer", v2013)
	for _, p := range nextHops {
		s.dependsOn = append(s.dependsOn, p.registrar.id())
	}
	return h
}

func serviceIDXML(id string) string {
	parts := strings.Split(id, "-")
	return fmt.Sprintf(`<ServiceId SiteId=%q RoleName=%q Instance=%q />`, parts[0], parts[1], parts[2])
}

// String writes the document as the management shell does, as far as the model reads it.
func (d *document) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008" Signature="1">`)
	line(`<Sites>%s</Sites>`, strings.Join(d.sites, ""))
	line(`<Clusters>`)
	for _, h := range d.hosts {
		line(`<Cluster RequiresReplication="true" RequiresSetup="true" Fqdn=%q><ClusterId SiteId=%q Number=%q />`, h.fqdn, h.site, h.number)
		for i, m := range h.machines {
			line(`<Machine OrdinalInCluster="%d" Fqdn=%q />`, i+1, m)
		}
		line(`</Cluster>`)
	}
	line(`</Clusters>`)
	line(`<Services>`)
	for _, s := range d.services {
		line(`<Service RoleVersion="1" ServiceVersion="%d">%s<DependsOn>`, s.version, serviceIDXML(s.id()))
		for _, target := range s.dependsOn {
			usage := s.usage
			if usage == "" {
				usage = "Default"
			}
			line(`<Dependency Usage=%q>%s</Dependency>`, usage, serviceIDXML(target))
		}
		line(`</DependsOn>`)
		on := fmt.Sprintf(`<ClusterId SiteId=%q Number=%q />`, s.on.site, s.on.number)
		if s.onSQL {
			on = fmt.Sprintf(`<SqlInstanceId Name=%q>%s</SqlInstanceId>`, s.sql, on)
		}
		line(`<InstalledOn>%s</InstalledOn>%s%s</Service>`, on, strings.Join(s.backups, ""), s.payload)
	}
	line(`</Services>`)
	line(`</Topology>`)
	return b.String()
}

func (d *document) topology(t *testing.T) *topology.Topology {
	t.Helper()
	parsed, err := topology.Parse([]byte(d.String()))
	if err != nil {
		t.Fatalf("the test's document: %v\n%s", err, d)
	}
	return parsed.Topology()
}

// ids returns the rules of violations, each with a sign for its severity: "!" error, "~" unsupported, "-" discouraged,
// "." info.
func ids(violations []Violation) string {
	signs := map[Severity]string{Error: "!", Unsupported: "~", Discouraged: "-", Info: "."}
	var found []string
	for _, v := range violations {
		found = append(found, signs[v.Severity]+v.Rule.ID)
	}
	return strings.Join(found, " ")
}

// wantTexts checks that every part stands in the text of some violation, and that every violation is complete.
func wantTexts(t *testing.T, violations []Violation, parts ...string) {
	t.Helper()
	var all strings.Builder
	for _, v := range violations {
		all.WriteString(v.Summary() + "\n\n" + v.Text() + "\n\n")
		if v.Detail == "" || v.Advice == "" || len(v.Objects) == 0 {
			t.Errorf("%s is incomplete: %+v", v.Rule.ID, v)
		}
		if !slices.IsSorted(v.Objects) || len(slices.Compact(slices.Clone(v.Objects))) != len(v.Objects) {
			t.Errorf("%s: objects are not sorted, each once: %v", v.Rule.ID, v.Objects)
		}
		if v.Severity != v.Rule.Severity && v.Severity != v.Rule.OtherSeverity && v.Title == "" {
			t.Errorf("%s: the catalogue does not know the severity %s", v.Rule.ID, v.Severity)
		}
		if strings.Contains(v.Text(), "%!") {
			t.Errorf("%s: broken format: %s", v.Rule.ID, v.Text())
		}
	}
	for _, part := range parts {
		if !strings.Contains(all.String(), part) {
			t.Errorf("no text says %q:\n%s", part, all.String())
		}
	}
}
