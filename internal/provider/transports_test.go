package provider_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// TestTransports runs the life cycle of every object over every transport, and in a real PowerShell with a stand-in for
// the management shell, with real Terraform and the built provider.
// The packages below internal/powershell test their differences.
func TestTransports(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{stores.Local, stores.SSH, stores.WinRM, stores.PowerShell} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			w := testkit.CLI(t)
			estate := cliBranches(1, withoutBackups)
			w.UseStore(stores.New(t, transport, estate.Document()))
			first := testkit.Decode(estate.Document())

			objects := func(pair, branch string) string {
				return cliPair("x", "a-b", pair) + cliBranch("x", "s0 a", branch) + `
data "lync_pool" "a" {
  fqdn       = "a.contoso.com"
  depends_on = [lync_pool_pair.x]
}

output "pair" {
  value = data.lync_pool.a.pair
}
`
			}
			w.Config(objects("", ""))
			w.MustRun("apply", "-auto-approve")
			assertPairs(t, w.Document(), "a-b")
			assertNoChanges(t, w)
			w.Config(objects("automatic_failover = false", `failure_detection_interval = "3m"`))
			if output := w.MustRun("apply", "-auto-approve"); !strings.Contains(output,
				`pair = "a.contoso.com,b.contoso.com"`) {
				t.Errorf("the data source did not read the pair:\n%s", output)
			}
			w.Config(objects("automatic_failover = false", `failure_detection_interval = "3m"`) + `import {
  to = lync_pool_pair.y
  id = "c.contoso.com,d.contoso.com"
}
` + cliPair("y", "c-d"))
			w.MustFail(`Nothing links c\.contoso\.com and d\.contoso\.com`, "plan")
			w.Config(objects("", ""))
			w.MustRun("destroy", "-auto-approve")
			if got := string(w.Document()); got != first {
				t.Errorf("the document has changed:\n%s", testkit.Diff([]byte(first), []byte(got)))
			}
		})
	}
}
