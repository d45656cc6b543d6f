package resilience

// centralRules are the rules about Central Management and about the end of a pair.
var centralRules = []Rule{
	{
		ID: "CM-ONE", Severity: Error, Versions: "13 15 19+SE",
		Title: "Second Central Management store",
		Statement: "A deployment has one active Central Management store; its only copy is the standby on the " +
			"partner of its pool.",
		Source:  SourceDisaster,
		create:  centralConflicts,
		finding: centralCopies,
	},
	{
		ID: "CM-PAIR", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Standby of Central Management",
		Statement: "The pool with Central Management is in a pair, whose other member has the standby and its " +
			"database.",
		Source:  Docs2013 + "Central Management store failover, and Front End pool ABC failover procedure",
		create:  standbyToCome,
		finding: standbyFindings,
	},
	{
		ID: "CM-UNPAIR", Severity: Discouraged, Versions: "13 15 19+SE",
		Title:     "Central Management loses its standby",
		Statement: "The end of the pair of the Central Management pool removes the standby.",
		Source:    "inferred from " + Docs2013 + "Central Management store failover",
		destroy:   standbyToGo,
	},
	{
		ID: "LC-STALE", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Data of the former partner stays",
		Statement: "After the end of a pair, each pool keeps its copy of the other's user data until the copy is " +
			"removed.",
		Source:  CmdletReference + "Remove-CsUserStoreBackupData",
		destroy: staleData,
	},
	{
		ID: "LC-NOFO", Severity: Discouraged, Versions: "13 15 19+SE",
		Title:     "No unpairing during a failover",
		Statement: "A pair is not changed or ended while one member is failed over to the other.",
		Source:    "inferred from " + Docs2013 + "Front End pool ABC failover procedure",
		destroy:   failoverUnderWay,
	},
}
