package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestDeleteRemovesAnyLinks(t *testing.T) {
	t.Parallel()
	none := threePools(func(e *testkit.Estate) { e.Pairs = nil })
	for links := 1; links < 16; links++ {
		for _, dangling := range []bool{false, true} {
			t.Run(fmt.Sprintf("%04b dangling %t", links, dangling), func(t *testing.T) {
				part := testkit.Pair{A: "a", B: "b"}
				for i, name := range []string{"a", "b"} {
					if links&(1<<i) == 0 {
						part.NoBackup = append(part.NoBackup, name)
					}
					if links&(4<<i) == 0 && !dangling {
						part.NoService = append(part.NoService, name)
					}
				}
				raw := threePools(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{part} }).Document()
				if dangling {
					if links&4 == 0 {
						raw = replaceInService(t, raw, "1-BackupService-1", serviceB, idElement("2-BackupService-9"))
					}
					if links&8 == 0 {
						raw = replaceInService(t, raw, "2-BackupService-1", serviceA, idElement("1-BackupService-9"))
					}
				}
				topo := parse(t, raw).Topology()
				want := none.Document()
				if !topo.Links(topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))).Any() {
					want = raw // a reference that does not resolve is not a link
				}
				assertSameBytes(t, "deleted", deletePair(t, raw, "a", "b"), want)
			})
		}
	}
}

func TestDeleteWithoutLinks(t *testing.T) {
	t.Parallel()
	raw := threePools(func(e *testkit.Estate) {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"})
		e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "c"}}
		// A member that is no longer a Front End pool.
		e.Pools = append(e.Pools, testkit.Pool{FQDN: "director", Kind: testkit.Director},
			testkit.Pool{FQDN: "sql", Kind: testkit.SQLServer})
	}).Document()
	for _, names := range [][2]string{
		{"a", "c"}, {"c", "d"}, {"a", "unknown"}, {"unknown", "a"}, {"unknown", "missing"}, {"a", "a"}, {"", ""},
		{"a", "director"}, {"sql", "a"},
	} {
		assertSameBytes(t, fmt.Sprint(names), deletePair(t, raw, names[0], names[1]), raw)
	}
}

func TestDeleteKeepsOtherLinks(t *testing.T) {
	t.Parallel()
	appliances := func(e *testkit.Estate) {
		e.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 9, Branch: true}}
		e.Appliances = []testkit.Appliance{
			{FQDN: "s1", Site: 9, Pool: "a"}, {FQDN: "s2", Site: 9, Pool: "b", UserServices: "a"},
		}
	}
	for name, c := range map[string]struct {
		with  func(*testkit.Estate)
		pairs []testkit.Pair // besides a, b
	}{
		"appliances": {with: appliances},
		"Backup of a third pool": {
			with: func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "c", To: "a"}} },
		},
		"service for a third pool": {
			pairs: []testkit.Pair{{A: "a", B: "c", NoBackup: []string{"a", "c"}}},
		},
		"complete pair of other pools": {
			with:  func(e *testkit.Estate) { e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"}) },
			pairs: []testkit.Pair{{A: "c", B: "d"}},
		},
		"active Central Management, no standby": {
			with: func(e *testkit.Estate) { e.Pools[0].Central = testkit.Active },
		},
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
					// The pair to delete comes last, so that the other services keep their numbers.
					e.Pairs = append(c.pairs, pairs...)
				}).Document()
			}
			assertSameBytes(t, "deleted", deletePair(t, with(testkit.Pair{A: "a", B: "b"}), "a", "b"), with())
		})
	}
	t.Run("paired outside", func(t *testing.T) {
		// The pair to delete is a, b. The document has the pair b, c and the former Backup of a.
		raw := threePools(func(e *testkit.Estate) {
			e.Pairs = []testkit.Pair{{A: "b", B: "c"}}
			e.Backups = []testkit.Backup{{From: "a", To: "b"}}
		}).Document()
		assertSameBytes(t, "deleted", deletePair(t, raw, "a", "b"),
			threePools(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "b", B: "c"}} }).Document())
	})
	t.Run("a service that names one of another pair", func(t *testing.T) {
		rest := threePools(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "b", B: "c"}} })
		raw := replaceInService(t, threePools(func(e *testkit.Estate) {
			e.Pairs = []testkit.Pair{
				{A: "b", B: "c"}, {A: "a", B: "b", NoBackup: []string{"a", "b"}, NoService: []string{"b"}},
			}
		}).Document(), "1-BackupService-1", idElement("2-BackupService-2"), serviceB)
		assertSameBytes(t, "deleted", deletePair(t, raw, "a", "b"), rest.Document())
	})
	t.Run("a service whose missing partner is in another site", func(t *testing.T) {
		raw := replaceInService(t, withoutService(t, threePools(nil).Document(), "2-BackupService-1"),
			"1-BackupService-1", serviceB, serviceC)
		got := parse(t, deletePair(t, raw, "a", "b")).Topology()
		if n := len(got.Pool(fqdn("a")).Role(topology.RoleBackupService)); n != 1 {
			t.Errorf("%d services of a, want its one", n)
		}
	})
	t.Run("one of two Backups", func(t *testing.T) {
		raw := replaceInService(t, threePools(nil).Document(), "1-Registrar-1", backupLine,
			backupLine+"\r\n        "+registrarC+"\r\n      </Backup>\r\n      "+backupLine)
		want := threePools(func(e *testkit.Estate) {
			e.Pairs = nil
			e.Backups = []testkit.Backup{{From: "a", To: "c"}}
		}).Document()
		assertSameBytes(t, "deleted", deletePair(t, raw, "a", "b"), want)
	})
	t.Run("a service whose missing partner can be of another pool", func(t *testing.T) {
		// The partner of a's service is missing in site 2, where a has links to both b and d.
		raw := withoutService(t, threePools(func(e *testkit.Estate) {
			e.Pools = append(e.Pools, testkit.Pool{FQDN: "d", Site: 2})
			e.Backups = []testkit.Backup{{From: "d", To: "a"}}
		}).Document(), "2-BackupService-1")
		got := parse(t, deletePair(t, raw, "a", "b")).Topology()
		if n := len(got.Pool(fqdn("a")).Role(topology.RoleBackupService)); n != 1 {
			t.Errorf("%d services of a, want its one", n)
		}
	})
}

// DeletePair keeps the Backup of an appliance, even if it is called with the appliance.
func TestDeleteKeepsAppliances(t *testing.T) {
	t.Parallel()
	raw := testkit.Estate{
		Sites:      []testkit.Site{{ID: 1}, {ID: 2, Branch: true}},
		Pools:      []testkit.Pool{{FQDN: "a"}},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 2, Pool: "a"}},
	}.Document()
	assertSameBytes(t, "deleted", deletePair(t, raw, "sba", "a"), raw)
	assertSameBytes(t, "deleted", deletePair(t, raw, "a", "sba"), raw)
}

func TestDeleteAndLync2010(t *testing.T) {
	t.Parallel()
	raw := testkit.Estate{
		Pools:   []testkit.Pool{{FQDN: "a", Version: 5}, {FQDN: "b", Version: 5}, {FQDN: "c"}},
		Backups: []testkit.Backup{{From: "a", To: "b"}, {From: "b", To: "a"}, {From: "c", To: "a"}},
	}.Document()
	e := newEditor(t, raw)
	_, err := e.DeletePair(pairID("a", "b"))
	assertRefused(t, e, raw, err,
		topology.Refusal{Fault: topology.NotManagedPair, Pool: fqdn("a"), Other: fqdn("b")})

	got := deletePair(t, raw, "c", "a") // a link between pools of 2013 and 2010 can be removed
	if topo := parse(t, got).Topology(); len(topo.BackupRegistrars(topo.Pool(fqdn("c")))) > 0 ||
		len(topo.BackupRegistrars(topo.Pool(fqdn("b")))) != 1 {
		t.Errorf("changed:\n%s", changedLines(raw, got))
	}
}

func TestDeleteRefuses(t *testing.T) {
	t.Parallel()
	paired := threePools(nil).Document()
	needed := func(by, service string) topology.Refusal {
		return topology.Refusal{
			Fault: topology.ServiceNeeded, Pool: fqdn("a"), Other: fqdn("b"), Services: serviceIDs(by, service),
		}
	}
	withThird := threePools(func(e *testkit.Estate) {
		e.Pairs = append(e.Pairs, testkit.Pair{A: "c", B: "a", NoBackup: []string{"a", "c"}, NoService: []string{"a"}})
	}).Document()
	for name, c := range map[string]struct {
		raw  []byte
		want topology.Refusal
	}{
		"a third service needs it": {
			replaceInService(t, paired, "3-Registrar-1", idElement("3-WebServices-1"), serviceB),
			needed("3-Registrar-1", "2-BackupService-1"),
		},
		"a member's service needs it": {
			replaceInService(t, paired, "1-Registrar-1", idElement("1-WebServices-1"), serviceA),
			needed("1-Registrar-1", "1-BackupService-1"),
		},
		"a service of a third pool depends on it": {
			replaceInService(t, withThird, "3-BackupService-1", idElement("1-BackupService-2"), serviceA),
			needed("3-BackupService-1", "1-BackupService-1"),
		},
		"one service for two partners": {
			replaceInService(t, withThird, "1-BackupService-1", idElement("1-FileStore-1"), serviceC),
			topology.Refusal{
				Fault: topology.BackupServiceTwice, Pool: fqdn("a"), Other: fqdn("b"),
				Services: serviceIDs("1-BackupService-1"),
			},
		},
		"the standby is needed": {
			replaceInService(t, threePools(func(e *testkit.Estate) {
				e.Pools[0].Central, e.Pools[1].Central = testkit.Active, testkit.Standby
			}).Document(), "3-Registrar-1", idElement("3-WebServices-1"), idElement("2-CentralMgmt-1")),
			needed("3-Registrar-1", "2-CentralMgmt-1"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEditor(t, c.raw)
			standby, err := e.DeletePair(pairID("a", "b"))
			assertRefused(t, e, c.raw, err, c.want)
			if standby.Ambiguous != "" || standby.Pool != nil || standby.Services != nil {
				t.Errorf("standby %+v", standby)
			}
		})
	}
}

// A change that is refused does not affect the other changes of an editor.
func TestRefusalBetweenChanges(t *testing.T) {
	t.Parallel()
	raw := threePools(func(e *testkit.Estate) { e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"}) }).Document()
	e := newEditor(t, raw)
	if err := e.CreatePair(pairOf("c", "d")); err != nil {
		t.Fatal(err)
	}
	between := e.Document().Bytes()
	assertRefused(t, e, between, e.CreatePair(pairOf("a", "d")), topology.Refusal{
		Fault: topology.PoolNotFree, Pool: fqdn("a"), Linked: []topology.FQDN{fqdn("b")},
		Services: serviceIDs("1-Registrar-1", "1-BackupService-1"),
	})
	assertRefused(t, e, between, e.UpdatePair(pairOf("a", "d")),
		topology.Refusal{Fault: topology.PairNotFound, Pool: fqdn("a"), Other: fqdn("d")})
	if _, err := e.DeletePair(pairID("a", "b")); err != nil {
		t.Fatal(err)
	}
	if _, err := e.DeletePair(pairID("c", "d")); err != nil {
		t.Fatal(err)
	}
	got := e.Document().Bytes()
	if strings.Contains(testkit.Decode(got), "BackupService") {
		t.Error("a backup service is left")
	}
	assertSameBytes(t, "created again", createPair(t, got, pairOf("a", "b")),
		threePools(func(e *testkit.Estate) { e.Pools = append(e.Pools, testkit.Pool{FQDN: "d"}) }).Document())
}
