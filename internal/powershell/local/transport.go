// Package local runs PowerShell on the host of this process.
package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// Transport runs scripts on this host. The zero value is ready.
type Transport struct {
	// Executable is PowerShell, by name or path; [DefaultExecutable] if empty.
	Executable string
}

var _ powershell.Watched = (*Transport)(nil)

// maxOutput is how much a process may write. It is far above what a topology document takes.
const maxOutput = 128 << 20

// drain is how long output is waited for when the process has ended, or was ended, and something else still holds its pipes.
const drain = 5 * time.Second

// Host names the machine for messages.
func (*Transport) Host() string { return "this host" }

// Close does nothing: nothing is kept between runs.
func (*Transport) Close() error { return nil }

// Run runs a script in a new process. When the context ends, the process and all that it started are ended.
func (l *Transport) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return l.RunWatched(ctx, script, input, func([]byte) {})
}

// RunWatched is Run that hands out standard output as it comes.
func (l *Transport) RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (powershell.Output, error) {
	executable := l.Executable
	if executable == "" {
		executable = DefaultExecutable()
	}

	line := powershell.CommandLine(executable)
	// The program is the one that the configuration names; the arguments are constant.
	cmd := exec.CommandContext(ctx, line[0], line[1:]...) //nolint:gosec // see above

	stdout, stderr := &limited{max: maxOutput, seen: seen}, &limited{max: maxOutput, seen: func([]byte) {}}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = powershell.Stdin(script, input), stdout, stderr
	cmd.WaitDelay = drain

	family := newFamily(cmd)
	cmd.Cancel = family.end

	if err := cmd.Start(); err != nil {
		family.close()

		if ctx.Err() != nil {
			return powershell.Output{}, &powershell.StartError{Err: context.Cause(ctx)}
		}

		return powershell.Output{}, &powershell.StartError{Err: fmt.Errorf("cannot start %s: %w. Set executable to the path of PowerShell", executable, err)}
	}

	err := family.adopt()
	if err != nil {
		// Not even its children could be ended later: better none of it.
		_ = cmd.Process.Kill()
	}

	waited := cmd.Wait()
	// What the script left behind must not outlive it.
	family.close()

	output := powershell.Output{Stdout: stdout.kept.Bytes(), Stderr: stderr.kept.Bytes(), ExitCode: cmd.ProcessState.ExitCode()}

	if err != nil {
		return output, fmt.Errorf("cannot take charge of the process of %s: %w", executable, err)
	}

	if ctx.Err() != nil {
		return output, context.Cause(ctx)
	}

	// An exit code is for whoever reads the output. Output that something else held open until the end of our patience is
	// all there is.
	var exit *exec.ExitError
	if waited == nil || errors.As(waited, &exit) && exit.ExitCode() >= 0 || errors.Is(waited, exec.ErrWaitDelay) {
		return output, nil
	}

	return output, fmt.Errorf("%s ended: %w", executable, waited)
}

// limited keeps what is written, up to a limit, and hands it out; more is an error, which ends the process. The buffer is
// not embedded: its ReadFrom would be what copies, past Write.
type limited struct {
	kept bytes.Buffer
	max  int
	seen func([]byte)
}

func (l *limited) Write(p []byte) (int, error) {
	if l.kept.Len()+len(p) > l.max {
		return 0, fmt.Errorf("more than %d MiB of output", l.max>>20)
	}

	l.seen(p)

	return l.kept.Write(p)
}
