package ssh

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Each wrong password counts towards the lockout of the account. A walk costs one count, however many scripts run at
// the same time and one after another, whichever methods the server offers, and whether or not it answers.
func TestWrongPasswordCountsOnce(t *testing.T) {
	t.Parallel()

	for name, tc := range map[string]struct {
		password    bool // the server offers the method password
		interactive bool // the server offers the method keyboard-interactive
		drop        bool // the server ends the connection instead of an answer
	}{
		"password":                     {password: true},
		"keyboard-interactive":         {interactive: true},
		"both":                         {password: true, interactive: true},
		"password, closed":             {password: true, drop: true},
		"keyboard-interactive, closed": {interactive: true, drop: true},
		"both, closed":                 {password: true, interactive: true, drop: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var (
				server  *passwordServer
				started atomic.Int64 // the logins with keyboard-interactive
				b       serverBehavior
				want    = "the server refused the password"
			)

			if tc.drop {
				want = "may have counted the login as failed"
			}
			if tc.password {
				b.password = "another"
			}
			if tc.interactive {
				b.interactive = func(ask ssh.KeyboardInteractiveChallenge) error {
					started.Add(1)
					answers, err := ask("", "", []string{"Password: "}, []bool{false})
					if err == nil {
						server.attempt(answers[0])
						server.dropIfSet()
					}
					return errors.New("refused")
				}
			}
			b.drops = tc.drop
			server = startPasswordServer(t, b)
			config := server.config
			config.Password, config.MaxSessions = secret, 8
			s := newTransport(t, config)

			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
					assertError(t, err, want, "cannot log in as admin to", "not try the login again in this run")
					assertNoSecret(t, err)
					assertOutcomeUnknown(t, err, false)

					if tc.drop {
						assertError(t, err, "the connection was lost (")
					}
					if tc.drop && strings.Contains(err.Error(), errPasswordRefused.Error()) {
						t.Errorf("a lost answer is a refusal: %v", err)
					}
				})
			}
			group.Wait()

			_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
			assertError(t, err, want)

			if n := server.count(); n != 1 {
				t.Errorf("%d passwords", n)
			}
			if tc.password && started.Load() != 0 {
				t.Error("a second method started after the password was refused")
			}
		})
	}
}

// A connection that fails before the password was sent lets the next run try. After a login has succeeded the password
// is right, so that a lost answer does not end the logins of the walk.
func TestPasswordIsSentAgain(t *testing.T) {
	t.Parallel()

	server := startPasswordServer(t, serverBehavior{password: secret})
	config := server.config
	config.Password = secret
	s := newTransport(t, config)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	if _, err := s.Run(ctx, "echo", strings.NewReader("")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	assertEchoes(t, s)
	s.conn.close()

	server.setDrop(true)
	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "cannot log in as admin to")
	if strings.Contains(err.Error(), "tried again") {
		t.Errorf("got %v", err)
	}
	server.setDrop(false)
	assertEchoes(t, s)

	if n := server.count(); n != 3 {
		t.Errorf("%d passwords", n)
	}
}

func assertEchoes(t *testing.T, s *Transport) {
	t.Helper()

	out, err := s.Run(t.Context(), "echo", strings.NewReader("input"))
	if err != nil || string(out.Stdout) != "input" {
		t.Errorf("%+v, %v", out, err)
	}
}

// setDrop makes the server end a connection when it receives a password.
func (p *passwordServer) setDrop(drops bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drops = drops
}

// dropIfSet ends all connections if the server does so when it receives a password.
func (p *passwordServer) dropIfSet() {
	p.mu.Lock()
	defer p.mu.Unlock()

	if p.drops {
		for _, conn := range p.conns {
			_ = conn.Close()
		}
	}
}
