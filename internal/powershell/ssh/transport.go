package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

const (
	// keepAliveInterval is how often a host is asked for a sign of life, and answerTime how long it has for it.
	keepAliveInterval = 15 * time.Second
	answerTime        = 15 * time.Second
	// graceTime is how long a script that was told to end has for it, by signals and then once more by another session.
	graceTime = 5 * time.Second
	// maxOutput bounds what one script can make this process hold. A topology document has a few MiB.
	maxOutput = 256 << 20
)

// Transport runs scripts over one SSH connection, which is made by the first run and made again when it was lost.
//
// A run that is given up is ended by signals, as the protocol has them. A server may not pass them on: OpenSSH does not
// where root logs in and where a command is forced, and that of Windows knows none and does not end a process with its session
// (PowerShell/Win32-OpenSSH, issue 1751). Then a second session of the same connection ends the process. Where that does not
// help either, or the connection is lost, the error says that the script may still run; what it may still do is the business
// of the script (see settle-topology.ps1). None of this was tried with a server on Windows.
type Transport struct {
	config  Config
	address string
	command string
	signer  ssh.Signer
	keys    hostKeys
	socket  string

	// frame puts script and input into one stream.
	frame     func(script string, input io.Reader) io.Reader
	keepAlive time.Duration
	answer    time.Duration
	grace     time.Duration
	maxOutput int

	// closing is closed to end everything under way.
	closing chan struct{}

	slots chan struct{}
	// turn is held by who looks at conn; a channel, so that waiting for it ends with a context.
	turn chan struct{}
	conn *connection

	mu     sync.Mutex
	closed bool
	runs   sync.WaitGroup
}

var _ powershell.Watched = (*Transport)(nil)

// New checks the configuration as far as that goes without the host.
func New(config Config) (*Transport, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, err
	}

	command, err := commandText(powershell.CommandLine(config.Executable))
	if err != nil {
		return nil, err
	}

	s := &Transport{
		config: config,
		// Names of hosts are the same in any case, but not in known_hosts.
		address:   net.JoinHostPort(strings.ToLower(config.Host), strconv.Itoa(config.Port)),
		command:   command,
		frame:     powershell.Stdin,
		keepAlive: keepAliveInterval,
		answer:    answerTime,
		grace:     graceTime,
		maxOutput: maxOutput,
		slots:     make(chan struct{}, config.MaxSessions),
		turn:      make(chan struct{}, 1),
		closing:   make(chan struct{}),
	}

	if config.PrivateKey != "" {
		if s.signer, err = parsePrivateKey(config.PrivateKey, config.PrivateKeyPassphrase); err != nil {
			return nil, err
		}
	}

	if config.Agent {
		if s.socket, err = agentSocket(); err != nil {
			return nil, err
		}
	}

	if s.keys, err = newHostKeys(config.HostKey, config.KnownHosts); err != nil {
		return nil, err
	}

	return s, nil
}

// Host names the host, and the port where it is not the usual one.
func (s *Transport) Host() string {
	if s.config.Port == defaultPort {
		return s.config.Host
	}

	return net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port))
}

// Run runs a script in a session of its own.
func (s *Transport) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return s.RunWatched(ctx, script, input, func([]byte) {})
}

// RunWatched is Run that hands out standard output as it comes.
func (s *Transport) RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (powershell.Output, error) {
	out, err := s.run(ctx, script, input, seen)
	if err != nil && !errors.Is(err, errOutcomeUnknown) {
		err = &powershell.StartError{Err: err}
	}

	return out, err
}

func (s *Transport) run(ctx context.Context, script string, input io.Reader, seen func([]byte)) (powershell.Output, error) {
	if err := s.enter(); err != nil {
		return powershell.Output{}, err
	}
	defer s.runs.Done()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	go func() {
		select {
		case <-s.closing:
			cancel(errClosed)
		case <-ctx.Done():
		}
	}()

	// Read before anything begins: a failure to read must not be a script that runs on half of its input.
	sent, err := io.ReadAll(s.frame(script, input))
	if err != nil {
		return powershell.Output{}, s.failed("read the input of the script for", err, "")
	}

	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return powershell.Output{}, s.failed(fmt.Sprintf("get one of %d sessions on", s.config.MaxSessions), context.Cause(ctx), "")
	}

	session, err := s.begin(ctx)
	if err != nil {
		return powershell.Output{}, err
	}

	return session.finish(ctx, cancel, sent, seen)
}

// Close ends what still runs and the connection.
func (s *Transport) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()

	s.runs.Wait()

	s.turn <- struct{}{}
	defer func() { <-s.turn }()

	if s.conn != nil {
		s.conn.close()
		s.conn = nil
	}

	return nil
}

func (s *Transport) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.closed {
		return s.failed("run a script on", errClosed, "")
	}

	s.runs.Add(1)

	return nil
}

func (s *Transport) failed(tried string, err error, next string) error {
	return &stepError{tried: tried + " " + s.Host() + " over SSH", err: err, next: next}
}

// begin starts PowerShell in a new session. A connection that turns out to be lost is made again, which is safe as long
// as PowerShell has not got its input.
func (s *Transport) begin(ctx context.Context) (*process, error) {
	for {
		conn, fresh, err := s.connection(ctx)
		if err != nil {
			return nil, err
		}

		session, lost, err := s.open(ctx, conn)
		if err == nil {
			return session, nil
		}

		if fresh || !lost {
			return nil, s.failed("start "+s.config.Executable+" on", err, adviceSessions)
		}
	}
}
