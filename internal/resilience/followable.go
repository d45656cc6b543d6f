package resilience

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The functions of this file decide which remedies a user can follow. A remedy that a rule or the document would refuse
// is replaced by advice.

// isManageable reports whether the relationship of two pools can be put under management. A name that several clusters
// have does not identify a pool.
func isManageable(t *topology.Topology, a, b *topology.Pool) bool {
	return a != b && a.IsFrontEnd2013() && b.IsFrontEnd2013() && t.Identifies(a) && t.Identifies(b) &&
		t.Links(a, b).Any()
}

func pairIDOf(a, b *topology.Pool) topology.PairID { return topology.NewPairID(a.FQDN, b.FQDN) }

// canComplete reports whether two pools can be put under management as a pair, and the pair can be completed.
func canComplete(t *topology.Topology, a, b *topology.Pool) bool {
	return isManageable(t, a, b) && t.CanUpdatePair(pairIDOf(a, b)) == nil
}

// canCompleteAlone reports whether the pair of two pools can be completed when it is the only relationship of both.
// Which backup services are left then is not known, so all of them have to be usable.
func canCompleteAlone(t *topology.Topology, a, b *topology.Pool) bool {
	isUsable := func(p *topology.Pool) bool {
		for _, s := range p.Role(topology.RoleBackupService) {
			if t.Service(s.ID) == nil || len(s.DependsOn) == 0 {
				return false
			}
		}
		_, err := t.FileStoreOf(p)
		return err == nil && t.Service(p.Registrar.ID) != nil
	}
	return isManageable(t, a, b) && isUsable(a) && isUsable(b)
}

// whyNotEnded returns the reason why the relationship of two linked pools cannot be ended under management, and what to
// do instead. It is empty if the relationship can be ended.
func whyNotEnded(t *topology.Topology, a, b *topology.Pool) string {
	for _, p := range []*topology.Pool{a, b} {
		if p.Version == topology.Version2010 {
			// A pair with such a pool cannot be put under management, so it cannot be ended that way either.
			return fmt.Sprintf("%s is a Lync Server 2010 pool, whose relationships this provider never changes. "+
				"Remove the relationship in Topology Builder and publish.", p.FQDN)
		}
	}
	var refusal *topology.Refusal
	switch {
	case errors.As(t.CanDeletePair(pairIDOf(a, b)), &refusal):
		v := refusalFacts(refusal)
		return v.Detail + " " + v.Advice
	case !isManageable(t, a, b):
		return "Remove the relationship in Topology Builder and publish."
	default:
		return ""
	}
}

// maxSimulated is the largest number of partners of a pool for which canEndAllButOne tries all choices.
const maxSimulated = 5

// canEndAllButOne reports whether a pool can keep any one of its partners, and its relationships with all others be
// ended under management. The end of one can make the end of another impossible.
func canEndAllButOne(t *topology.Topology, p *topology.Pool, partners []*topology.Pool) bool {
	if slices.ContainsFunc(partners, func(other *topology.Pool) bool { return whyNotEnded(t, p, other) != "" }) {
		return false
	}
	if len(partners) <= 2 {
		return true
	}
	if len(partners) > maxSimulated {
		return false
	}
	for _, kept := range partners {
		without := t
		for _, other := range partners {
			var err error
			if other == kept {
				continue
			}
			if without, err = without.WithoutPair(pairIDOf(p, other)); err != nil {
				return false
			}
		}
	}
	return true
}

// orEnd returns the remedy that ends the relationship of two pools or, if it cannot be ended, what to do instead.
func orEnd(t *topology.Topology, a, b *topology.Pool, action Action) (advice string, remedies []Remedy) {
	if why := whyNotEnded(t, a, b); why != "" {
		return why, nil
	}
	return "", []Remedy{{Action: action, Pool: a.FQDN, Other: b.FQDN}}
}

// completeOrEnd returns the remedies of an incomplete pair: to complete it, to end it, or one of the two.
func completeOrEnd(t *topology.Topology, a, b *topology.Pool) (advice string, remedies []Remedy) {
	canEnd := whyNotEnded(t, a, b) == ""
	switch {
	case !canComplete(t, a, b):
		return orEnd(t, a, b, EndLink)
	case canEnd:
		return "", []Remedy{{Action: CompleteOrEndPair, Pool: a.FQDN, Other: b.FQDN}}
	default:
		return "", []Remedy{{Action: CompletePair, Pool: a.FQDN, Other: b.FQDN}}
	}
}

// repair returns the remedy for a Backup of a pool, or for a dependency of its backup service, that leads to no pool:
// the management of the pair that the pool is in, if that repairs the fault.
func repair(t *topology.Topology, service *topology.Service) []Remedy {
	p := t.Cluster(service.Cluster)
	if p == nil || p.Kind != topology.KindFrontEnd {
		return nil
	}
	partners := t.LinkedFrontEnds(p)
	if len(partners) != 1 || !canComplete(t, p, partners[0]) {
		return nil
	}
	links := t.Links(p, partners[0])
	isRepaired := false
	switch {
	case service == p.Registrar:
		isRepaired = (!links.BackupA || len(p.Registrar.Backups) > 1) && t.Service(partners[0].Registrar.ID) != nil
	case service.ID.Role == topology.RoleBackupService:
		isRepaired = !links.ServiceA && len(p.Role(topology.RoleBackupService)) == 1
	}
	if !isRepaired {
		return nil
	}
	return []Remedy{{Action: RepairPair, Pool: p.FQDN, Other: partners[0].FQDN}}
}

// repairSettings returns the remedy for settings of a direction that are missing: the management of the relationship to
// which the direction belongs.
func repairSettings(t *topology.Topology, d direction) []Remedy {
	backup := BackupPool(t, d.backup)
	switch {
	case d.pool == nil || backup == nil || len(d.registrar.Backups) != 1 || !t.Identifies(d.pool):
		return nil
	case d.pool.Kind == topology.KindAppliance && t.IsAssociated(d.pool, backup):
		return []Remedy{{Action: RepairSettings, Pool: d.pool.FQDN}}
	case d.pool.Kind == topology.KindFrontEnd && canComplete(t, d.pool, backup):
		return []Remedy{{Action: RepairSettings, Pool: d.pool.FQDN, Other: backup.FQDN}}
	default:
		return nil
	}
}
