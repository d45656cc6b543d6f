package resilience

import "slices"

// Unchecked is a rule that this provider does not check. It is data for the page of rules only: nothing fires for it,
// and it cannot be named in a list of ignored rules.
type Unchecked struct {
	ID        string
	Severity  Severity
	Versions  string // as of a Rule
	Statement string // the rule in one sentence
	Why       string // why it is not checked, and where to look or what to do instead
	Source    string // where it is written
}

// UncheckedRules returns the documented rules that are not in the catalogue, family by family.
func UncheckedRules() []Unchecked {
	return slices.Concat(uncheckedPair, uncheckedSettings, uncheckedService, uncheckedCentral, uncheckedLife, uncheckedBranch)
}

// The works in which rules are written, to go on with the title of a topic.
const (
	docs2013  = "Lync Server 2013 documentation, "
	docsSkype = "Skype for Business Server documentation, "
	docs2019  = "Skype for Business Server 2019 documentation, "
	helpOf    = "Topology Builder help, "
	cmdlet    = "Skype for Business Server cmdlet reference, "
)

// Topics that only unchecked rules come from.
const (
	sourceDeploySkype   = docsSkype + "Deploy paired Front End pools for disaster recovery"
	sourceBackEnd       = docsSkype + "Back End Server high availability"
	sourceAbc2013       = docs2013 + "Front End pool ABC failover procedure"
	sourceServiceConfig = cmdlet + "Set-CsBackupServiceConfiguration"
	sourceServiceStatus = cmdlet + "Get-CsBackupServiceStatus"
	sourceStatusBlog    = "Microsoft blog of jenstr, What does the status reported by Get-CsBackupServiceStatus mean (November 2012)"
	sourceNeeds2019     = docs2019 + "System requirements (plan/system-requirements)"
)
