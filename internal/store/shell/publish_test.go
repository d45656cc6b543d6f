package shell_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// publishTest is a publish to a double with faults, and its expected results.
type publishTest struct {
	faults    []shelld.Fault
	prepare   func(*shelld.Shell)
	timeout   time.Duration // default: half an hour
	cancel    time.Duration // default: never
	unwatched bool          // the transport does not report the progress of a script

	wantEnd       ending
	wantDocument  storedDocument
	wantErrors    []string // texts in the error or in the problems of the result
	noErrors      []string // texts that are in neither
	wantWarnings  []string // texts in the warnings
	noWarnings    []string // texts that are not in the warnings
	wantPublishes int      // number of runs of Publish-CsTopology
	wantEnables   int      // number of runs of Enable-CsTopology
}

func runPublishTests(t *testing.T, tests map[string]publishTest) {
	t.Helper()
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, tc.run)
		})
	}
}

func (tc publishTest) run(t *testing.T) {
	base := paired()
	next := unpaired(t, base)
	double := shelld.New(t, base)
	double.Inject(tc.faults...)
	if tc.prepare != nil {
		tc.prepare(double)
	}
	timeout := 30 * time.Minute
	if tc.timeout > 0 {
		timeout = tc.timeout
	}
	ctx, stop := context.WithTimeout(t.Context(), timeout)
	defer stop()
	if tc.cancel > 0 {
		time.AfterFunc(tc.cancel, stop)
	}
	var transport powershell.Transport = double
	if tc.unwatched {
		transport = double.Unwatched()
	}
	result, err := shell.New(transport, shell.Options{}).Publish(ctx, base, next)
	tc.checkResult(t, result, err)

	// Wait for the end of a script whose connection was lost.
	time.Sleep(30 * time.Minute)
	synctest.Wait()
	counts := double.Counts()
	if counts.Enables != tc.wantEnables || counts.Publishes != tc.wantPublishes {
		t.Errorf("%d publishes, %d enables", counts.Publishes, counts.Enables)
	}
	stored := parse(t, double.Document())
	if got := topology.Equivalent(stored, parse(t, next)); got != (tc.wantDocument == holdsNext) {
		t.Errorf("the stored document is equivalent to the next one: %v", got)
	}
	if got := topology.Equivalent(stored, parse(t, base)); got != (tc.wantDocument == holdsBase) {
		t.Errorf("the stored document is equivalent to the base: %v", got)
	}
	if err == nil && !topology.Equivalent(parse(t, result.Document), stored) {
		t.Error("the document of the result is not the stored one")
	}
	if errors.Is(err, store.ErrConflict) && string(result.Document) != string(double.Document()) {
		t.Error("the document of the conflict is not the stored one")
	}
}

func (tc publishTest) checkResult(t *testing.T, result store.Result, err error) {
	t.Helper()
	if !tc.wantEnd(result, err) {
		t.Errorf("ended with %T: %v, %+v", err, err, result)
	}
	for _, text := range tc.wantErrors {
		if got := message(result, err); !strings.Contains(got, text) {
			t.Errorf("no error contains %q: %s", text, got)
		}
	}
	for _, text := range tc.noErrors {
		if got := message(result, err); strings.Contains(got, text) {
			t.Errorf("an error contains %q: %s", text, got)
		}
	}
	warnings := strings.Join(result.Warnings, "\n")
	for _, text := range append(tc.noWarnings, "Detailed results") { // the latter only names the path of a report
		if strings.Contains(warnings, text) {
			t.Errorf("a warning contains %q: %s", text, warnings)
		}
	}
	for _, text := range tc.wantWarnings {
		if !strings.Contains(warnings, text) {
			t.Errorf("no warning contains %q: %s", text, warnings)
		}
	}
}

// TestPublish covers publishes that succeed.
func TestPublish(t *testing.T) {
	t.Parallel()
	runPublishTests(t, map[string]publishTest{
		"no fault": {wantEnd: succeeded, wantEnables: 1, wantPublishes: 1},
		"a re-ordered document": {
			prepare: (*shelld.Shell).Reorder, wantEnd: succeeded, wantEnables: 1, wantPublishes: 1,
		},
		"a new signature": {
			prepare: (*shelld.Shell).RenewSignature, wantEnd: succeeded, wantEnables: 1, wantPublishes: 1,
			noWarnings: []string{"Signature"},
		},
		"the same signature": {
			wantEnd: succeeded, wantEnables: 1, wantPublishes: 1, wantWarnings: []string{"did not change the " +
				"Signature"},
		},
		"garbage": {
			faults: []shelld.Fault{{Garbage: true}}, wantEnd: succeeded, wantEnables: 1, wantPublishes: 1,
		},
		"CLIXML": {
			faults: []shelld.Fault{{CLIXML: true}}, wantEnd: succeeded, wantEnables: 1, wantPublishes: 1,
		},
		"a slow publish": {
			faults: []shelld.Fault{{At: shelld.Published, Slow: 20 * time.Minute}}, wantEnd: succeeded, wantEnables: 1,
			wantPublishes: 1,
		},
		"unwatched": {unwatched: true, wantEnd: succeeded, wantEnables: 1, wantPublishes: 1},
		"warnings": {
			faults: []shelld.Fault{{Warn: true}}, wantEnd: succeeded, wantEnables: 1, wantPublishes: 1,
			wantWarnings: []string{"Some warning & more"},
		},
		"errors without effect": {
			faults: []shelld.Fault{{PublishReportsError: true}}, wantEnd: succeeded, wantEnables: 1, wantPublishes: 1,
			wantWarnings: []string{"reported errors", "SqlConnectionFailure"},
		},
	})
}

// TestPublishDoesNotBegin covers causes that end the script before it publishes.
func TestPublishDoesNotBegin(t *testing.T) {
	t.Parallel()
	runPublishTests(t, map[string]publishTest{
		"no connection": {
			faults: []shelld.Fault{{NotStarted: true}}, wantEnd: notPublished, wantDocument: holdsBase,
			wantErrors: []string{"no such host", "fe1.contoso.com", "Nothing was published"},
		},
		"no module": {
			faults: []shelld.Fault{{NoModule: true}}, wantEnd: notPublished, wantDocument: holdsBase,
			wantErrors: []string{"administrative tools"},
		},
		"busy": {
			faults: []shelld.Fault{{Busy: true}}, wantEnd: notPublished, wantDocument: holdsBase,
			wantErrors: []string{"another run of the provider on fe1.contoso.com, or another program there",
				`the mutex Global\terraform-provider-lync. It was not free within 10m0s`, "handle.exe"},
		},
		"another document": {
			prepare: func(s *shelld.Shell) { s.SetDocument([]byte(renameLyon(string(paired())))) }, wantEnd: conflict,
			wantDocument: holdsOther,
		},
		"failed over": {
			prepare: func(s *shelld.Shell) { s.SetPoolState("paris.contoso.com", "FailedOver") }, wantEnd: refused,
			wantDocument: holdsBase,
			wantErrors:   []string{"paris.contoso.com is in the state FailedOver", "LC-NOFO", "Invoke-CsPoolFailBack"},
		},
		"failing back": {
			prepare: func(s *shelld.Shell) { s.SetPoolState("lyon.contoso.com", "FailingBack") }, wantEnd: refused,
			wantDocument: holdsBase,
			wantErrors:   []string{"lyon.contoso.com is in the state FailingBack"},
		},
		"another pool failed over": {
			prepare: func(s *shelld.Shell) { s.SetPoolState("rome.contoso.com", "FailedOver") }, wantEnd: succeeded,
			wantEnables: 1, wantPublishes: 1,
		},
		"canceled before": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Writing, Hang: true}}, cancel: time.Minute,
			wantEnd: notPublished, wantDocument: holdsBase,
			wantErrors: []string{"canceled"},
		},
		"deadline before": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Read, Hang: true}}, timeout: time.Minute,
			wantEnd: notPublished, wantDocument: holdsBase,
			wantErrors: []string{"the operation ended before the publish"},
		},
		"deadline before, unwatched": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Writing, Slow: 2 * time.Minute}}, timeout: time.Minute,
			unwatched: true, wantEnd: notPublished,
			wantDocument: holdsBase, wantErrors: []string{"the time limit passed on"},
		},
		"lost before": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Writing, Lost: true}}, wantEnd: notPublished,
			wantDocument: holdsBase, wantErrors: []string{"connection reset", "read again"},
		},
		"lost before, and the script continues": {
			faults:  []shelld.Fault{{Script: publish, At: shelld.Connect, Detached: true, Slow: 10 * time.Minute}},
			wantEnd: notPublished, wantDocument: holdsBase,
		},
		"PowerShell fails": {
			faults:  []shelld.Fault{{Script: publish, At: shelld.Connect, Lost: true}, {Script: publish, Exit: true}},
			wantEnd: notPublished, wantDocument: holdsBase,
		},
	})
}

// TestPublishFails covers failures of Publish-CsTopology.
func TestPublishFails(t *testing.T) {
	t.Parallel()
	runPublishTests(t, map[string]publishTest{
		"refused": {
			faults: []shelld.Fault{{Refuse: true}}, wantEnd: refused, wantDocument: holdsBase, wantPublishes: 1,
			wantErrors: []string{
				"Microsoft.Rtc.Applications.Cas", `20130101T000000Z-00000001.publish.html`, "Validate New Topology",
			},
		},
		"refused, in another language": {
			faults: []shelld.Fault{{Refuse: true, Localized: true}}, wantEnd: refused, wantDocument: holdsBase,
			wantPublishes: 1,
		},
		"denied": {
			faults: []shelld.Fault{{Denied: true}}, wantEnd: notPublished, wantDocument: holdsBase, wantPublishes: 1,
			wantErrors: []string{
				"The EXECUTE permission was denied on the object 'XdsPublishItems'", "RTCUniversalServerAdmins",
				"read again", "Nothing was published",
			},
		},
		"denied, in another language": {
			faults: []shelld.Fault{{Denied: true, Localized: true}}, wantEnd: notPublished, wantDocument: holdsBase,
			wantPublishes: 1,
		},
		"a file that is not parsed": {
			faults: []shelld.Fault{{Unparsed: true}}, wantEnd: notPublished, wantDocument: holdsBase, wantPublishes: 1,
			wantErrors: []string{
				"could not parse the file", "There is no Unicode byte order mark", "not the permissions of the account",
				"wanted.xml", "read again",
			},
			noErrors: []string{"RTCUniversalServerAdmins"},
		},
		"a file that is not parsed, in another language": {
			faults: []shelld.Fault{{Unparsed: true, Localized: true}}, wantEnd: notPublished, wantDocument: holdsBase,
			wantPublishes: 1, wantErrors: []string{"could not parse the file"},
			noErrors: []string{"RTCUniversalServerAdmins"},
		},
		"no output and no publish": {
			faults: []shelld.Fault{{Silent: true}}, wantEnd: notPublished, wantDocument: holdsBase, wantPublishes: 1,
		},
		"denied, while another publishes": {
			faults: []shelld.Fault{{Denied: true, At: shelld.Publishing, Admin: renameLyon}}, wantEnd: notPublished,
			wantDocument: holdsOther, wantPublishes: 1,
			wantErrors: []string{"another administrator has published in the meantime"},
		},
	})
}

func TestPublishOfAnOldDocument(t *testing.T) {
	t.Parallel()
	double := shelld.New(t, paired())
	s := shell.New(double, shell.Options{})

	base, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next := unpaired(t, base)
	if _, err := s.Publish(t.Context(), base, next); err != nil {
		t.Fatal(err)
	}

	// A publish that is based on the old document conflicts.
	if _, err := s.Publish(t.Context(), base, next); !errors.Is(err, store.ErrConflict) {
		t.Errorf("not a conflict: %v", err)
	}
	if got, err := s.Load(t.Context()); err != nil || string(got) != string(double.Document()) {
		t.Errorf("Load: %v", err)
	}
	if counts := double.Counts(); counts != (shelld.Counts{Runs: 4, Loads: 2, Publishes: 1, Enables: 1}) {
		t.Errorf("%+v", counts)
	}
}
