package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// unresolved finds references to services that the topology does not have, or has more than once.
func unresolved(s survey) []Violation {
	var found []Violation
	for service := range s.t.Services() {
		reported := map[topology.ServiceID]bool{}
		check := func(id topology.ServiceID, verb string, remedies []Remedy) {
			if s.t.Service(id) != nil || reported[id] {
				return
			}
			reported[id] = true
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s on %s %s %s, %s.", service.ID, phrase.Host(s.t, service), verb, id,
					phrase.Unresolved(s.t, id)),
				Advice: fmt.Sprintf("Find out in Topology Builder whether %s was removed or exists twice, and "+
					"correct the topology there.", id),
				Remedies: remedies,
				Objects:  []string{phrase.Host(s.t, service)},
			})
		}
		for _, d := range service.DependsOn {
			var remedies []Remedy
			if d.Target.Role == topology.RoleBackupService && service.ID.Role == topology.RoleBackupService {
				remedies = repair(s.t, service)
			}
			check(d.Target, "depends on", remedies)
		}
		for _, b := range service.Backups {
			if b.Named {
				check(b.Target, "names as its backup", repair(s.t, service))
			}
		}
	}
	return found
}

// repeated finds identities that several services have.
func repeated(s survey) []Violation {
	holders := map[topology.ServiceID][]*topology.Service{}
	var repeated []topology.ServiceID
	for service := range s.t.Services() {
		holders[service.ID] = append(holders[service.ID], service)
		if len(holders[service.ID]) == 2 && service.ID != (topology.ServiceID{}) {
			repeated = append(repeated, service.ID)
		}
	}
	var found []Violation
	for _, id := range repeated {
		var hosts []string
		for _, service := range holders[id] {
			if host := phrase.Host(s.t, service); !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
		found = append(found, Violation{
			Title: "Several services with one identity",
			Detail: fmt.Sprintf("The topology has %d services with the identity %s, on %s. A reference to it is "+
				"ambiguous.", len(holders[id]), id, phrase.List(hosts)),
			Advice:  "Correct the topology in Topology Builder and publish.",
			Objects: hosts,
		})
	}
	return found
}
