package powershell

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// maxWinRMReply is far above what the service may send at a time.
const maxWinRMReply = 16 << 20

// winrmWire is the HTTP connection of one shell. NTLM authenticates connections, not requests, so that a shell never has
// two, and each new one logs in before anything else goes over it. The library's transports know no context, share
// connections between shells and send each message up to three times, the first time to whoever asks.
type winrmWire struct {
	url       string
	transport *http.Transport
	client    *http.Client
	login     winrmLogin
	// dials counts connections, ready is the one that is logged in.
	dials atomic.Int64
	ready int64
}

// winrmLogin authenticates one connection after the other.
type winrmLogin interface {
	// connect logs in on a new connection.
	connect(ctx context.Context, w *winrmWire) error
	// perConnection is true where connect does something.
	perConnection() bool
	// wrap prepares a message.
	wrap(request *http.Request, message []byte) ([]byte, error)
	// unwrap is given what came back.
	unwrap(contentType string, body []byte) ([]byte, error)
}

func (w *WinRM) configureTLS() *winrmError {
	if w.config.PlainHTTP {
		return nil
	}

	w.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: w.config.TLSServerName}

	if w.config.CAFile != "" {
		data, err := os.ReadFile(w.config.CAFile)
		if err != nil {
			return &winrmError{err: fmt.Errorf("the certificate authority cannot be read: %w", err), next: adviceWinRMCA}
		}

		w.tls.RootCAs = x509.NewCertPool()
		if !w.tls.RootCAs.AppendCertsFromPEM(data) {
			return &winrmError{err: fmt.Errorf("%s holds no certificate in PEM", w.config.CAFile), next: adviceWinRMCA}
		}
	}

	return nil
}

func (w *WinRM) newWire() *winrmWire {
	wire := &winrmWire{url: w.url, login: w.login()}
	dialer := &net.Dialer{Timeout: w.config.ConnectTimeout, KeepAlive: 15 * time.Second}
	wire.transport = &http.Transport{
		TLSClientConfig:     w.tls.Clone(),
		TLSHandshakeTimeout: w.config.ConnectTimeout,
		MaxConnsPerHost:     1,
		MaxIdleConnsPerHost: 1,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		// Without HTTP/2: NTLM cannot be used over it.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			wire.dials.Add(1)

			return dialer.DialContext(ctx, network, address)
		},
	}

	// A proxy that looks into HTTP, as it does without TLS, mixes connections.
	if !w.config.PlainHTTP {
		wire.transport.Proxy = http.ProxyFromEnvironment
	}

	wire.client = &http.Client{
		Transport: wire.transport,
		// A password is not taken elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}

	return wire
}

func (w *winrmWire) close() { w.transport.CloseIdleConnections() }

// winrmAnswerHTTP is an HTTP answer that was read.
type winrmAnswerHTTP struct {
	status      int
	header      http.Header
	body        []byte
	certificate *x509.Certificate
}

func (w *winrmWire) do(ctx context.Context, prepare func(*http.Request) ([]byte, error)) (*winrmAnswerHTTP, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, http.NoBody)
	if err != nil {
		return nil, err
	}

	request.Header.Set("User-Agent", "terraform-provider-lync")
	request.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")

	body, err := prepare(request)
	if err != nil {
		return nil, err
	}

	if len(body) > 0 {
		// Not a reader that could be rewound: a message must not go out twice behind our back.
		request.Body = io.NopCloser(strings.NewReader(string(body)))
		request.ContentLength = int64(len(body))
	}

	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}

	defer func() { _ = response.Body.Close() }()

	answer := &winrmAnswerHTTP{status: response.StatusCode, header: response.Header}
	if response.TLS != nil && len(response.TLS.PeerCertificates) > 0 {
		answer.certificate = response.TLS.PeerCertificates[0]
	}

	answer.body, err = io.ReadAll(io.LimitReader(response.Body, maxWinRMReply+1))
	if err != nil {
		return nil, fmt.Errorf("the answer was cut off: %w", err)
	}

	if len(answer.body) > maxWinRMReply {
		return nil, fmt.Errorf("the answer has more than %d MiB", maxWinRMReply>>20)
	}

	return answer, nil
}

// winrmAttempts is how often a login is tried whose connection was lost on the way.
const winrmAttempts = 3

var errNoKeepAlive = errors.New("the connection is closed after every answer, and NTLM cannot be used over such a one")

// connect logs in, on one connection from the first step to the last.
func (w *winrmWire) connect(ctx context.Context) error {
	for range winrmAttempts {
		before := w.dials.Load()
		err := w.login.connect(ctx, w)
		w.ready = w.dials.Load()

		// One new connection is what a login is for. Two are one that got lost between steps.
		if w.ready-before <= 1 || ctx.Err() != nil {
			return err
		}
	}

	return errNoKeepAlive
}

// post sends a message and reads the answer.
func (w *winrmWire) post(ctx context.Context, message string) (*winrmReply, error) {
	for range winrmAttempts {
		fresh := false

		if w.ready == 0 || w.ready != w.dials.Load() {
			if err := w.connect(ctx); err != nil {
				w.ready = 0

				return nil, err
			}

			fresh = true
		}

		answer, err := w.do(ctx, func(request *http.Request) ([]byte, error) {
			return w.login.wrap(request, []byte(message))
		})
		if err != nil {
			w.ready = 0
			w.transport.CloseIdleConnections()

			return nil, err
		}

		// Refused before it was read. The connection that was logged in may be gone, or its login forgotten.
		if answer.status == http.StatusUnauthorized {
			again := w.login.perConnection() && (!fresh || w.ready != w.dials.Load())
			w.ready = 0

			if again {
				continue
			}

			return nil, refusedBy(answer)
		}

		kind, _, _ := mime.ParseMediaType(answer.header.Get("Content-Type"))

		body, err := w.login.unwrap(kind, answer.body)
		if err != nil {
			w.ready = 0

			return nil, err
		}

		if kind != "application/soap+xml" && kind != "multipart/encrypted" {
			return nil, refusedBy(answer)
		}

		reply, err := parseReply(body)
		if err == nil && answer.status != http.StatusOK {
			err = refusedBy(answer)
		}

		return reply, err
	}

	return nil, errNoKeepAlive
}

// winrmRefused is an HTTP answer that is none of the service's, or one that refuses to listen.
type winrmRefused struct {
	status  int
	offered []string
}

func refusedBy(answer *winrmAnswerHTTP) error {
	r := &winrmRefused{status: answer.status}

	for _, value := range answer.header.Values("WWW-Authenticate") {
		scheme, _, _ := strings.Cut(value, " ")
		r.offered = append(r.offered, scheme)
	}

	return r
}

func (r *winrmRefused) Error() string {
	if r.status == http.StatusUnauthorized {
		if len(r.offered) == 0 {
			return "the host refused the login (401)"
		}

		return "the host refused the login (401); it offers " + strings.Join(r.offered, ", ")
	}

	return fmt.Sprintf("the answer was %d %s, not one of WS-Management", r.status, http.StatusText(r.status))
}

func (r *winrmRefused) offers(scheme string) bool {
	for _, o := range r.offered {
		if strings.EqualFold(o, scheme) {
			return true
		}
	}

	return false
}
