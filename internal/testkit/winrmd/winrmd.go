// Package winrmd is a double of the Windows Remote Management service: an HTTP server on loopback that speaks the part
// of WS-Management that a remote shell needs (MS-WSMV; MS-NLMP for NTLM), with the quotas, faults and time limits of
// the service. What a command does is a Go function.
//
// It shares no code with the clients that are tested against it, and it counts: shells opened and closed, commands
// ended, requests of each kind, messages that came in clear. Faults are put in at any request with [Options.Before].
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
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Command is what a command line does. The context ends when the client terminates the command or deletes its shell.
type Command func(ctx context.Context, command string, stdin io.Reader) (stdout, stderr []byte, exit int)

// Process is a Command that writes while it runs.
type Process func(ctx context.Context, command string, stdin io.Reader, stdout, stderr io.Writer) (exit int)

// Options are the settings of a service. The zero value is the service as installed: NTLM only, nothing in clear.
type Options struct {
	// Run or Process is what commands do.
	Run     Command
	Process Process

	// User and Password are the only account. A domain before the user is for the client; any is taken.
	User, Password string
	// Basic offers Basic authentication too.
	Basic bool
	// NoNTLM takes NTLM from the offer.
	NoNTLM bool
	// Certificate takes a client certificate for authentication; TLS must ask for one.
	Certificate bool
	// AllowUnencrypted takes messages in clear over plain HTTP.
	AllowUnencrypted bool
	// StrictBinding refuses NTLM over TLS without channel binding, as CbtHardeningLevel=Strict does.
	StrictBinding bool
	// TLS makes it HTTPS.
	TLS *tls.Config

	// MaxEnvelope is MaxEnvelopeSizekb in bytes; 0 is 153600.
	MaxEnvelope int
	// Chunk is the most output in one answer; 0 is what fits into the client's envelope.
	Chunk int
	// MaxWait shortens the client's OperationTimeout, so that tests see its fault soon. 0 leaves it.
	MaxWait time.Duration
	// NoKeepAlive ends every connection after one answer.
	NoKeepAlive bool
	// MaxIdle shortens the time after which a shell that nobody uses is closed. 0 leaves what the client asks for.
	MaxIdle time.Duration
	// MaxShells, MaxOperations and MaxProcesses are MaxShellsPerUser, MaxConcurrentOperationsPerUser (commands of
	// all open shells: as in Windows, the end of a command in a text shell gives nothing back, only the end of the
	// shell does) and MaxProcessesPerShell. 0 is no limit.
	MaxShells, MaxOperations, MaxProcesses int

	// Before is asked when request number n (from 1) of its kind has come and its sender is known.
	Before func(action Action, n int) Trouble
}

// Trouble is what happens to one request. The zero value is none.
type Trouble struct {
	// Delay comes first. It ends early when the client goes away.
	Delay time.Duration
	// Fault is answered instead.
	Fault *Fault
	// Status and Text are answered instead, as a proxy or HTTP.sys would.
	Status int
	Text   string
	// Close ends the connection in order after the answer, as an idle connection ends.
	Close bool
	// Reset cuts the connection before anything is done, ResetAfter when all is done and only the answer is missing.
	Reset, ResetAfter bool
	// Cut ends the connection in the middle of the answer.
	Cut bool
	// Forget loses the shells, as a restart of the service does.
	Forget bool
}

// Count is what happened so far.
type Count struct {
	Opened, Closed int             // shells
	Started, Ended int             // commands
	Terminated     int             // commands that a signal ended
	Requests       map[Action]int  // authenticated ones
	Refused        int             // attempts to log in with the wrong password or user
	Clear          int             // messages in clear over plain HTTP
	Lines          []string        // command lines
	Consoles       int             // commands that wanted a console as stdin
	Idle           []time.Duration // what clients wanted for IdleTimeOut; 0 is the service's own
}

// Server is a running service.
type Server struct {
	// URL is the endpoint; Host and Port are its parts.
	URL  string
	Host string
	Port int

	o      Options
	cert   *x509.Certificate
	ctx    context.Context //nolint:containedctx // the life of the server
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	count   Count
	shells  map[string]*shell
	changed *sync.Cond // of mu: a shell was closed, or count has changed
}

// Start runs a service until the test ends.
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
		ErrorLog:          log.New(io.Discard, "", 0), // clients that break off are part of the tests
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, &conn{Conn: c})
		},
	}

	h.SetKeepAlivesEnabled(!o.NoKeepAlive)
	s.work.Go(func() { _ = h.Serve(l) })
	t.Cleanup(func() {
		s.cancel()
		s.add(func(*Count) {}) // ends Wait
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

// Open is the number of shells that are open.
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

// Wait waits until the counters meet a condition, or the server stops. The condition must not keep or change them.
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
