package resilience

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// LostCentral is the active Central Management on a failed pool.
type LostCentral struct {
	Pool    string
	MoveTo  string // the pool to fail Central Management over to, before any pool (CM-ORDER); empty for none
	Problem string // a sentence or two: why there is none to move it to; empty where there is
}

// central tells of the active Central Management that has failed, sorted by pools. A sound topology has one.
func (f failure) central(failed []*topology.Pool) []LostCentral {
	var lost []LostCentral
	for _, p := range failed {
		if len(centralServices(p, true)) > 0 {
			lost = append(lost, f.lostCentral(p))
		}
	}
	slices.SortStableFunc(lost, func(a, b LostCentral) int { return cmp.Compare(a.Pool, b.Pool) })
	return lost
}

// lostCentral tells where the active Central Management of a failed pool has to go first: to the one standby that the
// topology has, on a partner of its pool that runs (CM-ONE, CM-ORDER, CM-TARGET). An inactive one elsewhere is what is left
// of a former pair, and nothing copies Central Management to it.
func (f failure) lostCentral(p *topology.Pool) LostCentral {
	is := LostCentral{Pool: p.FQDN}
	var inactive, run []*topology.Pool
	for _, other := range f.t.Pools {
		if other == p || len(centralServices(other, false)) == 0 {
			continue
		}
		inactive = append(inactive, other)
		if !f.failed[other] {
			run = append(run, other)
		}
	}
	active := f.t.ActiveCentral()
	switch {
	case len(active) > 1:
		is.Problem = fmt.Sprintf("The topology has %d active Central Management services, so it cannot be told which one is in use (CM-ONE).", len(active))
	case p.Version == topology.Version2010:
		is.Problem = "Central Management of Lync Server 2010 has no standby. Install its database on another SQL Server and move it there " +
			"from a backup of its configuration, with Move-CsManagementServer."
	case len(run) > 1:
		is.Problem = fmt.Sprintf("%s each have a standby, so it cannot be told which one is in use (CM-ONE).", listed(sortedNames(run)))
	case len(run) == 1 && f.arePaired(p, run[0]):
		is.MoveTo = run[0].FQDN
		return is
	case len(run) == 1:
		is.Problem = fmt.Sprintf("%s has an inactive Central Management service, but is not the partner of %s, so that is no standby (CM-ONE).", run[0].FQDN, p.FQDN)
	case len(inactive) > 0:
		is.Problem = fmt.Sprintf("%s with the standby has failed as well.", listed(sortedNames(inactive)))
	default:
		is.Problem = "There is no standby (CM-PAIR)."
	}
	is.Problem += " Until Central Management runs somewhere, count on no failover of a pool (CM-ORDER)."
	return is
}

// arePaired says whether two pools are partners as CM-PAIR has it: a pair, whole or half-made.
func (f failure) arePaired(a, b *topology.Pool) bool {
	return a.IsFrontEnd2013() && b.IsFrontEnd2013() && f.t.Links(a, b).Paired()
}

// withoutCentral says why no pool can be failed over: Central Management comes first (CM-ORDER), and it has nowhere to go.
// It is empty where Central Management has not failed, or has somewhere to go.
func withoutCentral(lost []LostCentral) string {
	for _, c := range lost {
		if c.Problem != "" {
			return fmt.Sprintf("The active Central Management is on %s, which has failed. %s", c.Pool, c.Problem)
		}
	}
	return ""
}
