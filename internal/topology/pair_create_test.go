package topology_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// twoPools returns three Standard Edition pools in two sites, without a pair.
func twoPools() testkit.Estate {
	return testkit.Estate{Pools: []testkit.Pool{
		{FQDN: "paris", Site: 1}, {FQDN: "lyon", Site: 2}, {FQDN: "nice", Site: 2},
	}}
}

func TestCreateWritesACompletePair(t *testing.T) {
	t.Parallel()
	raw := twoPools().Document()
	desired := pairOf("lyon", "Paris.contoso.com.")
	desired.Settings[fqdn("lyon")] = topology.DesiredSettings{
		FailureDetection: 30 * time.Second, FailbackDetection: 24 * time.Hour,
	}
	desired.Settings[fqdn("paris")] = topology.DesiredSettings{
		AutomaticFailover: true, FailureDetection: 3725 * time.Second, FailbackDetection: 90 * time.Minute,
	}
	got := createPair(t, raw, desired)
	// Of two equal lines the diff keeps the first, so it begins with the end of the last existing service.
	assertLines(t, changedLines(raw, got), `
		+<Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT1H30M0S" FailureDetectionInterval="P0Y0M0DT1H2M5S">
		+<ServiceId SiteId="2" RoleName="Registrar" Instance="1" />
		+</Backup>
		+<Backup EnableAutomaticFailover="false" FailbackDetectionInterval="P0Y0M0DT24H0M0S" FailureDetectionInterval="P0Y0M0DT0H0M30S">
		+<ServiceId SiteId="1" RoleName="Registrar" Instance="1" />
		+</Backup>
		+</Service>
		+<Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService">
		+<ServiceId SiteId="2" RoleName="BackupService" Instance="1" />
		+<DependsOn>
		+<Dependency Usage="Default">
		+<ServiceId SiteId="1" RoleName="BackupService" Instance="1" />
		+</Dependency>
		+<Dependency Usage="Default">
		+<ServiceId SiteId="2" RoleName="FileStore" Instance="1" />
		+</Dependency>
		+</DependsOn>
		+<InstalledOn>
		+<ClusterId SiteId="2" Number="1" />
		+</InstalledOn>
		+<Ports xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
		+<Port Owner="urn:component:BackupService" Usage="WcfServer" InterfaceSide="Primary" InterfaceNumber="1" Port="443" Protocol="Https" UrlPath="/BackupService/" AuthorizesRequests="false" />
		+</Ports>
		+<BackupService xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
		+<Modules>
		+<Module RoleName="UserServices" ComponentName="PresenceFocus" />
		+<Module RoleName="ConfServices" ComponentName="DataConf" />
		+</Modules>
		+</BackupService>
		+</Service>
		+<Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService">
		+<ServiceId SiteId="1" RoleName="BackupService" Instance="1" />
		+<DependsOn>
		+<Dependency Usage="Default">
		+<ServiceId SiteId="2" RoleName="BackupService" Instance="1" />
		+</Dependency>
		+<Dependency Usage="Default">
		+<ServiceId SiteId="1" RoleName="FileStore" Instance="1" />
		+</Dependency>
		+</DependsOn>
		+<InstalledOn>
		+<ClusterId SiteId="1" Number="1" />
		+</InstalledOn>
		+<Ports xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
		+<Port Owner="urn:component:BackupService" Usage="WcfServer" InterfaceSide="Primary" InterfaceNumber="1" Port="443" Protocol="Https" UrlPath="/BackupService/" AuthorizesRequests="false" />
		+</Ports>
		+<BackupService xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
		+<Modules>
		+<Module RoleName="UserServices" ComponentName="PresenceFocus" />
		+<Module RoleName="ConfServices" ComponentName="DataConf" />
		+</Modules>
		+</BackupService>`)
	assertSameBytes(t, "created and deleted", deletePair(t, got, "paris", "lyon"), raw)

	// The new elements have the white space of their neighbours and the right position.
	text := testkit.Decode(got)
	for _, want := range []string{
		"      </InstalledOn>\r\n      <Backup Enable",
		"      <Backup EnableAutomaticFailover=\"true\" FailbackDetectionInterval=\"P0Y0M0DT1H30M0S\" " +
			"FailureDetectionInterval=\"P0Y0M0DT1H2M5S\">\r\n        <ServiceId ",
		"      </Backup>\r\n      <Ports ",
		"    </Service>\r\n    <Service RoleVersion=\"1\" ServiceVersion=\"6\" " +
			"Type=\"Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService\">\r\n" +
			"      <ServiceId SiteId=\"2\" RoleName=\"BackupService\"",
		"      </BackupService>\r\n    </Service>\r\n  </Services>\r\n</Topology>\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not in the document: %s", want)
		}
	}
}

// The document builder of testkit is independent of this package. It writes the same pair.
func TestCreateEqualsTheTestBuilder(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]testkit.Estate{
		"standard": {Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b", Site: 2}}},
		"enterprise": {
			Pools: []testkit.Pool{
				{FQDN: "a", Enterprise: true}, {FQDN: "b", Enterprise: true, Site: 2, FileHost: "fs-a"},
			},
		},
		"one site":           {Pools: []testkit.Pool{{FQDN: "b"}, {FQDN: "a"}}},
		"Skype for Business": {Pools: []testkit.Pool{{FQDN: "a", Version: 8}, {FQDN: "b", Version: 7}}},
		"LF":                 {LF: true, Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}}},
		"minified":           {Minified: true, Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}}},
		"third pair": {
			Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "x"}, {FQDN: "y"}},
			Pairs: []testkit.Pair{{A: "x", B: "y"}},
		},
		"appliances": {
			Pools:      []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}},
			Appliances: []testkit.Appliance{{FQDN: "s1", Pool: "a"}, {FQDN: "s2", Pool: "b"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			paired := e
			paired.Pairs = append(slices.Clone(e.Pairs), testkit.Pair{A: "a", B: "b"})
			got := createPair(t, e.Document(), pairOf("a", "b"))
			assertSameBytes(t, "created", got, paired.Document())
			assertSameBytes(t, "deleted", deletePair(t, got, "b", "a"), e.Document())
		})
	}
}

func TestCreateInRealDocuments(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{"shipped": testkit.Fixture(t), "published": testkit.Published(t)} {
		t.Run(name, func(t *testing.T) {
			pair := parse(t, raw).Topology().Pairs()[0]
			a, b := pair.First.FQDN.String(), pair.Second.FQDN.String()
			ended := deletePair(t, raw, strings.ToUpper(a)+".", b)
			if len(services(t, ended)) != len(services(t, raw))-4 {
				t.Error("not four services fewer")
			}
			assertSameBytes(t, "created again", createPair(t, ended, pairOf(b, a)), raw)

			e := newEditor(t, raw)
			if _, err := e.DeletePair(pairID(b, a)); err != nil {
				t.Fatal(err)
			}
			if err := e.CreatePair(pairOf(a, b)); err != nil {
				t.Fatal(err)
			}
			assertSameBytes(t, "created again within one edit", e.Document().Bytes(), raw)
		})
	}
}

func TestCreateRefusesConflicts(t *testing.T) {
	t.Parallel()
	base := func(change func(*testkit.Estate)) testkit.Estate {
		e := testkit.Estate{
			Pools: []testkit.Pool{
				{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}, {FQDN: "d", Version: 5}, {FQDN: "e", Version: 5},
			},
		}
		change(&e)
		return e
	}
	all := []string{"a", "b", "c"}
	notFree := func(pool string, linked []topology.FQDN, services ...string) topology.Refusal {
		return topology.Refusal{
			Fault: topology.PoolNotFree, Pool: fqdn(pool), Linked: linked, Services: serviceIDs(services...),
		}
	}
	linked := func(pool string) []topology.FQDN { return []topology.FQDN{fqdn(pool)} }
	for _, c := range []struct {
		name   string
		change func(*testkit.Estate)
		want   topology.Refusal
	}{
		{
			"complete pair",
			func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "a", B: "b"}} },
			notFree("a", linked("b"), "1-Registrar-1", "1-BackupService-1"),
		},
		{
			"Backup of a member",
			func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "b", To: "c"}} },
			notFree("b", linked("c"), "1-Registrar-2"),
		},
		{
			"Backup of a third pool",
			func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "c", To: "b"}} },
			notFree("b", linked("c")),
		},
		{
			"Backups of two other pools",
			func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "d", To: "b"}, {From: "c", To: "b"}} },
			notFree("b", []topology.FQDN{fqdn("c"), fqdn("d")}),
		},
		{
			"Backup of a 2010 pool",
			func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "d", To: "a"}} },
			notFree("a", linked("d")),
		},
		{
			"BackupService with a third pool",
			func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "a", B: "c", NoBackup: all}} },
			notFree("a", linked("c"), "1-BackupService-1"),
		},
		{
			"BackupService alone",
			func(e *testkit.Estate) {
				e.Pairs = []testkit.Pair{{A: "a", B: "c", NoBackup: all, NoService: []string{"c"}}}
			},
			notFree("a", nil, "1-BackupService-1"),
		},
		{
			"inactive Central Management",
			func(e *testkit.Estate) { e.Pools[1].Central = testkit.Standby },
			notFree("b", nil, "1-CentralMgmt-1"),
		},
		{
			"two active Central Managements",
			func(e *testkit.Estate) { e.Pools[1].Central, e.Pools[2].Central = testkit.Active, testkit.Active },
			topology.Refusal{Fault: topology.SeveralActiveCentral, Count: 2},
		},
		{
			"both active",
			func(e *testkit.Estate) { e.Pools[0].Central, e.Pools[1].Central = testkit.Active, testkit.Active },
			topology.Refusal{Fault: topology.SeveralActiveCentral, Count: 2},
		},
		{
			"standby on a third pool",
			func(e *testkit.Estate) { e.Pools[1].Central, e.Pools[2].Central = testkit.Active, testkit.Standby },
			topology.Refusal{
				Fault: topology.OtherStandby, Pool: fqdn("c"), Services: serviceIDs("1-CentralMgmt-2"),
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := base(c.change).Document()
			for _, desired := range []topology.DesiredPair{pairOf("a", "b"), pairOf("b", "a")} {
				e := newEditor(t, raw)
				assertRefused(t, e, raw, e.CreatePair(desired), c.want)
			}
		})
	}
	t.Run("Backup that names no service", func(t *testing.T) {
		raw := createPair(t, base(func(*testkit.Estate) {}).Document(), pairOf("a", "b"))
		raw = withoutService(t, withoutService(t, raw, "1-BackupService-1"), "1-BackupService-2")
		raw = withoutText(t, raw,
			`<Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">`+
				"\r\n        "+idElement("1-Registrar-1"), "</Backup>")
		raw = testkit.Replace(raw, "\n        "+idElement("1-Registrar-2")+"\n      </Backup>", "</Backup>")
		e := newEditor(t, raw)
		assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")), notFree("a", nil, "1-Registrar-1"))
	})
	t.Run("no conflicts", func(t *testing.T) {
		for _, estate := range []testkit.Estate{
			base(func(e *testkit.Estate) { e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "a"}} }),
			base(func(e *testkit.Estate) { e.Pools[2].Central = testkit.Standby }),
			base(func(e *testkit.Estate) { e.Pools[2].Central, e.Pools[3].Central = testkit.Active, testkit.Active }),
			base(func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "d", To: "e"}} }),
		} {
			assertSameBytes(t, "deleted", deletePair(t, createPair(t, estate.Document(), pairOf("a", "b")), "a", "b"),
				estate.Document())
		}
	})
}

func TestCreateRefusesOtherKinds(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Sites: []testkit.Site{{ID: 1}, {ID: 2, Branch: true}},
		Pools: []testkit.Pool{
			{FQDN: "a"}, {FQDN: "director", Kind: testkit.Director}, {FQDN: "edge", Kind: testkit.Edge},
			{FQDN: "chat", Kind: testkit.PersistentChat},
			{FQDN: "sql", Kind: testkit.SQLServer}, {FQDN: "old", Version: 5},
		},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 2, Pool: "a"}},
	}
	raw := estate.Document()
	other := func(found string) topology.Refusal {
		return topology.Refusal{Fault: topology.NotFrontEnd, Found: found}
	}
	for name, want := range map[string]topology.Refusal{
		"director": other("a Director"),
		"edge":     other("an Edge pool"),
		"chat":     other("a Persistent Chat pool"),
		"sba":      other("a Survivable Branch Appliance or Server"),
		"sql":      other("a host without services"),
		"unknown":  {Fault: topology.PoolNotFound},
		"":         {Fault: topology.PoolNotFound},
		"A":        {Fault: topology.SamePool},
		"old":      {Fault: topology.VersionTooOld, Version: 5},
	} {
		t.Run(name, func(t *testing.T) {
			want.Pool = fqdn(name)
			e := newEditor(t, raw)
			assertRefused(t, e, raw, e.CreatePair(pairOf("a", name)), want)
			assertRefused(t, e, raw, e.CreatePair(pairOf(name, "a")), want)
		})
	}
	t.Run("one identity for two Registrars", func(t *testing.T) {
		raw := replaceInService(t, twoPools().Document(), "2-Registrar-2", idLine("2-Registrar-2"),
			idLine("2-Registrar-1"))
		e := newEditor(t, raw)
		assertRefused(t, e, raw, e.CreatePair(pairOf("paris", "lyon")), topology.Refusal{
			Fault: topology.AmbiguousRegistrar, Pool: fqdn("lyon"), Services: serviceIDs("2-Registrar-1"),
		})
	})
	t.Run("no services", func(t *testing.T) {
		raw := []byte(fmt.Sprintf(`<Topology xmlns=%q />`, namespace))
		e := newEditor(t, raw)
		assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")),
			topology.Refusal{Fault: topology.PoolNotFound, Pool: fqdn("a")})
	})
}
