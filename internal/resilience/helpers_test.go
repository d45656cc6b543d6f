package resilience

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	v2010 = topology.Version2010
	v2013 = topology.Version2013
	v2015 = topology.Version2015
	v2019 = topology.Version2019
)

// fqdn returns the name of a pool of contoso.com.
func fqdn(name string) topology.FQDN { return topology.MustParseFQDN(name + ".contoso.com") }

// named returns the FQDN of a name in any spelling. The empty name is one that is not known yet.
func named(spelling string) topology.FQDN {
	if spelling == "" {
		return topology.FQDN{}
	}
	return topology.MustParseFQDN(spelling)
}

// modelOf parses the document of a draft.
func modelOf(t *testing.T, d *testkit.Draft) *topology.Topology {
	t.Helper()
	parsed, err := topology.Parse(d.Document())
	if err != nil {
		t.Fatalf("the test's document: %v\n%s", err, d.Text())
	}
	return parsed.Topology()
}

// signs are the signs of severities in a summary of violations.
var signs = map[Severity]string{Error: "!", Unsupported: "~", Discouraged: "-", Info: "."}

// ids returns the ids of the violated rules, each with the sign of the severity of its violation.
func ids(violations []Violation) string {
	var found []string
	for _, v := range violations {
		found = append(found, signs[v.Severity]+v.Rule.ID)
	}
	return strings.Join(found, " ")
}

// actionNames are the names of actions in texts of tests.
var actionNames = map[Action]string{
	AdoptPair: "AdoptPair", AdoptIncompletePair: "AdoptIncompletePair", CompletePair: "CompletePair",
	CompleteOrEndPair: "CompleteOrEndPair", CreatePair: "CreatePair", RecreatePair: "RecreatePair",
	KeepSettings:       "KeepSettings",
	CompleteChosenPair: "CompleteChosenPair", RepairPair: "RepairPair", RepairSettings: "RepairSettings",
	AdoptFirstPair: "AdoptFirstPair", ReleasePair: "ReleasePair", EndLink: "EndLink",
	EndLinkUnlessPair: "EndLinkUnlessPair",
	EndOtherPairs:     "EndOtherPairs", DeclareAsPair: "DeclareAsPair", DeclareAsBranch: "DeclareAsBranch",
	AdoptBranch: "AdoptBranch", CreateBranchThenMove: "CreateBranchThenMove",
	CreateBranch: "CreateBranch", ForgetBranch: "ForgetBranch",
	KeepBranch: "KeepBranch", ReleaseTogether: "ReleaseTogether", ResolveDuplicate: "ResolveDuplicate",
	KeepOneDeclaration: "KeepOneDeclaration", EndThisPair: "EndThisPair", ApplyAgain: "ApplyAgain",
	PlanAgain: "PlanAgain", PlanReplacementAgain: "PlanReplacementAgain", HoldOnce: "HoldOnce", UseHolder: "UseHolder",
	MoveDeclaration: "MoveDeclaration",
}

// textOf returns the parts of a violation as paragraphs. A remedy is its action and its objects.
func textOf(v Violation) string {
	parts := []string{v.Summary(), v.Detail, v.Advice}
	for _, r := range v.Remedies {
		parts = append(parts, strings.TrimSpace(actionNames[r.Action]+" "+r.Pool.String()+" "+r.Other.String()))
	}
	return strings.Join(parts, "\n")
}

// assertTexts checks that each part is in the text of a violation, and that the violations are well-formed.
func assertTexts(t *testing.T, violations []Violation, parts ...string) {
	t.Helper()
	var all strings.Builder
	for _, v := range violations {
		all.WriteString(textOf(v) + "\n\n")
		assertWellFormed(t, v)
	}
	for _, part := range parts {
		if !strings.Contains(all.String(), part) {
			t.Errorf("no text contains %q:\n%s", part, all.String())
		}
	}
}

// assertWellFormed checks that a violation has all its fields, and that its texts have no mistakes of formatting.
func assertWellFormed(t *testing.T, v Violation) {
	t.Helper()
	if v.Detail == "" || (v.Advice == "" && len(v.Remedies) == 0) || len(v.Objects) == 0 {
		t.Errorf("%s is incomplete: %+v", v.Rule.ID, v)
	}
	if !slices.IsSorted(v.Objects) || len(slices.Compact(slices.Clone(v.Objects))) != len(v.Objects) {
		t.Errorf("%s: objects are not sorted, each once: %v", v.Rule.ID, v.Objects)
	}
	if v.Severity != v.Rule.Severity && v.Severity != v.Rule.OtherSeverity && v.Title == "" {
		t.Errorf("%s: the catalogue does not have the severity %s", v.Rule.ID, v.Severity)
	}
	if strings.Contains(textOf(v), "%!") {
		t.Errorf("%s: broken format: %s", v.Rule.ID, textOf(v))
	}
	for _, r := range v.Remedies {
		if actionNames[r.Action] == "" {
			t.Errorf("%s: unknown action %d", v.Rule.ID, r.Action)
		}
	}
}
