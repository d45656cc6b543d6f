package client

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Impact is who is hit when some pools fail at once, with the findings about whatever is concerned.
type Impact struct {
	resilience.Impact
	Findings []resilience.Violation
}

// NameError is a name that stands for nothing that was asked for.
type NameError struct {
	Name string // as it was given
	Err  error  // why, in words
}

// NamesError is one or several of them.
type NamesError []NameError

// Error lists them.
func (e NamesError) Error() string {
	var all []string
	for _, name := range e {
		all = append(all, name.Err.Error())
	}
	return strings.Join(all, "; ")
}

// Impact tells who is hit when Front End pools fail at once. Names may have any spelling, and may be there twice; a
// NamesError has those that are no Front End pool.
func (c *Client) Impact(ctx context.Context, names []string, inventory resilience.Inventory) (*Impact, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	var failed []*topology.Pool
	var wrong NamesError
	for _, name := range names {
		p, err := c.frontEnd(t, name)
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
	impact := &Impact{Impact: resilience.ImpactOf(t, failed, inventory)}
	concerned := impact.names()
	for _, v := range c.options.Policy.OnRefresh(resilience.Findings(t, inventory)) {
		if slices.ContainsFunc(v.Objects, func(name string) bool { return concerned[name] }) {
			impact.Findings = append(impact.Findings, v)
		}
	}
	return impact, nil
}

// frontEnd returns a Front End pool by its name in any spelling.
func (c *Client) frontEnd(t *topology.Topology, name string) (*topology.Pool, error) {
	if p := t.Pool(name); p != nil && p.Kind == topology.KindAppliance {
		return nil, fmt.Errorf("%s is %s; name the pool whose failure it is to survive", p.FQDN, p.Found)
	}
	p, err := c.namedPool(t, name)
	if err == nil && p.Kind != topology.KindFrontEnd {
		return nil, fmt.Errorf("%s is %s, on which no users are homed; name a Front End pool", p.FQDN, p.Found)
	}
	return p, err
}

// names are those of everything that fails, takes over or is hit.
func (i Impact) names() map[string]bool {
	concerned := map[string]bool{}
	for _, p := range i.Pools {
		concerned[p.FQDN] = true
	}
	for _, p := range i.Takeovers {
		concerned[p.FQDN] = true
	}
	for _, a := range i.Appliances {
		concerned[a.FQDN] = true
	}
	for _, e := range i.Edges {
		concerned[e.FQDN] = true
	}
	return concerned
}

// WithoutEffect returns the names under which an inventory tells nothing: those of no Front End pool, and of no appliance
// whose users are counted for one.
func (c *Client) WithoutEffect(ctx context.Context, names []string) (NamesError, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	var useless NamesError
	for _, name := range names {
		var why error
		switch p := t.Pool(name); {
		case p == nil:
			_, why = c.namedPool(t, name)
		case p.Kind == topology.KindFrontEnd || len(resilience.CountedFor(t, p)) > 0:
		case p.Kind == topology.KindAppliance:
			why = fmt.Errorf("neither the user services nor the backup registrar of the appliance %s are on a Front End pool for which its users would count", p.FQDN)
		default:
			why = fmt.Errorf("%s is %s; an inventory is of Front End pools and appliances", p.FQDN, p.Found)
		}
		if why != nil {
			useless = append(useless, NameError{Name: name, Err: why})
		}
	}
	return useless, nil
}
