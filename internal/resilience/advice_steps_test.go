package resilience_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The functions of this file follow a remedy, as a plan and an apply do. They return what refuses a step.

func (a advised) id() topology.PairID { return topology.NewPairID(a.remedy.Pool, a.remedy.Other) }

// checkImport refuses two pools that cannot be put under management as a pair.
func checkImport(t *topology.Topology, id topology.PairID) error {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || !a.IsFrontEnd2013() || !b.IsFrontEnd2013() || !t.PairLinks(a, b).Any() {
		return fmt.Errorf("%s cannot be imported", id)
	}
	return nil
}

func desiredPair(id topology.PairID) topology.DesiredPair {
	return topology.DesiredPair{
		Members: [2]topology.FQDN{id.First, id.Second},
		Settings: map[topology.FQDN]topology.DesiredSettings{
			id.First: defaultSettings, id.Second: defaultSettings,
		},
	}
}

// update imports a pair and completes it.
func update(e *topology.Editor, id topology.PairID) error {
	if err := checkImport(e.Topology(), id); err != nil {
		return err
	}
	return e.UpdatePair(desiredPair(id))
}

// end imports a pair and destroys it.
func end(e *topology.Editor, id topology.PairID) error {
	if err := checkImport(e.Topology(), id); err != nil {
		return err
	}
	_, err := e.DeletePair(id)
	return err
}

// create creates a pair that neither a conflict nor a rule refuses, under strict support either.
func create(e *topology.Editor, id topology.PairID) error {
	desired := desiredPair(id)
	for _, conflict := range resilience.Conflicts(e.Topology(), desired) {
		return errors.New(conflict.Violation().Detail)
	}
	strict, _ := resilience.NewPolicy(true, nil)
	for _, v := range refusalsIn(strict.OnChange(resilience.Create(e.Topology(), desired))) {
		return fmt.Errorf("%s: %s", v.Summary(), v.Detail)
	}
	return e.CreatePair(desired)
}

// adopt imports a complete pair. Drift of its links is repaired; the settings are declared as they are.
func (a advised) adopt() error {
	t := a.doc.Topology()
	if err := checkImport(t, a.id()); err != nil {
		return err
	}
	for _, name := range []topology.FQDN{a.id().First, a.id().Second} {
		if len(t.Pool(name).Registrar.Backups) != 1 {
			return a.complete()
		}
	}
	return nil
}

func (a advised) complete() error { _, err := a.completed(); return err }

func (a advised) completed() (*topology.Document, error) {
	e := topology.NewEditor(a.doc)
	err := update(e, a.id())
	return e.Document(), err
}

func (a advised) end() error { return end(topology.NewEditor(a.doc), a.id()) }

// corrects checks that a document does not have the violation any more.
func (a advised) corrects(doc *topology.Document, err error) error {
	if err != nil {
		return err
	}
	for _, v := range resilience.Findings(doc.Topology(), nil) {
		if v.Rule.ID == a.violation.Rule.ID && v.Detail == a.violation.Detail {
			return errors.New("the finding stays")
		}
	}
	return nil
}

// partners returns the Front End pools to which a pool is linked.
func partners(t *topology.Topology, p *topology.Pool) []*topology.Pool {
	return slices.DeleteFunc(t.Linked(p),
		func(other *topology.Pool) bool { return other.Kind != topology.KindFrontEnd })
}

// endOthers ends all pairs of a pool but one, whichever this is.
func (a advised) endOthers() error {
	p := a.doc.Topology().Pool(a.remedy.Pool)
	linked := partners(a.doc.Topology(), p)
	for _, kept := range linked {
		e := topology.NewEditor(a.doc)
		for _, other := range linked {
			if other == kept {
				continue
			}
			if err := end(e, topology.NewPairID(p.FQDN, other.FQDN)); err != nil {
				return err
			}
		}
	}
	return nil
}

// completeChosen ends the other pairs of two pools, if the document permits that, and completes theirs.
func (a advised) completeChosen() error {
	e := topology.NewEditor(a.doc)
	for _, ends := range [][2]topology.FQDN{{a.id().First, a.id().Second}, {a.id().Second, a.id().First}} {
		t := a.doc.Topology()
		for _, other := range partners(t, t.Pool(ends[0])) {
			if other.FQDN == ends[1] {
				continue
			}
			if _, err := e.DeletePair(topology.NewPairID(ends[0], other.FQDN)); err != nil {
				return nil //nolint:nilerr // another finding has the relationship, and its advice
			}
		}
	}
	return update(e, a.id())
}

// repairSettings writes the settings of a pair, or of the association of an appliance.
func (a advised) repairSettings() error {
	if !a.remedy.Other.IsZero() {
		return a.corrects(a.completed())
	}
	users := a.doc.Topology().Association(a.doc.Topology().Pool(a.remedy.Pool)).Users
	e := topology.NewEditor(a.doc)
	err := e.WriteBranch(topology.DesiredBranch{
		Appliance: a.remedy.Pool, Pool: users.FQDN, Settings: &defaultSettings,
	})
	return a.corrects(e.Document(), err)
}

// recreate ends a pair and creates it again, which corrects the finding.
func (a advised) recreate() error {
	e := topology.NewEditor(a.doc)
	if err := end(e, a.id()); err != nil {
		return err
	}
	return a.corrects(e.Document(), create(e, a.id()))
}

// moveBranch moves an association to the pool that the violation desires.
func (a advised) moveBranch(e *topology.Editor) error {
	for _, v := range refusalsIn(resilience.BranchMove(e.Topology(), a.branch)) {
		return fmt.Errorf("%s: %s", v.Summary(), v.Detail)
	}
	return e.WriteBranch(a.branch)
}

// adoptBranch imports an association and moves it.
func (a advised) adoptBranch() error {
	p := a.doc.Topology().Pool(a.remedy.Pool)
	if p.Kind != topology.KindAppliance || len(p.Registrar.Backups) == 0 {
		return fmt.Errorf("%s cannot be imported", p.FQDN)
	}
	return a.moveBranch(topology.NewEditor(a.doc))
}

// createThenMove creates an association with the pool of the users and moves it.
func (a advised) createThenMove() error {
	e := topology.NewEditor(a.doc)
	if err := a.createFirst(e); err != nil {
		return err
	}
	return a.moveBranch(e)
}

// createBranch creates the association of an appliance with the pool of its users.
func (a advised) createBranch() error { return a.createFirst(topology.NewEditor(a.doc)) }

func (a advised) createFirst(e *topology.Editor) error {
	first := topology.DesiredBranch{Appliance: a.remedy.Pool, Pool: a.remedy.Other, Settings: &defaultSettings}
	for _, v := range refusalsIn(resilience.BranchCreate(e.Topology(), first)) {
		return fmt.Errorf("%s: %s", v.Summary(), v.Detail)
	}
	return e.WriteBranch(first)
}

// keepSettings declares the settings that an association has, so that its adoption changes nothing.
func (a advised) keepSettings() error {
	t := a.doc.Topology()
	existing := t.Association(t.Pool(a.remedy.Pool)).Backups[0].Settings
	failure, _ := existing.FailureDetection.Length()
	failback, _ := existing.FailbackDetection.Length()
	desired := a.branch
	desired.Settings = &topology.DesiredSettings{
		AutomaticFailover: existing.AutomaticFailover, FailureDetection: failure, FailbackDetection: failback,
	}
	for _, v := range refusalsIn(resilience.BranchCreate(t, desired)) {
		return fmt.Errorf("%s: %s", v.Summary(), v.Detail)
	}
	if len(resilience.BranchAdoption(t, desired)) > 0 {
		return errors.New("the adoption changes settings")
	}
	return nil
}
