package main

import "github.com/lync-iac/terraform-provider-lync/internal/resilience"

// uncheckedBranch are the rules about Survivable Branch Appliances and Servers that are not checked.
var uncheckedBranch = []uncheckedRule{
	{
		ID: "BR-SIZE", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "A Survivable Branch Appliance is for 25 to 1,000 users, a Survivable Branch Server or two " +
			"appliances for 1,000 to 2,000, and a branch with more users, or in need of presence and conferencing, " +
			"has a Standard Edition server in a central site of its own.",
		Why: "The number of users of an appliance is not in the topology. Count the users with Get-CsUser and its " +
			"filter on RegistrarPool.",
		Source: resilience.Docs2013 + "Branch-site resiliency solutions; contradictory: Sites has 1,000 to 5,000 for " +
			"a Survivable Branch Server",
	},
	{
		ID: "BR-V10-13", Severity: resilience.Info, Versions: "10 appliance, 13 pool",
		Statement: "A Lync Server 2010 appliance may have a Lync Server 2013 pool, and is defined under the Lync " +
			"Server 2010 node of its branch site.",
		Why:    "The rule states what is allowed.",
		Source: resilience.Docs2013 + "Add Lync Server 2010 Survivable Branch Appliance branch site to your topology",
	},
	{
		ID: "BR-V-15", Severity: resilience.Info, Versions: "10 13 appliance, 15 pool",
		Statement: "An appliance of Lync Server 2010 or 2013 may have a pool of Skype for Business Server 2015, but " +
			"cannot be upgraded in place itself.",
		Why:    "The rule states what is allowed, and this provider does not upgrade pools.",
		Source: resilience.SourceUpgrade,
	},
	{
		ID: "BR-V-19", Severity: resilience.Discouraged, Versions: "19+SE",
		Statement: "The appliance software for a pool of Skype for Business Server 2019 is Survivable Branch " +
			"Appliance 2015, and an older appliance is defined under the node of its version.",
		Why: "An appliance is defined in Topology Builder, and this provider does not refuse one that is of version " +
			"2019 there. Choose the node by the software on the appliance.",
		Source: sourceNeeds2019 + "; contradictory: the migration topic Connect a Survivable Branch Appliance " +
			"describes an appliance of 2019",
	},
	{
		ID: "BR-V10-19", Severity: resilience.Unsupported, Versions: "10 appliance, pool of 19+SE",
		Statement: "A Lync Server 2010 appliance has no pool of Skype for Business Server 2019 or later, which " +
			"coexist with Lync Server 2013 and Skype for Business Server 2015 only.",
		Why: "No topic describes this combination, so that a check has no source. Replace such an appliance before " +
			"its pool is migrated.",
		Source: "inferred from " + resilience.Docs2019 + "Migration to Skype for Business Server 2019",
	},
	{
		ID: "BR-MON10", Severity: resilience.Error, Versions: "10 appliance",
		Statement: "A Lync Server 2010 appliance uses a Lync Server 2010 monitoring store and no other.",
		Why: "This provider does not check monitoring stores and never changes that of an appliance. See the " +
			"properties of the appliance in Topology Builder.",
		Source: resilience.Docs2013 + "Connect a Survivable Branch Appliance; the text of 2019 lost the number 2010",
	},
	{
		ID: "BR-INPLACE", Severity: resilience.Info, Versions: "13 to 15",
		Statement: "When its pool is upgraded in place an appliance and its users stay, and are in resiliency mode " +
			"until the upgrade is done.",
		Why: "A fact about the product. A topology contains nothing to check. BR-MIGRATE is about pools that are " +
			"migrated side by side.",
		Source: resilience.SourceUpgrade,
	},
	{
		ID: "BR-CSITE", Severity: resilience.Error, Versions: "all",
		Statement: "The branch sites of a central site are removed before the central site itself.",
		Why:       "This provider removes no sites. Remove them in Topology Builder in that order.",
		Source:    "Lync Server 2010 documentation (gg195758); assumed for later versions",
	},
	{
		ID: "BR-FQDN", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "The name of a Survivable Branch Appliance is the one in the HOST entry of servicePrincipalName " +
			"of its computer account, which RTCUniversalSBATechnicians may join to the domain; a Survivable Branch " +
			"Server needs none of this.",
		Why: "Active Directory is not in the topology. Look at the computer account before the appliance is " +
			"deployed.",
		Source: resilience.Docs2013 + "Define a Survivable Branch Appliance or Server",
	},
	{
		ID: "BR-RENAME", Severity: resilience.Error, Versions: "all",
		Statement: "The name of an appliance can be changed only until the topology is published for the first time.",
		Why: "This provider does not rename appliances. A new name in lync_branch_backup is another appliance, so " +
			"the resource is replaced, and that appliance has to be in the topology (BR-EXIST).",
		Source: resilience.TopologyHelp + "Survivable Branch Appliance, scope node",
	},
	{
		ID: "BR-MED", Severity: resilience.Error, Versions: "13 15 19",
		Statement: "A Mediation Server always runs on an appliance and cannot be switched off there.",
		Why:       "This provider adds and removes no roles, and Topology Builder does not offer it.",
		Source:    resilience.TopologyHelp + "Survivable Branch Appliance, general settings",
	},
	{
		ID: "BR-ORDER", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "Before an appliance is deployed, its central site is deployed, the link to that site is up, and " +
			"the users of the branch are enabled for Enterprise Voice.",
		Why:    "What is deployed or up is not in the topology. Deploy the central site first.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "BR-POLICY", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "Users of a branch have a dial plan and a voice policy of their own, because on the backup pool " +
			"those of the central site would hold otherwise and calls could fail.",
		Why: "Users and their policies are not in the topology. Look at DialPlan and VoicePolicy of Get-CsUser for " +
			"the users of the appliance.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "BR-LBR", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "With Location-Based Routing the gateway of an appliance is in the network site of the appliance.",
		Why: "Network sites are not in the topology. Compare Get-CsNetworkSite and Get-CsNetworkSubnet with the " +
			"addresses of both.",
		Source: resilience.Docs2013 + "Technical considerations for Location-Based Routing",
	},
	{
		ID: "BR-PORT", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "TCP port 444 is open between an appliance and the Front End Servers, ports 5088 and 5089 of the " +
			"appliance for mobility, and 5081 (TCP) and 5082 (TLS) for its gateway by default.",
		Why:    "Firewalls are not in the topology. Test the connections from the branch and from the central site.",
		Source: resilience.Docs2013 + "Ports and protocols for internal servers",
	},
	{
		ID: "BR-DNS", Severity: resilience.Discouraged, Versions: "13 15",
		Statement: "Where a branch has no DNS server, the hosts file of the Survivable Branch Server has the pool " +
			"and the Edge Server of the central site, and clients find it by DHCP.",
		Why: "DNS, DHCP and hosts files are not in the topology. Look at them in the branch: DHCP option 120, or the " +
			"DHCP of the Registrar.",
		Source: resilience.SourceVoice,
	},
	{
		ID: "BR-TLS", Severity: resilience.Unsupported, Versions: "15 19",
		Statement: "Where TLS 1.0 and 1.1 are off, an appliance has Skype for Business Server 2015 with the second " +
			"hotfix of cumulative update 6 or later; one of Lync Server 2013 cannot be used.",
		Why: "Neither the update level of an appliance nor its TLS settings are in the topology. Check both before " +
			"you turn TLS 1.0 and 1.1 off.",
		Source: resilience.DocsSkype + "Disable TLS 1.0/1.1",
	},
	{
		ID: "BR-CERT", Severity: resilience.Discouraged, Versions: "13 15 19",
		Statement: "The certificate of an appliance has its name as subject, never a wildcard, and the name sip in " +
			"each SIP domain as alternative names; whether a wildcard may be one of those is not documented.",
		Why:    "Certificates are not in the topology. Look at Get-CsCertificate on the appliance.",
		Source: sourceNeeds2019 + "; " + resilience.Docs2013 + "Wildcard certificate support",
	},
	{
		ID: "BR-XMPP", Severity: resilience.Info, Versions: "13 15",
		Statement: "Users of an appliance have no XMPP, and can neither create chat rooms nor open room cards.",
		Why:       "A fact about the product. A topology contains nothing to check.",
		Source:    resilience.Docs2013 + "Branch-site resiliency features",
	},
}
