package winrm

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// serviceEnvelope is MaxEnvelopeSizekb of the service since Windows Management Framework 3.0, and envelopeMargin what
// the frame of an encrypted message adds, with room for more. Both are in bytes.
const serviceEnvelope, envelopeMargin = 500 << 10, 64 << 10

// maxHeaders is the largest length of the headers of an answer, in bytes. HTTP.sys sends less than 1 KiB in addition to
// the token of a login, which has a few KiB.
const maxHeaders = 64 << 10

// maxReply returns the largest length of an answer, in bytes. A request announces the size of the largest message that
// the service may answer with. A service that ignores it has its own limit. Parsing an answer allocates up to seventy
// times its length and does not end with a context, so that the length bounds both memory and time.
func (c Config) maxReply() int { return max(c.MaxEnvelopeSize, serviceEnvelope) + envelopeMargin }

// connection is the HTTP connection of one shell. NTLM authenticates connections, not requests. Therefore a shell has
// at most one connection, and each new one logs in before it sends a message.
type connection struct {
	url       string
	transport *http.Transport
	client    *http.Client
	login     login
	gate      *powershell.Gate
	maxReply  int
	// limit limits the wait for one answer.
	limit func(context.Context) (context.Context, context.CancelFunc)
	// dials is the number of connections so far, ready the number of the one that has logged in.
	dials atomic.Int64
	ready int64
}

// login authenticates connections.
type login interface {
	// connect logs in on a new connection.
	connect(ctx context.Context, w *connection) error
	// perConnection reports whether connect logs in. Otherwise each message has its own login.
	perConnection() bool
	// sendsPassword reports whether each message has a password that the host verifies.
	sendsPassword() bool
	// prepare gets what wrap needs from other hosts, before the wait for the answer of the host begins.
	prepare(ctx context.Context) error
	// wrap returns the body of a request for a message, and sets its headers.
	wrap(request *http.Request, message []byte) ([]byte, error)
	// unwrap returns the message in the body of an answer.
	unwrap(contentType string, body []byte) ([]byte, error)
}

func (w *Transport) newConnection() *connection {
	wire := &connection{
		url: w.url, login: w.login(), gate: w.gate, maxReply: w.config.maxReply(), limit: w.answerContext,
	}
	dialer := &net.Dialer{Timeout: w.config.ConnectTimeout, KeepAlive: 15 * time.Second}
	wire.transport = &http.Transport{
		TLSClientConfig:     w.tls.Clone(),
		TLSHandshakeTimeout: w.config.ConnectTimeout,
		MaxConnsPerHost:     1,
		MaxIdleConnsPerHost: 1,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,

		MaxResponseHeaderBytes: maxHeaders,
		// Disable HTTP/2, which does not support NTLM.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			wire.dials.Add(1)
			return dialer.DialContext(ctx, network, address)
		},
	}

	// Without TLS a proxy would share connections between clients.
	if !w.config.PlainHTTP {
		wire.transport.Proxy, wire.transport.OnProxyConnectResponse = w.proxy, refuseProxyLogin
	}
	wire.client = &http.Client{
		Transport: wire.transport,
		// Do not send the credentials to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return wire
}

func (w *connection) close() { w.transport.CloseIdleConnections() }

// do sends a request whose body is the result of prepare. It limits the time for the answer. If only the body of the
// answer is missing, it returns the answer with the error.
func (w *connection) do(ctx context.Context, prepare func(*http.Request) ([]byte, error)) (*httpResponse, error) {
	ctx, cancel := w.limit(ctx)
	defer cancel()

	answer, err := w.exchange(ctx, prepare)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return answer, err
}

// exchange is do without a limit.
func (w *connection) exchange(
	ctx context.Context, prepare func(*http.Request) ([]byte, error),
) (*httpResponse, error) {
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
		// The client must not send the message twice. It cannot rewind this reader.
		request.Body = io.NopCloser(strings.NewReader(string(body)))
		request.ContentLength = int64(len(body))
	}
	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()

	answer := newHTTPResponse(response)
	answer.body, err = io.ReadAll(io.LimitReader(response.Body, int64(w.maxReply)+1))
	if err != nil {
		return answer, fmt.Errorf("the answer was cut off: %w", err)
	}
	if len(answer.body) > w.maxReply && answer.isMessage() {
		return answer, fmt.Errorf("the answer has more than %d KiB", w.maxReply>>10)
	}
	return answer, nil
}

// maxAttempts is the largest number of attempts to log in if the connection is lost.
const maxAttempts = 3

var errNoKeepAlive = errors.New("the connection is closed after every answer, and NTLM requires one that stays open")

// connect logs in. All steps of a login use the same connection.
func (w *connection) connect(ctx context.Context) error {
	for range maxAttempts {
		before := w.dials.Load()
		err := w.login.connect(ctx, w)
		w.ready = w.dials.Load()

		// A login opens one connection. More than one means that it was lost between two steps.
		if w.ready-before <= 1 || ctx.Err() != nil {
			return err
		}
		if errors.As(err, new(*powershell.LoginError)) {
			// The host may have counted the login: a proxy can keep a connection of its own to the host.
			return fmt.Errorf("%w: %w", errNoKeepAlive, err)
		}
	}
	return errNoKeepAlive
}

// logIn is connect when it is the turn of this connection. If each message logs in, [connection.post] has the turn.
func (w *connection) logIn(ctx context.Context) error {
	if !w.login.perConnection() {
		return w.connect(ctx)
	}
	return w.gate.PassAlone(ctx, func() error { return w.connect(ctx) })
}

// post sends a message and returns the answer.
func (w *connection) post(ctx context.Context, message string) (answer *reply, err error) {
	if w.login.perConnection() {
		answer, err = w.send(ctx, message)
		if err != nil {
			w.gate.Record(err) // the login of the connection has recorded its success
		}
		return answer, err
	}
	var fault *wsmanFault

	err = w.gate.Pass(ctx, func() (err error) {
		answer, err = w.send(ctx, message)
		if errors.As(err, &fault) {
			return nil
		}
		return err
	})
	if fault != nil {
		return nil, fault
	}
	return answer, err
}

// send is post when it is the turn of this connection.
func (w *connection) send(ctx context.Context, message string) (*reply, error) {
	for range maxAttempts {
		fresh := false

		if w.ready == 0 || w.ready != w.dials.Load() {
			if err := w.logIn(ctx); err != nil {
				w.ready = 0
				return nil, err
			}
			fresh = true
		}
		if err := w.login.prepare(ctx); err != nil {
			return nil, err
		}
		answer, err := w.request(ctx, message)
		if err != nil {
			w.ready = 0
			w.transport.CloseIdleConnections()
			return nil, err
		}

		// The host did not process the message. The connection or its login may no longer exist.
		if answer.status == http.StatusUnauthorized {
			again := w.login.perConnection() && (!fresh || w.ready != w.dials.Load())
			w.ready = 0

			if again {
				continue
			}
			return nil, &powershell.LoginError{Err: refusedBy(answer)}
		}
		return w.read(answer)
	}
	return nil, errNoKeepAlive
}

// request sends a message and returns the answer.
func (w *connection) request(ctx context.Context, message string) (*httpResponse, error) {
	prepare := func(request *http.Request) ([]byte, error) { return w.login.wrap(request, []byte(message)) }

	if w.login.sendsPassword() {
		return w.doWithPassword(ctx, (*httpResponse).isMessage, prepare)
	}
	return w.do(ctx, prepare)
}

// read returns the message in an answer.
func (w *connection) read(answer *httpResponse) (*reply, error) {
	body, err := w.login.unwrap(answer.kind, answer.body)
	if err != nil {
		w.ready = 0
		return nil, err
	}
	if !answer.isMessage() {
		return nil, refusedBy(answer)
	}
	reply, err := parseReply(body)
	if err == nil && answer.status != http.StatusOK {
		err = refusedBy(answer)
	}
	return reply, err
}
