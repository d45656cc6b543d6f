package resilience

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Conflict is a link between a member of a desired pair and a Front End pool. The pair cannot be created until the link
// is removed.
type Conflict struct {
	Desired topology.PairID
	Pool    topology.FQDN  // the member
	Other   topology.FQDN  // the linked pool
	Links   topology.Links // A is Pool, B is Other
	Same    bool           // Pool and Other are the two members of the desired pair
	Rule    Rule           // PP-ONE if the only link is that Other names Pool as its backup registrar, else PP-FREE

	t           *topology.Topology
	pool, other *topology.Pool
}

// Conflicts returns the links that prevent a desired pair, sorted by names. Links between the two members are one
// conflict. Links with appliances and other objects than Front End pools do not count. A member that cannot be paired
// at all has no conflicts, because other rules refuse it.
func Conflicts(t *topology.Topology, desired topology.DesiredPair) []Conflict {
	var found []Conflict
	c := newCreation(t, desired)
	for _, p := range c.pools() {
		for _, other := range t.LinkedFrontEnds(p) {
			same := other == c.partner(p)
			if same && other.FQDN.Compare(p.FQDN) < 0 {
				continue
			}
			conflict := Conflict{
				Desired: desired.ID(), Pool: p.FQDN, Other: other.FQDN, Links: t.Links(p, other), Same: same,
				Rule: mustLookup("PP-FREE"), t: t, pool: p, other: other,
			}
			if !same && conflict.Links == (topology.Links{BackupB: true}) {
				conflict.Rule = mustLookup("PP-ONE")
			}
			found = append(found, conflict)
		}
	}
	slices.SortFunc(found, func(a, b Conflict) int {
		return cmp.Or(a.Pool.Compare(b.Pool), a.Other.Compare(b.Other))
	})
	return found
}

// Existing returns the identity of the pair that has the links.
func (c Conflict) Existing() topology.PairID { return topology.NewPairID(c.Pool, c.Other) }

// Ends returns the clusters of the links.
func (c Conflict) Ends() (pool, other topology.ClusterID) { return c.pool.ID, c.other.ID }

// Violation returns the refusal of the desired pair if the conflict remains.
func (c Conflict) Violation() Violation {
	v := Violation{Objects: []string{c.Pool.String(), c.Other.String()}}
	links := strings.Join(phrase.Links(c.Pool, c.Other, c.Links), "; ")
	action := EndLink
	switch {
	case c.Same && c.Links.All():
		v.Detail = fmt.Sprintf("The complete pair of %s and %s exists already: %s. A creation never adopts an "+
			"existing pair.", c.Pool, c.Other, links)
		if canComplete(c.t, c.pool, c.other) {
			action = AdoptPair
		}
	case c.Same:
		v.Detail = fmt.Sprintf("An incomplete pair of %s and %s exists already, with only these links: %s. A "+
			"creation never adopts an existing pair.", c.Pool, c.Other, links)
		if canComplete(c.t, c.pool, c.other) {
			action = AdoptIncompletePair
		}
	case c.Rule.ID == "PP-ONE":
		v.Detail = fmt.Sprintf("The pair %s needs %s. In the topology, %s. A pool backs up only one Front End pool, "+
			"so %[2]s cannot be paired with another pool while that relationship exists.",
			pairWords(c.Desired), c.Pool, links)
	default:
		v.Detail = fmt.Sprintf("The pair %s needs %s. The topology links %[2]s to %s: %s. A pool is in at most one "+
			"pair.", pairWords(c.Desired), c.Pool, c.Other, links)
		action = ReleasePair
	}
	if action == AdoptPair || action == AdoptIncompletePair {
		v.Remedies = []Remedy{{Action: action, Pool: c.Pool, Other: c.Other}}
	} else {
		v.Advice, v.Remedies = orEnd(c.t, c.pool, c.other, action)
	}
	return completed(c.Rule, []Violation{v})[0]
}

// membersNotFree returns a violation for each member that has remainders of a former pair: a backup registrar or a
// backup service that does not lead to a pool. No other declaration can release them.
func membersNotFree(c creation) []Violation { return withRemainders(c.t, c.pools()) }

func poolsWithRemainders(s survey) []Violation { return withRemainders(s.t, s.pairable) }

func withRemainders(t *topology.Topology, pools []*topology.Pool) []Violation {
	var found []Violation
	for _, p := range pools {
		var remainders []string
		backups, services := t.Remainders(p)
		for _, b := range backups {
			remainders = append(remainders, fmt.Sprintf("its Registrar %s has a Backup that %s",
				p.Registrar.ID, phrase.BackupTarget(t, b)))
		}
		for _, s := range services {
			remainders = append(remainders, fmt.Sprintf("it has the backup service %s, which %s",
				s.ID, phrase.BackupServicePartners(t, s)))
		}
		if len(remainders) == 0 {
			continue
		}
		what := "this remainder"
		if len(remainders) > 1 {
			what = "these remainders"
		}
		found = append(found, Violation{
			Detail: fmt.Sprintf("%s is not free: %s.", p.FQDN, strings.Join(remainders, "; ")),
			Advice: fmt.Sprintf("Remove %s of a former pair in Topology Builder and publish. Until then, no pair "+
				"can be created with %s.", what, p.FQDN),
			Objects: []string{p.FQDN.String()},
		})
	}
	return found
}
