package powershell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// sshSession is PowerShell started on the host, waiting for its input.
type sshSession struct {
	ssh     *SSH
	conn    *sshConnection
	session *ssh.Session
	stdin   io.WriteCloser
	stdout  sshOutput
	stderr  sshOutput
}

// open starts PowerShell in a session of a connection. lost says that it failed because the connection has ended.
func (s *SSH) open(ctx context.Context, conn *sshConnection) (session *sshSession, lost bool, err error) {
	// A host that answers signs of life but opens no session is not waited for until the deadline of the run. One that is
	// gone is noticed earlier.
	limit := max(s.config.ConnectTimeout, 2*(s.keepAlive+s.answer))
	ctx, cancel := context.WithTimeoutCause(ctx, limit, notWithin("the host did not open a session", limit))
	defer cancel()

	type result struct {
		session *sshSession
		refused bool
		err     error
	}

	results := make(chan result, 1)

	go func() {
		session := &sshSession{ssh: s, conn: conn}
		refused, err := session.start(ctx)
		results <- result{session, refused, err}
	}()

	select {
	case r := <-results:
		if r.err == nil || r.refused {
			return r.session, false, r.err
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
				r.session.kill()
				_ = r.session.session.Close()
			}
		}()

		return nil, false, context.Cause(ctx)
	}
}

// start says of an error whether the server refused, by a message, what was asked for.
func (r *sshSession) start(ctx context.Context) (refused bool, err error) {
	r.session, err = r.conn.client.NewSession()

	var no *ssh.OpenChannelError
	if errors.As(err, &no) && r.conn.isAlive(ctx) {
		// OpenSSH counts a session that has just ended until it has nothing else to read. By now it had nothing else.
		r.session, err = r.conn.client.NewSession()
	}

	if errors.As(err, &no) {
		return true, fmt.Errorf("the server opens no further session: %w", no)
	}

	if err != nil {
		return false, err
	}

	// The answers of the server to what cannot fail here need no look; its end is seen by Start.
	r.session.Stdout, r.session.Stderr = &r.stdout, &r.stderr
	if r.stdin, err = r.session.StdinPipe(); err != nil {
		return false, err
	}

	if err = r.session.Start(r.ssh.command); err != nil {
		_ = r.session.Close()

		// The one error that is not the connection's repeats the whole command.
		if strings.HasPrefix(err.Error(), "ssh: command ") {
			return true, errors.New("the server refuses to run a command")
		}
	}

	return false, err
}

// endProcess is the script that ends the PowerShell of another run: the data is its number.
const endProcess Script = "end-process"

// finish gives the script its input and waits for its end, or ends it with the context.
func (r *sshSession) finish(ctx context.Context, cancel context.CancelCauseFunc, sent []byte, seen func([]byte)) (Output, error) {
	defer func() { _ = r.session.Close() }()

	tooMuch := func() { cancel(errSSHTooMuch) }
	r.stdout.bound(r.ssh.maxOutput, tooMuch, seen)
	r.stderr.bound(r.ssh.maxOutput, tooMuch, unseen)

	go func() {
		// A script that ends before it has read everything is no failure: how it ended says more.
		_, _ = io.Copy(r.stdin, bytes.NewReader(sent))
		_ = r.stdin.Close()
	}()

	waited := make(chan error, 1)
	go func() { waited <- r.session.Wait() }()

	var err error
	select {
	case err = <-waited:
	case <-ctx.Done():
		seen := r.end(ctx, waited)

		err = context.Cause(ctx)
		if !seen {
			err = fmt.Errorf("%w; it was told to end, and its end was not seen, so that it may still run", err)
		}

		return r.output(0), r.unknown(err)
	}

	var (
		exit    *ssh.ExitError
		missing *ssh.ExitMissingError
	)

	switch {
	case err == nil:
		return r.output(0), nil
	case errors.As(err, &exit) && exit.Signal() == "":
		return r.output(exit.ExitStatus()), nil
	case errors.As(err, &exit):
		return r.output(exit.ExitStatus()), r.unknown(fmt.Errorf("it was ended by the signal %s", exit.Signal()))
	case errors.As(err, &missing):
		return r.output(0), r.unknown(r.lost(ctx))
	default:
		return r.output(0), r.unknown(err)
	}
}

// end makes the script end, and says whether its end was seen.
func (r *sshSession) end(ctx context.Context, waited <-chan error) bool {
	// Not here: writing waits where the connection is stuck.
	go r.kill()

	if r.endSeen(waited) {
		return true
	}

	id, ok := r.process()
	if !ok || r.conn.isGone() {
		return false
	}

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*r.ssh.grace)
	defer cancel()

	if err := r.endProcess(ctx, id); err != nil {
		return false
	}

	return r.endSeen(waited)
}

func (r *sshSession) endSeen(waited <-chan error) bool {
	grace := time.NewTimer(r.ssh.grace)
	defer grace.Stop()

	select {
	case <-waited: //nolint:errcheck // how it ended is not asked for
		// An end that came with the connection's is not the script's.
		return !r.conn.isGone()
	case <-grace.C:
		return false
	}
}

// process is the number that PowerShell gave of itself.
func (r *sshSession) process() (int, bool) {
	match := processTold.FindSubmatch(r.stdout.peek())
	if match == nil {
		return 0, false
	}

	id, err := strconv.Atoi(string(match[1]))

	return id, err == nil
}

// endProcess ends the process over a second session.
func (r *sshSession) endProcess(ctx context.Context, id int) error {
	text, err := endProcess.text()
	if err != nil {
		return err
	}

	// Nobody reads the answer: what counts is the end of the first session.
	input, err := encodeInput(endProcess, newID(), Input{Data: map[string]int{"process": id}})
	if err != nil {
		return err
	}

	second, _, err := r.ssh.open(ctx, r.conn)
	if err != nil {
		return err
	}
	defer func() { _ = second.session.Close() }()

	done := make(chan error, 1)

	go func() {
		_, _ = io.Copy(second.stdin, r.ssh.frame(text, input))
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
func (r *sshSession) kill() {
	_ = r.session.Signal(ssh.SIGTERM)
	_ = r.session.Signal(ssh.SIGKILL)
}

// lost is why the session ended without a word about the script.
func (r *sshSession) lost(ctx context.Context) error {
	if r.conn.isAlive(ctx) {
		return errors.New("the server ended the session without saying how the script ended")
	}

	if r.conn.err == nil || errors.Is(r.conn.err, io.EOF) {
		return errors.New("the server ended the connection while the script ran")
	}

	return fmt.Errorf("the connection was lost while the script ran: %w", r.conn.err)
}

func (r *sshSession) unknown(err error) error {
	return &sshError{tried: "see the end of a script on " + r.ssh.Host() + " over SSH", err: err, begun: true}
}

func (r *sshSession) output(code int) Output {
	return Output{Stdout: r.stdout.take(), Stderr: r.stderr.take(), ExitCode: code}
}

// sshOutput keeps what comes, up to a limit. It may be read while more comes.
type sshOutput struct {
	mu     sync.Mutex
	buffer bytes.Buffer
	limit  int
	tell   func()
	seen   func([]byte)
}

// bound sets the limit, what is called where it is exceeded, and what is given all that comes and came.
func (o *sshOutput) bound(limit int, tell func(), seen func([]byte)) {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.limit, o.tell, o.seen = limit, tell, seen

	if o.buffer.Len() > 0 {
		seen(o.buffer.Bytes())
	}
}

func (o *sshOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()

	// There is none before the script has its input.
	if o.tell != nil && o.buffer.Len()+len(p) > o.limit {
		o.tell()

		// Dropped and not refused: a script whose output nobody takes would not end.
		return len(p), nil
	}

	if o.seen != nil {
		o.seen(p)
	}

	return o.buffer.Write(p)
}

// peek returns what has come so far.
func (o *sshOutput) peek() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()

	return bytes.Clone(o.buffer.Bytes())
}

// take returns what has come. What still comes is kept and shown to nobody.
func (o *sshOutput) take() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.seen = nil

	return bytes.Clone(o.buffer.Bytes())
}
