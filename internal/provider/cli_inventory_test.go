package provider_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// An inventory may have pools that the topology does not have (yet): a warning on the entry names each, and the rest counts.
func TestInventoryOfNoPool(t *testing.T) {
	w := cliWorkspace(t, testkit.Paired())
	w.Config(`data "lync_failover_impact" "paris" {
  failed_pools = ["paris.contoso.com"]
  inventory = {
    "paris.contoso.com" = { users = 10 }
    "lyon.contoso.com"  = { users = 20 }
    "nobody.contoso.com" = { users = 30 }
  }
}
output "users" { value = data.lync_failover_impact.paris.takeover_pools["lyon.contoso.com"].users }
`)
	said := testkit.Fold(w.MustRun("apply", "-auto-approve"))
	wantOutput(t, said, `Warning: Inventory of no pool .*has no pool nobody\.contoso\.com\. This entry has no effect\.`)
	if strings.Contains(said, "no pool paris") || !strings.Contains(said, "users = 30") {
		t.Errorf("got %s", said)
	}
}
