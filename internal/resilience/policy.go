package resilience

import "slices"

// Policy is what a user chose to hear about: whether what is unsupported blocks, and which rules are ignored. The zero
// Policy ignores nothing and raises nothing.
type Policy struct {
	strict  bool
	ignored map[string]bool
}

// PolicyProblem is one entry of a list of ignored rules that cannot be honoured.
type PolicyProblem struct {
	ID     string
	Reason string // completes a sentence that begins with the id
}

// NewPolicy returns the policy, with a problem for every id that no rule has or whose violations are all errors. The
// policy holds the others.
func NewPolicy(strictSupport bool, ignoredRules []string) (Policy, []PolicyProblem) {
	policy := Policy{strict: strictSupport, ignored: make(map[string]bool)}
	var problems []PolicyProblem
	for _, id := range ignoredRules {
		rule, known := Lookup(id)
		switch {
		case !known:
			problems = append(problems, PolicyProblem{ID: id, Reason: "is not the id of a rule"})
		case !rule.ignorable():
			problems = append(problems, PolicyProblem{ID: id, Reason: "is an error wherever it is broken, and an error cannot be ignored"})
		default:
			policy.ignored[id] = true
		}
	}
	return policy, problems
}

// AllowedToIgnore returns the ids that a list of ignored rules may have, sorted.
func AllowedToIgnore() []string {
	var ids []string
	for _, r := range catalogue {
		if r.ignorable() {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// OnChange returns the violations as they count when something is changed: what is ignored or only worth knowing is
// left out, and under strict support what is unsupported becomes an error. An ignored rule is not raised.
func (p Policy) OnChange(violations []Violation) []Violation {
	var counted []Violation
	for _, v := range violations {
		if p.ignores(v) || v.Severity == Info {
			continue
		}
		if p.strict && v.Severity == Unsupported && !v.Rule.staysWarning && !v.Before {
			v.Severity = Error
		}
		counted = append(counted, v)
	}
	return counted
}

// OnRefresh returns the findings as they are shown: without those of ignored rules, and nothing raised.
func (p Policy) OnRefresh(violations []Violation) []Violation {
	var shown []Violation
	for _, v := range violations {
		if !p.ignores(v) {
			shown = append(shown, v)
		}
	}
	return shown
}

// ignores says whether a violation is not to be heard of. An error always is, also one of a rule that is an error in
// one form only: ignoring such a rule silences its milder form.
func (p Policy) ignores(v Violation) bool { return v.Severity != Error && p.ignored[v.Rule.ID] }
