package powershell

import (
	"context"
	"errors"
	"sync"
)

// A Gate protects the account of a transport from a lockout: a host counts each login with a wrong password. Until a
// login has succeeded there is one at a time, and after a refusal there is none. All connections of a transport share
// a Gate, which lasts as long as the transport: one run of the caller.
type Gate struct {
	// turn has a place for the login that is the only one.
	turn chan struct{}
	// loggedIn is closed when a login has succeeded.
	loggedIn chan struct{}

	mu      sync.Mutex
	refused error
}

// NewGate returns a gate at which no login has happened.
func NewGate() *Gate { return &Gate{turn: make(chan struct{}, 1), loggedIn: make(chan struct{})} }

// Pass makes a login, after the one of another connection has ended or succeeded, and records its result. It returns
// the error of an earlier login instead if that closed the gate. A login that works on after it has succeeded can
// [Gate.Record] that earlier. After a login has succeeded, logins can be concurrent: a password that is changed after
// that counts as wrong once for each of them.
func (g *Gate) Pass(ctx context.Context, login func() error) error {
	if g.HasLoggedIn() {
		return g.enter(login)
	}
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-g.loggedIn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return g.enter(login)
}

// PassAlone is Pass for a login that does nothing else. It is the only one at its time, also after a login has
// succeeded, so that a password that is changed counts as wrong once.
func (g *Gate) PassAlone(ctx context.Context, login func() error) error {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return g.enter(login)
}

// enter makes a login whose turn it is, unless the gate is closed.
func (g *Gate) enter(login func() error) error {
	if refused := g.closedBy(); refused != nil {
		return refused
	}
	err := login()
	g.Record(err)
	return err
}

// HasLoggedIn reports whether a login has succeeded, so that the password is right.
func (g *Gate) HasLoggedIn() bool {
	select {
	case <-g.loggedIn:
		return true
	default:
		return false
	}
}

// closedBy returns the error that has closed the gate, or nil.
func (g *Gate) closedBy() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused
}

// Record records what err, the result of a login or of a request, shows: nil that the host accepts the credentials, and
// a [*LoginError] that it refuses them. A login without an answer closes the gate only if none has succeeded before,
// because the password is right otherwise. Any other error shows nothing.
func (g *Gate) Record(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()

	var login *LoginError

	switch {
	case err == nil && !g.HasLoggedIn():
		close(g.loggedIn)
	case errors.As(err, &login) && g.refused == nil && (!login.Unanswered || !g.HasLoggedIn()):
		g.refused = err
	}
}

// A LoginError is the error of a login whose credentials the host has refused, or may have refused.
type LoginError struct {
	Err error
	// Unanswered is true if the password was sent and no answer shows that the host has verified it: the host may have
	// counted it as wrong.
	Unanswered bool
}

func (e *LoginError) Error() string {
	if e.Unanswered {
		return e.Err.Error() + ", after the password was sent and before the host accepted or refused it"
	}
	return e.Err.Error()
}

// Unwrap returns the cause.
func (e *LoginError) Unwrap() error { return e.Err }

// Advice for a [LoginError]: complete sentences.
const (
	AdviceRefusedOnce = "The provider does not try the login again in this run, so that the account is not locked."
	AdviceUnanswered  = "The host may have counted the login as failed, so the provider does not try the login again " +
		"in this run. Check the password, and start a new run."
)
