package resilience

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// PairsOf turns what each pool tells of its own partner into pairs. The keys of told are pools, the values the pools
// they name as their partners, nil for none, all in any spelling. Every pair comes out once: canonical names, the one
// that sorts first in front, the pairs in that order.
//
// It looks at names alone. The error lists everything that does not fit together, with the rules PP-SELF, PP-ONE and
// PP-RECIP, and what cannot be the name of a pool.
func PairsOf(told map[string]*string) ([][2]string, error) {
	partners, unclear, problems := canonicalPartners(told)
	for _, v := range partnersDisagree(partners) {
		if !slices.ContainsFunc(v.Objects, func(pool string) bool { return unclear[pool] }) {
			problems = append(problems, fmt.Sprintf("%s: %s %s Source: %s.", v.Summary(), v.Detail, v.Advice, v.Rule.Source))
		}
	}
	if len(problems) > 0 {
		return nil, errors.New(strings.Join(problems, "\n\n"))
	}
	pairs := [][2]string{}
	for _, pool := range slices.Sorted(maps.Keys(partners)) {
		if partner := partners[pool]; pool < partner {
			pairs = append(pairs, [2]string{pool, partner})
		}
	}
	return pairs, nil
}

// canonicalPartners folds the names; no partner is the empty string. It is unclear what a pool tells whose partner cannot
// be one, or that is there twice: its partner is left out, and what others tell of it proves nothing.
func canonicalPartners(told map[string]*string) (partners map[string]string, unclear map[string]bool, problems []string) {
	partners, unclear = map[string]string{}, map[string]bool{}
	written := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(told)) {
		pool := topology.CanonicalFQDN(key)
		written[pool] = append(written[pool], fmt.Sprintf("%q", key))
		partners[pool] = ""
		if why := noName(key); why != "" {
			unclear[pool] = true
			problems = append(problems, fmt.Sprintf("Not the name of a pool: the key %q %s", key, why))
		}
		if told[key] == nil {
			continue
		}
		if why := noName(*told[key]); why != "" {
			unclear[pool] = true
			problems = append(problems, fmt.Sprintf("Not the name of a pool: the partner of %q, %q, %s A pool without a partner has null.", key, *told[key], why))
			continue
		}
		partners[pool] = topology.CanonicalFQDN(*told[key])
	}
	for _, pool := range slices.Sorted(maps.Keys(written)) {
		if keys := written[pool]; len(keys) > 1 {
			unclear[pool] = true
			problems = append(problems, fmt.Sprintf("Pool given twice: the keys %s are one pool, as letter case and a trailing dot make no difference. Keep one of them.",
				phrase.List(keys)))
		}
	}
	for pool := range unclear {
		partners[pool] = ""
	}
	return partners, unclear, problems
}

// noName says why a text cannot be the name of a pool, as the end of a sentence, and what to do; nothing where it can be.
func noName(text string) string {
	switch text = strings.TrimSpace(text); {
	case topology.HostName.MatchString(text):
		return ""
	case topology.CanonicalFQDN(text) == "":
		return "is empty."
	case strings.Contains(text, ","):
		return "has a comma. A pool has one partner only (PP-ONE). Name one."
	default:
		return "has white space or an empty part. A name is such as pool-paris.contoso.com."
	}
}

// partnersDisagree finds where what pools tell of their partners does not make pairs. Names are canonical, and the empty
// one is no partner.
func partnersDisagree(partners map[string]string) []Violation {
	var found []Violation
	add := func(rule string, v Violation) {
		r, _ := Lookup(rule)
		found = append(found, completed(r, []Violation{v})...)
	}
	claimants := map[string][]string{} // who names a pool as its partner, itself left out
	for _, pool := range slices.Sorted(maps.Keys(partners)) {
		switch partner := partners[pool]; partner {
		case "":
		case pool:
			add("PP-SELF", Violation{
				Detail:  fmt.Sprintf("%s names itself as its partner.", pool),
				Advice:  "Name another Front End pool, or null for no partner.",
				Objects: []string{pool},
			})
		default:
			claimants[partner] = append(claimants[partner], pool)
		}
	}
	for partner, pools := range claimants { // Sort puts what is found in order
		says := answer(partners, partner)
		switch {
		case len(pools) > 1:
			others := slices.DeleteFunc(slices.Clone(pools), func(p string) bool { return p == partners[partner] })
			advice := fmt.Sprintf("Let %s name other pools, or null.", phrase.List(others))
			if len(others) == len(pools) {
				advice = fmt.Sprintf("Let one of them alone name %s, and %s name that one.", partner, partner)
			}
			add("PP-ONE", Violation{
				Detail: fmt.Sprintf("%s name %s as their partner, which is the partner of one pool only, and %s. From %s it is one-way (PP-RECIP).",
					phrase.List(pools), partner, says, phrase.List(others)),
				Advice:  advice,
				Objects: append(slices.Clone(pools), partner),
			})
		case partners[partner] != pools[0]:
			add("PP-RECIP", Violation{
				Detail:  fmt.Sprintf("%s names %s as its partner, but %s.", pools[0], partner, says),
				Advice:  fmt.Sprintf("Let %s name %s too, or let %s name another pool, or null.", partner, pools[0], pools[0]),
				Objects: []string{pools[0], partner},
			})
		}
	}
	Sort(found)
	return found
}

// answer says in words what a pool that others name as their partner tells of its own.
func answer(partners map[string]string, pool string) string {
	partner, told := partners[pool]
	switch {
	case !told:
		return pool + " is missing from the map"
	case partner == "":
		return pool + " names nobody"
	case partner == pool:
		return pool + " names itself"
	default:
		return fmt.Sprintf("%s names %s", pool, partner)
	}
}
