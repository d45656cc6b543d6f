package resilience

import "slices"

// Policy decides which violations a user sees and which ones block a change. The zero Policy ignores no rule and raises
// no severity.
type Policy struct {
	strict  bool
	ignored map[string]bool
}

// PolicyProblem is an invalid entry of a list of ignored rules.
type PolicyProblem struct {
	ID     string
	Reason string // completes a sentence that begins with ID
}

// NewPolicy returns a policy, and a problem for every id that no rule has or whose violations are all errors. The
// policy ignores the other rules.
func NewPolicy(strictSupport bool, ignoredRules []string) (Policy, []PolicyProblem) {
	policy := Policy{strict: strictSupport, ignored: make(map[string]bool)}
	var problems []PolicyProblem
	for _, id := range ignoredRules {
		rule, found := Lookup(id)
		switch {
		case !found:
			problems = append(problems, PolicyProblem{ID: id, Reason: "is not the id of a rule"})
		case !rule.isIgnorable():
			problems = append(problems, PolicyProblem{ID: id, Reason: "always is an error, and errors cannot be " +
				"ignored"})
		default:
			policy.ignored[id] = true
		}
	}
	return policy, problems
}

// AllowedToIgnore returns the ids that a list of ignored rules may contain, sorted.
func AllowedToIgnore() []string {
	var ids []string
	for _, r := range catalogue {
		if r.isIgnorable() {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// OnChange returns the violations that a change shows, with their severities. It omits ignored ones and those of
// severity info. Under strict support, unsupported ones become errors. An ignored rule is not raised.
func (p Policy) OnChange(violations []Violation) []Violation {
	var shown []Violation
	for _, v := range violations {
		if p.ignores(v) || v.Severity == Info {
			continue
		}
		if p.strict && v.Severity == Unsupported && !v.Rule.staysWarning && !v.staysWarning && !v.Before {
			v.Severity = Error
		}
		shown = append(shown, v)
	}
	return shown
}

// OnRefresh returns the findings to show: all but those of ignored rules, with unchanged severities.
func (p Policy) OnRefresh(violations []Violation) []Violation {
	var shown []Violation
	for _, v := range violations {
		if !p.ignores(v) {
			shown = append(shown, v)
		}
	}
	return shown
}

// ignores reports whether the policy omits a violation. An error is never omitted: a rule whose violations have two
// severities is ignored in its milder form only.
func (p Policy) ignores(v Violation) bool { return v.Severity != Error && p.ignored[v.Rule.ID] }
