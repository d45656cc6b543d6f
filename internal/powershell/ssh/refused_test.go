package ssh

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestUnreachable(t *testing.T) {
	t.Parallel()

	testkit.SkipIfShort(t)

	key, _ := newKey(t, "")
	config := configFor(t, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, key.PublicKey())
	config.Password = secret

	_, err := newTransport(t, config).Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "cannot connect to 127.0.0.1:", ": the connection was refused (dial tcp ", "service sshd")
	assertOutcomeUnknown(t, err, false)
}

// A host that accepts the connection and does not answer.
func TestNoHandshake(t *testing.T) {
	t.Parallel()

	accepted := make(chan struct{}, 3) // one for each row
	address := testkit.Listen(t, func(conn net.Conn) {
		accepted <- struct{}{}
		_, _ = io.Copy(io.Discard, conn)
	})
	key, _ := newKey(t, "")
	config := configFor(t, address, key.PublicKey())
	config.Password = secret

	t.Run("cancel", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		s := newTransport(t, config)

		go func() {
			_, err := s.Run(ctx, "echo", strings.NewReader(""))
			done <- err
		}()

		<-accepted
		cancel()

		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("connect timeout", func(t *testing.T) {
		config := config
		config.ConnectTimeout = 10 * time.Millisecond

		_, err := newTransport(t, config).Run(t.Context(), "echo", strings.NewReader(""))
		assertError(t, err, "cannot connect to 127.0.0.1:", "the login did not complete within 10ms", "firewall")

		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
	t.Run("deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()

		_, err := newTransport(t, config).Run(ctx, "echo", strings.NewReader(""))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		assertOutcomeUnknown(t, err, false)
	})
}

// Servers that accept the login and then refuse a step or break the protocol.
func TestBadServer(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name    string
		session func(ssh.NewChannel)
		parts   []string
		unknown bool
	}{
		{
			name:    "no session",
			session: func(c ssh.NewChannel) { _ = c.Reject(ssh.Prohibited, "not today") },
			parts:   []string{"cannot start powershell.exe on 127.0.0.1:", "not today", "MaxSessions"},
		},
		{
			name: "no command",
			session: func(c ssh.NewChannel) {
				ch, requests, err := c.Accept()
				if err != nil {
					return
				}
				go func() {
					for request := range requests {
						_ = request.Reply(false, nil)
					}
					_ = ch.Close()
				}()
			},
			parts: []string{"cannot start powershell.exe on 127.0.0.1:", "refuses to run a command"},
		},
		{
			name: "no answer to the command",
			session: func(c ssh.NewChannel) {
				if ch, _, err := c.Accept(); err == nil {
					_ = ch.Close()
				}
			},
			parts: []string{"cannot start powershell.exe on 127.0.0.1:"},
		},
		{
			name: "no exit code",
			session: func(c ssh.NewChannel) {
				ch, requests, err := c.Accept()
				if err != nil {
					return
				}
				go func() {
					for request := range requests {
						_ = request.Reply(true, nil)
						_ = ch.Close()
					}
				}()
			},
			parts:   []string{"cannot observe the end of a script", "without an exit status"},
			unknown: true,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			server := startPasswordServer(t, serverBehavior{password: secret, session: tc.session})
			config := server.config
			config.Password = secret

			_, err := newTransport(t, config).Run(t.Context(), "echo", strings.NewReader("input"))
			assertError(t, err, tc.parts...)
			assertNoSecret(t, err)
			assertOutcomeUnknown(t, err, tc.unknown)
		})
	}
}

// A server that does not answer the request for a session.
func TestNoSession(t *testing.T) {
	t.Parallel()

	asked := make(chan struct{}, 1)
	server := startPasswordServer(
		t,
		serverBehavior{password: secret, session: func(ssh.NewChannel) { asked <- struct{}{} }},
	)
	config := server.config
	config.Password = secret
	s := newTransport(t, config)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(ctx, "echo", strings.NewReader(""))
		done <- err
	}()

	<-asked
	cancel()

	err := <-done
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	assertOutcomeUnknown(t, err, false)
}
