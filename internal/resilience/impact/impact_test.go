package impact

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	v2010 = topology.Version2010
	v2013 = topology.Version2013
	v2015 = topology.Version2015
)

// fullName returns the name of a pool of contoso.com, as a result has it.
func fullName(name string) string { return name + ".contoso.com" }

// fqdn returns the name of a pool of contoso.com.
func fqdn(name string) topology.FQDN { return topology.MustParseFQDN(fullName(name)) }

// modelOf parses the document of a draft.
func modelOf(t *testing.T, d *testkit.Draft) *topology.Topology {
	t.Helper()
	parsed, err := topology.Parse(d.Document())
	if err != nil {
		t.Fatalf("the test's document: %v\n%s", err, d.Text())
	}
	return parsed.Topology()
}

// usersOf returns an inventory with numbers of users.
func usersOf(users map[string]int64) resilience.Inventory {
	inventory := resilience.Inventory{}
	for name, n := range users {
		inventory[fqdn(name)] = resilience.Equipment{Users: &n}
	}
	return inventory
}

// impactOf returns the effects if the named pools of a draft fail.
func impactOf(t *testing.T, d *testkit.Draft, inventory resilience.Inventory, names ...string) Result {
	t.Helper()
	model := modelOf(t, d)
	var failed []*topology.Pool
	for _, name := range names {
		failed = append(failed, model.Pool(fqdn(name)))
	}
	return Of(model, failed, inventory)
}

// withCentral adds the pair of the pools c and e with Central Management on c and its standby on e.
func withCentral(d *testkit.Draft) (c, e *testkit.DraftService) {
	on, standby := d.Standard("c", 1, v2013), d.Standard("e", 2, v2013)
	testkit.WritePair(on, standby)
	return on.AddCentral(true), standby.AddCentral(false)
}

// A reason for less than full service names the pools.
func TestReasonsForLessThanFullService(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		build         func(d *testkit.Draft)
		fail          string
		by            string
		before, after Service
		reason        string
	}{
		"complete pair": {
			build: func(d *testkit.Draft) { testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)) },
			fail:  "a", by: "b", before: ResiliencyService, after: FullService,
		},
		"automatic failover off": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(b.Registrar.ID(), false, "5m", "10m")}
			},
			fail: "a", by: "b", before: NoService, after: FullService,
		},
		"unpaired": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2013) },
			fail:  "a", before: NoService, after: NoService, reason: "a.contoso.com names no backup registrar",
		},
		"both members": {
			build: func(d *testkit.Draft) { testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)) },
			fail:  "a b", before: NoService, after: NoService, reason: "b.contoso.com, the backup registrar of " +
				"a.contoso.com, has failed as well",
		},
		"incomplete": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
			},
			fail: "a", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "are an incomplete pair, with only these links: a.contoso.com names b.contoso.com",
		},
		"incomplete, automatic failover off": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(b.Registrar.ID(), false, "5m", "10m")}
			},
			fail: "a", before: NoService, after: NoService, reason: "Automatic failover is off",
		},
		"versions": {
			build: func(d *testkit.Draft) { testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2015)) },
			fail:  "a", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "failover between versions is not supported (PP-VERSION)",
		},
		"2010": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2010).Names(d.Standard("b", 2, v2010), "5m", "10m") },
			fail:  "a", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "no failover that restores the users' data",
		},
		"2010 with 2013": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2010).Names(d.Standard("b", 2, v2013), "5m", "10m") },
			fail:  "a", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "cannot be a pair (PP-10-13)",
		},
		"Central Management runs elsewhere": {
			build: func(d *testkit.Draft) {
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013))
				d.Standard("c", 1, v2013).AddCentral(true)
			},
			fail: "a", by: "b", before: ResiliencyService, after: FullService,
		},
		"Central Management was failed over already": {
			build: func(d *testkit.Draft) {
				c, e := withCentral(d)
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013))
				c.SetActive(false)
				e.SetActive(true)
			},
			fail: "a c", by: "b", before: ResiliencyService, after: FullService,
		},
		"Central Management has a standby that runs": {
			build: func(d *testkit.Draft) {
				withCentral(d)
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013))
			},
			fail: "a c", by: "b", before: ResiliencyService, after: FullService,
		},
		"Central Management is lost with its standby": {
			build: func(d *testkit.Draft) {
				withCentral(d)
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013))
			},
			fail: "a c e", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "The active Central Management is on c.contoso.com, which has failed. e.contoso.com with the " +
				"standby has failed as well. Until Central Management runs again, do not rely on the failover of a " +
				"pool (CM-ORDER).",
		},
		"Central Management is lost, automatic failover off": {
			build: func(d *testkit.Draft) {
				d.Standard("c", 1, v2013).AddCentral(true)
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(b.Registrar.ID(), false, "5m", "10m")}
			},
			fail: "a c", before: NoService, after: NoService, reason: "Central Management has no standby (CM-PAIR). " +
				"Until Central Management runs again, do not rely on the failover of a pool (CM-ORDER). Automatic " +
				"failover is off",
		},
		"Central Management is lost with the pool itself": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
			},
			fail: "a", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "The active Central Management is on a.contoso.com, which has failed. Central Management has no " +
				"standby (CM-PAIR).",
		},
		"two Backups": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.Names(d.Standard("b", 2, v2013), "5m", "10m")
				a.Names(d.Standard("c", 2, v2013), "5m", "10m")
			},
			fail: "a", before: NoService, after: NoService, reason: "has 2 Backups, naming b.contoso.com and " +
				"c.contoso.com",
		},
		"a version that is not known": {
			build: func(d *testkit.Draft) {
				testkit.WritePair(d.Standard("a", 1, 9), d.Standard("b", 2, 9))
			},
			fail: "a", by: "b", before: ResiliencyService, after: FullService,
		},
		"2019 and a version that is not known": {
			build: func(d *testkit.Draft) {
				testkit.WritePair(d.Standard("a", 1, 8), d.Standard("b", 2, 9))
			},
			fail: "a", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "a.contoso.com runs Skype for Business Server 2019, and b.contoso.com runs ServiceVersion 9. In " +
				"a disaster, a failover between versions is not supported (PP-VERSION).",
		},
		"a Director": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2013).Names(d.Director("b", 2, v2013), "5m", "10m") },
			fail:  "a", before: NoService, after: NoService, reason: "on b.contoso.com, which is a Director",
		},
		"itself": {
			build: func(d *testkit.Draft) { a := d.Standard("a", 1, v2013); a.Names(a, "5m", "10m") },
			fail:  "a", before: NoService, after: NoService, reason: "names itself",
		},
		"a missing service": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("9-Registrar-9", true, "5m", "10m")}
			},
			fail: "a", before: NoService, after: NoService, reason: "9-Registrar-9, which the topology does not have",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			test.build(d)
			got := impactOf(t, d, nil, strings.Fields(test.fail)...).Pools[0]
			by := ""
			if test.by != "" {
				by = fullName(test.by)
			}
			if got.TakenOverBy != by || got.Before != test.before || got.After != test.after {
				t.Errorf("got %+v", got)
			}
			if (test.reason == "") != (got.Reason == "") || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("the reason is %q, want %q", got.Reason, test.reason)
			}
		})
	}
}

// An appliance does not follow its pool: it is in resiliency mode before and after the failover.
func TestAppliancesOfAFailedPool(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
	testkit.WritePair(a, b)
	d.Appliance("of-a", 3, v2013, a)
	d.Appliance("of-b", 3, v2013, b)
	apart := d.Appliance("apart", 3, v2013, a)
	apart.Registrar.Backups = nil
	apart.Names(b, "2m", "4m")
	got := impactOf(t, d, nil, "a").Appliances
	want := []AffectedAppliance{
		{
			FQDN: fullName("apart"), Site: "Nantes", BackupPool: fullName("b"), UserServicesPool: fullName("a"),
			Before: ResiliencyService, After: ResiliencyService, BackupLeft: fullName("b"),
		},
		{FQDN: fullName("of-a"), Site: "Nantes", BackupPool: fullName("a"), UserServicesPool: fullName("a"),
			Before: ResiliencyService, After: ResiliencyService},
	}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got := impactOf(t, d, nil, "b").Appliances[0]; got.FQDN != fullName("apart") || got.After != FullService ||
		got.BackupLeft != "" {
		t.Errorf("an appliance that only loses its backup: %+v", got)
	}
}

func TestCentralManagementOfAFailedPool(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		build   func(d *testkit.Draft)
		fail    string
		moveTo  string
		problem string
	}{
		"standby": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
			},
			fail: "a", moveTo: fullName("b"),
		},
		"remainder of a former pair": {
			build: func(d *testkit.Draft) {
				a, b, c := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013), d.Standard("c", 1, v2013)
				testkit.WritePair(b, c)
				a.AddCentral(true)
				b.AddCentral(false)
			},
			fail: "a", problem: "b.contoso.com has an inactive Central Management service, but is not the partner of " +
				"a.contoso.com, so that service is not a standby (CM-ONE)",
		},
		"the standby has failed, and there is another inactive one": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
				d.Standard("c", 2, v2013).AddCentral(false)
			},
			fail: "a b", problem: "c.contoso.com has an inactive Central Management service, but is not the partner",
		},
		"no standby": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2013).AddCentral(true) },
			fail:  "a", problem: "Central Management has no standby (CM-PAIR)",
		},
		"both": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Standard("b", 2, v2013).AddCentral(false)
			},
			fail: "a b", problem: "b.contoso.com with the standby has failed as well",
		},
		"2010": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2010).AddCentral(true) },
			fail:  "a", problem: "Move-CsManagementServer",
		},
		"two standbys": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Standard("b", 2, v2013).AddCentral(false)
				d.Standard("c", 2, v2013).AddCentral(false)
			},
			fail: "a", problem: "b.contoso.com and c.contoso.com each have a standby",
		},
		"two active": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Standard("b", 2, v2013).AddCentral(true)
			},
			fail: "a", problem: "2 active Central Management services",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			test.build(d)
			got := impactOf(t, d, nil, strings.Fields(test.fail)...).Central
			if len(got) != 1 || got[0].Pool != fullName("a") || got[0].MoveTo != test.moveTo ||
				!strings.Contains(got[0].Problem, test.problem) {
				t.Fatalf("got %+v", got)
			}
			if lost := strings.Contains(got[0].Problem,
				"do not rely on the failover of a pool (CM-ORDER)"); lost != (test.moveTo == "") {
				t.Errorf("the problem is %q", got[0].Problem)
			}
		})
	}
	d := testkit.NewDraft()
	d.Standard("a", 1, v2013).AddCentral(true)
	d.Standard("b", 2, v2013).AddCentral(false)
	if got := impactOf(t, d, nil, "b").Central; len(got) > 0 {
		t.Errorf("Central Management moves although only the standby fails: %+v", got)
	}
}

func TestEdgePoolsOfAFailedPool(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
	d.Edge("only", 1, a)
	d.Edge("two", 1, a, b)
	d.Edge("other", 1, b)
	got := impactOf(t, d, nil, "a").Edges
	if len(got) != 2 || got[0].FQDN != fullName("only") || len(got[0].Running) != 0 || got[1].FQDN != fullName("two") ||
		got[1].Running[0] != fullName("b") {
		t.Errorf("got %+v", got)
	}
}

// The capacity of a pool that takes over is compared with the users of both pools and of their appliances.
func TestCapacityOfATakeover(t *testing.T) {
	t.Parallel()
	build := func() *testkit.Draft {
		d := testkit.NewDraft()
		d.Branch(3, "Nantes", 1)
		a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
		testkit.WritePair(a, b)
		d.Appliance("sa", 3, v2013, a)
		d.Appliance("sb", 3, v2013, b)
		return d
	}
	got := impactOf(t, build(), usersOf(map[string]int64{"a": 2000, "b": 2500, "sa": 400, "sb": 100}), "a").Takeovers
	if len(got) != 1 || got[0].FQDN != fullName("b") || *got[0].OwnUsers != 2600 || *got[0].TakenUsers != 2400 ||
		*got[0].Users != 5000 || *got[0].Capacity != 5000 || !*got[0].Fits || len(got[0].Uncounted) > 0 {
		t.Errorf("got %+v", got)
	}
	got = impactOf(t, build(), usersOf(map[string]int64{"a": 2000, "b": 3001}), "a").Takeovers
	if *got[0].Users != 5001 || *got[0].Fits || strings.Join(got[0].Uncounted, " ") != "sa.contoso.com sb.contoso.com" {
		t.Errorf("got %+v", got)
	}
	got = impactOf(t, build(), usersOf(map[string]int64{"b": 2000}), "a").Takeovers
	if got[0].TakenUsers != nil || got[0].Users != nil || got[0].Fits != nil || *got[0].OwnUsers != 2000 ||
		*got[0].Capacity != 5000 {
		t.Errorf("got %+v", got)
	}
}

// The pools that one pool takes over are sorted by name, independent of the order of the failures.
func TestOnePoolTakesOverTwo(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	b := d.Standard("b", 2, v2013)
	for _, name := range []string{"a", "c", "e"} {
		d.Standard(name, 1, v2013).Names(b, "5m", "10m")
	}
	got := impactOf(t, d, usersOf(map[string]int64{"a": 1, "b": 2, "c": 4, "e": 8}), "e", "a", "c").Takeovers
	if len(got) != 1 || strings.Join(got[0].FailedPools, " ") != "a.contoso.com c.contoso.com e.contoso.com" ||
		*got[0].OwnUsers != 2 || *got[0].TakenUsers != 13 || *got[0].Users != 15 {
		t.Errorf("got %+v", got)
	}
}
