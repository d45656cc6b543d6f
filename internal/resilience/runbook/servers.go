package runbook

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// onEveryFrontEnd returns the place of a step that each server of a pool needs, with the names of the servers.
func onEveryFrontEnd(p *topology.Pool) string {
	switch {
	case len(p.Machines) == 0:
		return "On every Front End Server of " + p.FQDN.String() + ": "
	case len(p.Machines) == 1 && p.Machines[0] == p.FQDN:
		return "On " + p.FQDN.String() + ": "
	case len(p.Machines) == 1:
		return "On " + p.Machines[0].String() + " of " + p.FQDN.String() + ": "
	default:
		return "On " + phrase.FQDNs(p.Machines) + " of " + p.FQDN.String() + ": "
	}
}

// bootstrapper returns the PowerShell command that sets a server up as the topology describes it.
func bootstrapper(version int) string {
	folders := map[int]string{
		topology.Version2013: "Microsoft Lync Server 2013",
		topology.Version2015: "Skype for Business Server 2015",
		topology.Version2019: "Skype for Business Server 2019",
	}
	folder, known := folders[version]
	if !known {
		return "run Deployment\\Bootstrapper.exe in the folder of the product, whose name is not documented for " +
			topology.VersionName(version)
	}
	return `& "$env:ProgramFiles\` + folder + `\Deployment\Bootstrapper.exe"`
}

// threeAtOnce returns the step that lets the data of an Enterprise Edition pool be synchronized.
func threeAtOnce(p *topology.Pool) string {
	step := "On " + p.FQDN.String() + ": run three Front End Servers at the same time at least once. Before that, " +
		"the data of the pool may not be synchronized correctly (PP-SYNC3)."
	if n := len(p.Machines); n > 0 && n < 3 {
		step += fmt.Sprintf(" The pool has %s and needs more.", phrase.FrontEndServers(n))
	}
	return step
}
