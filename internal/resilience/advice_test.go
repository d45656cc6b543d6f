package resilience_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// unchecked has the remedies that no document can check: what to declare, in which order and where, and what to do
// after a step with the tools of the product.
var unchecked = []resilience.Action{
	resilience.AdoptFirstPair, resilience.DeclareAsPair, resilience.DeclareAsBranch, resilience.ForgetBranch,
	resilience.KeepBranch, resilience.ReleaseTogether, resilience.ResolveDuplicate, resilience.UseHolder,
	resilience.KeepOneDeclaration, resilience.HoldOnce, resilience.MoveDeclaration, resilience.ApplyAgain,
	resilience.PlanAgain, resilience.PlanReplacementAgain,
}

// followed are the remedies that the documents had, by the names of their steps.
type followed map[string]int

// No rule and no document refuses what a finding, a warning or a refusal advises.
func TestAdviceCanBeFollowed(t *testing.T) {
	t.Parallel()
	counts := followed{}
	check := func(t *testing.T, seed uint64, doc *topology.Document) {
		for _, a := range adviceOn(doc) {
			for _, r := range a.violation.Remedies {
				a.remedy = r
				name, follow := stepOf(r.Action)
				if follow == nil {
					if !slices.Contains(unchecked, r.Action) {
						t.Fatalf("action %d is neither followed nor unchecked", r.Action)
					}
					continue
				}
				counts[name]++
				if err := follow(a); err != nil {
					t.Errorf("seed %d: %s: %s\n%s of %s and %s: %v", seed, a.violation.Summary(), a.violation.Detail,
						name, r.Pool, r.Other, err)
				}
			}
		}
	}
	randomDocuments(t, 40, check)
	for i, build := range documentsWithAdvice {
		d := testkit.NewDraft()
		build(d)
		doc, err := topology.Parse(d.Document())
		if err != nil {
			t.Fatal(err)
		}
		check(t, uint64(i), doc)
	}
	assertCounted(t, counts, "adopt", "complete", "complete or end", "complete the chosen pair", "repair",
		"repair settings", "release", "end", "end unless a pair", "end others", "end this pair", "create", "recreate",
		"adopt an appliance", "create and move an appliance", "keep settings")
}

// documentsWithAdvice are documents that are rare among random ones.
var documentsWithAdvice = []func(d *testkit.Draft){
	func(d *testkit.Draft) { // Central Management came into a pair
		a := d.Standard("a", 1, topology.Version2013)
		testkit.WritePair(a, d.Standard("b", 2, topology.Version2013))
		a.AddCentral(true)
	},
	func(d *testkit.Draft) { // the same, with an inactive one on a third pool
		a := d.Standard("a", 1, topology.Version2013)
		testkit.WritePair(a, d.Standard("b", 2, topology.Version2013))
		a.AddCentral(true)
		d.Standard("c", 2, topology.Version2013).AddCentral(false)
	},
	func(d *testkit.Draft) { // no pool for Central Management, because of an inactive one on a third pool
		d.Standard("a", 1, topology.Version2013).AddCentral(true)
		d.Standard("b", 2, topology.Version2013)
		d.Standard("c", 2, topology.Version2013).AddCentral(false)
	},
	func(d *testkit.Draft) { // an interval of a complete pair is missing
		a, b := d.Standard("a", 1, topology.Version2013), d.Standard("b", 2, topology.Version2013)
		testkit.WritePair(a, b)
		a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(b.Registrar.ID(), true, "5m", "")}
	},
}

// advised is a violation of a document, with one of its remedies. doc is the document on which the remedy is followed.
type advised struct {
	doc       *topology.Document
	violation resilience.Violation
	remedy    resilience.Remedy
	branch    topology.DesiredBranch // of a violation by an association
}

// adviceOn returns the findings of a document, and the violations of creations, removals and repairs of pairs and of
// creations of associations.
func adviceOn(doc *topology.Document) []advised {
	model := doc.Topology()
	all := onDocument(doc, resilience.Findings(model, nil))
	pools := model.FrontEnds()
	for i, p := range pools {
		for _, q := range pools[i+1:] {
			all = append(all, adviceOnPair(doc, topology.NewPairID(p.FQDN, q.FQDN))...)
		}
	}
	for _, a := range model.IntendedAppliances() {
		for _, p := range pools {
			desired := topology.DesiredBranch{Appliance: a.FQDN, Pool: p.FQDN, Settings: &otherSettings}
			found := slices.Concat(resilience.BranchCreate(model, desired), resilience.BranchMove(model, desired))
			if len(refusalsIn(resilience.BranchCreate(model, desired))) == 0 { // otherwise nothing is adopted
				found = append(found, resilience.BranchAdoption(model, desired)...)
			}
			for _, v := range found {
				all = append(all, advised{doc: doc, violation: v, branch: desired})
			}
		}
	}
	return all
}

func adviceOnPair(doc *topology.Document, id topology.PairID) []advised {
	desired := topology.DesiredPair{Members: [2]topology.FQDN{id.First, id.Second}}
	conflicts := resilience.Conflicts(doc.Topology(), desired)
	var all []advised
	editor := topology.NewEditor(doc)
	isFree := true
	for _, conflict := range conflicts {
		all = append(all, onDocument(doc, []resilience.Violation{conflict.AtPlan(), conflict.AtApply()})...)
		if slices.ContainsFunc(conflicts, func(c resilience.Conflict) bool { return c.Same }) && !conflict.Same {
			all = append(all, onDocument(doc, []resilience.Violation{conflict.AtRepair(id)})...)
		}
		_, err := editor.DeletePair(conflict.Existing())
		isFree = isFree && err == nil
	}
	if isFree {
		all = append(all, onDocument(editor.Document(), resilience.Create(editor.Topology(), desired))...)
	}
	// The warnings of a removal say what to do when the pair has ended.
	ended := topology.NewEditor(doc)
	if _, err := ended.DeletePair(id); err == nil {
		all = append(all, onDocument(ended.Document(), resilience.Destroy(doc.Topology(), id))...)
	}
	return all
}

func onDocument(doc *topology.Document, violations []resilience.Violation) []advised {
	all := make([]advised, 0, len(violations))
	for _, v := range violations {
		all = append(all, advised{doc: doc, violation: v})
	}
	return all
}

// otherSettings are settings that no document of the tests has.
var otherSettings = topology.DesiredSettings{
	AutomaticFailover: true, FailureDetection: 7 * time.Minute, FailbackDetection: 17 * time.Minute,
}

// stepOf returns the steps of a remedy and their name, nil for a remedy that is not checked.
func stepOf(action resilience.Action) (name string, follow func(advised) error) {
	switch action {
	case resilience.AdoptPair:
		return "adopt", advised.adopt
	case resilience.AdoptIncompletePair, resilience.CompletePair:
		return "complete", advised.complete
	case resilience.CompleteOrEndPair:
		return "complete or end", func(a advised) error { return errors.Join(a.complete(), a.end()) }
	case resilience.CompleteChosenPair:
		return "complete the chosen pair", advised.completeChosen
	case resilience.RepairPair:
		return "repair", func(a advised) error { return a.corrects(a.completed()) }
	case resilience.RepairSettings:
		return "repair settings", advised.repairSettings
	case resilience.ReleasePair:
		return "release", advised.end
	case resilience.EndLink:
		return "end", advised.end
	case resilience.EndLinkUnlessPair:
		return "end unless a pair", advised.end
	case resilience.EndThisPair:
		return "end this pair", advised.end
	case resilience.EndOtherPairs:
		return "end others", advised.endOthers
	case resilience.CreatePair:
		return "create", func(a advised) error { return create(topology.NewEditor(a.doc), a.id()) }
	case resilience.RecreatePair:
		return "recreate", advised.recreate
	case resilience.AdoptBranch:
		return "adopt an appliance", advised.adoptBranch
	case resilience.CreateBranch:
		return "create an appliance's association", advised.createBranch
	case resilience.CreateBranchThenMove:
		return "create and move an appliance", advised.createThenMove
	case resilience.KeepSettings:
		return "keep settings", advised.keepSettings
	default:
		return "", nil
	}
}
