package resilience

// documentRules are the rules about the topology as a whole, which no relationship violates.
var documentRules = []Rule{
	{
		ID: "VERSION-UNKNOWN", Severity: Info, Versions: "later than 19",
		Title: "Unknown product version",
		Statement: "This provider applies the rules of Skype for Business Server 2019 to every service version above " +
			"8, because it does not know those versions.",
		Source:  sourceProvider,
		finding: unknownVersions,
	},
	{
		ID: "TD-NAME", Severity: Error, OtherSeverity: Info,
		OtherWhen: "if no pool or appliance is concerned, or only " +
			"one of the clusters of a name is one", Versions: "all",
		Title: "Name that identifies no single cluster",
		Statement: "Every cluster of the topology must have a fully qualified domain name of its own, of at most 253 " +
			"characters and without control characters, white space, commas and empty labels.",
		Source:               sourceProvider,
		PreventsPairAdoption: true, PreventsBranchAdoption: true,
		create:  ambiguousMembers,
		branch:  ambiguousEnds,
		finding: unidentifiedClusters,
	},
}
