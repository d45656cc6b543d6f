package topology_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestLinksOfEachCombination(t *testing.T) {
	t.Parallel()
	for bits := range 16 {
		part := testkit.Pair{A: "a", B: "b"}
		for i, name := range []string{"a", "b"} {
			if bits&(1<<i) == 0 {
				part.NoBackup = append(part.NoBackup, name)
			}
		}
		raw := threePools(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{part} }).Document()
		if bits&4 == 0 {
			raw = replaceInService(t, raw, "1-BackupService-1", serviceB, idElement("2-BackupService-9"))
		}
		if bits&8 == 0 {
			raw = replaceInService(t, raw, "2-BackupService-1", serviceA, idElement("2-FileStore-1"))
		}
		topo := parse(t, raw).Topology()
		a, b := topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))
		want := topology.Links{BackupA: bits&1 != 0, BackupB: bits&2 != 0, ServiceA: bits&4 != 0, ServiceB: bits&8 != 0}
		got := topo.Links(a, b)
		if got != want ||
			topo.Links(b, a) != (topology.Links{BackupA: want.BackupB, BackupB: want.BackupA, ServiceA: want.ServiceB,
				ServiceB: want.ServiceA}) {
			t.Errorf("%04b: %+v, from the other side %+v", bits, got, topo.Links(b, a))
		}
		count := strings.Count(fmt.Sprintf("%b", bits), "1")
		if got.Count() != count || got.Any() != (count > 0) || got.All() != (count == 4) ||
			got.Paired() != (bits&12 != 0 || bits&3 == 3) {
			t.Errorf("%04b: %d, any %t, all %t, paired %t", bits, got.Count(), got.Any(), got.All(), got.Paired())
		}
		if linked := topo.Linked(a); (len(linked) == 1) != (count > 0) || len(topo.Linked(b)) != len(linked) {
			t.Errorf("%04b: linked with %v", bits, linked)
		}
		if pairs := topo.Pairs(); (len(pairs) == 1) != got.Paired() || len(pairs) == 1 && pairs[0].Links != got {
			t.Errorf("%04b: pairs %v", bits, pairs)
		}
	}
}

func TestPairsAreSorted(t *testing.T) {
	t.Parallel()
	raw := testkit.Estate{
		Sites: []testkit.Site{{ID: 1}, {ID: 2, Branch: true}},
		Pools: []testkit.Pool{
			{FQDN: "d"}, {FQDN: "C"}, {FQDN: "b"}, {FQDN: "a"}, {FQDN: "x"}, {FQDN: "y"},
			{FQDN: "old1", Version: 5}, {FQDN: "old2", Version: 5}, {FQDN: "old3", Version: 5},
			{FQDN: "z-director", Kind: testkit.Director},
		},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 2, Pool: "a"}},
		Pairs:      []testkit.Pair{{A: "d", B: "b"}, {A: "c", B: "a"}, {A: "c", B: "b", NoBackup: []string{"b", "c"}}},
		Backups: []testkit.Backup{
			{From: "x", To: "y"},                                   // one way
			{From: "old1", To: "old2"}, {From: "old3", To: "old2"}, // as Lync Server 2010 allows it
			{From: "z-director", To: "y"}, {From: "y", To: "z-director"},
		},
	}.Document()
	topo := parse(t, raw).Topology()
	var got []string
	for _, p := range topo.Pairs() {
		got = append(got,
			strings.ReplaceAll(fmt.Sprint(p.First.FQDN, "-", p.Second.FQDN, " ", p.Links.Count()), ".contoso.com", ""))
	}
	if s := strings.Join(got, ", "); s != "a-c 4, b-c 2, b-d 4" {
		t.Errorf("pairs: %s", s)
	}
	var linked []topology.FQDN
	for _, p := range topo.Linked(topo.Pool(fqdn("a"))) {
		linked = append(linked, p.FQDN)
	}
	if !slices.Equal(linked, []topology.FQDN{fqdn("c"), fqdn("sba")}) {
		t.Errorf("linked with a: %s", linked)
	}
	names := topo.BackupServicePartners(topo.Pool(fqdn("c")))
	if !slices.Equal(names, []string{"a.contoso.com", "b.contoso.com"}) {
		t.Errorf("c's services are for %v", names)
	}
}

func TestBackupServicePartnersAreNamedOnce(t *testing.T) {
	t.Parallel()
	raw := threePools(func(e *testkit.Estate) {
		e.Pairs = append(e.Pairs, testkit.Pair{A: "a", B: "b", NoBackup: []string{"a", "b"}})
	}).Document()
	topo := parse(t, raw).Topology()
	if names := topo.BackupServicePartners(topo.Pool(fqdn("a"))); len(names) != 1 {
		t.Errorf("%v", names)
	}
}

func TestBackupRegistrars(t *testing.T) {
	t.Parallel()
	raw := threePools(nil).Document()
	second := "</Backup>\r\n      " + backupLine
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"one":  {raw, "b.contoso.com"},
		"none": {threePools(func(e *testkit.Estate) { e.Pairs = nil }).Document(), ""},
		"two": {
			replaceInService(t, raw, "1-Registrar-1", "</Backup>", second+registrarC+"</Backup>"),
			"b.contoso.com c.contoso.com",
		},
		"dangling": {
			replaceInService(t, raw, "1-Registrar-1", registrarB, idElement("9-Registrar-9")), "",
		},
		"names nothing": {replaceInService(t, raw, "1-Registrar-1", registrarB, ""), ""},
	} {
		topo := parse(t, c.raw).Topology()
		if got := strings.Join(topo.BackupRegistrars(topo.Pool(fqdn("a"))), " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	topo := parse(t, testkit.Estate{Pools: []testkit.Pool{{FQDN: "edge", Kind: testkit.Edge}}}.Document()).Topology()
	if names := topo.BackupRegistrars(topo.Pool(fqdn("edge"))); names != nil {
		t.Errorf("an Edge pool names %v", names)
	}
}

// A Backup is a link only if it names the Registrar of another pool.
func TestNoLinks(t *testing.T) {
	t.Parallel()
	paired := threePools(nil).Document()
	for name, raw := range map[string][]byte{
		"Backup of another role": replaceInService(t, paired, "1-Registrar-1", registrarB,
			idElement("2-UserServices-1")),
		"Backup of itself":      replaceInService(t, paired, "1-Registrar-1", registrarB, registrarA),
		"Backup without target": replaceInService(t, paired, "1-Registrar-1", registrarB, ""),
		"Backup that dangles":   replaceInService(t, paired, "1-Registrar-1", registrarB, idElement("2-Registrar-7")),
		"Backup in other payload": replaceInService(t, paired, "1-Registrar-1", backupLine,
			strings.Replace(backupLine, "<Backup", `<Backup xmlns="urn:x"`, 1)),
	} {
		topo := parse(t, raw).Topology()
		if topo.Links(topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))).BackupA {
			t.Errorf("%s is a link", name)
		}
	}
}

// An identity that two services have is a link to the pools of both.
func TestLinksToADuplicateIdentity(t *testing.T) {
	t.Parallel()
	paired := threePools(nil).Document()
	for name, c := range map[string]struct {
		raw   []byte
		third int // number of links of a and c
	}{
		"backup service, on its pool": {testkit.DuplicateService(paired, "2-BackupService-1"), 0},
		"Registrar, on another pool": {
			replaceInService(t, paired, "3-Registrar-1", idLine("3-Registrar-1"), idLine("2-Registrar-1")), 1,
		},
		"backup service, on a pool in third": {
			movedTo(t, testkit.DuplicateService(paired, "2-BackupService-1"), "2-BackupService-1", 3), 2,
		},
	} {
		topo := parse(t, c.raw).Topology()
		a, b, third := topo.Pool(fqdn("a")), topo.Pool(fqdn("b")), topo.Pool(fqdn("c"))
		if links := topo.Links(a, b); !links.All() {
			t.Errorf("%s: a and b have the links %+v", name, links)
		}
		if links := topo.Links(a, third); links.Count() != c.third {
			t.Errorf("%s: a and c have the links %+v", name, links)
		}
	}
}

// movedTo returns the document with the first service of an identity on the first cluster of another site.
func movedTo(t *testing.T, raw []byte, id string, site int) []byte {
	t.Helper()
	return replaceInService(t, raw, id, `<ClusterId SiteId="2" Number="1" />`,
		fmt.Sprintf(`<ClusterId SiteId="%d" Number="1" />`, site))
}
