package winrm

import (
	"context"
	"errors"
	"net/http"
	"sync"
)

// gate protects the account from a lockout, for all connections of a walk: each login with a wrong password counts
// towards it. Until a login has succeeded there is one at a time, and after a refusal there is none.
type gate struct {
	// turn has a place for the only login.
	turn chan struct{}

	mu       sync.Mutex
	loggedIn bool
	refused  error
}

func newGate() *gate { return &gate{turn: make(chan struct{}, 1)} }

// pass makes a login, after the one of another connection has ended. It returns the error of an earlier login if the
// host refused it.
func (g *gate) pass(ctx context.Context, login func() error) error {
	if isOpen, _ := g.state(); !isOpen {
		select {
		case g.turn <- struct{}{}:
			defer func() { <-g.turn }()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if _, refused := g.state(); refused != nil {
		return refused
	}
	err := login()
	g.record(err)
	return err
}

// state reports whether a login has succeeded, and returns the error of one that was refused.
func (g *gate) state() (loggedIn bool, refused error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.loggedIn, g.refused
}

// record records whether err, the result of a login or of a request, shows that the host accepts or refuses the
// credentials.
func (g *gate) record(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()

	switch {
	case err == nil || errors.As(err, new(*wsmanFault)):
		g.loggedIn = true
	case g.refused == nil && isUnauthorized(err):
		g.refused = err
	}
}

// isUnauthorized reports whether err is a refused login.
func isUnauthorized(err error) bool {
	var refused *refusedError
	return errors.As(err, &refused) && refused.status == http.StatusUnauthorized
}
