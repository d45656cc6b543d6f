package topology_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// centralEstate returns the pair a, b with these roles of Central Management. The function change can change the pools.
func centralEstate(a, b string, change func(pools []testkit.Pool)) testkit.Estate {
	e := threePools(func(e *testkit.Estate) {
		e.Pools[0].Central, e.Pools[1].Central = a, b
		e.Pairs[0].CMSMaster = true
	})
	if change != nil {
		change(e.Pools)
	}
	return e
}

// unpaired returns the estate without its pair and without a standby.
func unpaired(e testkit.Estate) testkit.Estate {
	e.Pairs, e.Pools = nil, slices.Clone(e.Pools)
	for i := range e.Pools {
		if e.Pools[i].Central == testkit.Standby {
			e.Pools[i].Central = ""
		}
	}
	return e
}

func TestStandbyIsCreatedAndDeleted(t *testing.T) {
	t.Parallel()
	const active, standby = testkit.Active, testkit.Standby
	for name, e := range map[string]testkit.Estate{
		"standard":      centralEstate(active, standby, nil),
		"on the second": centralEstate(standby, active, nil),
		"default instance": centralEstate(active, standby,
			func(p []testkit.Pool) { p[1].SQLInstance = testkit.DefaultInstance }),
		"enterprise": centralEstate(active, standby,
			func(p []testkit.Pool) { p[0].Enterprise, p[1].Enterprise = true, true }),
		"SQL on other site": centralEstate(active, standby,
			func(p []testkit.Pool) { p[1].Enterprise, p[1].SQLHost, p[1].FileHost = true, "c", "c" }),
		"one SQL host": centralEstate(active, standby, func(p []testkit.Pool) {
			p[0].Enterprise, p[0].SQLHost, p[1].Enterprise, p[1].SQLHost, p[1].SQLInstance = true, "sql", true, "sql",
				"other"
		}),
		"other versions": centralEstate(active, standby, func(p []testkit.Pool) { p[0].Version, p[1].Version = 8, 7 }),
	} {
		t.Run(name, func(t *testing.T) {
			got := createPair(t, unpaired(e).Document(), pairOf("a", "b"))
			assertSameBytes(t, "created", got, e.Document())
			assertSameBytes(t, "deleted", deletePair(t, got, "a", "b"), unpaired(e).Document())
		})
	}
}

func TestStandbyIsOnTheSiteOfItsSQLInstance(t *testing.T) {
	t.Parallel()
	e := centralEstate(testkit.Active, "", func(p []testkit.Pool) { p[1].Enterprise, p[1].SQLHost = true, "c" })
	topo := parse(t, createPair(t, unpaired(e).Document(), pairOf("a", "b"))).Topology()
	cms := topo.Pool(fqdn("b")).Role(topology.RoleCentralMgmt)
	if len(cms) != 1 || cms[0].ID.String() != "2-CentralMgmt-1" || cms[0].IsActive {
		t.Fatalf("standby %+v", cms)
	}
	var on []string
	for _, d := range cms[0].DependsOn {
		on = append(on, d.Target.String())
	}
	if got := strings.Join(on, " "); got != "3-CentralMgmtStore-1 2-FileStore-1" {
		t.Errorf("it depends on %s", got)
	}
	store := topo.Service(cms[0].DependsOn[0].Target)
	if *store.SQLInstance != *topo.Pool(fqdn("b")).UserStore.SQLInstance {
		t.Errorf("its store is on %+v", store.SQLInstance)
	}
}

func TestDeleteAfterAFailover(t *testing.T) {
	t.Parallel()
	// After the failover, the Central Management of a is the standby. It is removed with its store.
	e := newEditor(t, centralEstate(testkit.Standby, testkit.Active, nil).Document())
	standby, err := e.DeletePair(pairID("a", "b"))
	if err != nil || standby.Ambiguous != "" {
		t.Fatal(err, standby.Ambiguous)
	}
	var removed []topology.ServiceID
	for _, s := range standby.Services {
		removed = append(removed, s.ID)
	}
	if standby.Pool == nil || standby.Pool.FQDN != fqdn("a") ||
		!slices.Equal(removed, serviceIDs("1-CentralMgmt-1", "1-CentralMgmtStore-1")) {
		t.Errorf("the removed standby has the services %v", removed)
	}
	a, b := e.Topology().Pool(fqdn("a")), e.Topology().Pool(fqdn("b"))
	if a.Central != "" || b.Central != topology.CentralActive || len(a.Role(topology.RoleCentralMgmtStore)) > 0 ||
		len(b.Role(topology.RoleCentralMgmtStore)) != 1 {
		t.Errorf("a %q, b %q", a.Central, b.Central)
	}
}

func TestDeleteLeavesCentralManagement(t *testing.T) {
	t.Parallel()
	const active, standby = testkit.Active, testkit.Standby
	for _, c := range []struct {
		name, a, b, c string
		ambiguous     topology.CentralRole
	}{
		{"both active", active, active, "", topology.CentralActive},
		{"both inactive", standby, standby, "", topology.CentralStandby},
		{"both inactive, active elsewhere", standby, standby, active, topology.CentralStandby},
		{"active elsewhere", standby, "", active, ""},
		{"active here and elsewhere", active, standby, active, ""},
		{"no standby", "", active, "", ""},
		{"none active", standby, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			estate := centralEstate(c.a, c.b, func(p []testkit.Pool) { p[2].Central = c.c })
			after := estate
			after.Pairs = nil
			e := newEditor(t, estate.Document())
			standby, err := e.DeletePair(pairID("a", "b"))
			if err != nil {
				t.Fatal(err)
			}
			if standby.Ambiguous != c.ambiguous || standby.Pool != nil || standby.Services != nil {
				t.Errorf("standby %+v, want ambiguous %q", standby, c.ambiguous)
			}
			assertSameBytes(t, "deleted", e.Document().Bytes(), after.Document())
		})
	}
}

func TestDeleteAndTheStoreOfTheStandby(t *testing.T) {
	t.Parallel()
	pair := centralEstate(testkit.Active, testkit.Standby, nil)
	stores := func(t *testing.T, raw []byte) int {
		e := newEditor(t, raw)
		if standby, err := e.DeletePair(pairID("a", "b")); err != nil || standby.Ambiguous != "" {
			t.Fatal(err, standby.Ambiguous)
		}
		if p := e.Topology().Pool(fqdn("b")); p.Central != "" {
			t.Errorf("b is still %s", p.Central)
		}
		n := 0
		for s := range e.Topology().Services() {
			if s.ID.Role == topology.RoleCentralMgmtStore {
				n++
			}
		}
		return n
	}
	own, theirs := idElement("2-CentralMgmtStore-1"), idElement("1-CentralMgmtStore-1")
	t.Run("its own", func(t *testing.T) {
		if n := stores(t, pair.Document()); n != 1 {
			t.Errorf("%d stores", n)
		}
	})
	t.Run("that it names twice", func(t *testing.T) {
		if n := stores(t,
			replaceInService(t, pair.Document(), "2-CentralMgmt-1", idElement("2-FileStore-1"), own)); n != 1 {
			t.Errorf("%d stores", n)
		}
	})
	t.Run("that of the active one", func(t *testing.T) {
		if n := stores(t, replaceInService(t, pair.Document(), "2-CentralMgmt-1", own, theirs)); n != 2 {
			t.Errorf("%d stores", n)
		}
	})
	t.Run("that others need", func(t *testing.T) {
		if n := stores(t,
			replaceInService(t, pair.Document(), "3-Registrar-1", idElement("3-WebServices-1"), own)); n != 2 {
			t.Errorf("%d stores", n)
		}
	})
	t.Run("that does not exist", func(t *testing.T) {
		if n := stores(t, withoutService(t, pair.Document(), "2-CentralMgmtStore-1")); n != 1 {
			t.Errorf("%d stores", n)
		}
	})
	t.Run("on a SQL host of its own", func(t *testing.T) {
		e := centralEstate(testkit.Active, testkit.Standby, func(p []testkit.Pool) { p[2].SQLInstance = "cms" })
		raw := replaceInService(t, e.Document(), "2-CentralMgmtStore-1", `<ClusterId SiteId="2" Number="1" />`,
			`<ClusterId SiteId="3" Number="1" />`)
		if n := stores(t, raw); n != 1 {
			t.Errorf("%d stores", n)
		}
	})
}

func TestCreateRefusesAStandby(t *testing.T) {
	t.Parallel()
	oneInstance := centralEstate(testkit.Active, "", func(p []testkit.Pool) {
		p[0].Enterprise, p[0].SQLHost, p[1].Enterprise, p[1].SQLHost = true, "sql", true, "sql"
	})
	shared := topology.Refusal{
		Fault: topology.SharedInstance, Pool: fqdn("b"), Services: serviceIDs("1-CentralMgmtStore-1"),
	}
	raw := unpaired(oneInstance).Document()
	e := newEditor(t, raw)
	assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")), shared)

	// Windows compares the names of instances without case.
	spelled := replaceInService(t, raw, "1-CentralMgmtStore-1", `Name="rtc"`, `Name="RTC"`)
	e = newEditor(t, spelled)
	assertRefused(t, e, spelled, e.CreatePair(pairOf("a", "b")), shared)

	raw = replaceInService(t, unpaired(centralEstate(testkit.Active, "", nil)).Document(),
		"2-UserServices-1", idElement("2-UserStore-1"), idElement("2-UserStore-9"))
	e = newEditor(t, raw)
	assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")),
		topology.Refusal{Fault: topology.NoDatabase, Pool: fqdn("b")})

	raw = unpaired(centralEstate(testkit.Active, "", nil)).Document()
	raw = withoutService(t, raw, "2-FileStore-1")
	e = newEditor(t, raw)
	assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")), topology.Refusal{
		Fault: topology.FileStoreNotFound, Pool: fqdn("b"), Found: topology.RoleConfServices,
		Services: serviceIDs("2-FileStore-1"),
	})
}

func TestStandbyKeepsItsIdentityWithinOneEditor(t *testing.T) {
	t.Parallel()
	// Both pools use one SQL host, so one sequence numbers their stores.
	estate := centralEstate(testkit.Active, testkit.Standby, func(p []testkit.Pool) {
		p[0].Enterprise, p[0].SQLHost, p[1].Enterprise, p[1].SQLHost, p[1].SQLInstance = true, "sql", true, "sql",
			"other"
	})
	raw := estate.Document()
	e := newEditor(t, raw)
	for range 2 {
		if _, err := e.DeletePair(pairID("a", "b")); err != nil {
			t.Fatal(err)
		}
		if err := e.CreatePair(pairOf("a", "b")); err != nil {
			t.Fatal(err)
		}
	}
	assertSameBytes(t, "deleted and created", e.Document().Bytes(), raw)
}
