package runbook

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// standbyStores returns the stores of the standby of Central Management on a pair, which the end of the pair removes.
func standbyStores(t *topology.Topology, a, b *topology.Pool) []*topology.Service {
	return slices.DeleteFunc(t.Standby(a, b).Services, func(s *topology.Service) bool {
		return s.ID.Role != topology.RoleCentralMgmtStore
	})
}

// installStandby returns the step that creates the database of a standby.
func installStandby(t *topology.Topology, store *topology.Service) string {
	command := "Install-CsDatabase -CentralManagementDatabase" + phrase.SQLArguments(t, store) + "."
	host := t.Cluster(store.Cluster)
	if host != nil && host.Kind == topology.KindFrontEnd { // the instance on a Standard Edition server
		step := "On " + host.FQDN.String() + ", in the management shell: " + command
		if host.Version != topology.Version2013 {
			step += " Documented for Lync Server 2013, not verified for this version."
		}
		return step + " Before that, run Prepare first Standard Edition server in the Deployment Wizard on that " +
			"server (CM-SEPREP, inferred for a standby)."
	}
	return inShell + command + " Documented for a Standard Edition server, not verified for an Enterprise Edition " +
		"pool. First check whether the database exists. On a SQL Server cluster, add -UseDefaultSqlPaths or " +
		"-DatabasePaths."
}

// uninstallStandby returns the step that removes the database of a former standby.
func uninstallStandby(t *topology.Topology, store *topology.Service) string {
	step := inShell + "Uninstall-CsDatabase -CentralManagementDatabase" + phrase.SQLArguments(t, store) + ", if the " +
		"pair is not created again and Get-CsManagementStoreReplicationStatus shows every replica up to date. " +
		"Inferred: the command is documented for moves of Central Management, not for the end of a pair."
	active, isComplete := t.CentralStores()
	for _, s := range active {
		if s.SQLInstance != nil {
			step += " Never run it on " + phrase.SQLInstance(t, *s.SQLInstance) + ", which has the active Central " +
				"Management store."
		}
	}
	if !isComplete {
		step += " The topology does not name the SQL Server instance of the active Central Management store. Find " +
			"the instance first (Get-CsManagementConnection)."
	}
	return step
}
