package topology

import "testing"

func TestHostName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"pool-paris.contoso.com": true, "Pool-Paris.Contoso.com.": true, "pool": true, "pool_1.büro.contoso.com": true,
		"": false, ".": false, "a..b": false, ".a": false, "a..": false, "a,b": false, "a.b, c.d": false, "a b": false, " a": false, "a\t": false,
		"a\u00a0b": false, // copied from a document
	} {
		if got := HostName.MatchString(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}
