// Package shelld provides a test double of a host with the management shell: a [powershell.Transport] that answers the
// provider's scripts, with a Central Management store in memory.
//
// The double identifies scripts by their names and implements their protocol. It does not run PowerShell. The forms of
// its reports, backups and error messages come from logs and documentation. The text for a refused topology, a
// localized text, and the states of a pool that fails over are assumptions based on the documentation. No test verifies
// the double against a real deployment. TestContract in package shell verifies it against the cmdlets of package
// csmodule in a real PowerShell: both return the same result of every script with every fault.
//
// The double fails a test if a publish adds a fault to the topology, such as a duplicate service or an incomplete pair,
// or if the text of a script is not constant.
package shelld
