package winrm

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// idleTimeout is how long the host keeps an unused shell. It is short, because the answer to the request that opens a
// shell can be lost. The shell then cannot be closed, because its id is unknown.
const idleTimeout = 180 * time.Second

// remoteShell is a shell on the host with its connection. One script uses it at a time, so that it needs no lock.
type remoteShell struct {
	transport *Transport
	conn      *connection
	id        string
	// command is the id of the running command, until the host has confirmed its end.
	command string
}

func (w *Transport) newShell() *remoteShell {
	return &remoteShell{transport: w, conn: w.newConnection()}
}

// ask sends one message and returns the answer.
func (s *remoteShell) ask(ctx context.Context, tried, message string) (*reply, error) {
	reply, err := s.conn.post(ctx, message)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, s.transport.failed(tried, err)
	}
	return reply, nil
}

// create opens the shell. After the host has the request, create waits for the answer for the grace time even if the
// context ends: without the id from the answer the shell cannot be closed.
func (s *remoteShell) create(ctx context.Context) error {
	const tried = "open a remote shell on"

	var written atomic.Bool

	patient, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)

	patient = httptrace.WithClientTrace(patient, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { written.Store(true) },
	})

	defer context.AfterFunc(ctx, func() {
		if written.Load() {
			select {
			case <-time.After(s.transport.grace):
			case <-patient.Done():
			}
		}
		cancel(context.Cause(ctx))
	})()

	reply, err := s.ask(patient, tried, s.transport.createMessage())
	if err != nil {
		return err
	}
	if s.id = reply.shellID(); s.id == "" {
		return s.transport.failed(tried, errors.New("the answer has no shell id"))
	}
	if ctx.Err() != nil {
		return s.transport.failed(tried, context.Cause(ctx))
	}
	return nil
}

// start starts PowerShell, which then waits for its input.
func (s *remoteShell) start(ctx context.Context) error {
	tried := "start " + s.transport.config.Executable + " on"

	reply, err := s.ask(ctx, tried, s.transport.commandMessage(s.id))
	if err != nil {
		return err
	}
	if s.command = reply.Body.Command.ID; s.command == "" {
		return s.transport.failed(tried, errors.New("the answer has no command id"))
	}
	return nil
}

// finish sends the input and waits until the script ends. After an error the shell cannot be used again.
func (s *remoteShell) finish(ctx context.Context, input []byte, seen func([]byte)) (powershell.Output, error) {
	out := powershell.Output{}

	// Base64 adds a third. The rest of a message has less than 4 KiB.
	size := (s.transport.config.MaxEnvelopeSize - 4096) / 4 * 3

	early := false

	for last := false; !last && !early; {
		n := min(size, len(input))
		last = n == len(input)

		message := s.transport.sendMessage(s.id, s.command, input[:n], last)
		if _, err := s.ask(ctx, "send the script to", message); err != nil {
			// PowerShell has ended before it received its whole input. Its output, which may be the reason, is the
			// result.
			var fault *wsmanFault
			if !errors.As(err, &fault) || s.receive(ctx, &out, seen, true) != nil {
				return out, err
			}
			early = true
		}
		input = input[n:]
	}
	if !early {
		if err := s.receive(ctx, &out, seen, false); err != nil {
			return out, err
		}
	}

	// The service keeps a command until the client confirms its end. The script has ended whether or not this succeeds,
	// but a shell in which it fails is not used again.
	if err := s.terminate(ctx); err != nil {
		cleanup, cancel := s.cleanup(ctx)
		defer cancel()

		_ = s.close(cleanup)
		s.id = ""
	}
	return out, nil
}

// receive collects output until the command ends. With available it returns an error instead of waiting for more
// output.
func (s *remoteShell) receive(ctx context.Context, out *powershell.Output, seen func([]byte), available bool) error {
	const tried = "read the output of the script on"

	pace := s.transport.newPace()

	for {
		pace.begin()
		reply, err := s.ask(ctx, tried, s.transport.receiveMessage(s.id, s.command))

		var fault *wsmanFault
		if errors.As(err, &fault) && fault.code == faultTimedOut {
			if available {
				return err
			}
			if err := pace.end(ctx, 0); err != nil {
				return s.transport.failed(tried, err)
			}
			continue // no output yet
		}
		if err != nil {
			return err
		}
		before := len(out.Stdout)

		n, err := reply.output(out)
		if len(out.Stdout) > before {
			seen(out.Stdout[before:])
		}
		if err != nil {
			return s.transport.failed(tried, err)
		}
		if len(out.Stdout) > powershell.MaxOutput {
			return s.transport.failed(tried, powershell.ErrTooMuchOutput)
		}
		if reply.done() {
			return nil
		}
		if err := pace.end(ctx, n); err != nil {
			return s.transport.failed(tried, err)
		}
	}
}

// terminate ends the command, or confirms its end.
func (s *remoteShell) terminate(ctx context.Context) error {
	_, err := s.ask(ctx, "end the script on", s.transport.signalMessage(s.id, s.command))
	if err == nil {
		s.command = ""
	}
	return err
}

// close deletes the shell on the host and ends its command.
func (s *remoteShell) close(ctx context.Context) error {
	defer s.conn.close()

	if s.id == "" {
		return nil
	}
	_, err := s.ask(ctx, "close the remote shell on", s.transport.deleteMessage(s.id))

	var fault *wsmanFault
	if errors.As(err, &fault) && (fault.code == faultNoShell || fault.subcode == "InvalidSelectors") {
		err = nil // it no longer exists
	}
	if err == nil {
		s.id = ""
	}
	return err
}

// cleanup returns a context for work that must be done after the context of the run has ended.
func (s *remoteShell) cleanup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), s.transport.grace)
}

// abandon closes the shell of a failed run and returns err, which then reports whether the shell is still open.
func (s *remoteShell) abandon(ctx context.Context, err error) error {
	var failure *stepError
	if !errors.As(err, &failure) {
		return err
	}

	// This does not log in after a refusal: the gate is closed.
	ctx, cancel := s.cleanup(ctx)
	defer cancel()

	if s.id != "" && s.command != "" {
		_ = s.terminate(ctx) // closing the shell ends the command too
	}
	failure.left = s.close(ctx) != nil
	return err
}

// firstLine returns the first line of an output, for messages.
func firstLine(out powershell.Output) string {
	for _, text := range []string{string(out.Stderr), string(out.Stdout)} {
		if line, _, _ := strings.Cut(strings.TrimSpace(text), "\n"); line != "" {
			if len(line) > 300 {
				line = line[:300] + "..."
			}
			return strings.ToValidUTF8(strings.TrimSpace(line), "?")
		}
	}
	return fmt.Sprintf("exit code %#x, no output", out.ExitCode)
}

// noAnswer is the end of the wait for one answer. It unwraps to [context.DeadlineExceeded].
type noAnswer struct{ limit time.Duration }

func (n noAnswer) Error() string { return fmt.Sprintf("no answer within %s", n.limit) }
func (n noAnswer) Unwrap() error { return context.DeadlineExceeded }
