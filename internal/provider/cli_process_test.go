package provider_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// cliShared returns a workspace that has its own state and works on the document of another workspace.
func cliShared(t *testing.T, owner *testkit.Workspace) *testkit.Workspace {
	t.Helper()
	w := testkit.CLI(t)
	w.Write("main.tf", strings.Replace(owner.ProviderConfig(), `"topology.xml"`,
		fmt.Sprintf("%q", filepath.ToSlash(owner.Path(testkit.DocumentName))), 1))
	return w
}

// cliPairs returns resources for pairs, and the pairs.
func cliPairs(format string, n int) (config string, pairs []string) {
	for i := range n {
		pair := fmt.Sprintf(format, i)
		config += cliPair(strings.ReplaceAll(pair, "-", "_"), pair)
		pairs = append(pairs, pair)
	}
	return config, pairs
}

// TestCLITwoProcesses changes different pairs of one document in two concurrent runs, which have their own states. Each
// run publishes its pairs one by one, so that the runs compete often. No change of either is lost.
func TestCLITwoProcesses(t *testing.T) {
	n := 8
	if stores.Chosen() != stores.File {
		n = 4
	}
	var pools []string
	for i := range n {
		pools = append(pools, fmt.Sprintf("a%[1]d b%[1]d c%[1]d d%[1]d", i))
	}
	unpaired := cliEstate(strings.Join(pools, " "))
	first := cliProcess(t, unpaired)
	second := cliShared(t, first)
	ours, ourPairs := cliPairs("a%[1]d-b%[1]d", n)
	theirs, theirPairs := cliPairs("c%[1]d-d%[1]d", n)
	first.Config(ours)
	second.Write("pairs.tf", theirs)

	both := func(args ...string) {
		t.Helper()
		var results [2]testkit.Result
		var running sync.WaitGroup
		for i, w := range []*testkit.Workspace{first, second} {
			running.Go(func() { results[i] = w.Run(append(args, "-auto-approve", "-parallelism=1")...) })
		}
		running.Wait()
		for _, r := range results {
			if r.ExitCode != 0 {
				t.Fatalf("%v: exit code %d\n%s", args, r.ExitCode, r.Output)
			}
		}
	}
	both("apply")
	assertPairs(t, first.Document(), append(ourPairs, theirPairs...)...)
	assertNoChanges(t, first)
	assertNoChanges(t, second)
	both("destroy")
	assertDocument(t, first, unpaired.Document())
}
