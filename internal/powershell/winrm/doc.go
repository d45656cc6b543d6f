// Package winrm runs PowerShell on another host through Windows Remote Management: see [Transport].
//
// It does not use github.com/masterzen/winrm. The transports of that library do not support contexts, share connections
// between shells, and send each message up to three times, first without a login. Its messages escape no content, its
// parser continues with a document that it could not parse, and its command uses one connection from three goroutines.
package winrm
