package impact

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// FailedCentral is the active Central Management of a failed pool.
type FailedCentral struct {
	Pool    string
	MoveTo  string // the pool to which Central Management is failed over, before any pool (CM-ORDER); empty for none
	Problem string // sentences: the reason why MoveTo is empty
}

// central returns the active Central Management of the failed pools, sorted by pool. A sound topology has at most one.
func (f failure) central(failed []*topology.Pool) []FailedCentral {
	var results []FailedCentral
	for _, p := range failed {
		if len(resilience.CentralServices(p, true)) > 0 {
			results = append(results, f.failedCentral(p))
		}
	}
	slices.SortStableFunc(results, func(a, b FailedCentral) int { return cmp.Compare(a.Pool, b.Pool) })
	return results
}

// failedCentral returns the place to which the active Central Management of a failed pool is failed over: the one
// standby of the topology, on a running partner of the pool (CM-ONE, CM-ORDER, CM-TARGET). An inactive Central
// Management service elsewhere is a remainder of a former pair, and no copy of the data is sent to it.
func (f failure) failedCentral(p *topology.Pool) FailedCentral {
	result := FailedCentral{Pool: p.FQDN.String()}
	var inactive, running []*topology.Pool
	for other := range f.t.Pools() {
		if other == p || len(resilience.CentralServices(other, false)) == 0 {
			continue
		}
		inactive = append(inactive, other)
		if !f.failed[other] {
			running = append(running, other)
		}
	}
	active := f.t.ActiveCentral()
	switch {
	case len(active) > 1:
		result.Problem = fmt.Sprintf("The topology has %d active Central Management services. Which one is in use is "+
			"ambiguous (CM-ONE).",
			len(active))
	case p.Version == topology.Version2010:
		result.Problem = "Central Management of Lync Server 2010 has no standby. Install its database on another SQL " +
			"Server and move it there from a backup of its configuration, with Move-CsManagementServer."
	case len(running) > 1:
		result.Problem = fmt.Sprintf("%s each have a standby. Which one is in use is ambiguous (CM-ONE).",
			phrase.List(sortedNames(running)))
	case len(running) == 1 && !running[0].HasName:
		result.Problem = fmt.Sprintf("The standby is on the %s, which has no name (TD-NAME).", running[0].FQDN)
	case len(running) == 1 && f.arePartners(p, running[0]):
		result.MoveTo = running[0].FQDN.String()
		return result
	case len(running) == 1:
		result.Problem = fmt.Sprintf("%s has an inactive Central Management service, but is not the partner of %s, "+
			"so that service is not a standby (CM-ONE).",
			running[0].FQDN, p.FQDN)
	case len(inactive) > 0:
		result.Problem = fmt.Sprintf("%s with the standby has failed as well.", phrase.List(sortedNames(inactive)))
	default:
		result.Problem = "Central Management has no standby (CM-PAIR)."
	}
	result.Problem += " Until Central Management runs again, do not rely on the failover of a pool (CM-ORDER)."
	return result
}

// arePartners reports whether two pools are a pair in the sense of CM-PAIR, complete or incomplete.
func (f failure) arePartners(a, b *topology.Pool) bool {
	return a.IsFrontEnd2013() && b.IsFrontEnd2013() && f.t.Links(a, b).Paired()
}

// reasonWithoutCentral returns the reason why no pool can be failed over: Central Management has to be failed over
// first (CM-ORDER), and has no standby. It is empty if Central Management runs or has a standby.
func reasonWithoutCentral(failed []FailedCentral) string {
	for _, c := range failed {
		if c.Problem != "" {
			return fmt.Sprintf("The active Central Management is on %s, which has failed. %s", c.Pool, c.Problem)
		}
	}
	return ""
}
