package resilience

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Publishing a topology is not all of a change: the servers have to be set up anew, and the data has to follow. What is
// left for a person is told here, one step an element, in the order in which the steps are done. Each begins with where
// it is done and has the command for these servers. What no documentation says is marked in the text.
//
// The steps are made from a topology alone: the same document gives the same list, in whatever order and letter case
// the pools are named. For pools that are not deployed yet, deploying them does most of it.

// inShell is where a cmdlet runs that reaches the servers by itself.
const inShell = "In a management shell: "

// StepsAfterPairing lists what remains when a pair was published, for the topology that has the pair. There is nothing
// to do where the two are no pair, not even a half-made one.
//
// Sources: Skype for Business Server documentation, Deploy paired Front End pools for disaster recovery; Lync Server
// 2013 documentation, Front End pool ABC failover procedure (the database of a standby), Topologies and components for
// Front End Servers (three servers at once); the cmdlet reference.
func StepsAfterPairing(t *topology.Topology, a, b string) []string {
	pools := paired(t, a, b)
	if pools == nil {
		return nil
	}
	var steps []string
	for _, store := range standbyStores(t, pools[0], pools[1]) {
		steps = append(steps, installStandby(t, store))
	}
	if len(steps) > 0 {
		steps = append(steps, inShell+"Enable-CsTopology. The database of the standby was not there at the first time; that this is needed is not verified.")
	}
	for _, p := range pools {
		steps = append(steps, onEveryFrontEnd(p)+bootstrapper(p.Version)+".")
	}
	both := pools[0].FQDN + " and " + pools[1].FQDN
	update := "On every Front End Server of " + both + ": install the cumulative update again that the server had. Without it the backup service was seen to crash"
	if pools[0].Version == topology.Version2013 || pools[1].Version == topology.Version2013 {
		update += "; documented for later versions, for Lync Server 2013 inferred"
	}
	steps = append(steps, update+".",
		"On every Front End Server of "+both+", in the management shell: Start-CsWindowsService -Name LYNCBACKUP.")
	for _, p := range pools {
		steps = append(steps, inShell+"Invoke-CsBackupServiceSync -PoolFqdn "+argument(p.FQDN)+
			". Whoever runs it is a member of RTCUniversalServerAdmins.")
	}
	for i, p := range pools {
		step := inShell + "(Get-CsBackupServiceStatus -PoolFqdn " + argument(p.FQDN) + ").BackupModules, until every ExportStatus is FinalState or SteadyState and every ImportStatus is NormalState."
		if pools[1-i].Central == topology.CentralActive && p.Central != topology.CentralActive {
			step += " NotInitialized as the ExportStatus of CentralMgmt.CMSMaster is normal here: Central Management is active on " + pools[1-i].FQDN + "."
		}
		steps = append(steps, step)
	}
	for _, p := range pools {
		if p.Edition == topology.EditionEnterprise {
			steps = append(steps, threeAtOnce(p))
		}
	}
	return steps
}

// StepsAfterUnpairing lists what remains when the end of a pair was published, for the topology in which the pair still
// stood. There is nothing to do where the two were no pair. Beside a pair with a third pool a one-way relation leaves the
// servers as they are, with their backup services and the copies they make.
//
// Sources: no page describes how a pair is ended; the parts are documented in Topology Builder help, Front End pool,
// general settings (setup on all servers concerned), and in the cmdlet reference, Remove-CsUserStoreBackupData and
// Uninstall-CsDatabase.
func StepsAfterUnpairing(before *topology.Topology, a, b string) []string {
	pools := paired(before, a, b)
	if pools == nil {
		return nil
	}
	standby := standbyStores(before, pools[0], pools[1])
	if isBesidePair(before, pools[0], pools[1]) {
		pools = nil
	}
	var steps []string
	for _, p := range pools {
		steps = append(steps, onEveryFrontEnd(p)+bootstrapper(p.Version)+". That this removes the backup service is inferred: look whether LYNCBACKUP is gone.")
	}
	for i, p := range pools {
		steps = append(steps, fmt.Sprintf("%sRemove-CsUserStoreBackupData -PoolFqdn %s. It deletes the copy of the user data of %s that %s keeps: only when no users depend on that copy.",
			inShell, argument(p.FQDN), pools[1-i].FQDN, p.FQDN))
	}
	for _, store := range standby {
		steps = append(steps, uninstallStandby(before, store))
	}
	return steps
}

// StepsAfterMove lists what remains when an appliance was given another pool and that was published. There is nothing to
// do where the topology has no such appliance.
//
// Source: Lync Server 2013 documentation, Appendix B: Managing a Survivable Branch Appliance, whose steps before the
// change are BR-MOVE.
func StepsAfterMove(t *topology.Topology, appliance, pool string) []string {
	p := t.Pool(appliance)
	if p == nil || p.Kind != topology.KindAppliance {
		return nil
	}
	return []string{
		"On " + p.FQDN + ": Start-CsWindowsService. If its services were not stopped before the change, Stop-CsWindowsService first.",
		"At the branch site of " + p.FQDN + ": test with one user before the rest. Move that user back, sign in, make a call inside and one outside, and see that contacts and presence come from " + topology.CanonicalFQDN(pool) + ".",
		inShell + "Move-CsUser -Identity <user> -Target " + argument(p.FQDN) + ", for every user who was moved away before the change.",
	}
}

// paired resolves the two pools of a pair, whole or half-made, in canonical order; nil where they are none.
func paired(t *topology.Topology, first, second string) []*topology.Pool {
	a, b := t.Pool(first), t.Pool(second)
	if a == nil || b == nil || a == b || !t.PairLinks(a, b).Any() {
		return nil
	}
	if b.FQDN < a.FQDN {
		a, b = b, a
	}
	return []*topology.Pool{a, b}
}

// standbyStores returns the stores of the standby of Central Management that a pair has: those that go with the pair
// when it is given up, which are the ones that are no part of the one active Central Management.
func standbyStores(t *topology.Topology, a, b *topology.Pool) []*topology.Service {
	if len(t.ActiveCentral()) != 1 {
		return nil // it cannot be told which is the standby
	}
	standby := b
	switch {
	case b.Central == topology.CentralActive:
		standby = a
	case a.Central != topology.CentralActive:
		return nil
	}
	inactive := centralServices(standby, false)
	var stores []*topology.Service
	for _, cms := range inactive {
		for _, id := range cms.Dependencies(topology.RoleCentralMgmtStore) {
			store := t.Service(id)
			needed := func(s *topology.Service) bool {
				return !slices.Contains(inactive, s) && slices.Contains(s.Dependencies(topology.RoleCentralMgmtStore), id)
			}
			if store != nil && !slices.Contains(stores, store) && !slices.ContainsFunc(t.Services, needed) {
				stores = append(stores, store)
			}
		}
	}
	return stores
}

// installStandby is the step that makes the database of a standby.
func installStandby(t *topology.Topology, store *topology.Service) string {
	command := "Install-CsDatabase -CentralManagementDatabase" + sqlArguments(t, store) + "."
	host := t.Cluster(store.Cluster)
	if host != nil && host.Kind == topology.KindFrontEnd {
		// The instance on a Standard Edition server.
		step := "On " + host.FQDN + ", in the management shell: " + command
		if host.Version != topology.Version2013 {
			step += " Documented for Lync Server 2013, for this version not verified."
		}
		return step + " Prepare first Standard Edition server, in the Deployment Wizard, has run there before (CM-SEPREP, for a standby inferred)."
	}
	return inShell + command + " Documented for a Standard Edition server, for an Enterprise Edition pool not verified: look first whether the database is there." +
		" On a SQL Server cluster add -UseDefaultSqlPaths or -DatabasePaths."
}

// uninstallStandby is the step that removes the database of a former standby.
func uninstallStandby(t *topology.Topology, store *topology.Service) string {
	step := inShell + "Uninstall-CsDatabase -CentralManagementDatabase" + sqlArguments(t, store) +
		", when Get-CsManagementStoreReplicationStatus shows every replica up to date. Inferred: it is documented for moves of Central Management, not for the end of a pair."
	for _, active := range t.ActiveCentral() {
		for _, id := range active.Dependencies(topology.RoleCentralMgmtStore) {
			if s := t.Service(id); s != nil && s.SQLInstance != nil {
				step += " Never on " + sqlInstance(t, *s.SQLInstance) + ", which has the active one."
			}
		}
	}
	return step
}

// sqlArguments names the SQL Server instance of a database to a cmdlet. Without a name it is the default instance.
func sqlArguments(t *topology.Topology, store *topology.Service) string {
	host := t.Cluster(store.Cluster)
	if store.SQLInstance == nil || host == nil || host.FQDN == "" {
		return " -SqlServerFqdn <server> -SqlInstanceName <instance>"
	}
	arguments := " -SqlServerFqdn " + argument(host.FQDN)
	if name := store.SQLInstance.Name; name != "" {
		arguments += " -SqlInstanceName " + argument(name)
	}
	return arguments
}

// onEveryFrontEnd says where a step is done that each server of a pool needs, with the names of the servers.
func onEveryFrontEnd(p *topology.Pool) string {
	switch {
	case len(p.Machines) == 0:
		return "On every Front End Server of " + p.FQDN + ": "
	case len(p.Machines) == 1 && p.Machines[0] == p.FQDN:
		return "On " + p.FQDN + ": "
	case len(p.Machines) == 1:
		return "On " + p.Machines[0] + " of " + p.FQDN + ": "
	default:
		return "On " + listed(p.Machines) + " of " + p.FQDN + ": "
	}
}

// bootstrapper returns the command that sets a server up as the topology has it, for PowerShell.
func bootstrapper(version int) string {
	folders := map[int]string{
		topology.Version2013: "Microsoft Lync Server 2013",
		topology.Version2015: "Skype for Business Server 2015",
		topology.Version2019: "Skype for Business Server 2019",
	}
	folder, known := folders[version]
	if !known {
		return "run Deployment\\Bootstrapper.exe in the folder of the product, whose name is not documented for " + topology.VersionName(version)
	}
	return `& "$env:ProgramFiles\` + folder + `\Deployment\Bootstrapper.exe"`
}

// threeAtOnce is the step that lets the data of an Enterprise Edition pool be synchronised.
func threeAtOnce(p *topology.Pool) string {
	step := "On " + p.FQDN + ": have three Front End Servers run at the same time at least once; before that its data may not be synchronised properly (PP-SYNC3)."
	if n := len(p.Machines); n > 0 && n < 3 {
		step += fmt.Sprintf(" It has %s, so this takes more servers.", servers(n))
	}
	return step
}

// plain is a word that PowerShell takes as it is.
var plain = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// argument writes a name for a PowerShell command. Names of SQL Server instances may have a dollar sign, and a document
// may have anything; a command that is copied must not do more than it says.
func argument(name string) string {
	if plain.MatchString(name) {
		return name
	}
	// PowerShell ends a quotation at the typographic quotation marks too.
	var b strings.Builder
	for _, r := range name {
		b.WriteRune(r)
		if strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) {
			b.WriteRune(r)
		}
	}
	return "'" + b.String() + "'"
}
