package client

import (
	"context"
	"slices"

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
		return c.importPairOf(t, id.First)
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

// importPairOf returns the pair of one pool: with the partner that its Registrar names, or else with the only pool that
// is linked with it.
func (c *Client) importPairOf(t *topology.Topology, name topology.FQDN) (*ObservedPair, error) {
	p, err := c.lookup(t, name, PairMember)
	if err != nil {
		return nil, err
	}
	linked := t.LinkedFrontEnds(p)
	if backup := t.Association(p).Backup; slices.Contains(linked, backup) {
		linked = []*topology.Pool{backup}
	}
	switch len(linked) {
	case 0:
		return nil, &NotLinkedError{Pool: p.FQDN, Location: c.store.Location()}
	case 1:
		return c.importPair(t, p, linked[0])
	default:
		names := make([]topology.FQDN, 0, len(linked))
		for _, other := range linked {
			names = append(names, other.FQDN)
		}
		return nil, &SeveralLinkedError{Pool: p.FQDN, Linked: names}
	}
}

// importPair returns the pair of a pool with its partner, whose name has to identify it.
func (c *Client) importPair(t *topology.Topology, p, partner *topology.Pool) (*ObservedPair, error) {
	if !partner.HasName {
		return nil, &RuleError{Violations: []resilience.Violation{resilience.NamelessPartner(p, partner)}}
	}
	if _, err := c.lookup(t, partner.FQDN, PairMember); err != nil {
		return nil, err
	}
	if partner.FQDN.Compare(p.FQDN) < 0 {
		p, partner = partner, p
	}
	return describePair(t, p, partner), nil
}
