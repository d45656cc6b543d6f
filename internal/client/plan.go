package client

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/ledger"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// PairRead records that a resource in the state holds the pair. It returns the violations of an overlap with another
// resource that only the read shows.
func (c *Client) PairRead(id topology.PairID) []resilience.Violation {
	return resilience.PairOverlap(id, c.ledger.NoteRead(id))
}

// PlanRemoval releases the pools of a pair and returns the violations of its end.
func (c *Client) PlanRemoval(ctx context.Context, id topology.PairID) ([]resilience.Violation, error) {
	overlap := c.ledger.Release(id)
	if overlap == ledger.HeldTwice {
		return resilience.PairOverlap(id, overlap), nil
	}
	found, err := c.removalWarnings(ctx, id)
	if err != nil {
		return found, err
	}
	renamed, err := c.renamed(ctx, id, overlap)
	return append(found, renamed...), err
}

// renamed returns the warning about a pair that one resource ends and another one creates. There is none if the
// topology does not have the pair any more: then only the creation writes.
func (c *Client) renamed(
	ctx context.Context, id topology.PairID, overlap ledger.Overlap,
) ([]resilience.Violation, error) {
	if overlap != ledger.CreatedAndReleased {
		return nil, nil
	}
	if c.store != nil {
		t, err := c.Topology(ctx)
		if err != nil || readPair(t, id) == nil {
			return nil, err
		}
	}
	return c.options.Policy.OnChange(resilience.PairOverlap(id, overlap)), nil
}

// removalWarnings returns the warnings about the end of a pair that this walk has not returned yet.
func (c *Client) removalWarnings(ctx context.Context, id topology.PairID) ([]resilience.Violation, error) {
	if c.store == nil {
		return nil, nil
	}
	doc, err := c.changeable(ctx)
	if err != nil {
		return nil, err
	}
	// No rule blocks the end of a pair, but the document may not permit it. The plan reports that before the apply.
	if _, err := topology.NewEditor(doc).DeletePair(id); err != nil {
		return nil, refused(err)
	}
	found := c.options.Policy.OnChange(resilience.Destroy(doc.Topology(), id))
	return slices.DeleteFunc(found, func(v resilience.Violation) bool {
		return !c.ledger.MentionOnce("removal " + v.Rule.ID + " " + id.String())
	}), nil
}

// PlanCreate checks a planned pair and claims its pools. Members that are not known yet are zero. A pair that seems to
// be created in place of itself has the warnings about its end too.
func (c *Client) PlanCreate(ctx context.Context, desired topology.DesiredPair) ([]resilience.Violation, error) {
	id := desired.ID()
	creation := c.ledger.Create(id)
	switch {
	case len(creation.Doubles) > 0:
		return resilience.DoubleClaims(id, creation.Doubles), nil
	case creation.Overlap == ledger.HeldTwice:
		return resilience.PairOverlap(id, creation.Overlap), nil
	case len(creation.Ended) > 0:
		return resilience.PairOverlap(creation.Ended[0], ledger.HeldTwice), nil
	}
	found, err := c.checkCreation(ctx, desired, false)
	if err != nil || len(blocking(found)) > 0 {
		return found, err
	}
	renamed, err := c.renamed(ctx, id, creation.Overlap)
	if err != nil {
		return nil, err
	}
	if found = append(found, renamed...); !creation.Recreated {
		return found, nil
	}
	removal, err := c.removalWarnings(ctx, id)
	return append(removal, found...), err
}

// PlanRecreation checks the second half of a replacement that was planned as an update first, so that the pools are
// claimed: the same pair is ended and created.
func (c *Client) PlanRecreation(ctx context.Context, desired topology.DesiredPair) ([]resilience.Violation, error) {
	removal, err := c.removalWarnings(ctx, desired.ID())
	if err != nil {
		return nil, err
	}
	found, err := c.checkCreation(ctx, desired, true)
	return append(removal, found...), err
}

// checkCreation checks a planned pair whose pools are claimed. again is set if the plan ends the same pair first.
func (c *Client) checkCreation(
	ctx context.Context, desired topology.DesiredPair, again bool,
) ([]resilience.Violation, error) {
	id := desired.ID()
	if c.store == nil {
		return c.options.Policy.OnChange(settingsViolations(desired)), nil
	}
	doc, err := c.changeable(ctx)
	if err != nil {
		return nil, err
	}
	conflicts := resilience.Conflicts(doc.Topology(), desired)
	editor, stays := withoutConflicts(doc, conflicts)
	found := c.options.Policy.OnChange(resilience.Create(editor.Topology(), desired))
	isSame := func(conflict resilience.Conflict) bool { return conflict.Same }
	exists := !again && slices.ContainsFunc(conflicts, isSame)
	if len(blocking(found)) > 0 && !exists {
		return found, nil
	}
	if again {
		conflicts = slices.DeleteFunc(conflicts, isSame)
	}
	open := c.settle(ctx, doc.Topology(), id, conflicts, resilience.Conflict.AtPlan)
	switch {
	case len(open) > 0:
		return open, nil // without a creation, its other violations do not matter
	case exists && !c.ledger.IsReleasable(id):
		// No resource is known to release the pair, so there is no creation to warn of. The waiting call refuses it.
		return blocking(found), nil
	case len(blocking(found)) > 0:
		return found, nil
	}
	if stays != nil || id.Second.IsZero() {
		return found, stays
	}
	return found, refused(editor.CreatePair(desired)) // the plan refuses what the apply would refuse
}

// PlanUpdate checks a planned change of a pair that stays. changed are the settings that differ from before. repair is
// set if the plan completes the links of the pair.
func (c *Client) PlanUpdate(
	ctx context.Context, desired topology.DesiredPair, changed map[topology.FQDN]resilience.Changed, repair bool,
) ([]resilience.Violation, error) {
	id := desired.ID()
	doubles, overlap := c.ledger.Keep(id)
	switch {
	case len(doubles) > 0:
		return resilience.DoubleClaims(id, doubles), nil
	case overlap != ledger.NoOverlap:
		return resilience.PairOverlap(id, overlap), nil
	}
	var found []resilience.Violation
	for _, member := range slices.SortedFunc(maps.Keys(changed), topology.FQDN.Compare) {
		if settings, known := desired.Settings[member]; known {
			found = append(found,
				resilience.SettingsChange(topology.KindFrontEnd, member, settings, changed[member])...)
		}
	}
	found = c.options.Policy.OnChange(found)
	switch {
	case c.store == nil || len(blocking(found)) > 0:
		return found, nil
	case !repair && len(changed) == 0:
		return found, nil
	}
	doc, err := c.changeable(ctx)
	switch {
	case err != nil:
		return nil, err
	case !repair && readPair(doc.Topology(), id) == nil:
		return found, nil // it was removed since the read; the apply reports that
	case !repair:
		return found, refused(doc.Topology().CanUpdatePair(id))
	}
	conflicts := repairConflicts(doc.Topology(), id)
	open := c.settle(ctx, doc.Topology(), id, conflicts, func(conflict resilience.Conflict) resilience.Violation {
		return conflict.AtRepair(id)
	})
	if found = append(open, found...); len(blocking(found)) > 0 {
		return found, nil
	}
	editor, err := withoutConflicts(doc, conflicts)
	if err != nil {
		return nil, err
	}
	return found, refused(editor.UpdatePair(desired))
}

// settingsViolations returns the violations of a desired pair that need no document.
func settingsViolations(desired topology.DesiredPair) []resilience.Violation {
	var found []resilience.Violation
	for _, member := range slices.SortedFunc(maps.Keys(desired.Settings), topology.FQDN.Compare) {
		found = append(found,
			resilience.SettingsChange(topology.KindFrontEnd, member, desired.Settings[member],
				resilience.AllSettings())...)
	}
	return found
}

// repairConflicts returns the conflicts that prevent the repair of a pair: a member is paired with a third pool. If the
// pair is complete, they are those of a Registrar that has the Backups of both pairs, of which the repair leaves one. A
// pair with a member that cannot be paired has none, because no other change permits its repair.
func repairConflicts(t *topology.Topology, id topology.PairID) []resilience.Conflict {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || !a.IsFrontEnd2013() || !b.IsFrontEnd2013() {
		return nil
	}
	isComplete := t.Links(a, b).All()
	conflicts := resilience.Conflicts(t, topology.DesiredPair{Members: [2]topology.FQDN{id.First, id.Second}})
	return slices.DeleteFunc(conflicts, func(conflict resilience.Conflict) bool {
		return conflict.Same || conflict.Links.Count() < 2 || isComplete && !conflict.Links.BackupA
	})
}

// withoutConflicts returns an editor of the topology as it would be without the pairs that conflicts name. A pair that
// the document does not permit to remove stays, and the error is the refusal.
func withoutConflicts(doc *topology.Document, conflicts []resilience.Conflict) (*topology.Editor, error) {
	editor := topology.NewEditor(doc)
	var refusals []error
	for _, conflict := range conflicts {
		if err := editor.DeleteLinks(conflict.Ends()); err != nil {
			refusals = append(refusals, refused(err))
		}
	}
	return editor, errors.Join(refusals...)
}

// settle records the conflicts of a desired pair in the ledger. It returns the violations of the conflicts of this walk
// that no resource releases, also of those of other desired pairs.
func (c *Client) settle(
	ctx context.Context, t *topology.Topology, id topology.PairID, conflicts []resilience.Conflict,
	violation func(resilience.Conflict) resilience.Violation,
) []resilience.Violation {
	existing := make([]topology.PairID, 0, len(conflicts))
	for _, conflict := range conflicts {
		existing = append(existing, conflict.Existing())
	}
	var found []resilience.Violation
	for _, open := range c.ledger.Settle(ctx, id, existing) {
		desired := topology.DesiredPair{Members: [2]topology.FQDN{open.Desired.First, open.Desired.Second}}
		for _, conflict := range resilience.Conflicts(t, desired) {
			if conflict.Existing() != open.Existing {
				continue
			}
			v := violation(conflict)
			if open.Desired != id {
				v.Elsewhere = open.Desired
			}
			found = append(found, v)
		}
	}
	return found
}
