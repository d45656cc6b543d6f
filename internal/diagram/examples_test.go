package diagram_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/diagram"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

var update = flag.Bool("update", false, "update examples/diagrams")

// threePools is a pair, and a pool that names one of the two as its backup.
func threePools() testkit.Estate {
	return testkit.Estate{
		Sites: []testkit.Site{
			{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1},
			{ID: 4, Name: "Grenoble", Branch: true, Parent: 2},
		},
		Pools: []testkit.Pool{
			{FQDN: "pool-paris", Enterprise: true, Central: testkit.Active},
			{FQDN: "pool-lyon", Site: 2, Enterprise: true, Central: testkit.Standby}, {FQDN: "fe-nice", Site: 2},
		},
		Pairs:   []testkit.Pair{{A: "pool-paris", B: "pool-lyon", CMSMaster: true}},
		Backups: []testkit.Backup{{From: "fe-nice", To: "pool-paris"}},
		Appliances: []testkit.Appliance{
			{FQDN: "sba-nantes", Site: 3, Pool: "pool-paris"}, {FQDN: "sba-rennes", Site: 3, Pool: "pool-paris"},
			{FQDN: "sba-grenoble", Site: 4, Pool: "pool-lyon"},
		},
	}
}

// sixtyPools has ten pools in each of six data centers, pairs between every two data centres, half of them of Skype for
// Business Server 2019, four unpaired pools, an incomplete pair, a one-way relationship, and 180 appliances, two of
// which do not have exactly one pool.
func sixtyPools() testkit.Estate {
	var e testkit.Estate
	centres := []string{"Paris", "Lyon", "Boston", "Denver", "Osaka", "Tokyo"}
	free := map[int][]int{} // the pools of a centre that have no partner
	for i, name := range centres {
		e.Sites = append(e.Sites, testkit.Site{ID: i + 1, Name: name},
			testkit.Site{ID: 100 + i, Name: "Around " + name, Branch: true, Parent: i + 1})
		for n := range 10 {
			pool := fmt.Sprintf("pool%02d-%s", n+1, name)
			e.Pools = append(e.Pools, testkit.Pool{FQDN: pool, Site: i + 1, Enterprise: n%2 == 0})
			free[i] = append(free[i], len(e.Pools)-1)
			for a := range 3 {
				e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: fmt.Sprintf("sba%d-%s", a+1, pool),
					Site: 100 + i, Pool: pool})
			}
		}
	}
	take := func(centre, version int) string {
		pool := &e.Pools[free[centre][0]]
		free[centre], pool.Version = free[centre][1:], version
		return pool.FQDN
	}
	for _, version := range []int{6, 8} { // ten pools of each centre, two to each of the five others
		for a := range centres {
			for b := a + 1; b < len(centres); b++ {
				e.Pairs = append(e.Pairs, testkit.Pair{A: take(a, version), B: take(b, version)})
			}
		}
	}
	last := len(e.Pairs) - 1
	e.Backups = []testkit.Backup{{From: e.Pairs[last].A, To: e.Pairs[last].B}}
	e.Pairs[last-1].NoService = []string{e.Pairs[last-1].A}
	e.Pairs = append(e.Pairs[:last-3:last-3], e.Pairs[last-1])
	e.Appliances[0].NoBackup = true
	e.Appliances[40].UserServices = e.Pools[12].FQDN
	return e
}

// The texts in examples/diagrams are the output of the provider. The renderer accepts them (make diagrams) and draws
// the pictures from them.
func TestExamples(t *testing.T) {
	for name, text := range map[string]string{
		"three-pools": mermaid(t, threePools(), diagram.Options{DrawAppliances: true}),
		"sixty-pools": mermaid(t, sixtyPools(), diagram.Options{}),
	} {
		assertText(t, filepath.Join(testkit.ModuleRoot(t), "examples", "diagrams", name+".mmd"), text)
	}
	for name, text := range map[string]string{
		"every-part":            mermaid(t, everyPart(), diagram.Options{}),
		"every-part-appliances": mermaid(t, everyPart(), diagram.Options{DrawAppliances: true}),
		// The renderer accepts these names only if they are escaped.
		"odd-names":         mermaid(t, oddNames(), diagram.Options{}),
		"odd-names-by-site": mermaid(t, oddNamesBySite(), diagram.Options{DrawAppliances: true}),
	} {
		assertText(t, filepath.Join("testdata", name+".mmd"), text)
	}
}

// assertText compares a text with a file, or with -update writes the file.
func assertText(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		//nolint:gosec // all users may read an example
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != text {
		t.Errorf("%s is out of date; update it with go test ./internal/diagram -update, then make pictures:\n%s",
			path, text)
	}
}

// everyPart has more than twelve pools, of five versions, in every part of a drawing: pairs, one of them with a pool of
// two pairs, relationships of Lync Server 2010, pools without a pair in two sites, and
// each fault. Some pools of a fault are in a pair.
func everyPart() testkit.Estate {
	return testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Brest"},
			{ID: 4, Name: "Nantes", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{
			{FQDN: "lyon1", Site: 2, Central: testkit.Active}, {FQDN: "paris1", Central: testkit.Standby},
			{FQDN: "paris2", Version: 7}, {FQDN: "lyon2", Site: 2, Version: 7}, {FQDN: "brest2", Site: 3, Version: 7},
			{FQDN: "old1", Version: 5}, {FQDN: "old2", Site: 2, Version: 5}, {FQDN: "old3", Site: 2, Version: 5},
			{FQDN: "alone1", Version: 8, Enterprise: true}, {FQDN: "alone2", Version: 8}, {FQDN: "alone3", Version: 9},
			{FQDN: "alone4", Site: 2}, {FQDN: "alone5", Site: 3}, {FQDN: "half1", Site: 3},
			{FQDN: "half2"}, {FQDN: "oneway", Site: 3},
		},
		Pairs: []testkit.Pair{{A: "lyon1", B: "paris1"}, {A: "paris2", B: "lyon2"},
			{A: "paris2", B: "brest2", NoBackup: []string{"paris2"}}, // the estate has its Backup below
			{A: "half1", B: "half2", NoService: []string{"half1"}}},
		Backups: []testkit.Backup{{From: "old1", To: "old2"}, {From: "old3", To: "old2"},
			{From: "old2", To: "old3"}, {From: "oneway", To: "lyon1"}, {From: "paris2", To: "brest2"}},
		Appliances: []testkit.Appliance{
			{FQDN: "sba1", Site: 4, Pool: "lyon1"}, {FQDN: "sba2", Site: 4, Pool: "lyon1"},
			{FQDN: "sba3", Site: 4, Pool: "alone1"}, {FQDN: "apart", Site: 4, Pool: "paris1", UserServices: "alone4"},
			{FQDN: "none", Site: 4, Pool: "lyon1", NoBackup: true},
		},
	}
}

// oddNames has sites whose names contain characters with a meaning in Mermaid.
func oddNames() testkit.Estate {
	e := testkit.Estate{Pools: []testkit.Pool{{FQDN: "end"}, {FQDN: "subgraph", Site: 2}},
		Pairs: []testkit.Pair{{A: "end", B: "subgraph"}}}
	for i, name := range []string{
		`"]`, `end`, "`**bold**`", `a; b`, `50% %% done`, `<b>x</b> & y`, `#35; #quot;`, `{[(|)]}`, `C:\new\table`,
		"東京 🗼", `%%{init: {}}%%`, `-->`, `x::y`, "two\nlines", `1. list`, `- list`,
		`direction TB`, `Wrong direction  lr here`, `$$x^2$$`, `fa:fa-car Nice`, `10:30`,
		"costs $$", "style: #x;", "*a* _b_ ~c~", "12) Rome", "https://x.y/?a=b", "a@b{c}",
	} {
		e.Sites = append(e.Sites, testkit.Site{ID: i + 1, Name: name})
		if i > 1 {
			e.Pools = append(e.Pools, testkit.Pool{FQDN: fmt.Sprintf("pool%d", i), Site: i + 1})
		}
	}
	return e
}

// oddNamesBySite has the sites of oddNames as branch sites, with so few pools that they are drawn in their sites.
func oddNamesBySite() testkit.Estate {
	e := oddNames()
	for _, p := range e.Pools[2:] {
		e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: p.FQDN, Site: p.Site, Pool: "end"})
		e.Sites[p.Site-1].Branch = true
	}
	e.Pools = e.Pools[:2]
	return e
}
