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

func TestPublish(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		faults  []shelld.Fault
		prepare func(*shelld.Shell)
		timeout time.Duration // default: half an hour
		cancel  time.Duration // default: never
		plain   bool          // over a transport that tells nothing of a running script

		ends     ending
		holds    holds
		says     []string // in the error
		warns    []string // in the warnings
		silent   []string // not in the warnings
		enables  int      // how often Enable-CsTopology ran
		publishs int      // how often Publish-CsTopology ran
	}{
		"nothing": {ends: fine, enables: 1, publishs: 1},
		"a re-ordered document": {
			prepare: (*shelld.Shell).Reorder, ends: fine, enables: 1, publishs: 1,
		},
		"a new signature": {
			prepare: (*shelld.Shell).RenewSignature, ends: fine, enables: 1, publishs: 1, silent: []string{"Signature"},
		},
		"the same signature": {ends: fine, enables: 1, publishs: 1, warns: []string{"kept the Signature"}},
		"garbage":            {faults: []shelld.Fault{{Garbage: true}}, ends: fine, enables: 1, publishs: 1},
		"CLIXML":             {faults: []shelld.Fault{{CLIXML: true}}, ends: fine, enables: 1, publishs: 1},
		"a slow publish":     {faults: []shelld.Fault{{At: shelld.Published, Slow: 20 * time.Minute}}, ends: fine, enables: 1, publishs: 1},
		"not watched":        {plain: true, ends: fine, enables: 1, publishs: 1},
		"warnings":           {faults: []shelld.Fault{{Warn: true}}, ends: fine, enables: 1, publishs: 1, warns: []string{"Some warning & more"}},
		"errors that do not": {faults: []shelld.Fault{{PublishReportsError: true}}, ends: fine, enables: 1, publishs: 1, warns: []string{"reported errors", "SqlConnectionFailure"}},

		// Before the publish.
		"no connection": {
			faults: []shelld.Fault{{NotStarted: true}}, ends: notPublished, holds: theBase, says: []string{"no such host", "fe1.contoso.com", "Nothing was published"},
		},
		"no module": {faults: []shelld.Fault{{NoModule: true}}, ends: notPublished, holds: theBase, says: []string{"administrative tools"}},
		"busy":      {faults: []shelld.Fault{{Busy: true}}, ends: notPublished, holds: theBase, says: []string{"another run of the provider"}},
		"another document": {
			prepare: func(s *shelld.Shell) { s.SetDocument([]byte(elsewhere(string(paired())))) }, ends: conflict, holds: another,
		},
		"failed over": {
			prepare: func(s *shelld.Shell) { s.SetPoolState("paris.contoso.com", "FailedOver") }, ends: refused, holds: theBase,
			says: []string{"paris.contoso.com is in the state FailedOver", "LC-NOFO", "Invoke-CsPoolFailBack"},
		},
		"failing back": {
			prepare: func(s *shelld.Shell) { s.SetPoolState("lyon.contoso.com", "FailingBack") }, ends: refused, holds: theBase,
			says: []string{"lyon.contoso.com is in the state FailingBack"},
		},
		"another pool failed over": {
			prepare: func(s *shelld.Shell) { s.SetPoolState("rome.contoso.com", "FailedOver") }, ends: fine, enables: 1, publishs: 1,
		},
		"canceled before": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Writing, Hang: true}}, cancel: time.Minute, ends: notPublished, holds: theBase,
			says: []string{"canceled"},
		},
		"deadline before": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Read, Hang: true}}, timeout: time.Minute, ends: notPublished, holds: theBase,
			says: []string{"the operation ended before the publish"},
		},
		"deadline before, not watched": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Writing, Slow: 2 * time.Minute}}, timeout: time.Minute, plain: true, ends: notPublished,
			holds: theBase, says: []string{"Raise the timeout"},
		},
		"lost before": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Writing, Lost: true}}, ends: notPublished, holds: theBase, says: []string{"connection reset", "read again"},
		},
		"lost before, and it goes on": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Connect, Detached: true, Slow: 10 * time.Minute}}, ends: notPublished, holds: theBase,
		},
		"PowerShell fails": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Connect, Lost: true}, {Script: publish, Exit: true}}, ends: notPublished, holds: theBase,
		},

		// Refused.
		"refused": {
			faults: []shelld.Fault{{Refuse: true}}, ends: refused, holds: theBase, publishs: 1,
			says: []string{"Microsoft.Rtc.Applications.Cas", `20130101T000000Z-00000001.publish.html`, "Validate New Topology"},
		},
		"refused, in another language": {faults: []shelld.Fault{{Refuse: true, Localized: true}}, ends: refused, holds: theBase, publishs: 1},
		"denied": {
			faults: []shelld.Fault{{Denied: true}}, ends: notPublished, holds: theBase, publishs: 1,
			says: []string{"The EXECUTE permission was denied on the object 'XdsPublishItems'", "RTCUniversalServerAdmins", "read again", "Nothing was published"},
		},
		"denied, in another language": {faults: []shelld.Fault{{Denied: true, Localized: true}}, ends: notPublished, holds: theBase, publishs: 1},
		"nothing done":                {faults: []shelld.Fault{{Silent: true}}, ends: notPublished, holds: theBase, publishs: 1},
		"denied, while another publishes": {
			faults: []shelld.Fault{{Denied: true, At: shelld.Publishing, Admin: elsewhere}}, ends: notPublished, holds: another, publishs: 1,
			says: []string{"another administrator has published in the meantime"},
		},

		// Another administrator.
		"another publishes in between": {
			faults: []shelld.Fault{{At: shelld.Publishing, Admin: elsewhere}}, ends: overwrote, publishs: 1,
			says: []string{"Sites", "before.xml", "wanted.xml", `Publish-CsTopology -FileName 'C:\ProgramData\terraform-provider-lync\`},
		},
		"another publishes in between, re-ordered": {
			prepare: (*shelld.Shell).Reorder, faults: []shelld.Fault{{At: shelld.Publishing, Admin: elsewhere}}, ends: overwrote, publishs: 1,
		},
		"another writes the same in between": {
			faults: []shelld.Fault{{At: shelld.Publishing, Admin: func(d string) string { return strings.ReplaceAll(d, "\r\n", "\n") }}},
			ends:   fine, publishs: 1, enables: 1,
		},
		"another publishes behind": {
			faults: []shelld.Fault{{At: shelld.Published, Admin: elsewhere}}, ends: fine, holds: another, publishs: 1, enables: 1,
			warns: []string{"does not touch: Sites"},
		},
		"another undoes it": {faults: []shelld.Fault{{At: shelld.Published, Admin: undo}}, ends: notPublished, holds: theBase, publishs: 1},
		"kept otherwise": {
			faults: []shelld.Fault{{Tamper: `<ServiceId SiteId="1" RoleName="Registrar" Instance="1" />=<ServiceId SiteId="1" RoleName="Registrar" Instance="7" />`}},
			ends:   different, holds: another, publishs: 1, enables: 1, says: []string{"service 1-Registrar-1"},
		},
		"no backup": {faults: []shelld.Fault{{NoBackup: true}}, ends: fine, publishs: 1, enables: 1, warns: []string{"left no backup"}},

		// Enable.
		"not enabled once": {faults: []shelld.Fault{{EnableFails: true}}, ends: fine, publishs: 1, enables: 2},
		"not enabled": {
			faults: []shelld.Fault{{EnableFails: true, Times: -1}}, ends: notEnabled, publishs: 1, enables: 4,
			says: []string{"Access is denied", "enable.html"},
		},
		"not enabled in time": {
			faults: []shelld.Fault{{EnableFails: true, Times: -1}}, timeout: 5 * time.Second, ends: notEnabled, publishs: 1, enables: 1,
		},
		"not enabled, in another language": {faults: []shelld.Fault{{EnableFails: true, Localized: true, Times: -1}}, ends: notEnabled, publishs: 1, enables: 4},
		"lost while it enables": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Enabling, Lost: true}}, ends: fine, publishs: 1, enables: 1, warns: []string{"was not observed"},
		},
		"lost while it enables again": {
			faults: []shelld.Fault{{Script: publish, EnableFails: true}, {Script: enable, At: shelld.Enabling, Lost: true}}, ends: fine, publishs: 1, enables: 2,
		},

		// Simple URLs.
		"simple URLs lost": {
			faults: []shelld.Fault{{LoseURLs: true}}, ends: simpleURLs, publishs: 1, enables: 1,
			says: []string{"https://dialin.contoso.com", "https://meet.contoso.com", "none", "Set-CsSimpleUrlConfiguration"},
		},
		"simple URLs not read": {faults: []shelld.Fault{{UnreadURLs: true}}, ends: fine, publishs: 1, enables: 1, warns: []string{"simple URLs"}},
		"simple URLs lost and not enabled": {
			faults: []shelld.Fault{{LoseURLs: true}, {EnableFails: true, Times: -1}}, ends: notEnabled, publishs: 1, enables: 4,
			warns: []string{"https://dialin.contoso.com"},
		},

		// The outcome is unknown at first.
		"cut":       {faults: []shelld.Fault{{Script: publish, Cut: true}}, ends: fine, publishs: 1, enables: 2, warns: []string{"was not observed"}},
		"exit":      {faults: []shelld.Fault{{Script: publish, Exit: true}}, ends: fine, publishs: 1, enables: 2},
		"lost":      {faults: []shelld.Fault{{Script: publish, At: shelld.Published, Lost: true}}, ends: fine, publishs: 1, enables: 1},
		"not read":  {faults: []shelld.Fault{{Script: publish, ReadFails: true}}, ends: fine, publishs: 1, enables: 1},
		"lost late": {faults: []shelld.Fault{{Script: publish, At: shelld.Answer, Lost: true}}, ends: fine, publishs: 1, enables: 2},
		"lost, and it goes on": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Publishing, Detached: true, Slow: 15 * time.Minute}}, ends: fine, publishs: 1, enables: 2,
		},
		"lost, and it goes on and fails": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Publishing, Detached: true, Slow: 5 * time.Minute, Denied: true}}, ends: notPublished, holds: theBase,
			publishs: 1,
		},
		"lost, and no connection for a while": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Lost: true}, {Script: settle, NotStarted: true, Times: 9}}, ends: fine, publishs: 1, enables: 1,
		},
		"lost, and no connection any more": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Lost: true}, {Script: settle, NotStarted: true, Times: -1}}, ends: unconfirmed, publishs: 1,
			says: []string{"connection reset", "no such host", "terraform plan"},
		},
		"lost, and the reads hang": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Lost: true}, {Script: settle, At: shelld.Read, Hang: true, Times: -1}}, ends: unconfirmed, publishs: 1,
		},
		"canceled while it publishes": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Slow: 4 * time.Minute}}, cancel: time.Minute, ends: fine, publishs: 1, enables: 1,
		},
		"deadline while it publishes": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Publishing, Slow: 4 * time.Minute}}, timeout: time.Minute, ends: fine, publishs: 1, enables: 1,
		},
		"canceled while it publishes, not watched": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Slow: 4 * time.Minute}}, cancel: time.Minute, plain: true, ends: fine, publishs: 1, enables: 1,
		},
		"hung while it publishes": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Publishing, Hang: true}}, cancel: time.Minute, ends: notPublished, holds: theBase,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				base := paired()
				next := unpaired(t, base)
				double := shelld.New(t, base)
				double.Inject(tc.faults...)

				if tc.prepare != nil {
					tc.prepare(double)
				}

				ctx, stop := context.WithTimeout(t.Context(), max(tc.timeout, time.Duration(b2i(tc.timeout == 0))*30*time.Minute))
				defer stop()

				if tc.cancel > 0 {
					time.AfterFunc(tc.cancel, stop)
				}

				var transport powershell.Transport = double
				if tc.plain {
					transport = double.Unwatched()
				}

				result, err := shell.New(transport, shell.Options{}).Publish(ctx, base, next)

				if !tc.ends(result, err) {
					t.Errorf("ended with %T: %v, %+v", err, err, result)
				}

				for _, text := range tc.says {
					if got := message(result, err); !strings.Contains(got, text) {
						t.Errorf("no error contains %q: %s", text, got)
					}
				}

				warnings := strings.Join(result.Warnings, "\n")
				if strings.Contains(warnings, "Detailed results") {
					t.Errorf("a warning only says where a report is: %s", warnings)
				}

				for _, text := range tc.silent {
					if strings.Contains(warnings, text) {
						t.Errorf("a warning says %q: %s", text, warnings)
					}
				}

				for _, text := range tc.warns {
					if !strings.Contains(warnings, text) {
						t.Errorf("no warning says %q: %s", text, warnings)
					}
				}

				// A script that went on alone is to be over.
				time.Sleep(30 * time.Minute)
				synctest.Wait()

				held := parse(t, double.Document())
				if got := topology.Equivalent(held, parse(t, next)); got != (tc.holds == ours) {
					t.Errorf("the store holds what was wanted: %v", got)
				}

				if got := topology.Equivalent(held, parse(t, base)); got != (tc.holds == theBase) {
					t.Errorf("the store holds what it held: %v", got)
				}

				counts := double.Counts()
				if counts.Enables != tc.enables || counts.Publishes != tc.publishs {
					t.Errorf("%d publishes, %d enables", counts.Publishes, counts.Enables)
				}

				if err == nil && !topology.Equivalent(parse(t, result.Document), held) {
					t.Error("the result has another document than the store")
				}

				if errors.Is(err, store.ErrConflict) && string(result.Document) != string(double.Document()) {
					t.Error("the conflict has another document than the store")
				}
			})
		})
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}

	return 0
}

func TestPublishThenAgain(t *testing.T) {
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

	// Whoever still has the old document is told.
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
