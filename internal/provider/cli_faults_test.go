package provider_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// faultTime is the timeout of operations in this test. It is shorter than the default, so that the test fails if a
// timeouts block has no effect, and longer than any operation.
const faultTime = 20 * time.Minute

// faultChanges is the number of changes of one apply that can start at the same time: all but the creation in the
// replacement.
const faultChanges = 6

// An apply under a fault creates, changes, removes and replaces a pair, and writes and moves a branch backup. The next
// apply has to repair the result.
var (
	faultEstate = testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"},
			{ID: 3, Name: "Nantes", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{
			{FQDN: "a", Site: 1}, {FQDN: "b", Site: 2}, {FQDN: "c", Site: 1}, {FQDN: "d", Site: 2},
			{FQDN: "e", Site: 1},
			{FQDN: "f", Site: 2}, {FQDN: "g", Site: 1}, {FQDN: "h", Site: 2}, {FQDN: "i", Site: 2},
		},
		Appliances: []testkit.Appliance{{FQDN: "moved", Site: 3, Pool: "a"},
			{FQDN: "written", Site: 3, Pool: "c", NoBackup: true}},
	}
	faultTimeouts = fmt.Sprintf("timeouts {\n    create = %[1]q\n    update = %[1]q\n    delete = %[1]q\n  }",
		faultTime.String())
	faultBefore = cliPair("changed", "c-d", faultTimeouts) + cliPair("removed", "e-f", faultTimeouts) +
		cliPair("replaced", "g-h", faultTimeouts) +
		cliBranch("moved", "moved a", faultTimeouts)
	faultAfter = cliPair("made", "a-b", faultTimeouts) + cliPair("changed", "c-d", `failure_detection_interval = "7m"`,
		faultTimeouts) +
		cliPair("replaced", "g-i", faultTimeouts) + cliBranch("moved", "moved e", faultTimeouts) + cliBranch("written",
		"written c", faultTimeouts)
	faultPairs = []string{"a-b", "c-d", "g-i"}
)

// renamedSite is the change of another administrator.
func renamedSite(document string) string { return strings.Replace(document, "Lyon", "Lugdunum", 1) }

// stalePublish returns the publish of another administrator after that of a provider, over the document before it.
func stalePublish() []shelld.Fault {
	var before string
	return []shelld.Fault{
		{Script: shell.PublishTopology, At: shelld.Publishing, Admin: func(document string) string {
			before = document
			return document
		}},
		{Script: shell.PublishTopology, At: shelld.Published, Admin: func(string) string {
			return renamedSite(before)
		}},
	}
}

type fault struct {
	faults     []shelld.Fault
	holds      bool              // each publish stops at the fault until all changes that can start are queued
	ends       bool              // the time of each publish ends at the fault
	together   bool              // one publish has all changes that can start
	states     map[string]string // states of pools
	wantOutput []string          // texts in the output, in any order
	fails      bool              // the apply fails
	kept       string            // text of another administrator that the document has afterwards
}

const nothingPublished = "Nothing was published"

func faults() map[string]fault {
	publish, readBack := shell.PublishTopology, shell.ReadBackTopology
	always := func(f shelld.Fault) []shelld.Fault {
		f.Times = -1
		return []shelld.Fault{f}
	}
	return map[string]fault{
		"none":    {wantOutput: []string{"Manual steps required"}},
		"garbage": {faults: always(shelld.Fault{Garbage: true})},
		"CLIXML":  {faults: always(shelld.Fault{CLIXML: true})},
		"report warns": {faults: always(shelld.Fault{Warn: true}),
			wantOutput: []string{"Some warning & more"}},
		"errors without a result": {faults: always(shelld.Fault{PublishReportsError: true}),
			wantOutput: []string{"reported errors"}},
		"slow": {faults: always(shelld.Fault{Script: publish, At: shelld.Published}), holds: true},
		"cannot connect": {faults: always(shelld.Fault{Script: publish, NotStarted: true}), fails: true,
			wantOutput: []string{"fe1.contoso.com", "no such host", nothingPublished}},
		"no module": {faults: always(shelld.Fault{Script: publish, NoModule: true}), fails: true,
			wantOutput: []string{"administrative tools", nothingPublished}},
		"busy": {faults: always(shelld.Fault{Busy: true}), fails: true,
			wantOutput: []string{"another run of the provider on fe1.contoso.com", nothingPublished}},
		"not read": {faults: always(shelld.Fault{Script: shell.GetTopology, ReadFails: true}), fails: true,
			wantOutput: []string{"annot read the topology", "fe1.contoso.com"}},
		"hung before": {faults: always(shelld.Fault{Script: publish, At: shelld.Writing, Hang: true}), ends: true,
			fails: true, wantOutput: []string{"the operation ended before the publish", nothingPublished}},
		"lost before": {faults: always(shelld.Fault{Script: publish, At: shelld.Writing, Lost: true}), fails: true,
			wantOutput: []string{"connection reset", nothingPublished}},
		"cut": {faults: always(shelld.Fault{Script: publish, Cut: true}),
			wantOutput: []string{"was not observed"}},
		"lost behind": {faults: always(shelld.Fault{Script: publish, At: shelld.Published, Lost: true}),
			wantOutput: []string{"was not observed"}},
		"outlives the session": {faults: always(shelld.Fault{Script: publish, At: shelld.Publishing, Detached: true}),
			wantOutput: []string{"was not observed"}},
		"refused": {faults: always(shelld.Fault{Refuse: true}), fails: true,
			wantOutput: []string{"refused the topology", "publish.html", "othing was published"}},
		"denied": {
			faults: always(shelld.Fault{Denied: true}), fails: true,
			wantOutput: []string{"The EXECUTE permission was denied on the object 'XdsPublishItems'",
				"RTCUniversalServerAdmins", nothingPublished},
		},
		"denied, in another language": {faults: always(shelld.Fault{Denied: true, Localized: true}), fails: true,
			wantOutput: []string{"XdsPublishItems", nothingPublished}},
		"no output, no publish": {faults: always(shelld.Fault{Silent: true}), fails: true,
			wantOutput: []string{"reported no error", nothingPublished}},
		"not enabled": {
			faults: always(shelld.Fault{EnableFails: true}), fails: true,
			wantOutput: []string{"Topology published, but not in effect", "fe1.contoso.com",
				"runs Enable-CsTopology alone"},
		},
		"failed over": {
			states: map[string]string{"e.contoso.com": "FailedOver"}, fails: true,
			wantOutput: []string{"e.contoso.com is in the state FailedOver", "LC-NOFO", "Invoke-CsPoolFailBack",
				"othing was published"},
		},
		"unconfirmed, published": {
			faults: append(always(shelld.Fault{Script: publish, At: shelld.Published, Lost: true}),
				always(shelld.Fault{Script: readBack, NotStarted: true})...), fails: true,
			wantOutput: []string{"whether the topology was published is unknown", "connection reset", "import {"},
		},
		"unconfirmed, not published": {
			faults: append(always(shelld.Fault{Script: publish, At: shelld.Publishing, Lost: true}),
				always(shelld.Fault{Script: readBack, NotStarted: true})...), fails: true,
			wantOutput: []string{"whether the topology was published is unknown", "import {"},
		},
		"another publishes before": {faults: []shelld.Fault{{Script: publish, At: shelld.Connect, Admin: renamedSite}},
			kept: "Lugdunum"},
		"another publishes behind": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Admin: renamedSite}}, kept: "Lugdunum",
			wantOutput: []string{"in parts that this change does not touch: Sites",
				"Another program may have published at the same time"},
		},
		"another publishes between": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Publishing, Admin: renamedSite}}, fails: true,
			wantOutput: []string{"another administrator", "before.xml",
				"Publish-CsTopology -FileName 'C:\\ProgramData"},
		},
		"another publishes behind, without the change": {
			faults: stalePublish(), together: true, kept: "Lugdunum", fails: true,
			wantOutput: []string{"the topology read back differs: a.contoso.com and b.contoso.com are not linked",
				"e.contoso.com and f.contoso.com are still linked",
				"Another program may have published at the same time: run terraform plan"},
		},
		"the simple URLs are lost": {faults: always(shelld.Fault{LoseURLs: true}), fails: true,
			wantOutput: []string{"https://meet.contoso.com", "Set-CsSimpleUrlConfiguration"}},
		"simple URLs not read": {faults: always(shelld.Fault{UnreadURLs: true}),
			wantOutput: []string{"Get-CsSimpleUrlConfiguration"}},
		"no backup":        {faults: always(shelld.Fault{NoBackup: true}), wantOutput: []string{"left no backup"}},
		"another language": {faults: always(shelld.Fault{Localized: true})},
	}
}

// TestCLIFaults checks that the error of every fault names the remedy, that no pair is incomplete and no resource
// tainted, and that the next apply repairs the result. If a creation is unconfirmed, the import block of the message
// repairs it.
func TestCLIFaults(t *testing.T) {
	t.Parallel()
	for name, test := range faults() {
		t.Run(name, func(t *testing.T) {
			w, double, observed := cliObserved(t, faultEstate)
			observed.setLimit(faultTime)
			w.Config(faultBefore)
			w.MustRun("apply", "-auto-approve")

			// With the fault.
			w.Config(faultAfter)
			queued := observed.queuedSoFar()
			for i := range test.faults {
				switch {
				case test.holds:
					test.faults[i].Notify = func() { observed.waitQueued(queued + faultChanges) }
				case test.ends:
					test.faults[i].Notify = observed.expired
				}
			}
			if test.together {
				observed.setBatch(faultChanges)
			}
			double.Inject(test.faults...)
			for pool, state := range test.states {
				double.SetPoolState(pool, state)
			}
			r := w.Run("apply", "-auto-approve")
			assertNotInconsistent(t, r.Output)
			if failed := r.ExitCode != 0; failed != test.fails {
				t.Fatalf("exit code %d\n%s", r.ExitCode, r.Output)
			}
			folded := testkit.Fold(r.Output)
			for _, text := range test.wantOutput {
				if !strings.Contains(folded, text) {
					t.Errorf("the output does not contain %q\n%s", text, r.Output)
				}
			}
			if _, err := pairsOf(double.Document()); err != nil {
				t.Errorf("incomplete: %v", err)
			}
			if !strings.Contains(string(double.Document()), test.kept) {
				t.Errorf("%q of another administrator is missing", test.kept)
			}
			assertNotTainted(t, w)

			// Without the fault.
			double.ClearFaults()
			observed.setBatch(0)
			for pool := range test.states {
				double.SetPoolState(pool, "")
			}
			w.Config(faultAfter + importsIn(t, w, r.Output))
			if r := w.Run("apply", "-auto-approve"); r.ExitCode != 0 {
				t.Fatalf("the next apply does not repair the result\n%s\nThe first:\n%s", r.Output, folded)
			}
			assertPairs(t, double.Document(), faultPairs...)
			assertNoChanges(t, w)
			assertNotTainted(t, w)
		})
	}
}

// assertNotTainted checks that no resource is tainted, which Terraform would replace.
func assertNotTainted(t *testing.T, w *testkit.Workspace) {
	t.Helper()
	var state struct {
		Values struct {
			Root struct {
				Resources []struct {
					Address string
					Tainted bool
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(w.Run("show", "-json").Stdout), &state); err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Values.Root.Resources {
		if resource.Tainted {
			t.Errorf("%s is tainted", resource.Address)
		}
	}
}

var importBlock = regexp.MustCompile(`import \{\s*to = (\S+)\.NAME\s*id = "(\S+)"`)

// importsIn returns the import blocks of a message for objects that exist and are not in the state.
func importsIn(t *testing.T, w *testkit.Workspace, output string) string {
	t.Helper()
	names := map[string]string{
		"a.contoso.com,b.contoso.com": "made", "g.contoso.com,i.contoso.com": "replaced",
		"written.contoso.com": "written",
	}
	have := w.Run("state", "list").Stdout
	var blocks []string
	for _, found := range importBlock.FindAllStringSubmatch(testkit.Fold(output), -1) {
		address := found[1] + "." + names[found[2]]
		block := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, found[2])
		if slices.Contains(blocks, block) || strings.Contains(have, address) {
			continue
		}
		// The next plan refuses the creation of an object that exists.
		if r := w.Run("plan"); r.ExitCode != 0 && strings.Contains(testkit.Fold(r.Output), `id = "`+found[2]+`"`) {
			blocks = append(blocks, block)
		}
	}
	return strings.Join(blocks, "")
}
