package resilience

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// partnersOf returns the partners of pools: in "a>b b>a c", a and b name each other, and c names no partner.
func partnersOf(text string) map[string]*string {
	partners := map[string]*string{}
	for _, word := range strings.Fields(text) {
		pool, partner, names := strings.Cut(word, ">")
		partners[pool] = nil
		if names {
			partners[pool] = &partner
		}
	}
	return partners
}

func TestPairsOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                  "[]",
		"a":                 "[]",
		"a>b b>a":           "[a,b]",
		"d>c a>b c>d b>a e": "[a,b c,d]",
		"B.Contoso.com.>A.contoso.com a.CONTOSO.com>b.contoso.COM.": "[a.contoso.com,b.contoso.com]",
	} {
		got, problems := PairsOf(partnersOf(text))
		if problems != nil || fmt.Sprint(got) != want {
			t.Errorf("%q: %v, %v; want %s", text, got, problems, want)
		}
	}
}

func TestPairsOfRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		partners string
		want     []string // the beginnings of the problems
	}{
		{"a>b b", []string{"PP-RECIP: a names b as its partner, but b names no partner. Give b the partner a"}},
		{"a>b", []string{"PP-RECIP: a names b as its partner, but b is not among the pools."}},
		{"a>b b>c c>b", []string{"PP-ONE: a and c name b as their partner, but a pool is the partner of only one " +
			"pool, and b names c. From a the relationship is one-way (PP-RECIP). Give a other partners, or no " +
			"partner."}},
		{"a>b c>b d>b b>d", []string{"PP-ONE: a, c and d name b as their partner, but a pool is the partner of only " +
			"one pool, and b names d. From a and c the relationship is one-way (PP-RECIP). Give a and c other " +
			"partners"}},
		{"a>c b>c", []string{"PP-ONE: a and b name c as their partner, but a pool is the partner of only one pool, " +
			"and c is not among the pools. From a and b the relationship is one-way (PP-RECIP). Decide which one is " +
			"the partner of c, and give c that partner. Give the others another partner, or no partner."}},
		{"A>a.", []string{"PP-SELF: a names itself as its partner."}},
		{"a>a b>a", []string{"PP-SELF: a names itself", "PP-RECIP: b names a as its partner, but a names itself."}},
		{"a>b b>c c>a", []string{
			"PP-RECIP: a names b as its partner, but b names c.",
			"PP-RECIP: c names a as its partner, but a names b.",
			"PP-RECIP: b names c as its partner, but c names a.",
		}},
		{"a>b b>a A>c c.>d", []string{"repeated [A a]", "PP-RECIP: c names d as its partner, but d is not among the " +
			"pools."}},
		{"a. a>b b>a b.", []string{"repeated [a a.]", "repeated [b b.]"}},
		// The partner of a pool that occurs twice is unclear, even if one of the two has none.
		{"A>b a b>a d>b", []string{"repeated [A a]", "PP-RECIP: d names b as its partner, but b names a."}},
		{"A>b a>c b c>d d e>a", []string{"repeated [A a]", "PP-RECIP: c names d as its partner, but d names no " +
			"partner."}},
		{"a> .>a", []string{`partner of "a": "" empty`, `pool "." empty`}},
		// Two partners in one name. With a comma in names, two pairs could have the same id.
		{"a.x>b.x,c.x b.x,c.x>a.x", []string{`partner of "a.x": "b.x,c.x" comma`, `pool "b.x,c.x" comma`}},
		{"a>b,c b,c>a a,b>c c>a,b", []string{
			`partner of "a": "b,c" comma`, `pool "b,c" comma`, `pool "a,b" comma`, `partner of "c": "a,b" comma`,
		}},
		{"a..b>c c>a..b d>e", []string{`pool "a..b" invalid`, `partner of "c": "a..b" invalid`, "PP-RECIP: d names e"}},
		{"a>.b", []string{`partner of "a": ".b" invalid`}},
	} {
		pairs, problems := PairsOf(partnersOf(test.partners))
		if problems == nil || pairs != nil {
			t.Errorf("%q: %v, %v", test.partners, pairs, problems)
			continue
		}
		got := problemTexts(problems)
		matches := len(got) == len(test.want)
		for _, want := range test.want {
			matches = matches && slices.ContainsFunc(got,
				func(text string) bool { return strings.HasPrefix(text, want) })
		}
		if !matches {
			t.Errorf("%q:\n%s\nwant\n%s", test.partners, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

// problemTexts returns one text for each problem.
func problemTexts(problems *PartnerProblems) []string {
	reasons := map[NameReason]string{NameEmpty: "empty", NameComma: "comma", NameInvalid: "invalid"}
	var all []string
	for _, p := range problems.Names {
		text := fmt.Sprintf("pool %q", p.Pool)
		if p.IsPartner {
			text = fmt.Sprintf("partner of %q: %q", p.Pool, p.Partner)
		}
		all = append(all, text+" "+reasons[p.Reason])
	}
	for _, spellings := range problems.Repeated {
		all = append(all, fmt.Sprint("repeated ", spellings))
	}
	for _, v := range problems.Violations {
		all = append(all, v.Rule.ID+": "+v.Detail+" "+v.Advice)
	}
	return all
}

// Of random maps, PairsOf accepts exactly those in which each pool that names a partner is named by that other pool.
func TestPairsOfAcceptsMutualPartners(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 20000 {
		names := []string{"a", "b", "c", "d", "e"}
		partners := map[string]*string{}
		for _, name := range names[:1+random.IntN(4)] {
			partners[name] = nil
			if i := random.IntN(len(names) + 2); i < len(names) {
				partners[name] = &names[i]
			}
		}
		mutual, want := true, 0
		for pool, partner := range partners {
			if partner != nil {
				back := partners[*partner]
				mutual = mutual && *partner != pool && back != nil && *back == pool
				want++
			}
		}
		pairs, problems := PairsOf(partners)
		if (problems == nil) != mutual || (mutual && 2*len(pairs) != want) {
			t.Fatalf("%v: %v, %v", partners, pairs, problems)
		}
		if problems == nil && len(pairs) > 0 {
			accepted++
		}
	}
	if accepted < 100 {
		t.Errorf("only %d maps had pairs", accepted)
	}
}
