// Package harness runs Terraform configurations in the test process. It drives the provider through protocol 6 with the
// calls, in the order and at the concurrency of Terraform core, but starts no process. One plan takes milliseconds.
//
// [New] returns a [CLI] whose Run method takes the arguments of the commands plan, apply, destroy, refresh, show,
// import, taint, output and state. [Test] runs the steps of a terraform-plugin-testing test case.
//
// The package implements what Terraform core does between the configuration and the provider: evaluation of
// expressions, the dependency graphs of plan and apply, the proposed new state, the two planning calls of a
// replacement, the second planning call during apply, refresh, import, moved blocks, and the verification of what the
// provider returns. Where its behavior differs from Terraform, the harness is wrong. The test
// TestHarnessAgreesWithTerraform of package provider runs scenarios on both and compares plans, states and diagnostics.
//
// It knows one provider, lync, and terraform_data. It has no modules, no variables, no check, removed or ephemeral
// blocks, no deferred actions, no replace_triggered_by and no create_before_destroy. It has no nested paths in
// ignore_changes, no chains of moves and no implied moves. A configuration that uses one of them is an error, so that
// no test passes by omission.
//
// Known differences: instances with numeric keys are listed in the order of their texts. Keys with "${" are printed as
// they are. A provider that no resource uses is configured. An occupied target of a moved block is no warning.
// Functions of the language are those of the library beneath it, and only the ones that tests use.
package harness
