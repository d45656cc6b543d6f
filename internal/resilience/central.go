package resilience

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// centralMember returns the member with the active Central Management, or nil.
func (c creation) centralMember() *topology.Pool {
	for _, p := range c.pools() {
		if len(CentralServices(p, true)) > 0 {
			return p
		}
	}
	return nil
}

// centralConflicts finds the reasons why a pair with Central Management does not get exactly one standby. A pair
// without Central Management is not concerned.
func centralConflicts(c creation) []Violation {
	var found []Violation
	hasCentral := false
	for _, p := range c.pools() {
		hasCentral = hasCentral || len(p.Role(topology.RoleCentralMgmt)) > 0
		for _, s := range CentralServices(p, false) {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s has the inactive Central Management service %s, which belongs to no existing "+
					"pair. A creation does not adopt it.", p.FQDN, s.ID),
				Advice:  "Remove the inactive service in Topology Builder and publish, then try again.",
				Objects: []string{p.FQDN.String()},
			})
		}
	}
	if !hasCentral {
		return nil
	}
	if v, several := severalActiveServices(c.t); several {
		found = append(found, v)
	}
	if central := c.centralMember(); central != nil {
		found = append(found, standbyConflicts(c, central, c.partner(central))...)
	}
	return found
}

// standbyConflicts finds the reasons why the partner of the pool with the active Central Management cannot get a
// standby.
func standbyConflicts(c creation, central, partner *topology.Pool) []Violation {
	var found []Violation
	for s := range c.t.Services() {
		host := c.t.Cluster(s.Cluster)
		if s.ID.Role != topology.RoleCentralMgmt || s.IsActive ||
			(host != nil && (host == central || host == partner)) {
			continue
		}
		found = append(found, Violation{
			Detail: fmt.Sprintf("%s has the active Central Management, and %s already has an inactive one, %s. "+
				"A second standby cannot be set up.", central.FQDN, phrase.Host(c.t, s), s.ID),
			Advice:  "Remove the inactive service in Topology Builder and publish, then try again.",
			Objects: []string{central.FQDN.String(), phrase.Host(c.t, s)},
		})
	}
	if store := c.t.SharedCentralStore(CentralServices(central, true), partner); store != nil {
		found = append(found, Violation{
			Detail: fmt.Sprintf("The active Central Management store %[1]s and the user database of %[3]s are both on "+
				"the SQL Server instance %[2]s. The same instance cannot have the standby.", store.ID,
				phrase.SQLInstance(c.t, *store.SQLInstance), partner.FQDN),
			Advice:  fmt.Sprintf("Choose a partner for %s whose databases are on another SQL Server.", central.FQDN),
			Objects: phrase.Names(central, partner),
		})
	}
	return found
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
		Detail: fmt.Sprintf("The topology has %d active Central Management services: %s.", len(active),
			strings.Join(where, ", ")),
		Advice: "Find out which one is in use (Get-CsManagementStoreReplicationStatus " +
			"-CentralManagementStoreStatus), and correct the topology before you pair either pool.",
		Objects: objects,
	}, true
}

// standbyToCome warns of the standby that the creation of a pair with the Central Management pool sets up.
func standbyToCome(c creation) []Violation {
	central := c.centralMember()
	if central == nil || len(centralConflicts(c)) > 0 {
		return nil
	}
	v := Violation{
		Title:   "Standby of Central Management needs a database",
		Objects: []string{central.FQDN.String()},
	}
	on := "its partner"
	var database *topology.Service
	if partner := c.partner(central); partner != nil {
		on = partner.FQDN.String()
		v.Objects = append(v.Objects, partner.FQDN.String())
		database = partner.UserStore
	}
	v.Detail = fmt.Sprintf("%s has the active Central Management, so the pair also sets up a standby on %s: a "+
		"Central Management service and its store. You must install the database of the standby by "+
		"hand.", central.FQDN, on)
	v.Advice = "After the pair is published, run Install-CsDatabase -CentralManagementDatabase" +
		phrase.SQLArguments(c.t, database) + "."
	return []Violation{v}
}
