package resilience

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Setting is the argument of a resource that a violation sits on.
type Setting int

// The settings. The pools themselves, or the pool of an appliance, are the default.
const (
	SettingPools Setting = iota
	SettingAppliance
	SettingAutomaticFailover
	SettingFailureDetection
	SettingFailbackDetection
)

// Violation is one rule broken by some objects.
type Violation struct {
	Rule     Rule
	Severity Severity // of this violation; a Policy may raise it
	Title    string   // what happens, in a few words, where the rule is not broken but only concerned
	Before   bool     // it was there before the change, so that no Policy makes it block
	Detail   string   // which objects, what was found and where
	Advice   string   // what to do
	Objects  []string // canonical names, sorted
	Setting  Setting
	Pool     string // the member whose direction the setting belongs to, canonical; empty for both
}

// Summary returns the violated rule in words with its id, such as "Many-to-one backup relationship (PP-ONE)".
func (v Violation) Summary() string {
	return fmt.Sprintf("%s (%s)", cmp.Or(v.Title, v.Rule.Title), v.Rule.ID)
}

// Text returns the detail, the advice and the source as paragraphs.
func (v Violation) Text() string {
	paragraphs := []string{v.Detail, v.Advice, "Source: " + v.Rule.Source + "."}
	return strings.Join(slices.DeleteFunc(paragraphs, func(p string) bool { return p == "" }), "\n\n")
}

// Sort orders violations as the catalogue orders their rules, and those of one rule by their objects.
func Sort(violations []Violation) {
	slices.SortStableFunc(violations, func(a, b Violation) int {
		if a.Rule.ID != b.Rule.ID {
			return position(a.Rule.ID) - position(b.Rule.ID)
		}
		if c := slices.Compare(a.Objects, b.Objects); c != 0 {
			return c
		}
		return strings.Compare(a.Detail, b.Detail)
	})
}

// completed fills in what a check leaves open: the rule, its severity, and the order of the objects.
func completed(r Rule, violations []Violation) []Violation {
	for i := range violations {
		v := &violations[i]
		v.Rule = r
		if v.Severity == "" {
			v.Severity = r.Severity
		}
		slices.Sort(v.Objects)
		v.Objects = slices.Compact(v.Objects)
	}
	return violations
}
