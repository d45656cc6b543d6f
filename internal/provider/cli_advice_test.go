package provider_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// TestCLIAdviceOnCentralManagement follows the advice of CM-PAIR: to pair the pool with Central Management, and to
// create its pair again.
func TestCLIAdviceOnCentralManagement(t *testing.T) {
	for name, test := range map[string]struct {
		pairs  []string
		advice []string
		config string
		runs   [][]string
	}{
		"in no pair": {
			advice: []string{"Pair a.contoso.com with a pool. The pair sets up a standby.",
				"For example, b.contoso.com is currently free in the topology, and no rule refuses its pair with " +
					"a.contoso.com."},
			config: cliPair("x", "a-b"),
			runs:   [][]string{{"apply", "-auto-approve"}},
		},
		"in a pair without a standby": {
			pairs: []string{"a-b"},
			advice: []string{"import {\n  to = lync_pool_pair.NAME\n  id = \"a.contoso.com,b.contoso.com\"\n}",
				"\n  terraform apply \"-replace=lync_pool_pair.NAME\""},
			config: cliPair("x", "a-b") + `
import {
  to = lync_pool_pair.x
  id = "a.contoso.com,b.contoso.com"
}
`,
			runs: [][]string{
				{"apply", "-auto-approve"},
				{"apply", "-auto-approve", "-replace=lync_pool_pair.x"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := cliEstate("a b", test.pairs...)
			e.Pools[0].Central = testkit.Active
			w := cliWorkspace(t, e)
			findings := func(config string) string {
				w.Config(config + `
data "lync_topology" "all" {}
output "advice" {
  value = join("", [for finding in data.lync_topology.all.findings : finding.detail if finding.rule == "CM-PAIR"])
}
`)
				w.MustRun("apply", "-auto-approve")
				return w.MustRun("output", "-raw", "advice")
			}
			advice := findings("")
			for _, part := range test.advice {
				if !strings.Contains(advice, part) {
					t.Errorf("the advice lacks %q:\n%s", part, advice)
				}
			}
			w.Config(test.config)
			for _, arguments := range test.runs {
				w.MustRun(arguments...)
			}
			doc, err := topology.Parse(w.Document())
			if err != nil {
				t.Fatal(err)
			}
			if b := doc.Topology().Pool(topology.MustParseFQDN("b.contoso.com")); b.Central != topology.CentralStandby {
				t.Errorf("Central Management of %s is %q", b.FQDN, b.Central)
			}
			if advice := findings(test.config); advice != "" {
				t.Errorf("the finding stays:\n%s", advice)
			}
		})
	}
}
