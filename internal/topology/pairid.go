package topology

import (
	"fmt"
	"strings"
)

// PairID identifies a pair by the canonical names of its pools, of which First sorts before Second.
type PairID struct {
	First, Second string
}

// NewPairID returns the identity of the pair of two pools, given in any order and spelling.
func NewPairID(a, b string) PairID {
	a, b = CanonicalFQDN(a), CanonicalFQDN(b)
	if b < a {
		a, b = b, a
	}
	return PairID{First: a, Second: b}
}

// ParsePairID reads "a,b" in any order and spelling. One name alone gives a PairID without Second: the caller looks
// the partner up.
func ParsePairID(text string) (PairID, error) {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		parts[i] = CanonicalFQDN(part)
		if parts[i] == "" || len(parts) > 2 {
			return PairID{}, fmt.Errorf("%q is no import id of a pool pair; the form is \"pool-a.contoso.com,pool-b.contoso.com\" "+
				"in any order, or one of the two names alone", text)
		}
	}
	if len(parts) == 1 {
		return PairID{First: parts[0]}, nil
	}
	return NewPairID(parts[0], parts[1]), nil
}

// String returns "first,second", which is also the id of the resource.
func (id PairID) String() string { return id.First + "," + id.Second }

// Has reports whether a pool is a member.
func (id PairID) Has(pool string) bool { return id.First == pool || id.Second == pool }

// Other returns the partner of a member.
func (id PairID) Other(pool string) string {
	if pool == id.First {
		return id.Second
	}
	return id.First
}
