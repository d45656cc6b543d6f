// Package local runs PowerShell on the host of this process.
package local

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

// A Transport runs scripts on this host. The zero value is ready to use.
type Transport struct {
	// Executable is the name or path of PowerShell. The default is [DefaultExecutable].
	Executable string

	// maxOutput replaces [powershell.MaxOutput] in tests, if it is not 0.
	maxOutput int
}

var _ powershell.Watched = (*Transport)(nil)

// drainTime is how long Run waits for output after the end of the process, if a child still has its pipes open.
const drainTime = 5 * time.Second

// Host returns a name of the host for messages.
func (*Transport) Host() string { return "this host" }

// Close does nothing: the transport keeps nothing between runs.
func (*Transport) Close() error { return nil }

// Run runs a script in a new process. When the context ends, or after more than [powershell.MaxOutput] bytes of output,
// Run ends the process and its children.
func (t *Transport) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return t.RunWatched(ctx, script, input, func([]byte) {})
}

// RunWatched is Run that passes on standard output while the script runs.
func (t *Transport) RunWatched(
	ctx context.Context,
	script string,
	input io.Reader,
	seen func([]byte),
) (powershell.Output, error) {
	executable := t.Executable
	if executable == "" {
		executable = DefaultExecutable()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	line := powershell.CommandLine(executable)
	// The configuration names the program. The arguments are constant.
	cmd := exec.CommandContext(ctx, line[0], line[1:]...) //nolint:gosec // see above

	stdout := &limitedBuffer{
		limit: cmp.Or(t.maxOutput, powershell.MaxOutput),
		full:  func() { cancel(powershell.ErrTooMuchOutput) },
		seen:  seen,
	}
	stderr := &powershell.StderrBuffer{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = powershell.Stdin(script, input), stdout, stderr
	cmd.Env = environment(executable, os.Environ())
	cmd.WaitDelay = drainTime

	group := newProcessGroup(cmd)
	cmd.Cancel = group.end

	if err := cmd.Start(); err != nil {
		group.close()

		if ctx.Err() != nil {
			return powershell.Output{}, &powershell.StartError{Err: context.Cause(ctx)}
		}
		return powershell.Output{}, &powershell.StartError{Err: &startError{executable, err}}
	}
	err := group.add()
	if err != nil {
		// Without the job Run cannot end the children of the process later.
		_ = cmd.Process.Kill()
	}
	waited := cmd.Wait()
	// End the children that are still running.
	group.close()

	output := powershell.Output{
		Stdout:   stdout.buffer.Bytes(),
		Stderr:   stderr.Bytes(),
		ExitCode: cmd.ProcessState.ExitCode(),
	}

	if err != nil {
		return output, fmt.Errorf("cannot add the process of %s to a job: %w", executable, err)
	}
	return output, endError(ctx, executable, waited)
}

// endError returns the error of a process that has ended, or nil if the caller can evaluate its exit code. waited is
// the error of the wait for its end.
func endError(ctx context.Context, executable string, waited error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	// After ErrWaitDelay the output is complete as far as the process wrote it.
	var exit *exec.ExitError
	if waited == nil || errors.As(waited, &exit) && exit.ExitCode() >= 0 || errors.Is(waited, exec.ErrWaitDelay) {
		return nil
	}
	return fmt.Errorf("%s ended: %w", executable, waited)
}

// startError is a process that was not started. The error of Windows ends with a full stop.
type startError struct {
	executable string
	err        error
}

func (e *startError) Error() string {
	return sentence.Then("cannot start "+e.executable+": "+e.err.Error(),
		"Use the path of PowerShell as the executable")
}

func (e *startError) Unwrap() error { return e.err }

// limitedBuffer keeps the data that is written to it, and passes it to seen. At data beyond the limit it calls full and
// returns an error. The buffer is not embedded, because io.Copy would call its ReadFrom instead of Write.
type limitedBuffer struct {
	buffer bytes.Buffer
	limit  int
	full   func()
	seen   func([]byte)
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > b.limit {
		b.full()
		return 0, powershell.ErrTooMuchOutput
	}
	b.seen(p)
	return b.buffer.Write(p)
}
