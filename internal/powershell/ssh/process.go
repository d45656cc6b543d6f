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

// process is PowerShell started on the host, waiting for its input.
type process struct {
	transport *Transport
	conn      *connection
	session   *ssh.Session
	stdin     io.WriteCloser
	stdout    outputBuffer
	stderr    outputBuffer
}

// open starts PowerShell in a session of a connection. lost says that it failed because the connection has ended.
func (s *Transport) open(ctx context.Context, conn *connection) (started *process, lost bool, err error) {
	// A host that answers signs of life but opens no session is not waited for until the deadline of the run. One that is
	// gone is noticed earlier.
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
		p := &process{transport: s, conn: conn}
		refused, err := p.start(ctx)
		results <- result{p, refused, err}
	}()

	select {
	case r := <-results:
		if r.err == nil || r.refused {
			return r.process, false, r.err
		}

		// Others may be using the connection: it is given up only when it has ended.
		if conn.isAlive(ctx) {
			return nil, false, r.err
		}

		return nil, true, fmt.Errorf("the connection was lost: %w", r.err)
	case <-ctx.Done():
		// The answer may still come.
		go func() {
			if r := <-results; r.err == nil {
				r.process.kill()
				_ = r.process.session.Close()
			}
		}()

		return nil, false, context.Cause(ctx)
	}
}

// start says of an error whether the server refused, by a message, what was asked for.
func (p *process) start(ctx context.Context) (refused bool, err error) {
	p.session, err = p.conn.client.NewSession()

	var no *ssh.OpenChannelError
	if errors.As(err, &no) && p.conn.isAlive(ctx) {
		// OpenSSH counts a session that has just ended until it has nothing else to read. By now it had nothing else.
		p.session, err = p.conn.client.NewSession()
	}

	if errors.As(err, &no) {
		return true, fmt.Errorf("the server opens no further session: %w", no)
	}

	if err != nil {
		return false, err
	}

	// The answers of the server to what cannot fail here need no look; its end is seen by Start.
	p.session.Stdout, p.session.Stderr = &p.stdout, &p.stderr
	if p.stdin, err = p.session.StdinPipe(); err != nil {
		return false, err
	}

	if err = p.session.Start(p.transport.command); err != nil {
		_ = p.session.Close()

		// The one error that is not the connection's repeats the whole command.
		if strings.HasPrefix(err.Error(), "ssh: command ") {
			return true, errors.New("the server refuses to run a command")
		}
	}

	return false, err
}

// finish gives the script its input and waits for its end, or ends it with the context.
func (p *process) finish(ctx context.Context, cancel context.CancelCauseFunc, sent []byte, seen func([]byte)) (powershell.Output, error) {
	defer func() { _ = p.session.Close() }()

	tooMuch := func() { cancel(errTooMuchOutput) }
	p.stdout.bound(p.transport.maxOutput, tooMuch, seen)
	p.stderr.bound(p.transport.maxOutput, tooMuch, func([]byte) {})

	go func() {
		// A script that ends before it has read everything is no failure: how it ended says more.
		_, _ = io.Copy(p.stdin, bytes.NewReader(sent))
		_ = p.stdin.Close()
	}()

	waited := make(chan error, 1)
	go func() { waited <- p.session.Wait() }()

	var err error
	select {
	case err = <-waited:
	case <-ctx.Done():
		seen := p.end(ctx, waited)

		err = context.Cause(ctx)
		if !seen {
			err = fmt.Errorf("%w; it was told to end, and its end was not seen, so that it may still run", err)
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

// end makes the script end, and says whether its end was seen.
func (p *process) end(ctx context.Context, waited <-chan error) bool {
	// Not here: writing waits where the connection is stuck.
	go p.kill()

	if p.endSeen(waited) {
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

	return p.endSeen(waited)
}

func (p *process) endSeen(waited <-chan error) bool {
	grace := time.NewTimer(p.transport.grace)
	defer grace.Stop()

	select {
	case <-waited: //nolint:errcheck // how it ended is not asked for
		// An end that came with the connection's is not the script's.
		return !p.conn.isGone()
	case <-grace.C:
		return false
	}
}

// endProcess ends the process over a second session.
func (p *process) endProcess(ctx context.Context, id int) error {
	// Nobody reads the answer: what counts is the end of the first session.
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
		done <- second.session.Wait()
	}()

	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// kill signals the script. PowerShell does nothing between the first signal and its end that the second could spoil, and
// a server may know only one of them.
func (p *process) kill() {
	_ = p.session.Signal(ssh.SIGTERM)
	_ = p.session.Signal(ssh.SIGKILL)
}

// lost is why the session ended without a word about the script.
func (p *process) lost(ctx context.Context) error {
	if p.conn.isAlive(ctx) {
		return errors.New("the server ended the session without saying how the script ended")
	}

	if p.conn.err == nil || errors.Is(p.conn.err, io.EOF) {
		return errors.New("the server ended the connection while the script ran")
	}

	return fmt.Errorf("the connection was lost while the script ran: %w", p.conn.err)
}

func (p *process) unknown(err error) error {
	return &stepError{tried: "see the end of a script on " + p.transport.Host() + " over SSH", err: err, begun: true}
}

func (p *process) output(code int) powershell.Output {
	return powershell.Output{Stdout: p.stdout.take(), Stderr: p.stderr.take(), ExitCode: code}
}
