package winrm

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// A refusal is remembered after a successful login, too: the password has changed, or the account is locked. Shells
// that are logged in are still closed.
func TestRefusalAfterLoginIsRemembered(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*winrmd.Options, *Config){
		"TLS":        func(*winrmd.Options, *Config) {},
		"plain HTTP": overPlainHTTP,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
				change(o, c)
				o.Before = func(a winrmd.Action, n int) winrmd.Trouble {
					if a == winrmd.Create && n > 1 {
						return winrmd.Trouble{Status: http.StatusUnauthorized}
					}
					return winrmd.Trouble{}
				}
			})
			first, err := w.begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := w.Run(t.Context(), "script", strings.NewReader(""))
				assertError(t, w, err, false, "refused the login (401)")
			}
			if n := s.Count(); n.Requests[winrmd.Create] != 2 {
				t.Errorf("counted %+v", n)
			}
			if err := first.close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// After a login has succeeded, the password is right: an answer other than 401 to a request with the password is an
// error of that request. Its shell is closed, and the next run opens another one.
func TestOtherAnswerAfterLogin(t *testing.T) {
	t.Parallel()

	for _, auth := range []Auth{NTLM, Basic} {
		for _, status := range []int{http.StatusForbidden, http.StatusBadGateway, http.StatusOK} {
			t.Run(string(auth)+" "+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()

				w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
					o.Basic, c.Auth = true, auth
					o.Before = func(a winrmd.Action, n int) winrmd.Trouble {
						if a == winrmd.Receive && n == 1 {
							return winrmd.Trouble{Status: status}
						}
						return winrmd.Trouble{}
					}
				})
				_, err := w.Run(t.Context(), "script", strings.NewReader(""))
				assertError(t, w, err, true, strconv.Itoa(status)+" "+http.StatusText(status))

				text := err.Error()
				if strings.Contains(text, "not tried again") || strings.Contains(text, "still be open") {
					t.Errorf("got %v", err)
				}
				if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
					t.Error(err)
				}
				if n := s.Count(); n.Opened != 2 || n.Closed != 1 {
					t.Errorf("counted %+v", n)
				}
			})
		}
	}
}

// A password that is changed during a walk costs one count: NTLM logs in on one connection at a time.
func TestChangedPasswordCountsOnce(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*winrmd.Options, *Config){
		"TLS":        func(*winrmd.Options, *Config) {},
		"plain HTTP": overPlainHTTP,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			const shells = 8

			w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
				change(o, c)
				c.MaxShells = shells
				o.Login = func(n int) winrmd.Trouble {
					if n > 1 {
						return winrmd.Trouble{Status: http.StatusUnauthorized}
					}
					return winrmd.Trouble{}
				}
			})
			first, err := w.begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var group sync.WaitGroup
			for range shells {
				group.Go(func() {
					_, err := w.Run(t.Context(), "script", strings.NewReader(""))
					assertError(t, w, err, false, "refused the login (401)")
				})
			}
			group.Wait()

			if n := s.Count(); n.Passwords != 2 {
				t.Errorf("%d passwords after the change", n.Passwords-1)
			}
			if err := first.close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// After a login has succeeded, the password is right: a lost answer is only that.
func TestLostAnswerAfterLogin(t *testing.T) {
	t.Parallel()

	const lost = 2 // the second login is that of the second shell

	w, s := startDouble(t, func(o *winrmd.Options, _ *Config) {
		o.Login = func(n int) winrmd.Trouble { return winrmd.Trouble{Reset: n == lost} }
	})
	first, err := w.begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "the connection was lost")
	if strings.Contains(err.Error(), "not tried again") {
		t.Errorf("got %v", err)
	}
	if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
		t.Error(err)
	}
	if err := first.close(t.Context()); err != nil {
		t.Error(err)
	}
	if n := s.Count(); n.Passwords != 3 {
		t.Errorf("counted %+v", n)
	}
}
