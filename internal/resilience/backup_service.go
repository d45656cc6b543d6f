package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// BackupModule is the state of a module of the backup service of a pool, as Get-CsBackupServiceStatus reports it. It is
// a state of a running deployment, not a part of a topology. The JSON names are those of the script
// backup-service-status.
type BackupModule struct {
	// Identity is a name such as UserServices.PresenceFocus.
	Identity string `json:"identity"`
	// Export is ExportStatus, the state of the changes that the pool sends, such as SteadyState. It is empty if it was
	// not reported.
	Export string `json:"export_state"`
	// Import is ImportStatus, the state of the changes that the pool receives, such as NormalState. It is empty if it
	// was not reported.
	Import string `json:"import_state"`
}

// centralModule is the module that replicates Central Management.
const centralModule = "CentralMgmt.CMSMaster"

// exportMeaning and importMeaning describe all documented states of a module. The description of a healthy state is
// empty.
var (
	exportMeaning = map[string]string{
		"FinalState":     "",
		"SteadyState":    "",
		"NonSteadyState": "changes arrive faster than the backup service sends them, so the backlog grows",
		"NotInitialized": "it has not sent any change yet",
		"ErrorState":     "it fails to send changes",
	}
	importMeaning = map[string]string{
		"NormalState": "",
		"ErrorState":  "it fails to receive changes",
	}
)

// BackupServiceProblems returns the problems of the backup service of a pool, as sentences. central is the Central
// Management role of the pool. The backup service is healthy if it has no problems. A pair is healthy if the backup
// services of both pools are, because each reports only the changes that it sends and receives itself.
//
// The rules are BS-HEALTHY (Skype for Business Server documentation, Deploy paired Front End pools for disaster
// recovery; Microsoft blog of jenstr, What does the status reported by Get-CsBackupServiceStatus mean, November 2012)
// and BS-CMSNI (the same blog): the module of an inactive Central Management sends nothing, which is normal. A state
// that the blog does not describe is a problem.
func BackupServiceProblems(modules []BackupModule, central topology.CentralRole) []string {
	if len(modules) == 0 {
		return []string{"The backup service reports no module (BS-HEALTHY)."}
	}
	var problems []string
	for _, m := range modules {
		sendsNothing := m.Identity == centralModule && central != topology.CentralActive && m.Export == "NotInitialized"
		if !sendsNothing {
			problems = append(problems, problem(m.Identity, "export", m.Export, exportMeaning)...)
		}
		problems = append(problems, problem(m.Identity, "import", m.Import, importMeaning)...)
	}
	slices.Sort(problems)
	return problems
}

func problem(module, direction, state string, meanings map[string]string) []string {
	meaning, known := meanings[state]
	switch {
	case state == "":
		return []string{fmt.Sprintf("%s: the state of the %s was not reported (BS-HEALTHY).", module, direction)}
	case !known:
		return []string{fmt.Sprintf("%s: the %s is in the state %s, whose meaning is not documented (BS-HEALTHY).",
			module, direction, state)}
	case meaning == "":
		return nil
	default:
		return []string{fmt.Sprintf("%s: the %s is in %s: %s (BS-HEALTHY).", module, direction, state, meaning)}
	}
}
