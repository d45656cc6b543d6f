package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedCentral are the rules about Central Management that are not checked.
var uncheckedCentral = []uncheckedRule{
	{
		ID: "CM-SEDB", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "If the partner of the Central Management pool is a Standard Edition server, an administrator " +
			"must install the Central Management database on that server by hand.",
		Why: "Installed software is not in the topology. When such a pair is created, the warning CM-PAIR has the " +
			"command.",
		Source: sourceAbc2013 + "; assumed for later versions",
	},
	{
		ID: "CM-SEPREP", Severity: resilience.Discouraged, Versions: "10 13 15 19",
		Statement: "A Standard Edition server should be prepared with the Deployment Wizard, step Prepare first " +
			"Standard Edition server, before it gets a copy of the Central Management store.",
		Why: "The topology does not record which setup steps ran on a server. If in doubt, start the Deployment " +
			"Wizard on the server and run the step.",
		Source: resilience.CmdletReference + "Move-CsManagementServer; its text is about moves, and pairing is " +
			"inferred",
	},
	{
		ID: "CM-ORDER", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "If the pool with the active Central Management fails, Central Management must be failed over " +
			"before the pool.",
		Why: "An operation, and this provider does not fail over anything. First run " +
			"Invoke-CsManagementServerFailover -WhatIf, which shows where Central Management is. The data source " +
			"lync_failover_impact uses this order.",
		Source: resilience.SourceDisaster,
	},
	{
		ID: "CM-TARGET", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "Invoke-CsManagementServerFailover must run on a server of the pool with the standby, can use " +
			"only the database that the topology has for the standby, and takes BackupSqlServerFqdn, the instance, " +
			"the mirror and Force only in a disaster.",
		Why: "An operation: Invoke-CsManagementServerFailover checks these conditions when it runs. CM-PAIR reports " +
			"whether the topology has a standby.",
		Source: resilience.CmdletReference + "Invoke-CsManagementServerFailover",
	},
	{
		ID: "CM-REMOVE", Severity: resilience.Error, Versions: "all",
		Statement: "Central Management must be moved or failed over to another pool before its pool is removed.",
		Why: "This provider does not remove pools. Before you remove a pool, find the active Central Management: " +
			"Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus.",
		Source: resilience.Docs2019 + "Move the Central Management Server (migration)",
	},
}

// uncheckedLife are the rules about publishing, failing over, upgrading and ending a pair that are not checked.
var uncheckedLife = []uncheckedRule{
	{
		ID: "LC-WRITE", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "No documented cmdlet creates a pair: Get-CsPoolBackupRelationship only reads pairs, and its " +
			"documentation refers to Topology Builder.",
		Why: "A fact about the cmdlets. This provider writes a pair into the topology document and publishes the " +
			"document. LC-SETREG has a source that contradicts this rule.",
		Source: resilience.CmdletReference + "Get-CsPoolBackupRelationship",
	},
	{
		ID: "LC-SETREG", Severity: resilience.Error, Versions: "10 13 15 19",
		Statement: "Set-CsRegistrar sets the backup of a single Registrar, so with Lync Server 2013 and later it " +
			"leaves a one-way relationship if it is run for only one member of a pair.",
		Why: "This provider cannot see the operation. A one-way relationship is a finding of PP-RECIP, and a plan " +
			"shows it as a difference if the pair is declared.",
		Source: resilience.SourceSetRegistrar + "; its effect on Lync Server 2013 and later is inferred, and " +
			"Get-CsPoolBackupRelationship contradicts it",
	},
	{
		ID: "LC-PUBLISH", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "Publish-CsTopology publishes the output of Get-CsTopology but not a Topology Builder project " +
			"(.tbxml), and Enable-CsTopology must follow, which Topology Builder runs by itself.",
		Why: "Publishing is a step after the apply, and not this provider's. It works on the exported document and " +
			"refuses a project.",
		Source: resilience.CmdletReference + "Publish-CsTopology",
	},
	{
		ID: "LC-SETUP", Severity: resilience.Discouraged, Versions: "all",
		Statement: "After a change to a pool is published, setup should be run on every affected server, as listed " +
			"by Topology Builder.",
		Why: "The topology does not record which setup steps ran on a server. After an apply that changes a pair, " +
			"run setup on the Front End Servers of both pools.",
		Source: resilience.TopologyHelp + "Front End pool, general settings (Lync Server 2010)",
	},
	{
		ID: "LC-UPGRADE", Severity: resilience.Discouraged, Versions: "13 to 15",
		Statement: "During an in-place upgrade, the members should stay paired, and the second member should be " +
			"upgraded immediately after the first.",
		Why: "A plan does not show an upgrade. While the members have different versions, the pair is a finding of " +
			"PP-VERSION. Do not destroy the pair.",
		Source: resilience.SourceUpgrade,
	},
	{
		ID: "LC-NOBACKUP", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "A pool without a partner cannot be failed over.",
		Why: "An operation: Invoke-CsPoolFailOver refuses such a pool when it runs. Pair a pool before a " +
			"disaster.",
		Source: resilience.CmdletReference + "Invoke-CsPoolFailOver",
	},
	{
		ID: "LC-PING", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "While a pool is failed over to its partner, the partner cannot be failed over to that pool until " +
			"the pool is failed back.",
		Why: "An operation: Invoke-CsPoolFailOver fails when it runs. The topology does not record whether a pool is " +
			"failed over.",
		Source: resilience.Docs2013 + "Managing Lync Server disaster recovery, high availability, and backup service",
	},
	{
		ID: "LC-FQDN", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "The commands for failover and failback must both name the pool that failed, never its partner.",
		Why: "An operation: it depends on the arguments of the cmdlets. Run Invoke-CsPoolFailOver and " +
			"Invoke-CsPoolFailBack with the same PoolFqdn.",
		Source: resilience.CmdletReference + "Invoke-CsPoolFailBack",
	},
	{
		ID: "LC-AGCMS", Severity: resilience.Discouraged, Versions: "15 19",
		Statement: "Central Management must be moved to another pool before the Back End of its pool becomes an " +
			"AlwaysOn availability group.",
		Why: "This provider does not change Back Ends. Move Central Management first with Move-CsManagementServer, " +
			"and then read the plan, because another pool has the active Central Management.",
		Source: resilience.DocsSkype + "AlwaysOn availability group (deploy)",
	},
	{
		ID: "LC-MOVECONF", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "In a disaster, users should be moved without MoveConferenceData, because the backup service has " +
			"their conferences, and without Force, because they would lose contacts and meetings.",
		Why:    "An operation: it depends on the arguments of Move-CsUser, which this provider does not run.",
		Source: resilience.CmdletReference + "Move-CsUser",
	},
	{
		ID: "LC-LASTFE", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "On a Front End Server that is added to a paired pool, setup must install the backup service, and " +
			"the server should get the cumulative update of the other servers.",
		Why: "Installed software is not in the topology. Look for the service LYNCBACKUP on the new server and " +
			"compare its version.",
		Source: "inferred from " + sourceDeploySkype + "; " + resilience.DocsSkype + "Manage Front End Servers",
	},
}
