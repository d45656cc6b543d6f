package resilience

import "github.com/lync-iac/terraform-provider-lync/internal/topology"

func StepsAfterPairing(t *topology.Topology, a, b string) []string {
	return []string{"stub " + a + " " + b}
}
func StepsAfterUnpairing(t *topology.Topology, a, b string) []string { return []string{"stub"} }
func StepsAfterMove(t *topology.Topology, a, b string) []string      { return []string{"stub"} }
