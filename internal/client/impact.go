package client

import (
	"context"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/impact"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Impact describes the effects of pools that fail at the same time, with the findings about the affected objects.
type Impact struct {
	impact.Result
	Findings []resilience.Violation
}

// NameError is a name that does not identify an object of the requested kind.
type NameError struct {
	Name string // in the spelling of the user
	Err  error  // the reason
}

// NamesError is one or more of them.
type NamesError []NameError

// Error lists the reasons.
func (e NamesError) Error() string {
	var all []string
	for _, name := range e {
		all = append(all, name.Err.Error())
	}
	return strings.Join(all, "; ")
}

// Impact returns the effects if Front End pools fail at the same time. Names may have any spelling and may repeat. A
// NamesError lists those that are not Front End pools.
func (c *Client) Impact(ctx context.Context, names []string, inventory resilience.Inventory) (*Impact, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	var failed []*topology.Pool
	var wrong NamesError
	for _, name := range names {
		p, err := c.namedPool(t, name, FailingPool)
		switch {
		case err != nil:
			wrong = append(wrong, NameError{Name: name, Err: err})
		case !slices.Contains(failed, p):
			failed = append(failed, p)
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	result := &Impact{Result: impact.Of(t, failed, inventory)}
	affected := result.names()
	for _, v := range c.options.Policy.OnRefresh(resilience.Findings(t, inventory)) {
		if slices.ContainsFunc(v.Objects, func(name string) bool { return affected[name] }) {
			result.Findings = append(result.Findings, v)
		}
	}
	return result, nil
}

// names returns the names of all pools and appliances that fail, take over or are affected.
func (i Impact) names() map[string]bool {
	affected := map[string]bool{}
	for _, p := range i.Pools {
		affected[p.FQDN] = true
	}
	for _, p := range i.Takeovers {
		affected[p.FQDN] = true
	}
	for _, a := range i.Appliances {
		affected[a.FQDN] = true
	}
	for _, e := range i.Edges {
		affected[e.FQDN] = true
	}
	return affected
}

// WithoutEffect returns the names for which an inventory has no effect. They are neither Front End pools nor appliances
// whose users count for one.
func (c *Client) WithoutEffect(ctx context.Context, names []string) (NamesError, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	var useless NamesError
	for _, name := range names {
		if _, err := c.namedPool(t, name, InventoryEntry); err != nil {
			useless = append(useless, NameError{Name: name, Err: err})
		}
	}
	return useless, nil
}
