package winrm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

const (
	// idleTimeout is how long the host keeps a shell that nobody uses. It is short because the answer to the request that
	// opens a shell can be lost, and then nobody knows the shell's name.
	idleTimeout = 180 * time.Second
	// maxOutput bounds what one script can make this process hold. A topology document has a few MiB.
	maxOutput = 256 << 20
)

// remoteShell is a shell on the host and the connection that it is used over. One script has it at a time, so nothing here
// is locked: the library's own command sends, receives and closes from three goroutines over one connection.
type remoteShell struct {
	of   *Transport
	wire *connection
	id   string
	// command is the one that runs, or whose end the host has not been told that we know.
	command string
}

func (w *Transport) newShell() *remoteShell {
	return &remoteShell{of: w, wire: w.newConnection()}
}

// ask sends one message and reads its answer, in the time that the service has for it.
func (s *remoteShell) ask(ctx context.Context, tried string, message fmt.Stringer) (*reply, error) {
	ctx, cancel := s.of.patience(ctx)
	defer cancel()

	if err := s.of.alreadyRefused(); err != nil {
		return nil, s.of.failed(tried, err)
	}

	reply, err := s.wire.post(ctx, message.String())
	s.of.remember(err)

	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}

		return nil, s.of.failed(tried, err)
	}

	return reply, nil
}

// create opens the shell. Once the host has the request it is let answer, also when the run is broken off: without the
// answer nobody knows the name of the shell, and it could not be closed.
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
			case <-time.After(s.of.grace):
			case <-patient.Done():
			}
		}

		cancel(context.Cause(ctx))
	})()

	reply, err := s.ask(patient, tried, s.of.createMessage())
	if err != nil {
		return err
	}

	if s.id = reply.shellID(); s.id == "" {
		return s.of.failed(tried, errors.New("the answer names no shell"))
	}

	if ctx.Err() != nil {
		return s.of.failed(tried, context.Cause(ctx))
	}

	return nil
}

// start starts PowerShell, which then waits for the script.
func (s *remoteShell) start(ctx context.Context) error {
	tried := "start " + s.of.config.Executable + " on"

	reply, err := s.ask(ctx, tried, s.of.commandMessage(s.id))
	if err != nil {
		return err
	}

	if s.command = reply.Body.Command.ID; s.command == "" {
		return s.of.failed(tried, errors.New("the answer names no command"))
	}

	return nil
}

// finish hands the script over and waits for its end. What it returns an error for leaves the shell unusable.
func (s *remoteShell) finish(ctx context.Context, input []byte, seen func([]byte)) (powershell.Output, error) {
	out := powershell.Output{}

	// Base64 takes a third more, the rest of a message less than 4 KiB.
	size := (s.of.config.MaxEnvelopeSize - 4096) / 4 * 3

	early := false

	for last := false; !last && !early; {
		n := min(size, len(input))
		last = n == len(input)

		if _, err := s.ask(ctx, "send the script to", s.of.sendMessage(s.id, s.command, input[:n], last)); err != nil {
			// A PowerShell that ended before its input did refuses the rest. What it said, which may be why, is the result.
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

	// The service keeps what belongs to a command until it is told that its end was seen. The script is done whatever
	// comes of it; a shell in which this fails is not used again.
	if err := s.terminate(ctx); err != nil {
		cleanup, cancel := s.cleanup(ctx)
		defer cancel()

		_ = s.close(cleanup)
		s.id = ""
	}

	return out, nil
}

// receive collects output until the command is done. In a hurry it takes only what is there.
func (s *remoteShell) receive(ctx context.Context, out *powershell.Output, seen func([]byte), hurry bool) error {
	const tried = "read the output of the script on"

	for {
		reply, err := s.ask(ctx, tried, s.of.receiveMessage(s.id, s.command))

		var fault *wsmanFault
		if errors.As(err, &fault) && fault.code == faultTimedOut {
			if hurry {
				return err
			}

			if err := pause(ctx); err != nil {
				return s.of.failed(tried, err)
			}

			continue // nothing yet
		}

		if err != nil {
			return err
		}

		before := len(out.Stdout)

		err = reply.output(out)
		if len(out.Stdout) > before {
			seen(out.Stdout[before:])
		}

		if err != nil {
			return s.of.failed(tried, err)
		}

		if len(out.Stdout)+len(out.Stderr) > maxOutput {
			return s.of.failed(tried, fmt.Errorf("the script wrote more than %d MiB", maxOutput>>20))
		}

		if reply.done() {
			return nil
		}

		if len(reply.Body.Receive.Streams) == 0 {
			if err := pause(ctx); err != nil {
				return s.of.failed(tried, err)
			}
		}
	}
}

// pause keeps a host that answers at once, with nothing, from being asked all the time.
func pause(ctx context.Context) error {
	select {
	case <-time.After(20 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *remoteShell) terminate(ctx context.Context) error {
	_, err := s.ask(ctx, "end the script on", s.of.signalMessage(s.id, s.command))
	if err == nil {
		s.command = ""
	}

	return err
}

// close deletes the shell on the host, and with it whatever runs in it.
func (s *remoteShell) close(ctx context.Context) error {
	defer s.wire.close()

	if s.id == "" {
		return nil
	}

	_, err := s.ask(ctx, "close the remote shell on", s.of.deleteMessage(s.id))

	var fault *wsmanFault
	if errors.As(err, &fault) && (fault.code == faultNoShell || fault.subcode == "InvalidSelectors") {
		err = nil // it is gone already
	}

	if err == nil {
		s.id = ""
	}

	return err
}

// cleanup is a context for what has to be done although, or because, the run's own has ended.
func (s *remoteShell) cleanup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), s.of.grace)
}

// abandon leaves nothing of a failed run on the host and returns its error, with what is known about the script.
func (s *remoteShell) abandon(ctx context.Context, err error) error {
	var failure *stepError
	if !errors.As(err, &failure) {
		return err
	}

	// Without a login nothing can be closed, and each attempt brings the account nearer to being locked.
	var refused *refusedError
	if errors.As(err, &refused) && refused.status == http.StatusUnauthorized {
		failure.left = s.id != ""
		s.wire.close()

		return err
	}

	ctx, cancel := s.cleanup(ctx)
	defer cancel()

	if s.id != "" && s.command != "" {
		_ = s.terminate(ctx) // the end of the shell is its end too
	}

	failure.left = s.close(ctx) != nil

	return err
}

// brief is the first line of what a script said, for a text.
func brief(out powershell.Output) string {
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

// noAnswer is a deadline of our own, and one to programs.
type noAnswer struct{ limit time.Duration }

func (n noAnswer) Error() string { return fmt.Sprintf("no answer within %s", n.limit) }
func (n noAnswer) Unwrap() error { return context.DeadlineExceeded }
