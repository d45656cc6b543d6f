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
	spec := pairOf("lyon", "Paris.contoso.com.")
	spec[0].Settings = topology.DesiredSettings{FailureDetection: 30 * time.Second, FailbackDetection: 24 * time.Hour}
	spec[1].Settings = topology.DesiredSettings{AutomaticFailover: true, FailureDetection: 3725 * time.Second, FailbackDetection: 90 * time.Minute}
	got := createPair(t, raw, spec)
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
		"    </Service>\r\n    <Service RoleVersion=\"1\" ServiceVersion=\"6\" Type=\"Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService\">\r\n" +
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
		"standard":           {Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b", Site: 2}}},
		"enterprise":         {Pools: []testkit.Pool{{FQDN: "a", Enterprise: true}, {FQDN: "b", Enterprise: true, Site: 2, FileHost: "fs-a"}}},
		"one site":           {Pools: []testkit.Pool{{FQDN: "b"}, {FQDN: "a"}}},
		"Skype for Business": {Pools: []testkit.Pool{{FQDN: "a", Version: 8}, {FQDN: "b", Version: 7}}},
		"LF":                 {LF: true, Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}}},
		"minified":           {Minified: true, Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}}},
		"third pair":         {Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "x"}, {FQDN: "y"}}, Pairs: []testkit.Pair{{A: "x", B: "y"}}},
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
			a, b := pair.First.FQDN, pair.Second.FQDN
			ended := deletePair(t, raw, strings.ToUpper(a)+".", b)
			if len(parse(t, ended).Topology().Services) != len(parse(t, raw).Topology().Services)-4 {
				t.Error("not four services fewer")
			}
			assertSameBytes(t, "created again", createPair(t, ended, pairOf(b, a)), raw)

			e := newEditor(t, raw)
			if _, err := e.DeletePair(b, a); err != nil {
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
	add := func(name string, estate testkit.Estate, words ...string) struct {
		name  string
		raw   []byte
		words []string
	} {
		return struct {
			name  string
			raw   []byte
			words []string
		}{name, estate.Document(), words}
	}
	base := func(change func(*testkit.Estate)) testkit.Estate {
		e := testkit.Estate{Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}, {FQDN: "d", Version: 5}, {FQDN: "e", Version: 5}}}
		change(&e)
		return e
	}
	all := []string{fqdn("a"), fqdn("b"), fqdn("c")}
	tests := []struct {
		name  string
		raw   []byte
		words []string
	}{
		add("complete pair", base(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "a", B: "b"}} }), "PP-FREE", "b.contoso.com"),
		add("Backup of a member", base(func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "b", To: "c"}} }), "PP-FREE", "c.contoso.com"),
		add("Backup of a third pool", base(func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "c", To: "b"}} }), "PP-FREE", "c.contoso.com names it"),
		add("Backup of a 2010 pool", base(func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "d", To: "a"}} }), "PP-FREE", "d.contoso.com names it"),
		add("BackupService with a third pool", base(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "a", B: "c", NoBackup: all}} }), "PP-FREE", "1-BackupService-1"),
		add("BackupService alone", base(func(e *testkit.Estate) {
			e.Pairs = []testkit.Pair{{A: "a", B: "c", NoBackup: all, NoService: []string{"c"}}}
		}), "PP-FREE", "1-BackupService-1"),
		add("inactive Central Management", base(func(e *testkit.Estate) { e.Pools[1].Central = testkit.Standby }), "PP-FREE", "1-CentralMgmt-1"),
		add("two active Central Managements", base(func(e *testkit.Estate) {
			e.Pools[1].Central, e.Pools[2].Central = testkit.Active, testkit.Active
		}), "CM-ONE", "2 active"),
		add("both active", base(func(e *testkit.Estate) {
			e.Pools[0].Central, e.Pools[1].Central = testkit.Active, testkit.Active
		}), "CM-ONE", "2 active"),
		add("standby on a third pool", base(func(e *testkit.Estate) {
			e.Pools[1].Central, e.Pools[2].Central = testkit.Active, testkit.Standby
		}), "CM-ONE", "c.contoso.com"),
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			for _, spec := range []topology.PairSpec{pairOf("a", "b"), pairOf("b", "a")} {
				e := newEditor(t, c.raw)
				assertRefused(t, e, c.raw, e.CreatePair(spec), c.words...)
			}
		})
	}

	t.Run("Backup that names no service", func(t *testing.T) {
		raw := createPair(t, base(func(*testkit.Estate) {}).Document(), pairOf("a", "b"))
		raw = withoutService(t, withoutService(t, raw, "1-BackupService-1"), "1-BackupService-2")
		raw = withoutText(t, raw, `<Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">`+
			"\r\n        "+idElement("1-Registrar-1"), "</Backup>")
		raw = testkit.Replace(raw, "\n        "+idElement("1-Registrar-2")+"\n      </Backup>", "</Backup>")
		e := newEditor(t, raw)
		assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")), "PP-FREE", "names no service")
	})
	t.Run("no conflicts", func(t *testing.T) {
		for _, estate := range []testkit.Estate{
			base(func(e *testkit.Estate) { e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "a"}} }),
			base(func(e *testkit.Estate) { e.Pools[2].Central = testkit.Standby }),
			base(func(e *testkit.Estate) { e.Pools[2].Central, e.Pools[3].Central = testkit.Active, testkit.Active }),
			base(func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "d", To: "e"}} }),
		} {
			assertSameBytes(t, "deleted", deletePair(t, createPair(t, estate.Document(), pairOf("a", "b")), "a", "b"), estate.Document())
		}
	})
}

func TestCreateRefusesOtherKinds(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Sites: []testkit.Site{{ID: 1}, {ID: 2, Branch: true}},
		Pools: []testkit.Pool{
			{FQDN: "a"}, {FQDN: "director", Kind: testkit.Director}, {FQDN: "edge", Kind: testkit.Edge}, {FQDN: "chat", Kind: testkit.PersistentChat},
			{FQDN: "sql", Kind: testkit.SQLServer}, {FQDN: "old", Version: 5},
		},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 2, Pool: "a"}},
	}
	raw := estate.Document()
	for name, words := range map[string]string{
		"director": "a Director", "edge": "an Edge pool", "chat": "a Persistent Chat pool", "sba": "a Survivable Branch Appliance or Server",
		"sql": "a host without services", "unknown": "PP-EXIST", "A": "PP-SELF", "old": "PP-10-13",
	} {
		t.Run(name, func(t *testing.T) {
			e := newEditor(t, raw)
			assertRefused(t, e, raw, e.CreatePair(pairOf("a", name)), words, fqdn(strings.ToLower(name)))
			assertRefused(t, e, raw, e.CreatePair(pairOf(name, "a")), words)
		})
	}
	t.Run("one identity for two Registrars", func(t *testing.T) {
		raw := replaceInService(t, twoPools().Document(), "2-Registrar-2", idLine("2-Registrar-2"), idLine("2-Registrar-1"))
		e := newEditor(t, raw)
		assertRefused(t, e, raw, e.CreatePair(pairOf("paris", "lyon")), "2-Registrar-1", "lyon.contoso.com")
	})
	t.Run("no services", func(t *testing.T) {
		raw := []byte(fmt.Sprintf(`<Topology xmlns=%q />`, namespace))
		e := newEditor(t, raw)
		assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")), "PP-EXIST")
	})
}
