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

// A run that is given up leaves neither the script nor what the script has started, and the connection stays good.
func TestCancel(t *testing.T) {
	t.Parallel()

	server := startSignallingSSHD(t)
	s := server.transport(t)
	place := newMeeting(t)

	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped by the test")
	done := make(chan error, 1)

	var out powershell.Output

	go func() {
		var err error
		out, err = s.Run(ctx, "wait-both "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	first, second := place.meet(t), place.meet(t)
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
	place := newMeeting(t)
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(context.Background(), "wait "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	conn := place.meet(t)
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	assertEnded(t, conn)
	assertError(t, <-done, "closed by this provider")

	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "closed by this provider")
	assertOutcomeUnknown(t, err, false)
}

// A server that takes no signals: the error says that the script may still run.
func TestCancelUnseen(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)
	s.grace = time.Millisecond
	place := newMeeting(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(ctx, "wait "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	place.meet(t)
	server.Freeze()
	cancel()

	err := <-done
	assertError(t, err, "its end was not seen", "may still run")
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
			"did not answer a sign of life",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			server := startSSHD(t)
			s := newTransport(t, server.config, useFake, func(s *Transport) { s.keepAlive, s.answer = time.Hour, 10*time.Millisecond })
			place := newMeeting(t)
			done := make(chan error, 1)

			go func() {
				_, err := s.Run(t.Context(), "wait "+place.Addr().String(), strings.NewReader(""))
				done <- err
			}()

			conn := place.meet(t)
			tc.lose(server, s)

			err := <-done
			assertError(t, err, "cannot see the end of a script on 127.0.0.1:", "while the script ran", tc.text)
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

// A connection that is lost while nothing runs is no error.
func TestReconnect(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)

	for n := 1; n <= 3; n++ {
		assertEcho(t, s)

		if got := server.Connections(); got != n {
			t.Errorf("%d connections, want %d", got, n)
		}
		// Whether the transport has noticed by the next run differs from time to time.
		server.Cut()
	}
}
