package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedPair are the rules about pairs of Front End pools that are not checked.
var uncheckedPair = []uncheckedRule{
	{
		ID: "PP-OPTIONAL", Severity: resilience.Info, Versions: "all",
		Statement: "No pool has to be in a pair.",
		Why:       "The rule states what is allowed.",
		Source:    sourceDeploySkype,
	},
	{
		ID: "PP-NOTB", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "Neither Topology Builder nor its validation refuses a pair whose members differ in edition, in " +
			"hardware or in operating system.",
		Why: "A fact about the product, and the reason why this provider checks PP-EDITION, and PP-VIRT and PP-OS " +
			"where it is given an inventory.",
		Source: resilience.SourceOptions2013,
	},
	{
		ID: "PP-SQLHA", Severity: resilience.Unsupported, Versions: "13 15 19+SE",
		Statement: "Where the Back End of a member has a high availability solution, the Back End of the other has " +
			"the same one.",
		Why: "This provider does not read from a topology which solution a Back End has. Compare the SQL Server " +
			"stores of both pools in Topology Builder.",
		Source: sourceBackEnd + "; " + resilience.Docs2013 + "Back End Server high availability",
	},
	{
		ID: "PP-SEHA", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "A pair of Standard Edition servers has disaster recovery only, and no high availability of its " +
			"databases can be set up for it.",
		Why: "This provider does not read the high availability solution of a database from a topology, and sets up " +
			"none.",
		Source: resilience.SourceOptions2013 + "; assumed for later versions",
	},
	{
		ID: "PP-MIRROR19", Severity: resilience.Unsupported, Versions: "19+SE",
		Statement: "From Skype for Business Server 2019 on, SQL Server mirroring of a Back End is no longer supported.",
		Why: "This provider does not read the high availability solution of a Back End from a topology. Look for " +
			"mirrors with Get-CsDatabaseMirrorState.",
		Source: sourceBackEnd,
	},
	{
		ID: "PP-SEALT", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "With two servers in all, a pair of two Standard Edition servers is better than one Enterprise " +
			"Edition pool of two Front End Servers.",
		Why: "A recommendation for the design of a deployment. The advice of PP-FE2-19 and of PP-SYNC3 repeats it " +
			"when a plan pairs such a pool.",
		Source: resilience.Docs2013 + "Topologies and components for Front End Servers",
	},
	{
		ID: "PP-FEEQ", Severity: resilience.Info, Versions: "all",
		Statement: "The members of a pair may have different numbers of Front End Servers; only their capacity counts.",
		Why:       "The rule states what is allowed. See PP-CAP for the capacity.",
		Source:    "inferred from the documentation on pool pairing, which never requires equal numbers",
	},
	{
		ID: "PP-STRETCH", Severity: resilience.Unsupported, Versions: "13 15 19+SE",
		Statement: "The servers of one pool are not spread over two data centers, which only Lync Server 2010 " +
			"supported, with a round trip of 20 ms at most, 1 Gbps and synchronous replication.",
		Why: "The data center of a server is not in the topology.",
		Source: resilience.Docs2013 + "Compatibility with Lync Server 2010 metropolitan site resiliency; Lync Server " +
			"2010 documentation (gg679096)",
	},
	{
		ID: "PP-SMB", Severity: resilience.Discouraged, Versions: "13 15 19+SE",
		Statement: "Every Front End Server of a member reaches the file store of the other on TCP port 445, over a " +
			"private link or through IPsec, because what is sent is not encrypted.",
		Why: "Networks are not in the topology. Test the connection from the Front End Servers of both pools, and " +
			"ask for the link to be private or protected.",
		Source: resilience.SourceDisaster,
	},
	{
		ID: "PP-DNS", Severity: resilience.Discouraged, Versions: "10 13 15 19+SE",
		Statement: "The internal DNS has an SRV record for sign-in to each of the two pools, with different " +
			"priorities, so that clients find the backup as well.",
		Why:    "DNS is not in the topology. Look up the SRV records from inside the network.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "PP-CPS", Severity: resilience.Discouraged, Versions: "13 15 19+SE",
		Statement: "Where one member of a pair has Call Park or Group Call Pickup, the other has Call Park deployed " +
			"and enabled too, and each has an orbit range of its own.",
		Why: "Orbit ranges are not in the topology, and this provider does not check the applications of a pool. See " +
			"Get-CsCallParkOrbit, and Topology Builder for the applications.",
		Source: resilience.Docs2013 + "Planning for Call Park disaster recovery",
	},
	{
		ID: "PP-RGSNAME", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "Workflows, queues, agent groups, holiday sets and business hours of the Response Group " +
			"application have names that are unique in the deployment; otherwise their import into the backup pool " +
			"fails.",
		Why: "Response groups are not in the topology. Compare what Get-CsRgsWorkflow, Get-CsRgsQueue and similar " +
			"cmdlets list for both pools.",
		Source: resilience.Docs2013 + "Planning for Response Group disaster recovery",
	},
	{
		ID: "PP-RGS19", Severity: resilience.Error, Versions: "19+SE",
		Statement: "The backup of response groups, EnableRgsBackupService, needs both pools at cumulative update 1 " +
			"of Skype for Business Server 2019 or later, and the Response Group database on both Back Ends.",
		Why: "Neither the update level of a server nor this setting is in the topology. Check both pools before you " +
			"turn it on with Set-CsBackupServiceConfiguration.",
		Source: resilience.Docs2019 + "Backup of Response Group data (backup-rgs-data)",
	},
	{
		ID: "PP-GEO", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "The simple URLs for meetings and dial-in best have geographic DNS entries that lead to both " +
			"members of a pair.",
		Why: "DNS is not in the topology. Look at the entries of the simple URLs that Get-CsSimpleUrlConfiguration " +
			"lists.",
		Source: resilience.Docs2013 + "DNS requirements for simple URLs",
	},
	{
		ID: "PP-ACTIVE", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "Both members of a pair may home users, and neither has to stand by idle.",
		Why:       "The rule states what is allowed.",
		Source:    resilience.SourceDisaster,
	},
}
