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
// The harness supports one provider, lync, and terraform_data. It does not support modules, variables, check, removed
// and ephemeral blocks, deferred actions, replace_triggered_by, create_before_destroy, nested paths in ignore_changes,
// chains of moves, and implied moves. A configuration that uses one of them is an error, so that no test passes by
// omission.
//
// Known differences from Terraform:
//
//   - The harness sorts instances with numeric keys by the text of the key.
//   - It prints "${" in instance keys without an escape.
//   - It configures a provider that no resource uses.
//   - It does not warn about a moved block whose target exists.
//   - It has only the functions that tests use, and uses the implementations of package stdlib.
package harness
