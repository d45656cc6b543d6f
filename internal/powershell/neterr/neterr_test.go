package neterr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

// codes are the codes of this system for the kinds that every system has.
type codes struct{ refused, timedOut, noHost, noNetwork, reset, aborted, closed syscall.Errno }

func TestOf(t *testing.T) {
	t.Parallel()

	dial := func(code syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", code)}
	}
	read := func(code syscall.Errno) error {
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", code)}
	}

	proxy := func(err error) error {
		return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: err}
	}
	packet := func(code syscall.Errno) error {
		return &net.OpError{Op: "read", Net: "udp", Err: os.NewSyscallError("read", code)}
	}

	for name, tc := range map[string]struct {
		err  error
		want Kind
	}{
		"refused":                {dial(system.refused), Refused},
		"no answer":              {dial(system.timedOut), TimedOut},
		"no route":               {dial(system.noHost), Unreachable},
		"no network":             {dial(system.noNetwork), Unreachable},
		"reset before the login": {dial(system.reset), Lost},
		"reset":                  {read(system.reset), Lost},
		"aborted":                {read(system.aborted), Lost},
		"write after the end":    {read(system.closed), Lost},
		"no answer any more":     {read(system.timedOut), Lost},
		"no route any more":      {read(system.noHost), Lost},
		"wrapped":                {fmt.Errorf("cannot connect: %w", dial(system.refused)), Refused},
		"only the code":          {system.refused, Refused},

		"refused by the proxy":   {proxy(dial(system.refused)), Refused},
		"no way to the proxy":    {proxy(dial(system.noNetwork)), Unreachable},
		"reset by the proxy":     {proxy(read(system.reset)), Lost},
		"packet refused":         {packet(system.refused), Refused},
		"no way for a packet":    {packet(system.noHost), Unreachable},
		"other code of a packet": {packet(syscall.ENOENT), Other},

		"none":                {nil, Other},
		"end":                 {io.EOF, Other},
		"limit of the caller": {&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, Other},
		"context":             {context.DeadlineExceeded, Other},
		"no such name":        {&net.DNSError{Err: "no such host", IsNotFound: true}, Other},
		"another code":        {dial(syscall.ENOENT), Other},
	} {
		if got := Of(tc.err); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// The codes of this system arrive from real connections.
func TestOfConnection(t *testing.T) {
	t.Parallel()

	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()

	client, err := net.DialTCP("tcp", nil, listener.Addr().(*net.TCPAddr)) //nolint:forcetypeassert // of ListenTCP
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()

	server, err := listener.AcceptTCP()
	// Without a wait for unsent data, Close resets the connection.
	if err := errors.Join(err, server.SetLinger(0), server.Close(), listener.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); Of(err) != Lost {
		t.Errorf("a reset is %q: %v", Of(err), err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); Of(err) != Refused { //nolint:noctx // on this host
		t.Errorf("a refused connection is %q: %v", Of(err), err)
	}
}
