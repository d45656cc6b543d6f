//go:build unix

package winrm

import "syscall"

// The codes of this system for errors of a connection.
const (
	codeAborted  = syscall.ECONNABORTED
	codeNoRoute  = syscall.EHOSTUNREACH
	codeRefused  = syscall.ECONNREFUSED
	codeTimedOut = syscall.ETIMEDOUT
)
