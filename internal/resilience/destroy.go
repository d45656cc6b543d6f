package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// removal is the planned end of a pair. The pools are sorted by name.
type removal struct {
	t      *topology.Topology
	a, b   *topology.Pool
	create createCheck
}

// Destroy returns the warnings about the end or the replacement of a pair that the topology still contains. There are
// none if a pool is missing, or all links between the two are. It never returns an error.
func Destroy(t *topology.Topology, id topology.PairID) []Violation {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || a == b || !t.Links(a, b).Any() {
		return nil
	}
	var found []Violation
	for _, r := range catalogue {
		if r.destroy != nil {
			found = append(found, completed(r, r.destroy(removal{t, a, b, Create}))...)
		}
	}
	return found
}

// standbyToGo warns of the loss of the standby of Central Management, or that the end of a pair leaves Central
// Management as it is.
func standbyToGo(r removal) []Violation {
	if (r.a.Central == "" && r.b.Central == "") || r.keepsCentral() {
		return nil
	}
	v := Violation{Objects: phrase.Names(r.a, r.b)}
	active, _ := topology.CentralMembers(r.a, r.b)
	standby := r.t.Standby(r.a, r.b)
	switch {
	case standby.Ambiguous != "" || (active != nil && len(r.t.ActiveCentral()) > 1):
		v.Title = "Central Management left unchanged"
		v.Detail = fmt.Sprintf("Which member has the standby of Central Management is ambiguous: %s. Central "+
			"Management is not changed.",
			centralRoles(r.a, r.b))
		v.Advice = "Decide which service is active (Invoke-CsManagementServerFailover), and remove the other service " +
			"in Topology Builder."
	case standby.Pool != nil:
		v.Detail = fmt.Sprintf("%s has the active Central Management, and %s has the standby. The standby is removed "+
			"with the pair. Central Management then has no copy to fail over to, unless this plan creates the pair "+
			"again.",
			active.FQDN, standby.Pool.FQDN)
		v.Advice, v.Remedies = r.nextPartner(active)
		v.Advice += fmt.Sprintf(" This provider does not remove the database of the former standby. Remove it "+
			"by hand if %s stays without the standby.", standby.Pool.FQDN)
	case active != nil:
		v.Title = "Central Management stays without a standby"
		v.Detail = fmt.Sprintf("%s has the active Central Management. Without a pair, no pool has a standby.",
			active.FQDN)
		v.Advice, v.Remedies = r.nextPartner(active)
	default:
		v.Title = "Central Management service that is not a standby"
		v.Detail = fmt.Sprintf("%s. The active Central Management is not in the pair, so this service is not its "+
			"standby and stays unchanged.", centralRoles(r.a, r.b))
		v.Advice = "After the pair ends, remove that service and its store in Topology Builder."
	}
	return []Violation{v}
}

// nextPartner returns how to give the member with the active Central Management another partner when the pair has
// ended.
func (r removal) nextPartner(active *topology.Pool) (advice string, remedies []Remedy) {
	former := r.a
	if active == r.a {
		former = r.b
	}
	without, err := r.t.WithoutPair(pairIDOf(r.a, r.b))
	if err != nil {
		without = r.t // the document does not permit the end, so nothing can be paired
	}
	return r.create.partnerFor(without, without.Cluster(active.ID), without.Cluster(former.ID),
		" in the same run, or soon after")
}

// keepsCentral reports whether the end of the relationship does not concern Central Management: only one member has a
// Central Management service, and either it has it for its pair with a third pool, or it is the active one and the
// relationship is not a pair.
func (r removal) keepsCentral() bool {
	central, other := r.a, r.b
	if r.a.Central == "" {
		central, other = r.b, r.a
	}
	switch partners := pairedWith(r.t, central, other); {
	case other.Central != "":
		return false
	case central.Central == topology.CentralActive:
		return len(partners) > 0 || !r.t.Links(central, other).Paired()
	default:
		return slices.ContainsFunc(partners, func(p *topology.Pool) bool { return p.Central == topology.CentralActive })
	}
}

// centralRoles returns a clause with the Central Management services of the pools.
func centralRoles(pools ...*topology.Pool) string {
	var clauses []string
	for _, p := range pools {
		switch p.Central {
		case topology.CentralActive:
			clauses = append(clauses, p.FQDN.String()+" has an active Central Management service")
		case topology.CentralStandby:
			clauses = append(clauses, p.FQDN.String()+" has an inactive Central Management service")
		}
	}
	return phrase.List(clauses)
}

func staleData(r removal) []Violation {
	if IsBesidePair(r.t, r.a, r.b) {
		return nil // the copies belong to the pair with the third pool
	}
	return []Violation{{
		Detail: fmt.Sprintf("%s and %s each keep the copy of the other's user data that their backup services made. "+
			"Unless this plan creates the pair again, the copies are no longer updated, and are not removed.",
			r.a.FQDN, r.b.FQDN),
		Advice: fmt.Sprintf("If the pair is not created again and the copies are no longer needed, run "+
			"Remove-CsUserStoreBackupData -PoolFqdn %s, and the same for %s.",
			argument.PowerShell(r.a.FQDN.String()), r.b.FQDN),
		Objects: phrase.Names(r.a, r.b),
	}}
}

func failoverUnderWay(r removal) []Violation {
	return []Violation{{
		Detail: fmt.Sprintf("The topology does not record whether %s or %s is currently failed over to the other. A "+
			"pair must not be ended during a failover.", r.a.FQDN, r.b.FQDN),
		Advice: "Make sure that neither pool is failed over. On a deployment, PoolState is checked before the change " +
			"is published, and a failover stops the change. If a pool is failed over, fail it back first: " +
			"Invoke-CsPoolFailBack with the name of the pool that failed.",
		Objects: phrase.Names(r.a, r.b),
	}}
}
