package resilience

// Where rules are written, as a reader finds it.
const (
	sourceRegistrars   = "Lync Server 2013 documentation, Backup registrar relationships (JJ205033)"
	sourceOptions2013  = "Lync Server 2013 documentation, Supported pool pairing options and best practices"
	sourceDeploy2013   = "Lync Server 2013 documentation, Deploying paired Front End pools for disaster recovery"
	sourceDisaster     = "Skype for Business Server documentation, Disaster recovery (plan-your-deployment/high-availability-and-disaster-recovery/disaster-recovery)"
	sourceAvailability = "Skype for Business Server documentation, High availability (plan-your-deployment/high-availability-and-disaster-recovery/high-availability)"
	sourceVoice        = "Skype for Business Server documentation, Enterprise Voice resiliency"
	sourceUpgrade      = "Skype for Business Server documentation, Upgrade (plan-your-deployment/upgrade)"
	sourceSetRegistrar = "Skype for Business Server cmdlet reference, Set-CsRegistrar"
	sourceModels2013   = docs2013 + "Capacity planning using the user models"
	sourceModel2019    = docs2019 + "User model (plan/user-model-2019)"
	sourceProvider     = "this provider"
)

// functionPoolPairs refuses by PairsOf, which needs no topology.
const functionPoolPairs = "the function pool_pairs"

// pairRules are the rules about pairs of Front End pools.
var pairRules = []Rule{
	{
		ID: "PP-SELF", Severity: Error, Versions: "all",
		Title:     "Pool paired with itself",
		Statement: "The two members of a pair are different pools; letter case and a trailing dot do not make them different.",
		Source:    "inferred from " + sourceDisaster + ": a pool is the backup of another pool",
		Refused:   "validation of the configuration; plan of a pool pair: creation or replacement; import; " + functionPoolPairs,
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
		Source:    "Topology Builder help, Front End pool, general settings",
		create:    membersOfNoKind,
	},
	{
		ID: "PP-NODIR", Severity: Error, Versions: "all",
		Title:     "Director in a pair",
		Statement: "A Director or Director pool, which homes no users, cannot be a member of a pair.",
		Source:    "Lync Server 2013 documentation, Scenarios for the Director; Topology Builder help, Director, general settings",
		create:    membersOfKind(kindDirector),
	},
	{
		ID: "PP-NOEDGE", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Edge pool in a pair",
		Statement: "An Edge pool cannot be a member of a pair; several Edge pools in several sites are its disaster recovery.",
		Source:    "Lync Server 2013 documentation, Edge Server disaster recovery",
		create:    membersOfKind(kindEdge),
	},
	{
		ID: "PP-NOPCHAT", Severity: Error, Versions: "13 15",
		Title:     "Persistent Chat pool in a pair",
		Statement: "A Persistent Chat pool cannot be a member of a pair; its disaster recovery is a pool stretched over two sites.",
		Source:    "Lync Server 2013 documentation, Using a stretched Persistent Chat Server pool for disaster recovery",
		create:    membersOfKind(kindPersistentChat),
	},
	{
		ID: "PP-NOSBA", Severity: Error, Versions: "all",
		Title:     "Branch appliance in a pair",
		Statement: "A Survivable Branch Appliance or Server has a pool as its backup, and is neither a member of a pair nor the backup of a pool.",
		Source:    "Topology Builder help, Front End pool, general settings, and Registrar settings",
		create:    membersOfKind(kindAppliance),
	},
	{
		ID: "PP-10-13", Severity: Error, Versions: "10 with 13 15 19+SE",
		Title:     "Lync Server 2010 pool where a later one is needed",
		Statement: "Pool pairing begins with Lync Server 2013: a Lync Server 2010 pool is not in a pair, and no backup registrar relationship crosses from it to a later pool.",
		Source:    "inferred from Lync Server 2013 documentation, Planning for Front End pool pairing: the backup service is new in Lync Server 2013",
		create:    members2010,
		finding:   crossings2010,
	},
	{
		ID: "PP-FE2-19", Severity: Error, Versions: "19+SE",
		Title:     "Enterprise Edition pool of two Front End Servers",
		Statement: "From Skype for Business Server 2019 on, a topology with an Enterprise Edition pool of exactly two Front End Servers cannot be published.",
		Source:    sourceAvailability,
		create:    membersOfTwoServers,
	},
	{
		ID: "PP-FREE", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Pool is not free",
		Statement: "When a pair is created, neither of its members has a partner or anything left of a former pair.",
		Source:    sourceDeploy2013,
		Refused:   "plan of a pool pair: completion of a half-made pair",
		create:    membersNotFree,
	},
	{
		ID: "PP-ONE", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Many-to-one backup relationship",
		Statement: "A pool is in one pair at most, and no other Front End pool names it as its backup.",
		Source:    sourceDisaster + "; " + sourceRegistrars,
		Refused:   "plan in which two resources share a pool or declare the same pair; plan of a pool pair: creation or replacement, where a third pool names a member as its backup; " + functionPoolPairs,
		finding:   tiedToSeveral,
	},
	{
		ID: "PP-VERSION", Severity: Error, OtherSeverity: Unsupported, OtherWhen: "of a pair that exists", Versions: "13 15 19+SE",
		Title:     "Members of different versions",
		Statement: "Both members of a pair run the same product version; failover in disaster mode to a pool of another version is not supported.",
		Source:    sourceUpgrade,
		create:    ofNewPair(versionsDiffer),
		finding:   ofPairs(withSeverity(Unsupported, versionsDiffer)),
	},
	{
		ID: "PP-RECIP", Severity: Error, Versions: "13 15 19+SE",
		Title:     "One-way backup relationship",
		Statement: "If one pool names another as its backup, the other names the first.",
		Source:    sourceRegistrars + "; " + sourceDisaster,
		Refused:   functionPoolPairs,
		finding:   oneWay,
	},
	{
		ID: "PP-WHOLE", Severity: Error, Versions: "13 15 19+SE",
		Title:     "Half-made pair",
		Statement: "Of two pools that are a pair, each names the other as its backup registrar and has a backup service that depends on the other's.",
		Source:    sourceProvider,
		finding:   ofPairs(halfMade),
	},
	{
		ID: "PP-2010", Severity: Info, Versions: "10", Allowance: true,
		Title:     "Backup registrars among Lync Server 2010 pools",
		Statement: "Among Lync Server 2010 pools several may name one backup registrar, and it need not name them.",
		Source:    sourceRegistrars,
	},
	{
		ID: "PP-SBAFREE", Severity: Info, Versions: "all", Allowance: true,
		Title:     "Appliances take no place in a pair",
		Statement: "A pool in a pair can be the backup registrar of any number of Survivable Branch Appliances as well.",
		Source:    sourceRegistrars,
	},
	{
		ID: "BR-ANY", Severity: Info, Versions: "all", Allowance: true,
		Title:     "Any number of appliances on one pool",
		Statement: "The number of appliances on one pool is not limited.",
		Source:    sourceVoice,
	},
	{
		ID: "BR-PAIRFREE", Severity: Info, Versions: "all", Allowance: true,
		Title:     "An appliance's pool need not be in a pair",
		Statement: "The pool of an appliance may be in a pair or not, and pairing it changes nothing for the appliance.",
		Source:    "inferred from " + sourceRegistrars,
	},
	{
		ID: "CM-STAY", Severity: Info, Versions: "13 15 19+SE", Allowance: true,
		Title:     "Central Management on either member",
		Statement: "After Central Management was failed over to the other member of its pair it may stay there.",
		Source:    sourceDisaster,
	},
	{
		ID: "PP-EDITION", Severity: Unsupported, Versions: "13 15 19+SE",
		Title:     "Members of different editions",
		Statement: "Both members of a pair are Enterprise Edition pools, or both are Standard Edition servers.",
		Source:    sourceOptions2013,
		create:    ofNewPair(editionsDiffer),
		finding:   ofPairs(editionsDiffer),
	},
	{
		ID: "PP-SITE", Severity: Discouraged, Versions: "10 13 15 19+SE",
		Title:     "Members in one site",
		Statement: "The members of a pair are in different central sites.",
		Source:    sourceVoice,
		create:    ofNewPair(sameSite),
		finding:   ofPairs(sameSite),
	},
	{
		ID: "PP-SYNC3", Severity: Discouraged, Versions: "13 15 19+SE",
		Title:     "Paired pool with fewer than three Front End Servers",
		Statement: "After pairing, three Front End Servers of an Enterprise Edition pool run together at some time, so that its data can synchronise.",
		Source:    "Lync Server 2013 documentation, Topologies and components for Front End Servers",
		create:    smallMembers,
		finding:   smallPairedPools,
	},
	{
		ID: "PP-SHARED", Severity: Discouraged, OtherSeverity: Error, OtherWhen: "with both databases on one SQL Server instance", Versions: "13 15 19+SE",
		Title:     "Members share a database server or file store",
		Statement: "The members of a pair have their user databases on different SQL Servers and their files in different file stores, so that one failure does not take both.",
		Source:    sourceProvider,
		create:    ofNewPair(shared),
		finding:   ofPairs(shared),
	},
	{
		ID: "PP-SHAPE", Severity: Unsupported, Versions: "15 19+SE",
		Title:     "Shape of a pair not known for this version",
		Statement: "The first pair of a version other than Lync Server 2013 is made with Topology Builder, so that others can follow the shape it wrote.",
		Source:    sourceProvider,
		create:    shapeUnknown,
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
		Source:    sourceOptions2013,
		finding:   hardwareDiffers,
	},
	{
		ID: "PP-OS", Severity: Unsupported, Versions: "13 15 19+SE", inventoried: true,
		Title:     "Members on different operating systems",
		Statement: "Both members of a pair run the same operating system; how alike it has to be, in release or service level, is not said.",
		Source:    sourceOptions2013 + ", as revised in March 2017; the revision of February 2013 does not have it",
		finding:   systemsDiffer,
	},
	{
		ID: "PP-CAP", Severity: Discouraged, Versions: "13 15 19+SE", inventoried: true,
		Title:     "Member cannot carry the users of both",
		Statement: "Each member of a pair can carry the users of both alone, and the users of the appliances of both count as well. How many a pool can carry is in PP-CAPNUM.",
		Source:    sourceOptions2013 + "; " + sourceModels2013,
		finding:   membersTooSmall,
	},
	{
		ID: "PP-CAPNUM", Severity: Discouraged, Versions: "13 15 19", inventoried: true,
		Title: "Pool above the documented figures",
		Statement: "A pool has at most 80,000 users, 40,000 of them its own when it is paired, and 12 Front End Servers, from Skype for Business Server 2019 on 106,000, 53,000 and 16; " +
			"there is one Front End Server for every 6,660 users with hyper-threading on, and a Standard Edition server has at most 2,500 users, 5,000 after a failover.",
		Source:  sourceModels2013 + "; " + sourceModel2019,
		finding: overFigures,
	},
	{
		ID: "PP-DIST", Severity: Discouraged, Versions: "13 15 19+SE", inventoried: true,
		Title:     "Members in different regions of the world",
		Statement: "The distance between the members of a pair is not limited, but they are best in one region of the world, joined by fast links, and too far apart for one disaster to strike both.",
		Source:    sourceOptions2013,
		finding:   regionsDiffer,
	},
	{
		ID: "PP-EDGEHOP", Severity: Info, Versions: "13 15 19+SE",
		Title:     "Only next hop of an Edge pool",
		Statement: "A pool cannot be failed over while it is the next hop of an Edge pool.",
		Source:    "Lync Server 2013 documentation, Failing over a pool",
		finding:   edgeNextHops,
	},
}
