package powershell

import (
	"context"
	"fmt"
	"io"
)

// A Transport starts PowerShell on one host. It delivers the script in a way that does not depend on the length of a
// command line. It passes input to standard input and then closes it.
type Transport interface {
	// Host returns the name of the host for messages.
	Host() string
	// Run runs a script until it ends or the context ends. When the context ends, Run stops the script and its
	// children.
	//
	// An error means that the script could not be run, or that its end was not observed. What the script itself reports
	// is in the output. The error is a [*StartError] if the script certainly did not run. Output that arrived before an
	// error is returned together with it.
	Run(ctx context.Context, script string, input io.Reader) (Output, error)
	// Close releases what the transport keeps between runs.
	Close() error
}

// A Watched is a transport that passes on standard output while the script runs. The transports of the packages below
// this one implement it.
type Watched interface {
	Transport
	// RunWatched is Run that also calls seen with each piece of standard output, in order and never concurrently. A
	// piece is valid until seen returns. The output waits for seen, which must return soon. RunWatched does not call
	// seen after it returns.
	RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (Output, error)
}

// MaxOutput is the largest length of the standard output of a script, in bytes. A topology document has a few MiB.
const MaxOutput = 128 << 20

// ErrTooMuchOutput is the error of a transport that has ended a script because it wrote more than [MaxOutput].
var ErrTooMuchOutput = fmt.Errorf("it wrote more than %d MiB to standard output", MaxOutput>>20)

// Output is the output of a script and the exit code of its process.
type Output struct {
	Stdout   []byte
	Stderr   []byte
	ExitCode int
}

// A StartError is the error of a transport if the script certainly did not run: no connection, no login, no such
// program. After any other error it is unknown what a script without a result did.
type StartError struct{ Err error }

func (e *StartError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *StartError) Unwrap() error { return e.Err }
