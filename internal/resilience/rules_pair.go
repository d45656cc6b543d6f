package resilience

import "github.com/lync-iac/terraform-provider-lync/internal/topology"

// pairRules are the rules about pairs of Front End pools.
var pairRules = []Rule{
	{
		ID: "PP-SELF", Severity: Error, Versions: "all",
		Title: "Pool paired with itself",
		Statement: "The two members of a pair are different pools; letter case and a trailing dot do not make them " +
			"different.",
		Source:  "inferred from " + SourceDisaster + ": a pool is the backup of another pool",
		finding: ownPartners,
	},
	{
		ID: "PP-EXIST", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Pool not in the topology",
		Statement: "Both members of a pair are defined in the topology before they are paired.",
		Source:    sourceDeploy2013,
		create:    membersMissing,
		branch:    branchPoolMissing,
	},
	{
		ID: "PP-KIND", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Not a Front End pool",
		Statement: "Both members of a pair are Enterprise Edition Front End pools or Standard Edition servers.",
		Source:    TopologyHelp + "Front End pool, general settings",
		create:    membersOfNoKind,
		finding:   notFrontEnds,
	},
	{
		ID: "PP-NODIR", Severity: Error, Versions: "all",
		Title:     "Director in a pair",
		Statement: "A Director or Director pool, which homes no users, cannot be a member of a pair.",
		Source:    Docs2013 + "Scenarios for the Director; Topology Builder help, Director, general settings",
		create:    membersOfKind(director),
		finding:   partnersOfKind(topology.KindDirector),
	},
	{
		ID: "PP-NOEDGE", Severity: Error, Versions: "13 15 19+SE",
		Title: "Edge pool in a pair",
		Statement: "An Edge pool cannot be a member of a pair; several Edge pools in several sites are its disaster " +
			"recovery.",
		Source:  Docs2013 + "Edge Server disaster recovery",
		create:  membersOfKind(edgePool),
		finding: partnersOfKind(topology.KindEdge),
	},
	{
		ID: "PP-NOPCHAT", Severity: Error, Versions: "13 15",
		Title: "Persistent Chat pool in a pair",
		Statement: "A Persistent Chat pool cannot be a member of a pair; its disaster recovery is a pool stretched " +
			"over two sites.",
		Source:  Docs2013 + "Using a stretched Persistent Chat Server pool for disaster recovery",
		create:  membersOfKind(persistentChat),
		finding: partnersOfKind(topology.KindPersistentChat),
	},
	{
		ID: "PP-NOSBA", Severity: Error, Versions: "all",
		Title: "Branch appliance in a pair",
		Statement: "A Survivable Branch Appliance or Server has a pool as its backup, and is neither a member of a " +
			"pair nor the backup of a pool.",
		Source:  TopologyHelp + "Front End pool, general settings, and Registrar settings",
		create:  membersOfKind(appliance),
		finding: partnersOfKind(topology.KindAppliance),
	},
	{
		ID: "PP-10-13", Severity: Error, Versions: "10 with 13 15 19+SE", PreventsPairAdoption: true,
		Title: "Lync Server 2010 pool where a later one is needed",
		Statement: "Pool pairing begins with Lync Server 2013: a Lync Server 2010 pool is not in a pair, and no " +
			"backup registrar relationship crosses from it to a later pool.",
		Source: "inferred from " + Docs2013 + "Planning for Front End pool pairing: the backup service is new in " +
			"Lync Server 2013",
		create:  members2010,
		finding: crossings2010,
	},
	{
		ID: "PP-FE2-19", Severity: Error, Versions: "19+SE",
		Title: "Enterprise Edition pool of two Front End Servers",
		Statement: "From Skype for Business Server 2019 on, a topology with an Enterprise Edition pool of exactly " +
			"two Front End Servers cannot be published.",
		Source:  sourceAvailability,
		create:  membersOfTwoServers,
		finding: poolsOfTwoServers,
	},
	{
		ID: "PP-STORE", Severity: Error, Versions: "13 15 19+SE",
		Title: "Pool without exactly one file store",
		Statement: "Each member of a pair has exactly one file store, because its backup service depends on that " +
			"file store.",
		Source:  sourceProvider,
		create:  membersWithoutStore,
		finding: poolsWithoutStore,
	},
	{
		ID: "PP-FREE", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Pool is not free",
		Statement: "When a pair is created, neither of its members has a partner or a remainder of a former pair.",
		Source:    sourceDeploy2013,
		create:    membersNotFree,
		finding:   poolsWithRemainders,
	},
	{
		ID: "PP-ONE", Severity: Error, Versions: "13 15 19+SE", PreventsPairAdoption: true,
		Title:     "Many-to-one backup relationship",
		Statement: "A pool is in one pair at most, and no other Front End pool names it as its backup.",
		Source:    SourceDisaster + "; " + sourceRegistrars,
		finding:   linkedToSeveral,
	},
	{
		ID: "PP-VERSION", Severity: Error, OtherSeverity: Unsupported, OtherWhen: "of a pair that exists, and " +
			"among 2019 and later versions",
		WarningWhen: "among 2019 and later versions",
		Versions:    "13 15 19+SE",
		Title:       "Members of different versions",
		Statement: "Both members of a pair run the same product version; failover in disaster mode to a pool of " +
			"another version is not supported.",
		Source:  SourceUpgrade,
		create:  ofNewPair(versionsDiffer),
		finding: ofPairs(withSeverity(Unsupported, versionsDiffer)),
	},
	{
		ID: "PP-RECIP", Severity: Error, Versions: "13 15 19+SE", PreventsPairAdoption: true,
		Title:     "One-way backup relationship",
		Statement: "If one pool names another as its backup, the other names the first.",
		Source:    sourceRegistrars + "; " + SourceDisaster,
		finding:   oneWay,
	},
	{
		ID: "PP-WHOLE", Severity: Error, Versions: "13 15 19+SE", PreventsPairAdoption: true,
		Title: "Incomplete pair",
		Statement: "Each member of a pair names the other as its backup registrar, and has a backup service that " +
			"depends on the other's.",
		Source:  sourceProvider,
		finding: ofPairs(incomplete),
	},
	{
		ID: "PP-2010", Severity: Info, Versions: "10", Allowance: true,
		Title:     "Backup registrars among Lync Server 2010 pools",
		Statement: "Several Lync Server 2010 pools may name the same backup registrar, which need not name them.",
		Source:    sourceRegistrars,
	},
	{
		ID: "PP-SBAFREE", Severity: Info, Versions: "all", Allowance: true,
		Title: "Appliances do not count as partners",
		Statement: "A pool in a pair can be the backup registrar of any number of Survivable Branch Appliances as " +
			"well.",
		Source: sourceRegistrars,
	},
	{
		ID: "BR-ANY", Severity: Info, Versions: "all", Allowance: true,
		Title:     "Any number of appliances on one pool",
		Statement: "The number of appliances on one pool is not limited.",
		Source:    SourceVoice,
	},
	{
		ID: "BR-PAIRFREE", Severity: Info, Versions: "all", Allowance: true,
		Title: "An appliance's pool need not be in a pair",
		Statement: "The pool of an appliance may be in a pair or not, and pairing it changes nothing for the " +
			"appliance.",
		Source: "inferred from " + sourceRegistrars,
	},
	{
		ID: "CM-STAY", Severity: Info, Versions: "13 15 19+SE", Allowance: true,
		Title:     "Central Management on either member",
		Statement: "After Central Management was failed over to the other member of its pair it may stay there.",
		Source:    SourceDisaster,
	},
	{
		ID: "PP-EDITION", Severity: Unsupported, Versions: "13 15 19+SE",
		Title:     "Members of different editions",
		Statement: "Both members of a pair are Enterprise Edition pools, or both are Standard Edition servers.",
		Source:    SourceOptions2013,
		create:    ofNewPair(editionsDiffer),
		finding:   ofPairs(editionsDiffer),
	},
	{
		ID: "PP-SITE", Severity: Discouraged, Versions: "10 13 15 19+SE",
		Title:     "Members in one site",
		Statement: "The members of a pair are in different central sites.",
		IgnoreIf:  "the deployment has only one site",
		Source:    SourceVoice,
		create:    ofNewPair(sameSite),
		finding:   ofPairs(sameSite),
	},
	{
		ID: "PP-SYNC3", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Paired pool with fewer than three Front End Servers",
		Statement: "After pairing, three Front End Servers of an Enterprise Edition pool run together at some time, " +
			"so that its data can synchronize.",
		Source:  Docs2013 + "Topologies and components for Front End Servers",
		create:  smallMembers,
		finding: smallPairedPools,
	},
	{
		ID: "PP-SHARED", Severity: Discouraged, OtherSeverity: Error, OtherWhen: "with both databases on one SQL " +
			"Server instance", Versions: "13 15 19+SE",
		Title: "Members share a database server or file store",
		Statement: "The members of a pair have their user databases on different SQL Servers and their files in " +
			"different file stores, so that one failure does not affect both.",
		Source:  sourceProvider,
		create:  ofNewPair(shared),
		finding: ofPairs(shared),
	},
	{
		ID: "PP-SHAPE", Severity: Unsupported, Versions: "15 19+SE", WarningWhen: "for a version later than 2019",
		Title: "Shape of a pair not known for this version",
		Statement: "The first pair of a version other than Lync Server 2013 is made with Topology Builder, so that " +
			"others can follow the shape it wrote.",
		Source: sourceProvider,
		create: shapeUnknown,
	},
	{
		ID: "PP-RENAME", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Pair removed and created again in one plan",
		Statement: "A pair that stays is not removed by one declaration and created by another: this rewrites a " +
			"relationship that works.",
		Source: sourceProvider,
	},
	{
		ID: "PP-FE3", Severity: Discouraged, Versions: "13 15",
		Title:     "Enterprise Edition pool with fewer than three Front End Servers",
		Statement: "An Enterprise Edition pool has three Front End Servers or more.",
		Source:    sourceAvailability,
		finding:   smallUnpairedPools,
	},
	{
		ID: "PP-VIRT", Severity: Unsupported, Versions: "13 15 19+SE", inventoried: true,
		Title:     "Physical and virtual members",
		Statement: "The Front End Servers of both members of a pair are all physical, or all virtual.",
		Source:    SourceOptions2013,
		finding:   hardwareDiffers,
	},
	{
		ID: "PP-OS", Severity: Unsupported, Versions: "13 15 19+SE", inventoried: true,
		Title: "Members on different operating systems",
		Statement: "Both members of a pair run the same operating system; whether release and service level have to " +
			"be the same, is not documented.",
		Source:  SourceOptions2013 + ", as revised in March 2017; the revision of February 2013 does not have it",
		finding: systemsDiffer,
	},
	{
		ID: "PP-CAP", Severity: Discouraged, Versions: "13 15 19+SE", inventoried: true,
		Title: "Member cannot carry the users of both",
		Statement: "Each member of a pair can carry the users of both alone, and the users of the appliances of both " +
			"count as well. How many a pool can carry is in PP-CAPNUM.",
		Source:  SourceOptions2013 + "; " + sourceModels2013,
		finding: membersTooSmall,
	},
	{
		ID: "PP-CAPNUM", Severity: Discouraged, Versions: "13 15 19", inventoried: true,
		Title: "Pool above the documented figures",
		Statement: "A pool has at most 80,000 users, 40,000 of them its own when it is paired, and 12 Front End " +
			"Servers, from Skype for Business Server 2019 on 106,000, 53,000 and 16; there is one Front End Server " +
			"for every 6,660 users with hyper-threading on, and a Standard Edition server has at most 2,500 " +
			"users, 5,000 after a failover.",
		Source:  sourceModels2013 + "; " + sourceModel2019,
		finding: overFigures,
	},
	{
		ID: "PP-DIST", Severity: Discouraged, Versions: "13 15 19+SE", inventoried: true,
		Title: "Members in different regions of the world",
		Statement: "The distance between the members of a pair is not limited, but they are best in one region of " +
			"the world, joined by fast links, and too far apart for one disaster to strike both.",
		Source:  SourceOptions2013,
		finding: regionsDiffer,
	},
	{
		ID: "PP-EDGEHOP", Severity: Info, Versions: "13 15 19+SE",
		Title:     "Only next hop of an Edge pool",
		Statement: "A pool cannot be failed over while it is the next hop of an Edge pool.",
		Source:    Docs2013 + "Failing over a pool",
		finding:   edgeNextHops,
	},
}
