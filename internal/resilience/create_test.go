package resilience

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// good are settings without violations.
var good = topology.DesiredSettings{
	AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute,
}

// desired returns the pair of two names in any spelling, without settings.
func desired(a, b string) topology.DesiredPair {
	return topology.DesiredPair{Members: [2]topology.FQDN{named(a), named(b)}}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spellings []string
		detail    string
	}{
		"one for both": {[]string{"a.contoso.com"}, "Both members of the pair are a.contoso.com. A pool cannot be " +
			"its own partner."},
		"the same twice": {[]string{"a.contoso.com", "a.contoso.com"}, "Both members of the pair are a.contoso.com. " +
			"A pool cannot be its own partner."},
		"letter case": {[]string{"a.contoso.com", "A.Contoso.COM"}, `"a.contoso.com" and "A.Contoso.COM" are one ` +
			"pool: letter case and a trailing dot make no difference."},
		"trailing dot": {[]string{"a.contoso.com", "a.contoso.com."}, `"a.contoso.com" and "a.contoso.com." are one ` +
			"pool: letter case and a trailing dot make no difference."},
	} {
		t.Run(name, func(t *testing.T) {
			got := Self(fqdn("a"), tt.spellings...)
			if ids(got) != "!PP-SELF" {
				t.Fatalf("got %q", ids(got))
			}
			if got[0].Detail != tt.detail || !slices.Equal(got[0].Objects, []string{"a.contoso.com"}) {
				t.Errorf("got %q with the objects %v, want %q", got[0].Detail, got[0].Objects, tt.detail)
			}
			assertTexts(t, got)
		})
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		build func(d *testkit.Draft) topology.DesiredPair
		want  string
		texts []string
	}{
		"two Enterprise pools": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2013, 3)
				d.Enterprise("b", 2, v2013, 3)
				return desired("B.contoso.com.", "a.contoso.com")
			},
		},
		"two Standard servers": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				d.Standard("b", 2, v2013)
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"the same pool in two spellings": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				return desired("a.contoso.com", "A.contoso.com")
			},
			want: "!PP-SELF",
		},
		"unknown pools": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				return desired("nowhere.contoso.com", "Else.contoso.com")
			},
			want: "!PP-EXIST !PP-EXIST",
			texts: []string{"no pool with the name nowhere.contoso.com", "no pool with the name else.contoso.com",
				"Its Front End pools are a.contoso.com."},
		},
		"unknown pool in a topology without Front End pools": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("old", 1, v2010, 3)
				return desired("nowhere.contoso.com", "")
			},
			want:  "!PP-EXIST",
			texts: []string{"It has no Front End pool of Lync Server 2013 or later."},
		},
		"unknown pool among many": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				for _, name := range []string{"l", "k", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
					d.Standard(name, 1, v2013)
				}
				return desired("nowhere.contoso.com", "")
			},
			want:  "!PP-EXIST",
			texts: []string{"i.contoso.com, j.contoso.com and 2 more."},
		},
		"unknown pool among ten": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				for _, name := range []string{"j", "a", "b", "c", "d", "e", "f", "g", "h", "i"} {
					d.Standard(name, 1, v2013)
				}
				return desired("nowhere.contoso.com", "")
			},
			want:  "!PP-EXIST",
			texts: []string{"i.contoso.com and j.contoso.com."},
		},
		"a Front End computer": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2013, 3)
				d.Enterprise("b", 2, v2013, 3)
				return desired("FE2-a.contoso.com", "b.contoso.com")
			},
			want: "!PP-EXIST",
			texts: []string{
				"fe2-a.contoso.com is a Front End computer of the pool a.contoso.com",
				`Name the pool: "a.contoso.com".`,
			},
		},
		"a computer of something else": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("b", 2, v2013, 3)
				d.Edge("edge", 1).SetMachines("edge01.contoso.com")
				return desired("edge01.contoso.com", "b.contoso.com")
			},
			want: "!PP-EXIST",
			texts: []string{"edge01.contoso.com is a computer of edge.contoso.com, which is an Edge pool. It is not " +
				"a pool."},
		},
		"a SQL Server host": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2013, 3)
				return desired("a.contoso.com", "sql-a.contoso.com")
			},
			want:  "!PP-KIND",
			texts: []string{"sql-a.contoso.com is a SQL Server host in the topology"},
		},
		"a gateway": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				d.Service(d.Host("gw", 2), "PstnGateway", v2013)
				return desired("a.contoso.com", "gw.contoso.com")
			},
			want:  "!PP-KIND",
			texts: []string{"gw.contoso.com is a PSTN gateway in the topology"},
		},
		"a Director": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				d.Director("dir", 2, v2010)
				return desired("a.contoso.com", "dir.contoso.com")
			},
			want:  "!PP-NODIR",
			texts: []string{"dir.contoso.com is a Director in the topology"},
		},
		"an Edge pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Edge("edge", 2, d.Standard("a", 1, v2013))
				return desired("a.contoso.com", "edge.contoso.com")
			},
			want:  "!PP-NOEDGE",
			texts: []string{"edge.contoso.com is an Edge pool in the topology"},
		},
		"a Persistent Chat pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				d.Service(d.Host("chat", 2), "PersistentChatServer", v2013)
				return desired("a.contoso.com", "chat.contoso.com")
			},
			want:  "!PP-NOPCHAT",
			texts: []string{"chat.contoso.com is a Persistent Chat pool in the topology"},
		},
		"an appliance": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2013))
				return desired("a.contoso.com", "sba.contoso.com")
			},
			want:  "!PP-NOSBA",
			texts: []string{"sba.contoso.com is a Survivable Branch Appliance or Server in the topology"},
		},
		"a Lync Server 2010 pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("old", 1, v2010, 3)
				d.Enterprise("new", 2, v2013, 3)
				return desired("old.contoso.com", "new.contoso.com")
			},
			want:  "!PP-10-13",
			texts: []string{"old.contoso.com is a Lync Server 2010 pool."},
		},
		"two Lync Server 2010 pools": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2010, 1)
				d.Standard("b", 1, v2010)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want:  "!PP-10-13",
			texts: []string{"a.contoso.com and b.contoso.com are Lync Server 2010 pools."},
		},
		"different versions": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2013, 3)
				d.Enterprise("b", 2, v2015, 3)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "!PP-VERSION",
			texts: []string{"a.contoso.com runs Lync Server 2013, and b.contoso.com runs Skype for Business Server " +
				"2015."},
		},
		"different editions": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2013, 3)
				d.Standard("b", 2, v2013)
				return desired("b.contoso.com", "a.contoso.com")
			},
			want: "~PP-EDITION",
			texts: []string{
				"a.contoso.com is an Enterprise Edition pool (its user database is on sql-a.contoso.com), " +
					"b.contoso.com is a Standard Edition server.",
			},
		},
		"edition of the first unknown": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Remove(d.Enterprise("a", 1, v2013, 1).UserStore)
				d.Standard("b", 2, v2013)
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"edition of the second unknown": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				d.Remove(d.Enterprise("b", 2, v2013, 1).UserStore)
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"site of the first unknown": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 8, v2013)
				d.Standard("b", 2, v2013)
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"site of the second unknown": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				d.Standard("b", 8, v2013)
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"one site": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Standard("a", 1, v2013)
				d.Standard("b", 1, v2013)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want:  "-PP-SITE",
			texts: []string{"a.contoso.com and b.contoso.com are both in the site Paris"},
		},
		"one site without a name": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Sites = []testkit.Site{{ID: 1}}
				d.Standard("a", 1, v2013)
				d.Standard("b", 1, v2013)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want:  "-PP-SITE",
			texts: []string{"both in the site 1,"},
		},
		"sites unknown": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Sites = nil
				d.Standard("a", 1, v2013)
				d.Standard("b", 1, v2013)
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"few Front End Servers": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2013, 2)
				d.Enterprise("b", 2, v2013, 1)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "-PP-SYNC3 -PP-SYNC3",
			texts: []string{
				"a.contoso.com is an Enterprise Edition pool with 2 Front End Servers.",
				"b.contoso.com is an Enterprise Edition pool with one Front End Server.",
			},
		},
		"two Front End Servers of 2019": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				testkit.WritePair(d.Enterprise("x", 1, v2019, 3), d.Enterprise("y", 2, v2019, 3)) // a shape to follow
				d.Enterprise("a", 1, v2019, 2)
				d.Enterprise("b", 2, v2019, 1)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "!PP-FE2-19 -PP-SYNC3",
			texts: []string{"a.contoso.com is an Enterprise Edition pool of Skype for Business Server 2019 with two " +
				"Front End Servers, fe1-a.contoso.com and fe2-a.contoso.com."},
		},
		"two Front End Servers, version after 2019": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, 9, 2)
				return desired("a.contoso.com", "")
			},
			want: "!PP-FE2-19 ~PP-SHAPE",
		},
		"two Front End Servers of 2015": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				testkit.WritePair(d.Enterprise("x", 1, v2015, 3), d.Enterprise("y", 2, v2015, 3))
				d.Enterprise("a", 1, v2015, 2)
				d.Enterprise("b", 2, v2015, 3)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "-PP-SYNC3",
		},
		"one SQL Server, two instances": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.EnterpriseOn("a", 1, v2013, "sql", "rtc")
				d.EnterpriseOn("b", 2, v2013, "sql", "lync")
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "-PP-SHARED",
			texts: []string{`on the SQL Server sql.contoso.com (instances sql.contoso.com\rtc and ` +
				`sql.contoso.com\lync)`},
		},
		"one SQL Server instance": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.EnterpriseOn("a", 1, v2013, "sql", "rtc")
				d.EnterpriseOn("b", 2, v2013, "sql", "RTC")
				return desired("a.contoso.com", "b.contoso.com")
			},
			want:  "!PP-SHARED",
			texts: []string{`are both on the SQL Server instance sql.contoso.com\rtc`},
		},
		"one file store": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				b.ConfServices.DependsOn = []string{b.WebServices.ID(), b.UserServices.ID(), a.FileStore.ID()}
				return desired("a.contoso.com", "b.contoso.com")
			},
			want:  "-PP-SHARED",
			texts: []string{"a.contoso.com and b.contoso.com use one file store, 1-FileStore-1 on a.contoso.com"},
		},
		"one file store that does not resolve": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				b.ConfServices.DependsOn = []string{b.WebServices.ID(), b.UserServices.ID(), a.FileStore.ID()}
				d.Remove(a.FileStore)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "!PP-STORE !PP-STORE",
			texts: []string{"The ConfServices of a.contoso.com depends on the file store 1-FileStore-1, which the " +
				"topology does not have exactly once.", "The ConfServices of b.contoso.com depends on the file store"},
		},
		"version without a shape": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				x, y := d.Standard("x", 1, v2015), d.Standard("y", 2, v2015)
				x.Names(y, "5m", "10m") // neither an incomplete pair nor a pair of another version shows the shape
				y.Names(x, "5m", "10m")
				testkit.WritePair(d.Standard("v", 1, v2019), d.Standard("w", 2, v2019))
				d.Standard("a", 1, v2015)
				d.Standard("b", 2, v2015)
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "~PP-SHAPE",
			texts: []string{"does not know the elements that Topology Builder writes for a pair of Skype for " +
				"Business Server 2015", "The pair with a.contoso.com and b.contoso.com"},
		},
		"version with a shape": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				testkit.WritePair(d.Standard("x", 1, v2015), d.Standard("y", 2, v2015))
				d.Standard("a", 1, v2015)
				d.Standard("b", 2, v2015)
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"unknown beside a known one": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Enterprise("a", 1, v2013, 2)
				return desired("", "a.contoso.com")
			},
			want: "-PP-SYNC3",
		},
		"both unknown": {
			build: func(*testkit.Draft) topology.DesiredPair { return desired("", "") },
		},
		"appliances and a partner's appliances do not count": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Branch(3, "Nantes", 1)
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				for i := range 200 {
					d.Appliance(fmt.Sprintf("sba%d", i), 3, v2013, a)
					d.Appliance(fmt.Sprintf("sbs%d", i), 3, v2010, b)
				}
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"leftovers": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("2-Registrar-9", true, "5m", "10m")}
				a.AddBackupService("2-BackupService-4")
				b.AddBackupService("")
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: "!PP-FREE !PP-FREE",
			texts: []string{
				"its Registrar 1-Registrar-1 has a Backup that names 2-Registrar-9, which the topology does not have",
				"it has the backup service 1-BackupService-1, which depends on 2-BackupService-4, which the topology " +
					"does not have",
				"b.contoso.com is not free: it has the backup service 2-BackupService-1, which depends on no other.",
				"Remove these remainders of a former pair", "Remove this remainder of a former pair",
			},
		},
		"a Backup to what is no Front End pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a := d.Standard("a", 1, v2013)
				a.Names(d.Director("dir", 1, v2013), "5m", "10m")
				a.Registrar.Backups = append(a.Registrar.Backups, testkit.NewBackup("", false, "", ""))
				return desired("a.contoso.com", "")
			},
			want: "!PP-FREE",
			texts: []string{
				"names 1-Registrar-2 on dir.contoso.com, which is a Director", "has a Backup that names no service",
				"Remove these remainders of a former pair",
			},
		},
		"a Backup to an identity that two services have, which is a conflict with both pools": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				twin := d.Standard("twin", 2, v2013)
				twin.Registrar.Instance = b.Registrar.Instance
				a.Names(b, "5m", "10m")
				return desired("a.contoso.com", "")
			},
		},
		"a backup service with a partner that is no pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a := d.Standard("a", 1, v2013)
				other := d.Service(d.Host("other", 2), "BackupService", v2013)
				a.AddBackupService(other.ID())
				return desired("a.contoso.com", "")
			},
			want:  "!PP-FREE",
			texts: []string{"which depends on 2-BackupService-1 on other.contoso.com"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			pair := tt.build(d)
			got := Create(modelOf(t, d), pair)
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.texts...)
		})
	}
}
