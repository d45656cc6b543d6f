package shell_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// TestPublishWithOtherChanges covers documents and backups that differ from the expected ones.
func TestPublishWithOtherChanges(t *testing.T) {
	t.Parallel()
	runPublishTests(t, map[string]publishTest{
		"another publishes between": {
			faults: []shelld.Fault{{At: shelld.Publishing, Admin: renameLyon}}, wantEnd: overwrote, wantPublishes: 1,
			wantErrors: []string{
				"Sites", "before.xml", "wanted.xml",
				`Publish-CsTopology -FileName 'C:\ProgramData\terraform-provider-lync\`,
			},
		},
		"another publishes between, re-ordered": {
			prepare: (*shelld.Shell).Reorder, faults: []shelld.Fault{{At: shelld.Publishing, Admin: renameLyon}},
			wantEnd: overwrote, wantPublishes: 1,
		},
		"another publishes an equal document between": {
			faults: []shelld.Fault{
				{At: shelld.Publishing, Admin: func(d string) string { return strings.ReplaceAll(d, "\r\n", "\n") }},
			},
			wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
		},
		"another publishes after it": {
			faults: []shelld.Fault{{At: shelld.Published, Admin: renameLyon}}, wantEnd: succeeded,
			wantDocument: holdsOther, wantPublishes: 1, wantEnables: 1,
			wantWarnings: []string{"does not touch: Sites"},
		},
		"another undoes it": {
			faults: []shelld.Fault{{At: shelld.Published, Admin: restoreBase}}, wantEnd: notPublished,
			wantDocument: holdsBase, wantPublishes: 1,
		},
		"stored differently": {
			faults: []shelld.Fault{{Tamper: `<ServiceId SiteId="1" RoleName="Registrar" Instance="1" />=` +
				`<ServiceId SiteId="1" RoleName="Registrar" Instance="7" />`}},
			wantEnd: different, wantDocument: holdsOther, wantPublishes: 1, wantEnables: 1,
			wantErrors: []string{"service 1-Registrar-1"},
		},
		"no backup": {
			faults: []shelld.Fault{{NoBackup: true}}, wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
			wantWarnings: []string{"left no backup"},
		},
		"a backup that is no document": {
			faults: []shelld.Fault{{UnreadableBackup: true}}, wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
			wantWarnings: []string{
				"cannot be read: Data at the root level is invalid. Line 1, position 1. The provider",
			},
		},
		"a backup that others can write": {
			faults: []shelld.Fault{{
				ForeignBackup: true, At: shelld.Publishing, Admin: func(s string) string { return renameLyon(s) },
			}},
			wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
			wantWarnings: []string{
				`can be written by BUILTIN\Users (S-1-5-32-545). The provider did not read it`,
			},
		},
	})
}

// TestPublishEnables covers failures of Enable-CsTopology.
func TestPublishEnables(t *testing.T) {
	t.Parallel()
	runPublishTests(t, map[string]publishTest{
		"not enabled once": {
			faults: []shelld.Fault{{EnableFails: true}}, wantEnd: succeeded, wantPublishes: 1, wantEnables: 2,
		},
		"not enabled": {
			faults: []shelld.Fault{{EnableFails: true, Times: -1}}, wantEnd: notEnabled, wantPublishes: 1,
			wantEnables: 4,
			wantErrors:  []string{"Access is denied", "enable.html"},
		},
		"not enabled in time": {
			faults: []shelld.Fault{{EnableFails: true, Times: -1}}, timeout: 5 * time.Second, wantEnd: notEnabled,
			wantPublishes: 1, wantEnables: 1,
		},
		"not enabled, in another language": {
			faults: []shelld.Fault{{EnableFails: true, Localized: true, Times: -1}}, wantEnd: notEnabled,
			wantPublishes: 1, wantEnables: 4,
		},
		"lost while it enables": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Enabling, Lost: true}}, wantEnd: succeeded,
			wantPublishes: 1, wantEnables: 1, wantWarnings: []string{"was not observed"},
		},
		"lost while it enables again": {
			faults: []shelld.Fault{
				{Script: publish, EnableFails: true}, {Script: enable, At: shelld.Enabling, Lost: true},
			},
			wantEnd: succeeded, wantPublishes: 1, wantEnables: 2,
		},
	})
}

// TestPublishSimpleURLs covers the comparison of the simple URLs.
func TestPublishSimpleURLs(t *testing.T) {
	t.Parallel()
	runPublishTests(t, map[string]publishTest{
		"simple URLs lost": {
			faults: []shelld.Fault{{LoseURLs: true}}, wantEnd: simpleURLs, wantPublishes: 1, wantEnables: 1,
			wantErrors: []string{
				"https://dialin.contoso.com", "https://meet.contoso.com", "none", "Set-CsSimpleUrlConfiguration",
			},
		},
		"simple URLs not read": {
			faults: []shelld.Fault{{UnreadURLs: true}}, wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
			wantWarnings: []string{"simple URLs"},
		},
		"simple URLs lost and not enabled": {
			faults: []shelld.Fault{{LoseURLs: true}, {EnableFails: true, Times: -1}}, wantEnd: notEnabled,
			wantPublishes: 1, wantEnables: 4,
			wantWarnings: []string{"https://dialin.contoso.com"},
		},
	})
}

// TestPublishConfirms covers publishes whose end was not observed.
func TestPublishConfirms(t *testing.T) {
	t.Parallel()
	runPublishTests(t, map[string]publishTest{
		"cut": {
			faults: []shelld.Fault{{Script: publish, Cut: true}}, wantEnd: succeeded, wantPublishes: 1, wantEnables: 2,
			wantWarnings: []string{"was not observed"},
		},
		"exit": {
			faults: []shelld.Fault{{Script: publish, Exit: true}}, wantEnd: succeeded, wantPublishes: 1, wantEnables: 2,
		},
		"lost": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Lost: true}}, wantEnd: succeeded,
			wantPublishes: 1, wantEnables: 1,
		},
		"not read": {
			faults: []shelld.Fault{{Script: publish, ReadFails: true}}, wantEnd: succeeded, wantPublishes: 1,
			wantEnables: 1,
		},
		"lost late": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Answer, Lost: true}}, wantEnd: succeeded,
			wantPublishes: 1, wantEnables: 2,
		},
		"lost, and the script continues": {
			faults:  []shelld.Fault{{Script: publish, At: shelld.Publishing, Detached: true, Slow: 15 * time.Minute}},
			wantEnd: succeeded, wantPublishes: 1, wantEnables: 2,
		},
		"lost, and the script continues and fails": {
			faults: []shelld.Fault{
				{Script: publish, At: shelld.Publishing, Detached: true, Slow: 5 * time.Minute, Denied: true},
			},
			wantEnd: notPublished, wantDocument: holdsBase, wantPublishes: 1,
		},
		"lost, and no connection for a while": {
			faults: []shelld.Fault{
				{Script: publish, At: shelld.Published, Lost: true}, {Script: readBack, NotStarted: true, Times: 9},
			},
			wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
		},
		"lost, and no connection until the end": {
			faults: []shelld.Fault{
				{Script: publish, At: shelld.Published, Lost: true}, {Script: readBack, NotStarted: true, Times: -1},
			},
			wantEnd: unconfirmed, wantPublishes: 1,
			wantErrors: []string{"connection reset", "no such host"},
		},
		"lost, and the reads hang": {
			faults: []shelld.Fault{
				{Script: publish, At: shelld.Published, Lost: true},
				{Script: readBack, At: shelld.Read, Hang: true, Times: -1},
			},
			wantEnd: unconfirmed, wantPublishes: 1,
		},
		"canceled while it publishes": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Slow: 4 * time.Minute}}, cancel: time.Minute,
			wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
		},
		"deadline while it publishes": {
			faults:  []shelld.Fault{{Script: publish, At: shelld.Publishing, Slow: 4 * time.Minute}},
			timeout: time.Minute, wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
		},
		"canceled while it publishes, unwatched": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Published, Slow: 4 * time.Minute}}, cancel: time.Minute,
			unwatched: true, wantEnd: succeeded, wantPublishes: 1, wantEnables: 1,
		},
		"hung while it publishes": {
			faults: []shelld.Fault{{Script: publish, At: shelld.Publishing, Hang: true}}, cancel: time.Minute,
			wantEnd: notPublished, wantDocument: holdsBase,
		},
	})
}
