package topology_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// branchDefaults are the settings of testkit's appliances.
var branchDefaults = topology.DesiredSettings{AutomaticFailover: true, FailureDetection: 2 * time.Minute, FailbackDetection: 4 * time.Minute}

func branchOf(appliance, pool string) topology.BranchSpec {
	return topology.BranchSpec{Appliance: fqdn(appliance), Pool: fqdn(pool), Settings: branchDefaults}
}

// branch is an estate with three pools and an appliance s on a in the branch site 9.
func branch(change ...func(*testkit.Appliance)) []byte {
	s := testkit.Appliance{FQDN: "s", Site: 9, Pool: "a", Edge: "edge"}
	for _, c := range change {
		c(&s)
	}
	e := threePools(func(e *testkit.Estate) {
		e.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 9, Branch: true}}
		e.Pools = append(e.Pools, testkit.Pool{FQDN: "edge", Kind: testkit.Edge, NextHop: "a"}, testkit.Pool{FQDN: "director", Kind: testkit.Director, NextHop: "a"})
		e.Appliances = []testkit.Appliance{s, {FQDN: "other", Site: 9, Pool: "a"}}
	})
	return e.Document()
}

func writeBranch(t testing.TB, raw []byte, spec topology.BranchSpec) []byte {
	t.Helper()
	e := edit(t, raw)
	if err := e.WriteBranch(spec); err != nil {
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
		"sound":            {branch(), "a", "a", 1, 1},
		"no Backup":        {branch(noBackup), "", "a", 0, 1},
		"users elsewhere":  {branch(func(s *testkit.Appliance) { s.UserServices = "b" }), "a", "b", 1, 1},
		"two Backups":      {inService(t, branch(), "9-Registrar-1", "</Backup>", second), "", "a", 2, 1},
		"Backup dangles":   {inService(t, branch(), "9-Registrar-1", registrarA, idElement("1-Registrar-9")), "", "a", 1, 1},
		"users dangle":     {inService(t, branch(), "9-Registrar-1", idElement("1-UserServices-1"), idElement("1-UserServices-9")), "a", "", 1, 1},
		"users not in use": {inService(t, branch(), "9-Registrar-1", `<Dependency Usage="Default">`+"\r\n          "+idElement("1-UserServices-1"), `<Dependency Usage="Other">`+"\r\n          "+idElement("1-UserServices-1")), "a", "", 1, 0},
	} {
		topo := parse(t, c.raw).Topology()
		is := topo.Association(topo.Pool(fqdn("s")))
		nameOf := func(p *topology.Pool) string {
			if p == nil {
				return ""
			}
			return strings.TrimSuffix(p.FQDN, ".contoso.com")
		}
		if nameOf(is.Backup) != c.backup || nameOf(is.Users) != c.users || len(is.Backups) != c.backups || len(is.UserServices) != c.userServices {
			t.Errorf("%s: %+v", name, is)
		}
	}
}

func TestWriteBranchChangesOnlyReferences(t *testing.T) {
	t.Parallel()
	raw := branch()
	after := writeBranch(t, raw, branchOf("s", "c"))
	wantLines(t, change(raw, after), `
		-`+idElement("1-UserServices-1")+`
		+`+idElement("3-UserServices-1")+`
		-`+idElement("1-WebServices-1")+`
		+`+idElement("3-WebServices-1")+`
		-`+registrarA+`
		+`+registrarC)
	same(t, "moved back", writeBranch(t, after, branchOf("s", "a")), raw)
}

func TestWriteBranchMovesWebServicesOfThePoolItLeaves(t *testing.T) {
	t.Parallel()
	for web, moves := range map[string]bool{"1-WebServices-1": true, "2-WebServices-1": false, "7-WebServices-7": false} {
		raw := inService(t, branch(), "9-Registrar-1", idElement("1-WebServices-1"), idElement(web))
		got := change(raw, writeBranch(t, raw, branchOf("s", "c")))
		if is := strings.Contains(got, "+"+idElement("3-WebServices-1")); is != moves || strings.Count(got, "WebServices") != map[bool]int{true: 2}[moves] {
			t.Errorf("%s: changed:\n%s", web, got)
		}
	}
}

func TestWriteBranchRepairs(t *testing.T) {
	t.Parallel()
	whole := branch()
	for name, raw := range map[string][]byte{
		"nothing to do":           whole,
		"no Backup":               branch(noBackup),
		"Backup elsewhere":        inService(t, whole, "9-Registrar-1", registrarA, registrarB),
		"users elsewhere":         branch(func(s *testkit.Appliance) { s.UserServices = "b" }),
		"both elsewhere":          branch(func(s *testkit.Appliance) { s.Pool = "b" }),
		"Backup and users dangle": inService(t, inService(t, whole, "9-Registrar-1", registrarA, idElement("1-Registrar-9")), "9-Registrar-1", idElement("1-UserServices-1"), idElement("8-UserServices-1")),
		"other settings":          branch(func(s *testkit.Appliance) { s.Failure = time.Hour }),
	} {
		same(t, name, writeBranch(t, raw, branchOf("s", "a")), whole)
	}
}

func TestWriteBranchAndDeleteBranch(t *testing.T) {
	t.Parallel()
	raw := branch(noBackup)
	e := edit(t, raw)
	if err := e.WriteBranch(branchOf("S.Contoso.com.", "A")); err != nil {
		t.Fatal(err)
	}
	same(t, "written", e.Document().Bytes(), branch())
	for _, other := range [][2]string{{"s", "b"}, {"s", "nobody"}, {"nobody", "a"}, {"a", "b"}} {
		if err := e.DeleteBranch(fqdn(other[0]), fqdn(other[1])); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "nothing of it removed", e.Document().Bytes(), branch())
	if err := e.DeleteBranch(fqdn("s"), fqdn("a")); err != nil {
		t.Fatal(err)
	}
	same(t, "removed", e.Document().Bytes(), raw)
}

func TestWriteBranchRefuses(t *testing.T) {
	t.Parallel()
	whole := branch()
	home := "<Dependency Usage=\"Default\">\r\n          " + idElement("1-UserServices-1") + "\r\n        </Dependency>"
	for name, c := range map[string]struct {
		raw       []byte
		appliance string
		pool      string
		words     []string
	}{
		"no appliance":    {whole, "nobody", "a", []string{"BR-EXIST", "nobody"}},
		"a pool":          {whole, "b", "a", []string{"BR-SITE", "b.contoso.com is a Front End pool"}},
		"no pool":         {whole, "s", "nobody", []string{"PP-EXIST"}},
		"a Director":      {whole, "s", "director", []string{"BR-KIND", "a Director"}},
		"an appliance":    {whole, "s", "other", []string{"BR-KIND", "Appliance"}},
		"users twice":     {inService(t, whole, "9-Registrar-1", home, home+"\r\n        "+strings.Replace(home, `SiteId="1"`, `SiteId="2"`, 1)), "s", "c", []string{"BR-ONE", "2 user services"}},
		"Registrar twice": {inService(t, whole, "3-Registrar-1", declared("3-Registrar-1"), declared("2-Registrar-1")), "s", "b", []string{"Ambiguous Registrar", "2-Registrar-1"}},
		"no web service":  {withoutService(t, whole, "3-WebServices-1"), "s", "c", []string{"web service", "0 of them"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := edit(t, c.raw)
			spec := topology.BranchSpec{Appliance: c.appliance + ".contoso.com", Pool: c.pool + ".contoso.com", Settings: branchDefaults}
			refused(t, e, c.raw, e.WriteBranch(spec), c.words...)
		})
	}
}
