// Package winrmd is a double of the Windows Remote Management service: an HTTP server on loopback that speaks the part of
// WS-Management that a remote shell needs (MS-WSMV; MS-NLMP for NTLM), with the quotas, faults and time limits of the
// service. What a command does is a Go function.
//
// It shares no code with the clients that are tested against it, and it counts: shells opened and closed, commands
// ended, requests of each kind, messages that came in clear. Faults are put in at any request with [Options.Before].
package winrmd

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
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

	mu     sync.Mutex
	count  Count
	shells map[string]*shell
	closed *sync.Cond // of mu: a shell was closed
}

type shell struct {
	id       string
	ctx      context.Context //nolint:containedctx // the life of the shell
	cancel   context.CancelFunc
	commands map[string]*command
	started  int
	idle     time.Duration
	busy     int // requests under way
	reaper   *time.Timer
}

// Start runs a service until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()

	if o.MaxEnvelope == 0 {
		o.MaxEnvelope = 153600
	}

	if o.Process == nil {
		o.Process = o.Run.process
	}

	s := &Server{o: o, shells: map[string]*shell{}, count: Count{Requests: map[Action]int{}}}
	s.closed = sync.NewCond(&s.mu)
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
		s.closed.Wait()
	}
}

type connKey struct{}

// conn is a client's connection: NTLM authenticates it, not a request.
type conn struct {
	net.Conn

	mu        sync.Mutex
	handshake *handshake
	session   *session
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, _ := r.Context().Value(connKey{}).(*conn)

	// Far above any envelope: a larger one gets its fault, and an endless one an end.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
	if err != nil {
		return
	}

	if r.Method != http.MethodPost || r.URL.Path != "/wsman" {
		w.WriteHeader(http.StatusNotFound)

		return
	}

	c.mu.Lock()
	defer c.mu.Unlock()

	if !s.authenticate(w, r, c) {
		return
	}

	if len(body) == 0 {
		w.WriteHeader(http.StatusOK) // the end of a handshake without a message

		return
	}

	sealed := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/encrypted")
	if sealed {
		if !c.session.seals() {
			s.refuse(w, nil)

			return
		}

		if body, err = c.session.unseal(body); err != nil {
			w.WriteHeader(http.StatusBadRequest)

			return
		}
	} else if s.o.TLS == nil {
		s.add(func(n *Count) { n.Clear++ })

		if !s.o.AllowUnencrypted {
			s.refuse(w, nil)

			return
		}
	}

	s.answer(w, r, c, body, sealed)
}

// answer hands a request on and writes what comes back, with the trouble that the test has asked for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c *conn, body []byte, sealed bool) {
	var req request

	err := xml.Unmarshal(body, &req) //nolint:gosec // into a struct of strings
	action := Action(req.Header.Action)
	n := 0

	s.add(func(count *Count) {
		count.Requests[action]++
		n = count.Requests[action]
	})

	var trouble Trouble
	if s.o.Before != nil {
		trouble = s.o.Before(action, n)
	}

	if trouble.Delay > 0 {
		select {
		case <-time.After(trouble.Delay):
		case <-r.Context().Done():
			return
		}
	}

	if trouble.Forget {
		s.forget()
	}

	if trouble.Reset {
		c.reset()

		return
	}

	if trouble.Status != 0 {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(trouble.Status)
		_, _ = io.WriteString(w, trouble.Text)

		return
	}

	var reply []byte

	fault := trouble.Fault
	if fault == nil {
		switch {
		case len(body) > s.o.MaxEnvelope:
			fault = &FaultEnvelope
		case err != nil || req.Header.Resource != resourceCmd || req.Header.MessageID == "":
			fault = &FaultNotUnderstood
		default:
			reply, fault = s.do(r.Context(), &req)
		}
	}

	status := http.StatusOK
	if fault != nil {
		reply, status = fault.envelope(req.Header.MessageID), http.StatusInternalServerError
	}

	if trouble.ResetAfter {
		c.reset()

		return
	}

	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")

	if sealed {
		reply = c.session.seal(reply)
		w.Header().Set("Content-Type", sealedAs)
	}

	if trouble.Close {
		w.Header().Set("Connection", "close")
	}

	w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
	w.WriteHeader(status)

	if trouble.Cut {
		_, _ = w.Write(reply[:len(reply)/2]) //nolint:gosec // no browser looks at it
		_ = http.NewResponseController(w).Flush()
		c.reset()

		return
	}

	_, _ = w.Write(reply) //nolint:gosec // no browser looks at it
}

// reset ends a connection with RST, not with an orderly end.
func (c *conn) reset() {
	raw := c.Conn
	if t, ok := raw.(*tls.Conn); ok {
		raw = t.NetConn()
	}

	if t, ok := raw.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}

	_ = raw.Close()
}

// authenticate lets a request through or answers 401.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, c *conn) bool {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")

	switch {
	case strings.HasSuffix(scheme, "/secprofile/https/mutual"):
		if s.o.Certificate && r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			return true
		}

		s.refuse(w, nil)

		return false
	case scheme == "Basic" && s.o.Basic:
		user, password, _ := r.BasicAuth()
		if strings.EqualFold(bare(user), bare(s.o.User)) &&
			subtle.ConstantTimeCompare([]byte(password), []byte(s.o.Password)) == 1 {
			return true
		}
	case (scheme == "Negotiate" || scheme == "NTLM") && !s.o.NoNTLM:
		token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil {
			break
		}

		if messageType(token) == 1 {
			c.session, c.handshake = nil, &handshake{}

			challenge, err := c.handshake.start(token, "LYNC", "LYNC01")
			if err != nil {
				break
			}

			w.Header().Set("WWW-Authenticate", scheme+" "+base64.StdEncoding.EncodeToString(challenge))
			w.WriteHeader(http.StatusUnauthorized)

			return false
		}

		if c.handshake == nil {
			break
		}

		session, err := c.handshake.finish(token, s.o.User, s.o.Password, s.cert, s.o.StrictBinding && s.cert != nil)
		c.handshake = nil

		if err == nil {
			c.session = session

			return true
		}
	case scheme == "" && c.session != nil:
		return true
	case scheme == "":
		s.refuse(w, nil)

		return false
	}

	s.add(func(n *Count) { n.Refused++ })
	s.refuse(w, c)

	return false
}

// refuse answers 401 with what is offered.
func (s *Server) refuse(w http.ResponseWriter, c *conn) {
	if c != nil {
		c.session, c.handshake = nil, nil
	}

	if !s.o.NoNTLM {
		w.Header().Add("WWW-Authenticate", "Negotiate")
		w.Header().Add("WWW-Authenticate", "Kerberos")
	}

	if s.o.Basic {
		w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	}

	w.WriteHeader(http.StatusUnauthorized)
}

func (s *Server) add(f func(*Count)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	f(&s.count)
}

func (s *Server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()

	for id, sh := range s.shells {
		sh.cancel()
		delete(s.shells, id)
		s.count.Closed++
		s.closed.Broadcast()
	}
}

// do is the service behind the transport.
func (s *Server) do(ctx context.Context, r *request) ([]byte, *Fault) {
	relates := r.Header.MessageID

	if Action(r.Header.Action) == Create {
		return s.create(r)
	}

	id := value(r.Header.Selectors.Selector, "ShellId")

	sh := s.use(id)
	if sh == nil {
		return nil, FaultNoShell.with(id)
	}
	defer s.unuse(sh)

	switch Action(r.Header.Action) {
	case Delete:
		s.end(sh)

		return envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/DeleteResponse", relates, ""), nil
	case Run:
		return s.run(sh, r)
	case Send:
		return s.send(sh, r)
	case Receive:
		return s.receive(ctx, sh, r)
	case Signal:
		return s.signal(sh, r)
	case Create: // above
	}

	return nil, &FaultNotUnderstood
}

// use keeps a shell from being closed as idle.
func (s *Server) use(id string) *shell {
	s.mu.Lock()
	defer s.mu.Unlock()

	sh := s.shells[id]
	if sh != nil {
		sh.busy++
		sh.reaper.Stop()
	}

	return sh
}

func (s *Server) unuse(sh *shell) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if sh.busy--; sh.busy == 0 {
		sh.reaper.Reset(sh.idle)
	}
}

// end closes a shell and all that runs in it, once.
func (s *Server) end(sh *shell) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.shells[sh.id] == sh {
		delete(s.shells, sh.id)
		s.count.Closed++
		s.closed.Broadcast()
	}

	sh.cancel()
}

func (s *Server) create(r *request) ([]byte, *Fault) {
	if b := r.Body.Shell; b == nil || b.Input != "stdin" || b.Output != "stdout stderr" {
		return nil, &FaultNotUnderstood
	}

	var idle time.Duration

	if text := r.Body.Shell.Idle; text != "" {
		var err error
		if idle, err = duration(text); err != nil || idle < time.Minute {
			return nil, &FaultNotUnderstood
		}
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	if s.o.MaxShells > 0 && len(s.shells) >= s.o.MaxShells {
		return nil, FaultShells.with(s.o.MaxShells)
	}

	sh := &shell{id: uuid(), commands: map[string]*command{}}
	sh.ctx, sh.cancel = context.WithCancel(s.ctx)
	s.shells[sh.id] = sh
	s.count.Opened++
	s.count.Idle = append(s.count.Idle, idle)

	if sh.idle = idle; idle == 0 {
		sh.idle = 2 * time.Hour
	}

	if s.o.MaxIdle > 0 {
		sh.idle = min(sh.idle, s.o.MaxIdle)
	}

	sh.reaper = time.AfterFunc(sh.idle, func() { s.end(sh) })
	context.AfterFunc(s.ctx, func() { sh.reaper.Stop() })

	return created(sh.id, s.URL, r.Header.MessageID), nil
}

// maxLine is what cmd.exe takes.
const maxLine = 8191

func (s *Server) run(sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Line == nil || r.Body.Line.Command == "" {
		return nil, &FaultNotUnderstood
	}

	line := strings.Join(append([]string{r.Body.Line.Command}, r.Body.Line.Arguments...), " ")
	if len(line) > maxLine && value(r.Header.Options.Option, "WINRS_SKIP_CMD_SHELL") != "TRUE" {
		return nil, &FaultTooLong
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	operations := 1
	for _, other := range s.shells {
		operations += other.started
	}

	if s.o.MaxOperations > 0 && operations > s.o.MaxOperations {
		return nil, FaultOperations.with(s.o.MaxOperations)
	}

	running := 0

	for _, c := range sh.commands {
		if !c.over() {
			running++
		}
	}

	if s.o.MaxProcesses > 0 && running >= s.o.MaxProcesses {
		return nil, &FaultProcesses
	}

	sh.started++
	s.count.Started++
	s.count.Lines = append(s.count.Lines, line)

	// The default of MS-WSMV is FALSE: stdin is a pipe, which has an end.
	if value(r.Header.Options.Option, "WINRS_CONSOLEMODE_STDIN") == "TRUE" {
		s.count.Consoles++
	}

	c := newCommand(sh.ctx)
	id := uuid()
	sh.commands[id] = c

	s.work.Go(func() {
		c.finish(s.o.Process(c.ctx, line, c, c.stream("stdout"), c.stream("stderr")))
		s.add(func(n *Count) { n.Ended++ })
	})

	return envelope(nsShell+"/CommandResponse", r.Header.MessageID,
		"<rsp:CommandResponse><rsp:CommandId>"+id+"</rsp:CommandId></rsp:CommandResponse>"), nil
}

func (s *Server) find(sh *shell, id string) *command {
	s.mu.Lock()
	defer s.mu.Unlock()

	return sh.commands[id]
}

func (s *Server) send(sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Send == nil {
		return nil, &FaultNotUnderstood
	}

	for _, stream := range r.Body.Send.Streams {
		c := s.find(sh, stream.CommandID)

		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(stream.Data))
		if c == nil || err != nil || stream.Name != "stdin" {
			return nil, &FaultNotUnderstood
		}

		if !c.feed(data, stream.End) {
			return nil, &FaultAborted
		}
	}

	return envelope(nsShell+"/SendResponse", r.Header.MessageID, "<rsp:SendResponse/>"), nil
}

func (s *Server) receive(ctx context.Context, sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Receive == nil {
		return nil, &FaultNotUnderstood
	}

	id := r.Body.Receive.Stream.CommandID

	c := s.find(sh, id)
	if c == nil {
		return nil, FaultNoShell.with(sh.id)
	}

	wait, err := duration(r.Header.Timeout)
	if err != nil {
		return nil, &FaultNotUnderstood
	}

	if s.o.MaxWait > 0 {
		wait = min(wait, s.o.MaxWait)
	}

	size, err := strconv.Atoi(strings.TrimSpace(r.Header.Size))
	if err != nil || size < 8192 {
		return nil, &FaultNotUnderstood
	}

	// Base64 takes a third more, the envelope less than 4 KiB.
	chunk := (min(size, s.o.MaxEnvelope) - 4096) / 4 * 3
	if s.o.Chunk > 0 {
		chunk = min(chunk, s.o.Chunk)
	}

	streams, done, exit, ok := c.take(ctx, wait, chunk)

	switch {
	case sh.ctx.Err() != nil:
		return nil, &FaultAborted
	case !ok:
		return nil, &FaultTimedOut
	}

	return output(id, streams, done, exit, r.Header.MessageID), nil
}

func (s *Server) signal(sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Signal == nil {
		return nil, &FaultNotUnderstood
	}

	c := s.find(sh, r.Body.Signal.CommandID)
	if c == nil {
		return nil, FaultNoShell.with(sh.id)
	}

	switch r.Body.Signal.Code {
	case terminate, ctrlC:
		if !c.over() {
			s.add(func(n *Count) { n.Terminated++ })
		}

		c.cancel()
	default:
		return nil, &FaultNotUnderstood
	}

	return envelope(nsShell+"/SignalResponse", r.Header.MessageID, "<rsp:SignalResponse/>"), nil
}

// duration reads the xs:duration that clients send, of seconds alone.
func duration(s string) (time.Duration, error) {
	seconds, begins := strings.CutPrefix(strings.TrimSpace(s), "PT")

	seconds, ends := strings.CutSuffix(seconds, "S")
	if !begins || !ends {
		return 0, errors.New("not a duration: " + s)
	}

	f, err := strconv.ParseFloat(seconds, 64)

	return time.Duration(f * float64(time.Second)), err
}
