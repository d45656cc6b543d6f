// Package shelld is a management shell for tests: a [powershell.Transport] that answers the provider's scripts as a
// host with the management shell would, in front of a Central Management store in memory.
//
// It recognises the scripts by their names and speaks their protocol; it does not run PowerShell. Its reports, backups
// and error texts have the forms of those that were seen in logs and documentation, or, where nothing was seen, of what
// the documentation makes likely: the text for a refused topology, a localised text and the states of a pool that fails
// over are made up. That a real deployment behaves like it is not shown by any test.
//
// What it is strict about: no publish may bring in what a topology must not have, and no script may hold a value. A
// test that makes one do so fails.
package shelld
