package resilience

// The works in which rules are documented. The title of a topic follows.
const (
	Docs2013         = "Lync Server 2013 documentation, "
	DocsSkype        = "Skype for Business Server documentation, "
	Docs2019         = "Skype for Business Server 2019 documentation, "
	TopologyHelp     = "Topology Builder help, "
	CmdletReference  = "Skype for Business Server cmdlet reference, "
	docsAvailability = "(plan-your-deployment/high-availability-and-disaster-recovery/"
)

// Topics that several rules come from.
const (
	SourceApplianceHelp = TopologyHelp + "Registrar settings of a Survivable Branch Appliance"
	SourceDisaster      = DocsSkype + "Disaster recovery " + docsAvailability + "disaster-recovery)"
	SourceFrontEndHelp  = TopologyHelp + "Front End pool, general settings"
	SourceOptions2013   = Docs2013 + "Supported pool pairing options and best practices"
	SourceSetRegistrar  = CmdletReference + "Set-CsRegistrar"
	SourceUpgrade       = DocsSkype + "Upgrade (plan-your-deployment/upgrade)"
	SourceVoice         = DocsSkype + "Enterprise Voice resiliency"

	sourceAvailability  = DocsSkype + "High availability " + docsAvailability + "high-availability)"
	sourceDeploy2013    = Docs2013 + "Deploying paired Front End pools for disaster recovery"
	sourceModel2019     = Docs2019 + "User model (plan/user-model-2019)"
	sourceModels2013    = Docs2013 + "Capacity planning using the user models"
	sourceProvider      = "this provider"
	sourceRegistrarHelp = TopologyHelp + "Registrar settings"
	sourceRegistrars    = Docs2013 + "Backup registrar relationships (JJ205033)"
	sourceSupported2013 = Docs2013 + "Supported topologies"
)
