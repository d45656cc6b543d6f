package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// centralCopies finds Central Management services beside the active one and its standby.
func centralCopies(s survey) []Violation {
	var found []Violation
	if v, several := severalActiveServices(s.t); several {
		found = append(found, v)
	}
	var standbys []*topology.Service
	for service := range s.t.Services() {
		switch {
		case service.ID.Role != topology.RoleCentralMgmt || service.IsActive:
		case isStandby(s.t, service):
			standbys = append(standbys, service)
		default:
			found = append(found, orphan(s.t, service))
		}
	}
	if len(standbys) > 1 {
		found = append(found, severalStandbys(s.t, standbys))
	}
	return found
}

// isStandby reports whether an inactive Central Management service is on a pool that is linked to the pool with the
// only active one, so that the end of that relationship removes it.
func isStandby(t *topology.Topology, service *topology.Service) bool {
	host := t.Cluster(service.Cluster)
	return host != nil && host.Kind == topology.KindFrontEnd &&
		slices.ContainsFunc(t.LinkedFrontEnds(host), func(other *topology.Pool) bool {
			return slices.Contains(t.Standby(host, other).Services, service)
		})
}

// orphan returns the violation of an inactive Central Management service that is not the standby of the active one.
func orphan(t *topology.Topology, service *topology.Service) Violation {
	host := phrase.Host(t, service)
	var active []string
	for _, s := range t.ActiveCentral() {
		active = append(active, phrase.Host(t, s))
	}
	v := Violation{
		Title:   "Central Management service that is not a standby",
		Advice:  "Remove the inactive service and its store in Topology Builder and publish.",
		Objects: append(active, host),
	}
	where := ""
	switch {
	case len(active) == 0:
		where = "No service of the topology is active"
		v.Advice = "Find out which one is in use (Get-CsManagementStoreReplicationStatus " +
			"-CentralManagementStoreStatus), and correct the topology."
	case slices.Contains(active, host):
		where = fmt.Sprintf("%s also has an active one", host)
	case len(active) == 1:
		where = fmt.Sprintf("The active one is on %s, which is not its partner", active[0])
	default:
		where = fmt.Sprintf("Active ones are on %s, so it is not clear which is in use", phrase.List(active))
	}
	v.Detail = fmt.Sprintf("%s has the inactive Central Management service %s. %s. While the inactive service "+
		"exists, no pair can be created with %s or with the pool that has the active "+
		"one.", host, service.ID, where, host)
	return v
}

// severalStandbys returns the violation of more than one standby of the active Central Management.
func severalStandbys(t *topology.Topology, standbys []*topology.Service) Violation {
	v := Violation{Title: "Several standbys of Central Management"}
	var where []string
	for _, s := range standbys {
		v.Objects = append(v.Objects, phrase.Host(t, s))
		where = append(where, fmt.Sprintf("%s on %s", s.ID, phrase.Host(t, s)))
	}
	v.Detail = fmt.Sprintf("The topology has %d standbys of Central Management: %s.", len(standbys),
		phrase.List(where))
	v.Advice = "Decide which service is the standby. Remove the other services in Topology Builder and publish."
	return v
}

// standbyFindings finds active Central Management without a standby on a partner, and pairs with a standby whose active
// Central Management is elsewhere.
func standbyFindings(s survey) []Violation { return append(standbyMissing(s), standbyOrphaned(s)...) }

// standbyOrphaned finds pairs with an inactive Central Management service and without the active one.
func standbyOrphaned(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		partners := s.partners(p)
		hasActive := func(pool *topology.Pool) bool { return len(CentralServices(pool, true)) > 0 }
		if len(partners) == 0 || len(CentralServices(p, false)) == 0 || hasActive(p) ||
			slices.ContainsFunc(partners, hasActive) {
			continue
		}
		found = append(found, Violation{
			Title: "Orphaned standby of Central Management",
			Detail: fmt.Sprintf("%s has an inactive Central Management service, and its partner %s does not have the "+
				"active one. Central Management cannot fail over to it.", p.FQDN,
				phrase.List(phrase.Names(partners...))),
			Advice:  "Remove the inactive service and its store in Topology Builder and publish (CM-ONE).",
			Objects: []string{p.FQDN.String()},
		})
	}
	return found
}

// standbyMissing finds active Central Management without a standby on a partner.
func standbyMissing(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		if len(CentralServices(p, true)) == 0 {
			continue
		}
		partners := s.partners(p)
		if len(partners) == 0 {
			v := Violation{
				Detail: fmt.Sprintf("%s has the active Central Management and is in no pair, so Central Management "+
					"has no standby.",
					p.FQDN),
				Objects: []string{p.FQDN.String()},
			}
			v.Advice, v.Remedies = s.create.partnerFor(s.t, p, nil, ". The pair sets up a standby")
			found = append(found, v)
			continue
		}
		hasStandby := func(partner *topology.Pool) bool { return len(partner.Role(topology.RoleCentralMgmt)) > 0 }
		if !slices.ContainsFunc(partners, hasStandby) {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s has the active Central Management, and its partner %s has no standby.",
					p.FQDN, phrase.List(phrase.Names(partners...))),
				Advice: "Central Management was moved to the pair after the pair was created. Publish the pair once " +
					"with Topology Builder, which sets up the standby.",
				Remedies: s.create.recreation(s.t, p, partners[0]),
				Objects:  append(phrase.Names(partners...), p.FQDN.String()),
			})
		}
	}
	return found
}
