package topology_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	namespace      = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"
	namespaceRoles = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"
)

// randomEstate returns an estate with at least two Front End pools without a pair, and the names of these pools.
func randomEstate(r *rand.Rand) (testkit.Estate, []string) {
	yes := func() bool { return r.IntN(2) == 0 }
	e := testkit.Estate{LF: yes(), Minified: r.IntN(4) == 0, Encoding: testkit.Encoding(r.IntN(4))}
	sites := 1 + r.IntN(3)
	for id := range sites {
		e.Sites = append(e.Sites, testkit.Site{ID: id + 1, Name: []string{"Paris & Co", "Köln", "東京"}[id]})
	}
	e.Sites = append(e.Sites, testkit.Site{ID: 9, Branch: true, Parent: 1, Nested: yes()})
	central := r.IntN(6)
	var free []string
	for i := range 4 + r.IntN(5) {
		p := testkit.Pool{
			FQDN: fmt.Sprintf("pool%02d", r.IntN(90)*10+i), Site: 1 + r.IntN(sites), Version: 6 + r.IntN(3),
			Enterprise: yes(),
		}
		if p.Enterprise && yes() {
			// Several pools share the hosts of their databases and files, which can be in another site.
			p.SQLHost, p.SQLInstance = "sql-shared", fmt.Sprintf("inst%d", i)
			p.FileHost = "files"
		}
		if i == central {
			p.Central = testkit.Active
		}
		e.Pools = append(e.Pools, p)
		free = append(free, p.FQDN)
	}
	e.Pools = append(e.Pools,
		testkit.Pool{FQDN: "sql-shared", Kind: testkit.SQLServer, Site: sites},
		testkit.Pool{FQDN: "files", Kind: testkit.FileServer, Site: sites},
		testkit.Pool{FQDN: "edge", Kind: testkit.Edge, NextHop: e.Pools[0].FQDN},
	)
	for i := range r.IntN(4) {
		e.Appliances = append(e.Appliances,
			testkit.Appliance{FQDN: fmt.Sprintf("sba%d", i), Site: 9, Pool: e.Pools[r.IntN(4)].FQDN})
	}
	r.Shuffle(len(e.Pools), func(i, j int) { e.Pools[i], e.Pools[j] = e.Pools[j], e.Pools[i] })
	r.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	if yes() { // an existing pair
		e.Pairs = []testkit.Pair{{A: free[0], B: free[1]}}
		free = free[2:]
	}
	return e, free
}

// TestCreateAndDeleteKeepEveryByte creates pairs in many documents and deletes them in another order. It does so one by
// one with an editor for each, and with one editor for all.
func TestCreateAndDeleteKeepEveryByte(t *testing.T) {
	t.Parallel()
	documents := 100
	if testing.Short() {
		documents = 20
	}
	for seed := range documents {
		r := rand.New(rand.NewPCG(2, uint64(seed)))
		estate, free := randomEstate(r)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			raw := estate.Document()
			now := raw
			e := newEditor(t, raw)
			var pairs []topology.DesiredPair
			for ; len(free) > 1; free = free[2:] {
				desired := pairOf(free[0], free[1])
				pairs = append(pairs, desired)
				alone := createPair(t, raw, desired)
				assertOnlyAdds(t, raw, alone)
				assertNamespaces(t, alone)
				assertSameBytes(t, "one pair", deletePair(t, alone, free[0], free[1]), raw)
				now = createPair(t, now, desired)
				if err := e.CreatePair(desired); err != nil {
					t.Fatal(err)
				}
			}
			assertSameBytes(t, "in one editor and in several", e.Document().Bytes(), now)
			r.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
			for _, pair := range pairs {
				now = deletePair(t, now, pair.Members[1].String(), pair.Members[0].String())
				if _, err := e.DeletePair(pair.ID()); err != nil {
					t.Fatal(err)
				}
			}
			assertSameBytes(t, "all pairs", now, raw)
			assertSameBytes(t, "all pairs in one editor", e.Document().Bytes(), raw)
		})
	}
}

// TestSwapWithinOneEditor exchanges the partners of pools and restores them. Every service gets its old identity back.
func TestSwapWithinOneEditor(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b", Site: 2}, {FQDN: "c"}, {FQDN: "d", Site: 2}},
		Pairs: []testkit.Pair{{A: "a", B: "b"}, {A: "c", B: "d"}},
	}
	e := newEditor(t, estate.Document())
	repair := func(ends, begins [2][2]string) {
		for _, p := range ends {
			if _, err := e.DeletePair(pairID(p[0], p[1])); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range begins {
			if err := e.CreatePair(pairOf(p[0], p[1])); err != nil {
				t.Fatal(err)
			}
		}
	}
	ids := func() string {
		var all []string
		for _, name := range []string{"a", "b", "c", "d"} {
			all = append(all, e.Topology().Pool(fqdn(name)).Role(topology.RoleBackupService)[0].ID.String())
		}
		return strings.Join(all, " ")
	}
	first := ids()
	repair([2][2]string{{"a", "b"}, {"c", "d"}}, [2][2]string{{"b", "d"}, {"a", "c"}})
	if got := ids(); got != first {
		t.Errorf("identities %s, were %s", got, first)
	}
	repair([2][2]string{{"a", "c"}, {"b", "d"}}, [2][2]string{{"a", "b"}, {"c", "d"}})
	assertSameBytes(t, "restored", e.Document().Bytes(), estate.Document())
}

func TestNumbersOfNewServices(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}, {FQDN: "d"}, {FQDN: "e"}, {FQDN: "f"}},
		Pairs: []testkit.Pair{{A: "a", B: "b"}, {A: "c", B: "d"}},
	}
	ids := func(topo *topology.Topology, names ...string) string {
		var all []string
		for _, name := range names {
			all = append(all, topo.Pool(fqdn(name)).Role(topology.RoleBackupService)[0].ID.Instance)
		}
		return strings.Join(all, " ")
	}
	t.Run("lowest free", func(t *testing.T) {
		raw := deletePair(t, estate.Document(), "a", "b") // leaves 3 and 4
		if got := ids(parse(t, createPair(t, raw, pairOf("e", "f"))).Topology(), "e", "f"); got != "1 2" {
			t.Errorf("numbers %s", got)
		}
	})
	t.Run("not a number of the document as loaded", func(t *testing.T) {
		e := newEditor(t, estate.Document())
		if _, err := e.DeletePair(pairID("a", "b")); err != nil {
			t.Fatal(err)
		}
		if err := e.CreatePair(pairOf("e", "f")); err != nil {
			t.Fatal(err)
		}
		if got := ids(e.Topology(), "e", "f"); got != "5 6" {
			t.Errorf("numbers %s", got)
		}
	})
	t.Run("not a number that dangles", func(t *testing.T) {
		// The service of d names the missing service of c.
		raw := withoutService(t, deletePair(t, estate.Document(), "a", "b"), "1-BackupService-3")
		got := createPair(t, raw, pairOf("e", "f"))
		if got := ids(parse(t, got).Topology(), "e", "f"); got != "1 2" {
			t.Errorf("numbers %s", got)
		}
		if got := ids(parse(t, createPair(t, got, pairOf("a", "b"))).Topology(), "a", "b"); got != "5 6" {
			t.Errorf("numbers %s: 3 is the missing partner of d's service, which is 4", got)
		}
	})
}

// assertOnlyAdds checks that an edit only adds lines, and only to the services.
func assertOnlyAdds(t *testing.T, before, after []byte) {
	t.Helper()
	lines := strings.Split(changedLines(before, after), "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "+") }); i >= 0 {
		t.Errorf("not only added: %s", lines[i])
	}
	cut := func(raw []byte) string { head, _, _ := strings.Cut(testkit.Decode(raw), "<Services>"); return head }
	if cut(before) != cut(after) {
		t.Error("something before the services changed")
	}
}
