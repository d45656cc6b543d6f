package resilience

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Setting is the argument that a violation concerns.
type Setting int

// The settings. The default is the pools of a pair, or the backup pool of an appliance.
const (
	SettingPools Setting = iota
	SettingAppliance
	SettingAutomaticFailover
	SettingFailureDetection
	SettingFailbackDetection
)

// Violation is a rule that some objects violate.
type Violation struct {
	Rule     Rule
	Severity Severity // a Policy may raise it
	Title    string   // replaces the title of the rule in the summary; empty for the title of the rule
	Before   bool     // the violation exists without the change, so that a Policy does not raise it
	Detail   string   // what was found, with the names of the objects
	Advice   string   // what to do, with the tools of the product
	Remedies []Remedy // what to do about the declared relationships
	Objects  []string // canonical names, sorted
	Setting  Setting
	Pool     topology.FQDN // the member whose direction Setting belongs to; zero for both directions

	staysWarning bool // strict support does not raise it, although it raises others of the rule

	// Elsewhere is the pair of another declaration, if the violation is one of that pair and not of the checked object.
	Elsewhere topology.PairID
}

// Summary returns the title and the id of the rule, such as "Many-to-one backup relationship (PP-ONE)".
func (v Violation) Summary() string {
	if v.Rule.ID == "" {
		return v.Title // a fault of the document that no rule describes
	}
	return fmt.Sprintf("%s (%s)", cmp.Or(v.Title, v.Rule.Title), v.Rule.ID)
}

// Sort sorts violations by the order of the catalogue, then by their objects.
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

// completed sets the fields that a check leaves empty: the rule and its severity. It sorts the objects.
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
