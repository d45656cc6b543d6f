package powershell

import (
	"context"
	"errors"
	"testing"
)

// While a login is under way, others wait for it. The wait ends with the context.
func TestGateHasOneLoginAtATime(t *testing.T) {
	t.Parallel()

	g := NewGate()
	begun, end := make(chan struct{}), make(chan error)
	result := make(chan error)

	go func() {
		result <- g.Pass(t.Context(), func() error {
			close(begun)
			return <-end
		})
	}()
	<-begun

	ctx, cancel := context.WithCancelCause(t.Context())
	canceled := errors.New("canceled")
	cancel(canceled)

	never := func() error { t.Error("a second login"); return nil }
	if err := g.Pass(ctx, never); !errors.Is(err, canceled) {
		t.Errorf("got %v", err)
	}
	other := errors.New("no such host")
	end <- other
	if err := <-result; !errors.Is(err, other) {
		t.Errorf("got %v", err)
	}
}

// A login that has succeeded ends the wait of others, also while it works on.
func TestGateEndsTheWaitAtSuccess(t *testing.T) {
	t.Parallel()

	g := NewGate()
	begun, end := make(chan struct{}), make(chan struct{})
	result := make(chan error)

	go func() {
		result <- g.Pass(t.Context(), func() error {
			close(begun)
			<-end
			return nil
		})
	}()
	<-begun

	go func() { result <- g.Pass(t.Context(), func() error { return nil }) }()

	g.Record(nil)

	if err := <-result; err != nil { // of the second login
		t.Error(err)
	}
	close(end)

	if err := <-result; err != nil {
		t.Error(err)
	}
}

// The results of logins decide whether there is another one.
func TestGateRemembers(t *testing.T) {
	t.Parallel()

	var (
		refused    = &LoginError{Err: errors.New("wrong password")}
		unanswered = &LoginError{Err: errors.New("EOF"), Unanswered: true}
		other      = errors.New("no such host")
	)

	for _, tc := range []struct {
		name    string
		results []error
		logins  int
	}{
		{"success", []error{nil, nil, nil}, 3},
		{"refused", []error{refused, nil, nil}, 1},
		{"unanswered", []error{unanswered, nil, nil}, 1},
		{"not sent", []error{other, other, nil, nil}, 4},
		{"refused after a success", []error{nil, refused, nil}, 2},
		{"unanswered after a success", []error{nil, unanswered, nil}, 3},
		{"unanswered after an error before the login", []error{other, unanswered, nil}, 2},
	} {
		g, logins := NewGate(), 0
		var closed error

		for _, result := range tc.results {
			err := g.Pass(t.Context(), func() error {
				logins++
				return result
			})
			if closed == nil && !errors.Is(err, result) || closed != nil && !errors.Is(err, closed) {
				t.Errorf("%s: got %v", tc.name, err)
			}
			if logins == tc.logins && closed == nil && logins < len(tc.results) {
				closed = err
			}
		}
		if logins != tc.logins {
			t.Errorf("%s: %d logins, want %d", tc.name, logins, tc.logins)
		}
	}
}
