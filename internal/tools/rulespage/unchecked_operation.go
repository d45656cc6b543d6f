package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedCentral are the rules about Central Management that are not checked.
var uncheckedCentral = []uncheckedRule{
	{
		ID: "CM-SEDB", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "Where the partner of the Central Management pool is a Standard Edition server, the Central " +
			"Management database is installed on that server by hand.",
		Why: "What is installed on a server is not in the topology. The warning of CM-PAIR names the command when " +
			"such a pair is created.",
		Source: sourceAbc2013 + "; assumed for later versions",
	},
	{
		ID: "CM-SEPREP", Severity: resilience.Discouraged, Versions: "10 13 15 19",
		Statement: "Before a Standard Edition server gets a copy of the Central Management store, it was prepared " +
			"with the step for the first Standard Edition server of the Deployment Wizard.",
		Why: "What was run on a server is not in the topology. Start the Deployment Wizard on it and run that step " +
			"if in doubt.",
		Source: resilience.CmdletReference + "Move-CsManagementServer; inferred for pairing from its text on " +
			"moving",
	},
	{
		ID: "CM-ORDER", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "When the pool with Central Management has failed, Central Management is failed over first and " +
			"the pool after it.",
		Why: "An operation, and this provider fails nothing over. Run Invoke-CsManagementServerFailover -WhatIf " +
			"first: it shows where Central Management is. The data source lync_failover_impact uses this order.",
		Source: resilience.SourceDisaster,
	},
	{
		ID: "CM-TARGET", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "Central Management fails over only to the database that the topology has for its standby, from a " +
			"server of that pool, and only in a disaster with BackupSqlServerFqdn, its instance, its mirror where " +
			"there is one, and Force.",
		Why: "An operation: Invoke-CsManagementServerFailover checks it when it is run. CM-PAIR reports whether the " +
			"topology has a standby.",
		Source: resilience.CmdletReference + "Invoke-CsManagementServerFailover",
	},
	{
		ID: "CM-REMOVE", Severity: resilience.Error, Versions: "all",
		Statement: "A pool with the active Central Management is not removed before Central Management was moved or " +
			"failed over to another.",
		Why: "This provider removes no pools. Before you remove one, see where Central Management is with " +
			"Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus.",
		Source: resilience.Docs2019 + "Move the Central Management Server (migration)",
	},
}

// uncheckedLife are the rules about publishing, failing over, upgrading and ending a pair that are not checked.
var uncheckedLife = []uncheckedRule{
	{
		ID: "LC-WRITE", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "No cmdlet is documented to make a pair: Get-CsPoolBackupRelationship only reads, and its page " +
			"refers to Topology Builder.",
		Why: "A fact about the cmdlets. This provider makes a pair in the topology document, which is published " +
			"afterwards. LC-SETREG names a source that contradicts it.",
		Source: resilience.CmdletReference + "Get-CsPoolBackupRelationship",
	},
	{
		ID: "LC-SETREG", Severity: resilience.Error, Versions: "10 13 15 19",
		Statement: "Set-CsRegistrar is documented to set the backup of a single Registrar, so that with Lync Server " +
			"2013 and later the use on one member alone leaves a one-way relationship.",
		Why: "An operation that this provider cannot see. What it leaves behind is a finding of PP-RECIP, and a " +
			"difference in the plan where the pair is declared.",
		Source: resilience.SourceSetRegistrar + "; its effect on Lync Server 2013 and later is inferred, and " +
			"Get-CsPoolBackupRelationship contradicts it",
	},
	{
		ID: "LC-PUBLISH", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "Publish-CsTopology publishes what Get-CsTopology returned and no project of Topology Builder " +
			"(.tbxml), and Enable-CsTopology has to follow, which publishing in Topology Builder includes.",
		Why: "Publishing is a step after the apply, and not this provider's. It works on the exported document and " +
			"refuses a project.",
		Source: resilience.CmdletReference + "Publish-CsTopology",
	},
	{
		ID: "LC-SETUP", Severity: resilience.Discouraged, Versions: "all",
		Statement: "After a change of a pool is published, setup is run on every server concerned, of which Topology " +
			"Builder prints a list.",
		Why: "What was run on a server is not in the topology. After an apply that changed a pair run setup on the " +
			"Front End Servers of both pools.",
		Source: resilience.TopologyHelp + "Front End pool, general settings (Lync Server 2010)",
	},
	{
		ID: "LC-UPGRADE", Severity: resilience.Discouraged, Versions: "13 to 15",
		Statement: "A pair stays a pair while its members are upgraded in place, and the second member is upgraded " +
			"right after the first.",
		Why: "An upgrade is not visible in a plan. A pair whose members have different versions meanwhile is a " +
			"finding of PP-VERSION; do not destroy it.",
		Source: resilience.SourceUpgrade,
	},
	{
		ID: "LC-NOBACKUP", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "A pool without a partner cannot be failed over.",
		Why:       "An operation: Invoke-CsPoolFailOver refuses it when it is run. Pair a pool before you need it.",
		Source:    resilience.CmdletReference + "Invoke-CsPoolFailOver",
	},
	{
		ID: "LC-PING", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "While a pool is failed over to its partner, the partner cannot be failed over to it; the pool " +
			"that failed is failed back first.",
		Why: "An operation: Invoke-CsPoolFailOver fails when it is run. The topology does not contain whether a pool " +
			"is failed over.",
		Source: resilience.Docs2013 + "Managing Lync Server disaster recovery, high availability, and backup service",
	},
	{
		ID: "LC-FQDN", Severity: resilience.Error, Versions: "13 15 19+SE",
		Statement: "Failover and failback both name the pool that failed, never its partner.",
		Why: "An operation: it depends on what is given to Invoke-CsPoolFailOver and Invoke-CsPoolFailBack. Give " +
			"both the same PoolFqdn.",
		Source: resilience.CmdletReference + "Invoke-CsPoolFailBack",
	},
	{
		ID: "LC-AGCMS", Severity: resilience.Discouraged, Versions: "15 19",
		Statement: "Central Management is moved away from a pool before its Back End becomes an AlwaysOn " +
			"availability group.",
		Why: "This provider does not change Back Ends. Move Central Management first with Move-CsManagementServer, " +
			"and read the plan afterwards: another pool is the active one then.",
		Source: resilience.DocsSkype + "AlwaysOn availability group (deploy)",
	},
	{
		ID: "LC-MOVECONF", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "Users who are moved in a disaster are moved without MoveConferenceData, since the backup service " +
			"has their conferences; with Force they lose contacts and meetings.",
		Why:    "An operation: it depends on what is given to Move-CsUser, which this provider does not run.",
		Source: resilience.CmdletReference + "Move-CsUser",
	},
	{
		ID: "LC-LASTFE", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "A Front End Server that is added to a paired pool gets the backup service by setup, and the " +
			"cumulative update of the others.",
		Why: "What is installed on a server is not in the topology. Look for the service LYNCBACKUP on the new " +
			"server and compare its version.",
		Source: "inferred from " + sourceDeploySkype + "; " + resilience.DocsSkype + "Manage Front End Servers",
	},
}
