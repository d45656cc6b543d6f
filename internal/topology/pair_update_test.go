package topology_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// threePools returns the pair a, b and a third pool c, each in its own site. The function change can change the estate.
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
	paired := threePools(nil).Document()
	for _, c := range []struct {
		name  string
		drift []byte // the document
		want  string // the lines that the repair changes, "" for none
	}{
		{"no drift", paired, ""},
		{"no Backup", withoutText(t, paired, backupLine+"\r\n        "+registrarA, "</Backup>"),
			"+" + backupLine + "\n+" + registrarA + "\n+</Backup>"},
		{
			"Backup of a third pool", replaceInService(t, paired, "2-Registrar-1", registrarA, registrarC),
			"-" + registrarC + "\n+" + registrarA,
		},
		{
			"Backup that dangles", replaceInService(t, paired, "2-Registrar-1", registrarA, idElement("7-Registrar-7")),
			"-" + idElement("7-Registrar-7") + "\n+" + registrarA,
		},
		{"Backup that names no service", replaceInService(t, paired, "2-Registrar-1", "\r\n        "+registrarA, ""),
			"+" + registrarA},
		{"a second Backup", replaceInService(t, paired, "2-Registrar-1", "</Backup>",
			"</Backup>\r\n      "+backupLine+registrarC+"</Backup>"),
			"-" + backupLine + registrarC + "</Backup>"},
		{"service pointed at a third pool", replaceInService(t, threePools(func(e *testkit.Estate) {
			// The partner of c's service is another pool.
			e.Pools = append(e.Pools, testkit.Pool{FQDN: "d", Site: 4})
			e.Pairs = append(e.Pairs, testkit.Pair{A: "c", B: "d"})
		}).Document(), "2-BackupService-1", serviceA, serviceC), "-" + serviceC + "\n+" + serviceA},
		{"service without a partner", replaceInService(t, paired, "2-BackupService-1",
			`<Dependency Usage="Default">`+"\r\n          "+serviceA+"\r\n        </Dependency>\r\n        ", ""),
			"+" + serviceA + "\n+</Dependency>\n" + `+<Dependency Usage="Default">`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := updatePair(t, c.drift, pairOf("a", "b"))
			assertLines(t, changedLines(c.drift, got), c.want)
			assertNamespaces(t, got)
			assertSameBytes(t, "updated once more", updatePair(t, got, pairOf("b", "a")), got)
			if c.name != "service pointed at a third pool" {
				assertSameBytes(t, "repaired", got, paired)
			}
		})
	}
}

func TestUpdateSettings(t *testing.T) {
	t.Parallel()
	paired := threePools(nil).Document()
	five, ten := 5*time.Minute, 10*time.Minute
	backup := func(attrs string) string { return "<Backup " + attrs + ">" }
	optional := topology.DesiredSettings{
		FailureDetection: five, FailbackDetection: ten, FailureOptional: true, FailbackOptional: true,
	}
	for _, c := range []struct {
		name    string
		has     string
		desired topology.DesiredSettings
		want    string // "" for no change
	}{
		{
			"equal", backupLine,
			topology.DesiredSettings{AutomaticFailover: true, FailureDetection: five, FailbackDetection: ten}, "",
		},
		{
			"failure interval alone", backupLine, topology.DesiredSettings{
				AutomaticFailover: true, FailureDetection: 90 * time.Second, FailbackDetection: ten,
			},
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H1M30S"`),
		},
		{
			"other spellings of the others",
			backup(`FailureDetectionInterval='PT300S'  EnableAutomaticFailover="1"	FailbackDetectionInterval = "PT600.0S"`),
			topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten},
			backup(`FailureDetectionInterval='PT300S'  EnableAutomaticFailover="false"	FailbackDetectionInterval = "PT600.0S"`),
		},
		{
			"the form of the cmdlets, which .NET does not read",
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="00:05:00"`),
			defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="P0Y0M0DT0H5M0S"`),
		},
		{
			"all in other spellings",
			backup(`FailbackDetectionInterval="PT10M" FailureDetectionInterval="P0DT300S" EnableAutomaticFailover="TRUE"`), defaults, "",
		},
		{
			"missing switch is off", backup(`FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`),
			topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten}, "",
		},
		{
			"switch missing", backup(`FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`), defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`),
		},
		{
			"switch unreadable", backup(`EnableAutomaticFailover="maybe" FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`),
			topology.DesiredSettings{FailureDetection: five, FailbackDetection: ten},
			backup(`EnableAutomaticFailover="false" FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M"`),
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
			"unreadable",
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P1M" FailureDetectionInterval="soon"`),
			defaults,
			backup(`EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S"`),
		},
		{"optional and missing", backup(`EnableAutomaticFailover="false"`), optional, ""},
		{"optional and missing with the switch", "<Backup >", optional, ""},
		{
			"optional and missing, switched off", backup(`EnableAutomaticFailover="true"`), optional,
			backup(`EnableAutomaticFailover="false"`),
		},
		{
			"optional and another", backup(`EnableAutomaticFailover="false" FailbackDetectionInterval="PT7M"`),
			optional,
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
			raw := replaceInService(t, paired, "1-Registrar-1", backupLine, c.has)
			want := raw
			if c.want != "" {
				want = replaceInService(t, paired, "1-Registrar-1", backupLine, c.want)
			}
			desired := pairOf("a", "b")
			desired.Settings[fqdn("a")] = c.desired
			assertSameBytes(t, "updated", updatePair(t, raw, desired), want)
		})
	}
}

// UpdatePair completes each incomplete pair, and keeps its existing parts. A second update changes nothing.
func TestUpdateCompletesAPair(t *testing.T) {
	t.Parallel()
	for links := 1; links < 15; links++ {
		for _, dangling := range []bool{false, true} {
			t.Run(fmt.Sprintf("%04b dangling %t", links, dangling), func(t *testing.T) {
				incomplete := testkit.Pair{A: "a", B: "b", CMSMaster: true}
				for i, name := range []string{"a", "b"} {
					if links&(1<<i) == 0 {
						incomplete.NoBackup = append(incomplete.NoBackup, name)
					}
					if links&(4<<i) == 0 && !dangling {
						incomplete.NoService = append(incomplete.NoService, name)
					}
				}
				raw := threePools(func(e *testkit.Estate) {
					e.Pools[0].Central = testkit.Active
					e.Pairs = []testkit.Pair{incomplete}
				}).Document()
				if dangling { // the services exist, but their partners do not
					if links&4 == 0 {
						raw = replaceInService(t, raw, "1-BackupService-1", serviceB, idElement("2-BackupService-9"))
					}
					if links&8 == 0 {
						raw = replaceInService(t, raw, "2-BackupService-1", serviceA, idElement("1-BackupService-9"))
					}
				}
				topo := parse(t, raw).Topology()
				if n := topo.Links(topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))).Count(); n == 0 {
					t.Skip("the only reference does not resolve, so there is no link")
				}
				got := updatePair(t, raw, pairOf("a", "b"))
				assertNamespaces(t, got)
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
				assertSameBytes(t, "updated once more", updatePair(t, got, pairOf("a", "b")), got)
			})
		}
	}
}

func TestUpdateIdentityOfAMissingService(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, missing, want string // the identity that b's service names, and the one that a's service gets
	}{
		{"named", "1-BackupService-7", "1-BackupService-7"},
		{"of another site", "3-BackupService-7", "1-BackupService-1"},
		{"no number", "1-BackupService-x", "1-BackupService-1"},
		{"zero", "1-BackupService-0", "1-BackupService-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := withoutService(t, threePools(nil).Document(), "1-BackupService-1")
			raw = replaceInService(t, raw, "2-BackupService-1", serviceA, idElement(c.missing))
			topo := parse(t, updatePair(t, raw, pairOf("a", "b"))).Topology()
			if got := topo.Pool(fqdn("a")).Role(topology.RoleBackupService)[0].ID.String(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	t.Run("named by a third service too", func(t *testing.T) {
		raw := threePools(func(e *testkit.Estate) {
			e.Pairs = append(e.Pairs, testkit.Pair{A: "c", B: "b", NoBackup: []string{"b", "c"}})
		}).Document()
		raw = withoutService(t, withoutService(t, raw, "1-BackupService-1"), "2-BackupService-2")
		raw = replaceInService(t, raw, "3-BackupService-1", idElement("2-BackupService-2"), serviceA)
		topo := parse(t, updatePair(t, raw, pairOf("a", "b"))).Topology()
		if got := topo.Pool(fqdn("a")).Role(topology.RoleBackupService)[0].ID.String(); got != "1-BackupService-2" {
			t.Errorf("%s: under the old identity it would be c's partner", got)
		}
	})
}

// A new dependency is a copy of the first one that names a service, with another target.
func TestUpdateAddsADependency(t *testing.T) {
	t.Parallel()
	dependency := `<Dependency Usage="Default">` + "\r\n          " + serviceA + "\r\n        </Dependency>\r\n        "
	raw := replaceInService(t, threePools(nil).Document(), "2-BackupService-1", dependency, `<Dependency />`)
	raw = replaceInService(t, raw, "2-BackupService-1", `<Dependency Usage="Default">`,
		`<Dependency New='x' Usage="Other">`)
	added := strings.TrimSpace(strings.Replace(dependency, " Usage", " New='x' Usage", 1))
	assertSameBytes(t, "updated", updatePair(t, raw, pairOf("a", "b")),
		replaceInService(t, raw, "2-BackupService-1", `<Dependency />`, `<Dependency />`+added))
}

// If a pool has several services, UpdatePair changes that of the pair and keeps the others.
func TestUpdateChoosesTheService(t *testing.T) {
	t.Parallel()
	// b has 2-BackupService-1 for a and 2-BackupService-2 for c.
	both := threePools(func(e *testkit.Estate) {
		e.Pairs = append(e.Pairs, testkit.Pair{A: "b", B: "c", NoBackup: []string{"b", "c"}})
	}).Document()
	const missing = `<ServiceId SiteId="3" RoleName="BackupService" Instance="9" />`
	second := strings.Replace(serviceB, `Instance="1"`, `Instance="2"`, 1)
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"the one that a's names, not the first without a partner",
			replaceInService(t, replaceInService(t,
				replaceInService(t, withoutService(t, both, "3-BackupService-1"), "1-BackupService-1", serviceB,
					second),
				"2-BackupService-1", serviceA, missing), "2-BackupService-2", serviceC, missing),
			"-" + missing + "\n+" + serviceA},
		{"the one without a partner, not the first",
			replaceInService(t, replaceInService(t,
				replaceInService(t, replaceInService(t, both, "1-BackupService-1", serviceB, missing),
					"3-BackupService-1", second, missing),
				"2-BackupService-1", serviceA, serviceC), "2-BackupService-2", serviceC, missing),
			"-" + missing + "\n+" + second + "\n-" + missing + "\n+" + serviceA},
		{"those that are linked already, with or without a Backup",
			withoutText(t, replaceInService(t, replaceInService(t, both, "2-BackupService-2", serviceC, serviceA),
				"1-BackupService-1", serviceB, second),
				backupLine+"\r\n        "+registrarA, "</Backup>"),
			"+" + backupLine + "\n+" + registrarA + "\n+</Backup>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := updatePair(t, c.raw, pairOf("a", "b"))
			assertLines(t, changedLines(c.raw, got), c.want)
			assertSameBytes(t, "updated once more", updatePair(t, got, pairOf("a", "b")), got)
		})
	}
}

// UpdatePair does not change a complete pair, even if its members have other links.
func TestUpdateKeepsACompletePair(t *testing.T) {
	t.Parallel()
	third := threePools(func(e *testkit.Estate) {
		e.Pairs = append(e.Pairs, testkit.Pair{A: "a", B: "c", NoBackup: []string{"a", "c"}})
	})
	swapped := third
	swapped.Pairs = []testkit.Pair{third.Pairs[1], third.Pairs[0]}
	// The first service of a depends on that of b, but that of b depends on the second service of a.
	double := replaceInService(t, third.Document(), "1-BackupService-1", serviceB, idElement("2-BackupService-1"))
	double = replaceInService(t, double, "2-BackupService-1", serviceA, idElement("1-BackupService-2"))
	double = replaceInService(t, double, "1-BackupService-2", serviceC, serviceB)
	failedOver := threePools(func(e *testkit.Estate) {
		e.Pools[0].Central, e.Pools[1].Central = testkit.Standby,
			testkit.Active
	})
	lone := threePools(func(e *testkit.Estate) { e.Pools[0].Central = testkit.Active })
	for name, raw := range map[string][]byte{
		"a second service for a third pool": third.Document(),
		"the other one first":               swapped.Document(),
		"two services for one partner":      double,
		"Central Management failed over":    failedOver.Document(),
		"Central Management, no standby":    lone.Document(),
		"another module": replaceInService(t, threePools(nil).Document(), "1-BackupService-1",
			`<Module RoleName="ConfServices" ComponentName="DataConf" />`, `<Module RoleName="X" ComponentName="Y" />`),
		"real": testkit.Published(t),
	} {
		t.Run(name, func(t *testing.T) {
			desired := pairOf("a", "b")
			if name == "real" {
				pair := parse(t, raw).Topology().Pairs()[0]
				desired = desiredPair(pair.First.FQDN, pair.Second.FQDN)
			}
			assertSameBytes(t, "updated", updatePair(t, raw, desired), raw)
		})
	}
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	elsewhere := func(pool, other, third string) topology.Refusal {
		return topology.Refusal{
			Fault: topology.PairedElsewhere, Pool: fqdn(pool), Other: fqdn(other), Third: fqdn(third),
		}
	}
	for name, c := range map[string]struct {
		raw  []byte
		want topology.Refusal
	}{
		"paired with a third pool": {
			threePools(func(e *testkit.Estate) {
				e.Pairs = []testkit.Pair{{A: "b", B: "c"}}
				e.Backups = []testkit.Backup{{From: "a", To: "b"}}
			}).Document(),
			elsewhere("b", "c", "a"),
		},
		"a service paired with a third pool": {
			threePools(func(e *testkit.Estate) {
				e.Pairs = []testkit.Pair{
					{A: "b", B: "c", NoBackup: []string{"b", "c"}}, {A: "a", B: "b", NoService: []string{"a", "b"}},
				}
			}).Document(),
			elsewhere("b", "c", "a"),
		},
		"two Backups, one to a pool of another pair": {
			threePools(func(e *testkit.Estate) {
				e.Backups = []testkit.Backup{{From: "a", To: "c"}, {From: "c", To: "a"}}
			}).Document(),
			elsewhere("a", "c", "b"),
		},
		"no link": {
			threePools(func(e *testkit.Estate) { e.Pairs = nil }).Document(),
			topology.Refusal{Fault: topology.PairNotFound, Pool: fqdn("a"), Other: fqdn("b")},
		},
		"two file stores": {
			replaceInService(t, withoutService(t, threePools(nil).Document(), "1-BackupService-1"),
				"1-ConfServices-1", idElement("1-WebServices-1"), idElement("2-FileStore-1")),
			topology.Refusal{
				Fault: topology.SeveralFileStores, Pool: fqdn("a"), Found: topology.RoleConfServices,
				Services: serviceIDs("2-FileStore-1", "1-FileStore-1"),
			},
		},
		"a service that depends on nothing": {
			withoutText(t, withoutService(t, threePools(nil).Document(), "1-BackupService-1"),
				`<Dependency Usage="Default">`+"\r\n          "+serviceA,
				strings.Join([]string{idElement("2-FileStore-1"), "        </Dependency>"}, "\r\n")),
			topology.Refusal{
				Fault: topology.NoDependencies, Pool: fqdn("b"), Other: fqdn("a"),
				Services: serviceIDs("2-BackupService-1"),
			},
		},
		"a pool of 2010": {
			threePools(func(e *testkit.Estate) {
				e.Pools[1].Version, e.Pairs[0].NoBackup = 5, []string{"b"}
			}).Document(),
			topology.Refusal{Fault: topology.VersionTooOld, Pool: fqdn("b"), Version: 5},
		},
		"a pool of 2010 with two Backups": {
			threePools(func(e *testkit.Estate) {
				e.Pools[1].Version, e.Backups = 5, []testkit.Backup{{From: "b", To: "c"}}
			}).Document(),
			topology.Refusal{Fault: topology.VersionTooOld, Pool: fqdn("b"), Version: 5},
		},
		"two pools of 2010": {
			threePools(func(e *testkit.Estate) { e.Pools[0].Version, e.Pools[1].Version = 5, 5 }).Document(),
			topology.Refusal{Fault: topology.NotManagedPair, Pool: fqdn("a"), Other: fqdn("b")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEditor(t, c.raw)
			assertRefused(t, e, c.raw, e.UpdatePair(pairOf("a", "b")), c.want)
		})
	}
}

// The settings of a complete pair can change even if its members could no longer be paired.
func TestUpdateSettingsOfMembersThatCannotBePaired(t *testing.T) {
	t.Parallel()
	paired := threePools(nil).Document()
	desired, longer := pairOf("a", "b"), defaults
	longer.FailureDetection = 7 * time.Minute
	desired.Settings[fqdn("a")] = longer
	for name, raw := range map[string][]byte{
		"duplicate Registrar": testkit.DuplicateService(paired, "1-Registrar-1"),
		"duplicate Registrar, on a third": replaceInService(t, paired, "3-Registrar-1", idLine("3-Registrar-1"),
			idLine("2-Registrar-1")),
		"a pool of 2010": threePools(func(e *testkit.Estate) { e.Pools[1].Version = 5 }).Document(),
		"no version": replaceInService(t, paired, "1-Registrar-1", `ServiceVersion="6"`,
			`ServiceVersion="x"`),
		"a Director": replaceInService(t, paired, "2-Registrar-1", `IsDirector="false"`,
			`IsDirector="true"`),
		"without user services": withoutService(t, paired, "1-UserServices-1"),
		"different versions":    threePools(func(e *testkit.Estate) { e.Pools[1].Version = 7 }).Document(),
	} {
		t.Run(name, func(t *testing.T) {
			assertLines(t, changedLines(raw, updatePair(t, raw, desired)), `
				-`+backupLine+`
				+`+strings.Replace(backupLine, "DT0H5M0S", "DT0H7M0S", 1))
		})
	}
}

// A member that is classified as an appliance keeps its Backup, which could be its association.
func TestDeleteWithAMemberClassifiedAsAppliance(t *testing.T) {
	t.Parallel()
	raw := withoutService(t, threePools(nil).Document(), "1-UserServices-1")
	text := testkit.Decode(raw)
	from := strings.Index(text, `<CentralSite SiteId="1">`)
	to := from + strings.Index(text[from:], "</CentralSite>") + len("</CentralSite>")
	text = text[:from] + text[to:]
	// Its Registrar depends on the user services of another pool, like that of an appliance.
	raw = replaceInService(t, testkit.Encode(text, raw), "1-Registrar-1", idElement("1-UserServices-1"),
		idElement("2-UserServices-1"))
	if p := parse(t, raw).Topology().Pool(fqdn("a")); p.Kind != topology.KindAppliance {
		t.Fatalf("a is %s", p.Description)
	}
	after := deletePair(t, raw, "a", "b")
	topo := parse(t, after).Topology()
	if links := topo.Links(topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))); links != (topology.Links{BackupA: true}) {
		t.Errorf("the links %+v are left", links)
	}
	assertSameBytes(t, "removed again", deletePair(t, after, "a", "b"), after)
}

// A service without ClusterId is not installed on a cluster without ClusterId.
func TestClusterWithoutIdentity(t *testing.T) {
	t.Parallel()
	text := testkit.Decode(threePools(func(e *testkit.Estate) { e.Pairs = nil }).Document())
	from := strings.Index(text, `<ClusterId SiteId="1" Number="1" />`)
	text = text[:from] + text[from+len(`<ClusterId SiteId="1" Number="1" />`):]
	text = strings.ReplaceAll(text,
		"<InstalledOn>\r\n        "+`<ClusterId SiteId="1" Number="1" />`+"\r\n      </InstalledOn>", "")
	raw := testkit.Encode(text, threePools(nil).Document())
	e := newEditor(t, raw)
	assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")), topology.Refusal{
		Fault: topology.NotFrontEnd, Pool: fqdn("a"), Found: "a host without services",
	})
}

func TestPoolWithoutAName(t *testing.T) {
	t.Parallel()
	raw := testkit.Replace(threePools(nil).Document(), ` Fqdn="c.contoso.com">`+"\n      "+`<ClusterId SiteId="3"`,
		` Fqdn="">`+"\n      "+`<ClusterId SiteId="3"`)
	if p := parse(t, raw).Topology().Pool(topology.FQDN{}); p != nil {
		t.Errorf("an empty name finds %s", p.Description)
	}
}
