package resilience

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Severity is the weight of a rule.
type Severity string

// The severities.
const (
	Error       Severity = "error"       // the product refuses it, or the result cannot work
	Unsupported Severity = "unsupported" // the product accepts it, but Microsoft does not support it
	Discouraged Severity = "discouraged" // Microsoft or this provider advises against it
	Info        Severity = "info"        // worth knowing; not shown in a plan
)

// Rule is an entry of the catalogue.
type Rule struct {
	ID       string
	Severity Severity
	Versions string // the product versions to which it applies: "all", or some of "10 13 15 19+SE"

	// Some violations of a rule may have another severity.
	OtherSeverity Severity // empty if all have Severity
	OtherWhen     string   // which violations have it, in words

	// WarningWhen describes, in words, which violations remain warnings under strict support. It is empty for none, and
	// for all.
	WarningWhen string

	Title     string // what is wrong if the rule is violated, in a few words
	Statement string // the rule, in one sentence
	Source    string // the documentation that has the rule

	// Allowance marks an entry that states what is legal. It has no checks, so that no check is added by mistake.
	Allowance bool

	// IgnoreIf is the condition under which a user may ignore the rule, as the end of "If ..."; empty for none.
	IgnoreIf string

	// OncePerWalk marks a rule that several changes of one walk violate in the same way, because the violation belongs
	// to an object that they share. One mention for the objects is enough.
	OncePerWalk bool

	// The findings of these rules can keep an existing pair, or the association of an appliance, from being adopted
	// without a change.
	PreventsPairAdoption, PreventsBranchAdoption bool

	staysWarning bool          // strict support does not raise it
	inventoried  bool          // its findings need an inventory
	settingsOf   topology.Kind // the kind of pool to whose settings the rule applies; empty for all kinds

	// The checks, by event. They are nil if the rule is not checked at that event. A check leaves Violation.Rule empty,
	// and Violation.Severity if it is that of the rule.
	create   func(creation) []Violation
	branch   func(branchChange) []Violation
	settings func(topology.DesiredSettings, Changed) []settingFault
	destroy  func(removal) []Violation
	finding  func(survey) []Violation
}

// catalogue has all rules, in the order of precedence in messages.
var catalogue = slices.Concat(pairRules, settingsRules, centralRules, branchRules, documentRules)

// Rules returns the catalogue in the order of precedence: if an object violates several rules, a message starts with
// the first of them.
func Rules() []Rule { return slices.Clone(catalogue) }

// Lookup returns the rule with an id.
func Lookup(id string) (rule Rule, found bool) {
	if i := position(id); i < len(catalogue) {
		return catalogue[i], true
	}
	return Rule{}, false
}

// mustLookup returns the rule with an id. It panics if the catalogue does not have it.
func mustLookup(id string) Rule {
	rule, found := Lookup(id)
	invariant.That(found, "the catalogue has the rule %s", id)
	return rule
}

// Event is an occasion on which a rule is checked.
type Event int

// The events.
const (
	PairCreated       Event = iota + 1
	SettingsChanged         // of a pair or of an appliance
	PairRemoved             // or replaced
	BranchChanged           // an appliance gets a backup pool, or another one
	TopologyRead            // the rule looks for findings
	InventoryCompared       // the rule looks for findings and needs an inventory
)

// Events returns the occasions on which the rule is checked.
func (r Rule) Events() []Event {
	var events []Event
	for _, candidate := range []struct {
		isChecked bool
		event     Event
	}{
		{r.create != nil, PairCreated},
		{r.settings != nil, SettingsChanged},
		{r.destroy != nil, PairRemoved},
		{r.branch != nil, BranchChanged},
		{r.finding != nil && !r.inventoried, TopologyRead},
		{r.inventoried, InventoryCompared},
	} {
		if candidate.isChecked {
			events = append(events, candidate.event)
		}
	}
	return events
}

// Own reports whether the rule is one of this provider, not of the documentation.
func (r Rule) Own() bool { return r.Source == sourceProvider }

// StaysWarning reports whether all violations of the rule remain warnings under strict support.
func (r Rule) StaysWarning() bool { return r.staysWarning }

// isIgnorable reports whether some violations of the rule are not errors. A user may ignore those.
func (r Rule) isIgnorable() bool {
	return r.Severity != Error || (r.OtherSeverity != "" && r.OtherSeverity != Error)
}

// position returns the index of a rule in the catalogue. An unknown rule comes after all others.
func position(id string) int {
	if i := slices.IndexFunc(catalogue, func(r Rule) bool { return r.ID == id }); i >= 0 {
		return i
	}
	return len(catalogue)
}
