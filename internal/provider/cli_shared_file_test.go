package provider_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// TestCLISharedFile changes a file with two aliases of the provider and with a provisioner, in one apply. A data source
// that is read after each change has it, although its alias has read the file before.
func TestCLISharedFile(t *testing.T) {
	if stores.Chosen() != stores.File {
		t.Skip("a deployment is read once")
	}
	w := cliProcess(t, cliEstate("a b c d e f"))
	w.Write("later.xml", string(cliEstate("a b c d e f", "a-b", "c-d", "e-f").Document()))
	command := "cp later.xml topology.xml"
	if runtime.GOOS == "windows" {
		command = "copy /y later.xml topology.xml"
	}
	w.Config(`provider "lync" {
  alias         = "second"
  topology_file = "topology.xml"
}
` + cliPair("x", "a-b") + cliPair("y", "c-d", "provider = lync.second", "depends_on = [lync_pool_pair.x]") + `
data "lync_topology" "alias" {
  depends_on = [lync_pool_pair.y]
}

resource "terraform_data" "script" {
  depends_on = [data.lync_topology.alias]

  provisioner "local-exec" {
    command = "` + command + `"
  }
}

data "lync_topology" "script" {
  provider   = lync.second
  depends_on = [terraform_data.script]
}

output "pairs" {
  value = [for topology in [data.lync_topology.alias, data.lync_topology.script] : length(topology.pairs)]
}
`)
	w.MustRun("apply", "-auto-approve")
	if got := strings.Join(strings.Fields(w.MustRun("output", "-json", "pairs")), ""); got != "[2,3]" {
		t.Errorf("the data sources have %s pairs, want [2,3]", got)
	}
	assertPairs(t, w.Document(), "a-b", "c-d", "e-f")
}
