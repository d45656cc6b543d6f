// Package ssh runs PowerShell on another host through its SSH server: see [Transport].
package ssh
