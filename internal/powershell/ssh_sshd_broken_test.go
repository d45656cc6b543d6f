//go:build unix

package powershell

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// A run that is given up leaves neither the script nor what the script has started, and the connection stays good.
func TestSSHCancel(t *testing.T) {
	t.Parallel()

	server := startSignallingSSHD(t)
	s := server.transport(t)
	place := newMeeting(t)

	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped by the test")
	done := make(chan error, 1)

	var out Output

	go func() {
		var err error
		out, err = s.Run(ctx, "wait-both "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	first, second := place.meet(t), place.meet(t)
	cancel(stopped)
	wantEnded(t, first)
	wantEnded(t, second)

	err := <-done
	wantError(t, err, "stopped by the test")
	wantOutcomeUnknown(t, err, true)

	if !errors.Is(err, stopped) || strings.Contains(err.Error(), "may still run") {
		t.Error(err)
	}

	if !strings.HasPrefix(string(out.Stdout), "begun") {
		t.Errorf("output so far: %+v", out)
	}

	wantEcho(t, s)

	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestSSHClose(t *testing.T) {
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

	wantEnded(t, conn)
	wantError(t, <-done, "closed by this provider")

	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	wantError(t, err, "closed by this provider")
	wantOutcomeUnknown(t, err, false)
}

// A server that takes no signals: the error says that the script may still run.
func TestSSHCancelUnseen(t *testing.T) {
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
	wantError(t, err, "its end was not seen", "may still run")
	wantOutcomeUnknown(t, err, true)
}

func TestSSHLost(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name string
		lose func(*sshdDouble, *SSH)
		text string
	}{
		{"connection cut", func(server *sshdDouble, _ *SSH) { server.Cut() }, "the connection"},
		{
			"host silent",
			func(server *sshdDouble, s *SSH) {
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
			s := newTransport(t, server.config, useFake, func(s *SSH) { s.keepAlive, s.answer = time.Hour, 10*time.Millisecond })
			place := newMeeting(t)
			done := make(chan error, 1)

			go func() {
				_, err := s.Run(t.Context(), "wait "+place.Addr().String(), strings.NewReader(""))
				done <- err
			}()

			conn := place.meet(t)
			tc.lose(server, s)

			err := <-done
			wantError(t, err, "cannot see the end of a script on 127.0.0.1:", "while the script ran", tc.text)
			wantOutcomeUnknown(t, err, true)

			_ = conn.Close()

			// The next run connects again.
			wantEcho(t, s)

			if n := server.Connections(); n != 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// A connection that is lost while nothing runs is no error.
func TestSSHReconnect(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)

	for n := 1; n <= 3; n++ {
		wantEcho(t, s)

		if got := server.Connections(); got != n {
			t.Errorf("%d connections, want %d", got, n)
		}
		// Whether the transport has noticed by the next run differs from time to time.
		server.Cut()
	}
}
