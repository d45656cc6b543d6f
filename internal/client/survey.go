package client

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/diagram"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Survey is a topology as the data sources show it. All lists are sorted. Of the clusters of one name, the lists have
// the first (see [topology.Topology.Named]), and no cluster without a name.
type Survey struct {
	Signature string
	Sites     []Site
	Pools     []Pool
	Branches  []ObservedBranch // every appliance, also without a Backup
	Pairs     []ObservedPair
	Findings  []resilience.Violation
	Diagram   string // Mermaid

	topology *topology.Topology
}

// Site is a central site or a branch site.
type Site struct {
	ID     string
	Name   string
	Kind   string
	Parent string // name of the central site of a branch site; empty if the document does not name it
}

// Pool is a Front End pool, a Director, an Edge pool or a Persistent Chat pool. Empty strings are for values that the
// topology does not have.
type Pool struct {
	FQDN           string
	Site           string
	Kind           string
	Edition        string
	Version        string // empty for a pool without a Registrar
	ServiceVersion int
	FrontEnds      int // computers of a Front End pool
	SQLServer      string

	CentralManagement string
	BackupRegistrar   string
	BackupService     string
	Pair              string // id
	BranchAppliances  []string
}

// IsFrontEnd reports whether users are homed on the pool.
func (p Pool) IsFrontEnd() bool { return p.Kind == string(topology.KindFrontEnd) }

// SurveyOptions are the inputs of a survey apart from the topology.
type SurveyOptions struct {
	Inventory      resilience.Inventory // feeds the findings; nil for none
	DrawAppliances bool                 // in the diagram, instead of counting them
}

// Survey returns the whole topology.
func (c *Client) Survey(ctx context.Context, options SurveyOptions) (*Survey, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	s := &Survey{
		topology:  t,
		Signature: t.Signature,
		Sites:     sitesOf(t),
		Pairs:     pairsOf(t),
		Findings:  c.options.Policy.OnRefresh(resilience.Findings(t, options.Inventory)),
		Diagram:   diagram.Mermaid(t, diagram.Options{DrawAppliances: options.DrawAppliances}),
	}
	for p := range t.Pools() {
		if isPool(p) && t.IsFirstOfName(p) {
			s.Pools = append(s.Pools, describePool(t, p))
		}
	}
	for _, p := range t.Appliances() {
		if !t.IsFirstOfName(p) {
			continue
		}
		s.Branches = append(s.Branches, *describeBranch(t, p))
	}
	slices.SortFunc(s.Pools, func(a, b Pool) int { return cmp.Compare(a.FQDN, b.FQDN) })
	slices.SortFunc(s.Branches, func(a, b ObservedBranch) int { return a.Appliance.Compare(b.Appliance) })
	return s, nil
}

// Pool returns one pool by its name in any spelling.
func (c *Client) Pool(ctx context.Context, name string) (*Pool, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	p, err := c.namedPool(t, name, AnyPool)
	if err != nil {
		return nil, err
	}
	described := describePool(t, p)
	return &described, nil
}

// PairOf returns the pair of a pool, complete or incomplete.
func (c *Client) PairOf(ctx context.Context, name string) (*ObservedPair, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	p, err := c.namedPool(t, name, AnyPool)
	if err != nil {
		return nil, err
	}
	if pair := pairOf(t, p); pair != nil {
		return pair, nil
	}
	if other := namelessPartner(t, p); other != nil {
		return nil, &RuleError{Violations: []resilience.Violation{resilience.NamelessPartner(p, other)}}
	}
	return nil, &NoPairError{
		Pool: p.FQDN, BackupRegistrars: phrase.BackupRegistrars(t, p), Location: c.store.Location(),
	}
}

// isPool reports whether a cluster is listed with the pools. Appliances have a list of their own, and hosts such as
// gateways and SQL Servers have none.
func isPool(p *topology.Pool) bool {
	return p.Kind != topology.KindAppliance && p.Kind != topology.KindOther
}

func describePool(t *topology.Topology, p *topology.Pool) Pool {
	described := Pool{
		FQDN: p.FQDN.String(), Kind: string(p.Kind), Edition: string(p.Edition), ServiceVersion: p.Version,
		SQLServer:         p.SQLServer.String(),
		CentralManagement: string(p.Central),
		BackupRegistrar:   strings.Join(t.BackupRegistrars(p), ", "),
		BackupService:     strings.Join(t.BackupServicePartners(p), ", "),
	}
	if p.Site != nil {
		described.Site = p.Site.Name
	}
	if p.Registrar != nil {
		described.Version = topology.VersionName(p.Version)
	}
	if p.Kind != topology.KindFrontEnd {
		return described
	}
	described.FrontEnds = len(p.Machines)
	if pair := pairOf(t, p); pair != nil {
		described.Pair = pair.ID.String()
	}
	for _, other := range t.Linked(p) {
		if other.Kind == topology.KindAppliance && other.HasName {
			described.BranchAppliances = append(described.BranchAppliances, other.FQDN.String())
		}
	}
	slices.Sort(described.BranchAppliances)
	described.BranchAppliances = slices.Compact(described.BranchAppliances) // a name may occur twice
	return described
}

func sitesOf(t *topology.Topology) []Site {
	var sites []Site
	for _, s := range t.Sites {
		if s.Kind == topology.SiteLegacy {
			continue // servers older than Lync Server 2010, which this provider does not support
		}
		site := Site{ID: s.ID, Name: s.Name, Kind: string(s.Kind)}
		if s.Parent != nil {
			site.Parent = s.Parent.Name
		}
		sites = append(sites, site)
	}
	slices.SortFunc(sites, func(a, b Site) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) // as numbers
	})
	return sites
}

// pairsOf returns the pairs of pools of Lync Server 2013 and later. Earlier pools are in no pair.
func pairsOf(t *topology.Topology) []ObservedPair {
	var pairs []ObservedPair
	for _, p := range t.Pairs() {
		if p.First.IsFrontEnd2013() && p.Second.IsFrontEnd2013() && t.IsFirstOfName(p.First) &&
			t.IsFirstOfName(p.Second) {
			pairs = append(pairs, *describePair(t, p.First, p.Second))
		}
	}
	return pairs
}

// pairOf returns the pair of a pool. Several pairs are a fault of the document: then it returns the pair with the pool
// that the Registrar names, or the first.
func pairOf(t *topology.Topology, p *topology.Pool) *ObservedPair {
	var found []ObservedPair
	for _, other := range t.Linked(p) {
		if p.IsFrontEnd2013() && other.IsFrontEnd2013() && other.HasName && other.FQDN != p.FQDN &&
			t.Links(p, other).Paired() {
			a, b := p, other
			if b.FQDN.Compare(a.FQDN) < 0 {
				a, b = b, a
			}
			found = append(found, *describePair(t, a, b))
		}
	}
	slices.SortFunc(found, func(a, b ObservedPair) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	names := t.BackupRegistrars(p)
	if i := slices.IndexFunc(found,
		func(pair ObservedPair) bool { return slices.Contains(names, pair.ID.Other(p.FQDN).String()) }); i > 0 {
		return &found[i]
	}
	if len(found) == 0 {
		return nil
	}
	return &found[0]
}
