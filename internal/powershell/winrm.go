package powershell

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/masterzen/winrm"
)

const (
	winrmPort      = 5986
	winrmPlainPort = 5985

	winrmConnectTimeout = 30 * time.Second
	// winrmOperationTimeout is how long the service keeps one request for output waiting. Its own limit is 60 seconds.
	winrmOperationTimeout = 20 * time.Second
	// winrmAnswer is what an answer may take beyond that.
	winrmAnswer = 30 * time.Second
	// winrmGrace bounds what is done to leave nothing open after a run was broken off.
	winrmGrace = 15 * time.Second
	// winrmIdle is how long the host keeps a shell that nobody uses. It is short because the answer to the request that
	// opens a shell can be lost, and then nobody knows the shell's name.
	winrmIdle = 180 * time.Second
	// winrmShells is below the five that the first versions of the service allow a user.
	winrmShells = 2
	// winrmEnvelope is MaxEnvelopeSizekb of the first versions of the service; later ones allow more.
	winrmEnvelope = 150 << 10
	// maxWinRMOutput bounds what one script can make this process hold. A topology document has a few MiB.
	maxWinRMOutput = 256 << 20
)

// WinRMAuth is a way to log in.
type WinRMAuth string

// The ways to log in to Windows Remote Management.
const (
	WinRMNTLM        WinRMAuth = "ntlm"
	WinRMBasic       WinRMAuth = "basic"
	WinRMKerberos    WinRMAuth = "kerberos"
	WinRMCertificate WinRMAuth = "certificate"
)

// WinRMConfig says how to run PowerShell on a host through Windows Remote Management. Zero values are the defaults.
type WinRMConfig struct {
	Host string
	Port int
	// User is DOMAIN\user, user@domain or a local user.
	User     string
	Password string
	// Auth is NTLM unless something else is set.
	Auth WinRMAuth
	// Executable is PowerShell on the host.
	Executable string

	// PlainHTTP gives up TLS. Only NTLM is possible then, and it encrypts the messages itself.
	PlainHTTP bool
	// CAFile holds the certificates to trust instead of the system's, in PEM.
	CAFile string
	// TLSServerName is the name that the certificate has to be for, where it is not Host.
	TLSServerName string
	// ClientCertificate and ClientKey are PEM texts.
	ClientCertificate, ClientKey string

	// KerberosConfig is the path of krb5.conf; KerberosCache that of a credential cache, used instead of a password.
	// KerberosRealm is needed with a password. KerberosSPN is HTTP/<host> unless set.
	KerberosConfig, KerberosCache, KerberosRealm, KerberosSPN string

	// ConnectTimeout bounds dial and TLS handshake, OperationTimeout one wait of the service for output.
	ConnectTimeout, OperationTimeout time.Duration
	// MaxShells is how many scripts run at the same time; more wait.
	MaxShells int
	// MaxEnvelopeSize is the largest message in bytes. The host's MaxEnvelopeSizekb may be higher, not lower.
	MaxEnvelopeSize int
}

// WinRM runs scripts in remote shells, which are kept for the next script.
type WinRM struct {
	config WinRMConfig
	params winrm.Parameters
	url    string
	line   string
	tls    *tls.Config
	login  func() winrmLogin

	// patience bounds the wait for one answer.
	patience func(context.Context) (context.Context, context.CancelFunc)
	grace    time.Duration

	// closing ends everything under way.
	closing context.Context
	stop    context.CancelFunc
	slots   chan struct{}

	mu     sync.Mutex
	closed bool
	idle   []*winrmShell
	runs   sync.WaitGroup
	// known is set when the host has let us in, refused when it did not before it ever had.
	known   bool
	refused error
}

var _ Watched = (*WinRM)(nil)

// NewWinRM checks the configuration as far as that goes without the host.
func NewWinRM(config WinRMConfig) (*WinRM, error) {
	w := &WinRM{grace: winrmGrace}
	w.patience = func(ctx context.Context) (context.Context, context.CancelFunc) {
		limit := w.config.OperationTimeout + winrmAnswer

		return context.WithTimeoutCause(ctx, limit, noAnswer{limit})
	}

	if err := w.configure(config); err != nil {
		return nil, &winrmError{tried: "use WinRM", err: err.err, next: err.next}
	}

	w.closing, w.stop = context.WithCancel(context.Background())
	w.slots = make(chan struct{}, w.config.MaxShells)

	return w, nil
}

func (w *WinRM) configure(c WinRMConfig) *winrmError {
	c.Host = strings.Trim(c.Host, "[]")
	scheme := "https"

	if c.PlainHTTP {
		scheme = "http"
	}

	if c.Port == 0 {
		c.Port = winrmPort
		if c.PlainHTTP {
			c.Port = winrmPlainPort
		}
	}

	orDefault(&c.Auth, WinRMNTLM)
	orDefault(&c.Executable, "powershell.exe")
	orDefault(&c.ConnectTimeout, winrmConnectTimeout)
	orDefault(&c.OperationTimeout, winrmOperationTimeout)
	orDefault(&c.MaxShells, winrmShells)
	orDefault(&c.MaxEnvelopeSize, winrmEnvelope)

	wrong := func(next, format string, args ...any) *winrmError {
		return &winrmError{err: fmt.Errorf(format, args...), next: next}
	}

	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, "@/ \t\r\n"):
		return wrong(adviceWinRMReach, "%q is not the name or address of a host", c.Host)
	case c.Port < 1 || c.Port > 65535:
		return wrong(adviceWinRMReach, "%d is not a port", c.Port)
	case c.MaxShells < 0 || c.ConnectTimeout < 0 || c.OperationTimeout < 0:
		return wrong("Leave it out for the default.", "a limit is negative")
	case c.OperationTimeout > time.Minute:
		return wrong("Leave it out for the default.", "the service keeps no request longer than a minute, and the operation timeout is %s", c.OperationTimeout)
	case c.MaxEnvelopeSize < 8192:
		return wrong("Leave it out for the default.", "messages of %d bytes are too small for the protocol", c.MaxEnvelopeSize)
	case c.PlainHTTP && c.Auth != WinRMNTLM:
		return wrong(adviceWinRMPlain, "%s over plain HTTP would show the password or the messages to the network", c.Auth)
	case c.PlainHTTP && (c.CAFile != "" || c.TLSServerName != ""):
		return wrong("Remove it, or use HTTPS.", "a certificate authority or server name has no meaning over plain HTTP")
	}

	w.config = c
	w.url = scheme + "://" + net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) + "/wsman"

	var err error
	if w.line, err = CommandText(c.Executable); err != nil {
		return &winrmError{err: err}
	}

	// A copy: the package's defaults are shared by everybody in this process.
	w.params = *winrm.DefaultParameters
	w.params.Timeout = fmt.Sprintf("PT%gS", c.OperationTimeout.Seconds())
	w.params.EnvelopeSize = c.MaxEnvelopeSize

	if err := w.configureTLS(); err != nil {
		return err
	}

	return w.configureLogin()
}

func orDefault[T comparable](value *T, or T) {
	var zero T
	if *value == zero {
		*value = or
	}
}

// Host names the host, and the port where it is not the usual one.
func (w *WinRM) Host() string {
	if w.config.Port == winrmPort {
		return w.config.Host
	}

	return net.JoinHostPort(w.config.Host, strconv.Itoa(w.config.Port))
}

// Run runs a script in a remote shell. The error is a [*StartError] until the host may have got a piece of the script.
func (w *WinRM) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	return w.RunWatched(ctx, script, input, unseen)
}

// RunWatched is Run that hands out standard output as it comes.
func (w *WinRM) RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (Output, error) {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()

		return Output{}, &StartError{w.failed("run a script on", errWinRMClosed)}
	}

	w.runs.Add(1)
	w.mu.Unlock()

	defer w.runs.Done()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(w.closing, func() { cancel(errWinRMClosed) })() //nolint:contextcheck // two lives: the run's and the transport's

	// Read before anything begins: a failure to read must not be a script that runs on half of its input.
	sent, err := io.ReadAll(Stdin(script, input))
	if err != nil {
		return Output{}, &StartError{w.failed("read the input of the script for", err)}
	}

	select {
	case w.slots <- struct{}{}:
		defer func() { <-w.slots }()
	case <-ctx.Done():
		return Output{}, &StartError{w.failed(fmt.Sprintf("get one of %d shells on", w.config.MaxShells), context.Cause(ctx))}
	}

	shell, err := w.begin(ctx)
	if err != nil {
		return Output{}, &StartError{err}
	}

	out, err := shell.finish(ctx, sent, seen)
	if err != nil {
		return out, shell.abandon(ctx, err)
	}

	if shell.id != "" {
		w.mu.Lock()
		w.idle = append(w.idle, shell)
		w.mu.Unlock()
	}

	return out, w.starved(out)
}

// begin starts PowerShell in a shell that is there, or in a new one. A shell that was kept can be gone, with its
// connection or with its share of the host's quotas: Windows does not count a command of such a shell as over before the
// shell is. To try again is safe, because PowerShell has not got its input.
func (w *WinRM) begin(ctx context.Context) (*winrmShell, error) {
	w.mu.Lock()

	var kept *winrmShell
	if n := len(w.idle); n > 0 {
		kept, w.idle = w.idle[n-1], w.idle[:n-1]
	}
	w.mu.Unlock()

	if kept != nil {
		err := kept.start(ctx)
		if err == nil {
			return kept, nil
		}

		err = kept.abandon(ctx, err)

		if ctx.Err() != nil || !worn(err) {
			return nil, err
		}
	}

	fresh := w.newShell()

	err := fresh.create(ctx)
	if err == nil {
		err = fresh.start(ctx)
	}

	if err != nil {
		return nil, fresh.abandon(ctx, err)
	}

	return fresh, nil
}

// worn tells a failure that a new shell may not have.
func worn(err error) bool {
	var fault *wsmanFault
	if !errors.As(err, &fault) {
		var refused *winrmRefused

		return !errors.As(err, &refused)
	}

	quota := quotaOf(fault)

	return fault.code == faultNoShell || fault.subcode == "InvalidSelectors" || quota == quotaOperations || quota == quotaProcesses
}

// alreadyRefused is the refusal of a login that never worked. It is not tried again: Terraform goes on with other resources
// after a failure, and a few more attempts with a wrong password lock the account.
func (w *WinRM) alreadyRefused() error {
	w.mu.Lock()
	defer w.mu.Unlock()

	return w.refused
}

func (w *WinRM) remember(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()

	var (
		refused *winrmRefused
		fault   *wsmanFault
	)

	switch {
	case err == nil || errors.As(err, &fault):
		w.known = true
	case !w.known && errors.As(err, &refused) && refused.status == http.StatusUnauthorized:
		w.refused = err
	}
}

// Close ends what still runs and closes all shells.
func (w *WinRM) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()

	w.stop()
	w.runs.Wait()

	w.mu.Lock()
	idle := w.idle
	w.idle = nil
	w.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), w.grace)
	defer cancel()

	errs := make([]error, len(idle))

	var group sync.WaitGroup
	for i, shell := range idle {
		group.Go(func() { errs[i] = shell.close(ctx) })
	}

	group.Wait()

	return errors.Join(errs...)
}
