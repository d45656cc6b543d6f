package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
)

// A server can refuse the password and end the connection at once. That is an answer.
func TestRefusalBeforeTheEnd(t *testing.T) {
	t.Parallel()

	server := startPasswordServer(t, serverBehavior{password: "another"})
	target := net.JoinHostPort(server.config.Host, fmt.Sprint(server.config.Port))

	for range 20 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		before := server.count()
		done := make(chan struct{})

		go func() {
			defer close(done)
			relayUntil(listener, target, func() bool { return server.count() > before })
		}()

		config := server.config
		config.Password = secret

		if address, ok := listener.Addr().(*net.TCPAddr); ok {
			config.Port = address.Port
		}
		_, err = newTransport(t, config).Run(t.Context(), "echo", strings.NewReader(""))
		assertError(t, err, errPasswordRefused.Error(), "not try the login again in this run")

		if strings.Contains(err.Error(), "after the password was sent") {
			t.Errorf("a refusal is a lost answer: %v", err)
		}
		_ = listener.Close()
		<-done
	}
}

// relayUntil passes one connection on to target. It closes both sides after the first packet to the client at which
// isLast reports true.
func relayUntil(listener net.Listener, target string, isLast func() bool) {
	client, err := listener.Accept()
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }()

	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	var forth sync.WaitGroup
	forth.Go(func() { _, _ = io.Copy(server, client) })

	defer forth.Wait()
	defer func() { _ = server.Close() }()
	defer func() { _ = client.Close() }()

	packet := make([]byte, 64<<10)

	for {
		n, err := server.Read(packet)
		if err != nil {
			return
		}
		last := isLast()
		if _, err := client.Write(packet[:n]); err != nil || last {
			return
		}
	}
}

// A server that accepts the password and requires more has not refused it.
func TestPasswordIsNotEnough(t *testing.T) {
	t.Parallel()

	never := func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, errors.New("refused") }

	for name, tc := range map[string]struct {
		next ssh.ServerAuthCallbacks
		want string
	}{
		"a key": {ssh.ServerAuthCallbacks{PublicKeyCallback: never}, "accepts the password and asks for another login"},
		"a code": {ssh.ServerAuthCallbacks{
			KeyboardInteractiveCallback: func(
				_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge,
			) (*ssh.Permissions, error) {
				_, err := ask("", "", []string{"Code: "}, []bool{true})
				return nil, fmt.Errorf("no code: %w", err)
			},
		}, `asks for more than a password: ["Code: "]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := startPasswordServer(t, serverBehavior{password: secret, next: &tc.next})
			config := server.config
			config.Password = secret
			s := newTransport(t, config)

			for range 2 {
				_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
				assertError(t, err, tc.want)

				if strings.Contains(err.Error(), errPasswordRefused.Error()) {
					t.Errorf("got %v", err)
				}
			}
			if n := server.count(); n != 1 {
				t.Errorf("%d passwords", n)
			}
		})
	}
}

// The library has no types for the answers to a password. The double of a server cannot send all of them.
func TestOutcome(t *testing.T) {
	t.Parallel()

	var (
		refused = errors.New("ssh: unable to authenticate, attempted methods [none], no supported methods remain")
		expired = errors.New("ssh: unexpected message type 60 (expected 52)")
		ended   = errors.New(`ssh: disconnect, reason 2: "too many authentication failures"`)
		reset   = &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
		closed  = &net.OpError{Op: "read", Err: net.ErrClosed}
	)

	for _, tc := range []struct {
		name     string
		login    passwordLogin
		err      error
		want     string
		answered bool
	}{
		{"refused", passwordLogin{sentBy: methodPassword}, refused, errPasswordRefused.Error(), true},
		{"expired", passwordLogin{sentBy: methodPassword}, expired, "the password has expired", true},
		{"disconnected", passwordLogin{sentBy: methodPassword}, ended, "too many authentication failures", true},
		{"a key is refused", passwordLogin{}, refused, "unable to authenticate", true},
		{"closed", passwordLogin{sentBy: methodPassword}, io.EOF, "EOF", false},
		{"closed in a packet", passwordLogin{sentBy: methodInteractive}, io.ErrUnexpectedEOF, "EOF", false},
		{"reset", passwordLogin{sentBy: methodPassword}, reset, "connection reset", false},
		{"closed here", passwordLogin{sentBy: methodPassword}, closed, "closed", false},
		{"out of time", passwordLogin{sentBy: methodPassword}, context.DeadlineExceeded, "deadline", false},
	} {
		answered, cause := tc.login.outcome(fmt.Errorf("ssh: handshake failed: %w", tc.err))
		if answered != tc.answered || !strings.Contains(cause.Error(), tc.want) {
			t.Errorf("%s: got %v, %v", tc.name, cause, answered)
		}
	}
}
