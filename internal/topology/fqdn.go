package topology

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
)

// FQDN is the fully qualified domain name of a pool, an appliance or a computer in its canonical form: lower case,
// without surrounding white space and without a trailing dot. Two FQDNs of one host are equal. The zero FQDN is no
// name.
//
// ParseFQDN makes the FQDN of a name from a configuration or a state. The model of a document has the FQDNs of the
// document, and a placeholder such as "cluster 2:1" for the name of a cluster that has none.
type FQDN struct{ name string }

// HostName matches the name of a pool or an appliance in any spelling. It excludes white space, empty labels, and the
// comma that separates the names in the id of a pair. It does not check the rules of DNS.
var HostName = regexp.MustCompile(`^([^\s\p{Z},.]+\.)*[^\s\p{Z},.]+\.?$`)

// ParseFQDN returns the FQDN of a name in any spelling. It fails for an empty name only: a document can have names that
// no DNS server accepts, and a state has what the document has. HostName is the check of a configuration.
func ParseFQDN(name string) (FQDN, error) {
	fqdn := observedFQDN(name)
	if fqdn.IsZero() {
		return FQDN{}, fmt.Errorf("parse host name %q: it is empty", name)
	}
	return fqdn, nil
}

// MustParseFQDN is ParseFQDN for a name in source code. It panics if the name cannot be parsed.
func MustParseFQDN(name string) FQDN {
	fqdn, err := ParseFQDN(name)
	invariant.Check(err, "a name in source code is valid")
	return fqdn
}

// observedFQDN returns the FQDN of a name in a document, which can be empty.
func observedFQDN(name string) FQDN {
	return FQDN{strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))}
}

// unnamed returns the placeholder for the name of a cluster that has none. It is no host name, and no user can give it.
func unnamed(id ClusterID) FQDN {
	if id == (ClusterID{}) {
		return FQDN{"cluster without identity"}
	}
	return FQDN{"cluster " + id.String()}
}

// String returns the canonical name, which is empty for the zero FQDN.
func (f FQDN) String() string { return f.name }

// IsZero reports whether f is no name.
func (f FQDN) IsZero() bool { return f.name == "" }

// Compare orders FQDNs by their canonical names.
func (f FQDN) Compare(other FQDN) int { return strings.Compare(f.name, other.name) }

// MarshalText returns the canonical name.
func (f FQDN) MarshalText() ([]byte, error) { return []byte(f.name), nil }

// UnmarshalText makes the FQDN of a name in any spelling, the zero FQDN of an empty one.
func (f *FQDN) UnmarshalText(text []byte) error {
	*f = observedFQDN(string(text))
	return nil
}
