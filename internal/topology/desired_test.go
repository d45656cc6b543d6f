package topology_test

import (
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestPairDifference(t *testing.T) {
	t.Parallel()
	paired := threePools(nil).Document()
	notBackup := func(pool, partner string) string {
		return "the backup registrar of " + pool + ".contoso.com is not " + partner + ".contoso.com alone"
	}
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"as desired": {paired, ""},
		"another spelling": {
			replaceInService(t, paired, "1-Registrar-1", "P0Y0M0DT0H5M0S", "PT300S"), "",
		},
		"no such pool": {
			testkit.Replace(paired, ` Fqdn="b.contoso.com">`+"\n      <ClusterId",
				` Fqdn="x.contoso.com">`+"\n      <ClusterId"),
			"a.contoso.com and b.contoso.com are not linked",
		},
		"no pair": {threePools(func(e *testkit.Estate) { e.Pairs = nil }).Document(), notBackup("a", "b")},
		"no Backup of b": {
			withoutText(t, paired, backupLine+"\r\n        "+registrarA, "</Backup>"), notBackup("b", "a"),
		},
		"another Backup of b": {
			replaceInService(t, paired, "2-Registrar-1", registrarA, registrarC), notBackup("b", "a"),
		},
		"a second Backup of a": {
			threePools(func(e *testkit.Estate) { e.Backups = []testkit.Backup{{From: "a", To: "c"}} }).Document(),
			notBackup("a", "b"),
		},
		"no service of b": {
			withoutService(t, paired, "2-BackupService-1"),
			"no backup service of a.contoso.com has the partner b.contoso.com",
		},
		"a service of b with another partner": {
			replaceInService(t, paired, "2-BackupService-1", serviceA, serviceC),
			"no backup service of b.contoso.com has the partner a.contoso.com",
		},
		"switch of b": {
			replaceInService(t, paired, "2-Registrar-1",
				`EnableAutomaticFailover="true"`, `EnableAutomaticFailover="false"`),
			"automatic failover of b.contoso.com is not true",
		},
		"failure detection of a": {
			replaceInService(t, paired, "1-Registrar-1", "DT0H5M0S", "DT0H6M0S"),
			"the failure detection interval of a.contoso.com is not 5m0s",
		},
		"failback detection of b": {
			replaceInService(t, paired, "2-Registrar-1", "DT0H10M0S", "DT0H6M0S"),
			"the failback detection interval of b.contoso.com is not 10m0s",
		},
	} {
		for _, desired := range []topology.DesiredPair{pairOf("a", "b"), pairOf("b", "a")} {
			if got := parse(t, c.raw).Topology().PairDifference(desired); got != c.want {
				t.Errorf("%s: got %q, want %q", name, got, c.want)
			}
		}
	}
}

func TestBranchDifference(t *testing.T) {
	t.Parallel()
	const elsewhere = "the backup registrar and the user services of s.contoso.com are not both on a.contoso.com alone"
	for name, c := range map[string]struct {
		raw     []byte
		desired topology.DesiredBranch
		want    string
	}{
		"as desired": {branchEstate(), branchOf("s", "a"), ""},
		"no appliance": {
			branchEstate(), branchOf("unknown", "a"), "the appliance unknown.contoso.com has no backup registrar",
		},
		"no Registrar": {
			branchEstate(), branchOf("edge", "a"), "the appliance edge.contoso.com has no backup registrar",
		},
		"no Backup": {
			branchEstate(noBackup), branchOf("s", "a"), "the appliance s.contoso.com has no backup registrar",
		},
		"no pool": {
			branchEstate(), branchOf("s", "unknown"),
			"the backup registrar and the user services of s.contoso.com are not both on unknown.contoso.com alone",
		},
		"another pool": {
			branchEstate(func(s *testkit.Appliance) { s.Pool = "b" }), branchOf("s", "a"), elsewhere,
		},
		"other users": {
			branchEstate(func(s *testkit.Appliance) { s.UserServices = "b" }), branchOf("s", "a"), elsewhere,
		},
		"other settings": {
			branchEstate(func(s *testkit.Appliance) { s.Failure = time.Hour }), branchOf("s", "a"),
			"the failure detection interval of s.contoso.com is not 2m0s",
		},
	} {
		if got := parse(t, c.raw).Topology().BranchDifference(c.desired); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
