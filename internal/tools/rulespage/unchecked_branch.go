package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedBranch are the rules about Survivable Branch Appliances and Servers that are not checked.
var uncheckedBranch = []uncheckedRule{
	{
		ID: "BR-SIZE", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "A Survivable Branch Appliance should serve 25 to 1,000 users, a Survivable Branch Server or two " +
			"appliances 1,000 to 2,000, and a branch that has more users, or needs presence and conferencing, should " +
			"be a central site with a Standard Edition server.",
		Why: "The number of users of an appliance is not in the topology. Count the users with Get-CsUser and its " +
			"filter on RegistrarPool.",
		Source: resilience.Docs2013 + "Branch-site resiliency solutions; contradictory: Sites has 1,000 to 5,000 for " +
			"a Survivable Branch Server",
	},
	{
		ID: "BR-V10-13", Severity: resilience.Info, Versions: "10 appliance, 13 pool",
		Statement: "A Lync Server 2010 appliance can have a Lync Server 2013 pool if it is defined under the Lync " +
			"Server 2010 node of its branch site.",
		Why:    "The rule states what is allowed.",
		Source: resilience.Docs2013 + "Add Lync Server 2010 Survivable Branch Appliance branch site to your topology",
	},
	{
		ID: "BR-V-15", Severity: resilience.Info, Versions: "10 13 appliance, 15 pool",
		Statement: "A Lync Server 2010 or 2013 appliance can have a Skype for Business Server 2015 pool, but the " +
			"appliance itself cannot be upgraded in place.",
		Why:    "The rule states what is allowed, and this provider does not upgrade pools.",
		Source: resilience.SourceUpgrade,
	},
	{
		ID: "BR-V-19", Severity: resilience.Discouraged, Versions: "19+SE",
		Statement: "An appliance of a Skype for Business Server 2019 pool should run the Survivable Branch Appliance " +
			"2015 software, and an older appliance should be defined under the node of its own version.",
		Why: "This provider does not refuse an appliance that Topology Builder defines with version 2019. In " +
			"Topology Builder, choose the node that matches the software on the appliance.",
		Source: sourceNeeds2019 + "; contradictory: the migration topic Connect a Survivable Branch Appliance " +
			"describes an appliance of 2019",
	},
	{
		ID: "BR-V10-19", Severity: resilience.Unsupported, Versions: "10 appliance, pool of 19+SE",
		Statement: "A Lync Server 2010 appliance cannot have a pool of Skype for Business Server 2019 or later, " +
			"because these versions coexist only with Lync Server 2013 and Skype for Business Server 2015.",
		Why: "No topic describes this combination, so a check would have no source. Replace the appliance before you " +
			"migrate its pool.",
		Source: "inferred from " + resilience.Docs2019 + "Migration to Skype for Business Server 2019",
	},
	{
		ID: "BR-MON10", Severity: resilience.Error, Versions: "10 appliance",
		Statement: "A Lync Server 2010 appliance can use only a Lync Server 2010 monitoring store.",
		Why: "This provider does not check or change monitoring stores. See the properties of the appliance in " +
			"Topology Builder.",
		Source: resilience.Docs2013 + "Connect a Survivable Branch Appliance; the 2019 version of the text omits the " +
			"number 2010",
	},
	{
		ID: "BR-INPLACE", Severity: resilience.Info, Versions: "13 to 15",
		Statement: "During an in-place upgrade of its pool, an appliance keeps its users, and they are in resiliency " +
			"mode until the upgrade is complete.",
		Why: "A fact about the product. A topology contains nothing to check. BR-MIGRATE covers side-by-side " +
			"migration.",
		Source: resilience.SourceUpgrade,
	},
	{
		ID: "BR-CSITE", Severity: resilience.Error, Versions: "all",
		Statement: "The branch sites of a central site must be removed before the central site.",
		Why:       "This provider does not remove sites. Remove them in Topology Builder in this order.",
		Source:    "Lync Server 2010 documentation (gg195758); assumed for later versions",
	},
	{
		ID: "BR-FQDN", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "The computer account of a Survivable Branch Appliance, but not of a Survivable Branch Server, " +
			"must have the name of the appliance in the HOST entry of servicePrincipalName, and " +
			"RTCUniversalSBATechnicians must have permission to join the account to the domain.",
		Why:    "Active Directory is not in the topology. Check the computer account before you deploy the appliance.",
		Source: resilience.Docs2013 + "Define a Survivable Branch Appliance or Server",
	},
	{
		ID: "BR-RENAME", Severity: resilience.Error, Versions: "all",
		Statement: "The name of an appliance can be changed only until the topology is published for the first time.",
		Why: "This provider does not rename appliances. A new name in lync_branch_backup means another appliance: " +
			"Terraform replaces the resource, and the topology must have that appliance (BR-EXIST).",
		Source: resilience.TopologyHelp + "Survivable Branch Appliance, scope node",
	},
	{
		ID: "BR-MED", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "A Mediation Server always runs on an appliance and cannot be turned off.",
		Why:       "This provider does not add or remove roles, and Topology Builder does not offer this change.",
		Source:    resilience.TopologyHelp + "Survivable Branch Appliance, general settings",
	},
	{
		ID: "BR-ORDER", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "Before an appliance is deployed, its central site should be deployed, the link to that site " +
			"should be up, and the users of the branch should be enabled for Enterprise Voice.",
		Why:    "The topology does not contain the state of sites, links and users. Deploy the central site first.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "BR-POLICY", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "Users of a branch should have their own dial plan and voice policy, because otherwise those of " +
			"the central site apply on the backup pool and calls can fail.",
		Why: "Users and their policies are not in the topology. Check DialPlan and VoicePolicy in the output of " +
			"Get-CsUser for the users of the appliance.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "BR-LBR", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "With Location-Based Routing, the gateway of an appliance should be in the network site of the " +
			"appliance.",
		Why: "Network sites are not in the topology. Compare the output of Get-CsNetworkSite and Get-CsNetworkSubnet " +
			"with the addresses of the gateway and the appliance.",
		Source: resilience.Docs2013 + "Technical considerations for Location-Based Routing",
	},
	{
		ID: "BR-PORT", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "These ports should be open: TCP 444 between an appliance and the Front End Servers, 5088 and " +
			"5089 on the appliance for mobility, and by default 5081 (TCP) and 5082 (TLS) for its gateway.",
		Why:    "Firewalls are not in the topology. Test the connections from the branch and from the central site.",
		Source: resilience.Docs2013 + "Ports and protocols for internal servers",
	},
	{
		ID: "BR-DNS", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "If a branch has no DNS server, the hosts file of the Survivable Branch Server should list the " +
			"pool and the Edge Server of the central site, and clients should find the server through DHCP.",
		Why: "DNS, DHCP and hosts files are not in the topology. Check them in the branch: DHCP option 120, or the " +
			"DHCP service of the Registrar.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "BR-TLS", Severity: resilience.Unsupported, Versions: "15 19",
		Statement: "If TLS 1.0 and 1.1 are disabled, an appliance must run Skype for Business Server 2015 with the " +
			"second hotfix of cumulative update 6 or later, and a Lync Server 2013 appliance cannot be used.",
		Why: "The update level and the TLS settings of an appliance are not in the topology. Check both before you " +
			"disable TLS 1.0 and 1.1.",
		Source: resilience.DocsSkype + "Disable TLS 1.0/1.1",
	},
	{
		ID: "BR-CERT", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "The subject of the certificate of an appliance should be its name, never a wildcard, and the " +
			"alternative names should include sip.<domain> for each SIP domain, where the use of a wildcard is not " +
			"documented.",
		Why:    "Certificates are not in the topology. Run Get-CsCertificate on the appliance.",
		Source: sourceNeeds2019 + "; " + resilience.Docs2013 + "Wildcard certificate support",
	},
	{
		ID: "BR-XMPP", Severity: resilience.Info, Versions: "13 15",
		Statement: "Users of an appliance cannot use XMPP, create chat rooms or open room cards.",
		Why:       "A fact about the product. A topology contains nothing to check.",
		Source:    resilience.Docs2013 + "Branch-site resiliency features",
	},
}
