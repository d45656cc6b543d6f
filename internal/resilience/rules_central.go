package resilience

// centralRules are the rules about Central Management and about the end of a pair.
var centralRules = []Rule{
	{
		ID: "CM-ONE", Severity: Error, Versions: "13 15 19+SE",
		Title: "Second Central Management store",
		Statement: "A deployment can have only one active Central Management store, and only one standby of that " +
			"store, on the partner of its pool.",
		Source:  SourceDisaster,
		create:  centralConflicts,
		finding: centralCopies,
	},
	{
		ID: "CM-PAIR", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Central Management without a standby",
		Statement: "The pool with the active Central Management should be in a pair. The other member needs the " +
			"standby and its database.",
		Source:  Docs2013 + "Central Management store failover, and Front End pool ABC failover procedure",
		create:  standbyToCome,
		finding: standbyFindings,
	},
	{
		ID: "CM-UNPAIR", Severity: Discouraged, Versions: "13 15 19+SE",
		Title:     "Central Management loses its standby",
		Statement: "Ending the pair of the Central Management pool removes the standby.",
		Source:    "inferred from " + Docs2013 + "Central Management store failover",
		destroy:   standbyToGo,
	},
	{
		ID: "LC-STALE", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Data of the former partner stays",
		Statement: "After a pair ends, each pool keeps its copy of the user data of the other pool until an " +
			"administrator removes the copy.",
		Source:  CmdletReference + "Remove-CsUserStoreBackupData",
		destroy: staleData,
	},
	{
		ID: "LC-NOFO", Severity: Discouraged, Versions: "13 15 19+SE",
		Title:     "Pair must not end during a failover",
		Statement: "A pair must not be changed or ended while one member is failed over to the other.",
		Source:    "inferred from " + Docs2013 + "Front End pool ABC failover procedure",
		destroy:   failoverUnderWay,
	},
}
