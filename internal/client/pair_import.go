package client

import (
	"context"
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
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
		return nil, err
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
		if err := c.canBePaired(t, member); err != nil {
			return nil, err
		}
	}
	pair := readPair(t, id)
	if pair == nil {
		return nil, &NothingToImportError{fmt.Errorf("nothing links %s and %s in %s, so there is no pair to import",
			id.First, id.Second, c.store.Location())}
	}
	return pair, nil
}

func (c *Client) canBePaired(t *topology.Topology, name topology.FQDN) error {
	p := t.Pool(name)
	switch host := t.PoolOfComputer(name); {
	case p == nil && host != nil:
		return fmt.Errorf("%s is a computer of the pool %s; name the pool", name, host.FQDN)
	case p == nil:
		return fmt.Errorf("the topology in %s has no pool %s", c.store.Location(), name)
	case !p.IsFrontEnd2013():
		return fmt.Errorf("%s is %s of %s; a pool pair has two Front End pools of Lync Server 2013 or later",
			p.FQDN, p.Description, topology.VersionName(p.Version))
	default:
		return nil
	}
}

// partnerOf returns the pair of one pool: with the partner that its Registrar names, or else with the only pool that is
// linked with it.
func (c *Client) partnerOf(t *topology.Topology, name topology.FQDN) (topology.PairID, error) {
	if err := c.canBePaired(t, name); err != nil {
		return topology.PairID{}, err
	}
	p := t.Pool(name)
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
		return topology.PairID{},
			fmt.Errorf("%s is linked with no other Front End pool in %s, so there is no pair to import", p.FQDN,
				c.store.Location())
	case 1:
		return topology.NewPairID(p.FQDN, linked[0]), nil
	default:
		return topology.PairID{},
			fmt.Errorf("%s is linked with several pools: %s; name both pools of the pair to import, \"%s,%s\"",
				p.FQDN, phrase.FQDNs(linked), p.FQDN, linked[0])
	}
}
