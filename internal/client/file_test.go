package client

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
)

// TestClientsOnOneFile has two clients on one file, as two aliases of the provider in one apply. Each reads what the
// other and a third program have written.
func TestClientsOnOneFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "topology.xml")
	write := func(pairs ...string) {
		t.Helper()
		if err := os.WriteFile(path, memory.Estate(6, pairs...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	first, second := New(file.New(path), Options{}), New(file.New(path), Options{})
	assertPairs := func(want ...string) {
		t.Helper()
		for name, c := range map[string]*Client{"first": first, "second": second} {
			for _, pair := range []string{"ab", "cd", "ef"} {
				got, err := c.Pair(t.Context(), memory.PairID(pair))
				if err != nil {
					t.Fatal(err)
				}
				if (got != nil) != slices.Contains(want, pair) {
					t.Errorf("the %s client reads the pair %s: %t, want the pairs %q", name, pair, got != nil, want)
				}
			}
		}
	}
	create := func(c *Client, pair string) {
		t.Helper()
		if _, _, err := c.CreatePair(t.Context(), memory.DesiredPair(pair)); err != nil {
			t.Fatal(err)
		}
	}
	assertPairs()
	create(first, "ab")
	assertPairs("ab")
	create(second, "cd")
	assertPairs("ab", "cd")
	write("ef")
	assertPairs("ef")
	create(first, "cd")
	assertPairs("cd", "ef")
}
