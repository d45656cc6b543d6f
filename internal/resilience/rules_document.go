package resilience

// documentRules are the rules about the topology as a whole, which no relationship violates.
var documentRules = []Rule{
	{
		ID: "VERSION-UNKNOWN", Severity: Info, Versions: "later than 19",
		Title: "Product version that is not known",
		Statement: "The rules of Skype for Business Server 2019 apply to a service version above 8, which this " +
			"provider does not know by name.",
		Source:  sourceProvider,
		finding: unknownVersions,
	},
	{
		ID: "TD-NAME", Severity: Error, OtherSeverity: Info,
		OtherWhen: "if no pool or appliance is concerned, or only " +
			"one of the clusters of a name is one", Versions: "all",
		Title: "Name that identifies no single cluster",
		Statement: "Every cluster of the topology has a fully qualified domain name, of at most 253 characters and " +
			"without control characters, white space, commas and empty labels, that no other cluster has.",
		Source:               sourceProvider,
		PreventsPairAdoption: true, PreventsBranchAdoption: true,
		create:  ambiguousMembers,
		branch:  ambiguousEnds,
		finding: unidentifiedClusters,
	},
}
