package topology

import (
	"fmt"
	"slices"

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

// usageDefault is the usage of a dependency on the service in use. A service can depend on several of one role.
const usageDefault = "Default"

// Kind is the kind of a cluster. It follows from the services that are installed on the cluster.
type Kind string

// The kinds of clusters. Pool.Description describes a cluster of KindOther.
const (
	KindFrontEnd       Kind = "front_end"
	KindDirector       Kind = "director"
	KindAppliance      Kind = "branch_appliance"
	KindEdge           Kind = "edge"
	KindPersistentChat Kind = "persistent_chat"
	KindOther          Kind = "other"
)

// Edition is the edition of a Front End pool, empty if the document does not determine it.
type Edition string

// The editions of a Front End pool.
const (
	EditionEnterprise Edition = "enterprise"
	EditionStandard   Edition = "standard"
)

// CentralRole is the role of a pool for the Central Management store, empty for none.
type CentralRole string

// The Central Management roles.
const (
	CentralActive  CentralRole = "active"
	CentralStandby CentralRole = "standby"
)

// SiteKind is the kind of a site.
type SiteKind string

// The kinds of sites. A legacy site holds servers of products before Lync Server 2010.
const (
	SiteCentral SiteKind = "central"
	SiteBranch  SiteKind = "branch"
	SiteLegacy  SiteKind = "legacy"
)

// The ServiceVersion of each known product.
const (
	Version2010 = 5
	Version2013 = 6
	Version2015 = 7
	Version2019 = 8
)

// KnownVersions returns the ServiceVersions of the known products.
func KnownVersions() []int { return []int{Version2010, Version2013, Version2015, Version2019} }

// IsUnknownVersion reports whether a ServiceVersion is later than those of the known products.
func IsUnknownVersion(serviceVersion int) bool { return serviceVersion > Version2019 }

// RuleVersion returns the ServiceVersion whose rules apply to another one: that of the latest known product for an
// unknown version, else the same.
func RuleVersion(serviceVersion int) int { return min(serviceVersion, Version2019) }

// VersionName returns the product name of a ServiceVersion, or a text such as "ServiceVersion 9" for an unknown one.
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

// ServiceID is the identity of a service. Its numbers have no sign and no leading zero.
type ServiceID struct {
	Site     string
	Role     string
	Instance string
}

// String returns the identity as the management shell writes it, such as "1-Registrar-1".
func (id ServiceID) String() string { return id.Site + "-" + id.Role + "-" + id.Instance }

// ClusterID is the identity of a cluster. In every site, Number starts at one.
type ClusterID struct {
	Site   string
	Number string
}

// String returns the identity as "site:number".
func (id ClusterID) String() string { return id.Site + ":" + id.Number }

// SQLInstanceID is the identity of a SQL Server instance. Name is empty for the default instance.
type SQLInstanceID struct {
	Name    string
	Cluster ClusterID
}

// Site is a central site, a branch site or a legacy site.
type Site struct {
	ID     string
	Name   string
	Kind   SiteKind
	Parent *Site // the central site of a branch site, nil if the document does not name it
}

// Settings are the observed automatic failover settings of one direction.
type Settings struct {
	AutomaticFailover bool // false if the attribute is absent or unreadable
	FailureDetection  Interval
	FailbackDetection Interval

	failover attributeState // of AutomaticFailover
}

// HasFailover reports whether the document has a value of automatic failover.
func (s Settings) HasFailover() bool { return s.failover == attributeSet }

// IsFailoverUnreadable reports whether the attribute of automatic failover is present but is not an xs:boolean.
func (s Settings) IsFailoverUnreadable() bool { return s.failover == attributeUnreadable }

// Backup is one `Backup` element of a Registrar. It names the Registrar that takes over when this one fails.
type Backup struct {
	Target   ServiceID
	Named    bool // false if the element names no service
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
	Version     int // ServiceVersion, 0 if it is not a number
	DependsOn   []Dependency
	Cluster     ClusterID      // where the service, or the SQL Server instance of a database, is installed
	SQLInstance *SQLInstanceID // nil unless the service is installed on a SQL Server instance
	Backups     []Backup       // Registrar only; more than one is an error in the document
	IsDirector  bool           // Registrar only
	IsActive    bool           // CentralMgmt only
	Modules     []Module       // BackupService only

	index   int // in Topology.services, which stays the same when the service is changed
	element *xmldoc.Element
	text    string // the element as written, "" for a service of the parsed document
	space   string // the white space before it
	end     int    // offset in the text of the parsed document after which another service can be added
}

// Pool is a cluster with the services that are installed on it: a pool, or any other host of the topology.
type Pool struct {
	FQDN     FQDN // a placeholder such as "cluster 2:1" if the cluster has no usable name
	HasName  bool // FQDN is the name of the cluster
	ID       ClusterID
	Site     *Site // nil if no site has the SiteId of the cluster
	Kind     Kind
	Machines []FQDN     // the computers, in the order of the document
	Services []*Service // installed on the cluster or its SQL Server instances, in the order of the document

	// Description is the kind in words for a message, such as "a Director" or "a SQL Server host".
	Description string

	// Registrar is set for every cluster that has one. It is the first of several.
	Registrar *Service
	Version   int // ServiceVersion of the Registrar

	Central CentralRole // set for every kind

	// The following fields are set for Front End pools.
	Edition      Edition
	UserServices *Service
	UserStore    *Service // the database of the user services, nil if it does not resolve
	SQLServer    FQDN     // the host of the UserStore, zero if it does not resolve or has no name

	order  int                   // position in Topology.pools
	byRole map[string][]*Service // the Services by their role
}

// IsFrontEnd2013 reports whether the pool is a Front End pool of Lync Server 2013 or later. Only these can be paired.
func (p *Pool) IsFrontEnd2013() bool { return p.Kind == KindFrontEnd && p.Version >= Version2013 }

// Role returns the services of one role that are installed on the pool, in the order of the document.
func (p *Pool) Role(role string) []*Service {
	return slices.Clone(p.byRole[role])
}

// has reports whether a service of that role is installed on the pool.
func (p *Pool) has(role string) bool { return len(p.byRole[role]) > 0 }

// setOf returns the services as a set.
func setOf(services []*Service) map[*Service]bool {
	set := make(map[*Service]bool, len(services))
	for _, s := range services {
		set[s] = true
	}
	return set
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
