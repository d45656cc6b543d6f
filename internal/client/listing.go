package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Filter narrows what is listed. Empty fields narrow nothing.
type Filter struct {
	Site    string   // name of a site, in any letter case
	Version string   // name of a product version, such as "Lync Server 2013", in any letter case
	Exclude []string // canonical ids, as String of a [PairID] or the name of an appliance
}

// UnknownSiteError says that a topology has no site of the name that a [Filter] asks for.
type UnknownSiteError struct {
	Site     string
	Location string
	Known    []string
}

// Error lists the sites there are, or the first of many.
func (e *UnknownSiteError) Error() string {
	const shown = 20
	known, more := e.Known, ""
	if len(known) > shown {
		known, more = known[:shown], fmt.Sprintf(", and %d more", len(known)-shown)
	}
	return fmt.Sprintf("the topology in %s has no site %q; its sites are %s%s", e.Location, e.Site, strings.Join(known, ", "), more)
}

// UnknownVersionError says that a [Filter] asks for a version that is none by name and that a topology does not have.
type UnknownVersionError struct {
	Version  string
	Location string
	Known    []string
}

// Error lists the versions that can be asked for.
func (e *UnknownVersionError) Error() string {
	return fmt.Sprintf("there is no version %q, nor does the topology in %s have one; the versions are %s", e.Version, e.Location, strings.Join(e.Known, ", "))
}

// Pairs lists the pairs that a filter lets through, also half-made ones, by id. A pair is in the sites of its pools.
func (c *Client) Pairs(ctx context.Context, f Filter) ([]Pair, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.knows(t, f); err != nil {
		return nil, err
	}
	pairs := slices.DeleteFunc(pairsOf(t), func(p Pair) bool {
		a, b := p.Registrars[0], p.Registrars[1]
		return !f.passes(p.ID.String(), []string{a.Site, b.Site}, []string{a.Version, b.Version})
	})
	slices.SortFunc(pairs, func(a, b Pair) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	return pairs, nil
}

// Branches lists the appliances that a filter lets through and that have a backup registrar, by name: without one there
// is nothing to import. An appliance is in its branch site and in the central site that the branch site belongs to.
func (c *Client) Branches(ctx context.Context, f Filter) ([]Branch, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.knows(t, f); err != nil {
		return nil, err
	}
	var names []string
	for _, p := range t.Appliances() {
		names = append(names, p.FQDN)
	}
	slices.Sort(names)
	var branches []Branch
	for _, name := range slices.Compact(names) { // a name may be there twice
		b := readBranch(t, name)
		if b != nil && f.passes(name, []string{b.BranchSite, b.CentralSite}, []string{b.Version}) {
			branches = append(branches, *b)
		}
	}
	return branches, nil
}

func (f Filter) passes(id string, sites, versions []string) bool {
	return isAmong(f.Site, sites) && isAmong(f.Version, versions) && !slices.Contains(f.Exclude, id)
}

// isAmong says whether a name is one of those given, in any letter case; an empty one is among all.
func isAmong(name string, names []string) bool {
	return name == "" || slices.ContainsFunc(names, func(other string) bool { return strings.EqualFold(other, name) })
}

// knows fails where a filter asks for a site or a version that is none: a slip would look as if there were nothing to list.
func (c *Client) knows(t *topology.Topology, f Filter) error {
	var sites []string
	for _, site := range sitesOf(t) {
		sites = append(sites, site.Name)
	}
	if !isAmong(f.Site, sites) {
		return &UnknownSiteError{Site: f.Site, Location: c.store.Location(), Known: sites}
	}
	versions := topology.KnownVersions()
	for _, p := range t.Pools {
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
