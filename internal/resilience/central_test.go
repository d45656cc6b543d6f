package resilience

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestCreateWithCentralManagement(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		build  func(d *testkit.Draft)
		first  string
		second string
		want   string
		texts  []string
	}{
		"a standby will be set up": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Standard("b", 2, v2013)
			},
			first: "b.contoso.com", second: "a.contoso.com",
			want: "-CM-PAIR",
			texts: []string{
				"a.contoso.com has the active Central Management, so the pair also sets up a standby on b.contoso.com",
				"Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn b.contoso.com -SqlInstanceName rtc.",
			},
		},
		"a standby will be set up on a default instance": {
			build: func(d *testkit.Draft) {
				d.Enterprise("a", 1, v2013, 3).AddCentral(true)
				d.EnterpriseOn("b", 2, v2013, "sql", "")
			},
			first: "b.contoso.com", second: "a.contoso.com",
			want:  "-CM-PAIR",
			texts: []string{"-SqlServerFqdn sql.contoso.com."},
		},
		"a standby will be set up on an instance with a dollar sign": {
			build: func(d *testkit.Draft) {
				d.Enterprise("a", 1, v2013, 3).AddCentral(true)
				d.EnterpriseOn("b", 2, v2013, "sql", "rtc$1")
			},
			first: "b.contoso.com", second: "a.contoso.com",
			want:  "-CM-PAIR",
			texts: []string{"-SqlServerFqdn sql.contoso.com -SqlInstanceName 'rtc$1'."},
		},
		"the partner is unknown": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
			},
			first: "", second: "a.contoso.com",
			want:  "-CM-PAIR",
			texts: []string{"also sets up a standby on its partner", "-SqlServerFqdn <server>"},
		},
		"Central Management is elsewhere": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013)
				d.Standard("b", 2, v2013)
				d.Standard("c", 2, v2013).AddCentral(true)
				d.Standard("x", 2, v2013).AddCentral(true) // a fault, but none of this pair's
				d.Standard("y", 2, v2013).AddCentral(false)
			},
			first: "a.contoso.com", second: "b.contoso.com",
		},
		"two active": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Standard("b", 2, v2013)
				d.Standard("c", 2, v2013).AddCentral(true)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "!CM-ONE",
			texts: []string{"has 2 active Central Management services: 1-CentralMgmt-1 on a.contoso.com, " +
				"2-CentralMgmt-1 on c.contoso.com."},
		},
		"an inactive one on a third pool": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Standard("b", 2, v2013)
				d.Standard("c", 2, v2013).AddCentral(false)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "!CM-ONE",
			texts: []string{"a.contoso.com has the active Central Management, and c.contoso.com already has an " +
				"inactive one, 2-CentralMgmt-1."},
		},
		"an inactive one on the member": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013)
				d.Standard("b", 2, v2013).AddCentral(false)
				d.Standard("c", 2, v2013).AddCentral(true)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "!CM-ONE",
			texts: []string{"b.contoso.com has the inactive Central Management service 2-CentralMgmt-1",
				"Remove the inactive service in Topology Builder"},
		},
		"an inactive one on the partner of the active one": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Standard("b", 2, v2013).AddCentral(false)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"b.contoso.com has the inactive Central Management service 2-CentralMgmt-1"},
		},
		"an inactive one beside the active one": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.AddCentral(true)
				a.AddCentral(false)
			},
			first: "a.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"a.contoso.com has the inactive Central Management service 1-CentralMgmt-2"},
		},
		"an inactive one on no cluster": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Service(d.Host("gone", 2), "CentralMgmt", v2013).MoveOff()
			},
			first: "a.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"and 2-CentralMgmt-1 already has an inactive one, 2-CentralMgmt-1"},
		},
		"the partner's database does not resolve": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true)
				d.Remove(d.Standard("b", 2, v2013).UserStore)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "-CM-PAIR",
		},
		"the active store does not resolve": {
			build: func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).AddCentral(true).DependsOn = []string{"1-CentralMgmtStore-9"}
				d.Standard("b", 2, v2013)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "-CM-PAIR",
		},
		"the active store is on no SQL Server instance": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.AddCentral(true).DependsOn = []string{d.Service(a.DraftHost, "CentralMgmtStore", v2013).ID()}
				d.Standard("b", 2, v2013)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "-CM-PAIR",
		},
		"the partner's database beside the active store": {
			build: func(d *testkit.Draft) {
				a := d.Enterprise("a", 1, v2013, 3)
				d.EnterpriseOn("b", 2, v2013, "sql-a", "lync")
				cms := a.AddCentral(true)
				for _, s := range d.Services {
					if s.ID() == cms.DependsOn[0] {
						s.SQLInstance = "LYNC"
					}
				}
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "-PP-SHARED !CM-ONE",
			texts: []string{`The active Central Management store 1-CentralMgmtStore-1 and the user database of ` +
				`b.contoso.com are both on the SQL Server instance sql-a.contoso.com\lync.`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			tt.build(d)
			got := Create(modelOf(t, d), desired(tt.first, tt.second))
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.texts...)
		})
	}
}

func TestDestroy(t *testing.T) {
	t.Parallel()
	const always = "-LC-STALE -LC-NOFO"
	const withoutStandby = "Central Management stays without a standby (CM-UNPAIR)"
	const leftAsItIs = "Central Management left unchanged (CM-UNPAIR)"
	tests := map[string]struct {
		build func(d *testkit.Draft, a, b *testkit.DraftPool)
		want  string
		texts []string
	}{
		"nothing links the two": {build: func(*testkit.Draft, *testkit.DraftPool, *testkit.DraftPool) {}},
		"complete": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) { testkit.WritePair(a, b) },
			want:  always,
			texts: []string{
				"Remove-CsUserStoreBackupData -PoolFqdn a.contoso.com, and the same for b.contoso.com",
				"The topology does not record whether a.contoso.com or b.contoso.com is currently failed over",
			},
		},
		"incomplete": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) { b.Names(a, "5m", "10m") },
			want:  always,
		},
		"Central Management elsewhere": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				d.Standard("c", 1, v2013).AddCentral(true)
			},
			want: always,
		},
		"active, and the standby on its partner in another pair": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				c := d.Standard("c", 1, v2013)
				testkit.WritePair(a, c)
				a.AddCentral(true)
				c.AddCentral(false)
				b.Names(a, "5m", "10m")
			},
			want: "-LC-NOFO",
		},
		"a standby, and the active one on its partner in another pair": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				c := d.Standard("c", 1, v2013)
				testkit.WritePair(b, c)
				b.AddCentral(false)
				c.AddCentral(true)
				a.Names(b, "5m", "10m")
			},
			want: "-LC-NOFO",
		},
		"active, beside a pair that got no standby": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, d.Standard("c", 1, v2013))
				a.AddCentral(true)
				b.Names(a, "5m", "10m")
			},
			want: "-LC-NOFO",
		},
		"a second pair, beside the one of Central Management": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				c := d.Standard("c", 1, v2013)
				testkit.WritePair(a, c)
				a.AddCentral(true)
				c.AddCentral(false)
				b.Names(a, "5m", "10m")
				b.AddBackupService(a.AddBackupService("").ID())
			},
			want: always,
		},
		"active and in no pair, a one-way relation": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				b.Names(a, "5m", "10m")
				a.AddCentral(true)
			},
			want: always,
		},
		"active and standby, a one-way relation": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				b.Names(a, "5m", "10m")
				a.AddCentral(true)
				b.AddCentral(false)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"The standby is removed with the pair"},
		},
		"active, and an inactive one on a pool that is not its partner": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(true)
				d.Standard("c", 1, v2013).AddCentral(false)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{withoutStandby, "Without a pair, no pool has a standby."},
		},
		"active and standby": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{"a.contoso.com has the active Central Management, and b.contoso.com has the standby. The " +
				"standby is removed with the pair"},
		},
		"failed over": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(false)
				b.AddCentral(true)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{"Central Management loses its standby (CM-UNPAIR)",
				"b.contoso.com has the active Central Management, and a.contoso.com has the standby."},
		},
		"active without a standby": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				b.AddCentral(true)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{withoutStandby, "b.contoso.com has the active Central Management. Without a pair, no " +
				"pool has a standby."},
		},
		"active without a standby, the other way round": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{withoutStandby, "a.contoso.com has the active Central Management. Without a pair"},
		},
		"a standby, and two active ones elsewhere": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(false)
				d.Standard("c", 1, v2013).AddCentral(true)
				d.Standard("e", 1, v2013).AddCentral(true)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{"a.contoso.com has an inactive Central Management service. The active Central Management " +
				"is not in the pair"},
		},
		"both active": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(true)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{
				leftAsItIs, "is ambiguous", "a.contoso.com has an active Central Management service and " +
					"b.contoso.com has an active Central Management service",
			},
		},
		"both inactive": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(false)
				b.AddCentral(false)
				d.Standard("c", 1, v2013).AddCentral(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{leftAsItIs, "is ambiguous"},
		},
		"active, and another elsewhere": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
				d.Standard("c", 1, v2013).AddCentral(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{leftAsItIs, "is ambiguous"},
		},
		"a standby whose active one moved away": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				b.AddCentral(false)
				d.Standard("c", 1, v2013).AddCentral(true)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{
				"Central Management service that is not a standby (CM-UNPAIR)",
				"b.contoso.com has an inactive Central Management service. The active Central Management is not in " +
					"the pair",
				"remove that service and its store in Topology Builder",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			tt.build(d, d.Standard("a", 1, v2013), d.Standard("b", 2, v2013))
			top := modelOf(t, d)
			for _, names := range [][2]string{{"a.contoso.com", "b.contoso.com"}, {"B.contoso.com.", "A.contoso.com"}} {
				got := Destroy(top, topology.NewPairID(named(names[0]), named(names[1])))
				if ids(got) != tt.want {
					t.Errorf("got %q, want %q", ids(got), tt.want)
				}
				assertTexts(t, got, tt.texts...)
			}
		})
	}
	d := testkit.NewDraft()
	a := d.Standard("a", 1, v2013)
	testkit.WritePair(a, d.Standard("b", 2, v2013))
	a.Names(a, "5m", "10m")
	top := modelOf(t, d)
	for _, names := range [][2]string{{"a.contoso.com", "gone.contoso.com"}, {"gone.contoso.com", "a.contoso.com"},
		{"a.contoso.com", "A.contoso.com"}} {
		if got := Destroy(top, topology.NewPairID(named(names[0]), named(names[1]))); got != nil {
			t.Errorf("%v: got %s", names, ids(got))
		}
	}
}
