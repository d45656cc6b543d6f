package client

import (
	"context"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ImportPair finds a pair by "a,b" in any order and spelling, or by one of its pools. Any link between the two makes
// them a pair, because an update completes it.
func (c *Client) ImportPair(ctx context.Context, name string) (*ObservedPair, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	id, err := topology.ParsePairID(name)
	if err != nil {
		return nil, &ImportIDError{ID: name, Purpose: PairMember}
	}
	if id.Second.IsZero() {
		if id, err = c.partnerOf(t, id.First); err != nil {
			return nil, err
		}
	}
	if id.First == id.Second {
		return nil, &RuleError{Violations: resilience.Self(id.First, id.First.String())}
	}
	for _, member := range []topology.FQDN{id.First, id.Second} {
		if _, err := c.lookup(t, member, PairMember); err != nil {
			return nil, err
		}
	}
	pair := readPair(t, id)
	if pair == nil {
		return nil, &NotLinkedError{Pool: id.First, Other: id.Second, Location: c.store.Location()}
	}
	return pair, nil
}

// partnerOf returns the pair of one pool: with the partner that its Registrar names, or else with the only pool that is
// linked with it.
func (c *Client) partnerOf(t *topology.Topology, name topology.FQDN) (topology.PairID, error) {
	p, err := c.lookup(t, name, PairMember)
	if err != nil {
		return topology.PairID{}, err
	}
	var linked []topology.FQDN
	for _, other := range t.Linked(p) {
		if other.Kind != topology.KindFrontEnd {
			continue
		}
		if t.Association(p).Backup == other {
			return topology.NewPairID(p.FQDN, other.FQDN), nil
		}
		linked = append(linked, other.FQDN)
	}
	switch len(linked) {
	case 0:
		return topology.PairID{}, &NotLinkedError{Pool: p.FQDN, Location: c.store.Location()}
	case 1:
		return topology.NewPairID(p.FQDN, linked[0]), nil
	default:
		return topology.PairID{}, &SeveralLinkedError{Pool: p.FQDN, Linked: linked}
	}
}
