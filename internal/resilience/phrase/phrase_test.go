package phrase

import (
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestList(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a and b"},
		{[]string{"a", "b", "c"}, "a, b and c"},
	} {
		if got := List(tt.words); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.words, got, tt.want)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 30 * time.Second: "30s", 5 * time.Minute: "5m", 10 * time.Minute: "10m", 125 * time.Second: "2m5s",
		90 * time.Minute: "1h30m", time.Hour: "1h", 10 * time.Hour: "10h", time.Hour + time.Second: "1h0m1s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestSite(t *testing.T) {
	t.Parallel()
	for want, site := range map[string]*topology.Site{"": nil, "Paris": {ID: "1", Name: "Paris"}, "2": {ID: "2"}} {
		if got := Site(site); got != want {
			t.Errorf("%+v: got %q, want %q", site, got, want)
		}
	}
}

func TestFQDNs(t *testing.T) {
	t.Parallel()
	a, b := topology.MustParseFQDN("a.contoso.com"), topology.MustParseFQDN("b.contoso.com")
	for want, names := range map[string][]topology.FQDN{
		"":                                nil,
		"a.contoso.com":                   {a},
		"b.contoso.com and a.contoso.com": {b, a}, // in the given order
	} {
		if got := FQDNs(names); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
