package resilience

import "github.com/lync-iac/terraform-provider-lync/internal/topology"

// settingsRules are the rules about automatic failover and its intervals, which every Registrar with a backup has.
var settingsRules = []Rule{
	{
		ID: "VF-RANGE", Severity: Error, OtherSeverity: Discouraged, OtherWhen: "from 84,401 seconds to 24 " +
			"hours", Versions: "all",
		Title: "Detection interval out of range",
		Statement: "The failure and failback detection intervals must be from 30 to 84,400 seconds. The product's " +
			"help also gives the upper limit as 24 hours.",
		Source:   SourceSetRegistrar,
		settings: outOfRange,
		finding:  intervalsOutOfRange,
	},
	{
		ID: "VF-MIN90", Severity: Discouraged, Versions: "13 15 19+SE",
		Title: "Failure detection interval below 90 seconds",
		Statement: "The failure detection interval of a pool should be at least 90 seconds. The product treats a " +
			"shorter interval as 90 seconds.",
		Source:   SourceFrontEndHelp,
		settings: below90, settingsOf: topology.KindFrontEnd,
		finding: poolsBelow90,
	},
	{
		ID: "VF-MIN120", Severity: Discouraged, Versions: "10 13 15 19+SE",
		Title:     "Failure detection interval below 120 seconds",
		Statement: "The failure detection interval of an appliance should be at least 120 seconds.",
		Source:    SourceApplianceHelp,
		settings:  below120, settingsOf: topology.KindAppliance,
		finding: appliancesBelow120,
	},
	{
		ID: "VF-GAP", Severity: Discouraged, Versions: "all",
		Title: "Failback interval not longer than failure interval",
		Statement: "The failback detection interval should be clearly longer than the failure detection interval. By " +
			"default it is twice as long.",
		Source:   "inferred from " + SourceApplianceHelp,
		settings: gapTooSmall,
		finding:  gapsTooSmall,
	},
	{
		ID: "VF-ON", Severity: Discouraged, Versions: "all",
		Title: "Automatic failover is off",
		Statement: "Automatic failover should be on if a pool or an appliance has a backup registrar. Otherwise the " +
			"backup registrar is not used.",
		Source:   SourceSetRegistrar,
		IgnoreIf: "this is intended",
		settings: failoverOff,
		finding:  failoversOff,
	},
	{
		ID: "VF-NEEDBK", Severity: Error, Versions: "all",
		PreventsPairAdoption: true, PreventsBranchAdoption: true,
		Title:     "Detection intervals without a backup registrar",
		Statement: "Detection intervals require a backup registrar.",
		Source:    SourceSetRegistrar,
		finding:   intervalsWithoutBackup,
	},
	{
		ID: "VF-BOTH", Severity: Error, Versions: "13 15 19+SE",
		PreventsPairAdoption: true, PreventsBranchAdoption: true,
		Title: "Automatic failover without both intervals",
		Statement: "Automatic failover requires both detection intervals, and every setting of a backup registrar " +
			"must be readable.",
		Source:  sourceRegistrarHelp,
		finding: settingsMissing,
	},
}
