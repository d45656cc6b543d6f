package testkit

import (
	"cmp"
	"strconv"
	"time"
)

// Estate declares a topology document. Its zero value is an empty, valid one.
//
// A name without a dot gets Domain. A site that is used but not declared is written as a central site of its own.
type Estate struct {
	Domain     string // default "contoso.com"
	Signature  string // default a fixed GUID
	Sites      []Site
	Pools      []Pool
	Appliances []Appliance
	Backups    []Backup
	Pairs      []Pair

	Encoding Encoding // the zero value is what the management shell writes
	LF       bool     // lines end with LF, not CRLF
	Minified bool     // no white space between elements
}

// Site is a central site or, with Branch, a branch site. How the product writes a branch site is not known, so the
// estate can have every plausible form.
type Site struct {
	ID          int
	Name        string // default "Site <ID>"
	Description string // the element is left out when empty
	Branch      bool
	Parent      int  // the central site of a branch site; 0 if the document does not name it
	Nested      bool // written inside its parent, and without an attribute that names the parent

	Element         string // default "CentralSite", or "RemoteSite" for a branch site
	ParentAttribute string // default "CentralSiteId"
}

// Kind is the purpose of a cluster.
type Kind int

// The kinds of clusters that can be built.
const (
	FrontEnd Kind = iota
	Director
	Edge
	PersistentChat
	Mediation // a stand-alone Mediation Server pool
	Gateway
	FileServer
	SQLServer
	OfficeWebApps
	TrustedApplication
)

// Central Management roles of a Pool.
const (
	Active  = "active"
	Standby = "standby"
)

// Missing as a detection interval leaves its attribute out of the Backup.
const Missing = time.Duration(-1)

// DefaultInstance as a SQLInstance is the unnamed instance, which the product writes as an empty name.
const DefaultInstance = "MSSQLSERVER"

// Pool is a cluster and the services on it.
type Pool struct {
	FQDN    string
	Kind    Kind
	Site    int // default 1
	Version int // ServiceVersion, default 6 (Lync Server 2013)

	// Enterprise puts the databases of a Front End pool on a cluster of their own. Without it the pool is one
	// Standard Edition server.
	Enterprise bool
	// FrontEnds is the number of computers: default 3 for an Enterprise pool, else 1. [Machine] returns their names.
	FrontEnds int
	// SQLHost is the SQL cluster of an Enterprise pool, default "sql-" and the pool's name. Pools can share it. It can
	// be a pool of this estate, which places the SQL cluster in another site.
	SQLHost     string
	SQLInstance string // default "rtc"
	// FileHost is the cluster of the file store: default the pool itself, or "fs-" and its name for an Enterprise
	// pool. Pools with one FileHost and one FileShare share one FileStore service.
	FileHost  string
	FileShare string // default "lyncshare"

	Central string // Active, Standby or ""
	// NextHop is the pool that an Edge pool, a Director, a Persistent Chat pool, a gateway or a Mediation pool
	// depends on.
	NextHop string
	Edge    string // the Edge pool that the Registrar and the Mediation Server depend on
}

// Appliance is a Survivable Branch Appliance or Server: a Registrar and a Mediation Server in a branch site.
type Appliance struct {
	FQDN    string
	Site    int // default 1
	Version int // default 6

	Pool         string // its backup registrar
	UserServices string // the pool of its users, default Pool
	NoBackup     bool   // no Backup element
	Edge         string // the Edge pool that its services depend on

	Failover *bool         // default true
	Failure  time.Duration // default 2 minutes
	Failback time.Duration // default 4 minutes
}

// Backup is a one-way backup registrar: a Backup element on the Registrar of From. A Registrar can have several,
// because tests need faulty documents.
type Backup struct {
	From, To string
	Failover *bool         // default true
	Failure  time.Duration // default 5 minutes
	Failback time.Duration // default 10 minutes
}

// Pair is a pool pair in the form of the real document: a Backup on each Registrar, and a BackupService on each pool
// that depends on that of the other. An incomplete pair has members in NoBackup, which have no Backup element (Backups
// of [Estate] can add one of another form), or in NoService, which have no BackupService, so that the dependency of the
// partner does not resolve.
//
// [Pool.Central] places the standby Central Management.
type Pair struct {
	A, B     string
	Failover *bool         // default true
	Failure  time.Duration // default 5 minutes
	Failback time.Duration // default 10 minutes

	CMSMaster bool // both BackupServices carry the module of Central Management
	NoBackup  []string
	NoService []string
}

// Text returns the document as decoded text.
func (e Estate) Text() string {
	l := newLayout(e)
	return render(l.document(), l.estate.LF, l.estate.Minified)
}

// Document returns the document as bytes.
func (e Estate) Document() []byte { return e.Encoding.encode(e.Text()) }

// Machine returns the name of computer n (from 1) of a pool that has computers of its own, as Enterprise pools do.
func Machine(pool string, n int) string { return "fe" + strconv.Itoa(n) + "-" + pool }

// domain and the other defaults of an estate.
const (
	defaultDomain    = "contoso.com"
	defaultSignature = "3b2a9c54-6f0e-4a57-9d43-8f1f1c1f7d10"
	defaultVersion   = 6
	defaultInstance  = "rtc"
	defaultShare     = "lyncshare"
)

// withDefaults returns the estate with every default filled in. The caller's slices are left alone.
func (e Estate) withDefaults() Estate {
	e.Domain = cmp.Or(e.Domain, defaultDomain)
	e.Signature = cmp.Or(e.Signature, defaultSignature)
	e.Pools = mapSlice(e.Pools, e.pool)
	e.Appliances = mapSlice(e.Appliances, e.appliance)
	e.Backups = mapSlice(e.Backups, func(b Backup) Backup {
		b.From, b.To = e.name(b.From), e.name(b.To)
		b.Failure, b.Failback = cmp.Or(b.Failure, 5*time.Minute), cmp.Or(b.Failback, 10*time.Minute)
		return b
	})
	e.Pairs = mapSlice(e.Pairs, func(p Pair) Pair {
		p.A, p.B = e.name(p.A), e.name(p.B)
		p.NoBackup, p.NoService = mapSlice(p.NoBackup, e.name), mapSlice(p.NoService, e.name)
		p.Failure, p.Failback = cmp.Or(p.Failure, 5*time.Minute), cmp.Or(p.Failback, 10*time.Minute)
		return p
	})
	e.Sites = e.sites()
	return e
}

func (e Estate) pool(p Pool) Pool {
	p.FQDN = e.name(p.FQDN)
	p.Site, p.Version = cmp.Or(p.Site, 1), cmp.Or(p.Version, defaultVersion)
	p.SQLInstance, p.FileShare = cmp.Or(p.SQLInstance, defaultInstance), cmp.Or(p.FileShare, defaultShare)
	p.NextHop, p.Edge = e.name(p.NextHop), e.name(p.Edge)
	switch {
	case p.FQDN == "":
		fail("a pool without a name")
	case p.Enterprise && p.Kind != FrontEnd:
		fail("%s: only a Front End pool has an edition", p.FQDN)
	case p.Kind == FrontEnd && !p.Enterprise && p.FrontEnds > 1:
		fail("%s: a Standard Edition server is one computer", p.FQDN)
	case p.Kind == FrontEnd && !p.Enterprise && p.SQLHost != "":
		fail("%s: a Standard Edition server has its databases on itself", p.FQDN)
	case p.Central != "" && (p.Kind != FrontEnd || p.Central != Active && p.Central != Standby):
		fail("%s: no Central Management role %q there", p.FQDN, p.Central)
	}
	if p.Enterprise {
		p.FrontEnds = cmp.Or(p.FrontEnds, 3)
		p.SQLHost = e.name(cmp.Or(p.SQLHost, "sql-"+p.FQDN))
		p.FileHost = e.name(cmp.Or(p.FileHost, "fs-"+p.FQDN))
		if isSameName(p.SQLHost, p.FQDN) {
			fail("%s: with its databases on itself it is a Standard Edition server", p.FQDN)
		}
	}
	p.FrontEnds = cmp.Or(p.FrontEnds, 1)
	p.FileHost = e.name(cmp.Or(p.FileHost, p.FQDN))
	return p
}

func (e Estate) appliance(a Appliance) Appliance {
	if a.FQDN == "" || a.Pool == "" && a.UserServices == "" {
		fail("appliance %q: needs a name and a pool", a.FQDN)
	}
	a.FQDN, a.Pool, a.UserServices = e.name(a.FQDN), e.name(a.Pool), e.name(cmp.Or(a.UserServices, a.Pool))
	a.Edge = e.name(a.Edge)
	a.NoBackup = a.NoBackup || a.Pool == ""
	a.Site, a.Version = cmp.Or(a.Site, 1), cmp.Or(a.Version, defaultVersion)
	a.Failure, a.Failback = cmp.Or(a.Failure, 2*time.Minute), cmp.Or(a.Failback, 4*time.Minute)
	return a
}
