// Package resilience knows the rules of backup relationships: which Front End pools can be paired, what the settings of
// a relationship may be, and what in a topology breaks a rule.
//
// The rules are data. Every rule is one entry of a catalogue with its identity, severity, the versions it holds for,
// what it says and where that is written, and the checks that find its violations: when a pair is created, when
// settings are set or changed, when a pair is destroyed, and over a whole document (a finding). Adding a rule is one
// entry and one test.
//
// It also answers who is hit when which pools fail, and whether the partner has room: ImpactOf.
//
// All functions are pure. They read a model of a topology, as it is or as it would be after a change, and return
// violations in words for a person. What blocks a change and what only warns is told by the severity of a violation
// after a Policy was applied.
package resilience
