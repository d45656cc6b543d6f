//go:build unix

package ssh

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// Canceling a run ends the script and its children. The connection remains usable.
func TestCancel(t *testing.T) {
	t.Parallel()

	server := startSignallingSSHD(t)
	s := server.transport(t)
	gate := newGate(t)

	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped by the test")
	done := make(chan error, 1)

	var out powershell.Output

	go func() {
		var err error
		out, err = s.Run(ctx, "wait-both "+gate.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	first, second := gate.accept(t), gate.accept(t)
	cancel(stopped)
	assertEnded(t, first)
	assertEnded(t, second)

	err := <-done
	assertError(t, err, "stopped by the test")
	assertOutcomeUnknown(t, err, true)

	if !errors.Is(err, stopped) || strings.Contains(err.Error(), "may still run") {
		t.Error(err)
	}
	if !strings.HasPrefix(string(out.Stdout), "begun") {
		t.Errorf("output so far: %+v", out)
	}
	assertEcho(t, s)

	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()

	server := startSignallingSSHD(t)
	s := server.transport(t)
	gate := newGate(t)
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(context.Background(), "wait "+gate.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	conn := gate.accept(t)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	assertEnded(t, conn)
	assertError(t, <-done, "the provider has closed the connection")

	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "the provider has closed the connection")
	assertOutcomeUnknown(t, err, false)
}

// A server that does not deliver signals: the error reports that the script may still run.
func TestCancelUnobserved(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)
	s.grace = time.Millisecond
	gate := newGate(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(ctx, "wait "+gate.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	gate.accept(t)
	server.Freeze()
	cancel()

	err := <-done
	assertError(t, err, "its end was not observed", "may still run")
	assertOutcomeUnknown(t, err, true)
}

func TestLost(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name string
		lose func(*sshdDouble, *Transport)
		text string
	}{
		{"connection cut", func(server *sshdDouble, _ *Transport) { server.Cut() }, "the connection"},
		{
			"host silent",
			func(server *sshdDouble, s *Transport) {
				server.Freeze()

				s.turn <- struct{}{}
				conn := s.conn
				<-s.turn

				conn.ask <- struct{}{}
			},
			"did not answer a keep-alive request",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			server := startSSHD(t)
			s := newTransport(
				t,
				server.config,
				useFake,
				func(s *Transport) { s.keepAlive, s.answer = time.Hour, 10*time.Millisecond },
			)
			gate := newGate(t)
			done := make(chan error, 1)

			go func() {
				_, err := s.Run(t.Context(), "wait "+gate.Addr().String(), strings.NewReader(""))
				done <- err
			}()

			conn := gate.accept(t)
			tc.lose(server, s)

			err := <-done
			assertError(t, err, "cannot observe the end of a script on 127.0.0.1:", "while the script ran", tc.text)
			assertOutcomeUnknown(t, err, true)

			_ = conn.Close()

			// The next run connects again.
			assertEcho(t, s)

			if n := server.Connections(); n != 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// A connection that is lost between two runs causes no error.
func TestReconnect(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)

	for n := 1; n <= 3; n++ {
		assertEcho(t, s)

		if got := server.Connections(); got != n {
			t.Errorf("%d connections, want %d", got, n)
		}
		// The transport may or may not detect the loss before the next run.
		server.Cut()
	}
}
