package topology

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// Roles of services, as `ServiceId/@RoleName` writes them.
const (
	RoleRegistrar        = "Registrar"
	RoleUserServices     = "UserServices"
	RoleUserStore        = "UserStore"
	RoleWebServices      = "WebServices"
	RoleConfServices     = "ConfServices"
	RoleFileStore        = "FileStore"
	RoleBackupService    = "BackupService"
	RoleCentralMgmt      = "CentralMgmt"
	RoleCentralMgmtStore = "CentralMgmtStore"
	RoleEdgeServer       = "EdgeServer"
)

// usageDefault marks the dependency on the service that is in use, where a service depends on several of one role.
const usageDefault = "Default"

// Kind says what a cluster is, told by the services installed on it.
type Kind string

// The kinds of clusters. KindOther is whatever the rest does not describe; Pool.Found says what was seen.
const (
	KindFrontEnd       Kind = "front_end"
	KindDirector       Kind = "director"
	KindAppliance      Kind = "branch_appliance"
	KindEdge           Kind = "edge"
	KindPersistentChat Kind = "persistent_chat"
	KindOther          Kind = "other"
)

// Edition is the edition of a Front End pool; empty where the document does not tell.
type Edition string

// The editions of a Front End pool.
const (
	EditionEnterprise Edition = "enterprise"
	EditionStandard   Edition = "standard"
)

// CentralRole is the part a pool plays for the Central Management store; empty for none.
type CentralRole string

// The Central Management roles.
const (
	CentralActive  CentralRole = "active"
	CentralStandby CentralRole = "standby"
)

// SiteKind tells a central site from a branch site.
type SiteKind string

// The kinds of sites. A legacy site stands for servers of before Lync Server 2010 and is neither.
const (
	SiteCentral SiteKind = "central"
	SiteBranch  SiteKind = "branch"
	SiteLegacy  SiteKind = "legacy"
)

// The products by ServiceVersion. Later ones may come.
const (
	Version2010 = 5
	Version2013 = 6
	Version2015 = 7
	Version2019 = 8
)

// KnownVersions are the ServiceVersions of products that are known by name.
func KnownVersions() []int { return []int{Version2010, Version2013, Version2015, Version2019} }

// VersionName returns the product name of a ServiceVersion, or "ServiceVersion 9" for one that is not known.
func VersionName(serviceVersion int) string {
	switch serviceVersion {
	case Version2010:
		return "Lync Server 2010"
	case Version2013:
		return "Lync Server 2013"
	case Version2015:
		return "Skype for Business Server 2015"
	case Version2019:
		return "Skype for Business Server 2019"
	default:
		return fmt.Sprintf("ServiceVersion %d", serviceVersion)
	}
}

// CanonicalFQDN returns the form in which names compare: lower case, without surrounding space and trailing dot.
func CanonicalFQDN(name string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
}

// HostName matches what can be the name of a pool or an appliance in any spelling: no white space and no empty part. A
// comma is what separates the names in the id of a pair. It is no check for what DNS allows.
var HostName = regexp.MustCompile(`^([^\s\p{Z},.]+\.)*[^\s\p{Z},.]+\.?$`)

// ServiceID is the identity of a service. Its parts are numbers written canonically (no sign, no leading zero).
type ServiceID struct {
	Site     string
	Role     string
	Instance string
}

// String returns the identity as the management shell writes it, such as "1-Registrar-1".
func (id ServiceID) String() string { return id.Site + "-" + id.Role + "-" + id.Instance }

// ClusterID is the identity of a cluster; Number counts from one in every site.
type ClusterID struct {
	Site   string
	Number string
}

// String returns the identity as "site:number".
func (id ClusterID) String() string { return id.Site + ":" + id.Number }

// SQLInstanceID is the identity of a SQL Server instance; Name is empty for the default instance.
type SQLInstanceID struct {
	Name    string
	Cluster ClusterID
}

// Site is a central site, a branch site or a legacy site.
type Site struct {
	ID     string
	Name   string
	Kind   SiteKind
	Parent *Site // the central site of a branch site; nil where the document does not name it
}

// Settings are the automatic failover settings of one direction, as the document has them.
type Settings struct {
	AutomaticFailover bool // false if the attribute is absent
	FailureDetection  Interval
	FailbackDetection Interval
}

// Backup is one `Backup` element of a Registrar: who takes over when this Registrar fails.
type Backup struct {
	Target   ServiceID
	Named    bool // false: the element names no service
	Settings Settings
}

// Dependency is one `Dependency` of a service.
type Dependency struct {
	Usage  string
	Target ServiceID
}

// Module is one module of a BackupService.
type Module struct {
	Role      string
	Component string
}

// Service is one service of the document.
type Service struct {
	ID          ServiceID
	Version     int // ServiceVersion; 0 where it is not a number
	DependsOn   []Dependency
	Cluster     ClusterID      // the cluster it is installed on, through its SQL instance for a database
	SQLInstance *SQLInstanceID // set for a service installed on a SQL instance
	Backups     []Backup       // Registrar only; more than one is a fault
	IsDirector  bool           // Registrar only
	IsActive    bool           // CentralMgmt only
	Modules     []Module       // BackupService only
	element     *xmldoc.Element
}

// Pool is a cluster seen with the services installed on it: a pool, or any other host of the topology.
type Pool struct {
	FQDN     string // canonical
	ID       ClusterID
	Site     *Site // nil where no site has the cluster's SiteId
	Kind     Kind
	Found    string     // what the cluster is, in words for a message ("a SQL Server host", "a Director", ...)
	Machines []string   // canonical FQDNs of its computers, in the order of the document
	Services []*Service // installed on the cluster or on one of its SQL instances, in the order of the document

	// The Registrar of any cluster that has one, the first of several.
	Registrar *Service
	Version   int // ServiceVersion of the Registrar

	// Its part for Central Management, whatever the kind.
	Central CentralRole

	// Set for Front End pools.
	Edition      Edition
	UserServices *Service
	UserStore    *Service // the database that its user services depend on; nil where that does not resolve
	SQLServer    string   // FQDN of the host of the UserStore; empty where that does not resolve
}

// IsFrontEnd2013 says whether the pool is a Front End pool of Lync Server 2013 or later, the ones that can be paired.
func (p *Pool) IsFrontEnd2013() bool { return p.Kind == KindFrontEnd && p.Version >= Version2013 }

// Role returns the pool's own services of one role, in the order of the document.
func (p *Pool) Role(role string) []*Service {
	var found []*Service
	for _, s := range p.Services {
		if s.ID.Role == role {
			found = append(found, s)
		}
	}
	return found
}

// Dependencies returns the identities of one role that the service depends on.
func (s *Service) Dependencies(role string) []ServiceID {
	var found []ServiceID
	for _, d := range s.DependsOn {
		if d.Target.Role == role {
			found = append(found, d.Target)
		}
	}
	return found
}

// Topology is the model of a document. It is read-only and safe for concurrent use.
type Topology struct {
	Signature string
	Sites     []*Site    // in the order of the document
	Pools     []*Pool    // every cluster, in the order of the document
	Services  []*Service // in the order of the document

	byFQDN     map[string][]*Pool
	byCluster  map[ClusterID]*Pool
	byComputer map[string][]*Pool
	byService  map[ServiceID][]*Service
	linked     map[*Pool]map[*Pool]bool
	dangling   func() map[ServiceID][]ServiceID
}

// Pool returns the pool of that name, nil where there is none. Among clusters that share a name one with a Registrar
// comes first. Letter case and a trailing dot make no difference.
func (t *Topology) Pool(fqdn string) *Pool {
	pools := t.byFQDN[CanonicalFQDN(fqdn)]
	if len(pools) == 0 || pools[0].FQDN == "" {
		return nil // a cluster without a name cannot be named
	}
	for _, p := range pools {
		if len(p.Role(RoleRegistrar)) > 0 {
			return p
		}
	}
	return pools[0]
}

// PoolOfComputer returns the pool that has a computer of that name, one with a Registrar first; nil for none.
func (t *Topology) PoolOfComputer(fqdn string) *Pool {
	pools := t.byComputer[CanonicalFQDN(fqdn)]
	for _, p := range pools {
		if p.Registrar != nil {
			return p
		}
	}
	if len(pools) == 0 {
		return nil
	}
	return pools[0]
}

// Service returns the service of that identity, nil where there is none or more than one.
func (t *Topology) Service(id ServiceID) *Service {
	if found := t.byService[id]; len(found) == 1 {
		return found[0]
	}
	return nil
}

// Cluster returns the pool of that cluster identity, nil where there is none.
func (t *Topology) Cluster(id ClusterID) *Pool { return t.byCluster[id] }

// PoolOf returns the pool on which the service of that identity is installed, nil where it does not resolve. A service
// that is there twice on one pool still tells the pool.
func (t *Topology) PoolOf(id ServiceID) *Pool {
	if hosts := t.hostsOf(id); len(hosts) == 1 {
		return hosts[0]
	}
	return nil
}

// hostsOf returns the pools on which services of that identity are installed, each once: one in a sound document.
func (t *Topology) hostsOf(id ServiceID) []*Pool {
	var hosts []*Pool
	for _, s := range t.byService[id] {
		if p := t.byCluster[s.Cluster]; p != nil && !slices.Contains(hosts, p) {
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
	for _, p := range t.Pools {
		if p.Kind == kind {
			found = append(found, p)
		}
	}
	return found
}
