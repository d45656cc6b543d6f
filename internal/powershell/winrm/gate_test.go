package winrm

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// Each wrong password counts towards the lockout of the account. A walk costs one count, however many scripts run at
// the same time and one after another.
func TestWrongPasswordCountsOnce(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*winrmd.Options, *Config){
		"TLS":        func(*winrmd.Options, *Config) {},
		"plain HTTP": overPlainHTTP,
		"Basic":      func(o *winrmd.Options, c *Config) { o.Basic, c.Auth = true, Basic },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
				change(o, c)
				c.Password, c.MaxShells = "geheim2", 8
			})

			var group sync.WaitGroup
			for range 16 {
				group.Go(func() {
					_, err := w.Run(t.Context(), "script", strings.NewReader(""))
					assertError(t, w, err, false, "refused the login (401)")
				})
			}
			group.Wait()

			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			assertError(t, w, err, false, "refused the login (401)")

			if n := s.Count(); n.Refused != 1 {
				t.Errorf("%d wrong passwords", n.Refused)
			}
		})
	}
}

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

// While a login is under way, others wait for it. The wait ends with the context. A login that fails for another reason
// than a refusal lets the next one try.
func TestGate(t *testing.T) {
	t.Parallel()

	g := newGate()
	begun, end := make(chan struct{}), make(chan error)
	result := make(chan error)

	go func() {
		result <- g.pass(t.Context(), func() error {
			close(begun)
			return <-end
		})
	}()
	<-begun

	ctx, cancel := context.WithCancelCause(t.Context())
	canceled := errors.New("canceled")
	cancel(canceled)

	never := func() error { t.Error("a second login"); return nil }
	if err := g.pass(ctx, never); !errors.Is(err, canceled) {
		t.Errorf("got %v", err)
	}
	end <- errNoKeepAlive
	if err := <-result; !errors.Is(err, errNoKeepAlive) {
		t.Errorf("got %v", err)
	}
	refused := &refusedError{status: http.StatusUnauthorized}
	if err := g.pass(t.Context(), func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if err := g.pass(t.Context(), never); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}

// A proxy can close the connection of the client after every answer and keep its own to the host. The host then counts
// the login with a wrong password, although its steps came over several connections.
func TestWrongPasswordBehindAProxy(t *testing.T) {
	t.Parallel()

	behind, s := startDouble(t, func(o *winrmd.Options, c *Config) {
		overPlainHTTP(o, c)
		c.Password = "geheim2"
	})
	proxy := httptest.NewServer(closingProxy(net.JoinHostPort(behind.config.Host, strconv.Itoa(behind.config.Port))))
	t.Cleanup(proxy.Close)

	config := behind.config
	host, port, err := net.SplitHostPort(proxy.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	config.Host = host
	if config.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	w, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := w.Run(t.Context(), "script", strings.NewReader(""))
		assertError(t, w, err, false, "the connection is closed after every answer", "401")
	}
	if n := s.Count(); n.Refused != 1 {
		t.Errorf("%d wrong passwords", n.Refused)
	}
}

// closingProxy passes requests on over one connection, and closes that of the client after each answer.
func closingProxy(host string) http.Handler {
	transport := &http.Transport{MaxConnsPerHost: 1}
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: host})
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Set("Connection", "close")
			return nil
		},
	}
}
