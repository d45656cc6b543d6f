// Package neterr classifies the errors of network connections, whose codes depend on the operating system.
package neterr

import (
	"errors"
	"net"
	"strings"
	"syscall"
)

// A Kind is the kind of an error of a connection, as a text for messages.
type Kind string

// The kinds.
const (
	// Other is an error without a code of the operating system, or with a code that is in no table.
	Other Kind = ""
	// Refused is a host on which no program listens on the port.
	Refused Kind = "the connection was refused"
	// TimedOut is a host that did not answer before the operating system gave up.
	TimedOut Kind = "the host did not answer"
	// Unreachable is a host to which the network has no way.
	Unreachable Kind = "the host cannot be reached"
	// Lost is the end of a connection that had been made.
	Lost Kind = "the connection was lost"
)

// Of returns the kind of an error by the code of the operating system in it. An error without a code is [Other], such
// as the end of a time limit of the caller.
func Of(err error) Kind {
	var code syscall.Errno
	if !errors.As(err, &code) {
		return Other
	}
	kind := kinds[code]
	op := failed(err)

	if kind == Other || op == nil || op.Op == "dial" || strings.HasPrefix(op.Net, "udp") {
		return kind
	}
	return Lost // every error of a connection that had been made ends it
}

// failed returns the operation that failed, or nil. An error of a proxy has it inside an operation of its own.
func failed(err error) *net.OpError {
	var op *net.OpError
	for errors.As(err, &op) {
		err = op.Err
	}
	return op
}
