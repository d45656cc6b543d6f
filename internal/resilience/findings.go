package resilience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// survey is a topology, prepared for the rules that look for findings.
type survey struct {
	t         *topology.Topology
	inventory Inventory
	heads     Headcount
	pairable  []*topology.Pool       // the Front End pools of Lync Server 2013 and later
	pairs     []topology.LinkedPools // the pairs of pairable pools
	create    createCheck
}

func newSurvey(t *topology.Topology, inventory Inventory) survey {
	s := survey{t: t, inventory: inventory, heads: NewHeadcount(t, inventory), create: Create}
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

// partners returns the pools that are in a pair with p. A sound topology has at most one.
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

// Findings returns the violations of all rules in a topology. The inventory may be nil. The findings are sorted by the
// order of the catalogue, then by their objects.
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

// crossings2010 finds links between a Lync Server 2010 pool and a later one.
func crossings2010(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		for _, other := range s.t.LinkedFrontEnds(p) {
			links := s.t.Links(p, other)
			if other.Version != topology.Version2010 {
				continue
			}
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s runs %s, and %s runs %s. In the topology, %s. A Lync Server 2010 pool cannot "+
					"have such a relationship with a later pool.",
					p.FQDN, topology.VersionName(p.Version), other.FQDN, topology.VersionName(other.Version),
					strings.Join(phrase.Links(p.FQDN, other.FQDN, links), "; ")),
				Advice:  "Remove the relationship in Topology Builder and publish.",
				Objects: phrase.Names(p, other),
			})
		}
	}
	return found
}

// linkedToSeveral finds pools with links to more than one Front End pool. Among Lync Server 2010 pools this is legal,
// so it checks later ones only.
func linkedToSeveral(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		partners := s.t.LinkedFrontEnds(p)
		if len(partners) < 2 {
			continue
		}
		var links []string
		for _, other := range partners {
			links = append(links, phrase.Links(p.FQDN, other.FQDN, s.t.Links(p, other))...)
		}
		v := Violation{
			Detail: fmt.Sprintf("%s is linked to %d Front End pools, %s: %s.",
				p.FQDN, len(partners), phrase.List(phrase.Names(partners...)), strings.Join(links, "; ")),
			Advice: fmt.Sprintf("Decide which one is the partner of %s. Remove the other relationships, for example "+
				"in Topology Builder.", p.FQDN),
			Objects: append(phrase.Names(partners...), p.FQDN.String()),
		}
		if canEndAllButOne(s.t, p, partners) {
			v.Remedies = []Remedy{{Action: EndOtherPairs, Pool: p.FQDN}}
		}
		found = append(found, v)
	}
	return found
}

// oneWay finds pools that name a backup which does not name them.
func oneWay(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		for _, other := range s.t.LinkedFrontEnds(p) {
			links := s.t.Links(p, other)
			if !other.IsFrontEnd2013() || !links.BackupA || links.BackupB {
				continue
			}
			v := Violation{Objects: phrase.Names(p, other)}
			names := "no backup registrar"
			if others := phrase.BackupRegistrars(s.t, other); len(others) > 0 {
				names = phrase.List(others)
				v.Advice, v.Remedies = orEnd(s.t, p, other, EndLinkUnlessPair)
			} else {
				v.Advice, v.Remedies = completeOrEnd(s.t, p, other)
			}
			v.Detail = fmt.Sprintf("%s names %s as its backup registrar, but %s names %s.", p.FQDN, other.FQDN,
				other.FQDN, names)
			found = append(found, v)
		}
	}
	return found
}

// incomplete finds the missing links of a pair. A single missing Backup violates PP-RECIP instead.
func incomplete(t *topology.Topology, a, b *topology.Pool) []Violation {
	links := t.Links(a, b)
	var missing []string
	if !links.BackupA && !links.BackupB {
		missing = append(missing, "neither names the other as its backup registrar")
	}
	switch {
	case !links.ServiceA && !links.ServiceB:
		missing = append(missing, "neither has a backup service for the other")
	case !links.ServiceA:
		missing = append(missing, fmt.Sprintf("%s has no backup service for %s", a.FQDN, b.FQDN))
	case !links.ServiceB:
		missing = append(missing, fmt.Sprintf("%s has no backup service for %s", b.FQDN, a.FQDN))
	}
	if len(missing) == 0 && links.All() {
		return append(severalBackups(t, a, b), severalBackups(t, b, a)...)
	}
	if len(missing) == 0 {
		return nil
	}
	v := Violation{
		Detail: fmt.Sprintf("In the topology, %s, but %s. A failover may lose the users' data.",
			strings.Join(phrase.Links(a.FQDN, b.FQDN, links), "; "), strings.Join(missing, ", and ")),
		Objects: phrase.Names(a, b),
	}
	v.Advice, v.Remedies = completeOrEnd(t, a, b)
	for _, p := range []*topology.Pool{a, b} {
		if partners := t.LinkedFrontEnds(p); len(partners) > 1 {
			v.Advice = fmt.Sprintf("First decide which of %s is the partner of %s (PP-ONE).",
				phrase.FirstOf(phrase.Names(partners...)), p.FQDN)
			v.Remedies = nil
			if canCompleteAlone(t, a, b) {
				v.Remedies = []Remedy{{Action: CompleteChosenPair, Pool: a.FQDN, Other: b.FQDN}}
			}
		}
	}
	return []Violation{v}
}

// severalBackups finds a pool of a complete pair whose Registrar has more than one Backup.
func severalBackups(t *topology.Topology, p, partner *topology.Pool) []Violation {
	if len(p.Registrar.Backups) < 2 {
		return nil
	}
	return []Violation{{
		Title: "Pool with several backups",
		Detail: fmt.Sprintf("The Registrar of %s has %d Backups. A pool can have only one, which names its partner "+
			"%s.", p.FQDN,
			len(p.Registrar.Backups), partner.FQDN),
		Advice:   "Keep one backup registrar in Topology Builder and publish.",
		Remedies: repair(t, p.Registrar),
		Objects:  phrase.Names(p, partner),
	}}
}

// edgeNextHops finds paired pools that are the only next hop of an Edge pool.
func edgeNextHops(s survey) []Violation {
	behind := map[*topology.Pool][]*topology.Pool{}
	for edge := range s.t.Pools() {
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
			Detail: fmt.Sprintf("%s is the only next hop of the Edge pool %s. The product refuses to fail over such a "+
				"pool.",
				p.FQDN, phrase.List(names)),
			Advice: fmt.Sprintf("No action is needed now. Before %s is failed over, give the Edge pool another next "+
				"hop (Topology Builder, or Set-CsEdgeServer -Registrar).", p.FQDN),
			Objects: append(names, p.FQDN.String()),
		})
	}
	return found
}
