package runbook

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	v2013 = topology.Version2013
	v2015 = topology.Version2015
	v2019 = topology.Version2019
)

// modelOf parses the document of a draft.
func modelOf(t *testing.T, d *testkit.Draft) *topology.Topology {
	t.Helper()
	parsed, err := topology.Parse(d.Document())
	if err != nil {
		t.Fatalf("the test's document: %v\n%s", err, d.Text())
	}
	return parsed.Topology()
}

// pairOf returns the pair of two names in any spelling. The empty name is none.
func pairOf(a, b string) topology.PairID {
	var members [2]topology.FQDN
	for i, name := range []string{a, b} {
		if name != "" {
			members[i] = topology.MustParseFQDN(name)
		}
	}
	return topology.NewPairID(members[0], members[1])
}

// deployment returns a document with a pair of two pools of the same edition and version.
func deployment(version int, build func(d *testkit.Draft, name string, site,
	version int) *testkit.DraftPool) (*testkit.Draft, *testkit.DraftPool, *testkit.DraftPool) {
	d := testkit.NewDraft()
	paris, lyon := build(d, "pool-paris", 1, version), build(d, "pool-lyon", 2, version)
	testkit.WritePair(paris, lyon)
	return d, paris, lyon
}

func threeFrontEnds(d *testkit.Draft, name string, site, version int) *testkit.DraftPool {
	return d.Enterprise(name, site, version, 3)
}

func standardServer(d *testkit.Draft, name string, site, version int) *testkit.DraftPool {
	return d.Standard(name, site, version)
}

func assertSteps(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("steps\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAfterPairingEnterpriseWithCentralManagement(t *testing.T) {
	t.Parallel()
	d, paris, lyon := deployment(v2019, threeFrontEnds)
	paris.AddCentral(true)
	lyon.AddCentral(false)
	topo := modelOf(t, d)
	want := []string{
		"In a management shell: Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn " +
			"sql-pool-lyon.contoso.com -SqlInstanceName rtc. Documented for a Standard Edition server, not verified " +
			"for an Enterprise Edition pool. First check whether the database exists. On a SQL Server cluster, add " +
			"-UseDefaultSqlPaths or -DatabasePaths.",
		"In a management shell: Enable-CsTopology. During the first run, the database of the standby did not exist. " +
			"Whether the second run is necessary is not verified.",
		`On fe1-pool-lyon.contoso.com, fe2-pool-lyon.contoso.com and fe3-pool-lyon.contoso.com of ` +
			`pool-lyon.contoso.com: & "$env:ProgramFiles\Skype for Business Server 2019\Deployment\Bootstrapper.exe".`,
		`On fe1-pool-paris.contoso.com, fe2-pool-paris.contoso.com and fe3-pool-paris.contoso.com of ` +
			`pool-paris.contoso.com: & "$env:ProgramFiles\Skype for Business Server 2019\Deployment\Bootstrapper.exe".`,
		"On every Front End Server of pool-lyon.contoso.com and pool-paris.contoso.com: install the current " +
			"cumulative update of the server again. Without the update, the backup service can crash.",
		"On every Front End Server of pool-lyon.contoso.com and pool-paris.contoso.com, in the management shell: " +
			"Start-CsWindowsService -Name LYNCBACKUP.",
		"In a management shell: Invoke-CsBackupServiceSync -PoolFqdn pool-lyon.contoso.com. The account must be a " +
			"member of RTCUniversalServerAdmins.",
		"In a management shell: Invoke-CsBackupServiceSync -PoolFqdn pool-paris.contoso.com. The account must be a " +
			"member of RTCUniversalServerAdmins.",
		"In a management shell: (Get-CsBackupServiceStatus -PoolFqdn pool-lyon.contoso.com).BackupModules, until " +
			"every ExportStatus is FinalState or SteadyState and every ImportStatus is NormalState. NotInitialized " +
			"as the ExportStatus of CentralMgmt.CMSMaster is normal here: Central Management is active on " +
			"pool-paris.contoso.com.",
		"In a management shell: (Get-CsBackupServiceStatus -PoolFqdn pool-paris.contoso.com).BackupModules, until " +
			"every ExportStatus is FinalState or SteadyState and every ImportStatus is NormalState.",
		"On pool-lyon.contoso.com: run three Front End Servers at the same time at least once. Before that, the data " +
			"of the pool may not be synchronized correctly (PP-SYNC3).",
		"On pool-paris.contoso.com: run three Front End Servers at the same time at least once. Before that, the " +
			"data of the pool may not be synchronized correctly (PP-SYNC3).",
	}
	assertSteps(t, AfterPairing(topo, pairOf("pool-paris.contoso.com", "pool-lyon.contoso.com")), want...)
	assertSteps(t, AfterPairing(topo, pairOf("POOL-Lyon.contoso.com.", "Pool-PARIS.contoso.com")), want...)
}

func TestAfterPairingStandardEdition(t *testing.T) {
	t.Parallel()
	d, paris, lyon := deployment(v2013, standardServer)
	assertSteps(t, AfterPairing(modelOf(t, d), pairOf(paris.FQDN, lyon.FQDN)),
		`On pool-lyon.contoso.com: & "$env:ProgramFiles\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe".`,
		`On pool-paris.contoso.com: & "$env:ProgramFiles\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe".`,
		"On every Front End Server of pool-lyon.contoso.com and pool-paris.contoso.com: install the current "+
			"cumulative update of the server again. Without the update, the backup service can crash (documented for "+
			"later versions, inferred for Lync Server 2013).",
		"On every Front End Server of pool-lyon.contoso.com and pool-paris.contoso.com, in the management shell: "+
			"Start-CsWindowsService -Name LYNCBACKUP.",
		"In a management shell: Invoke-CsBackupServiceSync -PoolFqdn pool-lyon.contoso.com. The account must be a "+
			"member of RTCUniversalServerAdmins.",
		"In a management shell: Invoke-CsBackupServiceSync -PoolFqdn pool-paris.contoso.com. The account must be a "+
			"member of RTCUniversalServerAdmins.",
		"In a management shell: (Get-CsBackupServiceStatus -PoolFqdn pool-lyon.contoso.com).BackupModules, until "+
			"every ExportStatus is FinalState or SteadyState and every ImportStatus is NormalState.",
		"In a management shell: (Get-CsBackupServiceStatus -PoolFqdn pool-paris.contoso.com).BackupModules, until "+
			"every ExportStatus is FinalState or SteadyState and every ImportStatus is NormalState.",
	)
}

// The steps depend on the deployment. Each row has the beginnings of the expected and of the unexpected steps.
func TestAfterPairingVary(t *testing.T) {
	t.Parallel()
	central := func(active, standby *testkit.DraftPool) {
		active.AddCentral(true)
		standby.AddCentral(false)
	}
	tests := map[string]struct {
		version int
		build   func(d *testkit.Draft, name string, site, version int) *testkit.DraftPool
		change  func(d *testkit.Draft, paris, lyon *testkit.DraftPool)
		has     []string
		hasNot  []string
	}{
		"standby on a Standard Edition server": {v2013, standardServer,
			func(_ *testkit.Draft, paris, lyon *testkit.DraftPool) { central(paris, lyon) },
			[]string{"On pool-lyon.contoso.com, in the management shell: Install-CsDatabase " +
				"-CentralManagementDatabase -SqlServerFqdn pool-lyon.contoso.com -SqlInstanceName rtc. Before that, " +
				"run Prepare first Standard Edition server",
				"In a management shell: Enable-CsTopology."},
			[]string{"not verified for an Enterprise Edition pool. First check", "not verified for this version"}},
		"standby on a Standard Edition server of a later version": {v2015, standardServer,
			func(_ *testkit.Draft, paris, lyon *testkit.DraftPool) { central(paris, lyon) },
			[]string{"On pool-lyon.contoso.com, in the management shell: Install-CsDatabase " +
				"-CentralManagementDatabase -SqlServerFqdn pool-lyon.contoso.com -SqlInstanceName rtc. Documented " +
				"for Lync Server 2013, not verified for this version.",
				`On pool-paris.contoso.com: & "$env:ProgramFiles\Skype for Business Server ` +
					`2015\Deployment\Bootstrapper.exe".`},
			nil},
		"Central Management failed over": {v2013, standardServer,
			func(_ *testkit.Draft, paris, lyon *testkit.DraftPool) { central(lyon, paris) },
			[]string{"On pool-paris.contoso.com, in the management shell: Install-CsDatabase " +
				"-CentralManagementDatabase -SqlServerFqdn pool-paris.contoso.com",
				"In a management shell: (Get-CsBackupServiceStatus -PoolFqdn pool-paris.contoso.com).BackupModules, " +
					"until every ExportStatus is FinalState or SteadyState and every ImportStatus is NormalState. " +
					"NotInitialized"},
			nil},
		"default SQL Server instance": {v2013, threeFrontEnds, func(_ *testkit.Draft, paris, lyon *testkit.DraftPool) {
			lyon.UserStore.SQLInstance = ""
			central(paris, lyon)
		}, []string{"In a management shell: Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn " +
			"sql-pool-lyon.contoso.com. Documented"}, nil},
		"SQL Server instance with a dollar sign": {v2013, threeFrontEnds,
			func(_ *testkit.Draft, paris, lyon *testkit.DraftPool) {
				lyon.UserStore.SQLInstance = `rtc$1`
				central(paris, lyon)
			}, []string{"In a management shell: Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn " +
				"sql-pool-lyon.contoso.com -SqlInstanceName 'rtc$1'. Documented"}, nil},
		"SQL Server that is not in the topology": {v2013, threeFrontEnds,
			func(d *testkit.Draft, paris, lyon *testkit.DraftPool) {
				central(paris, lyon)
				d.Services[len(d.Services)-2].MoveOff()
			}, []string{"In a management shell: Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn " +
				"<server> -SqlInstanceName <instance>."}, nil},
		"active Central Management without a standby": {v2013, standardServer,
			func(_ *testkit.Draft, paris, _ *testkit.DraftPool) { paris.AddCentral(true) },
			nil, []string{"Install-CsDatabase", "Enable-CsTopology"}},
		"two active Central Managements": {v2013, standardServer,
			func(_ *testkit.Draft, paris, lyon *testkit.DraftPool) {
				paris.AddCentral(true)
				lyon.AddCentral(true)
			}, nil, []string{"Install-CsDatabase", "Enable-CsTopology"}},
		"another active one elsewhere": {v2013, standardServer, func(d *testkit.Draft, paris, lyon *testkit.DraftPool) {
			central(paris, lyon)
			d.Standard("pool-nice", 1, v2013).AddCentral(true)
		}, nil, []string{"Install-CsDatabase", "Enable-CsTopology"}},
		"active one elsewhere": {v2013, standardServer, func(d *testkit.Draft, paris, _ *testkit.DraftPool) {
			paris.AddCentral(false)
			d.Standard("pool-nice", 1, v2013).AddCentral(true)
		}, nil, []string{"Install-CsDatabase", "Enable-CsTopology"}},
		"one store for both": {v2013, standardServer, func(_ *testkit.Draft, paris, lyon *testkit.DraftPool) {
			active := paris.AddCentral(true)
			lyon.AddCentral(false).DependsOn = slices.Clone(active.DependsOn)
		}, nil, []string{"Install-CsDatabase", "Enable-CsTopology"}},
		"version that is not known": {9, standardServer, nil,
			[]string{`On pool-lyon.contoso.com: run Deployment\Bootstrapper.exe in the folder of the product, whose ` +
				`name is not documented for ServiceVersion 9.`}, []string{"$env:ProgramFiles"}},
		"an upgrade under way": {v2013, standardServer, func(_ *testkit.Draft, _, lyon *testkit.DraftPool) {
			lyon.Registrar.Version = v2015
		}, []string{`On pool-lyon.contoso.com: & "$env:ProgramFiles\Skype for Business Server 2015\`,
			`On pool-paris.contoso.com: & "$env:ProgramFiles\Microsoft Lync Server 2013\`}, nil},
		"fewer than three Front Ends": {v2015, func(
			d *testkit.Draft, name string, site, version int,
		) *testkit.DraftPool {
			return d.Enterprise(name, site, version, 2)
		}, nil,
			[]string{"On pool-lyon.contoso.com: run three Front End Servers at the same time at least once. Before " +
				"that, the data of the pool may not be synchronized correctly (PP-SYNC3). The pool has 2 Front End " +
				"Servers and needs more."}, nil},
		"Enterprise Edition pool of one server": {v2015,
			func(d *testkit.Draft, name string, site, version int) *testkit.DraftPool {
				return d.Enterprise(name, site, version, 1)
			}, nil,
			[]string{`On fe1-pool-lyon.contoso.com of pool-lyon.contoso.com: & "`}, nil},
		"pool without computers": {v2015, func(d *testkit.Draft, name string, site, version int) *testkit.DraftPool {
			return d.Enterprise(name, site, version, 0)
		}, nil,
			[]string{`On every Front End Server of pool-lyon.contoso.com: & "`}, []string{"It has"}},
		"one direction only": {v2013, standardServer, func(d *testkit.Draft, paris, _ *testkit.DraftPool) {
			paris.Registrar.Backups = nil
			d.Services = slices.DeleteFunc(d.Services,
				func(s *testkit.DraftService) bool { return s.Role == "BackupService" })
		}, []string{"In a management shell: Invoke-CsBackupServiceSync -PoolFqdn pool-paris.contoso.com."}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, paris, lyon := deployment(test.version, test.build)
			if test.change != nil {
				test.change(d, paris, lyon)
			}
			steps := AfterPairing(modelOf(t, d), pairOf(paris.FQDN, lyon.FQDN))
			for _, want := range test.has {
				if !slices.ContainsFunc(steps, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("no step begins with %q:\n%s", want, strings.Join(steps, "\n"))
				}
			}
			for _, text := range test.hasNot {
				if strings.Contains(strings.Join(steps, "\n"), text) {
					t.Errorf("%q in\n%s", text, strings.Join(steps, "\n"))
				}
			}
		})
	}
}

func TestAfterUnpairing(t *testing.T) {
	t.Parallel()
	d, paris, lyon := deployment(v2013, threeFrontEnds)
	paris.AddCentral(true)
	lyon.AddCentral(false)
	want := []string{
		"On fe1-pool-lyon.contoso.com, fe2-pool-lyon.contoso.com and fe3-pool-lyon.contoso.com of " +
			"pool-lyon.contoso.com: & \"$env:ProgramFiles\\Microsoft Lync Server " +
			"2013\\Deployment\\Bootstrapper.exe\". Then check that the service LYNCBACKUP no longer exists. Its " +
			"removal by this command is inferred, not documented.",
		"On fe1-pool-paris.contoso.com, fe2-pool-paris.contoso.com and fe3-pool-paris.contoso.com of " +
			"pool-paris.contoso.com: & \"$env:ProgramFiles\\Microsoft Lync Server " +
			"2013\\Deployment\\Bootstrapper.exe\". Then check that the service LYNCBACKUP no longer exists. Its " +
			"removal by this command is inferred, not documented.",
		"In a management shell: Remove-CsUserStoreBackupData -PoolFqdn pool-lyon.contoso.com. The command deletes " +
			"the copy of the user data of pool-paris.contoso.com that pool-lyon.contoso.com keeps. Run it only if " +
			"the pair is not created again and no users depend on that copy.",
		"In a management shell: Remove-CsUserStoreBackupData -PoolFqdn pool-paris.contoso.com. The command deletes " +
			"the copy of the user data of pool-lyon.contoso.com that pool-paris.contoso.com keeps. Run it only if " +
			"the pair is not created again and no users depend on that copy.",
		"In a management shell: Uninstall-CsDatabase -CentralManagementDatabase -SqlServerFqdn " +
			"sql-pool-lyon.contoso.com -SqlInstanceName rtc, if the pair is not created again and " +
			"Get-CsManagementStoreReplicationStatus shows every replica up to date. Inferred: the command is " +
			"documented for moves of Central Management, not for the end of a pair. Never run it on " +
			"sql-pool-paris.contoso.com\\rtc, which has the active Central Management store.",
	}
	assertSteps(t, AfterUnpairing(modelOf(t, d), pairOf("Pool-Paris.contoso.com", lyon.FQDN)), want...)
	assertSteps(t, AfterUnpairing(modelOf(t, d), pairOf(lyon.FQDN, paris.FQDN)), want...)

	d, paris, lyon = deployment(v2013, threeFrontEnds)
	assertSteps(t, AfterUnpairing(modelOf(t, d), pairOf(paris.FQDN, lyon.FQDN)), want[:4]...)
	d.Standard("pool-nice", 3, v2013).Names(paris, "5m", "10m")
	assertSteps(t, AfterUnpairing(modelOf(t, d), pairOf(paris.FQDN, lyon.FQDN)), want[:4]...)
	assertSteps(t, AfterUnpairing(modelOf(t, d), pairOf(paris.FQDN, "pool-nice.contoso.com")))
}

func TestNoStepsWithoutAPair(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	paris, lyon := d.Standard("pool-paris", 1, v2013), d.Standard("pool-lyon", 2, v2013)
	topo := modelOf(t, d)
	for name, id := range map[string]topology.PairID{
		"not paired":  pairOf(paris.FQDN, lyon.FQDN),
		"one pool":    pairOf(paris.FQDN, paris.FQDN),
		"not a pool":  pairOf(paris.FQDN, "nowhere.contoso.com"),
		"neither one": pairOf("", ""),
	} {
		if steps := slices.Concat(AfterPairing(topo, id), AfterUnpairing(topo, id)); len(steps) > 0 {
			t.Errorf("%s: %v", name, steps)
		}
	}
}

func TestAfterMove(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	paris := d.Standard("pool-paris", 1, v2013)
	nantes := d.Appliance("sba-nantes", 3, v2013, paris)
	topo := modelOf(t, d)
	move := func(appliance, pool string) []string {
		return AfterMove(topo, topology.MustParseFQDN(appliance), topology.MustParseFQDN(pool))
	}
	assertSteps(t, move("SBA-Nantes.contoso.com.", "Pool-Paris.contoso.com"),
		"On sba-nantes.contoso.com: Start-CsWindowsService. If the services were not stopped before the change, run "+
			"Stop-CsWindowsService first.",
		"At the branch site of sba-nantes.contoso.com: test with one user first. Move that user back, sign in, make "+
			"an internal and an external call, and check that contacts and presence come from pool-paris.contoso.com.",
		"In a management shell: Move-CsUser -Identity <user> -Target sba-nantes.contoso.com, for every user that was "+
			"moved to another pool before the change.",
	)
	for _, none := range []string{paris.FQDN, "nowhere.contoso.com"} {
		if steps := move(none, nantes.FQDN); len(steps) > 0 {
			t.Errorf("%s: %v", none, steps)
		}
	}
}
