package topology_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// branchDefaults are the settings of testkit's appliances.
var branchDefaults = topology.DesiredSettings{
	AutomaticFailover: true, FailureDetection: 2 * time.Minute, FailbackDetection: 4 * time.Minute,
}

// branchOf returns the desired association of an appliance with default settings.
func branchOf(appliance, pool string) topology.DesiredBranch {
	return topology.DesiredBranch{Appliance: fqdn(appliance), Pool: fqdn(pool), Settings: &branchDefaults}
}

// branchEstate returns a document with three pools and the appliance s of pool a in branch site 9.
func branchEstate(change ...func(*testkit.Appliance)) []byte {
	s := testkit.Appliance{FQDN: "s", Site: 9, Pool: "a", Edge: "edge"}
	for _, c := range change {
		c(&s)
	}
	e := threePools(func(e *testkit.Estate) {
		e.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 9, Branch: true}}
		e.Pools = append(e.Pools, testkit.Pool{FQDN: "edge", Kind: testkit.Edge, NextHop: "a"},
			testkit.Pool{FQDN: "director", Kind: testkit.Director, NextHop: "a"})
		e.Appliances = []testkit.Appliance{s, {FQDN: "other", Site: 9, Pool: "a"}}
	})
	return e.Document()
}

func writeBranch(t testing.TB, raw []byte, desired topology.DesiredBranch) []byte {
	t.Helper()
	e := newEditor(t, raw)
	if err := e.WriteBranch(desired); err != nil {
		t.Fatalf("WriteBranch: %v", err)
	}
	return e.Document().Bytes()
}

func noBackup(s *testkit.Appliance) { s.NoBackup = true }

func TestAssociation(t *testing.T) {
	t.Parallel()
	second := "</Backup>\r\n      " + backupLine + registrarC + "</Backup>"
	for name, c := range map[string]struct {
		raw                   []byte
		backup, users         string // "" for nil
		backups, userServices int
	}{
		"valid":       {branchEstate(), "a", "a", 1, 1},
		"no Backup":   {branchEstate(noBackup), "", "a", 0, 1},
		"other users": {branchEstate(func(s *testkit.Appliance) { s.UserServices = "b" }), "a", "b", 1, 1},
		"two Backups": {replaceInService(t, branchEstate(), "9-Registrar-1", "</Backup>", second), "", "a", 2, 1},
		"Backup dangles": {
			replaceInService(t, branchEstate(), "9-Registrar-1", registrarA, idElement("1-Registrar-9")), "", "a", 1, 1,
		},
		"users dangle": {
			replaceInService(t, branchEstate(), "9-Registrar-1", idElement("1-UserServices-1"),
				idElement("1-UserServices-9")), "a", "", 1, 1,
		},
		"users not in use": {
			replaceInService(t, branchEstate(), "9-Registrar-1",
				`<Dependency Usage="Default">`+"\r\n          "+idElement("1-UserServices-1"),
				`<Dependency Usage="Other">`+"\r\n          "+idElement("1-UserServices-1")), "a", "", 1, 0,
		},
	} {
		topo := parse(t, c.raw).Topology()
		is := topo.Association(topo.Pool(fqdn("s")))
		nameOf := func(p *topology.Pool) string {
			if p == nil {
				return ""
			}
			return strings.TrimSuffix(p.FQDN.String(), ".contoso.com")
		}
		if nameOf(is.Backup) != c.backup || nameOf(is.Users) != c.users || len(is.Backups) != c.backups ||
			len(is.UserServices) != c.userServices {
			t.Errorf("%s: %+v", name, is)
		}
	}
}

func TestWriteBranchChangesOnlyReferences(t *testing.T) {
	t.Parallel()
	raw := branchEstate()
	after := writeBranch(t, raw, branchOf("s", "c"))
	assertLines(t, changedLines(raw, after), `
		-`+idElement("1-UserServices-1")+`
		+`+idElement("3-UserServices-1")+`
		-`+idElement("1-WebServices-1")+`
		+`+idElement("3-WebServices-1")+`
		-`+registrarA+`
		+`+registrarC)
	assertSameBytes(t, "moved back", writeBranch(t, after, branchOf("s", "a")), raw)
}

func TestWriteBranchMovesWebServicesOfTheFormerPool(t *testing.T) {
	t.Parallel()
	for web, moves := range map[string]bool{"1-WebServices-1": true, "2-WebServices-1": false,
		"7-WebServices-7": false} {
		raw := replaceInService(t, branchEstate(), "9-Registrar-1", idElement("1-WebServices-1"), idElement(web))
		got := changedLines(raw, writeBranch(t, raw, branchOf("s", "c")))
		if is := strings.Contains(got, "+"+idElement("3-WebServices-1")); is != moves ||
			strings.Count(got, "WebServices") != map[bool]int{true: 2}[moves] {
			t.Errorf("%s: changed:\n%s", web, got)
		}
	}
}

func TestWriteBranchRepairs(t *testing.T) {
	t.Parallel()
	associated := branchEstate()
	for name, raw := range map[string][]byte{
		"no difference":  associated,
		"no Backup":      branchEstate(noBackup),
		"another Backup": replaceInService(t, associated, "9-Registrar-1", registrarA, registrarB),
		"other users":    branchEstate(func(s *testkit.Appliance) { s.UserServices = "b" }),
		"another pool":   branchEstate(func(s *testkit.Appliance) { s.Pool = "b" }),
		"Backup and users dangle": replaceInService(t,
			replaceInService(t, associated, "9-Registrar-1", registrarA, idElement("1-Registrar-9")), "9-Registrar-1",
			idElement("1-UserServices-1"), idElement("8-UserServices-1")),
		"other settings": branchEstate(func(s *testkit.Appliance) { s.Failure = time.Hour }),
	} {
		assertSameBytes(t, name, writeBranch(t, raw, branchOf("s", "a")), associated)
	}
}

func TestWriteBranchAndDeleteBranch(t *testing.T) {
	t.Parallel()
	raw := branchEstate(noBackup)
	e := newEditor(t, raw)
	if err := e.WriteBranch(branchOf("S.Contoso.com.", "A")); err != nil {
		t.Fatal(err)
	}
	assertSameBytes(t, "written", e.Document().Bytes(), branchEstate())
	for _, other := range [][2]string{{"s", "b"}, {"s", "unknown"}, {"unknown", "a"}, {"a", "b"}} {
		if err := e.DeleteBranch(fqdn(other[0]), fqdn(other[1])); err != nil {
			t.Fatal(err)
		}
	}
	assertSameBytes(t, "other names", e.Document().Bytes(), branchEstate())
	if err := e.DeleteBranch(fqdn("s"), fqdn("a")); err != nil {
		t.Fatal(err)
	}
	assertSameBytes(t, "removed", e.Document().Bytes(), raw)
}

func TestWriteBranchRefuses(t *testing.T) {
	t.Parallel()
	associated := branchEstate()
	users := "<Dependency Usage=\"Default\">\r\n          " + idElement("1-UserServices-1") +
		"\r\n        </Dependency>"
	for name, c := range map[string]struct {
		raw       []byte
		appliance string
		pool      string
		want      topology.Refusal
	}{
		"no appliance": {
			associated, "unknown", "a",
			topology.Refusal{Fault: topology.ApplianceNotFound, Pool: fqdn("unknown")},
		},
		"a pool": {
			associated, "b", "a",
			topology.Refusal{Fault: topology.NotAppliance, Pool: fqdn("b"), Found: "a Front End pool"},
		},
		"no pool": {
			associated, "s", "unknown",
			topology.Refusal{Fault: topology.BranchPoolNotFound, Pool: fqdn("unknown")},
		},
		"a Director": {
			associated, "s", "director",
			topology.Refusal{Fault: topology.BranchPoolNotFrontEnd, Pool: fqdn("director"), Found: "a Director"},
		},
		"an appliance": {
			associated, "s", "other",
			topology.Refusal{
				Fault: topology.BranchPoolNotFrontEnd, Pool: fqdn("other"),
				Found: "a Survivable Branch Appliance or Server",
			},
		},
		"users twice": {
			replaceInService(t, associated, "9-Registrar-1", users,
				users+"\r\n        "+strings.Replace(users, `SiteId="1"`, `SiteId="2"`, 1)), "s", "c",
			topology.Refusal{Fault: topology.SeveralUserServices, Pool: fqdn("s"), Count: 2},
		},
		"Registrar twice": {
			replaceInService(t, associated, "3-Registrar-1", idLine("3-Registrar-1"), idLine("2-Registrar-1")),
			"s", "b",
			topology.Refusal{
				Fault: topology.AmbiguousPoolService, Pool: fqdn("b"), Found: topology.RoleRegistrar,
				Services: serviceIDs("2-Registrar-1"),
			},
		},
		"no web service": {
			withoutService(t, associated, "3-WebServices-1"), "s", "c",
			topology.Refusal{Fault: topology.NotOneWebService, Pool: fqdn("s"), Other: fqdn("c")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEditor(t, c.raw)
			assertRefused(t, e, c.raw, e.WriteBranch(branchOf(c.appliance, c.pool)), c.want)
			// A plan gets the same refusal.
			assertRefused(t, e, c.raw, e.Document().CanWriteBranch(branchOf(c.appliance, c.pool)), c.want)
		})
	}
}

// TestIntendedAppliances has an appliance, and hosts with a Registrar that lack one of its properties or several.
func TestIntendedAppliances(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	home := d.Standard("home", 1, v2013)
	registrarOn := func(name string, site, version, count int) {
		host := d.Host(name, site)
		for range count {
			d.Service(host, "Registrar", version)
		}
	}
	d.Appliance("valid", 3, v2013, home)
	registrarOn("without-users", 3, v2013, 1)
	registrarOn("without-users-2010", 3, topology.Version2010, 1)
	registrarOn("of-2007", 3, topology.Version2010-1, 1)
	registrarOn("two-registrars", 3, v2013, 2)
	registrarOn("no-registrar", 3, v2013, 0)
	registrarOn("central-site", 2, v2013, 1)
	var got []string
	for _, p := range parse(t, d.Document()).Topology().IntendedAppliances() {
		got = append(got, strings.TrimSuffix(p.FQDN.String(), ".contoso.com"))
	}
	if want := "valid without-users without-users-2010"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
