package client

import (
	"cmp"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Adoption has the existing relationships of a topology, and the reasons why some of them cannot be adopted without a
// change.
type Adoption struct {
	Pairs    []PairCandidate   // of Front End pools, sorted by id
	Branches []BranchCandidate // of appliances, sorted by name

	t        *topology.Topology
	findings []resilience.Violation

	// The indexes of the findings that can prevent the adoption of a pair or of an association, by object.
	ofPairs, ofBranches map[string][]int
}

// PairCandidate is two pools with at least one link: Front End pools, or pools that are none because of their
// Registrar. They are not both of Lync Server 2010.
type PairCandidate struct {
	ObservedPair
	CanImport bool // the names of both pools can be declared and identify them, and both can be in a pair
}

// BranchCandidate is an appliance, also one without a Backup or with a fault.
type BranchCandidate struct {
	ObservedBranch
	CanImport bool // it has exactly one pool, the names can be declared, and its own identifies it
}

// Adoption returns the relationships of the topology.
func (s *Survey) Adoption() *Adoption {
	a := &Adoption{
		t: s.topology, findings: s.Findings, ofPairs: map[string][]int{}, ofBranches: map[string][]int{},
	}
	for i, v := range s.Findings {
		for _, object := range v.Objects {
			if v.Rule.PreventsPairAdoption {
				a.ofPairs[object] = append(a.ofPairs[object], i)
			}
			if v.Rule.PreventsBranchAdoption {
				a.ofBranches[object] = append(a.ofBranches[object], i)
			}
		}
	}
	a.Pairs, a.Branches = pairCandidates(a.t), branchCandidates(a.t)
	return a
}

func pairCandidates(t *topology.Topology) []PairCandidate {
	var found []PairCandidate
	var members []*topology.Pool
	order := map[*topology.Pool]int{}
	for p := range t.Pools() {
		if isIntendedFrontEnd(p) {
			order[p] = len(members)
			members = append(members, p)
		}
	}
	canImport := func(p *topology.Pool) bool {
		return p.IsFrontEnd2013() && t.Identifies(p) && p.FQDN.IsDeclarable()
	}
	for _, a := range members {
		for _, b := range t.Linked(a) {
			_, canBePaired := order[b]
			isFirst := cmp.Or(a.FQDN.Compare(b.FQDN), cmp.Compare(order[a], order[b])) < 0
			if canBePaired && isFirst && (!isFrontEnd2010(a) || !isFrontEnd2010(b)) {
				found = append(found, PairCandidate{*describePair(t, a, b), canImport(a) && canImport(b)})
			}
		}
	}
	slices.SortStableFunc(found, func(x, y PairCandidate) int {
		return cmp.Or(x.ID.First.Compare(y.ID.First), x.ID.Second.Compare(y.ID.Second))
	})
	return found
}

// isIntendedFrontEnd reports whether p is a Front End pool, or is none only because of the Registrars that it has.
func isIntendedFrontEnd(p *topology.Pool) bool {
	fault := p.RegistrarFault()
	return p.Kind == topology.KindFrontEnd || fault != "" && fault != topology.MissingRegistrar
}

func isFrontEnd2010(p *topology.Pool) bool {
	return p.Kind == topology.KindFrontEnd && !p.IsFrontEnd2013()
}

func branchCandidates(t *topology.Topology) []BranchCandidate {
	var found []BranchCandidate
	for _, p := range t.IntendedAppliances() {
		if p.Registrar == nil {
			continue
		}
		branch := describeBranch(t, p)
		found = append(found, BranchCandidate{*branch, p.Kind == topology.KindAppliance && t.Identifies(p) &&
			p.FQDN.IsDeclarable() && branch.backup.IsDeclarable() && branch.isOn(branch.backup)})
	}
	slices.SortStableFunc(found, func(x, y BranchCandidate) int { return x.Appliance.Compare(y.Appliance) })
	return found
}

// PairDifference describes how the topology differs from a desired pair; empty if the pair is adopted without a change.
func (a *Adoption) PairDifference(desired topology.DesiredPair) string {
	return a.t.PairDifference(desired)
}

// BranchDifference describes how the topology differs from a desired association; empty if the association is adopted
// without a change.
func (a *Adoption) BranchDifference(desired topology.DesiredBranch) string {
	return a.t.BranchDifference(desired)
}

// PairReasons returns the findings that keep two pools from being adopted as a pair: those of both pools, and those of
// one of the two alone.
func (a *Adoption) PairReasons(id topology.PairID) []*resilience.Violation {
	first, second := a.ofPairs[id.First.String()], a.ofPairs[id.Second.String()]
	shorter, other := first, id.Second.String()
	if len(second) < len(first) { // a pool can have links with all others
		shorter, other = second, id.First.String()
	}
	var found []int
	for _, i := range shorter {
		if slices.Contains(a.findings[i].Objects, other) {
			found = append(found, i)
		}
	}
	for _, i := range a.ofOne(first, second) {
		if !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return a.at(found)
}

// ofOne returns the findings of some lists that concern a single object.
func (a *Adoption) ofOne(lists ...[]int) []int {
	var found []int
	for _, list := range lists {
		for _, i := range list {
			if len(a.findings[i].Objects) == 1 {
				found = append(found, i)
			}
		}
	}
	return found
}

// BranchReasons returns the findings that keep the association of an appliance from being adopted: those of the
// appliance, or else those of its pool alone.
func (a *Adoption) BranchReasons(b BranchCandidate) []*resilience.Violation {
	found := a.ofBranches[b.Appliance.String()]
	if len(found) == 0 {
		found = a.ofOne(a.ofBranches[b.backup.String()])
	}
	return a.at(found)
}

func (a *Adoption) at(indexes []int) []*resilience.Violation {
	found := make([]*resilience.Violation, 0, len(indexes))
	for _, i := range indexes {
		found = append(found, &a.findings[i])
	}
	return found
}
