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

// newServed returns a workspace with a provider in this process, which uses the double with any transport.
func newServed(t *testing.T, document []byte) live {
	t.Helper()
	t.Parallel()
	l := live{testkit.CLI(t), shelld.New(t, document), t}
	serve(t, l.Workspace, provider.NewWithStore("test",
		func(string) store.Store { return shell.New(l.double, shell.Options{}) }))
	return l
}

// TestLiveUnknownAtPlan plans a transport that depends on another resource of the plan. There is one warning, and
// nothing is read before the apply.
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
			l.Write("main.tf", liveProvider(test.transport)+
				"resource \"terraform_data\" \"made\" { input = \"made.contoso.com\" }\n\n"+cliPair("this", "a-b"))
			output := l.MustRun("plan")
			if n := strings.Count(output, "Topology not yet known"); n != 1 {
				t.Errorf("there are %d warnings:\n%s", n, output)
			}
			assertOutput(t, testkit.Fold(output), test.unknown+" depends on a resource that is not applied yet")
			if got := l.double.Counts(); got.Runs != 0 {
				t.Errorf("a script ran: %+v", got)
			}
			l.MustRun("apply", "-auto-approve")
			assertPairs(t, l.double.Document(), "a-b")
			assertNoChanges(t, l.Workspace)
		})
	}
}

// TestLiveImportOfThePublishedPair imports the pair of a real document.
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
