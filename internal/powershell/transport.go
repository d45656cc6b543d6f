package powershell

import (
	"context"
	"io"
)

// A Transport starts PowerShell on one host, on this one or another. The script is the transport's to deliver in whatever
// way keeps it off a command line that is too short for it; input goes over standard input and is closed at its end.
type Transport interface {
	// Host names the machine for messages.
	Host() string
	// Run runs a script to its end, or until the context ends; then nothing of it is left running. An error says that the
	// script could not be run or that its end was not seen; what the script itself reports is in the output. Where it
	// certainly did not run the error is a [*StartError]. Output that came before an error is returned beside it.
	Run(ctx context.Context, script string, input io.Reader) (Output, error)
	// Close frees what is kept between runs.
	Close() error
}

// A Watched is a transport that hands out what comes on standard output while the script still runs. Those of this package
// are.
type Watched interface {
	Transport
	// RunWatched is Run that calls seen with each piece of standard output, in order and one at a time. A piece is only good
	// until seen returns, which must be soon: output waits for it. No call comes after RunWatched has returned.
	RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (Output, error)
}

// Output is what a script left.
type Output struct {
	Stdout   []byte
	Stderr   []byte
	ExitCode int
}
