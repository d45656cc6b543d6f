package resilience

import "testing"

func TestCreateWithCentralManagement(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		build  func(d *document)
		first  string
		second string
		want   string
		texts  []string
	}{
		"a standby will be set up": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.standard("b", "2", v2013)
			},
			first: "b.contoso.com", second: "a.contoso.com",
			want: "-CM-PAIR",
			texts: []string{
				"a.contoso.com has the active Central Management, so with the pair a standby will be set up on b.contoso.com",
				"Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn b.contoso.com -SqlInstanceName rtc.",
			},
		},
		"a standby will be set up on a default instance": {
			build: func(d *document) {
				d.enterprise("a", "1", v2013, 3).central(true)
				d.frontEnd(d.host("b", "2", "1", "2", "3"), v2013, d.host("sql", "2", fqdn("sql")), "")
			},
			first: "b.contoso.com", second: "a.contoso.com",
			want:  "-CM-PAIR",
			texts: []string{"-SqlServerFqdn sql.contoso.com."},
		},
		"the partner is unknown": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
			},
			first: "", second: "a.contoso.com",
			want:  "-CM-PAIR",
			texts: []string{"will be set up on its partner", "-SqlServerFqdn <server>"},
		},
		"Central Management is elsewhere": {
			build: func(d *document) {
				d.standard("a", "1", v2013)
				d.standard("b", "2", v2013)
				d.standard("c", "2", v2013).central(true)
				d.standard("x", "2", v2013).central(true) // a fault, but none of this pair's
				d.standard("y", "2", v2013).central(false)
			},
			first: "a.contoso.com", second: "b.contoso.com",
		},
		"two active": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.standard("b", "2", v2013)
				d.standard("c", "2", v2013).central(true)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"has 2 active Central Management services: 1-CentralMgmt-1 on a.contoso.com, 2-CentralMgmt-1 on c.contoso.com."},
		},
		"an inactive one on a third pool": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.standard("b", "2", v2013)
				d.standard("c", "2", v2013).central(false)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"a.contoso.com has the active Central Management, and c.contoso.com has an inactive one already, 2-CentralMgmt-1."},
		},
		"an inactive one on the member": {
			build: func(d *document) {
				d.standard("a", "1", v2013)
				d.standard("b", "2", v2013).central(false)
				d.standard("c", "2", v2013).central(true)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"b.contoso.com has the inactive Central Management service 2-CentralMgmt-1", "Remove it in Topology Builder"},
		},
		"an inactive one on the partner of the active one": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.standard("b", "2", v2013).central(false)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"b.contoso.com has the inactive Central Management service 2-CentralMgmt-1"},
		},
		"an inactive one beside the active one": {
			build: func(d *document) {
				a := d.standard("a", "1", v2013)
				a.central(true)
				a.central(false)
			},
			first: "a.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"a.contoso.com has the inactive Central Management service 1-CentralMgmt-2"},
		},
		"an inactive one on no cluster": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.service(&host{site: "2", number: "9"}, "CentralMgmt", v2013)
			},
			first: "a.contoso.com",
			want:  "!CM-ONE",
			texts: []string{"and 2-CentralMgmt-1 has an inactive one already, 2-CentralMgmt-1"},
		},
		"the partner's database does not resolve": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.remove(d.standard("b", "2", v2013).store)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "-CM-PAIR",
		},
		"the active store does not resolve": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true).dependsOn = []string{"1-CentralMgmtStore-9"}
				d.standard("b", "2", v2013)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "-CM-PAIR",
		},
		"the active store is on no SQL Server instance": {
			build: func(d *document) {
				a := d.standard("a", "1", v2013)
				a.central(true).dependsOn = []string{d.service(a.host, "CentralMgmtStore", v2013).id()}
				d.standard("b", "2", v2013)
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want: "-CM-PAIR",
		},
		"the partner's database beside the active store": {
			build: func(d *document) {
				a := d.enterprise("a", "1", v2013, 3)
				d.frontEnd(d.host("b", "2", "1", "2", "3"), v2013, a.store.on, "lync")
				cms := a.central(true)
				for _, s := range d.services {
					if s.id() == cms.dependsOn[0] {
						s.sql = "LYNC"
					}
				}
			},
			first: "a.contoso.com", second: "b.contoso.com",
			want:  "-PP-SHARED !CM-ONE",
			texts: []string{`The active Central Management store 1-CentralMgmtStore-1 is on the SQL Server instance sql-a.contoso.com\lync, which is also that of the user database of b.contoso.com.`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDocument()
			tt.build(d)
			got := Create(d.topology(t), wanted(tt.first, tt.second))
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			wantTexts(t, got, tt.texts...)
		})
	}
}

func TestDestroy(t *testing.T) {
	t.Parallel()
	const always = "-LC-STALE -LC-NOFO"
	tests := map[string]struct {
		build func(d *document, a, b *pool)
		want  string
		texts []string
	}{
		"nothing links the two": {build: func(*document, *pool, *pool) {}},
		"whole": {
			build: func(_ *document, a, b *pool) { pair(a, b) },
			want:  always,
			texts: []string{
				"Remove-CsUserStoreBackupData -PoolFqdn a.contoso.com, and the same for b.contoso.com",
				"does not tell whether a.contoso.com or b.contoso.com is failed over",
			},
		},
		"half-made": {
			build: func(_ *document, a, b *pool) { b.names(a, "5m", "10m") },
			want:  always,
		},
		"Central Management elsewhere": {
			build: func(d *document, a, b *pool) {
				pair(a, b)
				d.standard("c", "1", v2013).central(true)
			},
			want: always,
		},
		"active, and the standby on its partner in another pair": {
			build: func(d *document, a, b *pool) {
				c := d.standard("c", "1", v2013)
				pair(a, c)
				a.central(true)
				c.central(false)
				b.names(a, "5m", "10m")
			},
			want: "-LC-NOFO",
		},
		"a standby, and the active one on its partner in another pair": {
			build: func(d *document, a, b *pool) {
				c := d.standard("c", "1", v2013)
				pair(b, c)
				b.central(false)
				c.central(true)
				a.names(b, "5m", "10m")
			},
			want: "-LC-NOFO",
		},
		"active, beside a pair that got no standby": {
			build: func(d *document, a, b *pool) {
				pair(a, d.standard("c", "1", v2013))
				a.central(true)
				b.names(a, "5m", "10m")
			},
			want: "-LC-NOFO",
		},
		"a second pair, beside the one of Central Management": {
			build: func(d *document, a, b *pool) {
				c := d.standard("c", "1", v2013)
				pair(a, c)
				a.central(true)
				c.central(false)
				b.names(a, "5m", "10m")
				b.backupService(a.backupService("").id())
			},
			want: always,
		},
		"active and in no pair, a one-way relation": {
			build: func(_ *document, a, b *pool) {
				b.names(a, "5m", "10m")
				a.central(true)
			},
			want: always,
		},
		"active and standby, a one-way relation": {
			build: func(_ *document, a, b *pool) {
				b.names(a, "5m", "10m")
				a.central(true)
				b.central(false)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"The standby is removed with the pair"},
		},
		"active, and an inactive one on a pool that is not its partner": {
			build: func(d *document, a, b *pool) {
				pair(a, b)
				a.central(true)
				d.standard("c", "1", v2013).central(false)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"Without a pair there is no place for a standby."},
		},
		"active and standby": {
			build: func(_ *document, a, b *pool) {
				pair(a, b)
				a.central(true)
				b.central(false)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"a.contoso.com has the active Central Management, b.contoso.com the standby. The standby is removed with the pair"},
		},
		"failed over": {
			build: func(_ *document, a, b *pool) {
				pair(a, b)
				a.central(false)
				b.central(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"b.contoso.com has the active Central Management, a.contoso.com the standby."},
		},
		"active without a standby": {
			build: func(_ *document, a, b *pool) {
				pair(a, b)
				b.central(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"b.contoso.com has the active Central Management. Without a pair there is no place for a standby."},
		},
		"active without a standby, the other way round": {
			build: func(_ *document, a, b *pool) {
				pair(a, b)
				a.central(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"a.contoso.com has the active Central Management. Without a pair"},
		},
		"a standby, and two active ones elsewhere": {
			build: func(d *document, a, b *pool) {
				pair(a, b)
				a.central(false)
				d.standard("c", "1", v2013).central(true)
				d.standard("e", "1", v2013).central(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"a.contoso.com has an inactive Central Management service, and the active one is not in the pair"},
		},
		"both active": {
			build: func(_ *document, a, b *pool) {
				pair(a, b)
				a.central(true)
				b.central(true)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{
				"It cannot be told", "a.contoso.com has an active Central Management service and b.contoso.com has an active Central Management service",
			},
		},
		"both inactive": {
			build: func(d *document, a, b *pool) {
				pair(a, b)
				a.central(false)
				b.central(false)
				d.standard("c", "1", v2013).central(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"It cannot be told"},
		},
		"active, and another elsewhere": {
			build: func(d *document, a, b *pool) {
				pair(a, b)
				a.central(true)
				b.central(false)
				d.standard("c", "1", v2013).central(true)
			},
			want:  "-CM-UNPAIR " + always,
			texts: []string{"It cannot be told"},
		},
		"a standby whose active one moved away": {
			build: func(d *document, a, b *pool) {
				pair(a, b)
				b.central(false)
				d.standard("c", "1", v2013).central(true)
			},
			want: "-CM-UNPAIR " + always,
			texts: []string{
				"b.contoso.com has an inactive Central Management service, and the active one is not in the pair",
				"remove that service and its store in Topology Builder",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDocument()
			tt.build(d, d.standard("a", "1", v2013), d.standard("b", "2", v2013))
			top := d.topology(t)
			for _, names := range [][2]string{{"a.contoso.com", "b.contoso.com"}, {"B.contoso.com.", "A.contoso.com"}} {
				got := Destroy(top, names[0], names[1])
				if ids(got) != tt.want {
					t.Errorf("got %q, want %q", ids(got), tt.want)
				}
				wantTexts(t, got, tt.texts...)
			}
		})
	}
	d := newDocument()
	a := d.standard("a", "1", v2013)
	pair(a, d.standard("b", "2", v2013))
	a.names(a, "5m", "10m")
	top := d.topology(t)
	for _, names := range [][2]string{{"a.contoso.com", "gone.contoso.com"}, {"gone.contoso.com", "a.contoso.com"}, {"a.contoso.com", "A.contoso.com"}} {
		if got := Destroy(top, names[0], names[1]); got != nil {
			t.Errorf("%v: got %s", names, ids(got))
		}
	}
}
