package resilience

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ownPartners finds Front End pools that are their own backup registrar, or whose backup services depend on each other.
func ownPartners(s survey) []Violation {
	var found []Violation
	for _, p := range s.t.FrontEnds() {
		var faults []string
		for _, b := range p.Registrar.Backups {
			if b.Target.Role == topology.RoleRegistrar && BackupPool(s.t, b) == p {
				faults = append(faults, fmt.Sprintf("its Registrar %s names itself as its backup", p.Registrar.ID))
			}
		}
		for _, service := range p.Role(topology.RoleBackupService) {
			for _, id := range service.Dependencies(topology.RoleBackupService) {
				if s.t.PoolOf(id) == p {
					faults = append(faults, fmt.Sprintf("its backup service %s depends on %s, which is on the same "+
						"pool", service.ID, id))
				}
			}
		}
		if len(faults) == 0 {
			continue
		}
		found = append(found, Violation{
			Detail:  fmt.Sprintf("%s is its own partner: %s.", p.FQDN, strings.Join(faults, "; ")),
			Advice:  "Remove the relationship in Topology Builder and publish.",
			Objects: []string{p.FQDN.String()},
		})
	}
	return found
}

// partnersOfKind returns the check for Front End pools that name a host of a kind as their backup registrar, or whose
// backup services and those of such a host depend on each other. A Backup of the host itself is not concerned: it
// belongs to an appliance, or is no part of a pair.
func partnersOfKind(kind topology.Kind) func(survey) []Violation {
	return func(s survey) []Violation {
		var found []Violation
		for _, p := range s.t.FrontEnds() {
			for _, other := range s.t.Linked(p) {
				links := s.t.Links(p, other)
				links.BackupB = false
				if other.Kind != kind || !links.Any() {
					continue
				}
				found = append(found, Violation{
					Detail: fmt.Sprintf("%s is %s, and in the topology %s.", other.FQDN, other.Description,
						strings.Join(phrase.Links(p.FQDN, other.FQDN, links), "; ")),
					Advice:  "Remove the relationship in Topology Builder and publish.",
					Objects: phrase.Names(p, other),
				})
			}
		}
		return found
	}
}

// notFrontEnds finds partners of no kind with a rule of its own, and pools with a [topology.RegistrarFault].
func notFrontEnds(s survey) []Violation {
	found := partnersOfKind(topology.KindOther)(s)
	for p := range s.t.Pools() {
		title, fault := "", "is "+p.Description
		switch p.RegistrarFault() {
		case topology.MissingRegistrar:
			title, fault = "Pool without a Registrar", "no Registrar"
		case topology.SeveralRegistrars:
			title = "Pool with several Registrars"
		case topology.UnreadableRegistrar:
			title = "Registrar without a readable version"
		default:
			continue
		}
		found = append(found, Violation{
			Title: title,
			Detail: fmt.Sprintf("%s has user services and %s, so it is not a Front End pool. It can neither be in a "+
				"pair nor be the pool of an appliance.", p.FQDN, fault),
			Advice: "Correct the pool in Topology Builder and publish. A Front End pool has one Registrar, with the " +
				"version of the product.",
			Objects: []string{p.FQDN.String()},
		})
	}
	return found
}
