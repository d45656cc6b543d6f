// Package winrm runs PowerShell on another host through Windows Remote Management.
//
// It uses the messages of github.com/masterzen/winrm, with its own HTTP connections and logins.
package winrm
