// Package resilience has the rules of backup relationships: which Front End pools can be paired, which settings a
// relationship can have, and which parts of a topology violate a rule.
//
// The rules are data. Each rule is an entry of a catalogue with its id, severity, product versions, statement and
// source, and with checks: at the creation of a pair, at a change of its settings, at its end, at a change of an
// appliance's backup, and on a complete document (a finding). A new rule is an entry and a test.
//
// All functions are pure. They read the model of a topology and return violations. A violation contains facts: objects,
// a description, and remedies. The package does not know Terraform, so package provider words the remedies. A [Policy]
// decides which violations block a change.
//
// Two subpackages build on the rules:
// [github.com/lync-iac/terraform-provider-lync/internal/resilience/impact] computes the effects of failing pools, and
// [github.com/lync-iac/terraform-provider-lync/internal/resilience/runbook] lists the steps after a publish.
package resilience
