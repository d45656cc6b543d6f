package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedSettings are the rules about automatic failover and its intervals that are not checked.
var uncheckedSettings = []uncheckedRule{
	{
		ID: "VF-DEFPOOL", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "Between pools the failure detection interval is 300 seconds by default, the failback detection " +
			"interval 600 seconds.",
		Why:    "A resource lync_pool_pair that does not set the intervals has these defaults.",
		Source: resilience.SourceFrontEndHelp,
	},
	{
		ID: "VF-DEFSBA", Severity: resilience.Info, Versions: "10 13 15 19+SE",
		Statement: "For an appliance the failure detection interval is 120 seconds by default, the failback " +
			"detection interval 240 seconds.",
		Why:    "A resource lync_branch_backup that does not set the intervals has these defaults.",
		Source: resilience.SourceApplianceHelp + "; the help of Lync Server 2010 shows the same figures for pools too",
	},
	{
		ID: "VF-NOTDR", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "Automatic failover brings back sign-in and basic voice only; failing over a pool with its data, " +
			"and failing it back, is always an administrator's command.",
		Why:    "A fact about the product. In a disaster run Invoke-CsPoolFailOver; this provider never does.",
		Source: sourceDeploySkype,
	},
	{
		ID: "VF-AUTOBACK", Severity: resilience.Info, Versions: "all",
		Statement: "From a backup registrar users go back by themselves, after the failback detection interval, and " +
			"there is no command for it.",
		Why:    "A fact about the product. A topology contains nothing to check.",
		Source: resilience.SourceSetRegistrar,
	},
}

// uncheckedService are the rules about the backup service. No plan checks them, because a topology does not contain the
// settings and the state of the backup service.
var uncheckedService = []uncheckedRule{
	{
		ID: "BS-RANGE", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "The backup service synchronizes every 5 seconds to 3 hours, and every 2 minutes by default.",
		Why: "The interval is not in the topology, and this provider does not set it. " +
			"Set-CsBackupServiceConfiguration checks it when it is run.",
		Source: sourceServiceConfig,
	},
	{
		ID: "BS-DEFAULT", Severity: resilience.Discouraged, Versions: "13 15 19+SE",
		Statement: "The synchronization interval stays at 2 minutes unless there is a need, since load and possible " +
			"loss of data depend on it.",
		Why:    "The interval is not in the topology. See SyncInterval of Get-CsBackupServiceConfiguration.",
		Source: resilience.Docs2013 + "Configuring and monitoring the backup service",
	},
	{
		ID: "BS-GLOBAL", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "The settings of the backup service are one collection for the deployment, and no pair has an " +
			"interval or permissions of its own.",
		Why:    "A resource lync_pool_pair has no such arguments.",
		Source: sourceServiceConfig,
	},
	{
		ID: "BS-OTHER", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "By default the backup service sends at most 500 batches in one synchronization of the Central " +
			"Management store or of user data, handles 10 calls at a time, makes packages of at most 102,400 KB and " +
			"lets the account Network Service run it; which group may run it is contradictory, Schema admins or " +
			"RTCUniversalServerAdmins.",
		Why:    "These settings are not in the topology. See Get-CsBackupServiceConfiguration.",
		Source: sourceServiceConfig + ", and Get-CsBackupServiceStatus, which disagree about the group",
	},
	{
		ID: "BS-PERM", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "A user who runs the cmdlets of the backup service is a member of the group " +
			"RTCUniversalServerAdmins, or in one of AuthorizedUniversalGroups.",
		Why: "An operation: the cmdlet checks it when it is run, for lync_backup_service_status and " +
			"lync_backup_service_sync too.",
		Source: sourceServiceStatus,
	},
	{
		ID: "BS-INSTALL", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "Where both pools were there before they were paired, Bootstrapper.exe runs on every Front End " +
			"Server of both, because only that installs the backup service.",
		Why: "What is installed on a server is not in the topology. Run it after the pair is published, and look for " +
			"the service LYNCBACKUP on every Front End Server.",
		Source: sourceDeploySkype,
	},
	{
		ID: "BS-CU", Severity: resilience.Discouraged, Versions: "15 19+SE",
		Statement: "After Bootstrapper.exe the cumulative update that the Front End Servers had is installed again, " +
			"before the backup service is started.",
		Why: "The update level of a server is not in the topology. Compare the version of the backup service with " +
			"that of the other services of the server.",
		Source: sourceDeploySkype + ", as revised in 2019; for Lync Server 2013 inferred",
	},
	{
		ID: "BS-HEALTHY", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "In both directions every module that applies shows FinalState or SteadyState for export and " +
			"NormalState for import; ErrorState is a fault, and NonSteadyState needs watching.",
		Why: "The state of replication is not in the topology, so no plan depends on it. The data source " +
			"lync_backup_service_status reports it for a running deployment. Without one, run " +
			"Get-CsBackupServiceStatus for both pools.",
		Source: sourceDeploySkype + "; " + sourceStatusBlog,
	},
	{
		ID: "BS-CMSNI", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "On the member without the active Central Management, NotInitialized is the normal state for the " +
			"export of CentralMgmt.CMSMaster.",
		Why: "The rule describes the normal output of Get-CsBackupServiceStatus. The data source " +
			"lync_backup_service_status applies it.",
		Source: sourceStatusBlog,
	},
	{
		ID: "BS-MODULES", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "The modules that can be synchronized by hand are UserServices.PresenceFocus, " +
			"ConfServices.DataConf and CentralMgmt.CMSMaster, and, in Skype for Business Server 2019, " +
			"ApplicationServer.RGSDataStore and ApplicationServer.RGSFileStore; older topics print short forms of " +
			"the names.",
		Why:    "An operation: Invoke-CsBackupServiceSync checks the name when it is run.",
		Source: resilience.CmdletReference + "Invoke-CsBackupServiceSync",
	},
	{
		ID: "BS-SYNCFAIL", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "Debug-CsInterPoolReplication works only for a pool that has a partner, and Sync-CsUserData only " +
			"with a running backup service.",
		Why:    "An operation: the cmdlet fails when it is run.",
		Source: resilience.CmdletReference + "Debug-CsInterPoolReplication, and Sync-CsUserData",
	},
}
