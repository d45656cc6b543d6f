package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Filter narrows what is listed. Empty fields narrow nothing.
type Filter struct {
	Site    string   // name of a site, in any letter case
	Version string   // name of a product version, such as "Lync Server 2013"
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

// Pairs lists the pairs that a filter lets through, also half-made ones, by id. A pair is in the sites of its pools.
func (c *Client) Pairs(ctx context.Context, f Filter) ([]Pair, error) {
	if err := c.hasSite(ctx, f.Site); err != nil {
		return nil, err
	}
	t, err := c.Topology(ctx)
	if err != nil {
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
	if err := c.hasSite(ctx, f.Site); err != nil {
		return nil, err
	}
	t, err := c.Topology(ctx)
	if err != nil {
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
	inSite := f.Site == "" || slices.ContainsFunc(sites, func(site string) bool { return strings.EqualFold(site, f.Site) })
	ofVersion := f.Version == "" || slices.Contains(versions, f.Version)
	return inSite && ofVersion && !slices.Contains(f.Exclude, id)
}

// hasSite fails where a name is that of no site: a slip in it would look like a site with nothing to list.
func (c *Client) hasSite(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	t, err := c.Topology(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, site := range sitesOf(t) {
		if strings.EqualFold(site.Name, name) {
			return nil
		}
		known = append(known, site.Name)
	}
	return &UnknownSiteError{Site: name, Location: c.store.Location(), Known: known}
}
