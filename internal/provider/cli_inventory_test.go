package provider_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestInventoryOfNoPool has an inventory with names that are not in the topology or home no users. Each gets a warning,
// and the other entries have effect.
func TestInventoryOfNoPool(t *testing.T) {
	e := testkit.Paired()
	e.Pools = append(e.Pools, testkit.Pool{FQDN: "edge", Kind: testkit.Edge, NextHop: "paris"})
	w := cliWorkspace(t, e)
	w.Config(`data "lync_failover_impact" "paris" {
  failed_pools = ["paris.contoso.com"]
  inventory = {
    "paris.contoso.com" = { users = 10 }
    "lyon.contoso.com"  = { users = 20 }
    "missing.contoso.com" = { users = 30 }
  }
}
output "users" { value = data.lync_failover_impact.paris.takeover_pools["lyon.contoso.com"].users }
`)
	output := testkit.Fold(w.MustRun("apply", "-auto-approve"))
	assertOutput(t, output, `Warning: Inventory entry without effect .*has no pool missing\.contoso\.com\. `+
		`Remove this entry`)
	w.Config(`data "lync_topology" "all" {
  inventory = { "EDGE.contoso.com" = { users = 30 }, "lyon.contoso.com" = { users = 20 } }
}
`)
	assertOutput(t, testkit.Fold(w.MustRun("plan")),
		"Warning: Inventory entry without effect .*edge\\.contoso\\.com is an Edge pool. An inventory has Front End "+
			"pools and appliances\\. Remove this entry")
	if strings.Contains(output, "no pool paris") || !strings.Contains(output, "users = 30") {
		t.Errorf("the output is\n%s", output)
	}
}
