// Package powershell runs constant PowerShell scripts on a host, with data beside them.
//
// No value is ever put into the text of a script. A script goes to PowerShell together with its data over standard
// input, started by a command line that is always the same ([Bootstrap]), and its result comes back on standard output
// between marks that hold a random number sent with the data. What else is there, be it the banner of a login, the
// output of a profile or warnings, does no harm.
//
// Both directions are ASCII: base64 of gzip of UTF-8 in short lines. So no console code page can change a letter, and
// white space that is added or lost on the way does not matter. A document never travels inside the JSON, because
// ConvertFrom-Json before PowerShell 5.0 reads no more than 2,097,152 characters: it is a block of its own.
//
// The scripts are written for PowerShell 3.0 to 5.1, since Lync Server 2013 runs on Windows Server 2008 R2 to 2012 R2.
package powershell
