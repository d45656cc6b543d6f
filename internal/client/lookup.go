package client

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Purpose is what the name of a pool or an appliance is given for.
type Purpose int

// The purposes.
const (
	AnyPool         Purpose = iota // a pool of any kind
	FailingPool                    // a Front End pool that fails
	PairMember                     // a pool that can be in a pair
	BranchAppliance                // an appliance
	InventoryEntry                 // a pool or an appliance for which an inventory has an effect
)

// suits reports whether a pool or a host suits the purpose.
func (p Purpose) suits(t *topology.Topology, found *topology.Pool) bool {
	switch p {
	case FailingPool:
		return found.Kind == topology.KindFrontEnd
	case PairMember:
		return found.IsFrontEnd2013()
	case BranchAppliance:
		return found.Kind == topology.KindAppliance
	case InventoryEntry:
		return found.Kind == topology.KindFrontEnd || len(resilience.CountedFor(t, found)) > 0
	case AnyPool:
	}
	return isPool(found)
}

// PoolError means that a name does not identify a pool or an appliance that suits a purpose.
type PoolError struct {
	Purpose  Purpose
	Name     topology.FQDN
	Several  []*topology.Pool // all have the name, so that it identifies none of them; nil if it is not ambiguous
	Found    *topology.Pool   // has the name and does not suit the purpose; nil for none
	Owner    *topology.Pool   // has a computer of that name; nil for none
	Location string
}

func (e *PoolError) Error() string {
	switch {
	case len(e.Several) > 0:
		return fmt.Sprintf("%d clusters have the name %s", len(e.Several), e.Name)
	case e.Found != nil:
		return fmt.Sprintf("%s is %s", e.Name, e.Found.Description)
	case e.Owner != nil:
		return fmt.Sprintf("%s is a computer of %s", e.Name, e.Owner.FQDN)
	default:
		return fmt.Sprintf("the topology in %s has no pool %s", e.Location, e.Name)
	}
}

// namedPool returns the pool or the appliance that a user names, in any spelling. See lookup.
func (c *Client) namedPool(t *topology.Topology, name string, purpose Purpose) (*topology.Pool, error) {
	fqdn, err := topology.ParseFQDN(name)
	if err != nil {
		return nil, err
	}
	return c.lookup(t, fqdn, purpose)
}

// lookup returns the pool or the appliance of a name. A *PoolError means that the topology has none that suits the
// purpose.
func (c *Client) lookup(t *topology.Topology, name topology.FQDN, purpose Purpose) (*topology.Pool, error) {
	if t.IsAmbiguous(name) {
		return nil, &PoolError{Purpose: purpose, Name: name, Several: t.Named(name), Location: c.store.Location()}
	}
	found := t.Pool(name)
	if found != nil && purpose.suits(t, found) {
		return found, nil
	}
	return nil, &PoolError{
		Purpose: purpose, Name: name, Found: found, Owner: t.PoolOfComputer(name), Location: c.store.Location(),
	}
}

// namelessPartner returns a Front End pool without a name that is in a pair with a pool, nil for none.
func namelessPartner(t *topology.Topology, p *topology.Pool) *topology.Pool {
	for _, other := range t.LinkedFrontEnds(p) {
		if !other.HasName && t.Links(p, other).Paired() {
			return other
		}
	}
	return nil
}

// checkPairNames returns the refusal of a pair of the state whose names do not identify its pools, nil for none. A pool
// may have lost its name: then the pair may exist, with a cluster that has none.
func checkPairNames(t *topology.Topology, id topology.PairID) error {
	if err := checkNames(t, resilience.SettingPools, id.First, id.Second); err != nil {
		return err
	}
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a != nil && b != nil {
		return nil
	}
	for _, p := range t.FrontEnds() {
		if p != a && p != b && (a != nil || b != nil || p.HasName) {
			continue // the other member of the pair is neither known nor without a name
		}
		if other := namelessPartner(t, p); other != nil {
			return &RuleError{Violations: []resilience.Violation{resilience.NamelessPartner(p, other)}}
		}
	}
	return nil
}

// checkNames returns the refusal of the first of some names that is ambiguous, nil for none. The names are those of a
// setting.
func checkNames(t *topology.Topology, setting resilience.Setting, names ...topology.FQDN) error {
	for _, name := range names {
		if t.IsAmbiguous(name) {
			v := resilience.AmbiguousName(t, name)
			v.Setting = setting
			return &RuleError{Violations: []resilience.Violation{v}}
		}
	}
	return nil
}
