package client

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	adviceAtPlan = "If another resource of this configuration gives the pool up, Terraform has to plan both at the same time: " +
		"plan with the default -parallelism, and let the resource that frees the pool not depend on the one that takes it. " +
		"Otherwise take two steps: apply what frees the pool first (terraform apply -target=...), then the rest. " + adviceOrder + "\n\n" + adviceTwice
	adviceOrder = "create_before_destroy cannot work for a pair, since a pool has one partner at a time. " +
		"Where Terraform has put the old pair aside for it (a deposed object): take the argument out, terraform state rm the resource, and import the pair."
	// A resource that is planned after this one cannot be seen: it may hold the pair and keep it.
	adviceTwice = "If another resource of this configuration holds that pair and keeps it, the pool is in two pairs (PP-ONE): keep one of the two resources. " +
		"For a resource that was renamed, add a moved block."
	// Terraform plans the configuration once more before a destroy, unless it is told not to refresh.
	adviceGiveUp = "To give up the pair %[1]s instead, take its resource out of the configuration and apply, or run terraform destroy -refresh=false " +
		"with that resource as -target. What joins the other two pools stays. A destroy finds nothing of a pair that an import block of this plan brings: " +
		"bring that one into the state first, with terraform import, the address of its resource and \"%[1]s\"."
	adviceAtApply = "Nothing of this pair was written. Where another resource of this run was to give the pool up, it did not in time. " +
		"The next terraform apply finishes what is left. " + adviceOrder
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
	ties := resilience.Ties(doc.Topology(), wanted)
	editor, err := withoutTies(doc, ties)
	if err != nil {
		return nil, err
	}
	found := c.options.Policy.OnChange(resilience.Create(editor.Topology(), wanted))
	isSame := func(tie resilience.Tie) bool { return tie.Same }
	isThere := !again && slices.ContainsFunc(ties, isSame)
	if len(blocking(found)) > 0 && !isThere {
		return found, nil
	}
	if again {
		ties = slices.DeleteFunc(ties, isSame)
	}
	switch open := c.settle(ctx, doc.Topology(), id, ties); {
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
	ties := repairTies(doc.Topology(), id)
	open := c.settle(ctx, doc.Topology(), id, ties)
	for i := range open { // ties of other pairs of the walk may be among them
		if slices.ContainsFunc(open[i].Objects, id.Has) {
			open[i].Advice += "\n\n" + fmt.Sprintf(adviceGiveUp, id)
		}
	}
	if found = append(open, found...); len(blocking(found)) > 0 {
		return found, nil
	}
	editor, err := withoutTies(doc, ties)
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

// repairTies returns what stands in the way of making a pair whole: a member that was paired with a third pool.
func repairTies(t *topology.Topology, id PairID) []resilience.Tie {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || t.Links(a, b).All() {
		return nil
	}
	ties := resilience.Ties(t, resilience.Pair{Members: [2]string{id.First, id.Second}})
	return slices.DeleteFunc(ties, func(tie resilience.Tie) bool { return tie.Same || tie.Links.Count() < 2 })
}

// withoutTies returns an editor of the topology as it would be without the pairs that ties name.
func withoutTies(doc *topology.Document, ties []resilience.Tie) (*topology.Editor, error) {
	editor := topology.NewEditor(doc)
	for _, tie := range ties {
		if _, err := editor.DeletePair(tie.Pool, tie.Other); err != nil {
			return nil, err
		}
	}
	return editor, nil
}

// claim takes pools in the ledger and words a conflict.
func (c *Client) claim(id PairID) []resilience.Violation {
	doubles := c.ledger.Claim(id)
	if len(doubles) == 0 {
		return nil
	}
	rule, _ := resilience.Lookup("PP-ONE")
	v := resilience.Violation{Rule: rule, Severity: resilience.Error}
	for _, double := range doubles {
		v.Objects = append(v.Objects, double.Pool)
		if double.Holder != id {
			v.Detail += fmt.Sprintf("%s would be in two pairs of this configuration: %s and %s. ", double.Pool, describe(double.Holder), describe(id))
		} else if v.Detail == "" {
			v.Detail = fmt.Sprintf("The pair %s is declared by two resources of this configuration. ", describe(id))
		}
	}
	v.Detail += "A Front End pool has exactly one partner, and each pair belongs to one resource."
	v.Advice = "Look at both resources: keep one of them, or give one other pools. For a resource that was renamed, add a moved block."
	return []resilience.Violation{v}
}

// describe names a pair of which one member may not be known yet.
func describe(id PairID) string {
	if id.Second == "" {
		return id.First + " with a pool not known yet"
	}
	return id.String()
}

// settle records the ties of a desired pair in the ledger and returns those of the walk that no resource releases, as
// violations.
func (c *Client) settle(ctx context.Context, t *topology.Topology, id PairID, ties []resilience.Tie) []resilience.Violation {
	existing := make([]PairID, 0, len(ties))
	for _, tie := range ties {
		existing = append(existing, NewPairID(tie.Pool, tie.Other))
	}
	var left []resilience.Tie
	for _, conflict := range c.ledger.Settle(ctx, id, existing) {
		desired := resilience.Pair{Members: [2]string{conflict.Desired.First, conflict.Desired.Second}}
		for _, tie := range resilience.Ties(t, desired) {
			if NewPairID(tie.Pool, tie.Other) == conflict.Existing {
				left = append(left, tie)
			}
		}
	}
	return tieViolations(left, adviceAtPlan)
}

func tieViolations(ties []resilience.Tie, advice string) []resilience.Violation {
	var found []resilience.Violation
	for _, tie := range ties {
		v, more := tie.Violation(), advice
		if tie.Same && advice == adviceAtPlan {
			more = adviceTwice // nobody gives up what is wanted
		}
		v.Advice += "\n\n" + more
		found = append(found, v)
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
