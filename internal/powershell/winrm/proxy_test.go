package winrm

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// A proxy can verify its password at a domain controller, which counts each wrong one. A walk costs one count, for each
// way to log in to the host. Without a password nothing counts, and the next run tries again.
func TestWrongProxyPasswordCountsOnce(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name  string
		basic bool
		user  *url.Userinfo
		want  int64
	}{
		{"NTLM", false, url.UserPassword("proxyuser", "proxysecret"), 1},
		{"Basic", true, url.UserPassword("proxyuser", "proxysecret"), 1},
		{"without a password", false, nil, 9},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			var asked atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(http.StatusProxyAuthRequired)
			}))
			t.Cleanup(proxy.Close)

			w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
				c.MaxShells = 8
				if tc.basic {
					o.Basic, c.Auth = true, Basic
				}
			})
			address := proxy.Listener.Addr().String()
			w.proxy = http.ProxyURL(&url.URL{Scheme: "http", User: tc.user, Host: address})

			parts := []string{"the proxy refused", "(407)", "HTTPS_PROXY"}
			if tc.user != nil {
				parts = append(parts, "not try the login again in this run")
			}
			run := func() {
				_, err := w.Run(t.Context(), "script", strings.NewReader(""))
				assertError(t, w, err, false, parts...)

				if strings.Contains(err.Error(), "proxysecret") {
					t.Errorf("the password of the proxy is in: %v", err)
				}
			}

			var group sync.WaitGroup
			for range 8 {
				group.Go(run)
			}
			group.Wait()
			run()

			if n := asked.Load(); n != tc.want || s.Count().Passwords != 0 {
				t.Errorf("the proxy was asked %d times, want %d; the host counted %+v", n, tc.want, s.Count())
			}
		})
	}
}

// A proxy on which no program listens is named as the cause, and not the host.
func TestNoProxy(t *testing.T) {
	t.Parallel()

	w, _ := startDouble(t, nil)
	w.proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "no connection to the proxy: the connection was refused", "HTTPS_PROXY", "NO_PROXY")

	if strings.Contains(err.Error(), "winrm enumerate") {
		t.Errorf("the advice is about the host: %v", err)
	}
}
