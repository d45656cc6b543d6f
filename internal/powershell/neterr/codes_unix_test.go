//go:build unix

package neterr

import "syscall"

var system = codes{
	refused: syscall.ECONNREFUSED, timedOut: syscall.ETIMEDOUT, noHost: syscall.EHOSTUNREACH,
	noNetwork: syscall.ENETUNREACH, reset: syscall.ECONNRESET, aborted: syscall.ECONNABORTED, closed: syscall.EPIPE,
}
