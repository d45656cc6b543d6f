package topology_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// threePools has the pair a, b and a third pool c, in one site each.
func threePools(change func(*testkit.Estate)) testkit.Estate {
	e := testkit.Estate{
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b", Site: 2}, {FQDN: "c", Site: 3}},
		Pairs: []testkit.Pair{{A: "a", B: "b"}},
	}
	if change != nil {
		change(&e)
	}
	return e
}

const (
	backupLine = `<Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">`
	registrarA = `<ServiceId SiteId="1" RoleName="Registrar" Instance="1" />`
	registrarB = `<ServiceId SiteId="2" RoleName="Registrar" Instance="1" />`
	registrarC = `<ServiceId SiteId="3" RoleName="Registrar" Instance="1" />`
	serviceA   = `<ServiceId SiteId="1" RoleName="BackupService" Instance="1" />`
	serviceB   = `<ServiceId SiteId="2" RoleName="BackupService" Instance="1" />`
	serviceC   = `<ServiceId SiteId="3" RoleName="BackupService" Instance="1" />`
)

func TestUpdateRepairsDrift(t *testing.T) {
	t.Parallel()
	whole := threePools(nil).Document()
	for _, c := range []struct {
		name  string
		drift []byte // what the document has
		want  string // the lines that the repair changes; empty: none
	}{
		{"nothing", whole, ""},
		{"no Backup", without(t, whole, backupLine+"\r\n        "+registrarA, "</Backup>"),
			"+" + backupLine + "\n+" + registrarA + "\n+</Backup>"},
		{"Backup of a third pool", inService(t, whole, "2-Registrar-1", registrarA, registrarC), "-" + registrarC + "\n+" + registrarA},
		{"Backup that dangles", inService(t, whole, "2-Registrar-1", registrarA, idElement("7-Registrar-7")), "-" + idElement("7-Registrar-7") + "\n+" + registrarA},
		{"Backup that names no service", inService(t, whole, "2-Registrar-1", "\r\n        "+registrarA, ""),
			"+" + registrarA},
		{"a second Backup", inService(t, whole, "2-Registrar-1", "</Backup>", "</Backup>\r\n      "+backupLine+registrarC+"</Backup>"),
			"-" + backupLine + registrarC + "</Backup>"},
		{"service pointed at a third pool", inService(t, threePools(func(e *testkit.Estate) {
			// c's service waits for a partner of its own.
			e.Pools = append(e.Pools, testkit.Pool{FQDN: "d", Site: 4})
			e.Pairs = append(e.Pairs, testkit.Pair{A: "c", B: "d"})
		}).Document(), "2-BackupService-1", serviceA, serviceC), "-" + serviceC + "\n+" + serviceA},
		{"service without a partner", inService(t, whole, "2-BackupService-1",
			`<Dependency Usage="Default">`+"\r\n          "+serviceA+"\r\n        </Dependency>\r\n        ", ""),
			"+" + serviceA + "\n+</Dependency>\n" + `+<Dependency Usage="Default">`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := update(t, c.drift, pairOf("a", "b"))
			wantLines(t, change(c.drift, got), c.want)
			wellNamed(t, got)
			same(t, "updated once more", update(t, got, pairOf("b", "a")), got)
			if c.name != "service pointed at a third pool" {
				same(t, "repaired", got, whole)
			}
		})
	}
}

func TestUpdateSettings(t *testing.T) {
	t.Parallel()
	whole := threePools(nil).Document()
	five, ten := 5*time.Minute, 10*time.Minute
	backup := func(attrs string) string { return "<Backup " + attrs + ">" }
	optional := topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten, FailureOptional: true, FailbackOptional: true}
	for _, c := range []struct {
		name   string
		has    string
		wanted topology.DesiredSettings
		want   string // "" = unchanged
	}{
		{"equal", backupLine, topology.DesiredSettings{AutomaticFailover: true, FailureDetection: five, FailbackDetection: ten}, ""},
		{
			"failure interval alone", backupLine, topology.DesiredSettings{AutomaticFailover: true, FailureDetection: 90 * time.Second, FailbackDetection: ten},
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H1M30S"`),
		},
		{
			"other spellings of the others", backup(`FailureDetectionInterval='00:05:00'  EnableAutomaticFailover="1"	FailbackDetectionInterval = "PT600.0S"`),
			topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten},
			backup(`FailureDetectionInterval='00:05:00'  EnableAutomaticFailover="false"	FailbackDetectionInterval = "PT600.0S"`),
		},
		{"all in other spellings", backup(`FailbackDetectionInterval="PT10M" FailureDetectionInterval="P0DT300S" EnableAutomaticFailover="TRUE"`), defaults, ""},
		{"missing switch is off", backup(`FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`), topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten}, ""},
		{
			"switch missing", backup(`FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`), defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`),
		},
		{
			"failback missing", backup(`EnableAutomaticFailover="true" FailureDetectionInterval="PT5M"`), defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="PT5M"`),
		},
		{
			"switch and failback missing", backup(`FailureDetectionInterval="PT5M"`), defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="PT5M"`),
		},
		{
			"failure missing", backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M"  `), defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="P0Y0M0DT0H5M0S"  `),
		},
		{
			"all missing", "<Backup >", defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S" `),
		},
		{
			"unreadable", backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P1M" FailureDetectionInterval="soon"`), defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S"`),
		},
		{"optional and missing", backup(`EnableAutomaticFailover="false"`), optional, ""},
		{"optional and missing with the switch", "<Backup >", optional, ""},
		{
			"optional and missing, switched off", backup(`EnableAutomaticFailover="true"`), optional,
			backup(`EnableAutomaticFailover="false"`),
		},
		{
			"optional and another", backup(`EnableAutomaticFailover="false" FailbackDetectionInterval="PT7M"`), optional,
			backup(`EnableAutomaticFailover="false" FailbackDetectionInterval="P0Y0M0DT0H10M0S"`),
		},
		{
			"optional and unreadable", backup(`EnableAutomaticFailover="false" FailureDetectionInterval=""`), optional,
			backup(`EnableAutomaticFailover="false" FailureDetectionInterval="P0Y0M0DT0H5M0S"`),
		},
		{
			"one optional", backup(`EnableAutomaticFailover="false"`),
			topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten, FailureOptional: true},
			backup(`EnableAutomaticFailover="false" FailbackDetectionInterval="P0Y0M0DT0H10M0S"`),
		},
		{
			"the other optional", backup(`EnableAutomaticFailover="false"`),
			topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten, FailbackOptional: true},
			backup(`EnableAutomaticFailover="false" FailureDetectionInterval="P0Y0M0DT0H5M0S"`),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := inService(t, whole, "1-Registrar-1", backupLine, c.has)
			want := raw
			if c.want != "" {
				want = inService(t, whole, "1-Registrar-1", backupLine, c.want)
			}
			spec := pairOf("a", "b")
			spec[0].Settings = c.wanted
			same(t, "updated", update(t, raw, spec), want)
		})
	}
}

// Each way to be half-made: what is missing comes, what is there stays, and there is nothing left to do.
func TestUpdateMakesHalfAPairWhole(t *testing.T) {
	t.Parallel()
	for links := 1; links < 15; links++ {
		for _, loose := range []bool{false, true} {
			t.Run(fmt.Sprintf("%04b loose %t", links, loose), func(t *testing.T) {
				half := testkit.Pair{A: "a", B: "b", CMSMaster: true}
				for i, name := range []string{"a", "b"} {
					if links&(1<<i) == 0 {
						half.NoBackup = append(half.NoBackup, name)
					}
					if links&(4<<i) == 0 && !loose {
						half.NoService = append(half.NoService, name)
					}
				}
				raw := threePools(func(e *testkit.Estate) {
					e.Pools[0].Central = testkit.Active
					e.Pairs = []testkit.Pair{half}
				}).Document()
				if loose { // the services are there, but point nowhere
					if links&4 == 0 {
						raw = inService(t, raw, "1-BackupService-1", serviceB, idElement("2-BackupService-9"))
					}
					if links&8 == 0 {
						raw = inService(t, raw, "2-BackupService-1", serviceA, idElement("1-BackupService-9"))
					}
				}
				topo := parse(t, raw).Topology()
				if n := topo.Links(topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))).Count(); n == 0 {
					t.Skip("the only service dangles: no link at all")
				}
				got := update(t, raw, pairOf("a", "b"))
				wellNamed(t, got)
				topo = parse(t, got).Topology()
				a, b := topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))
				if !topo.Links(a, b).All() {
					t.Errorf("links %+v", topo.Links(a, b))
				}
				if n := len(a.Role(topology.RoleBackupService)) + len(b.Role(topology.RoleBackupService)); n != 2 {
					t.Errorf("%d backup services", n)
				}
				if len(b.Role(topology.RoleCentralMgmt)) > 0 {
					t.Error("an update set up Central Management")
				}
				for _, p := range []*topology.Pool{a, b} {
					if n := len(p.Role(topology.RoleBackupService)[0].Modules); n != 3 {
						t.Errorf("%s: %d modules", p.FQDN, n)
					}
				}
				same(t, "updated once more", update(t, got, pairOf("a", "b")), got)
			})
		}
	}
}

func TestUpdateNumbersALostService(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, waits, want string // the identity that b's service names, and the one that a's service gets
	}{
		{"named", "1-BackupService-7", "1-BackupService-7"},
		{"of another site", "3-BackupService-7", "1-BackupService-1"},
		{"no number", "1-BackupService-x", "1-BackupService-1"},
		{"nought", "1-BackupService-0", "1-BackupService-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := withoutService(t, threePools(nil).Document(), "1-BackupService-1")
			raw = inService(t, raw, "2-BackupService-1", serviceA, idElement(c.waits))
			topo := parse(t, update(t, raw, pairOf("a", "b"))).Topology()
			if got := topo.Pool(fqdn("a")).Role(topology.RoleBackupService)[0].ID.String(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	t.Run("named by a third service too", func(t *testing.T) {
		raw := threePools(func(e *testkit.Estate) {
			e.Pairs = append(e.Pairs, testkit.Pair{A: "c", B: "b", NoBackup: []string{fqdn("b"), fqdn("c")}})
		}).Document()
		raw = withoutService(t, withoutService(t, raw, "1-BackupService-1"), "2-BackupService-2")
		raw = inService(t, raw, "3-BackupService-1", idElement("2-BackupService-2"), serviceA)
		topo := parse(t, update(t, raw, pairOf("a", "b"))).Topology()
		if got := topo.Pool(fqdn("a")).Role(topology.RoleBackupService)[0].ID.String(); got != "1-BackupService-2" {
			t.Errorf("%s: under the old identity it would be c's partner", got)
		}
	})
}

// A dependency that is added looks like the first one there that names a service, but for what it says.
func TestUpdateAddsADependency(t *testing.T) {
	t.Parallel()
	dependency := `<Dependency Usage="Default">` + "\r\n          " + serviceA + "\r\n        </Dependency>\r\n        "
	raw := inService(t, threePools(nil).Document(), "2-BackupService-1", dependency, `<Dependency />`)
	raw = inService(t, raw, "2-BackupService-1", `<Dependency Usage="Default">`, `<Dependency New='x' Usage="Other">`)
	added := strings.TrimSpace(strings.Replace(dependency, " Usage", " New='x' Usage", 1))
	same(t, "updated", update(t, raw, pairOf("a", "b")), inService(t, raw, "2-BackupService-1", `<Dependency />`, `<Dependency />`+added))
}

// Where a pool has several services, the one that is the pair's is taken, and the others stay.
func TestUpdateTakesTheRightService(t *testing.T) {
	t.Parallel()
	// b has 2-BackupService-1, for a, and 2-BackupService-2, for c, which has none.
	both := threePools(func(e *testkit.Estate) {
		e.Pairs = append(e.Pairs, testkit.Pair{A: "b", B: "c", NoBackup: []string{"b", "c"}})
	}).Document()
	const nobody = `<ServiceId SiteId="3" RoleName="BackupService" Instance="9" />`
	second := strings.Replace(serviceB, `Instance="1"`, `Instance="2"`, 1)
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"the one that a's names, not the first without a partner",
			inService(t, inService(t, inService(t, withoutService(t, both, "3-BackupService-1"), "1-BackupService-1", serviceB, second),
				"2-BackupService-1", serviceA, nobody), "2-BackupService-2", serviceC, nobody),
			"-" + nobody + "\n+" + serviceA},
		{"the one without a partner, not the first",
			inService(t, inService(t, inService(t, inService(t, both, "1-BackupService-1", serviceB, nobody), "3-BackupService-1", second, nobody),
				"2-BackupService-1", serviceA, serviceC), "2-BackupService-2", serviceC, nobody),
			"-" + nobody + "\n+" + second + "\n-" + nobody + "\n+" + serviceA},
		{"those that are linked already, whatever the Backup",
			without(t, inService(t, inService(t, both, "2-BackupService-2", serviceC, serviceA), "1-BackupService-1", serviceB, second),
				backupLine+"\r\n        "+registrarA, "</Backup>"),
			"+" + backupLine + "\n+" + registrarA + "\n+</Backup>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := update(t, c.raw, pairOf("a", "b"))
			wantLines(t, change(c.raw, got), c.want)
			same(t, "updated once more", update(t, got, pairOf("a", "b")), got)
		})
	}
}

// A whole pair is left alone, however odd what stands beside it.
func TestUpdateLeavesAWholePair(t *testing.T) {
	t.Parallel()
	third := threePools(func(e *testkit.Estate) {
		e.Pairs = append(e.Pairs, testkit.Pair{A: "a", B: "c", NoBackup: []string{"a", "c"}})
	})
	swapped := third
	swapped.Pairs = []testkit.Pair{third.Pairs[1], third.Pairs[0]}
	// A service of a for b that nobody depends on comes before the one that b's depends on.
	double := inService(t, third.Document(), "1-BackupService-1", serviceB, idElement("2-BackupService-1"))
	double = inService(t, double, "2-BackupService-1", serviceA, idElement("1-BackupService-2"))
	double = inService(t, double, "1-BackupService-2", serviceC, serviceB)
	failedOver := threePools(func(e *testkit.Estate) { e.Pools[0].Central, e.Pools[1].Central = testkit.Standby, testkit.Active })
	lone := threePools(func(e *testkit.Estate) { e.Pools[0].Central = testkit.Active })
	for name, raw := range map[string][]byte{
		"a second service for a third pool": third.Document(),
		"the other one first":               swapped.Document(),
		"two services for one partner":      double,
		"Central Management failed over":    failedOver.Document(),
		"Central Management, no standby":    lone.Document(),
		"another module": inService(t, threePools(nil).Document(), "1-BackupService-1",
			`<Module RoleName="ConfServices" ComponentName="DataConf" />`, `<Module RoleName="X" ComponentName="Y" />`),
		"real": testkit.Published(t),
	} {
		t.Run(name, func(t *testing.T) {
			spec := pairOf("a", "b")
			if name == "real" {
				pair := parse(t, raw).Topology().Pairs()[0]
				spec = pairOf(pair.First.FQDN, pair.Second.FQDN)
			}
			same(t, "updated", update(t, raw, spec), raw)
		})
	}
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw   []byte
		words []string
	}{
		"paired with a third pool": {threePools(func(e *testkit.Estate) {
			e.Pairs = []testkit.Pair{{A: "b", B: "c"}}
			e.Backups = []testkit.Backup{{From: "a", To: "b"}}
		}).Document(), []string{"PP-FREE", "c.contoso.com"}},
		"a service paired with a third pool": {threePools(func(e *testkit.Estate) {
			e.Pairs = []testkit.Pair{{A: "b", B: "c", NoBackup: []string{"b", "c"}}, {A: "a", B: "b", NoService: []string{"a", "b"}}}
		}).Document(), []string{"PP-FREE", "c.contoso.com"}},
		"two Backups, one to a pool paired outside": {threePools(func(e *testkit.Estate) {
			e.Backups = []testkit.Backup{{From: "a", To: "c"}, {From: "c", To: "a"}}
		}).Document(), []string{"PP-FREE", "c.contoso.com"}},
		"no link": {threePools(func(e *testkit.Estate) { e.Pairs = nil }).Document(), []string{"a.contoso.com", "b.contoso.com", "Plan again"}},
		"two file stores": {inService(t, withoutService(t, threePools(nil).Document(), "1-BackupService-1"), "1-ConfServices-1",
			idElement("1-WebServices-1"), idElement("2-FileStore-1")), []string{"file stores", "a.contoso.com"}},
		"a service that depends on nothing": {without(t, withoutService(t, threePools(nil).Document(), "1-BackupService-1"),
			`<Dependency Usage="Default">`+"\r\n          "+serviceA, strings.Join([]string{idElement("2-FileStore-1"), "        </Dependency>"}, "\r\n")),
			[]string{"2-BackupService-1", "depends on nothing"}},
		"a pool of 2010": {threePools(func(e *testkit.Estate) { e.Pools[1].Version, e.Pairs[0].NoBackup = 5, []string{"b"} }).Document(), []string{"PP-10-13", "b.contoso.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := edit(t, c.raw)
			refused(t, e, c.raw, e.UpdatePair(pairOf("a", "b")), c.words...)
		})
	}
}

// The settings of a whole pair are changed whatever its members have become since it was made: that needs no reference.
func TestUpdateOfAPairWhoseMembersHaveChanged(t *testing.T) {
	t.Parallel()
	whole := threePools(nil).Document()
	spec := pairOf("a", "b")
	spec[0].Settings.FailureDetection = 7 * time.Minute
	for name, raw := range map[string][]byte{
		"Registrar there twice":             testkit.DuplicateService(whole, "1-Registrar-1"),
		"Registrar there twice, on a third": inService(t, whole, "3-Registrar-1", declared("3-Registrar-1"), declared("2-Registrar-1")),
		"a pool of 2010":                    threePools(func(e *testkit.Estate) { e.Pools[1].Version = 5 }).Document(),
		"no version":                        inService(t, whole, "1-Registrar-1", `ServiceVersion="6"`, `ServiceVersion="x"`),
		"a Director":                        inService(t, whole, "2-Registrar-1", `IsDirector="false"`, `IsDirector="true"`),
		"without user services":             withoutService(t, whole, "1-UserServices-1"),
		"different versions":                threePools(func(e *testkit.Estate) { e.Pools[1].Version = 7 }).Document(),
	} {
		t.Run(name, func(t *testing.T) {
			wantLines(t, change(raw, update(t, raw, spec)), `
				-`+backupLine+`
				+`+strings.Replace(backupLine, "DT0H5M0S", "DT0H7M0S", 1))
		})
	}
}

// A member that reads as an appliance keeps its Backup, which would be its association; the rest of the pair goes.
func TestDeleteWithAMemberThatReadsAsAnAppliance(t *testing.T) {
	t.Parallel()
	raw := withoutService(t, threePools(nil).Document(), "1-UserServices-1")
	text := testkit.Decode(raw)
	from := strings.Index(text, `<CentralSite SiteId="1">`)
	to := from + strings.Index(text[from:], "</CentralSite>") + len("</CentralSite>")
	text = text[:from] + text[to:]
	// Its Registrar depends on the user services of the other pool, as that of an appliance does.
	raw = inService(t, testkit.Encode(text, raw), "1-Registrar-1", idElement("1-UserServices-1"), idElement("2-UserServices-1"))
	if p := parse(t, raw).Topology().Pool(fqdn("a")); p.Kind != topology.KindAppliance {
		t.Fatalf("a is %s", p.Description)
	}
	after := remove(t, raw, "a", "b")
	topo := parse(t, after).Topology()
	if links := topo.Links(topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))); links != (topology.Links{BackupA: true}) {
		t.Errorf("the links %+v are left", links)
	}
	same(t, "removed again", remove(t, after, "a", "b"), after)
}

// What does not say where it is, is on no cluster, also not on one that does not say which it is.
func TestClusterWithoutIdentity(t *testing.T) {
	t.Parallel()
	text := testkit.Decode(threePools(func(e *testkit.Estate) { e.Pairs = nil }).Document())
	from := strings.Index(text, `<ClusterId SiteId="1" Number="1" />`)
	text = text[:from] + text[from+len(`<ClusterId SiteId="1" Number="1" />`):]
	text = strings.ReplaceAll(text, "<InstalledOn>\r\n        "+`<ClusterId SiteId="1" Number="1" />`+"\r\n      </InstalledOn>", "")
	raw := testkit.Encode(text, threePools(nil).Document())
	e := edit(t, raw)
	refused(t, e, raw, e.CreatePair(pairOf("a", "b")), "PP-KIND", "a.contoso.com")
}

func TestPoolWithoutAName(t *testing.T) {
	t.Parallel()
	raw := testkit.Replace(threePools(nil).Document(), ` Fqdn="c.contoso.com">`+"\n      "+`<ClusterId SiteId="3"`, ` Fqdn="">`+"\n      "+`<ClusterId SiteId="3"`)
	if p := parse(t, raw).Topology().Pool(""); p != nil {
		t.Errorf("no name finds %s", p.Description)
	}
}
