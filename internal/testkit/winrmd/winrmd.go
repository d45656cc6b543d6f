// Package winrmd provides a test double of the Windows Remote Management service: an HTTP server on loopback that
// implements the part of WS-Management that a remote shell needs (MS-WSMV, and MS-NLMP for NTLM), with the quotas,
// faults and time limits of the service. A Go function implements the commands.
//
// The double shares no code with the clients under test. It counts shells, commands, requests and unencrypted messages.
// [Options.Before] injects faults into requests.
package winrmd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Command runs a command line. The context ends when the client terminates the command or deletes its shell.
type Command func(ctx context.Context, command string, stdin io.Reader) (stdout, stderr []byte, exit int)

// Process is a Command that writes while it runs.
type Process func(ctx context.Context, command string, stdin io.Reader, stdout, stderr io.Writer) (exit int)

// Options are the settings of a service. The zero value has the defaults of the product: NTLM only, no unencrypted
// messages.
type Options struct {
	// Run or Process runs commands. Process takes precedence.
	Run     Command
	Process Process

	// User and Password are the only account. The service ignores the domain of a user.
	User, Password string
	// Basic enables Basic authentication.
	Basic bool
	// Kerberos accepts messages of SPNEGO with Kerberos. Without it the service refuses them.
	Kerberos func(message []byte) error
	// NoNTLM disables NTLM.
	NoNTLM bool
	// Certificate enables authentication with a client certificate, which TLS must request.
	Certificate bool
	// AllowUnencrypted allows unencrypted messages over HTTP.
	AllowUnencrypted bool
	// Challenge changes the CHALLENGE message of NTLM before it is sent.
	Challenge func(challenge []byte) []byte
	// Impostor makes the service a host that does not know the password: it accepts every AUTHENTICATE message, and
	// reads what it can with the key of an anonymous session.
	Impostor bool
	// Peer replaces the double's own NTLM.
	Peer Peer
	// StrictBinding refuses NTLM over TLS without channel binding, as CbtHardeningLevel=Strict does.
	StrictBinding bool
	// TLS enables HTTPS.
	TLS *tls.Config

	// MaxEnvelope is MaxEnvelopeSizekb in bytes. 0 means 153600.
	MaxEnvelope int
	// Chunk limits the output in one answer. 0 means the size of the client's envelope.
	Chunk int
	// MaxWait limits the client's OperationTimeout, so that its fault occurs early in tests. 0 means no limit.
	MaxWait time.Duration
	// NoKeepAlive closes a connection after one answer.
	NoKeepAlive bool
	// MaxIdle limits the client's IdleTimeOut, after which an unused shell is closed. 0 means no limit.
	MaxIdle time.Duration
	// MaxShells, MaxOperations and MaxProcesses are MaxShellsPerUser, MaxConcurrentOperationsPerUser and
	// MaxProcessesPerShell. 0 means no limit. As in Windows, a command in a text shell counts as an operation until its
	// shell is closed.
	MaxShells, MaxOperations, MaxProcesses int

	// Login returns the trouble of a request with a password, or with a proof of it, before that is verified. n is the
	// number of such requests, from 1.
	Login func(n int) Trouble
	// Before returns the trouble of an authenticated request. n is its number among the requests with this action, from
	// 1.
	Before func(action Action, n int) Trouble
}

// Peer is an implementation of a security protocol, with a context for each connection.
type Peer interface {
	// Accept processes a token of the client. It returns the token of the answer, and whether the login is complete.
	// binding is the application data of the channel binding, which is empty without TLS.
	Accept(connection int, token, binding []byte) (answer []byte, done bool, err error)
	// Seal returns the signature of a message and the encrypted message. Unseal is its reverse.
	Seal(connection int, message []byte) ([]byte, error)
	Unseal(connection int, sealed []byte) ([]byte, error)
}

// Trouble changes the handling of one request. The zero value changes nothing.
type Trouble struct {
	// Delay delays the request. It ends when the client disconnects.
	Delay time.Duration
	// Fault replaces the answer.
	Fault *Fault
	// Status and Text replace the answer, as an answer of a proxy or HTTP.sys would.
	Status int
	Text   string
	// Close closes the connection after the answer.
	Close bool
	// Reset resets the connection before the request is executed, ResetAfter afterwards, without an answer.
	Reset, ResetAfter bool
	// Cut resets the connection in the middle of the answer.
	Cut bool
	// Forget drops all shells, as a restart of the service does.
	Forget bool
}

// Count has the counters of a service.
type Count struct {
	Opened, Closed int             // shells
	Started, Ended int             // commands
	Terminated     int             // commands that a signal has terminated
	Requests       map[Action]int  // authenticated requests
	Authenticates  int             // AUTHENTICATE messages of NTLM
	Passwords      int             // requests with a password, or with a proof of it
	Refused        int             // logins with a wrong user or password
	Exposed        int             // messages that an impostor has read
	Clear          int             // unencrypted messages over HTTP
	Lines          []string        // command lines
	Consoles       int             // commands with a console as standard input
	Idle           []time.Duration // IdleTimeOut of each shell; 0 if the client did not set it
}

// Server is a running service.
type Server struct {
	// URL is the endpoint; Host and Port are its parts.
	URL  string
	Host string
	Port int

	o      Options
	cert   *x509.Certificate
	ctx    context.Context //nolint:containedctx // the lifetime of the server
	cancel context.CancelFunc
	work   sync.WaitGroup
	conns  atomic.Int64 // the number of connections so far

	mu      sync.Mutex
	count   Count
	shells  map[string]*shell
	changed *sync.Cond // signals changes of shells and count
}

// Start starts a service. It stops at the end of the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	testkit.SkipIfShort(t)

	if o.MaxEnvelope == 0 {
		o.MaxEnvelope = 153600
	}
	if o.Process == nil {
		o.Process = o.Run.process
	}
	s := &Server{o: o, shells: map[string]*shell{}, count: Count{Requests: map[Action]int{}}}
	s.changed = sync.NewCond(&s.mu)
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(t.Context()))

	l, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := l.Addr().(*net.TCPAddr)
	s.Host, s.Port = "127.0.0.1", addr.Port
	s.URL = "http://" + l.Addr().String() + "/wsman"

	if o.TLS != nil {
		s.URL = "https" + strings.TrimPrefix(s.URL, "http")
		s.cert, _ = x509.ParseCertificate(o.TLS.Certificates[0].Certificate[0])
		l = tls.NewListener(l, o.TLS)
	}
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // tests break connections
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, &conn{Conn: c, number: int(s.conns.Add(1))})
		},
	}

	h.SetKeepAlivesEnabled(!o.NoKeepAlive)
	s.work.Go(func() { _ = h.Serve(l) })
	t.Cleanup(func() {
		s.cancel()
		s.add(func(*Count) {}) // wakes Wait
		_ = h.Close()
		s.work.Wait()
	})
	return s
}

// Count returns the counters.
func (s *Server) Count() Count {
	s.mu.Lock()
	defer s.mu.Unlock()

	c := s.count
	c.Lines, c.Idle = slices.Clone(c.Lines), slices.Clone(c.Idle)
	c.Requests = map[Action]int{}

	for a, n := range s.count.Requests {
		c.Requests[a] = n
	}
	return c
}

// Open returns the number of open shells.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.shells)
}

// WaitClosed waits until no shell is open.
func (s *Server) WaitClosed() {
	s.mu.Lock()
	defer s.mu.Unlock()

	for len(s.shells) > 0 {
		s.changed.Wait()
	}
}

// Wait waits until the counters meet a condition or the server stops. The condition must neither retain nor change the
// counters.
func (s *Server) Wait(condition func(Count) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for !condition(s.count) && s.ctx.Err() == nil {
		s.changed.Wait()
	}
}

func (s *Server) add(f func(*Count)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	f(&s.count)
	s.changed.Broadcast()
}
