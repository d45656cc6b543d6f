package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedSettings are the rules about automatic failover and its intervals that are not checked.
var uncheckedSettings = []uncheckedRule{
	{
		ID: "VF-DEFPOOL", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "For pools, the default failure detection interval is 300 seconds, and the default failback " +
			"detection interval is 600 seconds.",
		Why:    "These are the defaults of the intervals of lync_pool_pair.",
		Source: resilience.SourceFrontEndHelp,
	},
	{
		ID: "VF-DEFSBA", Severity: resilience.Info, Versions: "10 13 15 19+SE",
		Statement: "For appliances, the default failure detection interval is 120 seconds, and the default failback " +
			"detection interval is 240 seconds.",
		Why:    "These are the defaults of the intervals of lync_branch_backup.",
		Source: resilience.SourceApplianceHelp + "; the help of Lync Server 2010 shows the same figures for pools too",
	},
	{
		ID: "VF-NOTDR", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "Automatic failover restores only sign-in and basic voice, and an administrator must always run " +
			"the commands that fail over or fail back a pool with its data.",
		Why: "A fact about the product. In a disaster, run Invoke-CsPoolFailOver. This provider never runs this " +
			"cmdlet.",
		Source: sourceDeploySkype,
	},
	{
		ID: "VF-AUTOBACK", Severity: resilience.Info, Versions: "all",
		Statement: "Users return from a backup registrar automatically after the failback detection interval, and no " +
			"command returns them earlier.",
		Why:    "A fact about the product. A topology contains nothing to check.",
		Source: resilience.SourceSetRegistrar,
	},
}

// uncheckedService are the rules about the backup service. No plan checks them, because a topology does not contain the
// settings and the state of the backup service.
var uncheckedService = []uncheckedRule{
	{
		ID: "BS-RANGE", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "The synchronization interval of the backup service must be from 5 seconds to 3 hours, and is 2 " +
			"minutes by default.",
		Why: "The interval is not in the topology, and this provider does not set it. " +
			"Set-CsBackupServiceConfiguration checks the interval when it runs.",
		Source: sourceServiceConfig,
	},
	{
		ID: "BS-DEFAULT", Severity: resilience.Discouraged, Versions: "13 15 19+SE",
		Statement: "The synchronization interval should stay at 2 minutes unless a change is necessary, because the " +
			"load and the possible loss of data depend on it.",
		Why:    "The interval is not in the topology. See SyncInterval of Get-CsBackupServiceConfiguration.",
		Source: resilience.Docs2013 + "Configuring and monitoring the backup service",
	},
	{
		ID: "BS-GLOBAL", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "A deployment has only one collection of backup service settings, so a pair cannot have its own " +
			"interval or permissions.",
		Why:    "The resource lync_pool_pair has no such arguments.",
		Source: sourceServiceConfig,
	},
	{
		ID: "BS-OTHER", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "By default, the backup service sends at most 500 batches in one synchronization of the Central " +
			"Management store or of user data, handles 10 calls at a time, creates packages of at most 102,400 KB, " +
			"and authorizes the account Network Service and either Schema Admins or RTCUniversalServerAdmins.",
		Why:    "These settings are not in the topology. See Get-CsBackupServiceConfiguration.",
		Source: sourceServiceConfig + ", and Get-CsBackupServiceStatus, which disagree about the group",
	},
	{
		ID: "BS-PERM", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "An account that runs the cmdlets of the backup service must be a member of " +
			"RTCUniversalServerAdmins or of a group in AuthorizedUniversalGroups.",
		Why: "An operation: the cmdlet checks the account when it runs, also for lync_backup_service_status and " +
			"lync_backup_service_sync.",
		Source: sourceServiceStatus,
	},
	{
		ID: "BS-INSTALL", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "If both pools existed before they were paired, Bootstrapper.exe must be run on every Front End " +
			"Server of both pools, because only Bootstrapper.exe installs the backup service.",
		Why: "Installed software is not in the topology. Run Bootstrapper.exe after the pair is published, and look " +
			"for the service LYNCBACKUP on every Front End Server.",
		Source: sourceDeploySkype,
	},
	{
		ID: "BS-CU", Severity: resilience.Discouraged, Versions: "15 19+SE",
		Statement: "After Bootstrapper.exe, the cumulative update of the Front End Servers should be installed again " +
			"before the backup service is started.",
		Why: "The update level of a server is not in the topology. Compare the version of the backup service with " +
			"that of the other services of the server.",
		Source: sourceDeploySkype + ", as revised in 2019; for Lync Server 2013 inferred",
	},
	{
		ID: "BS-HEALTHY", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "In both directions, every applicable module must show FinalState or SteadyState for export and " +
			"NormalState for import, where ErrorState is a fault and NonSteadyState should be monitored.",
		Why: "The state of replication is not in the topology, so no plan depends on it. The data source " +
			"lync_backup_service_status reports it for a running deployment. Without one, run " +
			"Get-CsBackupServiceStatus for both pools.",
		Source: sourceDeploySkype + "; " + sourceStatusBlog,
	},
	{
		ID: "BS-CMSNI", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "On the member without the active Central Management, NotInitialized is the normal export state " +
			"of CentralMgmt.CMSMaster.",
		Why: "The rule describes the normal output of Get-CsBackupServiceStatus. The data source " +
			"lync_backup_service_status applies it.",
		Source: sourceStatusBlog,
	},
	{
		ID: "BS-MODULES", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "Invoke-CsBackupServiceSync accepts only the modules UserServices.PresenceFocus, " +
			"ConfServices.DataConf and CentralMgmt.CMSMaster, and as of Skype for Business Server 2019 also " +
			"ApplicationServer.RGSDataStore and ApplicationServer.RGSFileStore.",
		Why: "An operation: Invoke-CsBackupServiceSync checks the name when it runs. Older topics have short " +
			"forms of the names.",
		Source: resilience.CmdletReference + "Invoke-CsBackupServiceSync",
	},
	{
		ID: "BS-SYNCFAIL", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "Debug-CsInterPoolReplication requires a pool with a partner, and Sync-CsUserData requires a " +
			"running backup service.",
		Why:    "An operation: the cmdlet fails when it runs.",
		Source: resilience.CmdletReference + "Debug-CsInterPoolReplication, and Sync-CsUserData",
	},
}
