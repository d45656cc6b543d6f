package resilience

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

var goodBranch = topology.DesiredSettings{
	AutomaticFailover: true, FailureDetection: 2 * time.Minute, FailbackDetection: 4 * time.Minute,
}

// branchEstate returns a topology with the appliance sba on the pool a, in branch site 3 of central site 1.
func branchEstate() (d *testkit.Draft, sba, a, b *testkit.DraftPool) {
	d = testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	a, b = d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
	d.Standard("old", 1, v2010)
	d.Standard("new", 1, v2015)
	d.Director("director", 1, v2013)
	d.Edge("edge", 1, a)
	return d, d.Appliance("sba", 3, v2013, a), a, b
}

func TestBranchCreate(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		bend            func(d *testkit.Draft, sba, a, b *testkit.DraftPool)
		appliance, pool string // default sba, a
		want            string
		texts           []string
	}{
		"adopted":           {},
		"adopted, spelling": {appliance: "SBA.contoso.com.", pool: "A.CONTOSO.com"},
		"no Backup": {bend: func(_ *testkit.Draft, sba, _,
			_ *testkit.DraftPool) {
			sba.Registrar.Backups = nil
		}},
		"another pool": {
			pool: "b", want: "!BR-ONE ~BR-CENTRAL",
			texts: []string{"Appliance has another pool (BR-ONE)",
				"on a.contoso.com and its user services are on a.contoso.com. Both are desired on b.contoso.com.",
				"\nAdoptBranch sba.contoso.com"},
		},
		"user services elsewhere": {
			bend: func(_ *testkit.Draft, sba, _, b *testkit.DraftPool) {
				sba.Registrar.DependsOn = []string{b.UserServices.ID()}
			},
			want: "!BR-ONE", texts: []string{"on a.contoso.com and its user services are on b.contoso.com. Both are " +
				"desired on a.contoso.com"},
		},
		"no Backup, user services elsewhere": {
			bend: func(_ *testkit.Draft, sba, _, b *testkit.DraftPool) {
				sba.Registrar.Backups, sba.Registrar.DependsOn = nil, []string{b.UserServices.ID()}
			},
			want: "!BR-ONE", texts: []string{"has no backup registrar, and its user services are on b.contoso.com, " +
				"not on a.contoso.com", "\nCreateBranchThenMove sba.contoso.com b.contoso.com"},
		},
		"two Backups": {
			bend: func(_ *testkit.Draft, sba, _, b *testkit.DraftPool) { sba.Names(b, "2m", "4m") },
			want: "!BR-ONE !BR-NODR", texts: []string{"The pool of the appliance sba.contoso.com is ambiguous: its " +
				"Registrar has 2 Backups, naming a.contoso.com and b.contoso.com"},
		},
		"Backup that dangles": {
			bend: func(_ *testkit.Draft, sba, _, _ *testkit.DraftPool) {
				sba.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("7-Registrar-7", true, "2m", "4m")}
			},
			want: "!BR-ONE", texts: []string{"names 7-Registrar-7, which the topology does not have"},
		},
		"no user services": {bend: func(_ *testkit.Draft, sba, _,
			_ *testkit.DraftPool) {
			sba.Registrar.DependsOn = nil
		}, want: "!BR-ONE", texts: []string{"depends on no user services"}},
		"two user services": {bend: func(_ *testkit.Draft, sba, a, b *testkit.DraftPool) {
			sba.Registrar.DependsOn = []string{a.UserServices.ID(), b.UserServices.ID()}
		}, want: "!BR-ONE"},
		"user services dangle": {bend: func(_ *testkit.Draft, sba, _, _ *testkit.DraftPool) {
			sba.Registrar.DependsOn = []string{"7-UserServices-7"}
		}, want: "!BR-ONE", texts: []string{"7-UserServices-7, which the topology does not have"}},
		"no such appliance": {appliance: "missing", want: "!BR-EXIST",
			texts: []string{"no appliance with the name missing.contoso.com. Its appliances are sba.contoso.com."}},
		"a pool": {appliance: "b", want: "!BR-SITE", texts: []string{"b.contoso.com is a Front End " +
			"pool in the topology, not an appliance", "\nDeclareAsPair b.contoso.com"}},
		"a Director":   {appliance: "director", want: "!BR-SITE", texts: []string{"is a Director"}},
		"an Edge pool": {appliance: "edge", want: "!BR-SITE", texts: []string{"is an Edge pool"}},
		"in a central site": {bend: func(d *testkit.Draft, _, a,
			_ *testkit.DraftPool) {
			d.Appliance("mine", 2, v2013,
				a)
		}, appliance: "mine", want: "!BR-SITE", texts: []string{"outside a branch site"}},
		"in no known site": {bend: func(d *testkit.Draft, _, a,
			_ *testkit.DraftPool) {
			d.Appliance("mine", 77, v2013, a)
		}, appliance: "mine"},
		"no such pool": {pool: "missing", want: "!PP-EXIST !BR-ONE",
			texts: []string{"no pool with the name missing.contoso.com. Its Front End pools are a.contoso.com, " +
				"b.contoso.com, new.contoso.com and old.contoso.com."}},
		"the pool's computer": {bend: func(d *testkit.Draft, _, _,
			_ *testkit.DraftPool) {
			d.Enterprise("ee", 1, v2013,
				3)
		}, pool: "fe1-ee", want: "!PP-EXIST !BR-ONE", texts: []string{"a Front End computer of the pool " +
			"ee.contoso.com"}},
		"backed by a Director": {pool: "director", want: "!BR-ONE !BR-KIND",
			texts: []string{"which is a Director. The pool of an appliance must be a Front End pool"}},
		"backed by an Edge pool": {pool: "edge", want: "!BR-ONE !BR-KIND"},
		"backed by an appliance": {pool: "sba", want: "!BR-ONE !BR-KIND"},
		"on a 2010 pool": {pool: "old", want: "!BR-ONE !BR-V13-10",
			texts: []string{"runs Lync Server 2013, and its pool old.contoso.com runs Lync Server 2010"}},
		"on a 2010 pool already": {
			bend: func(d *testkit.Draft, _, _, _ *testkit.DraftPool) {
				d.Appliance("mine", 3, v2013, d.Standard("older", 1, v2010))
			},
			appliance: "mine", pool: "older", want: "!BR-V13-10",
		},
		"of another central site already": {bend: func(d *testkit.Draft, _, _,
			b *testkit.DraftPool) {
			d.Appliance("mine", 3, v2013,
				b)
		}, appliance: "mine", pool: "b", want: "~BR-CENTRAL"},
		"later than its pool": {bend: func(d *testkit.Draft, _, a,
			_ *testkit.DraftPool) {
			d.Appliance("mine", 3, v2015,
				a)
		}, appliance: "mine", want: "~BR-VGT", texts: []string{"runs Skype for Business Server 2015, and its pool " +
			"a.contoso.com runs Lync Server 2013"}},
		"a 2010 appliance": {bend: func(d *testkit.Draft, _, a,
			_ *testkit.DraftPool) {
			d.Appliance("mine", 3, v2010, a)
		}, appliance: "mine"},
		"the third of its site": {
			bend: func(d *testkit.Draft, _, a, _ *testkit.DraftPool) {
				d.Appliance("two", 3, v2013, a)
				d.Appliance("three", 3, v2013, a)
			},
			want: "~BR-TWO", texts: []string{"The branch site Nantes has 3 appliances: sba.contoso.com, " +
				"three.contoso.com and two.contoso.com."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, sba, a, b := branchEstate()
			if tt.bend != nil {
				tt.bend(d, sba, a, b)
			}
			full := func(name, otherwise string) topology.FQDN {
				if strings.Contains(name, ".") {
					return named(name)
				}
				return fqdn(cmp.Or(name, otherwise))
			}
			got := BranchCreate(modelOf(t, d), topology.DesiredBranch{
				Appliance: full(tt.appliance, "sba"), Pool: full(tt.pool, "a"), Settings: &goodBranch,
			})
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.texts...)
		})
	}
}

func TestBranchMove(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		bend  func(d *testkit.Draft, sba, a, b *testkit.DraftPool)
		pool  string
		want  string
		texts []string
	}{
		"to where it is": {pool: "a"},
		"to another pool": {pool: "b", want: "~BR-CENTRAL -BR-MOVE", texts: []string{"moves from a.contoso.com to " +
			"b.contoso.com"}},
		"to a later version": {pool: "new", want: "-BR-MOVE -BR-MIGRATE",
			texts: []string{"new.contoso.com runs Skype for Business Server 2015. The previous pool of the appliance " +
				"sba.contoso.com, a.contoso.com, runs Lync Server 2013"}},
		"to a 2010 pool": {pool: "old", want: "!BR-V13-10 -BR-MOVE -BR-MIGRATE"},
		"to a Director":  {pool: "director", want: "!BR-KIND -BR-MOVE"},
		"to nothing":     {pool: "missing", want: "!PP-EXIST"},
		"back after drift": {pool: "a", bend: func(_ *testkit.Draft, sba, _, b *testkit.DraftPool) {
			sba.Registrar.DependsOn = []string{b.UserServices.ID()}
		}, want: "-BR-MOVE", texts: []string{"moves from b.contoso.com to a.contoso.com"}},
		"the Backup alone": {pool: "a", bend: func(_ *testkit.Draft, sba, _, b *testkit.DraftPool) {
			sba.Registrar.Backups = nil
			sba.Names(b, "2m", "4m")
		}, want: "-BR-MOVE", texts: []string{"Backup registrar of an appliance is changed (BR-MOVE)",
			"moves to a.contoso.com, which has its user services already"}},
		"one of two Backups": {pool: "a", bend: func(_ *testkit.Draft, sba, _,
			b *testkit.DraftPool) {
			sba.Names(b, "2m", "4m")
		}, want: "-BR-MOVE"},
		"back from a dangler": {pool: "a", bend: func(_ *testkit.Draft, sba, _, _ *testkit.DraftPool) {
			sba.Registrar.DependsOn = []string{"7-UserServices-7"}
		}, want: "-BR-MOVE", texts: []string{"moves from 7-UserServices-7 to a.contoso.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, sba, a, b := branchEstate()
			if tt.bend != nil {
				tt.bend(d, sba, a, b)
			}
			got := BranchMove(modelOf(t, d), topology.DesiredBranch{Appliance: fqdn("sba"), Pool: fqdn(tt.pool)})
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.texts...)
		})
	}
}

// Strict support raises the violations that a change introduces, and none that exist without it.
func TestStrictSupportOfBranches(t *testing.T) {
	t.Parallel()
	strict, _ := NewPolicy(true, nil)
	d, sba, a, b := branchEstate()
	late := d.Appliance("late", 3, v2015, a)
	d.Appliance("third", 3, v2013, a)
	create := func(appliance, pool *testkit.DraftPool) string {
		return ids(strict.OnChange(BranchCreate(modelOf(t, d), topology.DesiredBranch{
			Appliance: named(appliance.FQDN), Pool: named(pool.FQDN), Settings: &goodBranch,
		})))
	}
	if got := create(late, a); got != "~BR-TWO ~BR-VGT" {
		t.Errorf("adopted: %s", got)
	}
	late.Registrar.Backups = nil
	if got := create(late, a); got != "~BR-TWO !BR-VGT" {
		t.Errorf("written: %s", got)
	}
	got := ids(strict.OnChange(BranchMove(modelOf(t, d), topology.DesiredBranch{
		Appliance: named(sba.FQDN), Pool: named(b.FQDN),
	})))
	if got != "~BR-CENTRAL ~BR-TWO -BR-MOVE" { // the format of the central site is unverified
		t.Errorf("moved: %s", got)
	}
}

func TestBranchSettings(t *testing.T) {
	t.Parallel()
	all := Changed{AutomaticFailover: true, FailureDetection: true, FailbackDetection: true}
	for want, s := range map[string]topology.DesiredSettings{
		"":                          goodBranch,
		"-VF-MIN120":                settingsOf(true, 90*time.Second, 4*time.Minute),
		"!VF-RANGE":                 settingsOf(true, 10*time.Second, 4*time.Minute),
		"-VF-MIN120 -VF-GAP -VF-ON": settingsOf(false, time.Minute, time.Minute),
	} {
		branch := topology.DesiredBranch{Appliance: fqdn("sba"), Settings: &s}
		if got := ids(BranchSettings(branch, all)); got != want {
			t.Errorf("%+v: got %q, want %q", s, got, want)
		}
	}
	if got := BranchSettings(topology.DesiredBranch{Appliance: fqdn("sba")}, all); got != nil {
		t.Errorf("of unknown settings: %v", got)
	}
}

func TestBranchAdoption(t *testing.T) {
	t.Parallel()
	d, sba, a, _ := branchEstate()
	top := modelOf(t, d)
	desired := func(pool string, s topology.DesiredSettings) topology.DesiredBranch {
		return topology.DesiredBranch{Appliance: fqdn("sba"), Pool: fqdn(pool), Settings: &s}
	}
	for _, b := range []topology.DesiredBranch{
		desired("a", goodBranch), desired("b", topology.DesiredSettings{}),
		{Appliance: fqdn("sba"), Pool: fqdn("a")}, {Appliance: fqdn("x"), Pool: fqdn("a")},
	} {
		if got := BranchAdoption(top, b); got != nil {
			t.Errorf("%+v: %v", b, got)
		}
	}
	off := topology.DesiredSettings{
		FailureDetection: 2 * time.Minute, FailbackDetection: 4 * time.Minute, FailureOptional: true,
		FailbackOptional: true,
	}
	for interval, want := range map[[2]string]string{
		{}:                                    "",
		{"FailureDetectionInterval", "PT2M"}:  "",
		{"FailbackDetectionInterval", "PT2M"}: "This changes the failback detection interval from 2m to 4m.",
		{"FailureDetectionInterval", ""}: "This changes the failure detection interval from a value that is " +
			"missing or not readable to 2m.",
	} {
		backup := testkit.NewBackup(a.Registrar.ID(), false, "", "")
		if interval[0] != "" {
			backup.Attributes = append(backup.Attributes, interval)
		}
		sba.Registrar.Backups[0] = backup
		got := BranchAdoption(modelOf(t, d), desired("a", off))
		if want == "" && got != nil {
			t.Errorf("%v: %v", interval, got)
		}
		assertTexts(t, got, want)
	}
	sba.Registrar.Backups[0] = testkit.NewBackup(a.Registrar.ID(), false, "2m", "4m")
	sba.Registrar.Backups[0].Attributes[0][1] = "maybe"
	unreadable := BranchAdoption(modelOf(t, d), desired("a", off))
	assertTexts(t, unreadable, "This changes automatic failover from a value that is not readable to false.",
		"because a value is missing, not readable")

	got := BranchAdoption(top, desired("a", topology.DesiredSettings{
		FailureDetection: 3 * time.Minute, FailbackDetection: 4 * time.Minute,
	}))
	assertTexts(t, got, "This changes automatic failover from true to false and the failure detection interval from "+
		"2m to 3m.", "Settings of an adopted appliance will change (BR-ONE)")
}

func TestBranchDestroy(t *testing.T) {
	t.Parallel()
	d, sba, _, _ := branchEstate()
	top := modelOf(t, d)
	assertTexts(t, BranchDestroy(top, fqdn("sba"), fqdn("A"), true), "The association of an appliance stays (BR-ONE)",
		"keeps a.contoso.com as its pool")
	assertTexts(t, BranchDestroy(top, fqdn("sba"), fqdn("a"), false),
		"An appliance loses its backup registrar (BR-ONE)", "the one on a.contoso.com is removed, unless this plan "+
			"creates the association again.")
	for _, names := range [][2]string{{"sba", "b"}, {"x", "a"}, {"sba", "x"}} {
		if got := BranchDestroy(top, fqdn(names[0]), fqdn(names[1]), false); got != nil {
			t.Errorf("%v: %v", names, got)
		}
	}
	sba.Registrar.Backups = nil
	if got := BranchDestroy(modelOf(t, d), fqdn("sba"), fqdn("a"), true); got != nil {
		t.Errorf("without a Backup: %v", got)
	}
}
