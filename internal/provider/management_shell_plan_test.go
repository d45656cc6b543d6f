package provider_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// newServed is a workspace whose provider is in this process, in front of the double whatever the transport is.
func newServed(t *testing.T, document []byte) live {
	t.Helper()
	t.Parallel()
	l := live{testkit.CLI(t), shelld.New(t, document), t}
	serve(t, l.Workspace, provider.NewWithStore("test", func(string) store.Store { return shell.New(l.double, shell.Options{}) }))
	return l
}

// A transport that another resource of the plan makes is told of once, and nothing is read before it is there.
func TestLiveUnknownAtPlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ transport, unknown string }{
		"a text": {`winrm = {
      host     = terraform_data.made.output
      user     = "CONTOSO\\svc-terraform"
      password = "geheim"
    }`, "management_shell.winrm.host"},
		"a secret": {`ssh = {
      host     = "lync01.contoso.com"
      user     = "svc-terraform"
      password = terraform_data.made.output
    }`, "management_shell.ssh.password"},
		"beside the transport": {`local            = {}
    backup_directory = terraform_data.made.output`, "management_shell.backup_directory"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newServed(t, cliEstate("a b").Document())
			l.Write("main.tf", liveProvider(test.transport)+"resource \"terraform_data\" \"made\" { input = \"made.contoso.com\" }\n\n"+cliPair("this", "a-b"))
			output := l.MustRun("plan")
			if n := strings.Count(output, "Topology not known yet"); n != 1 {
				t.Errorf("the warning is there %d times:\n%s", n, output)
			}
			assertOutput(t, testkit.Fold(output), test.unknown+" depends on a resource that is not applied yet")
			if got := l.double.Counts(); got.Runs != 0 {
				t.Errorf("something ran: %+v", got)
			}
			l.MustRun("apply", "-auto-approve")
			assertPairs(t, l.double.Document(), "a-b")
			assertNoChanges(t, l.Workspace)
		})
	}
}

// The one real document of a pair that is known is taken over as it is.
func TestLiveImportOfThePublishedPair(t *testing.T) {
	l := newServed(t, testkit.Published(t))
	before := string(l.double.Document())
	l.Write("main.tf", liveProvider("local = {}")+`resource "lync_pool_pair" "this" {
  pools = ["fe1.example.com", "fe2.example.com"]
}
`)
	l.MustRun("import", "lync_pool_pair.this", "fe1.example.com,fe2.example.com")
	assertNoChanges(t, l.Workspace)
	l.MustRun("apply", "-auto-approve")
	if got := l.double.Counts(); got.Loads != 3 || got.Runs != got.Loads || string(l.double.Document()) != before {
		t.Errorf("three runs that change nothing: %+v", got)
	}
}
