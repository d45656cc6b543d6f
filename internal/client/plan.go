package client

import (
	"context"
	"maps"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// PairRead tells that a resource in the state holds the pair.
func (c *Client) PairRead(id PairID) { c.ledger.NoteRead(id) }

// PlanRemoval gives the pools of a pair up and returns what there is to say about the end of it.
func (c *Client) PlanRemoval(ctx context.Context, id PairID) ([]resilience.Violation, error) {
	c.ledger.Release(id)
	if c.store == nil {
		return nil, nil
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	// No rule blocks the end of a pair; but what cannot be removed is better told now than half-way through an apply.
	if _, err := topology.NewEditor(doc).DeletePair(id.First, id.Second); err != nil {
		return nil, err
	}
	return c.options.Policy.OnChange(resilience.Destroy(doc.Topology(), id.First, id.Second)), nil
}

// PlanCreate checks a planned pair and claims its pools. Members not known yet are empty. With again the second half
// of a replacement is checked, whose claims the first half has made.
func (c *Client) PlanCreate(ctx context.Context, wanted resilience.Pair, again bool) ([]resilience.Violation, error) {
	id := pairIDOf(wanted)
	if !again {
		// A tainted resource has no prior state in the plan, but it is the one that holds the pair.
		tainted := id.Second != "" && c.ledger.IsRecreation(id)
		if conflicts := c.claim(id); len(conflicts) > 0 {
			return conflicts, nil
		}
		if tainted {
			c.ledger.Release(id)
		}
	}
	if c.store == nil {
		return c.options.Policy.OnChange(settingsViolations(wanted)), nil
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	conflicts := resilience.Conflicts(doc.Topology(), wanted)
	editor, err := withoutConflicts(doc, conflicts)
	if err != nil {
		return nil, err
	}
	found := c.options.Policy.OnChange(resilience.Create(editor.Topology(), wanted))
	isSame := func(conflict resilience.Conflict) bool { return conflict.Same }
	isThere := !again && slices.ContainsFunc(conflicts, isSame)
	if len(blocking(found)) > 0 && !isThere {
		return found, nil
	}
	if again {
		conflicts = slices.DeleteFunc(conflicts, isSame)
	}
	switch open := c.settle(ctx, doc.Topology(), id, conflicts); {
	case len(open) > 0:
		return open, nil // what a creation brings with it is no news when there is none
	case isThere && !c.ledger.IsReleasable(id):
		// As far as anybody knows the pair stays, and there is no creation either; another of these calls is about to tell.
		return blocking(found), nil
	case len(blocking(found)) > 0:
		return found, nil
	}
	if id.Second == "" {
		return found, nil
	}
	return found, editor.CreatePair(spec(wanted)) // as the apply will do it: what it would refuse is refused now
}

// PlanUpdate checks a planned change of a pair that stays. changed says which settings differ from before, by
// canonical name of the member; repair says that the plan mends the links of the pair.
func (c *Client) PlanUpdate(ctx context.Context, wanted resilience.Pair, changed map[string]resilience.Changed, repair bool) ([]resilience.Violation, error) {
	id := pairIDOf(wanted)
	if conflicts := c.claim(id); len(conflicts) > 0 {
		return conflicts, nil
	}
	var found []resilience.Violation
	for _, member := range slices.Sorted(maps.Keys(changed)) {
		if settings, known := wanted.Settings[member]; known {
			found = append(found, resilience.SettingsChange(topology.KindFrontEnd, member, settings, changed[member])...)
		}
	}
	found = c.options.Policy.OnChange(found)
	if !repair || c.store == nil || len(blocking(found)) > 0 {
		return found, nil
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	conflicts := repairConflicts(doc.Topology(), id)
	open := c.settle(ctx, doc.Topology(), id, conflicts)
	for i := range open { // conflicts of other pairs of the walk may be among them
		if slices.ContainsFunc(open[i].Objects, id.Has) {
			remedy := resilience.Remedy{Action: resilience.EndThisPair, Pool: id.First, Other: id.Second}
			open[i].Remedies = append(open[i].Remedies, remedy)
		}
	}
	if found = append(open, found...); len(blocking(found)) > 0 {
		return found, nil
	}
	editor, err := withoutConflicts(doc, conflicts)
	if err != nil {
		return nil, err
	}
	return found, editor.UpdatePair(spec(wanted))
}

// everySetting is what a creation changes.
var everySetting = resilience.Changed{AutomaticFailover: true, FailureDetection: true, FailbackDetection: true}

// settingsViolations is what can be said of a wanted pair without a document.
func settingsViolations(wanted resilience.Pair) []resilience.Violation {
	var found []resilience.Violation
	for _, member := range slices.Sorted(maps.Keys(wanted.Settings)) {
		found = append(found, resilience.SettingsChange(topology.KindFrontEnd, member, wanted.Settings[member], everySetting)...)
	}
	return found
}

// repairConflicts returns what stands in the way of making a pair whole: a member that was paired with a third pool.
func repairConflicts(t *topology.Topology, id PairID) []resilience.Conflict {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || t.Links(a, b).All() {
		return nil
	}
	conflicts := resilience.Conflicts(t, resilience.Pair{Members: [2]string{id.First, id.Second}})
	return slices.DeleteFunc(conflicts, func(conflict resilience.Conflict) bool { return conflict.Same || conflict.Links.Count() < 2 })
}

// withoutConflicts returns an editor of the topology as it would be without the pairs that conflicts name.
func withoutConflicts(doc *topology.Document, conflicts []resilience.Conflict) (*topology.Editor, error) {
	editor := topology.NewEditor(doc)
	for _, conflict := range conflicts {
		if _, err := editor.DeletePair(conflict.Pool, conflict.Other); err != nil {
			return nil, err
		}
	}
	return editor, nil
}

// claim reserves the pools of a pair in the ledger.
func (c *Client) claim(id PairID) []resilience.Violation {
	return resilience.DoubleClaims(id, c.ledger.Claim(id))
}

// settle records the conflicts of a desired pair in the ledger and returns those of the walk that no resource releases, as
// violations.
func (c *Client) settle(ctx context.Context, t *topology.Topology, id PairID, conflicts []resilience.Conflict) []resilience.Violation {
	existing := make([]PairID, 0, len(conflicts))
	for _, conflict := range conflicts {
		existing = append(existing, NewPairID(conflict.Pool, conflict.Other))
	}
	var found []resilience.Violation
	for _, open := range c.ledger.Settle(ctx, id, existing) {
		desired := resilience.Pair{Members: [2]string{open.Desired.First, open.Desired.Second}}
		for _, conflict := range resilience.Conflicts(t, desired) {
			if NewPairID(conflict.Pool, conflict.Other) == open.Existing {
				found = append(found, conflict.AtPlan())
			}
		}
	}
	return found
}

// pairIDOf names the wanted pair; the place of a member not known yet is empty.
func pairIDOf(wanted resilience.Pair) PairID {
	id := NewPairID(wanted.Members[0], wanted.Members[1])
	if id.First == "" {
		id.First, id.Second = id.Second, id.First
	}
	return id
}
