package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// documented are the ids of the rules in the documentation, in the order in which they were collected.
var documented = strings.Fields(`
	PP-RECIP PP-ONE PP-SELF PP-2010 PP-EXIST PP-FREE PP-KIND PP-NODIR PP-NOEDGE PP-NOPCHAT PP-NOSBA PP-SBAFREE
	PP-OPTIONAL PP-EDITION PP-VIRT PP-OS PP-NOTB PP-VERSION PP-10-13 PP-SQLHA PP-SEHA PP-MIRROR19 PP-FE3
	PP-FE2-19 PP-SYNC3 PP-SEALT PP-FEEQ PP-CAP PP-CAPNUM PP-DIST PP-SITE PP-STRETCH PP-SMB PP-DNS PP-CPS
	PP-RGSNAME PP-RGS19 PP-EDGEHOP PP-GEO PP-ACTIVE
	VF-NEEDBK VF-RANGE VF-DEFPOOL VF-DEFSBA VF-MIN90 VF-MIN120 VF-GAP VF-BOTH VF-ON VF-NOTDR VF-AUTOBACK
	BS-RANGE BS-DEFAULT BS-GLOBAL BS-OTHER BS-PERM BS-INSTALL BS-CU BS-HEALTHY BS-CMSNI BS-MODULES BS-SYNCFAIL
	CM-ONE CM-PAIR CM-SEDB CM-SEPREP CM-ORDER CM-TARGET CM-STAY CM-REMOVE CM-UNPAIR
	LC-WRITE LC-SETREG LC-PUBLISH LC-SETUP LC-STALE LC-UPGRADE LC-NOBACKUP LC-PING LC-FQDN LC-NOFO LC-AGCMS
	LC-MOVECONF LC-LASTFE
	BR-ONE BR-KIND BR-SITE BR-CENTRAL BR-TWO BR-ANY BR-SIZE BR-V13-10 BR-V10-13 BR-V-15 BR-V-19 BR-V10-19 BR-VGT
	BR-MON10 BR-MOVE BR-MIGRATE BR-INPLACE BR-NODANGLE BR-CSITE BR-NODR BR-PAIRFREE BR-FQDN BR-RENAME BR-MED
	BR-ORDER BR-POLICY BR-LBR BR-PORT BR-DNS BR-TLS BR-CERT BR-XMPP`)

func TestEveryDocumentedRuleIsAccountedFor(t *testing.T) {
	t.Parallel()
	if len(documented) != 116 {
		t.Errorf("%d rules in the list of this test, want 116", len(documented))
	}
	var got, own []string
	for _, r := range resilience.Rules() {
		if r.Own() {
			own = append(own, r.ID)
		} else {
			got = append(got, r.ID)
		}
	}
	want := "PP-STORE PP-WHOLE PP-SHARED PP-SHAPE PP-RENAME BR-EXIST VERSION-UNKNOWN TD-NAME"
	if g := strings.Join(own, " "); g != want {
		t.Errorf("rules of our own: got %s, want %s", g, want)
	}
	for _, u := range uncheckedRules() {
		got = append(got, u.ID)
	}
	seen := map[string]bool{}
	for _, id := range append(got, own...) {
		if seen[id] {
			t.Errorf("%s exists twice", id)
		}
		seen[id] = true
	}
	for _, id := range documented {
		if !slices.Contains(got, id) {
			t.Errorf("%s is neither in the catalogue nor among the unchecked rules", id)
		}
	}
	for _, id := range got {
		if !slices.Contains(documented, id) {
			t.Errorf("%s is not documented", id)
		}
	}
}

func TestUncheckedRulesAreInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	last := -1
	for _, u := range uncheckedRules() {
		at := slices.Index(documented, u.ID)
		if at < last {
			t.Errorf("%s comes too late", u.ID)
		}
		last = at
	}
	uncheckedRules()[0].ID = "changed"
	if uncheckedRules()[0].ID != "PP-OPTIONAL" {
		t.Error("the unchecked rules can be changed from outside")
	}
}

func TestUncheckedRulesAreComplete(t *testing.T) {
	t.Parallel()
	severities := []resilience.Severity{
		resilience.Error, resilience.Unsupported, resilience.Discouraged, resilience.Info,
	}
	for _, u := range uncheckedRules() {
		if !slices.Contains(severities, u.Severity) {
			t.Errorf("%s has the severity %q", u.ID, u.Severity)
		}
		for name, text := range map[string]string{"versions": u.Versions, "statement": u.Statement, "reason": u.Why,
			"source": u.Source} {
			if text == "" || text != strings.TrimSpace(text) || strings.ContainsAny(text, "\n\"“”„«»—") {
				t.Errorf("%s: %s %q", u.ID, name, text)
			}
		}
		if !strings.HasSuffix(u.Statement, ".") || strings.Contains(u.Statement, ". ") {
			t.Errorf("%s: a statement is one sentence: %s", u.ID, u.Statement)
		}
		if !strings.HasSuffix(u.Why, ".") || strings.HasSuffix(u.Source, ".") {
			t.Errorf("%s: the reason has to be a sentence, and the source must not be one: %+v", u.ID, u)
		}
	}
}

// An unchecked rule is not in the catalogue, because it cannot be ignored and has no checks.
func TestUncheckedRulesAreNotInTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, u := range uncheckedRules() {
		if _, found := resilience.Lookup(u.ID); found {
			t.Errorf("%s is in the catalogue too", u.ID)
		}
	}
}

func TestPlacesOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][]string{
		"PP-SELF": {"validation of the configuration; plan of a pool pair: creation or replacement; import; the " +
			"function pool_pairs", "findings"},
		"PP-KIND":    {"plan of a pool pair: creation or replacement", "findings"},
		"PP-VERSION": {"plan of a pool pair: creation or replacement", "findings"},
		"PP-WHOLE":   {"findings"},
		"VF-RANGE":   {"plan that sets or changes a setting", "findings"},
		"LC-STALE":   {"plan of a pool pair: destroy or replacement"},
		"VF-BOTH":    {"findings"},
		"PP-CAP":     {"findings of a data source that is given an inventory"},
	} {
		rule, _ := resilience.Lookup(id)
		if got := placesOf(rule); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	var unchecked []string
	for _, r := range resilience.Rules() {
		if !r.Allowance && len(placesOf(r)) == 0 {
			unchecked = append(unchecked, r.ID)
		}
	}
	if len(unchecked) > 0 {
		t.Errorf("not checked: %v", unchecked)
	}
}
