package resilience

import (
	"slices"
	"strings"
	"testing"
)

// tableOrder is the order of precedence of the rules in messages.
var tableOrder = strings.Fields(`
	PP-SELF PP-EXIST PP-KIND PP-NODIR PP-NOEDGE PP-NOPCHAT PP-NOSBA PP-10-13 PP-FE2-19 PP-STORE
	PP-FREE
	PP-ONE
	PP-VERSION
	PP-RECIP
	PP-WHOLE
	PP-2010 PP-SBAFREE BR-ANY BR-PAIRFREE CM-STAY
	PP-EDITION PP-SITE PP-SYNC3 PP-SHARED
	PP-SHAPE
	PP-RENAME
	PP-FE3
	PP-VIRT PP-OS PP-CAP PP-CAPNUM PP-DIST
	PP-EDGEHOP
	VF-RANGE
	VF-MIN90 VF-MIN120 VF-GAP VF-ON
	VF-NEEDBK VF-BOTH
	CM-ONE
	CM-PAIR
	CM-UNPAIR LC-STALE LC-NOFO
	BR-EXIST
	BR-ONE
	BR-KIND BR-V13-10 BR-NODR
	BR-SITE
	BR-CENTRAL
	BR-TWO BR-VGT BR-MOVE BR-MIGRATE
	BR-NODANGLE
	VERSION-UNKNOWN
	TD-NAME`)

func TestCatalogueOrder(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range Rules() {
		got = append(got, r.ID)
	}
	if !slices.Equal(got, tableOrder) {
		t.Errorf("got  %v\nwant %v", got, tableOrder)
	}
}

func TestCatalogueEntriesAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s exists twice", r.ID)
		}
		seen[r.ID] = true
		if !slices.Contains([]Severity{Error, Unsupported, Discouraged, Info}, r.Severity) {
			t.Errorf("%s has the severity %q", r.ID, r.Severity)
		}
		if r.Versions == "" || r.Title == "" || r.Source == "" || r.Statement == "" {
			t.Errorf("%s lacks a text: %+v", r.ID, r)
		}
		if !strings.HasSuffix(r.Statement, ".") || strings.HasSuffix(r.Title, ".") || strings.HasSuffix(r.Source, ".") {
			t.Errorf("%s: the statement has to be a sentence, the title and the source must not be one: %+v", r.ID, r)
		}
		if (r.OtherSeverity == "") != (r.OtherWhen == "") || r.OtherSeverity == r.Severity {
			t.Errorf("%s: the second severity needs OtherWhen and has to differ from the first: %+v", r.ID, r)
		}
		if r.WarningWhen != "" && (r.StaysWarning() || r.Severity != Unsupported && r.OtherSeverity != Unsupported) {
			t.Errorf("%s: strict support would raise no violation, but WarningWhen is set: %+v", r.ID, r)
		}
		checks := r.create != nil || r.branch != nil || r.settings != nil || r.destroy != nil || r.finding != nil
		if r.Allowance && (checks || r.Severity != Info) {
			t.Errorf("%s is an allowance and must not be checked", r.ID)
		}
	}
}

// Each rule is checked at the events of this table, and at no other.
func TestRulesAreCheckedAtTheirEvents(t *testing.T) {
	t.Parallel()
	got := map[string][]string{}
	for _, r := range Rules() {
		for event, runs := range map[string]bool{
			"create": r.create != nil, "branch": r.branch != nil, "settings": r.settings != nil,
			"destroy": r.destroy != nil, "finding": r.finding != nil,
		} {
			if runs {
				got[event] = append(got[event], r.ID)
			}
		}
	}
	want := map[string]string{
		"create": "PP-EXIST PP-KIND PP-NODIR PP-NOEDGE PP-NOPCHAT PP-NOSBA PP-10-13 PP-FE2-19 PP-STORE PP-FREE " +
			"PP-VERSION PP-EDITION PP-SITE PP-SYNC3 PP-SHARED PP-SHAPE CM-ONE CM-PAIR TD-NAME",
		"branch": "PP-EXIST BR-EXIST BR-ONE BR-KIND BR-V13-10 BR-NODR BR-SITE BR-CENTRAL BR-TWO BR-VGT BR-MOVE " +
			"BR-MIGRATE TD-NAME",
		"settings": "VF-RANGE VF-MIN90 VF-MIN120 VF-GAP VF-ON",
		"destroy":  "CM-UNPAIR LC-STALE LC-NOFO",
		"finding": "PP-SELF PP-KIND PP-NODIR PP-NOEDGE PP-NOPCHAT PP-NOSBA PP-10-13 PP-FE2-19 PP-STORE PP-FREE " +
			"PP-ONE PP-VERSION PP-RECIP PP-WHOLE PP-EDITION PP-SITE PP-SYNC3 PP-SHARED PP-FE3 PP-VIRT PP-OS PP-CAP " +
			"PP-CAPNUM PP-DIST PP-EDGEHOP VF-RANGE VF-MIN90 VF-MIN120 VF-GAP VF-ON VF-NEEDBK VF-BOTH CM-ONE CM-PAIR " +
			"BR-ONE BR-KIND BR-V13-10 BR-NODR BR-SITE BR-CENTRAL BR-TWO BR-VGT BR-NODANGLE " +
			"VERSION-UNKNOWN TD-NAME",
	}
	for event, rules := range want {
		if g := strings.Join(got[event], " "); g != rules {
			t.Errorf("%s:\ngot  %s\nwant %s", event, g, rules)
		}
	}
}

// Rule.Events is the same table for the page of rules. It separates the rules that need an inventory.
func TestEvents(t *testing.T) {
	t.Parallel()
	inventoried := strings.Fields("PP-VIRT PP-OS PP-CAP PP-CAPNUM PP-DIST")
	for _, r := range Rules() {
		var want []Event
		for _, event := range []struct {
			event     Event
			isChecked bool
		}{
			{PairCreated, r.create != nil}, {SettingsChanged, r.settings != nil}, {PairRemoved, r.destroy != nil},
			{BranchChanged, r.branch != nil},
			{TopologyRead, r.finding != nil && !slices.Contains(inventoried, r.ID)},
			{InventoryCompared, slices.Contains(inventoried, r.ID)},
		} {
			if event.isChecked {
				want = append(want, event.event)
			}
		}
		if got := r.Events(); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", r.ID, got, want)
		}
	}
}

// The findings of these rules, and of no others, prevent that existing relationships are adopted without a change.
func TestRulesThatPreventAdoption(t *testing.T) {
	t.Parallel()
	var ofPairs, ofBranches []string
	for _, r := range Rules() {
		if r.PreventsPairAdoption {
			ofPairs = append(ofPairs, r.ID)
		}
		if r.PreventsBranchAdoption {
			ofBranches = append(ofBranches, r.ID)
		}
	}
	if got := strings.Join(ofPairs, " "); got != "PP-KIND PP-10-13 PP-ONE PP-RECIP PP-WHOLE VF-NEEDBK VF-BOTH TD-NAME" {
		t.Errorf("of pairs: %s", got)
	}
	if got := strings.Join(ofBranches, " "); got != "VF-NEEDBK VF-BOTH BR-ONE TD-NAME" {
		t.Errorf("of associations: %s", got)
	}
}

func TestSeverities(t *testing.T) {
	t.Parallel()
	want := map[Severity]string{
		Unsupported: "PP-EDITION PP-SHAPE PP-VIRT PP-OS BR-CENTRAL BR-TWO BR-VGT",
		Discouraged: "PP-SITE PP-SYNC3 PP-SHARED PP-RENAME PP-FE3 PP-CAP PP-CAPNUM PP-DIST VF-MIN90 VF-MIN120 " +
			"VF-GAP VF-ON " +
			"CM-PAIR CM-UNPAIR LC-STALE LC-NOFO BR-MOVE BR-MIGRATE",
		Info: "PP-2010 PP-SBAFREE BR-ANY BR-PAIRFREE CM-STAY PP-EDGEHOP VERSION-UNKNOWN",
	}
	got := map[Severity][]string{}
	for _, r := range Rules() {
		got[r.Severity] = append(got[r.Severity], r.ID)
	}
	for severity, rules := range want {
		if g := strings.Join(got[severity], " "); g != rules {
			t.Errorf("%s:\ngot  %s\nwant %s", severity, g, rules)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	if r, ok := Lookup("PP-ONE"); !ok || r.ID != "PP-ONE" {
		t.Errorf("PP-ONE: %v, %v", r.ID, ok)
	}
	if r, ok := Lookup("PP-NONE"); ok || r.ID != "" {
		t.Errorf("PP-NONE: %v, %v", r.ID, ok)
	}
	Rules()[0].ID = "changed"
	if Rules()[0].ID != "PP-SELF" {
		t.Error("the catalogue can be changed from outside")
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	rule, _ := Lookup("PP-ONE")
	if got := (Violation{Rule: rule}).Summary(); got != "Many-to-one backup relationship (PP-ONE)" {
		t.Errorf("summary %q", got)
	}
	if got := (Violation{Rule: rule, Title: "Something else"}).Summary(); got != "Something else (PP-ONE)" {
		t.Errorf("summary with a title %q", got)
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	violationOf := func(id, object, detail string) Violation {
		rule, _ := Lookup(id)
		return Violation{Rule: rule, Objects: []string{object}, Detail: detail}
	}
	vs := []Violation{
		{Rule: Rule{ID: "unknown"}},
		violationOf("BR-NODANGLE", "a", ""),
		violationOf("VF-ON", "b", ""),
		violationOf("VF-ON", "a", "2"),
		violationOf("VF-ON", "a", "1"),
		violationOf("PP-SELF", "z", ""),
	}
	Sort(vs)
	var got []string
	for _, v := range vs {
		got = append(got, v.Rule.ID+strings.Join(v.Objects, "")+v.Detail)
	}
	if g, want := strings.Join(got, " "), "PP-SELFz VF-ONa1 VF-ONa2 VF-ONb BR-NODANGLEa unknown"; g != want {
		t.Errorf("got %s, want %s", g, want)
	}
}

func TestStaysWarning(t *testing.T) {
	t.Parallel()
	for _, r := range Rules() {
		if got, want := r.StaysWarning(), r.ID == "BR-CENTRAL"; got != want {
			t.Errorf("%s: got %v, want %v", r.ID, got, want)
		}
	}
}
