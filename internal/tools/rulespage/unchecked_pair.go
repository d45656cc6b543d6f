package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedPair are the rules about pairs of Front End pools that are not checked.
var uncheckedPair = []uncheckedRule{
	{
		ID: "PP-OPTIONAL", Severity: resilience.Info, Versions: "all",
		Statement: "A pool does not have to be in a pair.",
		Why:       "The rule states what is allowed.",
		Source:    sourceDeploySkype,
	},
	{
		ID: "PP-NOTB", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "Topology Builder and its validation accept a pair whose members differ in edition, hardware or " +
			"operating system.",
		Why: "A fact about the product. For this reason this provider checks PP-EDITION, and, with an inventory, " +
			"PP-VIRT and PP-OS.",
		Source: resilience.SourceOptions2013,
	},
	{
		ID: "PP-SQLHA", Severity: resilience.Unsupported, Versions: "13 15 19+SE",
		Statement: "If the Back End of one member has a high availability solution, the Back End of the other member " +
			"must have the same solution.",
		Why: "This provider does not read the high availability solution of a Back End from a topology. Compare the " +
			"SQL Server stores of both pools in Topology Builder.",
		Source: sourceBackEnd + "; " + resilience.Docs2013 + "Back End Server high availability",
	},
	{
		ID: "PP-SEHA", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "A pair of Standard Edition servers provides disaster recovery only, and its databases cannot " +
			"have a high availability solution.",
		Why:    "This provider does not read or set up the high availability solution of a database.",
		Source: resilience.SourceOptions2013 + "; assumed for later versions",
	},
	{
		ID: "PP-MIRROR19", Severity: resilience.Unsupported, Versions: "19+SE",
		Statement: "As of Skype for Business Server 2019, SQL Server mirroring of a Back End is not supported.",
		Why: "This provider does not read the high availability solution of a Back End from a topology. Look for " +
			"mirrors with Get-CsDatabaseMirrorState.",
		Source: sourceBackEnd,
	},
	{
		ID: "PP-SEALT", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "With only two servers, a pair of Standard Edition servers is preferable to one Enterprise " +
			"Edition pool of two Front End Servers.",
		Why: "A recommendation for the design of a deployment. The advice of PP-FE2-19 and PP-SYNC3 repeats it when " +
			"a plan pairs such a pool.",
		Source: resilience.Docs2013 + "Topologies and components for Front End Servers",
	},
	{
		ID: "PP-FEEQ", Severity: resilience.Info, Versions: "all",
		Statement: "The members of a pair can have different numbers of Front End Servers if their capacity is " +
			"sufficient.",
		Why:    "The rule states what is allowed. See PP-CAP for the capacity.",
		Source: "inferred from the documentation on pool pairing, which never requires equal numbers",
	},
	{
		ID: "PP-STRETCH", Severity: resilience.Unsupported, Versions: "13 15 19+SE",
		Statement: "The servers of one pool must be in one data center, because only Lync Server 2010 supported two " +
			"data centers, with a round trip of at most 20 ms, 1 Gbps and synchronous replication.",
		Why: "The data center of a server is not in the topology.",
		Source: resilience.Docs2013 + "Compatibility with Lync Server 2010 metropolitan site resiliency; Lync Server " +
			"2010 documentation (gg679096)",
	},
	{
		ID: "PP-SMB", Severity: resilience.Discouraged, Versions: "13 15 19+SE",
		Statement: "Every Front End Server of a member must reach the file store of the other member on TCP port " +
			"445, over a private link or through IPsec, because the traffic is not encrypted.",
		Why: "Networks are not in the topology. Test the connection from the Front End Servers of both pools, and " +
			"make sure that the link is private or uses IPsec.",
		Source: resilience.SourceDisaster,
	},
	{
		ID: "PP-DNS", Severity: resilience.Discouraged, Versions: "10 13 15 19+SE",
		Statement: "The internal DNS should have an SRV record for sign-in to each of the two pools, with different " +
			"priorities, so that clients also find the backup registrar.",
		Why:    "DNS is not in the topology. Look up the SRV records from inside the network.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "PP-CPS", Severity: resilience.Discouraged, Versions: "13 15 19+SE",
		Statement: "If one member of a pair has Call Park or Group Call Pickup, the other member should also have " +
			"Call Park deployed and enabled, and each should have its own orbit range.",
		Why: "Orbit ranges are not in the topology, and this provider does not check the applications of a pool. See " +
			"Get-CsCallParkOrbit, and Topology Builder for the applications.",
		Source: resilience.Docs2013 + "Planning for Call Park disaster recovery",
	},
	{
		ID: "PP-RGSNAME", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "Workflows, queues, agent groups, holiday sets and business hours of the Response Group " +
			"application must have names that are unique in the deployment, because otherwise their import into the " +
			"backup pool fails.",
		Why: "Response groups are not in the topology. Compare the output of Get-CsRgsWorkflow, Get-CsRgsQueue and " +
			"similar cmdlets for both pools.",
		Source: resilience.Docs2013 + "Planning for Response Group disaster recovery",
	},
	{
		ID: "PP-RGS19", Severity: resilience.Error, Versions: "19+SE",
		Statement: "The backup of response groups (EnableRgsBackupService) requires cumulative update 1 of Skype for " +
			"Business Server 2019 or later on both pools, and the Response Group database on both Back Ends.",
		Why: "The update level of a server and the setting are not in the topology. Check both pools before you " +
			"enable the backup with Set-CsBackupServiceConfiguration.",
		Source: resilience.Docs2019 + "Backup of Response Group data (backup-rgs-data)",
	},
	{
		ID: "PP-GEO", Severity: resilience.Info, Versions: "13 15 19",
		Statement: "The simple URLs for meetings and dial-in should have geographic DNS entries for both members of " +
			"a pair.",
		Why: "DNS is not in the topology. Check the DNS entries of the simple URLs that Get-CsSimpleUrlConfiguration " +
			"lists.",
		Source: resilience.Docs2013 + "DNS requirements for simple URLs",
	},
	{
		ID: "PP-ACTIVE", Severity: resilience.Info, Versions: "13 15 19+SE",
		Statement: "Both members of a pair can home users.",
		Why:       "The rule states what is allowed.",
		Source:    resilience.SourceDisaster,
	},
}
