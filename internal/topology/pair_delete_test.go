package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestDeleteEndsAtNothing(t *testing.T) {
	t.Parallel()
	none := threePools(func(e *testkit.Estate) { e.Pairs = nil })
	for links := 1; links < 16; links++ {
		for _, loose := range []bool{false, true} {
			t.Run(fmt.Sprintf("%04b loose %t", links, loose), func(t *testing.T) {
				part := testkit.Pair{A: "a", B: "b"}
				for i, name := range []string{"a", "b"} {
					if links&(1<<i) == 0 {
						part.NoBackup = append(part.NoBackup, name)
					}
					if links&(4<<i) == 0 && !loose {
						part.NoService = append(part.NoService, name)
					}
				}
				raw := threePools(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{part} }).Document()
				if loose {
					if links&4 == 0 {
						raw = inService(t, raw, "1-BackupService-1", serviceB, idElement("2-BackupService-9"))
					}
					if links&8 == 0 {
						raw = inService(t, raw, "2-BackupService-1", serviceA, idElement("1-BackupService-9"))
					}
				}
				topo := parse(t, raw).Topology()
				want := none.Document()
				if !topo.Links(topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))).Any() {
					want = raw // a service that dangles is no link: nothing is theirs
				}
				same(t, "deleted", remove(t, raw, "a", "b"), want)
			})
		}
	}
}

func TestDeleteOfWhatIsGone(t *testing.T) {
	t.Parallel()
	raw := threePools(func(e *testkit.Estate) {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"})
		e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "c"}}
		// A member that has become something else.
		e.Pools = append(e.Pools, testkit.Pool{FQDN: "director", Kind: testkit.Director}, testkit.Pool{FQDN: "sql", Kind: testkit.SQLServer})
	}).Document()
	for _, names := range [][2]string{
		{"a", "c"}, {"c", "d"}, {"a", "nobody"}, {"nobody", "a"}, {"nobody", "nothing"}, {"a", "a"}, {"", ""}, {"a", "director"}, {"sql", "a"},
	} {
		same(t, fmt.Sprint(names), remove(t, raw, names[0], names[1]), raw)
	}
}

func TestDeleteLeavesWhatIsNotThePairs(t *testing.T) {
	t.Parallel()
	appliances := func(e *testkit.Estate) {
		e.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 9, Branch: true}}
		e.Appliances = []testkit.Appliance{{FQDN: "s1", Site: 9, Pool: "a"}, {FQDN: "s2", Site: 9, Pool: "b", UserServices: "a"}}
	}
	for name, c := range map[string]struct {
		with  func(*testkit.Estate)
		pairs []testkit.Pair // besides a, b
	}{
		"appliances":                            {with: appliances},
		"Backup of a third pool":                {with: func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "c", To: "a"}} }},
		"service for a third pool":              {pairs: []testkit.Pair{{A: "a", B: "c", NoBackup: []string{"a", "c"}}}},
		"whole pair of other pools":             {with: func(e *testkit.Estate) { e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"}) }, pairs: []testkit.Pair{{A: "c", B: "d"}}},
		"active Central Management, no standby": {with: func(e *testkit.Estate) { e.Pools[0].Central = testkit.Active }},
		"Central Management of a third pool": {with: func(e *testkit.Estate) {
			e.Pools[1].Central, e.Pools[2].Central = testkit.Standby, testkit.Active
		}},
	} {
		t.Run(name, func(t *testing.T) {
			with := func(pairs ...testkit.Pair) []byte {
				return threePools(func(e *testkit.Estate) {
					if c.with != nil {
						c.with(e)
					}
					// The pair to delete comes last, so that the numbers of what stays are the same.
					e.Pairs = append(c.pairs, pairs...)
				}).Document()
			}
			same(t, "deleted", remove(t, with(testkit.Pair{A: "a", B: "b"}), "a", "b"), with())
		})
	}

	t.Run("paired outside", func(t *testing.T) {
		// State has a, b; the document has b, c and a's old Backup to b.
		raw := threePools(func(e *testkit.Estate) {
			e.Pairs = []testkit.Pair{{A: "b", B: "c"}}
			e.Backups = []testkit.Backup{{From: "a", To: "b"}}
		}).Document()
		same(t, "deleted", remove(t, raw, "a", "b"), threePools(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "b", B: "c"}} }).Document())
	})
	t.Run("a service that names one paired outside", func(t *testing.T) {
		rest := threePools(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "b", B: "c"}} })
		raw := inService(t, threePools(func(e *testkit.Estate) {
			e.Pairs = []testkit.Pair{{A: "b", B: "c"}, {A: "a", B: "b", NoBackup: []string{"a", "b"}, NoService: []string{"b"}}}
		}).Document(), "1-BackupService-1", idElement("2-BackupService-2"), serviceB)
		same(t, "deleted", remove(t, raw, "a", "b"), rest.Document())
	})
	t.Run("a service that waits in another site", func(t *testing.T) {
		raw := inService(t, withoutService(t, threePools(nil).Document(), "2-BackupService-1"), "1-BackupService-1", serviceB, serviceC)
		got := parse(t, remove(t, raw, "a", "b")).Topology()
		if n := len(got.Pool(fqdn("a")).Role(topology.RoleBackupService)); n != 1 {
			t.Errorf("%d services of a, want its one", n)
		}
	})
	t.Run("one of two Backups", func(t *testing.T) {
		raw := inService(t, threePools(nil).Document(), "1-Registrar-1", backupLine, backupLine+"\r\n        "+registrarC+"\r\n      </Backup>\r\n      "+backupLine)
		want := threePools(func(e *testkit.Estate) {
			e.Pairs = nil
			e.Backups = []testkit.Backup{{From: "a", To: "c"}}
		}).Document()
		same(t, "deleted", remove(t, raw, "a", "b"), want)
	})
	t.Run("a service that may wait for another pool", func(t *testing.T) {
		// a's service lost its partner in site 2, where both b and d are linked with a.
		raw := withoutService(t, threePools(func(e *testkit.Estate) {
			e.Pools = append(e.Pools, testkit.Pool{FQDN: "d", Site: 2})
			e.Backups = []testkit.Backup{{From: "d", To: "a"}}
		}).Document(), "2-BackupService-1")
		got := parse(t, remove(t, raw, "a", "b")).Topology()
		if n := len(got.Pool(fqdn("a")).Role(topology.RoleBackupService)); n != 1 {
			t.Errorf("%d services of a, want its one", n)
		}
	})
}

// An appliance's Backup is none of a pair's business, whatever names come in.
func TestDeleteNeverTouchesAnAppliance(t *testing.T) {
	t.Parallel()
	raw := testkit.Estate{
		Sites:      []testkit.Site{{ID: 1}, {ID: 2, Branch: true}},
		Pools:      []testkit.Pool{{FQDN: "a"}},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 2, Pool: "a"}},
	}.Document()
	same(t, "deleted", remove(t, raw, "sba", "a"), raw)
	same(t, "deleted", remove(t, raw, "a", "sba"), raw)
}

func TestDeleteAndLync2010(t *testing.T) {
	t.Parallel()
	raw := testkit.Estate{
		Pools:   []testkit.Pool{{FQDN: "a", Version: 5}, {FQDN: "b", Version: 5}, {FQDN: "c"}},
		Backups: []testkit.Backup{{From: "a", To: "b"}, {From: "b", To: "a"}, {From: "c", To: "a"}},
	}.Document()
	e := edit(t, raw)
	_, err := e.DeletePair(fqdn("a"), fqdn("b"))
	refused(t, e, raw, err, "PP-10-13", fqdn("a"), fqdn("b"))

	got := remove(t, raw, "c", "a") // a link that should not be is cleared in this way
	if topo := parse(t, got).Topology(); len(topo.BackupRegistrars(topo.Pool(fqdn("c")))) > 0 || len(topo.BackupRegistrars(topo.Pool(fqdn("b")))) != 1 {
		t.Errorf("changed:\n%s", change(raw, got))
	}
}

func TestDeleteRefuses(t *testing.T) {
	t.Parallel()
	whole := threePools(nil).Document()
	for name, c := range map[string]struct {
		raw   []byte
		words []string
	}{
		"a third service needs it": {inService(t, whole, "3-Registrar-1", idElement("3-WebServices-1"), serviceB),
			[]string{"3-Registrar-1", "2-BackupService-1"}},
		"a member's service needs it": {inService(t, whole, "1-Registrar-1", idElement("1-WebServices-1"), serviceA),
			[]string{"1-Registrar-1", "1-BackupService-1"}},
		"a service of a third pool depends on it": {inService(t, threePools(func(e *testkit.Estate) {
			e.Pairs = append(e.Pairs, testkit.Pair{A: "c", B: "a", NoBackup: []string{"a", "c"}, NoService: []string{"a"}})
		}).Document(), "3-BackupService-1", idElement("1-BackupService-2"), serviceA), []string{"3-BackupService-1", "1-BackupService-1"}},
		"one service for two partners": {inService(t, threePools(func(e *testkit.Estate) {
			e.Pairs = append(e.Pairs, testkit.Pair{A: "c", B: "a", NoBackup: []string{"a", "c"}, NoService: []string{"a"}})
		}).Document(), "1-BackupService-1", idElement("1-FileStore-1"), serviceC), []string{"1-BackupService-1", "b.contoso.com", "another pool"}},
		"the standby is needed": {inService(t, threePools(func(e *testkit.Estate) {
			e.Pools[0].Central, e.Pools[1].Central = testkit.Active, testkit.Standby
		}).Document(), "3-Registrar-1", idElement("3-WebServices-1"), idElement("2-CentralMgmt-1")), []string{"3-Registrar-1", "2-CentralMgmt-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := edit(t, c.raw)
			warning, err := e.DeletePair(fqdn("a"), fqdn("b"))
			refused(t, e, c.raw, err, c.words...)
			if warning != "" {
				t.Errorf("warning %q", warning)
			}
		})
	}
}

// The other members of one editor are not disturbed by a change that is refused in between.
func TestARefusalBetweenTwoChanges(t *testing.T) {
	t.Parallel()
	raw := threePools(func(e *testkit.Estate) { e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"}) }).Document()
	e := edit(t, raw)
	if err := e.CreatePair(pairOf("c", "d")); err != nil {
		t.Fatal(err)
	}
	between := e.Document().Bytes()
	refused(t, e, between, e.CreatePair(pairOf("a", "d")), "PP-FREE")
	refused(t, e, between, e.UpdatePair(pairOf("a", "d")), "Plan again")
	if _, err := e.DeletePair(fqdn("a"), fqdn("b")); err != nil {
		t.Fatal(err)
	}
	if _, err := e.DeletePair(fqdn("c"), fqdn("d")); err != nil {
		t.Fatal(err)
	}
	got := e.Document().Bytes()
	if strings.Contains(testkit.Decode(got), "BackupService") {
		t.Error("a backup service is left")
	}
	same(t, "and back", create(t, got, pairOf("a", "b")), threePools(func(e *testkit.Estate) { e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"}) }).Document())
}
