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

// twoPools is a standard edition pair of sites and a third pool, nothing paired.
func twoPools() testkit.Estate {
	return testkit.Estate{Pools: []testkit.Pool{
		{FQDN: "paris", Site: 1}, {FQDN: "lyon", Site: 2}, {FQDN: "nice", Site: 2},
	}}
}

func TestCreateWritesTheWholePair(t *testing.T) {
	raw := twoPools().Document()
	spec := pairOf("lyon", "Paris.contoso.com.")
	spec[0].Settings = topology.WantedSettings{FailureDetection: 30 * time.Second, FailbackDetection: 24 * time.Hour}
	spec[1].Settings = topology.WantedSettings{AutomaticFailover: true, FailureDetection: 3725 * time.Second, FailbackDetection: 90 * time.Minute}
	got := create(t, raw, spec)
	// A diff takes the first of two equal lines, so the end of the last service is before the new ones.
	wantLines(t, change(raw, got), `
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
	same(t, "created and destroyed", remove(t, got, "paris", "lyon"), raw)

	// The white space is what the neighbours have, and the pair stands where it has to.
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

// The builder of documents was written apart from this package: it writes the same pair.
func TestCreateIsWhatTheBuilderWrites(t *testing.T) {
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
			got := create(t, e.Document(), pairOf("a", "b"))
			same(t, "created", got, paired.Document())
			same(t, "destroyed", remove(t, got, "b", "a"), e.Document())
		})
	}
}

func TestCreateOnTheRealDocument(t *testing.T) {
	for name, raw := range map[string][]byte{"shipped": testkit.Real(t), "published": testkit.Published(t)} {
		t.Run(name, func(t *testing.T) {
			pair := parse(t, raw).Topology().Pairs()[0]
			a, b := pair.First.FQDN, pair.Second.FQDN
			ended := remove(t, raw, strings.ToUpper(a)+".", b)
			if len(parse(t, ended).Topology().Services) != len(parse(t, raw).Topology().Services)-4 {
				t.Error("not four services fewer")
			}
			same(t, "created again", create(t, ended, pairOf(b, a)), raw)

			e := edit(t, raw)
			if _, err := e.DeletePair(b, a); err != nil {
				t.Fatal(err)
			}
			if err := e.CreatePair(pairOf(a, b)); err != nil {
				t.Fatal(err)
			}
			same(t, "created again within one edit", e.Document().Bytes(), raw)
		})
	}
}

func TestFileStoreOfABackupService(t *testing.T) {
	estate := testkit.Estate{Pools: []testkit.Pool{
		{FQDN: "a"}, {FQDN: "b"}, {FQDN: "files", Kind: testkit.FileServer, Site: 2}, {FQDN: "more", Kind: testkit.FileServer},
	}}
	const own, theirs = `RoleName="FileStore" Instance="1"`, `RoleName="FileStore" Instance="3"`
	noStore := func(t *testing.T, raw []byte, id string) []byte {
		text := testkit.Decode(raw)
		at := strings.Index(text, declared(id))
		store := at + strings.Index(text[at:], own)
		start := strings.LastIndex(text[:store], "<Dependency ")
		end := store + strings.Index(text[store:], "</Dependency>") + len("</Dependency>")
		return testkit.Encode(text[:start]+text[end:], raw)
	}
	for _, c := range []struct {
		name  string
		give  func(t *testing.T, raw []byte) []byte
		want  string
		words []string
	}{
		{name: "own", give: func(_ *testing.T, raw []byte) []byte { return raw }, want: "1-FileStore-1"},
		{name: "of conferencing, another one", want: "1-FileStore-3", give: func(t *testing.T, raw []byte) []byte {
			return inService(t, raw, "1-ConfServices-1", own, theirs)
		}},
		{name: "of the web services", want: "1-FileStore-3", give: func(t *testing.T, raw []byte) []byte {
			return inService(t, noStore(t, raw, "1-ConfServices-1"), "1-WebServices-1", own, theirs)
		}},
		{name: "on another site's cluster", want: "2-FileStore-1", give: func(t *testing.T, raw []byte) []byte {
			return inService(t, raw, "1-ConfServices-1", `SiteId="1" `+own, `SiteId="2" `+own)
		}},
		{name: "of the user services", want: "1-FileStore-1", give: func(t *testing.T, raw []byte) []byte {
			raw = noStore(t, noStore(t, raw, "1-ConfServices-1"), "1-WebServices-1")
			return inService(t, raw, "1-UserServices-1", `<ServiceId SiteId="1" RoleName="ConfServices" Instance="1" />`, `<ServiceId SiteId="1" `+own+` />`)
		}},
		{name: "none", words: []string{"without a file store", "a.contoso.com"}, give: func(t *testing.T, raw []byte) []byte {
			return noStore(t, noStore(t, raw, "1-ConfServices-1"), "1-WebServices-1")
		}},
		{name: "two different", words: []string{"a.contoso.com", "ConfServices", "1-FileStore-1", "1-FileStore-3"}, give: func(t *testing.T, raw []byte) []byte {
			return inService(t, raw, "1-ConfServices-1", `RoleName="WebServices" Instance="1"`, theirs)
		}},
		{name: "twice the same", want: "1-FileStore-1", give: func(t *testing.T, raw []byte) []byte {
			return inService(t, raw, "1-ConfServices-1", `RoleName="WebServices" Instance="1"`, own)
		}},
		{name: "dangling", words: []string{"a.contoso.com", "1-FileStore-9"}, give: func(t *testing.T, raw []byte) []byte {
			return inService(t, raw, "1-ConfServices-1", own, `RoleName="FileStore" Instance="9"`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := c.give(t, estate.Document())
			e := edit(t, raw)
			err := e.CreatePair(pairOf("a", "b"))
			if c.want == "" {
				refused(t, e, raw, err, c.words...)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			service := e.Topology().Pool(fqdn("a")).Role(topology.RoleBackupService)[0]
			if got := service.Dependencies(topology.RoleFileStore); len(got) != 1 || got[0].String() != c.want {
				t.Errorf("file store %v, want %s", got, c.want)
			}
		})
	}
}

func TestCreateCopiesAServiceOfTheVersion(t *testing.T) {
	estate := testkit.Estate{
		Pools: []testkit.Pool{
			{FQDN: "a", Version: 7}, {FQDN: "b", Version: 7}, {FQDN: "x", Version: 7}, {FQDN: "y", Version: 7},
			{FQDN: "c"}, {FQDN: "d"},
		},
		Pairs: []testkit.Pair{{A: "x", B: "y", CMSMaster: true}},
	}
	const port, module = `Port="443" Protocol="Https" UrlPath="/BackupService/"`, `<Module RoleName="ConfServices" ComponentName="DataConf" />`
	with := func(active string) []byte {
		e := estate
		e.Pools = slices.Clone(e.Pools)
		for i := range e.Pools {
			if e.Pools[i].FQDN == active {
				e.Pools[i].Central = testkit.Active
			}
		}
		raw := inService(t, e.Document(), "1-BackupService-1", port, `Port="8443" Protocol="Https" UrlPath="/BackupService/"`)
		return inService(t, raw, "1-BackupService-1", module, module+`<Module RoleName="ApplicationServer" ComponentName="RGSDataStore" />`)
	}
	modules := func(t *testing.T, raw []byte, name string) string {
		var all []string
		for _, m := range parse(t, raw).Topology().Pool(fqdn(name)).Role(topology.RoleBackupService)[0].Modules {
			all = append(all, m.Component)
		}
		return strings.Join(all, " ")
	}
	for _, c := range []struct {
		name, active, a, b, modules string
		copies                      int
	}{
		{"same version", "", "a", "b", "PresenceFocus DataConf RGSDataStore", 2},
		{"with Central Management", "b", "a", "b", "PresenceFocus DataConf RGSDataStore CMSMaster", 2},
		{"Central Management elsewhere", "x", "a", "b", "PresenceFocus DataConf RGSDataStore", 2},
		{"another version", "", "c", "d", "PresenceFocus DataConf", 0},
		{"another version with Central Management", "c", "c", "d", "PresenceFocus DataConf CMSMaster", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := with(c.active)
			got := create(t, raw, pairOf(c.a, c.b))
			for _, pool := range []string{c.a, c.b} {
				if is := modules(t, got, pool); is != c.modules {
					t.Errorf("%s: modules %s, want %s", pool, is, c.modules)
				}
			}
			if n := strings.Count(testkit.Decode(got), `Port="8443"`) - 1; n != c.copies {
				t.Errorf("%d copies of the ports, want %d", n, c.copies)
			}
			if strings.Contains("\n"+change(raw, got), "\n-") {
				t.Errorf("lines went:\n%s", change(raw, got))
			}
			same(t, "destroyed", remove(t, got, c.a, c.b), raw)
		})
	}

	t.Run("as it was loaded", func(t *testing.T) {
		e := edit(t, with(""))
		if _, err := e.DeletePair(fqdn("x"), fqdn("y")); err != nil {
			t.Fatal(err)
		}
		if err := e.CreatePair(pairOf("a", "b")); err != nil {
			t.Fatal(err)
		}
		if got := modules(t, e.Document().Bytes(), "a"); got != "PresenceFocus DataConf RGSDataStore" {
			t.Errorf("modules %s", got)
		}
	})
}

func TestCreateRefusesWhatIsNotFree(t *testing.T) {
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
		add("whole pair", base(func(e *testkit.Estate) { e.Pairs = []testkit.Pair{{A: "a", B: "b"}} }), "PP-FREE", "b.contoso.com"),
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
		}), "CM-ONE"),
		add("standby on a third pool", base(func(e *testkit.Estate) {
			e.Pools[1].Central, e.Pools[2].Central = testkit.Active, testkit.Standby
		}), "CM-ONE", "c.contoso.com"),
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			for _, spec := range []topology.PairSpec{pairOf("a", "b"), pairOf("b", "a")} {
				e := edit(t, c.raw)
				refused(t, e, c.raw, e.CreatePair(spec), c.words...)
			}
		})
	}

	t.Run("Backup that names no service", func(t *testing.T) {
		raw := create(t, base(func(*testkit.Estate) {}).Document(), pairOf("a", "b"))
		raw = withoutService(t, withoutService(t, raw, "1-BackupService-1"), "1-BackupService-2")
		raw = without(t, raw, `<Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">`+
			"\r\n        "+idElement("1-Registrar-1"), "</Backup>")
		raw = testkit.Replace(raw, "\n        "+idElement("1-Registrar-2")+"\n      </Backup>", "</Backup>")
		e := edit(t, raw)
		refused(t, e, raw, e.CreatePair(pairOf("a", "b")), "PP-FREE", "names no service")
	})
	t.Run("not at all ties", func(t *testing.T) {
		for _, estate := range []testkit.Estate{
			base(func(e *testkit.Estate) { e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "a"}} }),
			base(func(e *testkit.Estate) { e.Pools[2].Central = testkit.Standby }),
			base(func(e *testkit.Estate) { e.Pools[2].Central, e.Pools[3].Central = testkit.Active, testkit.Active }),
			base(func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "d", To: "e"}} }),
		} {
			same(t, "destroyed", remove(t, create(t, estate.Document(), pairOf("a", "b")), "a", "b"), estate.Document())
		}
	})
}

func TestCreateRefusesOtherKinds(t *testing.T) {
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
		"sql": "a host without services", "nobody": "PP-EXIST", "A": "PP-SELF", "old": "PP-10-13",
	} {
		t.Run(name, func(t *testing.T) {
			e := edit(t, raw)
			refused(t, e, raw, e.CreatePair(pairOf("a", name)), words, fqdn(strings.ToLower(name)))
			refused(t, e, raw, e.CreatePair(pairOf(name, "a")), words)
		})
	}
	t.Run("one identity for two Registrars", func(t *testing.T) {
		raw := inService(t, twoPools().Document(), "2-Registrar-2", declared("2-Registrar-2"), declared("2-Registrar-1"))
		e := edit(t, raw)
		refused(t, e, raw, e.CreatePair(pairOf("paris", "lyon")), "2-Registrar-1", "lyon.contoso.com")
	})
	t.Run("no services", func(t *testing.T) {
		raw := []byte(fmt.Sprintf(`<Topology xmlns=%q />`, namespace))
		e := edit(t, raw)
		refused(t, e, raw, e.CreatePair(pairOf("a", "b")), "PP-EXIST")
	})
}
