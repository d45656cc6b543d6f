package resilience

import (
	"fmt"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// finding is a document with the expected findings.
type finding struct {
	build func(d *testkit.Draft)
	want  string
	texts []string
}

func assertFindings(t *testing.T, tests map[string]finding) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			tt.build(d)
			got := Findings(modelOf(t, d), nil)
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.texts...)
		})
	}
}

// Legal topologies have no findings.
func TestLegalTopologiesHaveNoFindings(t *testing.T) {
	t.Parallel()
	tests := map[string]finding{
		"complete pairs": {build: func(d *testkit.Draft) {
			testkit.WritePair(d.Enterprise("a", 1, v2013, 3), d.Enterprise("b", 2, v2013, 3))
			testkit.WritePair(d.Standard("c", 1, v2015), d.Standard("e", 2, v2015))
		}},
		"a pool without a pair": {build: func(d *testkit.Draft) { d.Enterprise("a", 1, v2013, 3) }},
		"PP-2010: many-to-one and one-way among Lync Server 2010 pools": {build: func(d *testkit.Draft) {
			hub := d.Enterprise("hub", 1, v2010, 1)
			for _, name := range []string{"a", "b", "c"} {
				d.Standard(name, 1, v2010).Names(hub, "1m", "2m")
			}
			hub.Names(d.Standard("e", 2, v2010), "1m", "2m")
		}},
		"PP-SBAFREE, BR-ANY: hundreds of appliances on a paired pool": {build: func(d *testkit.Draft) {
			a := d.Standard("a", 1, v2013)
			testkit.WritePair(a, d.Standard("b", 2, v2013))
			for i := range 150 {
				d.Branch(4+i, fmt.Sprintf("Branch %d", i), 1)
				d.Appliance(fmt.Sprintf("sba%d", i), 4+i, v2013, a)
				d.Appliance(fmt.Sprintf("sbs%d", i), 4+i, v2013, a)
			}
		}},
		"BR-PAIRFREE: appliances on a pool without a pair": {build: func(d *testkit.Draft) {
			d.Branch(3, "Nantes", 1)
			d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2013))
		}},
		"CM-STAY: Central Management on the other member": {build: func(d *testkit.Draft) {
			a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
			testkit.WritePair(a, b)
			a.AddCentral(false)
			b.AddCentral(true)
		}},
		"Central Management on a Lync Server 2010 pool": {build: func(d *testkit.Draft) {
			d.Standard("a", 1,
				v2010).AddCentral(true)
		}},
		"PP-SITE: sites that are not in the document": {build: func(d *testkit.Draft) {
			d.Sites = nil
			testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 1, v2013))
		}},
		"PP-FE3: a small pool of 2019, and one of unknown edition": {build: func(d *testkit.Draft) {
			d.Enterprise("a", 1, v2019, 1)
			d.Standard("b", 1, v2013)
		}},
		"PP-EDGEHOP: two next hops, or a pool without a pair": {build: func(d *testkit.Draft) {
			a, b, c := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013), d.Standard("c", 2, v2013)
			testkit.WritePair(a, b)
			d.Edge("edge1", 1, a, c)
			d.Edge("edge2", 1, c)
			d.Edge("edge3", 1)
		}},
	}
	assertFindings(t, tests)
}

func TestPairFindings(t *testing.T) {
	t.Parallel()
	assertFindings(t, map[string]finding{
		"PP-10-13: a later pool names an older one": {
			build: func(d *testkit.Draft) {
				d.Standard("new", 1, v2013).Names(d.Standard("old", 2, v2010), "5m", "10m")
			},
			want: "!PP-10-13",
			texts: []string{"new.contoso.com runs Lync Server 2013, and old.contoso.com runs Lync Server 2010. In " +
				"the topology, new.contoso.com names old.contoso.com as its backup registrar."},
		},
		"PP-10-13: both ways": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("new", 1, v2015), d.Standard("old", 2, v2010)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
			},
			want:  "!PP-10-13",
			texts: []string{"old.contoso.com names new.contoso.com as its backup registrar"},
		},
		"PP-10-13: both ways, the older one first": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2010), d.Standard("b", 1, v2013)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
			},
			want: "!PP-10-13",
		},
		"PP-10-13: backup services alone": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2010)
				a.AddBackupService(b.AddBackupService("").ID())
			},
			want:  "!PP-10-13",
			texts: []string{"In the topology, a backup service on a.contoso.com depends on one on b.contoso.com."},
		},
		"PP-ONE: older pools on a later one": {
			build: func(d *testkit.Draft) {
				hub := d.Standard("hub", 1, v2013)
				d.Standard("b", 2, v2010).Names(hub, "5m", "10m")
				d.Standard("a", 2, v2010).Names(hub, "5m", "10m")
			},
			want:  "!PP-10-13 !PP-10-13 !PP-ONE",
			texts: []string{"hub.contoso.com is linked to 2 Front End pools, a.contoso.com and b.contoso.com"},
		},
		"PP-ONE, PP-RECIP: a third names a member of a pair": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				testkit.WritePair(a, d.Standard("b", 2, v2013))
				d.Standard("c", 2, v2013).Names(a, "5m", "10m")
			},
			want: "!PP-ONE !PP-RECIP",
			texts: []string{
				"a.contoso.com is linked to 2 Front End pools, b.contoso.com and c.contoso.com",
				"c.contoso.com names a.contoso.com as its backup registrar, but a.contoso.com names b.contoso.com.",
				"\nEndLinkUnlessPair c.contoso.com a.contoso.com\n",
				"\nEndOtherPairs a.contoso.com\n",
			},
		},
		"PP-ONE: two backup services for two partners": {
			build: func(d *testkit.Draft) {
				a, c := d.Standard("a", 1, v2013), d.Standard("c", 2, v2013)
				testkit.WritePair(a, d.Standard("b", 2, v2013))
				a.AddBackupService(c.AddBackupService("").ID())
			},
			want: "!PP-ONE !PP-WHOLE",
			texts: []string{
				"a backup service on a.contoso.com depends on one on c.contoso.com",
				"but neither names the other as its backup registrar, and c.contoso.com has no backup service for " +
					"a.contoso.com.",
				"First decide which of b.contoso.com and c.contoso.com is the partner of a.contoso.com (PP-ONE).",
			},
		},
		"PP-RECIP: one way": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).Names(d.Standard("b", 2, v2013), "5m", "10m")
			},
			want: "!PP-RECIP",
			texts: []string{
				"a.contoso.com names b.contoso.com as its backup registrar, but b.contoso.com names no backup " +
					"registrar.",
				"\nCompleteOrEndPair a.contoso.com b.contoso.com\n",
			},
		},
		"PP-WHOLE: no backup services": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
			},
			want: "!PP-WHOLE",
			texts: []string{
				"In the topology, a.contoso.com names b.contoso.com as its backup registrar; b.contoso.com names " +
					"a.contoso.com as its backup registrar, but neither has a backup service for the other. A " +
					"failover may lose the users' data.",
				"\nCompleteOrEndPair a.contoso.com b.contoso.com\n",
			},
		},
		"PP-WHOLE: one backup service": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
				b.AddBackupService("1-BackupService-1")
			},
			want:  "!PP-WHOLE !BR-NODANGLE",
			texts: []string{"but neither has a backup service for the other"},
		},
		"PP-WHOLE: a backup service that depends on nothing": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
				b.AddBackupService(a.AddBackupService("").ID())
			},
			want: "!PP-WHOLE",
			texts: []string{"a backup service on b.contoso.com depends on one on a.contoso.com, but a.contoso.com " +
				"has no backup service for b.contoso.com."},
		},
		"PP-WHOLE: backup services alone": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.Registrar.Backups, b.Registrar.Backups = nil, nil
			},
			want:  "!PP-WHOLE",
			texts: []string{"but neither names the other as its backup registrar. A failover"},
		},
		"PP-WHOLE, PP-RECIP: one of four": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				b.Names(a, "5m", "10m")
				b.AddBackupService(a.AddBackupService("").ID())
			},
			want:  "!PP-RECIP !PP-WHOLE",
			texts: []string{"a.contoso.com has no backup service for b.contoso.com."},
		},
		"PP-RECIP alone: one Backup missing": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				b.Registrar.Backups = nil
			},
			want: "!PP-RECIP",
		},
		"PP-WHOLE not among 2010": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2010), d.Standard("b", 2, v2010)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
			},
		},
		"PP-VERSION: in the middle of an upgrade": {
			build: func(d *testkit.Draft) { testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2015)) },
			want:  "~PP-VERSION",
			texts: []string{"a.contoso.com runs Lync Server 2013, and b.contoso.com runs Skype for Business Server " +
				"2015."},
		},
		"PP-FE2-19: in a pair and in none": {
			build: func(d *testkit.Draft) {
				testkit.WritePair(d.Enterprise("a", 1, v2019, 2), d.Enterprise("b", 2, v2019, 3))
				d.Enterprise("c", 1, 9, 2)
				d.Enterprise("e", 1, v2019, 1)
			},
			want: "!PP-FE2-19 !PP-FE2-19 .VERSION-UNKNOWN",
			texts: []string{
				"a.contoso.com is an Enterprise Edition pool of Skype for Business Server 2019 with two Front End " +
					"Servers, fe1-a.contoso.com and fe2-a.contoso.com.",
				"c.contoso.com is an Enterprise Edition pool of ServiceVersion 9 with two",
			},
		},
		"PP-EDITION, PP-SITE, PP-SYNC3 of one incomplete pair": {
			build: func(d *testkit.Draft) {
				a, b := d.Enterprise("a", 1, v2019, 1), d.Standard("b", 1, v2019)
				a.Names(b, "5m", "10m")
				b.Names(a, "5m", "10m")
			},
			want: "!PP-WHOLE ~PP-EDITION -PP-SITE -PP-SYNC3",
		},
		"PP-SHARED: one SQL Server instance, one file store": {
			build: func(d *testkit.Draft) {
				a := d.EnterpriseOn("a", 1, v2013, "sql", "rtc")
				b := d.EnterpriseOn("b", 2, v2013, "sql", "rtc")
				b.WebServices.DependsOn = []string{b.UserServices.ID(), a.FileStore.ID()}
				b.UserServices.DependsOn = append(b.UserServices.DependsOn, a.FileStore.ID())
				testkit.WritePair(a, b)
			},
			want:  "!PP-SHARED -PP-SHARED",
			texts: []string{"use one file store, 1-FileStore-1 on fs-a.contoso.com"},
		},
		"PP-FE3, PP-SYNC3": {
			build: func(d *testkit.Draft) {
				d.Enterprise("alone", 1, v2013, 2)
				d.Enterprise("alone2015", 1, v2015, 1)
				testkit.WritePair(d.Enterprise("a", 1, v2015, 2), d.Enterprise("b", 2, v2015, 3))
			},
			want: "-PP-SYNC3 -PP-FE3 -PP-FE3",
			texts: []string{
				"alone.contoso.com is an Enterprise Edition pool with 2 Front End Servers.",
				"alone2015.contoso.com is an Enterprise Edition pool with one Front End Server.",
				"a.contoso.com is an Enterprise Edition pool with 2 Front End Servers. To synchronize",
			},
		},
		"PP-EDGEHOP": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				d.Edge("edge2", 1, a)
				d.Edge("edge1", 1, a, a)
			},
			want: ".PP-EDGEHOP",
			texts: []string{"a.contoso.com is the only next hop of the Edge pool edge1.contoso.com and " +
				"edge2.contoso.com."},
		},
	})
}

func TestFindingsAreSorted(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	z, y := d.Standard("z", 1, v2013), d.Standard("y", 1, v2013)
	testkit.WritePair(z, y)
	z.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(y.Registrar.ID(), false, "5m", "10m")}
	y.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(z.Registrar.ID(), false, "5m", "10m")}
	got := Findings(modelOf(t, d), nil)
	if ids(got) != "-PP-SITE -VF-ON -VF-ON" {
		t.Fatalf("got %s", ids(got))
	}
	if got[0].Objects[0] != "y.contoso.com" || got[1].Objects[0] != "y.contoso.com" ||
		got[2].Objects[0] != "z.contoso.com" {
		t.Errorf("not sorted by objects: %v, %v, %v", got[0].Objects, got[1].Objects, got[2].Objects)
	}
}
