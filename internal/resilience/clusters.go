package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// onNoCluster finds services that are installed on a cluster that the topology does not have, or on none. The services
// of one cluster are one finding.
func onNoCluster(s survey) []Violation {
	lost := map[topology.ClusterID][]string{}
	var clusters []topology.ClusterID
	for service := range s.t.Services() {
		id := service.Cluster
		if s.t.Cluster(id) != nil {
			continue
		}
		if len(lost[id]) == 0 {
			clusters = append(clusters, id)
		}
		lost[id] = append(lost[id], service.ID.String())
	}
	var found []Violation
	for _, id := range clusters {
		title, are, where := "Service on no cluster", "is", "no cluster."
		if len(lost[id]) > 1 {
			title, are = "Services on no cluster", "are"
		}
		if id != (topology.ClusterID{}) {
			where = fmt.Sprintf("the cluster %s, which the topology does not have.", id)
		}
		found = append(found, Violation{
			Title:   title,
			Detail:  fmt.Sprintf("%s %s installed on %s", phrase.FirstOf(lost[id]), are, where),
			Advice:  "Find out in Topology Builder which pool or server was removed, and correct the topology there.",
			Objects: lost[id],
		})
	}
	return found
}

// repeatedClusters finds clusters without an identity, and identities that several clusters have. Services name the
// identity of the cluster on which they are installed.
func repeatedClusters(s survey) []Violation {
	holders := map[topology.ClusterID][]*topology.Pool{}
	for p := range s.t.Pools() {
		holders[p.ID] = append(holders[p.ID], p)
	}
	var found []Violation
	for p := range s.t.Pools() {
		same := holders[p.ID]
		v := Violation{Advice: "Correct the topology in Topology Builder and publish.", Objects: phrase.Names(p)}
		switch {
		case p.ID == (topology.ClusterID{}):
			v.Title = "Cluster without an identity"
			v.Detail = fmt.Sprintf("The cluster %s has no identity, so no service is installed on it.", p.FQDN)
		case len(same) > 1 && same[0] == p:
			v.Title = "Several clusters with one identity"
			v.Detail = fmt.Sprintf("The topology has %d clusters with the identity %s, %s. Services on that cluster "+
				"count for %s, so no relationship can be declared with %s.", len(same), p.ID,
				phrase.List(phrase.Names(same...)), p.FQDN, phrase.List(phrase.Names(same[1:]...)))
			v.Objects = phrase.Names(same...)
		default:
			continue
		}
		found = append(found, v)
	}
	return found
}

// withoutDatabase finds Front End pools whose user services have no database. No pair that needs a standby of Central
// Management can be created with such a pool. A database that the topology does not have is a finding of unresolved.
func withoutDatabase(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		databases := p.UserServices.Dependencies(topology.RoleUserStore)
		isUnresolved := func(id topology.ServiceID) bool { return s.t.Service(id) == nil }
		if p.UserStore != nil || slices.ContainsFunc(databases, isUnresolved) {
			continue
		}
		found = append(found, Violation{
			Title: "Pool without a database",
			Detail: fmt.Sprintf("The user services of %s have no database on a SQL Server instance of the topology. "+
				"No standby of Central Management can be set up on the pool.", p.FQDN),
			Advice:  "Correct the database of the pool in Topology Builder and publish.",
			Objects: phrase.Names(p),
		})
	}
	return found
}
