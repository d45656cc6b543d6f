// Package winrm runs PowerShell on another host through Windows Remote Management: see [Transport].
//
// It uses the messages of github.com/masterzen/winrm, but not its HTTP transports and logins: see connection.
package winrm
