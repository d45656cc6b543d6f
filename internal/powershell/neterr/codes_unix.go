//go:build unix

package neterr

import "syscall"

// kinds are the kinds of the codes of POSIX.
var kinds = map[syscall.Errno]Kind{
	syscall.ECONNREFUSED: Refused,

	syscall.ETIMEDOUT: TimedOut,

	syscall.EHOSTDOWN:    Unreachable,
	syscall.EHOSTUNREACH: Unreachable,
	syscall.ENETDOWN:     Unreachable,
	syscall.ENETUNREACH:  Unreachable,

	syscall.ECONNABORTED: Lost,
	syscall.ECONNRESET:   Lost,
	syscall.ENETRESET:    Lost,
	syscall.EPIPE:        Lost,
}
