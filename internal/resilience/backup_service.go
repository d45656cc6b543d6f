package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// BackupModule is one module of the backup service of a pool, in the words of Get-CsBackupServiceStatus. It is no part of
// a topology: a running deployment tells it.
type BackupModule struct {
	Identity string // such as UserServices.PresenceFocus
	Export   string // ExportStatus: what the pool sends; empty where it was not told
	Import   string // ImportStatus: what the pool takes in; likewise
}

// centralModule is the module that carries Central Management.
const centralModule = "CentralMgmt.CMSMaster"

// exportMeaning and importMeaning have every state there is, and what it says of a module; empty for one that is healthy.
var (
	exportMeaning = map[string]string{
		"FinalState":     "",
		"SteadyState":    "",
		"NonSteadyState": "there are more changes than the backup service gets through, so a backlog grows",
		"NotInitialized": "it has not sent anything yet",
		"ErrorState":     "it fails to send changes",
	}
	importMeaning = map[string]string{
		"NormalState": "",
		"ErrorState":  "it fails to take changes in",
	}
)

// BackupServiceProblems says what is wrong with the backup service of a pool, which has this part for Central Management.
// It is healthy if nothing is. Both pools of a pair have to be: each tells of what it sends, and of what it takes in.
//
// The rules are BS-HEALTHY (Skype for Business Server documentation, Deploy paired Front End pools for disaster recovery;
// Microsoft blog of jenstr, What does the status reported by Get-CsBackupServiceStatus mean, November 2012) and BS-CMSNI
// (that blog): where Central Management is not active its module sends nothing, which is normal. A state that is none of
// those in the blog is a problem, since nobody knows what it means.
func BackupServiceProblems(modules []BackupModule, central topology.CentralRole) []string {
	if len(modules) == 0 {
		return []string{"The backup service tells of no module (BS-HEALTHY)."}
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
		return []string{fmt.Sprintf("%s: no state of the %s was told (BS-HEALTHY).", module, direction)}
	case !known:
		return []string{fmt.Sprintf("%s: the %s is in the state %s, whose meaning is not documented (BS-HEALTHY).", module, direction, state)}
	case meaning == "":
		return nil
	default:
		return []string{fmt.Sprintf("%s: the %s is in %s: %s (BS-HEALTHY).", module, direction, state, meaning)}
	}
}
