// Package impact computes which users, appliances and services are affected when Front End pools fail, and whether the
// pools that take over have the capacity. Its functions are pure.
package impact

import (
	"cmp"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Service is the level of service that users have during a failure.
type Service string

// The levels of service. In resiliency mode users can sign in and make calls, but have no presence, contacts or
// conferences. (Lync Server 2013 documentation, User experience during pool failure; Skype for Business Server
// documentation, Enterprise Voice resiliency.)
const (
	FullService       Service = "full"
	ResiliencyService Service = "resiliency"
	NoService         Service = "none"
)

// Result describes the effects of Front End pools that fail at the same time. All lists are sorted by name.
type Result struct {
	Pools      []FailedPool
	Takeovers  []Takeover
	Appliances []AffectedAppliance
	Edges      []AffectedEdge
	Central    []FailedCentral
}

// FailedPool is a failed pool and the service that its users have.
type FailedPool struct {
	FQDN  string
	Site  string // name, or number of a site without a name; empty if it does not resolve
	Users *int64 // from the inventory

	TakenOverBy       string // the pool that serves the users, at any level of service; empty for none
	AutomaticFailover bool   // whether users register with TakenOverBy without an administrator
	FailureDetection  topology.Interval

	Before Service // until an administrator fails the pool over
	After  Service // after the failover
	Reason string  // sentences: the reason for less than full service after the failover; empty for full service
}

// Takeover is a running pool that also serves the users of failed pools. The numbers of users include those of the
// appliances of a pool, each counted once (PP-CAP). They are nil if the inventory lacks a number.
type Takeover struct {
	FQDN        string
	FailedPools []string
	OwnUsers    *int64
	TakenUsers  *int64
	Users       *int64   // OwnUsers and TakenUsers together
	Capacity    *int64   // in users, by PP-CAPNUM; nil if no figure is documented
	Fits        *bool    // whether Users is at most Capacity
	Uncounted   []string // appliances without a number of users in the inventory
}

// AffectedAppliance is a Survivable Branch Appliance or Server whose pool has failed. It runs, and its users stay on
// it.
type AffectedAppliance struct {
	FQDN             string
	Site             string
	Users            *int64
	BackupPool       string // as in the document, even if it does not resolve
	UserServicesPool string
	Before           Service
	After            Service
	BackupLeft       string // the running pool that serves the users if the appliance also fails; empty for none
}

// AffectedEdge is an Edge pool with a failed next hop. The product refuses to fail over a pool that is the next hop of
// an Edge pool (PP-EDGEHOP).
type AffectedEdge struct {
	FQDN    string
	Site    string
	Failed  []string // next hops that have failed
	Running []string // next hops that run, including Directors
}

// Of returns the effects if these Front End pools of the topology fail at the same time. Each is given once.
//
// The one Front End pool that the Registrar of a failed pool names as its backup serves the users, provided that it
// runs. After a failover the users have full service if the two are a complete pair of Lync Server 2013 or later, run
// the same version, and Central Management runs or has a running standby. Central Management is failed over before any
// pool (CM-ORDER). In every other case the users have the service of the backup registrar at most.
//
// The appliances of a failed pool enter resiliency mode and stay in it after the failover, because disaster recovery
// does not include their users (BR-NODR). Users of other pools are not affected.
//
// Of the clusters of one name, the result has the first, and none without a name.
func Of(t *topology.Topology, failed []*topology.Pool, inventory resilience.Inventory) Result {
	f := failure{
		t: t, inventory: inventory, heads: resilience.NewHeadcount(t, inventory), failed: map[*topology.Pool]bool{},
	}
	for _, p := range failed {
		f.failed[p] = true
	}
	result := Result{Central: f.central(failed)}
	f.noFailover = reasonWithoutCentral(result.Central)
	taken := map[*topology.Pool][]*topology.Pool{}
	for _, p := range failed {
		pool, backup := f.pool(p)
		result.Pools = append(result.Pools, pool)
		if backup != nil {
			taken[backup] = append(taken[backup], p)
		}
	}
	for backup, pools := range taken {
		result.Takeovers = append(result.Takeovers, f.takeover(backup, pools))
	}
	for _, a := range t.Appliances() {
		if appliance, affected := f.appliance(a); affected && t.IsFirstOfName(a) {
			result.Appliances = append(result.Appliances, appliance)
		}
	}
	for p := range t.Pools() {
		if edge, affected := f.edge(p); affected && t.IsFirstOfName(p) {
			result.Edges = append(result.Edges, edge)
		}
	}
	result.sort()
	return result
}

func (r *Result) sort() {
	slices.SortStableFunc(r.Pools, func(a, b FailedPool) int { return cmp.Compare(a.FQDN, b.FQDN) })
	slices.SortStableFunc(r.Takeovers, func(a, b Takeover) int { return cmp.Compare(a.FQDN, b.FQDN) })
	slices.SortStableFunc(r.Appliances, func(a, b AffectedAppliance) int { return cmp.Compare(a.FQDN, b.FQDN) })
	slices.SortStableFunc(r.Edges, func(a, b AffectedEdge) int { return cmp.Compare(a.FQDN, b.FQDN) })
}
