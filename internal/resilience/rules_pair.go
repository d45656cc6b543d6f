package resilience

import "github.com/lync-iac/terraform-provider-lync/internal/topology"

// pairRules are the rules about pairs of Front End pools.
var pairRules = []Rule{
	{
		ID: "PP-SELF", Severity: Error, Versions: "all",
		Title: "Pool paired with itself",
		Statement: "The two members of a pair must be different pools. Names that differ only in letter case or a " +
			"trailing dot are the same pool.",
		Source:  "inferred from " + SourceDisaster + ": a pool is the backup of another pool",
		finding: ownPartners,
	},
	{
		ID: "PP-EXIST", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Pool not in the topology",
		Statement: "The published topology must define both pools before they can be paired.",
		Source:    sourceDeploy2013,
		create:    membersMissing,
		branch:    branchPoolMissing,
	},
	{
		ID: "PP-KIND", Severity: Error, Versions: "13 15 19+SE", PreventsPairAdoption: true,
		Title:     "Not a Front End pool",
		Statement: "Each member of a pair must be an Enterprise Edition Front End pool or a Standard Edition server.",
		Source:    TopologyHelp + "Front End pool, general settings",
		create:    membersOfNoKind,
		finding:   notFrontEnds,
	},
	{
		ID: "PP-NODIR", Severity: Error, Versions: "all",
		Title:     "Director in a pair",
		Statement: "A Director or Director pool cannot be a member of a pair, because it homes no users.",
		Source:    Docs2013 + "Scenarios for the Director; Topology Builder help, Director, general settings",
		create:    membersOfKind(director),
		finding:   partnersOfKind(topology.KindDirector),
	},
	{
		ID: "PP-NOEDGE", Severity: Error, Versions: "13 15 19+SE",
		Title: "Edge pool in a pair",
		Statement: "An Edge pool cannot be a member of a pair. Disaster recovery for Edge pools is another Edge pool " +
			"in another site.",
		Source:  Docs2013 + "Edge Server disaster recovery",
		create:  membersOfKind(edgePool),
		finding: partnersOfKind(topology.KindEdge),
	},
	{
		ID: "PP-NOPCHAT", Severity: Error, Versions: "13 15",
		Title: "Persistent Chat pool in a pair",
		Statement: "A Persistent Chat pool cannot be a member of a pair. Disaster recovery for Persistent Chat is a " +
			"pool that is stretched over two sites.",
		Source:  Docs2013 + "Using a stretched Persistent Chat Server pool for disaster recovery",
		create:  membersOfKind(persistentChat),
		finding: partnersOfKind(topology.KindPersistentChat),
	},
	{
		ID: "PP-NOSBA", Severity: Error, Versions: "all",
		Title: "Branch appliance in a pair",
		Statement: "A Survivable Branch Appliance or Server cannot be a member of a pair or the backup of a pool. A " +
			"Front End pool backs it up.",
		Source:  TopologyHelp + "Front End pool, general settings, and Registrar settings",
		create:  membersOfKind(appliance),
		finding: partnersOfKind(topology.KindAppliance),
	},
	{
		ID: "PP-10-13", Severity: Error, Versions: "10 with 13 15 19+SE", PreventsPairAdoption: true,
		Title: "Lync Server 2010 pool cannot be paired",
		Statement: "A Lync Server 2010 pool cannot be in a pair, and cannot have a backup registrar relationship " +
			"with a pool of a later version. Pool pairing requires Lync Server 2013 or later.",
		Source: "inferred from " + Docs2013 + "Planning for Front End pool pairing: the backup service is new in " +
			"Lync Server 2013",
		create:  members2010,
		finding: crossings2010,
	},
	{
		ID: "PP-FE2-19", Severity: Error, Versions: "19+SE",
		Title: "Enterprise Edition pool of two Front End Servers",
		Statement: "As of Skype for Business Server 2019, a topology with an Enterprise Edition pool of exactly two " +
			"Front End Servers cannot be published.",
		Source:  sourceAvailability,
		create:  membersOfTwoServers,
		finding: poolsOfTwoServers,
	},
	{
		ID: "PP-STORE", Severity: Error, Versions: "13 15 19+SE",
		Title: "Pool without exactly one file store",
		Statement: "Each member of a pair must have exactly one file store, because its backup service depends on " +
			"that file store.",
		Source:  sourceProvider,
		create:  membersWithoutStore,
		finding: poolsWithoutStore,
	},
	{
		ID: "PP-FREE", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Pool is not free",
		Statement: "A pool can join a new pair only if it has no partner and no remaining links of a former pair.",
		Source:    sourceDeploy2013,
		create:    membersNotFree,
		finding:   poolsWithRemainders,
	},
	{
		ID: "PP-ONE", Severity: Error, Versions: "13 15 19+SE", PreventsPairAdoption: true,
		Title:     "Many-to-one backup relationship",
		Statement: "A pool can be in one pair only, and only its partner can name it as its backup registrar.",
		Source:    SourceDisaster + "; " + sourceRegistrars,
		finding:   linkedToSeveral,
	},
	{
		ID: "PP-VERSION", Severity: Error, OtherSeverity: Unsupported, OtherWhen: "of a pair that exists, and " +
			"among 2019 and later versions",
		WarningWhen: "among 2019 and later versions",
		Versions:    "13 15 19+SE",
		Title:       "Members of different versions",
		Statement: "Both members of a pair must run the same product version. Failover in disaster mode to a pool of " +
			"another version is not supported.",
		Source:  SourceUpgrade,
		create:  ofNewPair(versionsDiffer),
		finding: ofPairs(withSeverity(Unsupported, versionsDiffer)),
	},
	{
		ID: "PP-RECIP", Severity: Error, Versions: "13 15 19+SE", PreventsPairAdoption: true,
		Title: "One-way backup relationship",
		Statement: "If a pool names another pool as its backup registrar, that pool must name the first pool as its " +
			"own.",
		Source:  sourceRegistrars + "; " + SourceDisaster,
		finding: oneWay,
	},
	{
		ID: "PP-WHOLE", Severity: Error, Versions: "13 15 19+SE", PreventsPairAdoption: true,
		Title: "Incomplete pair",
		Statement: "Each member of a pair must name the other as its backup registrar, and must have a backup " +
			"service that depends on the backup service of the other.",
		Source:  sourceProvider,
		finding: ofPairs(incomplete),
	},
	{
		ID: "PP-2010", Severity: Info, Versions: "10", Allowance: true,
		Title: "Backup registrars among Lync Server 2010 pools",
		Statement: "Several Lync Server 2010 pools can have the same backup registrar, and the relationship does not " +
			"have to be mutual.",
		Source: sourceRegistrars,
	},
	{
		ID: "PP-SBAFREE", Severity: Info, Versions: "all", Allowance: true,
		Title:     "Appliances do not count as partners",
		Statement: "A pool in a pair can also be the backup registrar of any number of Survivable Branch Appliances.",
		Source:    sourceRegistrars,
	},
	{
		ID: "BR-ANY", Severity: Info, Versions: "all", Allowance: true,
		Title:     "Any number of appliances on one pool",
		Statement: "The number of appliances on one pool is not limited.",
		Source:    SourceVoice,
	},
	{
		ID: "BR-PAIRFREE", Severity: Info, Versions: "all", Allowance: true,
		Title: "Pairing not required for an appliance's pool",
		Statement: "The pool of an appliance does not have to be in a pair, and pairing the pool changes nothing for " +
			"the appliance.",
		Source: "inferred from " + sourceRegistrars,
	},
	{
		ID: "CM-STAY", Severity: Info, Versions: "13 15 19+SE", Allowance: true,
		Title:     "Central Management on either member",
		Statement: "After a failover, Central Management can stay on the other member of its pair.",
		Source:    SourceDisaster,
	},
	{
		ID: "PP-EDITION", Severity: Unsupported, Versions: "13 15 19+SE",
		Title:     "Members of different editions",
		Statement: "Both members of a pair must be Enterprise Edition pools, or both must be Standard Edition servers.",
		Source:    SourceOptions2013,
		create:    ofNewPair(editionsDiffer),
		finding:   ofPairs(editionsDiffer),
	},
	{
		ID: "PP-SITE", Severity: Discouraged, Versions: "10 13 15 19+SE",
		Title:     "Members in one site",
		Statement: "The members of a pair should be in different central sites.",
		IgnoreIf:  "the deployment has only one site",
		Source:    SourceVoice,
		create:    ofNewPair(sameSite),
		finding:   ofPairs(sameSite),
	},
	{
		ID: "PP-SYNC3", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Paired pool needs three Front End Servers",
		Statement: "After pairing, at least three Front End Servers of an Enterprise Edition pool should run at the " +
			"same time at least once. Otherwise the data of the pool may not be synchronized correctly.",
		Source:  Docs2013 + "Topologies and components for Front End Servers",
		create:  smallMembers,
		finding: smallPairedPools,
	},
	{
		ID: "PP-SHARED", Severity: Discouraged, OtherSeverity: Error, OtherWhen: "with both databases on one SQL " +
			"Server instance", Versions: "13 15 19+SE",
		Title: "Members share a database server or file store",
		Statement: "The members of a pair should have different SQL Servers for their user databases, and different " +
			"file stores, so that one failure does not affect both.",
		Source:  sourceProvider,
		create:  ofNewPair(shared),
		finding: ofPairs(shared),
	},
	{
		ID: "PP-SHAPE", Severity: Unsupported, Versions: "15 19+SE", WarningWhen: "for a version later than 2019",
		Title: "Pair shape unknown for this version",
		Statement: "The first pair of a version other than Lync Server 2013 should be created with Topology Builder, " +
			"so that this provider can write further pairs in the same form.",
		Source: sourceProvider,
		create: shapeUnknown,
	},
	{
		ID: "PP-RENAME", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Pair removed and created again in one plan",
		Statement: "A plan should not remove a pair with one resource and create the same pair with another, because " +
			"both changes would be written to the topology.",
		Source: sourceProvider,
	},
	{
		ID: "PP-FE3", Severity: Discouraged, Versions: "13 15",
		Title:     "Pool with fewer than three Front End Servers",
		Statement: "An Enterprise Edition pool should have at least three Front End Servers.",
		Source:    sourceAvailability,
		finding:   smallUnpairedPools,
	},
	{
		ID: "PP-VIRT", Severity: Unsupported, Versions: "13 15 19+SE", inventoried: true,
		Title:     "Physical and virtual members",
		Statement: "The Front End Servers of both members of a pair must all be physical, or must all be virtual.",
		Source:    SourceOptions2013,
		finding:   hardwareDiffers,
	},
	{
		ID: "PP-OS", Severity: Unsupported, Versions: "13 15 19+SE", inventoried: true,
		Title: "Members on different operating systems",
		Statement: "Both members of a pair must run the same operating system. Whether the release and the service " +
			"level must be the same is not documented.",
		Source:  SourceOptions2013 + ", as revised in March 2017; the revision of February 2013 does not have it",
		finding: systemsDiffer,
	},
	{
		ID: "PP-CAP", Severity: Discouraged, Versions: "13 15 19+SE", inventoried: true,
		Title: "Pool too small for the users of both",
		Statement: "Each member of a pair should have the capacity for the users of both pools and of their " +
			"appliances. PP-CAPNUM has the capacity of a pool.",
		Source:  SourceOptions2013 + "; " + sourceModels2013,
		finding: membersTooSmall,
	},
	{
		ID: "PP-CAPNUM", Severity: Discouraged, Versions: "13 15 19", inventoried: true,
		Title: "Pool above the documented figures",
		Statement: "An Enterprise Edition pool should have at most 80,000 users (40,000 if it is paired) and 12 " +
			"Front End Servers. As of Skype for Business Server 2019, the limits are 106,000 (53,000) users and 16 " +
			"servers. The pool needs one Front End Server for every 6,660 users, with hyper-threading on. A Standard " +
			"Edition server should have at most 2,500 users, and 5,000 after a failover.",
		Source:  sourceModels2013 + "; " + sourceModel2019,
		finding: overFigures,
	},
	{
		ID: "PP-DIST", Severity: Discouraged, Versions: "13 15 19+SE", inventoried: true,
		Title: "Members in different regions of the world",
		Statement: "The members of a pair should be in one region of the world, connected by fast links, and far " +
			"enough apart that one disaster does not affect both. No maximum distance applies.",
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
