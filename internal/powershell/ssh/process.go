package ssh

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// process is a PowerShell process on the host. After start it waits for its input.
type process struct {
	transport *Transport
	conn      *connection
	session   *ssh.Session
	stdin     io.WriteCloser
	stdout    outputBuffer
	stderr    powershell.StderrBuffer
}

// open starts PowerShell in a session of conn. lost is true if it failed because the connection has ended.
func (s *Transport) open(ctx context.Context, conn *connection) (started *process, lost bool, err error) {
	// Limit the wait for a host that answers keep-alive requests but opens no session. watch detects an unreachable
	// host earlier.
	limit := max(s.config.ConnectTimeout, 2*(s.keepAlive+s.answer))
	ctx, cancel := context.WithTimeoutCause(ctx, limit, notWithin("the host did not open a session", limit))
	defer cancel()

	type result struct {
		process *process
		refused bool
		err     error
	}

	results := make(chan result, 1)

	go func() {
		r := result{process: &process{transport: s, conn: conn}}
		r.err = powershell.Guard(func() (err error) {
			r.refused, err = r.process.start(ctx)
			return err
		})
		results <- r
	}()

	select {
	case r := <-results:
		if r.err == nil || r.refused {
			return r.process, false, r.err
		}

		// Other runs may use the connection. It is lost only if it has ended.
		if conn.isAlive(ctx) {
			return nil, false, r.err
		}
		return nil, true, fmt.Errorf("the connection was lost: %w", r.err)
	case <-ctx.Done():
		// The answer may still arrive.
		go func() {
			if r := <-results; r.err == nil {
				r.process.kill()
				_ = r.process.session.Close()
			}
		}()
		return nil, false, context.Cause(ctx)
	}
}

// start opens a session and starts PowerShell in it. refused is true if the server refused one of the two.
func (p *process) start(ctx context.Context) (refused bool, err error) {
	p.session, err = p.conn.client.NewSession()

	var no *ssh.OpenChannelError
	if errors.As(err, &no) && p.conn.isAlive(ctx) {
		// OpenSSH counts a session that has just ended until it has read all pending input, which it has done by now.
		p.session, err = p.conn.client.NewSession()
	}
	if errors.As(err, &no) {
		return true, fmt.Errorf("the server opens no further session: %w", no)
	}
	if err != nil {
		return false, err
	}

	// StdinPipe fails only after a start. Start reports the end of the connection.
	p.stdout.limit = p.transport.maxOutput
	p.session.Stdout, p.session.Stderr = &p.stdout, &p.stderr
	if p.stdin, err = p.session.StdinPipe(); err != nil {
		return false, err
	}
	if err = p.session.Start(p.transport.command); err != nil {
		_ = p.session.Close()

		// Only this error is not one of the connection. Its text repeats the whole command.
		if strings.HasPrefix(err.Error(), "ssh: command ") {
			return true, errors.New("the server refuses to run a command")
		}
	}
	return false, err
}

// finish sends the input and waits until the script ends. If the context ends first, it ends the script.
func (p *process) finish(
	ctx context.Context,
	cancel context.CancelCauseFunc,
	sent []byte,
	seen func([]byte),
) (powershell.Output, error) {
	defer func() { _ = p.session.Close() }()

	tooMuch := func() { cancel(powershell.ErrTooMuchOutput) }
	p.stdout.watch(tooMuch, seen)

	go func() {
		// A script may end before it has read its whole input. Its exit status is more specific than a write error.
		_, _ = io.Copy(p.stdin, bytes.NewReader(sent))
		_ = p.stdin.Close()
	}()

	waited := make(chan error, 1)
	go func() { waited <- powershell.Guard(p.session.Wait) }()

	var err error
	select {
	case err = <-waited:
	case <-ctx.Done():
		err = context.Cause(ctx)
		if !p.end(ctx, waited) {
			err = fmt.Errorf("%w; its end was not observed, so that it may still run", err)
		}
		return p.output(0), p.unknown(err)
	}
	var (
		exit    *ssh.ExitError
		missing *ssh.ExitMissingError
	)

	switch {
	case err == nil:
		return p.output(0), nil
	case errors.As(err, &exit) && exit.Signal() == "":
		return p.output(exit.ExitStatus()), nil
	case errors.As(err, &exit):
		return p.output(exit.ExitStatus()), p.unknown(fmt.Errorf("it was ended by the signal %s", exit.Signal()))
	case errors.As(err, &missing):
		return p.output(0), p.unknown(p.lost(ctx))
	default:
		return p.output(0), p.unknown(err)
	}
}

// end ends the script and reports whether its end was observed. It sends signals, and then ends the process over a
// second session.
func (p *process) end(ctx context.Context, waited <-chan error) bool {
	// In another goroutine, because a write blocks if the connection is stuck.
	go p.kill()

	if p.waitEnd(waited) {
		return true
	}
	id, ok := powershell.ProcessID(p.stdout.peek())
	if !ok || p.conn.isGone() {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*p.transport.grace)
	defer cancel()

	if err := p.endProcess(ctx, id); err != nil {
		return false
	}
	return p.waitEnd(waited)
}

// waitEnd waits for the end of the script and reports whether it was observed.
func (p *process) waitEnd(waited <-chan error) bool {
	grace := time.NewTimer(p.transport.grace)
	defer grace.Stop()

	select {
	case <-waited: //nolint:errcheck // the exit status does not matter
		// The end of the connection also ends the wait, but not the script.
		return !p.conn.isGone()
	case <-grace.C:
		return false
	}
}

// endProcess ends the process with this id over a second session.
func (p *process) endProcess(ctx context.Context, id int) error {
	// The answer is not read, because the end of the first session is the proof.
	script, input, err := powershell.EndProcess(id)
	if err != nil {
		return err
	}
	second, _, err := p.transport.open(ctx, p.conn)
	if err != nil {
		return err
	}
	defer func() { _ = second.session.Close() }()

	done := make(chan error, 1)

	go func() {
		_, _ = io.Copy(second.stdin, p.transport.frame(script, input))
		_ = second.stdin.Close()
		done <- powershell.Guard(second.session.Wait)
	}()

	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// kill sends both signals, because a server may support only one of them. PowerShell does no work after the first
// signal that the second could interrupt.
func (p *process) kill() {
	_ = p.session.Signal(ssh.SIGTERM)
	_ = p.session.Signal(ssh.SIGKILL)
}

// lost returns the reason why the session ended without an exit status.
func (p *process) lost(ctx context.Context) error {
	if p.conn.isAlive(ctx) {
		return errors.New("the server ended the session without an exit status of the script")
	}
	if p.conn.err == nil || errors.Is(p.conn.err, io.EOF) {
		return errors.New("the server ended the connection while the script ran")
	}
	return fmt.Errorf("the connection was lost while the script ran: %w", p.conn.err)
}

// unknown returns the error of a script that had started and whose end was not observed.
func (p *process) unknown(err error) error {
	return &stepError{
		tried: "observe the end of a script on " + p.transport.Host() + " over SSH",
		err:   err,
		begun: true,
	}
}

func (p *process) output(code int) powershell.Output {
	return powershell.Output{Stdout: p.stdout.take(), Stderr: p.stderr.Bytes(), ExitCode: code}
}
