package topology

import (
	"errors"
	"fmt"
	"strings"
)

// PairID identifies a pair by the names of its pools. First sorts before Second. A member that is not known yet is the
// zero FQDN and is always Second.
type PairID struct{ First, Second FQDN }

// NewPairID returns the identity of the pair of two pools, given in any order.
func NewPairID(a, b FQDN) PairID {
	if a.IsZero() || !b.IsZero() && b.Compare(a) < 0 {
		a, b = b, a
	}
	return PairID{First: a, Second: b}
}

var errNoPairID = errors.New("it is not one or two host names")

// ParsePairID reads "a,b" in any order and spelling. It fails if a name is not an FQDN. One name alone gives a PairID
// without Second: the caller looks the partner up.
func ParsePairID(text string) (PairID, error) {
	parts := strings.Split(text, ",")
	var members [2]FQDN
	for i, part := range parts {
		fqdn, err := ParseFQDN(part)
		if err != nil || len(parts) > len(members) {
			return PairID{}, fmt.Errorf("parse the id of a pair %.600q: %w", text, errNoPairID)
		}
		members[i] = fqdn
	}
	return NewPairID(members[0], members[1]), nil
}

// String returns "first,second", which is also the id of the resource.
func (id PairID) String() string { return id.First.String() + "," + id.Second.String() }

// Has reports whether a pool is a member.
func (id PairID) Has(pool FQDN) bool { return id.First == pool || id.Second == pool }

// Other returns the partner of a member.
func (id PairID) Other(pool FQDN) FQDN {
	if pool == id.First {
		return id.Second
	}
	return id.First
}
