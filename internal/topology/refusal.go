package topology

import (
	"fmt"
	"strings"
)

// Refusal is the error of an edit that the document does not permit. The document is unchanged. Package resilience
// words it for users.
type Refusal struct {
	Fault    Fault
	Pool     FQDN        // the pool or appliance that the fault concerns
	Other    FQDN        // a second pool
	Third    FQDN        // a third pool
	Found    string      // the description of Pool, or the role of the service concerned
	Version  int         // ServiceVersion of Pool
	Services []ServiceID // the services concerned
	Clusters []ClusterID // the clusters of the name Pool
	Linked   []FQDN      // the pools linked with Pool
	Count    int         // number of services found
	Defect   string      // for a defect of this package, or the limit of a document that is too large
}

// Fault is the reason of a Refusal, in a few words for developers.
type Fault string

// The faults of pairs.
const (
	// AmbiguousName: the Clusters all have the name Pool (TD-NAME). It is a fault of associations too.
	AmbiguousName Fault = "ambiguous name"
	// PoolNotFound: Pool is not in the topology (PP-EXIST).
	PoolNotFound Fault = "pool not found"
	// NotFrontEnd: Pool is Found and not a Front End pool (PP-KIND).
	NotFrontEnd Fault = "not a Front End pool"
	// VersionTooOld: Pool has Version, which is older than Lync Server 2013 (PP-10-13).
	VersionTooOld Fault = "version too old"
	// SamePool: both members are Pool (PP-SELF).
	SamePool Fault = "one pool twice"
	// AmbiguousRegistrar: more than one service has the identity of the Registrar of Pool.
	AmbiguousRegistrar Fault = "ambiguous Registrar"
	// PoolNotFree: Pool has Services and Linked of a pair (PP-FREE).
	PoolNotFree Fault = "pool not free"
	// PairNotFound: nothing links Pool and Other.
	PairNotFound Fault = "pair not found"
	// PairedElsewhere: Pool is paired with Other, so its pair with Third cannot be completed (PP-FREE).
	PairedElsewhere Fault = "paired with another pool"
	// NotManagedPair: Pool and Other are pools of Lync Server 2010 (PP-10-13).
	NotManagedPair Fault = "pair of Lync Server 2010 pools"
	// ServiceNeeded: the first service depends on the second, which belongs to the pair of Pool and Other.
	ServiceNeeded Fault = "service needed by another"
	// BackupServiceTwice: the backup service on Pool depends on those of Other and of a third pool.
	BackupServiceTwice Fault = "backup service with two partners"
)

// The faults of backup services and of Central Management.
const (
	// AmbiguousBackupService: more than one service has the identity of the backup service of Pool.
	AmbiguousBackupService Fault = "ambiguous backup service"
	// NoDependencies: the backup service of Pool depends on nothing, so it cannot depend on that of Other.
	NoDependencies Fault = "backup service without dependencies"
	// SeveralFileStores: the services with the role Found on Pool depend on two file stores.
	SeveralFileStores Fault = "several file stores"
	// FileStoreNotFound: the services with the role Found on Pool depend on a missing file store.
	FileStoreNotFound Fault = "file store not found"
	// NoFileStore: no service of Pool depends on a file store.
	NoFileStore Fault = "no file store"
	// SeveralActiveCentral: the topology has Count active Central Management services (CM-ONE).
	SeveralActiveCentral Fault = "several active Central Management services"
	// OtherStandby: the topology has an inactive Central Management service on Pool (CM-ONE).
	OtherStandby Fault = "another standby"
	// NoDatabase: the database of the user services of Pool does not resolve.
	NoDatabase Fault = "database not found"
	// SharedInstance: the active store is on the SQL Server instance of Pool (CM-ONE).
	SharedInstance Fault = "SQL Server instance of the active store"
)

// The faults of associations.
const (
	// ApplianceNotFound: Pool is not in the topology (BR-EXIST).
	ApplianceNotFound Fault = "appliance not found"
	// NotAppliance: Pool is Found and not an appliance (BR-SITE).
	NotAppliance Fault = "not an appliance"
	// BranchPoolNotFound: Pool is not in the topology (PP-EXIST).
	BranchPoolNotFound Fault = "pool of the appliance not found"
	// BranchPoolNotFrontEnd: Pool is Found and not a Front End pool (BR-KIND).
	BranchPoolNotFrontEnd Fault = "pool of the appliance not a Front End pool"
	// AmbiguousPoolService: more than one service has an identity that the appliance would name.
	AmbiguousPoolService Fault = "ambiguous service of the pool"
	// SeveralUserServices: the Registrar of Pool depends on Count user services (BR-ONE).
	SeveralUserServices Fault = "not one user services"
	// NotOneWebService: Other has Count web services, and Pool depends on those of its former pool.
	NotOneWebService Fault = "not one web service"
)

// TooLarge is the fault of an edit after which the document would exceed a limit of Parse.
const TooLarge Fault = "document too large"

// Defect is the fault of an edit that would damage the document. It is a defect of this package.
const Defect Fault = "defect"

// Error returns the fault with its objects, in words for developers.
func (r *Refusal) Error() string {
	var objects []string
	for _, text := range []string{r.Pool.String(), r.Other.String(), r.Third.String(), r.Found, r.Defect} {
		if text != "" {
			objects = append(objects, text)
		}
	}
	for _, id := range r.Services {
		objects = append(objects, id.String())
	}
	for _, id := range r.Clusters {
		objects = append(objects, id.String())
	}
	return fmt.Sprintf("edit topology: %s: %s", r.Fault, strings.Join(objects, ", "))
}
