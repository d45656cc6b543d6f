package resilience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// survey is a whole topology, sorted for the rules that look for findings.
type survey struct {
	t         *topology.Topology
	inventory Inventory
	heads     Headcount
	pairable  []*topology.Pool // Front End pools of Lync Server 2013 and later
	pairs     []topology.Pair  // among those
}

func newSurvey(t *topology.Topology, inventory Inventory) survey {
	s := survey{t: t, inventory: inventory, heads: NewHeadcount(t, inventory)}
	for _, p := range t.FrontEnds() {
		if p.IsFrontEnd2013() {
			s.pairable = append(s.pairable, p)
		}
	}
	for _, pair := range t.Pairs() {
		if pair.First.IsFrontEnd2013() && pair.Second.IsFrontEnd2013() {
			s.pairs = append(s.pairs, pair)
		}
	}
	return s
}

// partners returns the pools that p is in a pair with; more than one is a fault.
func (s survey) partners(p *topology.Pool) []*topology.Pool {
	var found []*topology.Pool
	for _, pair := range s.pairs {
		switch p {
		case pair.First:
			found = append(found, pair.Second)
		case pair.Second:
			found = append(found, pair.First)
		}
	}
	return found
}

func (s survey) isPaired(p *topology.Pool) bool { return len(s.partners(p)) > 0 }

// Findings runs every rule over the whole topology and what an inventory has of its pools, nil for none. The findings are
// in the order of the catalogue, those of one rule sorted by their objects.
func Findings(t *topology.Topology, inventory Inventory) []Violation {
	s := newSurvey(t, inventory)
	var found []Violation
	for _, r := range catalogue {
		if r.finding != nil {
			found = append(found, completed(r, r.finding(s))...)
		}
	}
	Sort(found)
	return found
}

// crossings2010 finds backup registrars between a Lync Server 2010 pool and a later one.
func crossings2010(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		for _, other := range linkedFrontEnds(s.t, p) {
			links := s.t.Links(p, other)
			if other.Version != topology.Version2010 || (!links.BackupA && !links.BackupB) {
				continue
			}
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s runs %s, %s runs %s, and in the topology %s.",
					p.FQDN, topology.VersionName(p.Version), other.FQDN, topology.VersionName(other.Version),
					strings.Join(phrase.Links(p.FQDN, other.FQDN, links), "; ")),
				Advice:  "Remove the relationship in Topology Builder. Pair the later pool with a pool of its own version.",
				Objects: phrase.Names(p, other),
			})
		}
	}
	return found
}

// tiedToSeveral finds pools with more than one partner, whichever links make a partner of it. Among Lync Server 2010
// pools this is legal, so only later ones are looked at.
func tiedToSeveral(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		partners := linkedFrontEnds(s.t, p)
		if len(partners) < 2 {
			continue
		}
		var facts []string
		for _, other := range partners {
			facts = append(facts, phrase.Links(p.FQDN, other.FQDN, s.t.Links(p, other))...)
		}
		found = append(found, Violation{
			Detail: fmt.Sprintf("%s is tied to %d Front End pools, %s: %s.",
				p.FQDN, len(partners), phrase.List(phrase.Names(partners...)), strings.Join(facts, "; ")),
			Advice: "Decide which one is its partner. Give up the others: declare each of them for a moment as a pair with this pool, bring it into the state " +
				"with the terraform import command (a destroy passes import blocks over), and run terraform destroy -refresh=false with it as -target. " +
				"Or remove them in Topology Builder.",
			Objects: append(phrase.Names(partners...), p.FQDN),
		})
	}
	return found
}

// oneWay finds pools that name a backup which does not name them.
func oneWay(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		for _, other := range linkedFrontEnds(s.t, p) {
			links := s.t.Links(p, other)
			if !other.IsFrontEnd2013() || !links.BackupA || links.BackupB {
				continue
			}
			names := "no backup registrar"
			advice := completeOrClear(p, other)
			if others := s.t.BackupRegistrars(other); len(others) > 0 {
				names = phrase.List(others)
				advice = fmt.Sprintf("Decide which pool is the partner of %s. Where it is not %s, clear this relationship, or remove it in Topology Builder. %s",
					other.FQDN, p.FQDN, clearing(p.FQDN, other.FQDN))
			}
			found = append(found, Violation{
				Detail:  fmt.Sprintf("%s names %s as its backup registrar, but %s names %s.", p.FQDN, other.FQDN, other.FQDN, names),
				Advice:  advice,
				Objects: phrase.Names(p, other),
			})
		}
	}
	return found
}

// completeOrClear says what to do with a relationship that is not whole.
func completeOrClear(a, b *topology.Pool) string {
	return "Import the two as a pair; the next apply completes it:\n\n" + ImportBlock(a.FQDN, b.FQDN) +
		"\n\nOr clear the relationship. " + clearing(a.FQDN, b.FQDN)
}

// halfMade finds what a pair lacks. One Backup alone is left to PP-RECIP.
func halfMade(t *topology.Topology, a, b *topology.Pool) []Violation {
	links := t.Links(a, b)
	var lacks []string
	if !links.BackupA && !links.BackupB {
		lacks = append(lacks, "neither names the other as its backup registrar")
	}
	switch {
	case !links.ServiceA && !links.ServiceB:
		lacks = append(lacks, "neither has a backup service for the other")
	case !links.ServiceA:
		lacks = append(lacks, fmt.Sprintf("%s has no backup service for %s", a.FQDN, b.FQDN))
	case !links.ServiceB:
		lacks = append(lacks, fmt.Sprintf("%s has no backup service for %s", b.FQDN, a.FQDN))
	}
	if len(lacks) == 0 {
		return nil
	}
	advice := completeOrClear(a, b)
	for _, p := range []*topology.Pool{a, b} {
		if partners := linkedFrontEnds(t, p); len(partners) > 1 {
			advice = fmt.Sprintf("Decide first which one of %s is the partner of %s (PP-ONE). Import the pair that is to stay; the next apply completes it.",
				phrase.List(phrase.Names(partners...)), p.FQDN)
		}
	}
	return []Violation{{
		Detail: fmt.Sprintf("In the topology %s, but %s. A failover that brings the users' data cannot be counted on.",
			strings.Join(phrase.Links(a.FQDN, b.FQDN, links), "; "), strings.Join(lacks, ", and ")),
		Advice:  advice,
		Objects: phrase.Names(a, b),
	}}
}

// edgeNextHops finds paired pools that an Edge pool has as its only next hop.
func edgeNextHops(s survey) []Violation {
	behind := map[*topology.Pool][]*topology.Pool{}
	for _, edge := range s.t.Pools {
		if hops := NextHops(s.t, edge); len(hops) == 1 {
			behind[hops[0]] = append(behind[hops[0]], edge)
		}
	}
	var found []Violation
	for _, p := range s.pairable {
		edges := behind[p]
		if len(edges) == 0 || !s.isPaired(p) {
			continue
		}
		names := phrase.Names(edges...)
		slices.Sort(names)
		found = append(found, Violation{
			Detail:  fmt.Sprintf("%s is the only next hop of the Edge pool %s. Its failover is refused while it is.", p.FQDN, phrase.List(names)),
			Advice:  "Nothing has to be done now. Before this pool is failed over, give the Edge pool another next hop (Topology Builder, or Set-CsEdgeServer -Registrar).",
			Objects: append(names, p.FQDN),
		})
	}
	return found
}

// unresolved finds references to services that are not there, or there more than once.
func unresolved(s survey) []Violation {
	var found []Violation
	for _, service := range s.t.Services {
		reported := map[topology.ServiceID]bool{}
		note := func(id topology.ServiceID, what string) {
			if s.t.Service(id) != nil || reported[id] {
				return
			}
			reported[id] = true
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s on %s %s %s, %s.", service.ID, phrase.Host(s.t, service), what, id, phrase.Unresolved(s.t, id)),
				Advice: "Find out in Topology Builder what was removed or doubled, and correct it there. " +
					"Where it belongs to a pair, importing the pair shows what is missing and the next apply repairs it.",
				Objects: []string{phrase.Host(s.t, service)},
			})
		}
		for _, d := range service.DependsOn {
			note(d.Target, "depends on")
		}
		for _, b := range service.Backups {
			if b.Named {
				note(b.Target, "names as its backup")
			}
		}
	}
	return found
}
