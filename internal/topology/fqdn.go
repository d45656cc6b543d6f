package topology

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
	"github.com/lync-iac/terraform-provider-lync/internal/printable"
)

// FQDN is the fully qualified domain name of a pool, an appliance or a computer in its canonical form: lower case,
// without surrounding white space and without a trailing dot. Two FQDNs of one host are equal. The zero FQDN is no
// name. An FQDN can be printed: it is valid UTF-8 without control characters, and has at most MaxFQDN characters.
//
// ParseFQDN makes the FQDN of a name from a configuration or a state. The model of a document has the FQDNs of the
// document, and a placeholder such as "cluster 2:1" for the name of a cluster that has none.
type FQDN struct{ name string }

// MaxFQDN is the maximum number of characters of an FQDN, which is the limit of DNS.
const MaxFQDN = 253

// HostName matches the name of a pool or an appliance in any spelling that ParseFQDN accepts. It excludes white space,
// empty labels, and the comma that separates the names in the id of a pair. It does not check the rules of DNS.
var HostName = regexp.MustCompile(`^([^\s\p{Z},.]+\.)*[^\s\p{Z},.]+\.?$`)

// ParseFQDN returns the FQDN of a name in any spelling. It fails for a name that is empty or that cannot be printed: a
// document can have names that no DNS server accepts, and a state has what the document has. The names of a
// configuration also match HostName.
func ParseFQDN(name string) (FQDN, error) {
	canonical, err := canonicalName(name)
	if err != nil {
		return FQDN{}, fmt.Errorf("parse host name %.300q: %w", name, err)
	}
	return FQDN{canonical}, nil
}

// canonicalName returns the canonical form of a name, or the reason why it is not the name of a host. Terraform prints
// the id of a resource as it is, so that a name with control characters would control the terminal.
func canonicalName(name string) (string, error) {
	name = strings.TrimSuffix(strings.TrimSpace(name), ".")
	switch {
	case name == "":
		return "", errors.New("it is empty")
	case utf8.RuneCountInString(name) > MaxFQDN:
		return "", fmt.Errorf("it has more than %d characters", MaxFQDN)
	case !printable.IsPlain(name):
		return "", errors.New("it has control characters")
	default:
		return strings.ToLower(name), nil
	}
}

// MustParseFQDN is ParseFQDN for a name in source code. It panics if the name cannot be parsed.
func MustParseFQDN(name string) FQDN {
	fqdn, err := ParseFQDN(name)
	invariant.Check(err, "a name in source code is valid")
	return fqdn
}

// observedFQDN returns the FQDN of a name in a document. It is zero if the name cannot be one, as if the name were
// absent.
func observedFQDN(name string) FQDN {
	canonical, err := canonicalName(name)
	if err != nil {
		return FQDN{}
	}
	return FQDN{canonical}
}

// unnamed returns the placeholder for the name of a cluster that has none. It is no host name, and no user can give it.
func unnamed(id ClusterID) FQDN {
	if id == (ClusterID{}) {
		return FQDN{"cluster without identity"}
	}
	return FQDN{"cluster " + printable.Line(id.String())}
}

// String returns the canonical name, which is empty for the zero FQDN.
func (f FQDN) String() string { return f.name }

// IsZero reports whether f is no name.
func (f FQDN) IsZero() bool { return f.name == "" }

// IsDeclarable reports whether a configuration can contain the name: it matches HostName, and parsing it again returns
// the same name. The texts of a configuration are in the normalization form NFC of Unicode.
func (f FQDN) IsDeclarable() bool {
	parsed, err := ParseFQDN(f.name)
	return err == nil && parsed == f && HostName.MatchString(f.name) && norm.NFC.IsNormalString(f.name)
}

// Compare orders FQDNs by their canonical names.
func (f FQDN) Compare(other FQDN) int { return strings.Compare(f.name, other.name) }

// MarshalText returns the canonical name.
func (f FQDN) MarshalText() ([]byte, error) { return []byte(f.name), nil }

// UnmarshalText makes the FQDN of a name in any spelling, the zero FQDN of a text that is no name.
func (f *FQDN) UnmarshalText(text []byte) error {
	*f = observedFQDN(string(text))
	return nil
}
