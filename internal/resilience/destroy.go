package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// removal is a pair that is to be given up, with its pools in canonical order.
type removal struct {
	t    *topology.Topology
	a, b *topology.Pool
}

// Destroy lists the warnings of destroying or replacing a pair, in the topology in which it still stands. There is
// nothing to warn of where a pool or every link of the pair is gone. It never finds an error.
func Destroy(t *topology.Topology, first, second string) []Violation {
	a, b := t.Pool(first), t.Pool(second)
	if a == nil || b == nil || a == b || !t.Links(a, b).Any() {
		return nil
	}
	if b.FQDN < a.FQDN {
		a, b = b, a
	}
	var found []Violation
	for _, r := range catalogue {
		if r.destroy != nil {
			found = append(found, completed(r, r.destroy(removal{t, a, b}))...)
		}
	}
	return found
}

// standbyToGo tells what becomes of Central Management, which depends on where the active one is now.
func standbyToGo(r removal) []Violation {
	if r.a.Central == "" && r.b.Central == "" {
		return nil
	}
	if r.centralStays() {
		return nil
	}
	v := Violation{Objects: phrase.Names(r.a, r.b)}
	active, other := r.a, r.b
	if r.b.Central == topology.CentralActive {
		active, other = r.b, r.a
	}
	allActive := r.t.ActiveCentral()
	switch {
	case active.Central == other.Central || (active.Central == topology.CentralActive && len(allActive) > 1):
		v.Detail = fmt.Sprintf("It cannot be told which member has the standby of Central Management: %s. What is there is left as it is.",
			centralRoles(r.a, r.b))
		v.Advice = "Settle which one is active (Invoke-CsManagementServerFailover) and remove the other in Topology Builder."
	case active.Central == topology.CentralActive && other.Central == topology.CentralStandby:
		v.Detail = fmt.Sprintf("%s has the active Central Management, %s the standby. The standby is removed with the pair, so there is no copy to fail over to.",
			active.FQDN, other.FQDN)
		v.Advice = fmt.Sprintf("Pair %s again soon, or with another pool in the same apply. This provider does not touch the database of the former standby; look after it.", active.FQDN)
	case active.Central == topology.CentralActive:
		v.Detail = fmt.Sprintf("%s has the active Central Management. Without a pair there is no place for a standby.", active.FQDN)
		v.Advice = fmt.Sprintf("Pair %s again soon, or with another pool in the same apply.", active.FQDN)
	default:
		v.Detail = fmt.Sprintf("%s, and the active one is not in the pair, so it is not its standby and is left as it is.", centralRoles(r.a, r.b))
		v.Advice = "When the pair is gone, remove that service and its store in Topology Builder."
	}
	return []Violation{v}
}

// centralStays says whether the end of a relation leaves Central Management as it is: one member has a part in it, and has
// that for its pair with a third pool, which stays; or it is the active one, and the relation is no pair.
func (r removal) centralStays() bool {
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

// centralRoles says which part the pools play for Central Management.
func centralRoles(pools ...*topology.Pool) string {
	var parts []string
	for _, p := range pools {
		switch p.Central {
		case topology.CentralActive:
			parts = append(parts, p.FQDN+" has an active Central Management service")
		case topology.CentralStandby:
			parts = append(parts, p.FQDN+" has an inactive Central Management service")
		}
	}
	return phrase.List(parts)
}

func staleData(r removal) []Violation {
	if IsBesidePair(r.t, r.a, r.b) {
		return nil // what they keep belongs to that pair
	}
	return []Violation{{
		Detail: fmt.Sprintf("%s and %s each keep the copy of the other's user data that their backup services have made. From now on nothing updates it, and nothing removes it.",
			r.a.FQDN, r.b.FQDN),
		Advice: fmt.Sprintf("When the copies are not needed any more, run Remove-CsUserStoreBackupData -PoolFqdn %s, and the same for %s.",
			r.a.FQDN, r.b.FQDN),
		Objects: phrase.Names(r.a, r.b),
	}}
}

func failoverUnderWay(r removal) []Violation {
	return []Violation{{
		Detail: fmt.Sprintf("The topology does not tell whether %s or %s is failed over to the other at this time. During a failover a pair must not be given up.",
			r.a.FQDN, r.b.FQDN),
		Advice:  "Make sure that neither is failed over; on a deployment the apply looks at PoolState and stops. If one is, fail it back first: Invoke-CsPoolFailBack with the name of the pool that failed.",
		Objects: phrase.Names(r.a, r.b),
	}}
}
