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
	// keepAliveInterval is the time between keep-alive requests, and answerTime the time that the host has for an
	// answer.
	keepAliveInterval = 15 * time.Second
	answerTime        = 15 * time.Second
	// graceTime is how long a canceled script has to end after signals, and again after another session has ended it.
	graceTime = 5 * time.Second
)

// A Transport runs scripts over one SSH connection. The first run opens it, and a later run opens it again after a
// loss.
//
// Canceling a run sends signals to the script. A server may not deliver them: OpenSSH does not if root logs in or if a
// command is forced. OpenSSH for Windows does not support signals and does not end a process together with its session
// (PowerShell/Win32-OpenSSH, issue 1751). A second session of the same connection then ends the process. If that fails
// too, or the connection is lost, the error reports that the script may still run. The caller must then expect its
// effects. This was not tested with a server on Windows.
type Transport struct {
	config  Config
	address string
	command string
	signer  ssh.Signer
	keys    hostKeys
	socket  string
	gate    *powershell.Gate

	// frame combines script and input into one stream.
	frame     func(script string, input io.Reader) io.Reader
	keepAlive time.Duration
	answer    time.Duration
	grace     time.Duration
	maxOutput int

	// closing is closed by Close. It ends every run.
	closing chan struct{}

	slots chan struct{}
	// turn guards conn. It is a channel, so that a context can end the wait for it.
	turn chan struct{}
	conn *connection

	mu     sync.Mutex
	closed bool
	runs   sync.WaitGroup
}

var _ powershell.Watched = (*Transport)(nil)

// New returns a transport. It checks the configuration as far as possible without the host, and does not connect.
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
		// The name of a host is not case-sensitive, but known_hosts is.
		address:   net.JoinHostPort(strings.ToLower(config.Host), strconv.Itoa(config.Port)),
		command:   command,
		gate:      powershell.NewGate(),
		frame:     powershell.Stdin,
		keepAlive: keepAliveInterval,
		answer:    answerTime,
		grace:     graceTime,
		maxOutput: powershell.MaxOutput,
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

// Host returns the name of the host, and the port unless it is the default.
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

// RunWatched is Run that passes on standard output while the script runs.
func (s *Transport) RunWatched(
	ctx context.Context,
	script string,
	input io.Reader,
	seen func([]byte),
) (powershell.Output, error) {
	out, err := s.run(ctx, script, input, seen)
	if err != nil && !errors.Is(err, errOutcomeUnknown) {
		err = &powershell.StartError{Err: err}
	}
	return out, err
}

func (s *Transport) run(
	ctx context.Context,
	script string,
	input io.Reader,
	seen func([]byte),
) (powershell.Output, error) {
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

	// Read the whole input first: after a read error no script may run with a part of its input.
	sent, err := io.ReadAll(s.frame(script, input))
	if err != nil {
		return powershell.Output{}, s.failed("read the input of the script for", err, "")
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		step := fmt.Sprintf("get one of %d sessions on", s.config.MaxSessions)
		return powershell.Output{}, s.failed(step, context.Cause(ctx), "")
	}
	session, err := s.begin(ctx)
	if err != nil {
		return powershell.Output{}, err
	}
	return session.finish(ctx, cancel, sent, seen)
}

// Close ends every run and closes the connection.
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

// enter registers a run, unless the transport is closed.
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

// begin starts PowerShell in a new session. It connects again if the connection was lost, which is safe because
// PowerShell has not received its input.
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
			return nil, &stepError{
				tried: "start " + s.config.Executable + " on " + s.Host() + " over SSH",
				err:   err, kind: TooManySessions, next: adviceSessions,
			}
		}
	}
}
