package resilience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// centralMember returns the member with the active Central Management, nil for none.
func (c creation) centralMember() *topology.Pool {
	for _, p := range c.pools() {
		if len(CentralServices(p, true)) > 0 {
			return p
		}
	}
	return nil
}

// centralConflicts finds what keeps a pair with Central Management from getting exactly one standby. Where no member
// carries Central Management it is none of the pair's business.
func centralConflicts(c creation) []Violation {
	var found []Violation
	carries := false
	for _, p := range c.pools() {
		carries = carries || len(p.Role(topology.RoleCentralMgmt)) > 0
		for _, s := range CentralServices(p, false) {
			found = append(found, Violation{
				Detail:  fmt.Sprintf("%s has the inactive Central Management service %s, which belongs to no pair that stands. A creation does not take it over.", p.FQDN, s.ID),
				Advice:  "Remove it in Topology Builder and publish, then plan again.",
				Objects: []string{p.FQDN},
			})
		}
	}
	if !carries {
		return nil
	}
	if v, several := severalActiveServices(c.t); several {
		found = append(found, v)
	}
	central := c.centralMember()
	if central == nil {
		return found
	}
	partner := c.partner(central)
	for _, s := range c.t.Services {
		host := c.t.Cluster(s.Cluster)
		if s.ID.Role != topology.RoleCentralMgmt || s.IsActive || (host != nil && (host == central || host == partner)) {
			continue
		}
		found = append(found, Violation{
			Detail: fmt.Sprintf("%s has the active Central Management, and %s has an inactive one already, %s. A second standby cannot be set up.",
				central.FQDN, phrase.Host(c.t, s), s.ID),
			Advice:  "Remove the inactive one in Topology Builder and publish, then plan again.",
			Objects: []string{central.FQDN, phrase.Host(c.t, s)},
		})
	}
	if store := sharedCentralStore(c.t, central, partner); store != nil {
		found = append(found, Violation{
			Detail: fmt.Sprintf("The active Central Management store %s is on the SQL Server instance %s, which is also that of the user database of %s. A standby cannot be set up beside it.",
				store.ID, phrase.SQLInstance(c.t, *store.SQLInstance), partner.FQDN),
			Advice:  fmt.Sprintf("Choose a partner for %s whose databases are on another SQL Server.", central.FQDN),
			Objects: phrase.Names(central, partner),
		})
	}
	return found
}

// sharedCentralStore returns the active Central Management store where it is on the SQL Server instance on which the
// partner's standby would be put.
func sharedCentralStore(t *topology.Topology, central, partner *topology.Pool) *topology.Service {
	if partner == nil || partner.UserStore == nil {
		return nil
	}
	for _, cms := range CentralServices(central, true) {
		for _, id := range cms.Dependencies(topology.RoleCentralMgmtStore) {
			store := t.Service(id)
			if store != nil && store.SQLInstance != nil && *store.SQLInstance == *partner.UserStore.SQLInstance {
				return store
			}
		}
	}
	return nil
}

func severalActive(s survey) []Violation {
	if v, several := severalActiveServices(s.t); several {
		return []Violation{v}
	}
	return nil
}

func severalActiveServices(t *topology.Topology) (Violation, bool) {
	active := t.ActiveCentral()
	if len(active) < 2 {
		return Violation{}, false
	}
	var objects, where []string
	for _, s := range active {
		objects = append(objects, phrase.Host(t, s))
		where = append(where, fmt.Sprintf("%s on %s", s.ID, phrase.Host(t, s)))
	}
	return Violation{
		Detail:  fmt.Sprintf("The topology has %d active Central Management services: %s.", len(active), strings.Join(where, ", ")),
		Advice:  "Find out which one is in use (Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus) and correct the topology before anything is paired with either.",
		Objects: objects,
	}, true
}

// standbyToCome tells what a pair with the Central Management pool brings with it.
func standbyToCome(c creation) []Violation {
	central := c.centralMember()
	if central == nil || len(centralConflicts(c)) > 0 {
		return nil
	}
	v := Violation{Objects: []string{central.FQDN}}
	on, install := "its partner", "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn <server> -SqlInstanceName <instance>"
	if partner := c.partner(central); partner != nil {
		on = partner.FQDN
		v.Objects = append(v.Objects, partner.FQDN)
		if partner.UserStore != nil {
			install = "Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn " + partner.SQLServer
			if name := partner.UserStore.SQLInstance.Name; name != "" {
				install += " -SqlInstanceName " + name
			}
		}
	}
	v.Detail = fmt.Sprintf("%s has the active Central Management, so with the pair a standby will be set up on %s: a Central Management service and its store. The database of the standby has to be installed there as well.", central.FQDN, on)
	v.Advice = "After the pair is published, run " + install + "."
	return []Violation{v}
}

// standbyMissing finds active Central Management that no partner could take over.
func standbyMissing(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		if len(CentralServices(p, true)) == 0 {
			continue
		}
		partners := s.partners(p)
		if len(partners) == 0 {
			found = append(found, Violation{
				Detail:  fmt.Sprintf("%s has the active Central Management and is in no pair, so there is no standby.", p.FQDN),
				Advice:  "Pair it with a pool in another site; a standby is set up with the pair.",
				Objects: []string{p.FQDN},
			})
			continue
		}
		hasStandby := func(partner *topology.Pool) bool { return len(partner.Role(topology.RoleCentralMgmt)) > 0 }
		if !slices.ContainsFunc(partners, hasStandby) {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s has the active Central Management, and its partner %s has no standby.", p.FQDN, phrase.List(phrase.Names(partners...))),
				Advice: "Central Management came into the pair after it was made. Publish the pair once with Topology Builder so that it sets up the standby, " +
					"or destroy and create the pair.",
				Objects: append(phrase.Names(partners...), p.FQDN),
			})
		}
	}
	return found
}
