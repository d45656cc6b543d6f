package topology_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// allKinds returns an estate with a pool of every kind.
func allKinds() testkit.Estate {
	return testkit.Estate{
		Sites: []testkit.Site{
			{ID: 1, Name: "Paris"}, {ID: 2}, {ID: 8, Element: "BackCompatSite"}, {ID: 9, Branch: true, Parent: 1},
		},
		Pools: []testkit.Pool{
			{FQDN: "SE.contoso.com.", Edge: "edge"},
			{FQDN: "ee", Enterprise: true, FrontEnds: 4, Version: 8},
			// an Enterprise pool can have one computer
			{FQDN: "one", Enterprise: true, FrontEnds: 1, SQLHost: "sql", Version: 7},
			{FQDN: "old", Version: 5},
			{FQDN: "older", Version: 4},
			{FQDN: "new", Version: 9},
			{FQDN: "director", Kind: testkit.Director, NextHop: "se"},
			{FQDN: "edge", Kind: testkit.Edge, FrontEnds: 2, NextHop: "se"},
			{FQDN: "chat", Kind: testkit.PersistentChat},
			{FQDN: "mediation", Kind: testkit.Mediation},
			{FQDN: "sba", Kind: testkit.Gateway, Site: 9}, // shares its name with the appliance
			{FQDN: "gateway", Kind: testkit.Gateway},
			{FQDN: "sql", Kind: testkit.SQLServer},
			{FQDN: "files", Kind: testkit.FileServer},
			{FQDN: "office", Kind: testkit.OfficeWebApps},
			{FQDN: "application", Kind: testkit.TrustedApplication},
		},
		Appliances: []testkit.Appliance{
			{FQDN: "sba", Pool: "se", Site: 9, Version: 5}, {FQDN: "central", Pool: "se", Site: 2},
			{FQDN: "legacy", Pool: "se", Site: 8},
		},
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	topo := parse(t, allKinds().Document()).Topology()
	for name, c := range map[string]struct {
		kind    topology.Kind
		edition topology.Edition
		version int
		found   string
	}{
		"se":          {topology.KindFrontEnd, topology.EditionStandard, 6, "a Front End pool"},
		"ee":          {topology.KindFrontEnd, topology.EditionEnterprise, 8, "a Front End pool"},
		"one":         {topology.KindFrontEnd, topology.EditionEnterprise, 7, "a Front End pool"},
		"old":         {topology.KindFrontEnd, topology.EditionStandard, 5, "a Front End pool"},
		"older":       {topology.KindOther, "", 4, "ServiceVersion 4, older than Lync Server 2010"},
		"new":         {topology.KindFrontEnd, topology.EditionStandard, 9, "a Front End pool"},
		"director":    {topology.KindDirector, "", 6, "a Director"},
		"edge":        {topology.KindEdge, "", 0, "an Edge pool"},
		"chat":        {topology.KindPersistentChat, "", 0, "a Persistent Chat pool"},
		"mediation":   {topology.KindOther, "", 0, "a Mediation Server pool"},
		"gateway":     {topology.KindOther, "", 0, "a PSTN gateway"},
		"sql":         {topology.KindOther, "", 0, "a SQL Server host"},
		"files":       {topology.KindOther, "", 0, "a file server"},
		"fs-ee":       {topology.KindOther, "", 0, "a file server"},
		"sql-ee":      {topology.KindOther, "", 0, "a SQL Server host"},
		"office":      {topology.KindOther, "", 0, "an Office Web Apps server"},
		"application": {topology.KindOther, "", 0, "a trusted application pool"},
		"sba":         {topology.KindAppliance, "", 5, "a Survivable Branch Appliance or Server"},
		"central":     {topology.KindOther, "", 6, "outside a branch site"},
		"legacy":      {topology.KindOther, "", 6, "outside a branch site"},
	} {
		p := topo.Pool(fqdn(name))
		if p == nil {
			t.Errorf("%s: not found", name)
			continue
		}
		if p.Kind != c.kind || p.Edition != c.edition || p.Version != c.version ||
			!strings.Contains(p.Description, c.found) {
			t.Errorf("%s: %s %q version %d, %s", name, p.Kind, p.Edition, p.Version, p.Description)
		}
		if is := p.IsFrontEnd2013(); is != (c.kind == topology.KindFrontEnd && c.version > 5) {
			t.Errorf("%s: IsFrontEnd2013 %t", name, is)
		}
		if (p.UserServices != nil) != (c.kind == topology.KindFrontEnd) {
			t.Errorf("%s: UserServices %v", name, p.UserServices)
		}
	}
	names := func(pools []*topology.Pool) string {
		var all []string
		for _, p := range pools {
			short, _, _ := strings.Cut(p.FQDN.String(), ".")
			all = append(all, short)
		}
		return strings.Join(all, " ")
	}
	if got := names(topo.FrontEnds()); got != "se ee one old new" {
		t.Errorf("Front End pools: %s", got)
	}
	if got := names(topo.Appliances()); got != "sba" {
		t.Errorf("appliances: %s", got)
	}
}

func TestKindsByInstalledServices(t *testing.T) {
	t.Parallel()
	estate := allKinds()
	estate.Pools[0].FQDN = "se"
	raw := estate.Document()
	base := parse(t, raw).Topology()
	id := func(name, role string) string { return base.Pool(fqdn(name)).Role(role)[0].ID.String() }
	registrar := id("sba", topology.RoleRegistrar)
	usage := `<Dependency Usage="Default">` + "\r\n          " + idElement(id("se", topology.RoleUserServices))
	site9 := `<RemoteSite SiteId="9"`
	for _, c := range []struct {
		name, pool string
		raw        []byte
		kind       topology.Kind
		found      string
	}{
		{
			"in an unknown site", "sba", testkit.Replace(raw, site9, `<RemoteSite SiteId="10"`), topology.KindAppliance,
			"Appliance",
		},
		{"in an unknown kind of site", "sba", testkit.Replace(testkit.Replace(raw, site9, `<NewSite SiteId="9"`),
			"</RemoteSite>", "</NewSite>"), topology.KindAppliance, "Appliance"},
		{
			"users nowhere", "sba", replaceInService(t, raw, registrar, usage,
				strings.Replace(usage, "Default", "Other", 1)), topology.KindOther, "no user services",
		},
		{"users on a missing pool", "sba",
			replaceInService(t, raw, registrar, idElement(id("se", topology.RoleUserServices)),
				idElement("9-UserServices-9")),
			topology.KindAppliance, "Appliance"},
		{
			"a Director in a branch site", "sba",
			replaceInService(t, raw, registrar, `IsDirector="false"`, `IsDirector="True"`), topology.KindDirector,
			"a Director",
		},
		{
			"no Director by number", "director",
			replaceInService(t, raw, id("director", topology.RoleRegistrar), `IsDirector="true"`,
				`IsDirector=" 1 "`), topology.KindDirector, "a Director",
		},
		{
			"no Director", "director",
			replaceInService(t, raw, id("director", topology.RoleRegistrar), `IsDirector="true"`, `IsDirector="0"`),
			topology.KindOther, "neither a Director",
		},
		{"two Registrars", "se", replaceInService(t, raw, id("one", topology.RoleRegistrar),
			clusterElement(base.Pool(fqdn("one"))), clusterElement(base.Pool(fqdn("se")))),
			topology.KindOther, "a pool with 2 Registrar services"},
		{
			"version unreadable", "se",
			replaceInService(t, raw, id("se", topology.RoleRegistrar), `ServiceVersion="6"`,
				`ServiceVersion="six"`), topology.KindOther, "no readable ServiceVersion",
		},
		{"user services elsewhere", "se",
			replaceInService(t, raw, id("se", topology.RoleUserServices), clusterElement(base.Pool(fqdn("se"))),
				clusterElement(base.Pool(fqdn("one")))),
			topology.KindOther, "neither a Director nor an appliance"},
		{"database of Persistent Chat", "sql",
			replaceInService(t, raw, base.Pool(fqdn("one")).UserStore.ID.String(), `RoleName="UserStore"`,
				`RoleName="PersistentChatStore"`),
			topology.KindOther, "a SQL Server host"},
		{
			"unknown roles", "gateway",
			testkit.Encode(strings.ReplaceAll(testkit.Decode(raw), "PstnGateway\"", "Quantum\""), raw),
			topology.KindOther, "the services Quantum",
		},
		{
			"nothing", "gateway", withoutService(t, raw, id("gateway", "PstnGateway")), topology.KindOther,
			"a host without services",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parse(t, c.raw).Topology().Pool(fqdn(c.pool))
			if p.Kind != c.kind || !strings.Contains(p.Description, c.found) {
				t.Errorf("%s, %s", p.Kind, p.Description)
			}
		})
	}
}

func TestRegistrarFault(t *testing.T) {
	t.Parallel()
	raw := allKinds().Document()
	base := parse(t, raw).Topology()
	registrar := func(name string) string { return base.Pool(fqdn(name)).Role(topology.RoleRegistrar)[0].ID.String() }
	version := func(name, text string) []byte {
		return replaceInService(t, raw, registrar(name), `ServiceVersion="6"`, `ServiceVersion="`+text+`"`)
	}
	for name, c := range map[string]struct {
		pool string
		raw  []byte
		want topology.RegistrarFault
	}{
		"none":         {"se", raw, ""},
		"old version":  {"older", raw, ""},
		"not a pool":   {"director", version("director", "six"), ""},
		"no Registrar": {"se", withoutService(t, raw, registrar("se")), topology.MissingRegistrar},
		"two Registrars": {"se", replaceInService(t, raw, registrar("one"), clusterElement(base.Pool(fqdn("one"))),
			clusterElement(base.Pool(fqdn("se")))), topology.SeveralRegistrars},
		"no version": {"se", version("se", ""), topology.UnreadableRegistrar},
		"negative":   {"se", version("se", "-6"), topology.UnreadableRegistrar},
	} {
		if got := parse(t, c.raw).Topology().Pool(fqdn(c.pool)).RegistrarFault(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func clusterElement(p *topology.Pool) string {
	return fmt.Sprintf(`<ClusterId SiteId="%s" Number="%s" />`, p.ID.Site, p.ID.Number)
}

func TestEditionAndSQLServer(t *testing.T) {
	t.Parallel()
	estate := allKinds()
	estate.Pools[0].FQDN = "se"
	raw := estate.Document()
	topo := parse(t, raw).Topology()
	se, ee, one := topo.Pool(fqdn("se")), topo.Pool(fqdn("ee")), topo.Pool(fqdn("one"))
	if se.SQLServer != se.FQDN || ee.SQLServer != fqdn("sql-ee") || one.SQLServer != fqdn("sql") {
		t.Errorf("SQL hosts %s, %s, %s", se.SQLServer, ee.SQLServer, one.SQLServer)
	}
	if got := one.UserStore.SQLInstance; *got != (topology.SQLInstanceID{Name: "rtc",
		Cluster: topo.Pool(fqdn("sql")).ID}) {
		t.Errorf("instance %+v", got)
	}
	if !slices.Equal(ee.Machines, []topology.FQDN{
		fqdn("fe1-ee"), fqdn("fe2-ee"), fqdn("fe3-ee"), fqdn("fe4-ee"),
	}) || len(one.Machines) != 1 {
		t.Errorf("computers %v, %v", ee.Machines, one.Machines)
	}
	sqlless := replaceInService(t, raw, se.UserStore.ID.String(), `<SqlInstanceId Name="rtc">`, `<Sql>`)
	sqlless = replaceInService(t, sqlless, se.UserStore.ID.String(), `</SqlInstanceId>`, `</Sql>`)
	for name, raw := range map[string][]byte{
		"missing": withoutService(t, raw, se.UserStore.ID.String()),
		"twice": replaceInService(t, raw, ee.UserStore.ID.String(), idLine(ee.UserStore.ID.String()),
			idLine(se.UserStore.ID.String())),
		"nowhere": replaceInService(t, raw, se.UserStore.ID.String(), clusterElement(se),
			`<ClusterId SiteId="9" Number="99" />`),
		"no SQL": sqlless,
	} {
		pool := parse(t, raw).Topology().Pool(fqdn("se"))
		if pool.Kind != topology.KindFrontEnd || pool.Edition != "" ||
			!pool.SQLServer.IsZero() || pool.UserStore != nil {
			t.Errorf("%s: %s %q %q %v", name, pool.Kind, pool.Edition, pool.SQLServer, pool.UserStore)
		}
	}
}

func TestLookups(t *testing.T) {
	t.Parallel()
	topo := parse(t, allKinds().Document()).Topology()
	for _, name := range []string{"se.contoso.com", "SE.Contoso.COM.", " se.contoso.com "} {
		if p := topo.Pool(topology.MustParseFQDN(name)); p == nil || p.FQDN != fqdn("se") {
			t.Errorf("%q: %v", name, p)
		}
		if p := topo.PoolOfComputer(topology.MustParseFQDN(name)); p == nil || p.FQDN != fqdn("se") {
			t.Errorf("computer %q: %v", name, p)
		}
	}
	if p := topo.Pool(fqdn("sba")); p.Registrar == nil {
		t.Error("the gateway of the name comes before the appliance")
	}
	if p := topo.PoolOfComputer(fqdn("sba")); p.Registrar == nil {
		t.Error("the computer of the gateway comes before that of the appliance")
	}
	if p := topo.PoolOfComputer(topology.MustParseFQDN("FE3-EE.CONTOSO.COM")); p == nil || p.FQDN != fqdn("ee") {
		t.Errorf("third Front End: %v", p)
	}
	if p := topo.PoolOfComputer(fqdn("edge")); p != nil {
		t.Errorf("an Edge pool is no computer: %v", p)
	}
	if p := topo.PoolOfComputer(fqdn("fe1-edge")); p == nil || p.Kind != topology.KindEdge {
		t.Errorf("a computer of the Edge pool: %v", p)
	}
	unknown, short := topology.MustParseFQDN("unknown"), topology.MustParseFQDN("se")
	if topo.Pool(unknown) != nil || topo.PoolOfComputer(unknown) != nil || topo.Pool(short) != nil {
		t.Error("a name that does not exist is found")
	}
	id := topology.ServiceID{Site: "1", Role: topology.RoleRegistrar, Instance: "1"}
	if s := topo.Service(id); s == nil || topo.PoolOf(id).FQDN != fqdn("se") || id.String() != "1-Registrar-1" {
		t.Errorf("%s: %v", id, s)
	}
	if topo.PoolOf(topology.ServiceID{}) != nil || topo.Cluster(topology.ClusterID{}) != nil {
		t.Error("an empty identity is found")
	}
	twice := parse(t,
		[]byte(document(`<Clusters><Cluster Fqdn="x"><ClusterId SiteId="1" Number="1"/></Cluster><Cluster Fqdn="y"><ClusterId SiteId="1" Number="01"/></Cluster></Clusters>`+
			`<Services><Service><ServiceId SiteId="1" RoleName="EdgeServer" Instance="1"/><InstalledOn><ClusterId SiteId="1" Number="1"/></InstalledOn></Service></Services>`))).Topology()
	edge := slices.Collect(twice.Services())[0].ID
	if p := twice.PoolOf(edge); p == nil || p.FQDN.String() != "x" || p.Kind != topology.KindEdge ||
		len(twice.Pool(topology.MustParseFQDN("y")).Services) != 0 {
		t.Errorf("of two clusters with one identity the first has the services: %v", p)
	}
	if topo.Signature == "" || (topology.ClusterID{Site: "1", Number: "2"}).String() != "1:2" {
		t.Error("the signature or the text of a ClusterID is wrong")
	}
}

func TestVersionName(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]string{
		5: "Lync Server 2010", 6: "Lync Server 2013", 7: "Skype for Business Server 2015",
		8: "Skype for Business Server 2019",
		9: "ServiceVersion 9", 0: "ServiceVersion 0",
	} {
		if got := topology.VersionName(version); got != want {
			t.Errorf("%d: %s", version, got)
		}
	}
}

func TestRuleVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]int{5: 5, 6: 6, 7: 7, 8: 8, 9: 8, 10: 8} {
		if got := topology.RuleVersion(version); got != want {
			t.Errorf("the rules of %d apply to %d, want those of %d", got, version, want)
		}
		if got := topology.IsUnknownVersion(version); got != (version != want) {
			t.Errorf("%d is unknown: %t", version, got)
		}
	}
}

func TestCentralManagement(t *testing.T) {
	t.Parallel()
	topo := parse(t, testkit.Paired().Document()).Topology()
	paris, lyon := topo.Pool(fqdn("paris")), topo.Pool(fqdn("lyon"))
	if paris.Central != topology.CentralActive || lyon.Central != topology.CentralStandby ||
		len(topo.ActiveCentral()) != 1 {
		t.Errorf("%q, %q", paris.Central, lyon.Central)
	}
	module := topology.Module{Role: "CentralMgmt", Component: "CMSMaster"}
	if m := lyon.Role(topology.RoleBackupService)[0].Modules; len(m) != 3 || m[2] != module {
		t.Errorf("modules %v", m)
	}
}
