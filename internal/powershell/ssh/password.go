package ssh

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
)

var errPasswordRefused = errors.New("the server refused the password")

// passwordLogin is the login with a password in one handshake. It sends the password at most once, because each refusal
// counts towards the lockout of the account.
type passwordLogin struct {
	password string
	// sentBy is the method that has sent the password, or empty.
	sentBy string
	// asked is the reason why a question of the server has no answer, or nil.
	asked error
}

const methodPassword, methodInteractive = "password", "keyboard-interactive"

// methods returns the two methods to log in with a password. A server offers one or both.
func (p *passwordLogin) methods() []ssh.AuthMethod {
	return []ssh.AuthMethod{
		ssh.PasswordCallback(func() (string, error) {
			if p.sentBy != "" {
				return "", errPasswordRefused
			}
			p.sentBy = methodPassword
			return p.password, nil
		}),
		ssh.KeyboardInteractive(func(_, _ string, questions []string, echos []bool) ([]string, error) {
			if len(questions) == 0 {
				return nil, nil
			}

			// A question with a visible answer does not ask for the password. Two questions ask for more than the
			// password, and so does one after the password was sent.
			if len(questions) != 1 || echos[0] || p.sentBy != "" {
				p.asked = fmt.Errorf("the server asks for more than a password: %.80q", questions)
				return nil, p.asked
			}
			p.sentBy = methodInteractive
			return []string{p.password}, nil
		}),
	}
}

// next is called before each method. It ends the login after the server has refused the password: the start of another
// method can count as another login.
func (p *passwordLogin) next(state *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	if p.sentBy == "" || !slices.Contains(state.TriedMethods, p.sentBy) {
		return nil, nil //nolint:nilnil // the library chooses the next method
	}
	if p.asked != nil {
		return nil, p.asked
	}
	return nil, errPasswordRefused
}

// observedConn is a connection that records whether it has failed before it was closed here.
type observedConn struct {
	net.Conn

	failed, closed atomic.Bool
}

func (c *observedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.observe(err)
}

func (c *observedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.observe(err)
}

// Close closes the connection.
func (c *observedConn) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

func (c *observedConn) observe(err error) error {
	if err != nil && !c.closed.Load() {
		c.failed.Store(true)
	}
	return err
}
