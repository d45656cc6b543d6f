package ssh

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

var (
	errPasswordRefused = errors.New("the server refused the password")
	errPasswordExpired = errors.New("the password has expired, or must be changed: the server asks for a new one")
)

// loginMethod is a method to log in, with its name in RFC 4252.
type loginMethod struct {
	name string
	auth ssh.AuthMethod
}

// The names of the methods.
const methodKey, methodPassword, methodInteractive = "publickey", "password", "keyboard-interactive"

// passwordLogin is the login with a password in one handshake. It sends the password at most once, because each refusal
// counts towards the lockout of the account.
type passwordLogin struct {
	password string
	// sentBy is the method that has sent the password, or empty.
	sentBy string
	// isAccepted is true if the server has accepted the password and requires another method in addition.
	isAccepted bool
	// asked is the reason why a question of the server has no answer, or nil.
	asked error
}

// methods returns the two methods to log in with a password. A server offers one or both.
func (p *passwordLogin) methods() []loginMethod {
	return []loginMethod{
		{methodPassword, ssh.PasswordCallback(func() (string, error) {
			p.sentBy = methodPassword
			return p.password, nil
		})},
		{methodInteractive, ssh.KeyboardInteractive(p.answer)},
	}
}

// answer answers the questions of the server in the method keyboard-interactive.
func (p *passwordLogin) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}

	// A question with a visible answer does not ask for the password. Two questions ask for more than the password, and
	// so does one after the password was sent.
	if len(questions) != 1 || echos[0] || p.sentBy != "" {
		p.asked = fmt.Errorf("the server asks for more than a password: %.80q", questions)
		return nil, p.asked
	}
	p.sentBy = methodInteractive
	return []string{p.password}, nil
}

// next returns a function that chooses the next method. It ends the login after the password was sent, unless the
// server has accepted that: the start of another method can count as another login. Without a next method, the library
// returns the error of the last one if it has one, such as a lost connection.
func (p *passwordLogin) next(methods []loginMethod) func(*ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	return func(state *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
		p.isAccepted = p.sentBy != "" && slices.Contains(state.PartialSuccessMethods, p.sentBy)

		for _, m := range methods {
			isUsable := slices.Contains(state.AllowedMethods, m.name) && !slices.Contains(state.TriedMethods, m.name)

			if isUsable && (p.sentBy == "" || p.isAccepted && m.name != p.sentBy) {
				return m.auth, nil
			}
		}
		return nil, nil //nolint:nilnil // no method
	}
}

// Parts of texts of the library, which has no types for these errors. RFC 4252 calls message 60 in answer to a password
// SSH_MSG_USERAUTH_PASSWD_CHANGEREQ.
const textRefused, textChangeRequest = "unable to authenticate", "unexpected message type 60 "

// outcome returns whether the server has answered the login, and the cause of err, the error of a handshake after the
// server was verified.
func (p *passwordLogin) outcome(err error) (isAnswered bool, cause error) {
	text := err.Error()

	switch {
	case isLost(err):
		return false, err
	case p.asked != nil:
		return true, err
	case p.sentBy == methodPassword && strings.Contains(text, textChangeRequest):
		return true, errPasswordExpired
	case p.isAccepted:
		return true, sentence.WithCause("the server accepts the password and asks for another login in addition", err)
	case p.sentBy != "" && strings.Contains(text, textRefused):
		return true, errPasswordRefused
	}
	return true, err
}

// isLost reports whether err is the end of the connection. The server can also end it after its answer, which the
// library reads before.
func isLost(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, new(net.Error))
}
