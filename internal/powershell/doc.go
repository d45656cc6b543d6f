// Package powershell runs constant PowerShell scripts on a host and passes data to them.
//
// The text of a script never contains a value. PowerShell starts with a command line that is always the same
// ([Bootstrap]) and reads a [Script] and its data from standard input. The script writes its result to standard output,
// between marks that contain a random number from the data. Other output, such as the banner of a login, the output of
// a profile or a warning, does not disturb the result.
//
// Both directions are ASCII: base64 of gzip of UTF-8, in short lines. No console code page can change a character, and
// white space that is added or lost on the way has no effect. A document is a block of its own and not a part of the
// JSON, because ConvertFrom-Json before PowerShell 5.0 reads at most 2,097,152 characters. A secret is a block of its
// own, too, because policies of Windows record the arguments of cmdlets.
//
// What a host sends has limits: each block announces its length, which is checked before the block is unpacked, and
// standard error and the number of errors are bounded. A panic of a parser is an error.
//
// Scripts are written for PowerShell 3.0 to 5.1: Lync Server 2013 runs on Windows Server 2008 R2 to 2012 R2.
//
// A [Transport] reaches the host. The packages local, ssh and winrm have one each.
package powershell
