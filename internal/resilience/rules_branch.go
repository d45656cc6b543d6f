package resilience

import "slices"

// branchRules are the rules about Survivable Branch Appliances and Servers, and about references in general.
var branchRules = []Rule{
	{
		ID: "BR-EXIST", Severity: Error, Versions: "all",
		Title:     "Appliance not in the topology",
		Statement: "The published topology must define an appliance before its backup can be declared.",
		Source:    sourceProvider,
		branch:    applianceMissing,
	},
	{
		ID: "BR-ONE", Severity: Error, Versions: "all", PreventsBranchAdoption: true,
		Title: "Appliance without exactly one pool",
		Statement: "An appliance must have exactly one pool, which is both its backup registrar and the pool of its " +
			"user services.",
		Source:  Docs2013 + "Connect a Survivable Branch Appliance; " + SourceApplianceHelp,
		branch:  notOnePool,
		finding: appliancesWithoutOnePool,
	},
	{
		ID: "BR-KIND", Severity: Error, Versions: "all",
		Title: "Appliance's pool is not a Front End pool",
		Statement: "The pool of an appliance must be an Enterprise Edition Front End pool or a Standard Edition " +
			"server.",
		Source:  sourceRegistrarHelp,
		branch:  ofBranch(onNoFrontEnd),
		finding: ofAppliances(onNoFrontEnd),
	},
	{
		ID: "BR-V13-10", Severity: Error, Versions: "13 appliance, 10 pool",
		Title:     "Lync 2013 appliance on a Lync 2010 pool",
		Statement: "A Lync Server 2013 appliance cannot have a Lync Server 2010 pool.",
		Source:    Docs2013 + "Add Lync Server 2013 Survivable Branch Appliance branch site to your topology",
		branch:    ofBranch(on2010),
		finding:   ofAppliances(on2010),
	},
	{
		ID: "BR-NODR", Severity: Error, Versions: "13 15 19+SE",
		Title: "Second backup of an appliance",
		Statement: "An appliance can have only one backup, because it does not follow its pool to the partner of " +
			"that pool.",
		Source:  sourceRegistrars,
		branch:  secondBackupOfBranch,
		finding: appliancesWithSecondBackup,
	},
	{
		ID: "BR-SITE", Severity: Error, Versions: "all",
		Title:     "Not an appliance in a branch site",
		Statement: "An appliance must be in a branch site. A branch site belongs to one central site.",
		Source:    Docs2013 + "Sites",
		branch:    notAnAppliance,
		finding:   misplacedAppliances,
	},
	{
		// that part of the format is unverified
		ID: "BR-CENTRAL", Severity: Unsupported, Versions: "13 15 19+SE", staysWarning: true,
		Title:     "Appliance on a pool of another central site",
		Statement: "The pool of an appliance must be in the central site of the appliance's branch site.",
		Source:    sourceSupported2013,
		branch:    unlessExisting(ofBranch(ofOtherSite)),
		finding:   ofAppliances(ofOtherSite),
	},
	{
		ID: "BR-TWO", Severity: Unsupported, Versions: "13 15 19+SE", OncePerWalk: true,
		Title:     "More than two appliances in a branch site",
		Statement: "A branch site can have at most two appliances.",
		Source:    SourceVoice,
		branch:    moreThanTwo,
		finding:   crowdedSites,
	},
	{
		ID: "BR-VGT", Severity: Unsupported, Versions: "all", WarningWhen: "among 2019 and later versions",
		Title:     "Appliance of a later version than its pool",
		Statement: "An appliance must have the product version of its pool, or an earlier version.",
		Source: "inferred from " + Docs2013 + "Add Lync Server 2013 Survivable Branch Appliance branch site to your " +
			"topology",
		branch:  unlessExisting(warningUnderOneRule(ofBranch(laterThanPool))),
		finding: ofAppliances(laterThanPool),
	},
	{
		ID: "BR-MOVE", Severity: Discouraged, Versions: "all",
		Title: "Appliance moved to another pool",
		Statement: "Before an appliance moves to another pool, its users should be moved to a Front End pool and its " +
			"services stopped.",
		Source: Docs2013 + "Appendix B: Managing a Survivable Branch Appliance",
		branch: moved,
	},
	{
		ID: "BR-MIGRATE", Severity: Discouraged, Versions: "10 to 13, 13 15 to 19+SE",
		Title: "Appliance moved to a pool of another version",
		Statement: "In a side-by-side migration, an appliance should be deleted from the topology and added again " +
			"under the new pool.",
		Source: Docs2019 + "Connect a Survivable Branch Appliance (migration)",
		branch: migrated,
	},
	{
		ID: "BR-NODANGLE", Severity: Error, Versions: "all",
		Title: "Reference to a service that does not resolve",
		Statement: "The topology must have every service that another service depends on or names as its backup, and " +
			"every cluster that a service is installed on. Each service and each cluster must have an identity of " +
			"its own.",
		Source: "Lync Server 2010 documentation, Topology Builder (gg195767); the check on every reference is this " +
			"provider's",
		finding: func(s survey) []Violation {
			return slices.Concat(unresolved(s), repeated(s), onNoCluster(s), repeatedClusters(s), withoutDatabase(s))
		},
	},
}
