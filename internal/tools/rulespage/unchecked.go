package main

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// uncheckedRule is a documented rule that the provider does not check. It has an entry on the page of rules. No list of
// ignored rules can contain it.
type uncheckedRule struct {
	ID        string
	Severity  resilience.Severity
	Versions  string // as in resilience.Rule
	Statement string // the rule, in one sentence
	Why       string // the reason why it is not checked, and where to look or what to do instead
	Source    string // the documentation that has the rule
}

// uncheckedRules returns the documented rules that are not in the catalogue, family by family.
func uncheckedRules() []uncheckedRule {
	return slices.Concat(uncheckedPair, uncheckedSettings, uncheckedService, uncheckedCentral, uncheckedLife,
		uncheckedBranch)
}

// Topics that several unchecked rules come from.
const (
	sourceDeploySkype   = resilience.DocsSkype + "Deploy paired Front End pools for disaster recovery"
	sourceBackEnd       = resilience.DocsSkype + "Back End Server high availability"
	sourceAbc2013       = resilience.Docs2013 + "Front End pool ABC failover procedure"
	sourceServiceConfig = resilience.CmdletReference + "Set-CsBackupServiceConfiguration"
	sourceServiceStatus = resilience.CmdletReference + "Get-CsBackupServiceStatus"
	sourceStatusBlog    = "Microsoft blog of jenstr, What does the status reported by Get-CsBackupServiceStatus mean " +
		"(November 2012)"
	sourceNeeds2019 = resilience.Docs2019 + "System requirements (plan/system-requirements)"
)
