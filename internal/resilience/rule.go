package resilience

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Severity says how bad it is to break a rule.
type Severity string

// The severities. Error: the product refuses it, or the result cannot work. Unsupported: the product accepts it, its
// maker does not support it. Discouraged: its maker, or this provider, advises against it. Info: worth knowing, never
// shown in a plan.
const (
	Error       Severity = "error"
	Unsupported Severity = "unsupported"
	Discouraged Severity = "discouraged"
	Info        Severity = "info"
)

// Rule is one entry of the catalogue.
type Rule struct {
	ID       string
	Severity Severity
	Versions string // the product versions it holds for: "all", or some of "10 13 15 19+SE"

	// Some violations of a rule may be more or less serious than the rest.
	OtherSeverity Severity // empty where all are alike
	OtherWhen     string   // which violations have it, in words

	Title     string // what is wrong when the rule is broken, in a few words
	Statement string // the rule in one sentence
	Source    string // where it is written

	// Allowance marks an entry that says what is legal, so that nobody adds a check against it. It has no violations.
	Allowance bool

	staysWarning bool          // not raised by strict support
	inventoried  bool          // its findings come from an inventory; without one there are none
	settingsOf   topology.Kind // whose settings a rule of settings is about; empty for pools and appliances alike

	// What finds violations, by event; nil where the rule does not run. A check leaves Rule, and mostly Severity,
	// of its violations to the caller.
	create   func(creation) []Violation
	branch   func(branchChange) []Violation
	settings func(Settings, Changed) []settingFault
	destroy  func(removal) []Violation
	finding  func(survey) []Violation
}

// catalogue has every rule in the order in which they take precedence in a message.
var catalogue = slices.Concat(pairRules, settingsRules, centralRules, branchRules)

// Rules returns the catalogue. Where one object breaks several rules, the first of them comes first in a message.
func Rules() []Rule { return slices.Clone(catalogue) }

// Lookup returns the rule of that id.
func Lookup(id string) (Rule, bool) {
	if i := position(id); i < len(catalogue) {
		return catalogue[i], true
	}
	return Rule{}, false
}

// Event is an occasion on which a rule is checked.
type Event int

// The events.
const (
	PairCreated     Event = iota + 1
	SettingsChanged       // of a pair or of an appliance
	PairRemoved
	BranchChanged     // an appliance gets a backup pool, or another one
	TopologyRead      // the rule looks for findings
	InventoryCompared // the rule looks for findings, and needs an inventory for it
)

// Events returns the occasions on which the rule is checked.
func (r Rule) Events() []Event {
	var events []Event
	for _, candidate := range []struct {
		checked bool
		event   Event
	}{
		{r.create != nil, PairCreated},
		{r.settings != nil, SettingsChanged},
		{r.destroy != nil, PairRemoved},
		{r.branch != nil, BranchChanged},
		{r.finding != nil && !r.inventoried, TopologyRead},
		{r.inventoried, InventoryCompared},
	} {
		if candidate.checked {
			events = append(events, candidate.event)
		}
	}
	return events
}

// Own says whether the rule is this provider's, and not one of the documentation.
func (r Rule) Own() bool { return r.Source == sourceProvider }

// StaysWarning says whether strict support leaves the rule's violations warnings.
func (r Rule) StaysWarning() bool { return r.staysWarning }

// ignorable says whether the rule has violations that are no errors, the ones a user may choose not to hear of.
func (r Rule) ignorable() bool {
	return r.Severity != Error || (r.OtherSeverity != "" && r.OtherSeverity != Error)
}

// position returns the place of a rule in the catalogue; an unknown one is behind all others.
func position(id string) int {
	if i := slices.IndexFunc(catalogue, func(r Rule) bool { return r.ID == id }); i >= 0 {
		return i
	}
	return len(catalogue)
}
