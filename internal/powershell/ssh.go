package powershell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
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
	// sshGrace is how long a script that was told to end has for it.
	sshGrace = 10 * time.Second
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
// where root logs in and where a command is forced. Then the session is closed, and the error says that the script may
// still run.
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

// sshCommand joins a command line for a shell that is not known: cmd.exe, PowerShell and sh quote in ways that exclude
// each other, so that only what none of them needs to quote is let through.
func sshCommand(words []string) (string, error) {
	const (
		plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
		// What base64 has beside letters and digits.
		inArgument = plain + "+/="
		// A backslash is for hosts whose shell is a Windows one.
		inExecutable = plain + `:/\~`
	)

	only := func(word, letters string) bool { return word != "" && strings.Trim(word, letters) == "" }

	for i, word := range words {
		if i == 0 && (!only(word, inExecutable) || strings.ContainsAny(word[:1], "-~")) {
			return "", &sshError{
				tried: "use SSH", err: fmt.Errorf("the executable %q cannot be started by every shell", word), next: adviceSSHExecutable,
			}
		}

		if i > 0 && !only(word, inArgument) {
			return "", fmt.Errorf("the argument %.80q is not safe in every shell", word)
		}
	}

	command := strings.Join(words, " ")
	if len(command) > maxSSHCommand {
		return "", fmt.Errorf("the command line has %d characters, and cmd.exe takes %d", len(command), maxSSHCommand)
	}

	return command, nil
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

// connection returns the connection there is, or a fresh one.
func (s *SSH) connection(ctx context.Context) (conn *sshConnection, fresh bool, err error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, false, s.failed("connect to", context.Cause(ctx), "")
	}

	if s.conn != nil && !s.conn.isGone() {
		return s.conn, false, nil
	}

	s.conn, err = s.connect(ctx)

	return s.conn, true, err
}

// connect dials, checks the host and logs in.
func (s *SSH) connect(ctx context.Context) (*sshConnection, error) {
	limit := s.config.ConnectTimeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, notWithin("the host did not let us in", limit))
	defer cancel()

	check, algorithms, err := s.keys.plan(s.address)
	if err != nil {
		return nil, err
	}

	methods, done, err := s.methods(ctx)
	if err != nil {
		return nil, err
	}
	defer done()

	var refused error

	for {
		client, shown, err := s.handshake(ctx, check, algorithms, methods())
		if err == nil {
			return newSSHConnection(client, s.keepAlive, s.answer), nil
		}

		// A fingerprint does not say of which type its key is: the host may have it beside the one it showed.
		if len(s.keys.fingerprints) > 0 && shown.err != nil {
			refused = err

			if algorithms = without(algorithms, shown.shown.Type()); len(algorithms) > 0 {
				continue
			}
		}

		var none *ssh.AlgorithmNegotiationError
		if refused != nil && errors.As(err, &none) {
			err = refused
		}

		return nil, err
	}
}

// handshake makes one connection. What it says about the host key is about this host, even where it failed.
func (s *SSH) handshake(
	ctx context.Context, check ssh.HostKeyCallback, algorithms []string, methods []ssh.AuthMethod,
) (*ssh.Client, checked, error) {
	var shown checked

	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, shown, s.failed("connect to", ended(ctx, err), adviceSSHReach)
	}

	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })

	conn, channels, requests, err := ssh.NewClientConn(raw, s.address, &ssh.ClientConfig{
		User:              s.config.User,
		Auth:              methods,
		HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(address string, remote net.Addr, key ssh.PublicKey) error {
			shown = checked{shown: key, err: check(address, remote, key)}

			return shown.err
		},
	})
	if err == nil && stop() {
		return ssh.NewClient(conn, channels, requests), shown, nil
	}

	_ = raw.Close()

	switch err = ended(ctx, err); {
	case shown.err != nil:
		return nil, shown, shown.err
	case shown.shown == nil || ctx.Err() != nil:
		return nil, shown, s.failed("connect to", err, adviceSSHReach)
	default:
		return nil, shown, s.failed("log in as "+s.config.User+" to", err, s.adviceLogin())
	}
}

func (s *SSH) adviceLogin() string {
	var advice []string
	if s.signer != nil || s.socket != "" {
		advice = append(advice, adviceSSHKey)
	}

	if s.config.Password != "" {
		advice = append(advice, adviceSSHPassword)
	}

	return strings.Join(advice, " ")
}

// methods returns what to log in with, made anew for each handshake, and a function that frees it.
func (s *SSH) methods(ctx context.Context) (func() []ssh.AuthMethod, func(), error) {
	var (
		signers []ssh.Signer
		done    = func() {}
	)

	if s.signer != nil {
		signers = append(signers, s.signer)
	}

	if s.socket != "" {
		held, hangUp, err := agentSigners(ctx, s.socket)
		if err != nil {
			return nil, nil, err
		}

		signers, done = append(signers, held...), hangUp
	}

	return func() []ssh.AuthMethod {
		var methods []ssh.AuthMethod
		if len(signers) > 0 {
			// One method for all: a method is tried once in a handshake.
			methods = append(methods, ssh.PublicKeys(slices.Clone(signers)...))
		}

		if s.config.Password != "" {
			methods = append(methods, passwordMethods(s.config.Password)...)
		}

		return methods
	}, done, nil
}

// sshConnection is a connection that is watched.
type sshConnection struct {
	client *ssh.Client
	// gone is closed when the connection has ended, for the reason err.
	gone chan struct{}
	err  error
	// silent is closed when the host gave no sign of life.
	silent chan struct{}
	// ask asks for one before its time. Tests do.
	ask chan struct{}
}

func newSSHConnection(client *ssh.Client, keepAlive, answer time.Duration) *sshConnection {
	c := &sshConnection{client: client, gone: make(chan struct{}), silent: make(chan struct{}), ask: make(chan struct{})}

	go func() {
		err := client.Wait()

		select {
		case <-c.silent:
			err = errSSHNoAnswer
		default:
		}

		c.err = err
		close(c.gone)
	}()

	go c.watch(keepAlive, answer)

	return c
}

// watch finds out about a host that is gone without a word; without it a run would wait for such a host until its own
// deadline, and firewalls would cut a connection that is quiet while a script works.
func (c *sshConnection) watch(every, limit time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()

	for {
		select {
		case <-ticker.C:
		case <-c.ask:
		case <-c.gone:
			return
		}

		answered := make(chan struct{})

		go func() {
			defer close(answered)
			// A refusal is a sign of life too, and an error comes with the end of the connection.
			_, _, _ = c.client.SendRequest("keepalive@openssh.com", true, nil)
		}()

		select {
		case <-answered:
		case <-c.gone:
			return
		case <-time.After(limit):
			close(c.silent)
			_ = c.client.Close()

			return
		}
	}
}

func (c *sshConnection) isGone() bool {
	select {
	case <-c.gone:
		return true
	default:
		return false
	}
}

// isAlive asks the host where isGone is not sure yet: a session learns of the end of its connection before others do.
func (c *sshConnection) isAlive(ctx context.Context) bool {
	answered := make(chan struct{})

	go func() {
		if _, _, err := c.client.SendRequest("keepalive@openssh.com", true, nil); err == nil {
			close(answered)
		}
	}()

	select {
	case <-answered:
		return true
	case <-ctx.Done():
		return true
	case <-c.gone:
		return false
	}
}

func (c *sshConnection) close() {
	_ = c.client.Close()
	<-c.gone
}
