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
	NameInvalid            // the text contains white space, a control character or an empty part, or is too long
)

// PairsOf returns the pairs that result if each pool names its own partner, sorted. The keys of partners are pools, and
// the values their partners, nil for none. Names may have any spelling. The result contains each pair once. It is nil
// if there are problems.
//
// The function knows names only. It checks the rules PP-SELF, PP-ONE and PP-RECIP.
func PairsOf(partners map[string]*string) ([]topology.PairID, *PartnerProblems) {
	parsed, unclear, problems := parsePartners(partners)
	for _, v := range partnerViolations(parsed) {
		if !slices.ContainsFunc(v.Objects, func(pool string) bool { return unclear[pool] }) {
			problems.Violations = append(problems.Violations, v)
		}
	}
	if len(problems.Names)+len(problems.Repeated)+len(problems.Violations) > 0 {
		return nil, &problems
	}
	pairs := []topology.PairID{}
	for _, pool := range sortedFQDNs(parsed) {
		if partner := parsed[pool]; pool.Compare(partner) < 0 {
			pairs = append(pairs, topology.NewPairID(pool, partner))
		}
	}
	return pairs, nil
}

// sortedFQDNs returns the keys of a map, sorted.
func sortedFQDNs[V any](m map[topology.FQDN]V) []topology.FQDN {
	return slices.SortedFunc(maps.Keys(m), topology.FQDN.Compare)
}

// parsePartners parses the names. The partner of a pool without one is zero. The partner of a pool is unclear if its
// name is invalid or the pool occurs more than once. It is zero then, and violations that concern the pool are
// meaningless. A pool with an invalid name of its own is left out.
func parsePartners(partners map[string]*string) (
	parsed map[topology.FQDN]topology.FQDN, unclear map[string]bool, problems PartnerProblems,
) {
	parsed, unclear = map[topology.FQDN]topology.FQDN{}, map[string]bool{}
	spellings := map[topology.FQDN][]string{}
	for _, key := range slices.Sorted(maps.Keys(partners)) {
		pool, err := parseHostName(key)
		if err != nil {
			problems.Names = append(problems.Names, NameProblem{Pool: key, Reason: nameReason(key)})
		} else {
			spellings[pool] = append(spellings[pool], key)
			parsed[pool] = topology.FQDN{}
		}
		partner := partners[key]
		if partner == nil {
			continue
		}
		named, partnerErr := parseHostName(*partner)
		if partnerErr != nil {
			unclear[pool.String()] = true
			problems.Names = append(problems.Names, NameProblem{
				Pool: key, Partner: *partner, IsPartner: true, Reason: nameReason(*partner),
			})
		} else if err == nil {
			parsed[pool] = named
		}
	}
	for _, pool := range sortedFQDNs(spellings) {
		if keys := spellings[pool]; len(keys) > 1 {
			unclear[pool.String()] = true
			problems.Repeated = append(problems.Repeated, keys)
		}
	}
	for pool := range parsed {
		if unclear[pool.String()] {
			parsed[pool] = topology.FQDN{}
		}
	}
	return parsed, unclear, problems
}

// parseHostName returns the FQDN of a text that can be the name of a pool in a configuration.
func parseHostName(text string) (topology.FQDN, error) {
	if !topology.HostName.MatchString(strings.TrimSpace(text)) {
		return topology.FQDN{}, fmt.Errorf("parse host name %q: it is not valid", text)
	}
	return topology.ParseFQDN(text)
}

// nameReason returns the reason why a text is not the name of a pool.
func nameReason(text string) NameReason {
	switch text = strings.TrimSpace(text); {
	case strings.TrimSuffix(text, ".") == "":
		return NameEmpty
	case strings.Contains(text, ","):
		return NameComma
	default:
		return NameInvalid
	}
}

// partnerViolations finds pools whose partners do not form pairs. A zero partner is none.
func partnerViolations(partners map[topology.FQDN]topology.FQDN) []Violation {
	var found []Violation
	namedBy := map[topology.FQDN][]topology.FQDN{} // the pools that name a pool as their partner, except for itself
	for _, pool := range sortedFQDNs(partners) {
		switch partner := partners[pool]; {
		case partner.IsZero():
		case partner == pool:
			found = append(found, completed(mustLookup("PP-SELF"), []Violation{{
				Detail:  fmt.Sprintf("%s names itself as its partner.", pool),
				Advice:  fmt.Sprintf("Give %s another Front End pool as its partner, or no partner.", pool),
				Objects: []string{pool.String()},
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
				Advice: fmt.Sprintf("Give %s the partner %s, or give %s another partner or no partner.", partner,
					pools[0], pools[0]),
				Objects: []string{pools[0].String(), partner.String()},
			}})...)
		}
	}
	Sort(found)
	return found
}

// namedBySeveral returns the violation of a pool that several pools name as their partner.
func namedBySeveral(partners map[topology.FQDN]topology.FQDN, partner topology.FQDN, pools []topology.FQDN) Violation {
	others := slices.DeleteFunc(slices.Clone(pools), func(p topology.FQDN) bool { return p == partners[partner] })
	advice := fmt.Sprintf("Give %s other partners, or no partner.", phrase.FQDNs(others))
	if len(others) == len(pools) {
		advice = fmt.Sprintf("Decide which one is the partner of %s, and give %s that partner. Give the others "+
			"another partner, or no partner.", partner, partner)
	}
	v := Violation{
		Detail: fmt.Sprintf("%s name %s as their partner, but a pool is the partner of only one pool, and %s. "+
			"From %s the relationship is one-way (PP-RECIP).",
			phrase.FQDNs(pools), partner, partnerClause(partners, partner), phrase.FQDNs(others)),
		Advice:  advice,
		Objects: []string{partner.String()},
	}
	for _, pool := range pools {
		v.Objects = append(v.Objects, pool.String())
	}
	return completed(mustLookup("PP-ONE"), []Violation{v})[0]
}

// partnerClause returns a clause with the partner that a pool names.
func partnerClause(partners map[topology.FQDN]topology.FQDN, pool topology.FQDN) string {
	partner, found := partners[pool]
	switch {
	case !found:
		return pool.String() + " is not among the pools"
	case partner.IsZero():
		return pool.String() + " names no partner"
	case partner == pool:
		return pool.String() + " names itself"
	default:
		return fmt.Sprintf("%s names %s", pool, partner)
	}
}
