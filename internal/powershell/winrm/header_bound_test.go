package winrm

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// The headers of an answer are read before anything authenticates it.
func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()

	const limit = 64 << 10

	for _, tc := range []struct {
		name string
		size int // of the headers that the server adds, in bytes
		want string
	}{
		{"almost the largest", limit - 1<<10, "(401)"},
		{"more", limit + 1, "server response headers exceeded"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Filler", strings.Repeat("x", tc.size))
			w.WriteHeader(http.StatusUnauthorized)
		}))
		t.Cleanup(server.Close)

		target, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		port, err := strconv.Atoi(target.Port())
		if err != nil {
			t.Fatal(err)
		}
		w, err := New(Config{Host: target.Hostname(), Port: port, PlainHTTP: true, User: "user", Password: "password"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.Close() })

		_, err = w.Run(t.Context(), "script", strings.NewReader(""))
		assertError(t, nil, err, false, tc.want)
	}
}

// The type of the content is parsed only if it is short. Its parameters can otherwise take much memory.
func TestContentTypeIsBounded(t *testing.T) {
	t.Parallel()

	const limit = 1 << 10

	for size, want := range map[int]bool{limit: true, limit + 1: false} {
		kind := "application/soap+xml;a="
		answer := newHTTPResponse(&http.Response{Header: http.Header{
			"Content-Type": {kind + strings.Repeat("x", size-len(kind))},
		}})
		if answer.isMessage() != want {
			t.Errorf("%d bytes: %q", size, answer.kind)
		}
	}
}

// An error has only the first of the authentication schemes that an answer offers.
func TestOffersAreBounded(t *testing.T) {
	t.Parallel()

	err := refusedBy(newHTTPResponse(&http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{
		"Www-Authenticate": append([]string{"Negotiate", "Basic realm=\"WSMAN\""},
			strings.Split(strings.Repeat("scheme ", 1000), " ")...),
	}}))
	if text := err.Error(); len(text) > 400 || !strings.Contains(text, "offers Negotiate, Basic, scheme") {
		t.Errorf("%d bytes: %.200s", len(text), text)
	}
}
