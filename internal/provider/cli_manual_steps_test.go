package provider_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestCLIStepsByHand checks that the steps that remain by hand are reported once for each change of a deployment, with
// the commands for its servers and the files.
func TestCLIStepsByHand(t *testing.T) {
	estate := cliEstate("a b c")
	estate.Pools[0].Central = testkit.Active
	estate.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 9, Branch: true, Parent: 1}}
	estate.Appliances = []testkit.Appliance{{FQDN: "sba", Site: 9, Pool: "a"}}
	w, _ := cliLive(t, estate)
	sba := func(pool string) string {
		return "resource \"lync_branch_backup\" \"sba\" {\n  appliance = \"sba.contoso.com\"\n  backup_pool = \"" +
			pool + ".contoso.com\"\n}\n"
	}
	apply := func(config string, texts ...string) {
		t.Helper()
		w.Config(config)
		output := testkit.Fold(w.MustRun("apply", "-auto-approve"))
		for _, text := range texts {
			assertOutput(t, output, text)
		}
	}

	apply(cliPair("x", "a-b")+sba("a"), "Manual steps required",
		"The pool pair a.contoso.com,b.contoso.com is in the published topology",
		"Install-CsDatabase -CentralManagementDatabase -SqlServerFqdn b.contoso.com",
		"Invoke-CsBackupServiceSync -PoolFqdn a.contoso.com",
		"LYNCBACKUP", `Files on that host: backup of the previous topology: C:\\ProgramData`)
	apply(cliPair("x", "a-b")+sba("c"), "Manual steps required",
		"Move-CsUser -Identity <user> -Target sba.contoso.com")
	apply(sba("c"), "Manual steps required", "The removal of the pool pair",
		"Remove-CsUserStoreBackupData -PoolFqdn a.contoso.com",
		"Uninstall-CsDatabase")
	assertNoChanges(t, w)
}
