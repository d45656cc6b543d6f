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
	if ended := c.ledger.CreateAppliance(desired.Appliance); len(ended) > 0 {
		return resilience.ApplianceOverlap(ended[0], ledger.HeldTwice), nil
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
	return c.planBranch(ctx, doc, desired, found)
}

// BranchRead records that a resource in the state holds the association of an appliance. It returns the violations of
// an overlap with another resource that only the read shows.
func (c *Client) BranchRead(appliance topology.FQDN, adopted bool) []resilience.Violation {
	return resilience.ApplianceOverlap(appliance, c.ledger.NoteApplianceRead(appliance, adopted))
}

// BranchChange is a planned change of an association that stays.
type BranchChange struct {
	Desired topology.DesiredBranch
	Changed resilience.Changed // the settings that differ from before
	Moves   bool               // the plan names another pool than the topology has
	Adopted bool               // the end of the resource keeps the association
}

// PlanBranchUpdate checks a planned change of an association that stays.
func (c *Client) PlanBranchUpdate(ctx context.Context, change BranchChange) ([]resilience.Violation, error) {
	desired := change.Desired
	if conflict := c.claimAppliance(desired.Appliance, false); len(conflict) > 0 {
		return conflict, nil
	}
	if overlap := c.ledger.KeepAppliance(desired.Appliance, change.Adopted); overlap != ledger.NoOverlap {
		return resilience.ApplianceOverlap(desired.Appliance, overlap), nil
	}
	found := resilience.BranchSettings(desired, change.Changed)
	switch {
	case c.store == nil || (!change.Moves && change.Changed == resilience.Changed{}):
		return c.options.Policy.OnChange(found), nil
	case !change.Moves:
		return c.options.Policy.OnChange(found), c.checkPublish(ctx)
	}
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	return c.planBranch(ctx, doc, desired, append(found, resilience.BranchMove(doc.Topology(), desired)...))
}

// planBranch applies the policy to violations and tries the change, so that the plan refuses what the apply would
// refuse.
func (c *Client) planBranch(
	ctx context.Context, doc *topology.Document, desired topology.DesiredBranch, violations []resilience.Violation,
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
	if err := c.checkPublish(ctx); err != nil {
		return nil, err
	}
	return found, refused(doc.CanWriteBranch(desired))
}

// PlanBranchRemoval returns the violations of the end of an association. An adopted one stays in the topology.
func (c *Client) PlanBranchRemoval(
	ctx context.Context, appliance, pool topology.FQDN, adopted bool,
) ([]resilience.Violation, error) {
	if !adopted {
		if overlap := c.ledger.ReleaseAppliance(appliance); overlap != ledger.NoOverlap {
			return resilience.ApplianceOverlap(appliance, overlap), nil
		}
	}
	if c.store == nil {
		return nil, nil
	}
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	if !adopted {
		err = c.checkPublish(ctx)
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
