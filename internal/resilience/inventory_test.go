package resilience

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// inventoryOf returns the inventory of lines "pool key=value ...". The names are completed with contoso.com.
func inventoryOf(lines ...string) Inventory {
	inventory := Inventory{}
	for _, line := range lines {
		words := strings.Fields(line)
		var is Equipment
		for _, word := range words[1:] {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "users":
				is.Users = new(int64)
				_, _ = fmt.Sscan(value, is.Users)
			case "physical":
				is.Physical = new(bool)
				*is.Physical = value == "true"
			case "os":
				is.OS = value
			case "region":
				is.Region = value
			}
		}
		inventory[fqdn(words[0])] = is
	}
	return inventory
}

// Each rule reports values beyond its limit, none within it, and none if the inventory lacks a fact.
func TestInventoryFindings(t *testing.T) {
	t.Parallel()
	paired := func(version, frontEnds int) func(d *testkit.Draft) {
		return func(d *testkit.Draft) {
			d.Branch(3, "Nantes", 1)
			a, b := d.Enterprise("a", 1, version, frontEnds), d.Enterprise("b", 2, version, frontEnds)
			testkit.WritePair(a, b)
			d.Appliance("s", 3, v2013, a)
		}
	}
	noBackup := func(d *testkit.Draft) {
		d.Branch(3, "Nantes", 1)
		a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
		testkit.WritePair(a, b)
		d.Appliance("s", 3, v2013, a).Registrar.Backups = nil
	}
	standard := func(d *testkit.Draft) { testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)) }
	alone := func(version, frontEnds int) func(d *testkit.Draft) {
		return func(d *testkit.Draft) { d.Enterprise("a", 1, version, frontEnds) }
	}
	for name, test := range map[string]struct {
		build     func(d *testkit.Draft)
		inventory Inventory
		want      string
		texts     []string
	}{
		"nothing known": {build: paired(v2013, 3)},
		"all well": {build: paired(v2013, 3), inventory: inventoryOf("a users=9000 physical=true "+
			"os=W2012R2 region=EMEA", "b users=9000 physical=true os=w2012r2 region=emea", "s users=1980")},
		"one more than fits": {build: paired(v2013, 3),
			inventory: inventoryOf("a users=9000", "b users=9000",
				"s users=1981"), want: "-PP-CAP -PP-CAP", texts: []string{"have 19981 users, including those of " +
				"their appliances", "can serve 19980 users"}},
		"appliance not known": {build: paired(v2013, 3), inventory: inventoryOf("a users=10000", "b users=9981"),
			want: "-PP-CAP -PP-CAP", texts: []string{"the inventory does not have s.contoso.com"}},
		"appliance without a backup": {build: noBackup,
			inventory: inventoryOf("a users=1000", "b users=1000",
				"s users=50000"), want: "-PP-CAP -PP-CAP -PP-CAPNUM", texts: []string{"have 52000 users, including " +
				"those of their appliances", "51000 users, but a Standard Edition server can have at most 2500"}},
		"nor is that one known": {build: noBackup, inventory: inventoryOf("a users=2500", "b users=2501"),
			want: "-PP-CAP -PP-CAP -PP-CAPNUM", texts: []string{"the inventory does not have s.contoso.com"}},
		"one pool not known": {build: paired(v2013, 3), inventory: inventoryOf("a users=10000 physical=true " +
			"os=x region=y")},
		"own users, paired": {build: paired(v2013, 12), inventory: inventoryOf("a users=40001", "b users=1"),
			want: "-PP-CAPNUM", texts: []string{"40001 users, but a pool in a pair can have at most 40000"}},
		"own users, paired, 2019": {build: paired(v2019, 16),
			inventory: inventoryOf("a users=53000", "b users=53001"), want: "-PP-CAP -PP-CAP -PP-CAPNUM",
			texts: []string{"53001 users, but a pool in a pair can have at most 53000"}},
		"own users, alone": {build: alone(v2013, 12), inventory: inventoryOf("a users=79920")},
		"too many users, alone": {build: alone(v2013, 13), inventory: inventoryOf("a users=80001"),
			want: "-PP-CAPNUM", texts: []string{"80001 users, but a pool can have at most 80000",
				"13 Front End Servers, but a pool can have at most 12"}},
		"too few servers": {build: alone(v2015, 3), inventory: inventoryOf("a users=19981"),
			want: "-PP-CAPNUM", texts: []string{"19981 users, but 3 Front End Servers can serve at most 19980"}},
		"own users, alone, a version that is not known": {build: alone(9, 16),
			inventory: inventoryOf("a users=106000")},
		"too many users, alone, a version that is not known": {build: alone(9, 16),
			inventory: inventoryOf("a users=106001"), want: "-PP-CAPNUM",
			texts: []string{"106001 users, but a pool can have at most 106000"}},
		"standard edition": {build: standard, inventory: inventoryOf("a users=2500", "b users=2500")},
		"standard edition, too many": {build: standard, inventory: inventoryOf("a users=2501", "b users=2500"),
			want: "-PP-CAP -PP-CAP -PP-CAPNUM", texts: []string{"can serve 5000 users, as a Standard Edition server " +
				"after a failover", "2501 users, but a Standard Edition server can have at most 2500"}},
		"hardware": {build: standard, inventory: inventoryOf("a physical=false", "b physical=true"),
			want: "~PP-VIRT", texts: []string{"Servers of b.contoso.com are physical, and those of a.contoso.com are " +
				"virtual"}},
		"operating system": {build: standard, inventory: inventoryOf("a os=W2012", "b os=W2012R2"),
			want: "~PP-OS", texts: []string{"a.contoso.com runs on W2012, and b.contoso.com runs on W2012R2"}},
		"region": {build: standard, inventory: inventoryOf("a region=EMEA", "b region=APAC"),
			want: "-PP-DIST", texts: []string{"in the region EMEA, and b.contoso.com is in APAC"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			test.build(d)
			var got []Violation
			for _, v := range Findings(modelOf(t, d), test.inventory) {
				if v.Rule.inventoried {
					got = append(got, v)
				}
			}
			if ids(got) != test.want {
				t.Errorf("got %q, want %q", ids(got), test.want)
			}
			assertTexts(t, got, test.texts...)
		})
	}
}

// The users of an appliance count once, even if the appliance does not have exactly one pool.
func TestCountedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(d *testkit.Draft, s, a, b *testkit.DraftPool)
		want   string
		users  int64 // of a
	}{
		"its one pool": {func(*testkit.Draft, *testkit.DraftPool, *testkit.DraftPool, *testkit.DraftPool) {},
			"a", 110},
		"no backup registrar": {func(_ *testkit.Draft, s, _, _ *testkit.DraftPool) { s.Registrar.Backups = nil }, "a",
			110},
		"a backup elsewhere": {func(_ *testkit.Draft, s, _,
			b *testkit.DraftPool) {
			s.Registrar.Backups = nil
			s.Names(b, "2m", "4m")
		}, "a", 110},
		"user services elsewhere": {func(_ *testkit.Draft, s, _, b *testkit.DraftPool) {
			s.Registrar.DependsOn = []string{b.UserServices.ID()}
		}, "b", 10},
		"user services of both": {func(_ *testkit.Draft, s, a, b *testkit.DraftPool) {
			s.Registrar.DependsOn = []string{a.UserServices.ID(), b.UserServices.ID()}
		}, "a b", 110},
		"user services missing": {func(_ *testkit.Draft, s, _, _ *testkit.DraftPool) {
			s.Registrar.DependsOn = []string{"9-UserServices-9"}
		}, "a", 110},
		"user services missing, two backups": {func(_ *testkit.Draft, s, _, b *testkit.DraftPool) {
			s.Registrar.DependsOn = []string{"9-UserServices-9"}
			s.Names(b, "2m", "4m")
		}, "a b", 110},
		"neither": {func(_ *testkit.Draft, s, _, _ *testkit.DraftPool) {
			s.Registrar.DependsOn, s.Registrar.Backups = []string{"9-UserServices-9"}, nil
		}, "", 10},
		"a backup that is a Director": {func(d *testkit.Draft, s, _, _ *testkit.DraftPool) {
			s.Registrar.DependsOn, s.Registrar.Backups = []string{"9-UserServices-9"}, nil
			s.Names(d.Director("dir", 1, v2013), "2m", "4m")
		}, "", 10},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			d.Branch(3, "Nantes", 1)
			a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
			testkit.WritePair(a, b)
			test.change(d, d.Appliance("s", 3, v2013, a), a, b)
			model := modelOf(t, d)
			var got []string
			for _, p := range CountedFor(model, model.Pool(fqdn("s"))) {
				got = append(got, strings.TrimSuffix(p.FQDN.String(), ".contoso.com"))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("counted for %v, want %s", got, test.want)
			}
			heads := NewHeadcount(model, inventoryOf("a users=10", "b users=1", "s users=100"))
			onA, _ := heads.Users(model.Pool(fqdn("a")))
			all, _ := heads.Users(model.Pool(fqdn("a")), model.Pool(fqdn("b")))
			users := int64(111)
			if test.want == "" {
				users = 11
			}
			if *onA != test.users || *all != users {
				t.Errorf("%d users of a and %d in all, want %d and %d", *onA, *all, test.users, users)
			}
			if CountedFor(model, model.Pool(fqdn("a"))) != nil {
				t.Error("a pool is counted as an appliance")
			}
		})
	}
}
