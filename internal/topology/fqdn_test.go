package topology_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestHostName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"pool-paris.contoso.com":  true,
		"Pool-Paris.Contoso.com.": true,
		"pool":                    true,
		"pool_1.büro.contoso.com": true,
		"":                        false,
		".":                       false,
		"a..b":                    false,
		".a":                      false,
		"a..":                     false,
		"a,b":                     false,
		"a.b, c.d":                false,
		"a b":                     false,
		" a":                      false,
		"a\t":                     false,
		"a\u00a0b":                false, // copied from a document
	} {
		if got := topology.HostName.MatchString(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}

func TestIsDeclarable(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"pool-paris.contoso.com": true,
		"b\u00fcro.contoso.com":  true,
		"bu\u0308ro.contoso.com": false, // not in NFC
		"pool..":                 false, // would be read as pool
		"pool..contoso.com":      false,
		"pool, b.contoso.com":    false,
		"pool b.contoso.com":     false,
	} {
		fqdn, err := topology.ParseFQDN(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fqdn.IsDeclarable(); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
	if (topology.FQDN{}).IsDeclarable() {
		t.Error("the zero FQDN is declarable")
	}
}

func TestParseFQDN(t *testing.T) {
	t.Parallel()
	name253 := strings.Repeat("a.", 126) + "b"
	for name, want := range map[string]string{ // "" for an error
		"pool.contoso.com":             "pool.contoso.com",
		"Pool.CONTOSO.com":             "pool.contoso.com",
		"pool.contoso.com.":            "pool.contoso.com",
		" \t\r\nPool.contoso.com. \n":  "pool.contoso.com",
		"\u00a0pool.contoso.com\u2003": "pool.contoso.com", // Unicode white space
		"pool":                         "pool",
		"POOL.":                        "pool",
		"pool_1-a":                     "pool_1-a",
		"10.0.0.1":                     "10.0.0.1",
		"BÜRO.contoso.com":             "büro.contoso.com",
		"東京.contoso.com":               "東京.contoso.com",
		"xn--bro-hoa.contoso.com":      "xn--bro-hoa.contoso.com", // not decoded
		"":                             "",
		" ":                            "",
		".":                            "",
		".contoso.com":                 ".contoso.com", // as documents and states can have it
		"pool..contoso.com":            "pool..contoso.com",
		"Pool. contoso.com":            "pool. contoso.com",
		"pool\u00a0a.contoso.com":      "pool\u00a0a.contoso.com",
		"a.contoso.com, B.contoso.com": "a.contoso.com, b.contoso.com",
		"pool\x1b[31m.contoso.com":     "", // an escape sequence
		"pool\n.contoso.com":           "",
		"pool\t.contoso.com":           "",
		"pool\u009b2J.contoso.com":     "", // the same as a C1 control
		"pool\x7f.contoso.com":         "",
		"pool\u202emoc.osotnoc":        "", // an override of the direction
		"pool\u2066.contoso.com":       "",
		"pool\u200f.contoso.com":       "",
		"pool\u061c.contoso.com":       "",
		"pool\xff.contoso.com":         "",
		name253:                        name253,
		" " + name253 + ". ":           name253, // what surrounds a name does not count
		name253 + "c":                  "",
		strings.Repeat("東", 253):       strings.Repeat("東", 253), // characters, not bytes
		strings.Repeat("東", 254):       "",
	} {
		got, err := topology.ParseFQDN(name)
		if got.String() != want || (err != nil) != (want == "") || got.IsZero() != (want == "") {
			t.Errorf("%q: %q, %v, want %q", name, got, err, want)
			continue
		}
		if err != nil {
			continue
		}
		if again, err := topology.ParseFQDN(got.String()); err != nil || again != got {
			t.Errorf("%q: the canonical name is parsed as %q, %v", name, again, err)
		}
		if again := topology.MustParseFQDN(name); again != got {
			t.Errorf("%q: MustParseFQDN returns %q", name, again)
		}
	}
}

func TestParseFQDNError(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		" .":                     `parse host name " .": it is empty`,
		"a\u009b":                `parse host name "a\u009b": it has control characters`,
		"a\u202e":                `parse host name "a\u202e": it has control characters`,
		strings.Repeat("x", 4e6): `parse host name "` + strings.Repeat("x", 300) + `": it has more than 253 characters`,
	} {
		if _, err := topology.ParseFQDN(name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParseFQDN does not panic")
		}
	}()
	topology.MustParseFQDN(" .")
}

// The FQDNs of a document are in the same form as those of a configuration.
func TestFQDNOfADocument(t *testing.T) {
	t.Parallel()
	for attribute, want := range map[string]string{
		"a.contoso.com":     "a.contoso.com",
		" A.Contoso.com. ":  "a.contoso.com",
		"BÜRO.contoso.com":  "büro.contoso.com",
		"":                  "cluster 1:1",       // ParseFQDN rejects it
		"a b,c.contoso.com": "a b,c.contoso.com", // HostName rejects it
		// No name, as if the attribute were empty.
		"a&#x9b;2J.contoso.com":   "cluster 1:1",
		"a\u202e.contoso.com":     "cluster 1:1",
		"a&#10;b.contoso.com":     "cluster 1:1",
		strings.Repeat("a.", 128): "cluster 1:1",
	} {
		raw := document(`<Clusters><Cluster Fqdn="` + attribute + `"><ClusterId SiteId="1" Number="1"/>` +
			`<Machine Fqdn="` + attribute + `"/></Cluster></Clusters>`)
		topo := parse(t, []byte(raw)).Topology()
		p := slices.Collect(topo.Pools())[0]
		hasName := want != "cluster 1:1"
		if p.FQDN.String() != want || p.HasName != hasName || (p.Machines[0] == p.FQDN) != hasName {
			t.Errorf("%q: pool %q, computer %q, want %q", attribute, p.FQDN, p.Machines[0], want)
		}
		if name, err := topology.ParseFQDN(attribute); err == nil && hasName && topo.Pool(name) != p {
			t.Errorf("%q does not find its pool", attribute)
		}
	}
}

func TestCompareFQDNs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"a.contoso.com", "b.contoso.com", -1},
		{"b.contoso.com", "A.contoso.com", 1},
		{"a.contoso.com", "A.CONTOSO.com.", 0},
		{"pool10.contoso.com", "pool9.contoso.com", -1}, // by character, not by number
		{"", "a.contoso.com", -1},
		{"", "", 0},
	} {
		if got := fqdn(c.a).Compare(fqdn(c.b)); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNewPairID(t *testing.T) {
	t.Parallel()
	a, b := fqdn("a"), fqdn("b")
	unknown := topology.FQDN{}
	for _, c := range []struct {
		name string
		x, y topology.FQDN
		want topology.PairID
		text string
	}{
		{"sorted", a, b, topology.PairID{First: a, Second: b}, "a.contoso.com,b.contoso.com"},
		{"reverse", b, a, topology.PairID{First: a, Second: b}, "a.contoso.com,b.contoso.com"},
		{"second unknown", b, unknown, topology.PairID{First: b}, "b.contoso.com,"},
		{"first unknown", unknown, b, topology.PairID{First: b}, "b.contoso.com,"},
		{"both unknown", unknown, unknown, topology.PairID{}, ","},
		{"one pool twice", a, a, topology.PairID{First: a, Second: a}, "a.contoso.com,a.contoso.com"},
	} {
		id := topology.NewPairID(c.x, c.y)
		if id != c.want || id.String() != c.text {
			t.Errorf("%s: %+v, %s", c.name, id, id)
		}
		if desired := (topology.DesiredPair{Members: [2]topology.FQDN{c.x, c.y}}); desired.ID() != id {
			t.Errorf("%s: the desired pair has the id %s", c.name, desired.ID())
		}
		if !id.Has(c.x) || !id.Has(c.y) || id.Has(fqdn("c")) {
			t.Errorf("%s: the members of %s are wrong", c.name, id)
		}
		if id.Other(c.x) != c.y || id.Other(c.y) != c.x {
			t.Errorf("%s: the partners are %q and %q", c.name, id.Other(c.x), id.Other(c.y))
		}
	}
}

func TestParsePairID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // "" for an error
		"a,b":                             "a,b",
		"b,a":                             "a,b",
		"B, A.":                           "a,b",
		" b.contoso.com.,\tA.contoso.com": "a.contoso.com,b.contoso.com",
		"a":                               "a,",
		" A. ":                            "a,",
		"a,a":                             "a,a",
		"":                                "",
		"a,b,c":                           "",
		",":                               "",
		"a,":                              "",
		",a":                              "",
		"a b, c":                          "a b,c", // as documents can have it
		"a,\u202eb":                       "",
		"a," + strings.Repeat("b", 254):   "",
	} {
		id, err := topology.ParsePairID(text)
		if err != nil {
			if want != "" || id != (topology.PairID{}) {
				t.Errorf("%q: %s, %v, want %q", text, id, err, want)
			}
			continue
		}
		if id.String() != want {
			t.Errorf("%q: %s, want %q", text, id, want)
		}
	}
}
