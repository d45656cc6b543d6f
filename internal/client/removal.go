package client

import (
	"context"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Removal is what the end of a relationship needs besides its identity.
type Removal[S any] struct {
	Enable    bool // an earlier publish of the relationship is not in effect yet
	Warn      bool // the plan has not shown the warnings about the end
	Successor *S   // the relationship that the removal makes room for; nil for none, and if it is not known
}

// PairSuccessor is the pair that the removal of another pair makes room for, as planned.
type PairSuccessor struct {
	Desired topology.DesiredPair `json:"desired"`

	// Released are the pairs of its members that the plan found in the topology. It passed because resources of the
	// same plan end them.
	Released []topology.PairID `json:"released"`
}

// PlanSuccessor returns a planned pair as the successor of a removed one, nil if a member of it or the location of the
// document is not known.
func (c *Client) PlanSuccessor(ctx context.Context, desired topology.DesiredPair) (*PairSuccessor, error) {
	if c.store == nil || desired.ID().Second.IsZero() {
		return nil, nil
	}
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	successor := &PairSuccessor{Desired: desired}
	for _, conflict := range resilience.Conflicts(t, desired) {
		successor.Released = append(successor.Released, conflict.Existing())
	}
	return successor, nil
}

// checkSuccessor returns the refusal of the successor of a pair on a document as it would be without the pair, and
// without those that the plan ends too. Terraform removes first and creates afterwards: without this check, a creation
// that is refused would cost the pair.
func (c *Client) checkSuccessor(doc *topology.Document, removed topology.PairID, successor PairSuccessor) error {
	editor := topology.NewEditor(doc)
	for _, id := range append([]topology.PairID{removed}, successor.Released...) {
		if _, err := editor.DeletePair(id); err != nil {
			return refused(err)
		}
	}
	desired := successor.Desired
	var found []resilience.Violation
	remaining := resilience.Conflicts(editor.Topology(), desired)
	for _, conflict := range resilience.Conflicts(doc.Topology(), desired) {
		remains := func(other resilience.Conflict) bool { return other.Existing() == conflict.Existing() }
		if slices.ContainsFunc(remaining, remains) {
			// The advice applies to the document with the removed pair, because the pair stays.
			found = append(found, conflict.Violation())
		}
	}
	if len(found) == 0 {
		found = blocking(c.options.Policy.OnChange(resilience.Create(editor.Topology(), desired)))
	}
	if len(found) == 0 && settingsKnown(desired) == nil {
		return asSuccessor(refused(editor.CreatePair(desired)))
	}
	if len(found) == 0 {
		return nil
	}
	return asSuccessor(&RuleError{Violations: found})
}

// checkBranchSuccessor is checkSuccessor for the association of an appliance.
func (c *Client) checkBranchSuccessor(
	doc *topology.Document, appliance, pool topology.FQDN, adopted bool, successor topology.DesiredBranch,
) error {
	editor := topology.NewEditor(doc)
	if existing := readBranch(doc.Topology(), appliance); !adopted && existing != nil && existing.backup == pool {
		if err := editor.DeleteBranch(appliance, pool); err != nil {
			return refused(err)
		}
	}
	refusalsOn := func(t *topology.Topology) []resilience.Violation {
		return blocking(c.options.Policy.OnChange(resilience.BranchCreate(t, successor)))
	}
	found := refusalsOn(editor.Topology())
	if len(found) > 0 && successor.Appliance == appliance {
		// The association stays, and so does the resource that holds it. Advice on a creation does not apply to it.
		if asItIs := refusalsOn(doc.Topology()); len(asItIs) > 0 {
			found = asItIs
		}
		for i := range found {
			found[i].Remedies = nil
		}
	}
	if len(found) > 0 {
		return asSuccessor(&RuleError{Violations: found})
	}
	if successor.Settings == nil {
		return nil
	}
	return asSuccessor(refused(editor.Document().CanWriteBranch(successor)))
}

// asSuccessor marks the violations of a refused successor.
func asSuccessor(err error) error {
	rules, ok := err.(*RuleError) //nolint:errorlint // refused returns it unwrapped
	if !ok {
		return err
	}
	for i := range rules.Violations {
		v := &rules.Violations[i]
		v.Remedies = append(v.Remedies, resilience.Remedy{Action: resilience.PlanReplacementAgain})
	}
	return rules
}
