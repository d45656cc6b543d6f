package resilience

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// told reads "a>b b>a c" as what three pools tell: a and b name each other, c names nobody.
func told(text string) map[string]*string {
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
		"a>b b>a":           "[[a b]]",
		"d>c a>b c>d b>a e": "[[a b] [c d]]",
		"B.Contoso.com.>A.contoso.com a.CONTOSO.com>b.contoso.COM.": "[[a.contoso.com b.contoso.com]]",
	} {
		got, err := PairsOf(told(text))
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
	}
}

// What does not fit together is refused with the pools and the rule, all of it at once.
func TestPairsOfRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		told string
		want []string // the beginnings of the paragraphs
	}{
		{"a>b b", []string{"One-way backup relationship (PP-RECIP): a names b as its partner, but b names nobody. Let b name a too"}},
		{"a>b", []string{"One-way backup relationship (PP-RECIP): a names b as its partner, but b is missing from the map."}},
		{"a>b b>c c>b", []string{"Many-to-one backup relationship (PP-ONE): a and c name b as their partner, which is the partner of one pool only, and b names c. " +
			"From a it is one-way (PP-RECIP). Let a name other pools, or null."}},
		{"a>b c>b d>b b>d", []string{"Many-to-one backup relationship (PP-ONE): a, c and d name b as their partner, which is the partner of one pool only, and b names d. " +
			"From a and c it is one-way (PP-RECIP). Let a and c name"}},
		{"a>c b>c", []string{"Many-to-one backup relationship (PP-ONE): a and b name c as their partner, which is the partner of one pool only, and c is missing from the map. " +
			"From a and b it is one-way (PP-RECIP). Let one of them alone name c, and c name that one."}},
		{"A>a.", []string{"Pool paired with itself (PP-SELF): a names itself as its partner."}},
		{"a>a b>a", []string{
			"Pool paired with itself (PP-SELF): a names itself",
			"One-way backup relationship (PP-RECIP): b names a as its partner, but a names itself.",
		}},
		{"a>b b>c c>a", []string{
			"One-way backup relationship (PP-RECIP): a names b as its partner, but b names c.",
			"One-way backup relationship (PP-RECIP): c names a as its partner, but a names b.",
			"One-way backup relationship (PP-RECIP): b names c as its partner, but c names a.",
		}},
		{"a>b b>a A>c c.>d", []string{
			`Pool given twice: the keys "A" and "a" are one pool`,
			"One-way backup relationship (PP-RECIP): c names d as its partner, but d is missing from the map.",
		}},
		{"a. a>b b>a b.", []string{`Pool given twice: the keys "a" and "a." are one pool`, `Pool given twice: the keys "b" and "b." are one pool`}},
		// What a pool tells that is there twice is unclear, and what it does not tell no less; what others tell is not.
		{"A>b a b>a d>b", []string{`Pool given twice: the keys "A" and "a" are one pool`, "One-way backup relationship (PP-RECIP): d names b as its partner, but b names a."}},
		{"A>b a>c b c>d d e>a", []string{`Pool given twice: the keys "A" and "a" are one pool`, "One-way backup relationship (PP-RECIP): c names d as its partner, but d names nobody."}},
		{"a> .>a", []string{`Not the name of a pool: the partner of "a", "", is empty. A pool without a partner has null.`, `Not the name of a pool: the key "." is empty.`}},
		// Two partners in one name. With a comma in names the ids of two pairs can be the same.
		{"a.x>b.x,c.x b.x,c.x>a.x", []string{
			`Not the name of a pool: the partner of "a.x", "b.x,c.x", has a comma. A pool has one partner only (PP-ONE). Name one.`,
			`Not the name of a pool: the key "b.x,c.x" has a comma.`,
		}},
		{"a>b,c b,c>a a,b>c c>a,b", []string{
			`Not the name of a pool: the partner of "a", "b,c", has a comma.`, `Not the name of a pool: the key "b,c" has a comma.`,
			`Not the name of a pool: the key "a,b" has a comma.`, `Not the name of a pool: the partner of "c", "a,b", has a comma.`,
		}},
		{"a..b>c c>a..b d>e", []string{
			`Not the name of a pool: the key "a..b" has white space or an empty part. A name is such as`, `Not the name of a pool: the partner of "c", "a..b", has white space or`,
			"One-way backup relationship (PP-RECIP): d names e",
		}},
		{"a>.b", []string{`Not the name of a pool: the partner of "a", ".b", has white`}},
	} {
		pairs, err := PairsOf(told(test.told))
		if err == nil || pairs != nil {
			t.Errorf("%q: %v, %v", test.told, pairs, err)
			continue
		}
		paragraphs := strings.Split(err.Error(), "\n\n")
		begins := len(paragraphs) == len(test.want)
		for _, want := range test.want {
			begins = begins && slices.ContainsFunc(paragraphs, func(p string) bool { return strings.HasPrefix(p, want) })
		}
		if !begins {
			t.Errorf("%q:\n%v\nwant\n%s", test.told, err, strings.Join(test.want, "\n"))
		}
	}
}

// Over random maps: accepted are exactly those in which whoever names a pool is named by it, and that is another one.
func TestPairsOfAcceptsWhatIsMutual(t *testing.T) {
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
		pairs, err := PairsOf(partners)
		if (err == nil) != mutual || (mutual && 2*len(pairs) != want) {
			t.Fatalf("%v: %v, %v", partners, pairs, err)
		}
		if err == nil && len(pairs) > 0 {
			accepted++
		}
	}
	if accepted < 100 {
		t.Errorf("only %d maps had pairs", accepted)
	}
}
