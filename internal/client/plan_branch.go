package client

import (
	"context"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/ledger"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// PlanBranchCreate checks a planned association and claims the appliance. again is set for the second half of a
// replacement that was planned as an update first, so that the appliance is claimed.
func (c *Client) PlanBranchCreate(
	ctx context.Context, desired topology.DesiredBranch, again bool,
) ([]resilience.Violation, error) {
	if conflict := c.claimAppliance(desired.Appliance, again); len(conflict) > 0 {
		return conflict, nil
	}
	if c.store == nil {
		return c.options.Policy.OnChange(resilience.BranchSettings(desired, resilience.AllSettings())), nil
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	found := append(resilience.BranchCreate(doc.Topology(), desired),
		resilience.BranchAdoption(doc.Topology(), desired)...)
	return c.planBranch(doc, desired, found)
}

// PlanBranchUpdate checks a planned change of an association that stays. changed are the settings that differ from
// before. moves is set if the plan names another pool than the topology has.
func (c *Client) PlanBranchUpdate(
	ctx context.Context, desired topology.DesiredBranch, changed resilience.Changed, moves bool,
) ([]resilience.Violation, error) {
	if conflict := c.claimAppliance(desired.Appliance, false); len(conflict) > 0 {
		return conflict, nil
	}
	if c.ledger.KeepAppliance(desired.Appliance) != ledger.NoOverlap {
		return resilience.ApplianceOverlap(desired.Appliance), nil
	}
	found := resilience.BranchSettings(desired, changed)
	switch {
	case c.store == nil || (!moves && changed == resilience.Changed{}):
		return c.options.Policy.OnChange(found), nil
	case !moves:
		return c.options.Policy.OnChange(found), c.checkPublish()
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	return c.planBranch(doc, desired, append(found, resilience.BranchMove(doc.Topology(), desired)...))
}

// planBranch applies the policy to violations and tries the change, so that the plan refuses what the apply would
// refuse.
func (c *Client) planBranch(
	doc *topology.Document, desired topology.DesiredBranch, violations []resilience.Violation,
) ([]resilience.Violation, error) {
	found := slices.DeleteFunc(c.options.Policy.OnChange(violations), func(v resilience.Violation) bool {
		return v.Rule.OncePerWalk && !c.ledger.MentionOnce(v.Rule.ID+strings.Join(v.Objects, " "))
	})
	if len(blocking(found)) > 0 || desired.Appliance.IsZero() || desired.Pool.IsZero() || desired.Settings == nil {
		return found, nil
	}
	if doc.Topology().BranchDifference(desired) == "" {
		return found, nil // an adoption without a change
	}
	if err := c.checkPublish(); err != nil {
		return nil, err
	}
	return found, refused(doc.CanWriteBranch(desired))
}

// PlanBranchRemoval returns the violations of the end of an association. An adopted one stays in the topology.
func (c *Client) PlanBranchRemoval(
	ctx context.Context, appliance, pool topology.FQDN, adopted bool,
) ([]resilience.Violation, error) {
	if !adopted && c.ledger.ReleaseAppliance(appliance) != ledger.NoOverlap {
		return resilience.ApplianceOverlap(appliance), nil
	}
	if c.store == nil {
		return nil, nil
	}
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	if !adopted {
		err = c.checkPublish()
	}
	return c.options.Policy.OnChange(resilience.BranchDestroy(t, appliance, pool, adopted)), err
}

// claimAppliance reserves an appliance in the ledger.
func (c *Client) claimAppliance(name topology.FQDN, again bool) []resilience.Violation {
	if name.IsZero() || again || c.ledger.ClaimAppliance(name) {
		return nil
	}
	return resilience.DoubleApplianceClaim(name)
}
