// Package runbook lists the steps that remain to be done by hand after a change of the topology was published: the
// servers have to be set up anew, and the data has to be synchronized.
//
// Each step is one text. It begins with the place where it is done and has the command for these servers. Statements
// that no documentation confirms are marked as such. The steps depend only on the topology, not on the order or the
// spelling of the names given. If the pools are not deployed yet, their deployment includes most of the steps.
//
// States of pool pairs contain the steps, so a change of their wording changes states.
package runbook

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// inShell is the place of a cmdlet that reaches the servers by itself.
const inShell = "In a management shell: "

// AfterPairing returns the steps after a pair was published. The topology contains the pair. There are none if the two
// pools are not a pair, complete or incomplete.
//
// Sources: Skype for Business Server documentation, Deploy paired Front End pools for disaster recovery; Lync Server
// 2013 documentation, Front End pool ABC failover procedure (the database of a standby), Topologies and components for
// Front End Servers (three servers at once); the cmdlet reference.
func AfterPairing(t *topology.Topology, id topology.PairID) []string {
	pools := paired(t, id)
	if pools == nil {
		return nil
	}
	var steps []string
	for _, store := range standbyStores(t, pools[0], pools[1]) {
		steps = append(steps, installStandby(t, store))
	}
	if len(steps) > 0 {
		steps = append(steps, inShell+"Enable-CsTopology. During the first run, the database of the standby did "+
			"not exist. Whether the second run is necessary is not verified.")
	}
	for _, p := range pools {
		steps = append(steps, onEveryFrontEnd(p)+bootstrapper(p.Version)+".")
	}
	steps = append(steps, startBackupService(pools)...)
	steps = append(steps, synchronize(pools)...)
	for _, p := range pools {
		if p.Edition == topology.EditionEnterprise {
			steps = append(steps, threeAtOnce(p))
		}
	}
	return steps
}

// startBackupService returns the steps that update and start the new backup services.
func startBackupService(pools []*topology.Pool) []string {
	servers := "On every Front End Server of " + pools[0].FQDN.String() + " and " + pools[1].FQDN.String()
	update := servers + ": install the current cumulative update of the server again. Without the update, the backup " +
		"service can crash"
	if pools[0].Version == topology.Version2013 || pools[1].Version == topology.Version2013 {
		update += " (documented for later versions, inferred for Lync Server 2013)"
	}
	return []string{update + ".", servers + ", in the management shell: Start-CsWindowsService -Name LYNCBACKUP."}
}

// synchronize returns the steps that start the synchronization of the data and check its state.
func synchronize(pools []*topology.Pool) []string {
	var steps []string
	for _, p := range pools {
		steps = append(steps, inShell+"Invoke-CsBackupServiceSync -PoolFqdn "+argument.PowerShell(p.FQDN.String())+
			". The account must be a member of RTCUniversalServerAdmins.")
	}
	for i, p := range pools {
		step := inShell + "(Get-CsBackupServiceStatus -PoolFqdn " + argument.PowerShell(p.FQDN.String()) +
			").BackupModules, " +
			"until every ExportStatus is FinalState or SteadyState and every ImportStatus is NormalState."
		if pools[1-i].Central == topology.CentralActive && p.Central != topology.CentralActive {
			step += " NotInitialized as the ExportStatus of CentralMgmt.CMSMaster is normal here: " +
				"Central Management is active on " + pools[1-i].FQDN.String() + "."
		}
		steps = append(steps, step)
	}
	return steps
}

// AfterUnpairing returns the steps after the end of a pair was published. The topology before still contains the pair.
// There are none if the two pools were not a pair. If one of them is in a pair with a third pool, the servers keep
// their backup services and the copies that these make.
//
// Sources: no page describes how a pair is ended. The parts are documented in Topology Builder help, Front End pool,
// general settings (setup on all servers concerned), and in the cmdlet reference, Remove-CsUserStoreBackupData and
// Uninstall-CsDatabase.
func AfterUnpairing(before *topology.Topology, id topology.PairID) []string {
	pools := paired(before, id)
	if pools == nil {
		return nil
	}
	standby := standbyStores(before, pools[0], pools[1])
	if resilience.IsBesidePair(before, pools[0], pools[1]) {
		pools = nil
	}
	var steps []string
	for _, p := range pools {
		steps = append(steps, onEveryFrontEnd(p)+bootstrapper(p.Version)+". Then check that the service "+
			"LYNCBACKUP no longer exists. Its removal by this command is inferred, not documented.")
	}
	for i, p := range pools {
		steps = append(steps, fmt.Sprintf("%sRemove-CsUserStoreBackupData -PoolFqdn %s. The command deletes the copy "+
			"of the user data of %s that %s keeps. Run it only if the pair is not created again and no users depend "+
			"on that copy.",
			inShell, argument.PowerShell(p.FQDN.String()), pools[1-i].FQDN, p.FQDN))
	}
	for _, store := range standby {
		steps = append(steps, uninstallStandby(before, store))
	}
	return steps
}

// AfterMove returns the steps after the move of an appliance to another pool was published. There are none if the
// topology does not have the appliance.
//
// Source: Lync Server 2013 documentation, Appendix B: Managing a Survivable Branch Appliance. Its steps before the
// change are BR-MOVE.
func AfterMove(t *topology.Topology, appliance, pool topology.FQDN) []string {
	p := t.Pool(appliance)
	if p == nil || p.Kind != topology.KindAppliance {
		return nil
	}
	return []string{
		"On " + p.FQDN.String() + ": Start-CsWindowsService. If the services were not stopped before the change, run " +
			"Stop-CsWindowsService first.",
		"At the branch site of " + p.FQDN.String() + ": test with one user first. Move that user back, sign in, make " +
			"an internal and an external call, and check that contacts and presence come from " + pool.String() + ".",
		inShell + "Move-CsUser -Identity <user> -Target " + argument.PowerShell(p.FQDN.String()) + ", for every user " +
			"that was moved to another pool before the change.",
	}
}

// paired returns the two pools of a pair, complete or incomplete, sorted by name. It is nil if they are not a pair.
func paired(t *topology.Topology, id topology.PairID) []*topology.Pool {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || a == b || !t.PairLinks(a, b).Any() {
		return nil
	}
	return []*topology.Pool{a, b}
}
