package winrm

import (
	"context"
	"errors"
	dice "math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// A fault that a new shell or connection repairs causes no error.
func TestRecovers(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name   string
		change func(*winrmd.Options)
		opened int
	}{
		{"the service restarted", func(o *winrmd.Options) {
			o.Before = troubleAt(winrmd.Run, 2, winrmd.Trouble{Forget: true})
		}, 2},
		{"the connection of a kept shell is gone", func(o *winrmd.Options) {
			o.Before = troubleAt(winrmd.Run, 2, winrmd.Trouble{Reset: true})
		}, 2},
		{"the answer to a started command is lost", func(o *winrmd.Options) {
			o.Before = troubleAt(winrmd.Run, 2, winrmd.Trouble{ResetAfter: true})
		}, 2},
		{"a kept shell has used up its operations", func(o *winrmd.Options) { o.MaxOperations = 2 }, 2},
		{"the signal that ends a command is lost", func(o *winrmd.Options) {
			o.Before = troubleAt(winrmd.Signal, 1, winrmd.Trouble{Reset: true})
		}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, s := startDouble(t, func(o *winrmd.Options, _ *Config) { tc.change(o) })

			for i := range 3 {
				if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
					t.Fatalf("run %d: %v", i+1, err)
				}
			}
			if n := s.Count(); n.Opened != tc.opened || n.Closed < tc.opened-1 {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

func troubleAt(action winrmd.Action, n int, trouble winrmd.Trouble) func(winrmd.Action, int) winrmd.Trouble {
	return func(a winrmd.Action, i int) winrmd.Trouble {
		if a == action && i == n {
			return trouble
		}
		return winrmd.Trouble{}
	}
}

// A run that is interrupted at any step ends its script and closes its shell.
func TestInterrupted(t *testing.T) {
	t.Parallel()

	for _, action := range []winrmd.Action{winrmd.Create, winrmd.Run, winrmd.Send, winrmd.Receive} {
		for _, how := range []string{"canceled", "deadline", "closed", "no answer"} {
			t.Run(how+" at "+action.Name(), func(t *testing.T) {
				t.Parallel()

				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)

				reached := make(chan struct{})
				w, s := startDouble(t, func(o *winrmd.Options, _ *Config) {
					o.Run = hangScript

					var once sync.Once

					o.Before = func(a winrmd.Action, _ int) winrmd.Trouble {
						if a != action {
							return winrmd.Trouble{}
						}
						once.Do(func() { close(reached) })
						return winrmd.Trouble{Delay: time.Hour}
					}
				})

				if action == winrmd.Create {
					// Do not wait for the answer that does not arrive.
					w.grace = time.Millisecond
				}
				begun := action == winrmd.Send || action == winrmd.Receive

				switch how {
				case "canceled":
					go func() { <-reached; cancel(nil) }()
				case "deadline":
					go func() { <-reached; cancel(context.DeadlineExceeded) }()
				case "closed":
					go func() { <-reached; _ = w.Close() }()
				case "no answer":
					w.answerContext = noAnswerWhen(reached)
				}
				_, err := w.Run(ctx, "script", strings.NewReader("input"))
				assertError(t, w, err, begun, map[string]string{
					"canceled": "canceled", "deadline": "the time limit for the operation passed",
					"closed":    "has closed the connection",
					"no answer": "no answer within 1s",
				}[how])

				if how == "canceled" && !errors.Is(err, context.Canceled) ||
					how == "deadline" && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("not the context's: %v", err)
				}
				n := s.Count()
				if s.Open() != 0 || n.Started > 0 && n.Requests[winrmd.Delete] == 0 {
					t.Errorf("counted %+v", n)
				}
				if begun && n.Terminated != 1 {
					t.Errorf("terminated %d commands", n.Terminated)
				}
			})
		}
	}
}

// noAnswerWhen makes the contexts of waits for an answer. When reached is closed, the pending wait ends with an error.
func noAnswerWhen(reached <-chan struct{}) func(context.Context) (context.Context, context.CancelFunc) {
	var once sync.Once
	return func(parent context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(parent)

		go func() {
			select {
			case <-reached:
				// Skip a wait that has already ended.
				if ctx.Err() == nil {
					once.Do(func() { cancel(noAnswer{time.Second}) })
				}
			case <-ctx.Done():
			}
		}()
		return ctx, func() { cancel(nil) }
	}
}

// A run that is canceled at any time leaves no shell behind. The deadline of each run passes at one of the next
// requests of any run.
func TestCanceledAnywhere(t *testing.T) {
	t.Parallel()

	const runs, shells, soon = 60, 4, 40

	var (
		mu       sync.Mutex
		requests int
		due      = map[int][]context.CancelCauseFunc{} // by the number of the request
	)

	w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
		c.MaxShells = shells
		o.Before = func(winrmd.Action, int) winrmd.Trouble {
			mu.Lock()
			defer mu.Unlock()

			requests++
			for _, cancel := range due[requests] {
				cancel(context.DeadlineExceeded)
			}
			return winrmd.Trouble{}
		}
	})

	var group sync.WaitGroup

	for range runs {
		group.Go(func() {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)

			mu.Lock()
			at := requests + 1 + dice.IntN(soon)
			due[at] = append(due[at], cancel)
			mu.Unlock()

			_, err := w.Run(ctx, "script", strings.NewReader(strings.Repeat("x", 200_000)))
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	group.Wait()

	w.mu.Lock()
	idle := len(w.idle)
	w.mu.Unlock()

	if open := s.Open(); open != idle || open > shells {
		t.Errorf("%d shells are open, %d are kept: %+v", open, idle, s.Count())
	}
}

// If the answer to Create is lost, the idle timeout closes the shell.
func TestLostShell(t *testing.T) {
	t.Parallel()

	w, s := startDouble(t, func(o *winrmd.Options, _ *Config) {
		o.MaxIdle = time.Millisecond
		o.Before = troubleAt(winrmd.Create, 1, winrmd.Trouble{ResetAfter: true})
	})

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "the connection was lost")

	s.WaitClosed()

	if n := s.Count(); n.Opened != 1 || n.Idle[0] != idleTimeout {
		t.Errorf("counted %+v", n)
	}
}

// The usual case of a deadline: the script hangs and the connection works.
func TestHangingScript(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)

	w, s := startDouble(t, func(o *winrmd.Options, _ *Config) {
		o.Run = hangScript
		o.Before = func(a winrmd.Action, n int) winrmd.Trouble {
			if a == winrmd.Receive && n == 3 {
				cancel(context.DeadlineExceeded)
			}
			return winrmd.Trouble{}
		}
	})

	_, err := w.Run(ctx, "script", strings.NewReader(""))
	assertError(t, w, err, true, "the time limit for the operation passed")

	if n := s.Count(); s.Open() != 0 || n.Terminated != 1 || n.Requests[winrmd.Receive] != 3 {
		t.Errorf("counted %+v", n)
	}
}

// If the shell cannot be closed, the error reports it.
func TestShellStaysOpen(t *testing.T) {
	t.Parallel()

	ca := winrmd.NewAuthority(t)
	s := winrmd.Start(t, winrmd.Options{
		Run: hangScript, User: testUser, Password: testPassword, TLS: ca.Server(t),
		Before: func(a winrmd.Action, _ int) winrmd.Trouble {
			return winrmd.Trouble{Reset: a == winrmd.Receive || a == winrmd.Signal || a == winrmd.Delete}
		},
	})

	w, err := New(Config{
		Host: s.Host, Port: s.Port, User: testUser, Password: testPassword, CAFile: writeFile(t, ca.PEM),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, true, "a remote shell may still be open, and the host closes it after 3m0s")
}
