package winrm

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

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

// A login without an answer may count as a wrong password, and so may one with an answer that a gateway can send. The
// next runs do not try the password again if no login has succeeded before.
func TestPasswordIsSentOnce(t *testing.T) {
	t.Parallel()

	basic := func(o *winrmd.Options, c *Config) { o.Basic, c.Auth = true, Basic }

	for _, tc := range []struct {
		name    string
		change  func(*winrmd.Options, *Config)
		trouble winrmd.Trouble
		parts   []string
	}{
		{"TLS, closed", func(*winrmd.Options, *Config) {}, winrmd.Trouble{Reset: true}, nil},
		{"plain HTTP, closed", overPlainHTTP, winrmd.Trouble{Reset: true}, nil},
		{"Basic, closed", basic, winrmd.Trouble{Reset: true}, nil},
		{"TLS, forbidden", func(*winrmd.Options, *Config) {}, winrmd.Trouble{Status: 403}, []string{"403 Forbidden"}},
		{"plain HTTP, forbidden", overPlainHTTP, winrmd.Trouble{Status: 403}, []string{"403 Forbidden"}},
		{"Basic, forbidden", basic, winrmd.Trouble{Status: 403}, []string{"403 Forbidden", "check user and password"}},
		{"Basic, not authorized by a gateway", basic, winrmd.Trouble{Status: 401}, []string{"(401)"}},
		{"TLS, elsewhere", func(*winrmd.Options, *Config) {}, winrmd.Trouble{Status: 302}, unanswered("302 Found")},
		{"TLS, no gateway", func(*winrmd.Options, *Config) {}, winrmd.Trouble{Status: 502}, unanswered("502 Bad Gate")},
		{"plain HTTP, too late", overPlainHTTP, winrmd.Trouble{Status: 504}, unanswered("504 Gateway Timeout")},
		{"Basic, login page", basic, winrmd.Trouble{Status: 200}, unanswered("200 OK")},
		{"Basic, no content", basic, winrmd.Trouble{Status: 204}, unanswered("204 No Content")},
		{"Basic, elsewhere", basic, winrmd.Trouble{Status: 302}, unanswered("302 Found")},
		{"Basic, bad request", basic, winrmd.Trouble{Status: 400}, unanswered("400 Bad Request")},
		{"Basic, not found", basic, winrmd.Trouble{Status: 404}, unanswered("404 Not Found")},
		{"Basic, proxy", basic, winrmd.Trouble{Status: 407}, unanswered("407 Proxy")},
		{"Basic, too many", basic, winrmd.Trouble{Status: 429}, unanswered("429 Too Many")},
		{"Basic, failed", basic, winrmd.Trouble{Status: 500}, unanswered("500 Internal")},
		{"Basic, no gateway", basic, winrmd.Trouble{Status: 502}, unanswered("502 Bad Gateway")},
		{"Basic, not available", basic, winrmd.Trouble{Status: 503}, unanswered("503 Service")},
		{"Basic, too late", basic, winrmd.Trouble{Status: 504}, unanswered("504 Gateway Timeout")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
				tc.change(o, c)
				c.MaxShells = 8
				o.Login = func(int) winrmd.Trouble { return tc.trouble }
			})
			parts := append(tc.parts, "not try the login again in this run")
			if tc.trouble.Reset {
				parts = append(parts, "the connection was lost", "after the password was sent")
			}
			var group sync.WaitGroup
			for range 16 {
				group.Go(func() {
					_, err := w.Run(t.Context(), "script", strings.NewReader(""))
					assertError(t, w, err, false, parts...)
				})
			}
			group.Wait()

			if n := s.Count(); n.Passwords != 1 || len(n.Requests) != 0 {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

// unanswered returns the parts of the error for a status that does not show whether the host has verified the password.
func unanswered(status string) []string {
	return []string{status, "after the password was sent", "may have counted"}
}

// The wait for the answer to a password ends with its limit, or with the context of the run. That is not an answer.
func TestPasswordIsSentOnceWithoutAnswer(t *testing.T) {
	t.Parallel()

	for _, auth := range []Auth{NTLM, Basic} {
		for _, how := range []string{"no answer", "canceled"} {
			t.Run(string(auth)+", "+how, func(t *testing.T) {
				t.Parallel()

				reached := make(chan struct{})
				w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
					o.Basic, c.Auth = true, auth
					o.Login = func(n int) winrmd.Trouble {
						if n == 1 {
							close(reached)
						}
						return winrmd.Trouble{Delay: time.Hour}
					}
				})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()

				want := "no answer within 1s"
				if how == "canceled" {
					want = "context canceled"
					w.grace = time.Millisecond // do not wait for the answer that does not arrive
					go func() { <-reached; cancel() }()
				} else {
					w.answerContext = noAnswerWhen(reached)
				}
				_, err := w.Run(ctx, "script", strings.NewReader(""))
				assertError(t, w, err, false, want)

				_, err = w.Run(t.Context(), "script", strings.NewReader(""))
				assertError(t, w, err, false, want, "after the password was sent", "not try the login again in this "+
					"run")

				if n := s.Count(); n.Passwords != 1 {
					t.Errorf("counted %+v", n)
				}
			})
		}
	}
}

// A login that certainly did not reach the host lets the next one try.
func TestPasswordIsSentAgain(t *testing.T) {
	t.Parallel()

	for _, auth := range []Auth{NTLM, Basic} {
		t.Run(string(auth), func(t *testing.T) {
			t.Parallel()

			w, s := startDouble(t, func(o *winrmd.Options, c *Config) { o.Basic, c.Auth = true, auth })
			port := w.config.Port
			w.url = strings.Replace(w.url, strconv.Itoa(port), "1", 1)
			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			assertError(t, w, err, false, "the connection was refused")

			w.url = strings.Replace(w.url, ":1/", ":"+strconv.Itoa(port)+"/", 1)
			if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
				t.Error(err)
			}
			if n := s.Count(); n.Refused != 0 || n.Ended != 1 {
				t.Errorf("counted %+v", n)
			}
		})
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
