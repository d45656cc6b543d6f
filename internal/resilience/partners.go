package resilience

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// PartnerProblems are the reasons why partners, as each pool names its own, are not pairs.
type PartnerProblems struct {
	Names      []NameProblem // sorted by the spelling of the pool
	Repeated   [][]string    // the spellings of a pool that occurs more than once
	Violations []Violation   // of PP-SELF, PP-ONE and PP-RECIP
}

// NameProblem is a text that cannot be the name of a pool.
type NameProblem struct {
	Pool      string // in the user's spelling
	Partner   string // in the user's spelling
	IsPartner bool   // Partner is the text; otherwise Pool is
	Reason    NameReason
}

// NameReason is the reason why a text cannot be the name of a pool.
type NameReason int

// The reasons.
const (
	_           NameReason = iota
	NameEmpty              // the text is empty
	NameComma              // the text contains a comma, as a list of pools does
	NameInvalid            // the text contains white space or an empty part
)

// PairsOf returns the pairs that result if each pool names its own partner. The keys of partners are pools, and the
// values their partners, nil for none. Names may have any spelling. The result contains each pair once, with canonical
// names, sorted. It is nil if there are problems.
//
// The function knows names only. It checks the rules PP-SELF, PP-ONE and PP-RECIP.
func PairsOf(partners map[string]*string) ([][2]string, *PartnerProblems) {
	canonical, unclear, problems := canonicalPartners(partners)
	for _, v := range partnerViolations(canonical) {
		if !slices.ContainsFunc(v.Objects, func(pool string) bool { return unclear[pool] }) {
			problems.Violations = append(problems.Violations, v)
		}
	}
	if len(problems.Names)+len(problems.Repeated)+len(problems.Violations) > 0 {
		return nil, &problems
	}
	pairs := [][2]string{}
	for _, pool := range slices.Sorted(maps.Keys(canonical)) {
		if partner := canonical[pool]; pool < partner {
			pairs = append(pairs, [2]string{pool, partner})
		}
	}
	return pairs, nil
}

// canonicalPartners returns the partners with canonical names. The partner of a pool without one is empty. The partner
// of a pool is unclear if its name is invalid or the pool occurs more than once. It is empty then, and violations that
// concern the pool are meaningless.
func canonicalPartners(partners map[string]*string) (canonical map[string]string, unclear map[string]bool,
	problems PartnerProblems) {
	canonical, unclear = map[string]string{}, map[string]bool{}
	spellings := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(partners)) {
		pool := topology.CanonicalFQDN(key)
		spellings[pool] = append(spellings[pool], key)
		canonical[pool] = ""
		if reason := nameReason(key); reason != 0 {
			unclear[pool] = true
			problems.Names = append(problems.Names, NameProblem{Pool: key, Reason: reason})
		}
		partner := partners[key]
		if partner == nil {
			continue
		}
		if reason := nameReason(*partner); reason != 0 {
			unclear[pool] = true
			problems.Names = append(problems.Names, NameProblem{Pool: key, Partner: *partner, IsPartner: true,
				Reason: reason})
			continue
		}
		canonical[pool] = topology.CanonicalFQDN(*partner)
	}
	for _, pool := range slices.Sorted(maps.Keys(spellings)) {
		if keys := spellings[pool]; len(keys) > 1 {
			unclear[pool] = true
			problems.Repeated = append(problems.Repeated, keys)
		}
	}
	for pool := range unclear {
		canonical[pool] = ""
	}
	return canonical, unclear, problems
}

// nameReason returns the reason why a text cannot be the name of a pool, zero if it can be.
func nameReason(text string) NameReason {
	switch text = strings.TrimSpace(text); {
	case topology.HostName.MatchString(text):
		return 0
	case topology.CanonicalFQDN(text) == "":
		return NameEmpty
	case strings.Contains(text, ","):
		return NameComma
	default:
		return NameInvalid
	}
}

// partnerViolations finds pools whose partners do not form pairs. Names are canonical. An empty partner is none.
func partnerViolations(partners map[string]string) []Violation {
	var found []Violation
	namedBy := map[string][]string{} // the pools that name a pool as their partner, except for itself
	for _, pool := range slices.Sorted(maps.Keys(partners)) {
		switch partner := partners[pool]; partner {
		case "":
		case pool:
			found = append(found, completed(mustLookup("PP-SELF"), []Violation{{
				Detail:  fmt.Sprintf("%s names itself as its partner.", pool),
				Advice:  fmt.Sprintf("Let %s name another Front End pool, or no partner.", pool),
				Objects: []string{pool},
			}})...)
		default:
			namedBy[partner] = append(namedBy[partner], pool)
		}
	}
	for partner, pools := range namedBy { // in random order; Sort follows
		switch {
		case len(pools) > 1:
			found = append(found, namedBySeveral(partners, partner, pools))
		case partners[partner] != pools[0]:
			found = append(found, completed(mustLookup("PP-RECIP"), []Violation{{
				Detail: fmt.Sprintf("%s names %s as its partner, but %s.", pools[0], partner,
					partnerClause(partners, partner)),
				Advice: fmt.Sprintf("Let %s name %s too, or let %s name another pool, or no partner.", partner,
					pools[0], pools[0]),
				Objects: []string{pools[0], partner},
			}})...)
		}
	}
	Sort(found)
	return found
}

// namedBySeveral returns the violation of a pool that several pools name as their partner.
func namedBySeveral(partners map[string]string, partner string, pools []string) Violation {
	others := slices.DeleteFunc(slices.Clone(pools), func(p string) bool { return p == partners[partner] })
	advice := fmt.Sprintf("Let %s name other pools, or no partner.", phrase.List(others))
	if len(others) == len(pools) {
		advice = fmt.Sprintf("Let only one of them name %s, and let %s name that one.", partner, partner)
	}
	return completed(mustLookup("PP-ONE"), []Violation{{
		Detail: fmt.Sprintf("%s name %s as their partner, but a pool is the partner of only one pool, and %s. "+
			"From %s the relationship is one-way (PP-RECIP).",
			phrase.List(pools), partner, partnerClause(partners, partner), phrase.List(others)),
		Advice:  advice,
		Objects: append(slices.Clone(pools), partner),
	}})[0]
}

// partnerClause returns a clause with the partner that a pool names.
func partnerClause(partners map[string]string, pool string) string {
	partner, found := partners[pool]
	switch {
	case !found:
		return pool + " is not among the pools"
	case partner == "":
		return pool + " names no partner"
	case partner == pool:
		return pool + " names itself"
	default:
		return fmt.Sprintf("%s names %s", pool, partner)
	}
}
