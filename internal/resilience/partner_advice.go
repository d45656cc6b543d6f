package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// createCheck is the function [Create]. Checks of the catalogue get it as an argument, because Create uses the
// catalogue.
type createCheck func(*topology.Topology, topology.DesiredPair) []Violation

// pair checks a new pair of two pools with the default settings. It returns the violations, and whether a rule or the
// document refuses the pair.
func (create createCheck) pair(t *topology.Topology, a, b *topology.Pool) (violations []Violation, refused bool) {
	id := pairIDOf(a, b)
	violations = create(t, topology.DesiredPair{Members: [2]topology.FQDN{id.First, id.Second}})
	return violations, isRefused(violations) || !t.Identifies(a) || !t.Identifies(b) || t.CanCreatePair(id) != nil
}

// possiblePartner returns a pool that can be paired with p, nil for none, and the rules of severity unsupported that
// the pair violates. It prefers the pool with the fewest of them, then with the fewest violations, then the first by
// name.
func (create createCheck) possiblePartner(
	t *topology.Topology, p, except *topology.Pool,
) (best *topology.Pool, unsupported []string) {
	fewest := 0
	candidates := t.FrontEnds()
	slices.SortFunc(candidates, func(a, b *topology.Pool) int { return a.FQDN.Compare(b.FQDN) })
	for _, candidate := range candidates {
		if candidate == p || candidate == except || !t.Identifies(candidate) || !candidate.IsFrontEnd2013() ||
			topology.RuleVersion(candidate.Version) != topology.RuleVersion(p.Version) ||
			len(t.LinkedFrontEnds(candidate)) > 0 {
			continue
		}
		violations, refused := create.pair(t, p, candidate)
		rules := rulesOf(violations, Unsupported)
		if refused || (best != nil && (len(rules) > len(unsupported) ||
			len(rules) == len(unsupported) && len(violations) >= fewest)) {
			continue
		}
		best, unsupported, fewest = candidate, rules, len(violations)
		if fewest <= 1 && len(rules) == 0 { // CM-PAIR, which every pair with Central Management has
			break
		}
	}
	return best, unsupported
}

// rulesOf returns the ids of the rules that violations of a severity have, each once.
func rulesOf(violations []Violation, severity Severity) []string {
	var ids []string
	for _, v := range violations {
		if v.Severity == severity && !slices.Contains(ids, v.Rule.ID) {
			ids = append(ids, v.Rule.ID)
		}
	}
	return ids
}

// partnerFor returns how to give a pool a partner: a pair that no rule refuses, under strict support either, or the
// reason why there is none. when completes the sentence "Pair the pool with a pool".
func (create createCheck) partnerFor(
	t *topology.Topology, p, except *topology.Pool, when string,
) (advice string, remedies []Remedy) {
	if linked := t.LinkedFrontEnds(p); len(linked) > 0 {
		return fmt.Sprintf("%[1]s is linked with %[2]s. End that relationship first. Then pair %[1]s with a pool%[3]s.",
			p.FQDN, phrase.List(phrase.Names(linked...)), when), nil
	}
	alone := create(t, topology.DesiredPair{Members: [2]topology.FQDN{p.FQDN}})
	if reasons := rulesOf(alone, Error); len(reasons) > 0 {
		return fmt.Sprintf("No pair can be created with %[1]s at present (%[2]s). First correct these findings of "+
			"the topology. Then pair %[1]s with a pool%[3]s.", p.FQDN, phrase.List(reasons), when), nil
	}
	partner, unsupported := create.possiblePartner(t, p, except)
	switch {
	case partner != nil && len(unsupported) == 0:
		return fmt.Sprintf("Pair %s with a pool%s.", p.FQDN, when),
			[]Remedy{{Action: CreatePair, Pool: p.FQDN, Other: partner.FQDN}}
	case partner != nil:
		return fmt.Sprintf("Every pair of %s with another pool of the topology is refused or not supported at "+
			"present. For example, a pair with %s would violate %s (severity unsupported). Pair the pool when a "+
			"supported partner exists, or decide that such a pair is acceptable.", p.FQDN, partner.FQDN,
			phrase.List(unsupported)), nil
	}
	return fmt.Sprintf("No other pool of the topology can be paired with %[1]s at present. When a free pool of the "+
		"same version with its own database server exists, pair %[1]s with that pool.", p.FQDN), nil
}

// recreation returns the remedy that creates a pair again, so that it gets a standby. It is nil if the document does
// not permit to end the pair, or the new one would be refused or not supported.
func (create createCheck) recreation(t *topology.Topology, a, b *topology.Pool) []Remedy {
	if !isManageable(t, a, b) {
		return nil
	}
	without, err := t.WithoutPair(pairIDOf(a, b))
	if err != nil {
		return nil
	}
	freedA, freedB := without.Cluster(a.ID), without.Cluster(b.ID)
	if len(without.LinkedFrontEnds(freedA))+len(without.LinkedFrontEnds(freedB)) > 0 {
		return nil
	}
	if violations, refused := create.pair(without, freedA, freedB); refused ||
		len(rulesOf(violations, Unsupported)) > 0 {
		return nil
	}
	return []Remedy{{Action: RecreatePair, Pool: a.FQDN, Other: b.FQDN}}
}

// isRefused reports whether violations refuse a change.
func isRefused(violations []Violation) bool {
	return slices.ContainsFunc(violations, func(v Violation) bool { return v.Severity == Error })
}
