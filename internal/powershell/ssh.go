package powershell

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
)

const (
	sshPort           = 22
	sshConnectTimeout = 30 * time.Second
	// Servers allow ten sessions in a connection unless they are told otherwise, and each of ours loads a large module.
	sshMaxSessions = 4
	// sshKeepAlive is how often a host is asked for a sign of life, and sshAnswer how long it has for it.
	sshKeepAlive = 15 * time.Second
	sshAnswer    = 15 * time.Second
	// sshGrace is how long a script that was told to end has for it, by signals and then once more by another session.
	sshGrace = 5 * time.Second
	// maxSSHOutput bounds what one script can make this process hold. A topology document has a few MiB.
	maxSSHOutput = 256 << 20
	// cmd.exe takes 8191 characters, and the server puts its own name and options before ours.
	maxSSHCommand = 8000

	powershellOfWindows = "powershell.exe"
)

// SSHConfig says how to run PowerShell on a host through its SSH server. Zero values are the defaults.
type SSHConfig struct {
	Host string
	Port int
	User string
	// Executable is PowerShell on the host.
	Executable string

	// Any of these, tried in this order: the key, the keys of the agent, the password.
	PrivateKey           string
	PrivateKeyPassphrase string
	Agent                bool
	Password             string

	// HostKey pins the key of the host: public keys or SHA256 fingerprints, one a line. Without it the key is looked up in
	// KnownHosts, files in the format of known_hosts, and without those in the known_hosts of the user.
	HostKey    string
	KnownHosts []string

	// ConnectTimeout bounds the way to a ready connection: dial, handshake and login.
	ConnectTimeout time.Duration
	// MaxSessions is how many scripts run at the same time; more wait.
	MaxSessions int
}

// SSH runs scripts over one SSH connection, which is made by the first run and made again when it was lost.
//
// A run that is given up is ended by signals, as the protocol has them. A server may not pass them on: OpenSSH does not
// where root logs in and where a command is forced, and that of Windows knows none and does not end a process with its session
// (PowerShell/Win32-OpenSSH, issue 1751). Then a second session of the same connection ends the process. Where that does not
// help either, or the connection is lost, the error says that the script may still run; what it may still do is the business
// of the script (see settle-topology.ps1). None of this was tried with a server on Windows.
type SSH struct {
	config  SSHConfig
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
	conn *sshConnection

	mu     sync.Mutex
	closed bool
	runs   sync.WaitGroup
}

var _ Watched = (*SSH)(nil)

// NewSSH checks the configuration as far as that goes without the host.
func NewSSH(config SSHConfig) (*SSH, error) {
	fail := func(reason, next string) (*SSH, error) {
		return nil, &sshError{tried: "use SSH", err: errors.New(reason), next: next}
	}

	config.Host = strings.Trim(config.Host, "[]")
	if config.Port == 0 {
		config.Port = sshPort
	}

	if config.Executable == "" {
		config.Executable = powershellOfWindows
	}

	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = sshConnectTimeout
	}

	if config.MaxSessions == 0 {
		config.MaxSessions = sshMaxSessions
	}

	switch {
	case config.Host == "" || strings.ContainsAny(config.Host, "@/ \t\r\n"):
		return fail(fmt.Sprintf("%q is not the name or address of a host", config.Host), adviceSSHReach)
	case config.Port < 1 || config.Port > 65535:
		return fail(fmt.Sprintf("%d is not a port", config.Port), adviceSSHReach)
	case config.User == "":
		return fail("there is no user to log in as", adviceSSHUser)
	case config.Password == "" && config.PrivateKey == "" && !config.Agent:
		return fail("there is nothing to log in with", adviceSSHLogin)
	case config.MaxSessions < 0 || config.ConnectTimeout < 0:
		return fail("a limit is negative", "Leave it out for the default.")
	}

	command, err := sshCommand(CommandLine(config.Executable))
	if err != nil {
		return nil, err
	}

	s := &SSH{
		config: config,
		// Names of hosts are the same in any case, but not in known_hosts.
		address:   net.JoinHostPort(strings.ToLower(config.Host), strconv.Itoa(config.Port)),
		command:   command,
		frame:     Stdin,
		keepAlive: sshKeepAlive,
		answer:    sshAnswer,
		grace:     sshGrace,
		maxOutput: maxSSHOutput,
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
func (s *SSH) Host() string {
	if s.config.Port == sshPort {
		return s.config.Host
	}

	return net.JoinHostPort(s.config.Host, strconv.Itoa(s.config.Port))
}

// Run runs a script in a session of its own.
func (s *SSH) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	return s.RunWatched(ctx, script, input, unseen)
}

// RunWatched is Run that hands out standard output as it comes.
func (s *SSH) RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (Output, error) {
	out, err := s.run(ctx, script, input, seen)
	if err != nil && !errors.Is(err, errSSHOutcome) {
		err = &StartError{err}
	}

	return out, err
}

func (s *SSH) run(ctx context.Context, script string, input io.Reader, seen func([]byte)) (Output, error) {
	if err := s.enter(); err != nil {
		return Output{}, err
	}
	defer s.runs.Done()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	go func() {
		select {
		case <-s.closing:
			cancel(errSSHClosed)
		case <-ctx.Done():
		}
	}()

	// Read before anything begins: a failure to read must not be a script that runs on half of its input.
	sent, err := io.ReadAll(s.frame(script, input))
	if err != nil {
		return Output{}, s.failed("read the input of the script for", err, "")
	}

	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return Output{}, s.failed(fmt.Sprintf("get one of %d sessions on", s.config.MaxSessions), context.Cause(ctx), "")
	}

	session, err := s.begin(ctx)
	if err != nil {
		return Output{}, err
	}

	return session.finish(ctx, cancel, sent, seen)
}

// Close ends what still runs and the connection.
func (s *SSH) Close() error {
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

func (s *SSH) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.closed {
		return s.failed("run a script on", errSSHClosed, "")
	}

	s.runs.Add(1)

	return nil
}

func (s *SSH) failed(tried string, err error, next string) error {
	return &sshError{tried: tried + " " + s.Host() + " over SSH", err: err, next: next}
}

// begin starts PowerShell in a new session. A connection that turns out to be lost is made again, which is safe as long
// as PowerShell has not got its input.
func (s *SSH) begin(ctx context.Context) (*sshSession, error) {
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
			return nil, s.failed("start "+s.config.Executable+" on", err, adviceSSHSessions)
		}
	}
}
