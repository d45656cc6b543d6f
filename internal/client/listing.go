package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Filter selects the objects to list. An empty field selects all.
type Filter struct {
	Site    string   // name of a site, in any letter case
	Version string   // name of a product version, such as "Lync Server 2013", in any letter case
	Exclude []string // canonical ids, as String of a [topology.PairID] or the name of an appliance
}

// UnknownSiteError means that a topology has no site with the name in a [Filter].
type UnknownSiteError struct {
	Site     string
	Location string
	Known    []string // the sites of the topology
}

func (e *UnknownSiteError) Error() string {
	return fmt.Sprintf("the topology in %s has no site %q", e.Location, e.Site)
}

// UnknownVersionError means that a version in a [Filter] is neither a known one nor one of the topology.
type UnknownVersionError struct {
	Version  string
	Location string
	Known    []string // the valid versions
}

func (e *UnknownVersionError) Error() string {
	return fmt.Sprintf("%q is neither a known version nor one of the topology in %s", e.Version, e.Location)
}

// Pairs lists the pairs that a filter selects, complete or incomplete, sorted by id. A pair is in the sites of its
// pools. A pair with a pool that its name does not identify is left out.
func (c *Client) Pairs(ctx context.Context, f Filter) ([]ObservedPair, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.checkFilter(t, f); err != nil {
		return nil, err
	}
	pairs := slices.DeleteFunc(pairsOf(t), func(p ObservedPair) bool {
		a, b := p.Registrars[0], p.Registrars[1]
		if t.IsAmbiguous(p.ID.First) || t.IsAmbiguous(p.ID.Second) {
			return true // the import would be refused
		}
		return !f.passes(p.ID.String(), []string{a.Site, b.Site}, []string{a.Version, b.Version})
	})
	slices.SortFunc(pairs, func(a, b ObservedPair) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return pairs, nil
}

// Branches lists the appliances with a backup registrar that a filter selects, sorted by name. An appliance is in its
// branch site and in the central site that the branch site belongs to. An appliance that its name does not identify is
// left out.
func (c *Client) Branches(ctx context.Context, f Filter) ([]ObservedBranch, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.checkFilter(t, f); err != nil {
		return nil, err
	}
	var branches []ObservedBranch
	for _, p := range t.Appliances() {
		if !t.Identifies(p) || len(p.Registrar.Backups) == 0 {
			continue // the import would be refused
		}
		b := describeBranch(t, p)
		if f.passes(p.FQDN.String(), []string{b.BranchSite, b.CentralSite}, []string{b.Version}) {
			branches = append(branches, *b)
		}
	}
	slices.SortFunc(branches, func(a, b ObservedBranch) int { return a.Appliance.Compare(b.Appliance) })
	return branches, nil
}

func (f Filter) passes(id string, sites, versions []string) bool {
	return isAmong(f.Site, sites) && isAmong(f.Version, versions) && !slices.Contains(f.Exclude, id)
}

// isAmong reports whether a name is one of those given, in any letter case. An empty name is among all.
func isAmong(name string, names []string) bool {
	return name == "" || slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
}

// checkFilter returns an error if the topology has no site or version of the filter: a misspelt one would select
// nothing.
func (c *Client) checkFilter(t *topology.Topology, f Filter) error {
	var sites []string
	for _, site := range sitesOf(t) {
		sites = append(sites, site.Name)
	}
	if !isAmong(f.Site, sites) {
		return &UnknownSiteError{Site: f.Site, Location: c.store.Location(), Known: sites}
	}
	versions := topology.KnownVersions()
	for p := range t.Pools() {
		if p.Registrar != nil {
			versions = append(versions, p.Version)
		}
	}
	slices.Sort(versions)
	var names []string
	for _, version := range slices.Compact(versions) {
		names = append(names, topology.VersionName(version))
	}
	if !isAmong(f.Version, names) {
		return &UnknownVersionError{Version: f.Version, Location: c.store.Location(), Known: names}
	}
	return nil
}
