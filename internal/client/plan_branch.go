package client

import (
	"context"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// PlanBranchCreate checks a declared association of an appliance and claims the appliance. With again the second half of
// a replacement is checked, whose claim the first half has made.
func (c *Client) PlanBranchCreate(ctx context.Context, wanted resilience.Branch, again bool) ([]resilience.Violation, error) {
	if conflict := c.claimAppliance(wanted.Appliance, again); len(conflict) > 0 {
		return conflict, nil
	}
	if c.store == nil {
		return c.options.Policy.OnChange(resilience.BranchSettings(wanted, everySetting)), nil
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	found := append(resilience.BranchCreate(doc.Topology(), wanted), resilience.BranchTakeover(doc.Topology(), wanted)...)
	return c.planBranch(doc, wanted, found)
}

// PlanBranchUpdate checks a planned change of an association that stays. changed says which settings differ from before;
// moves says that the plan points the appliance at another pool than the topology has.
func (c *Client) PlanBranchUpdate(ctx context.Context, wanted resilience.Branch, changed resilience.Changed, moves bool) ([]resilience.Violation, error) {
	if conflict := c.claimAppliance(wanted.Appliance, false); len(conflict) > 0 {
		return conflict, nil
	}
	found := resilience.BranchSettings(wanted, changed)
	if c.store == nil || !moves {
		return c.options.Policy.OnChange(found), nil
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	return c.planBranch(doc, wanted, append(found, resilience.BranchMove(doc.Topology(), wanted)...))
}

// planBranch returns what counts of the violations, and tries the change, as the apply will make it: what it would refuse
// is refused now.
func (c *Client) planBranch(doc *topology.Document, wanted resilience.Branch, violations []resilience.Violation) ([]resilience.Violation, error) {
	found := slices.DeleteFunc(c.options.Policy.OnChange(violations), func(v resilience.Violation) bool {
		// Each appliance of a branch site has the same to say about the site.
		return v.Rule.ID == "BR-TWO" && !c.ledger.MentionOnce(v.Rule.ID+strings.Join(v.Objects, " "))
	})
	if len(blocking(found)) > 0 || wanted.Appliance == "" || wanted.Pool == "" || wanted.Settings == nil {
		return found, nil
	}
	return found, doc.CanWriteBranch(branchSpec(wanted))
}

// PlanBranchRemoval returns what there is to say about the end of an association.
func (c *Client) PlanBranchRemoval(ctx context.Context, appliance, pool string, adopted bool) ([]resilience.Violation, error) {
	if c.store == nil {
		return nil, nil
	}
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	return c.options.Policy.OnChange(resilience.BranchDestroy(t, appliance, pool, adopted)), nil
}

// claimAppliance takes an appliance in the ledger and words a conflict.
func (c *Client) claimAppliance(name string, again bool) []resilience.Violation {
	name = topology.CanonicalFQDN(name)
	if name == "" || again || c.ledger.ClaimAppliance(name) {
		return nil
	}
	return resilience.DoubleApplianceClaim(name)
}
