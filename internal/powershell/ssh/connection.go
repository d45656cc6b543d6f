package ssh

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// connection returns the current connection, or a new one. fresh is true for a new one.
func (s *Transport) connection(ctx context.Context) (conn *connection, fresh bool, err error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, false, s.failed("connect to", context.Cause(ctx), "")
	}
	if s.conn != nil && !s.conn.isGone() {
		return s.conn, false, nil
	}
	err = s.gate.Pass(ctx, func() (err error) {
		s.conn, err = s.connect(ctx)
		return err
	})
	return s.conn, true, err
}

// connect dials, verifies the host and logs in.
func (s *Transport) connect(ctx context.Context) (*connection, error) {
	limit := s.config.ConnectTimeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, notWithin("the login did not complete", limit))
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
		password := &passwordLogin{password: s.config.Password}
		client, presented, err := s.handshake(ctx, check, algorithms, password, methods(password))
		if err == nil {
			return newConnection(client, s.keepAlive, s.answer), nil
		}

		// A fingerprint does not contain the type of its key. The host may have another key with this fingerprint.
		if len(s.keys.fingerprints) > 0 && presented.err != nil {
			refused = err

			if algorithms = without(algorithms, presented.key.Type()); len(algorithms) > 0 {
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

// handshake opens one connection. It also returns the decision about the host key, even if the handshake fails.
func (s *Transport) handshake(
	ctx context.Context,
	check ssh.HostKeyCallback,
	algorithms []string,
	password *passwordLogin,
	methods []loginMethod,
) (*ssh.Client, checked, error) {
	var presented checked

	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, presented, s.failed("connect to", explainNetwork(ended(ctx, err)), adviceReach)
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })

	config := &ssh.ClientConfig{
		User:              s.config.User,
		AuthCallback:      password.next(methods),
		HostKeyAlgorithms: algorithms,
		// The library calls it on a goroutine of its own, and reads packets there too. That cannot be guarded here.
		HostKeyCallback: func(address string, remote net.Addr, key ssh.PublicKey) error {
			presented = checked{key: key}
			presented.err = powershell.Guard(func() error { return check(address, remote, key) })
			return presented.err
		},
	}

	var (
		conn     ssh.Conn
		channels <-chan ssh.NewChannel
		requests <-chan *ssh.Request
	)

	// It reads the banner of the server and the messages of the login.
	err = powershell.Guard(func() (err error) {
		conn, channels, requests, err = ssh.NewClientConn(raw, s.address, config)
		return err
	})
	if err == nil && stop() {
		return ssh.NewClient(conn, channels, requests), presented, nil
	}
	_ = raw.Close()

	switch {
	case presented.err != nil:
		return nil, presented, presented.err
	case presented.key == nil || err == nil: // a login that has succeeded ends with the context
		return nil, presented, s.failed("connect to", explainNetwork(ended(ctx, err)), adviceReach)
	}
	return nil, presented, s.failedLogin(ctx, password, err)
}

// failedLogin returns the error of a login that err has ended.
func (s *Transport) failedLogin(ctx context.Context, password *passwordLogin, err error) error {
	isAnswered, cause := password.outcome(err)
	if isAnswered && (ctx.Err() == nil || password.sentBy != "") {
		return s.refusedLogin(&powershell.LoginError{Err: cause})
	}
	cause = explainNetwork(ended(ctx, cause))

	switch {
	case password.sentBy != "" && !s.gate.HasLoggedIn():
		return s.refusedLogin(&powershell.LoginError{Err: cause, Unanswered: true})
	case ctx.Err() != nil:
		return s.failed("connect to", cause, adviceReach)
	}
	return s.failed("log in as "+s.config.User+" to", cause, s.adviceLogin())
}

// refusedLogin returns the error of a login that the server has refused, or may have refused.
func (s *Transport) refusedLogin(err *powershell.LoginError) error {
	next := s.adviceLogin() + " " + powershell.AdviceRefusedOnce
	switch {
	case err.Unanswered:
		next = powershell.AdviceUnanswered
	case errors.Is(err, errPasswordExpired):
		next = adviceExpired + " " + powershell.AdviceRefusedOnce
	}
	return s.failed("log in as "+s.config.User+" to", err, next)
}

// adviceLogin returns the advice for a refused login.
func (s *Transport) adviceLogin() string {
	var advice []string
	if s.signer != nil || s.socket != "" {
		advice = append(advice, adviceKey)
	}
	if s.config.Password != "" {
		advice = append(advice, advicePassword)
	}
	return strings.Join(advice, " ")
}

// methods returns a function that creates the login methods for one handshake, and a function that releases them.
func (s *Transport) methods(ctx context.Context) (func(*passwordLogin) []loginMethod, func(), error) {
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
	return func(password *passwordLogin) []loginMethod {
		var methods []loginMethod
		if len(signers) > 0 {
			// One method for all keys: a handshake tries each method once.
			methods = append(methods, loginMethod{methodKey, ssh.PublicKeys(slices.Clone(signers)...)})
		}
		if password.password != "" {
			methods = append(methods, password.methods()...)
		}
		return methods
	}, done, nil
}

// connection is an SSH connection with keep-alive requests.
type connection struct {
	client *ssh.Client
	// gone is closed when the connection has ended, for the reason err.
	gone chan struct{}
	err  error
	// silent is closed when the host did not answer a keep-alive request.
	silent chan struct{}
	// ask triggers a keep-alive request before its time, for tests.
	ask chan struct{}
}

func newConnection(client *ssh.Client, keepAlive, answer time.Duration) *connection {
	c := &connection{client: client, gone: make(chan struct{}), silent: make(chan struct{}), ask: make(chan struct{})}

	go func() {
		err := powershell.Guard(client.Wait)

		select {
		case <-c.silent:
			err = errNoAnswer
		default:
		}
		c.err = err
		close(c.gone)
	}()

	go c.watch(keepAlive, answer)
	return c
}

// watch sends keep-alive requests and closes the connection if the host does not answer. Without it a run would wait
// for an unreachable host until its own deadline, and a firewall could cut a connection that is idle while a script
// works.
func (c *connection) watch(every, limit time.Duration) {
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
			// A refusal is an answer too. An error occurs only at the end of the connection.
			_ = c.request()
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

// request sends a keep-alive request and waits for the answer.
func (c *connection) request() error {
	return powershell.Guard(func() error {
		_, _, err := c.client.SendRequest("keepalive@openssh.com", true, nil)
		return err
	})
}

func (c *connection) isGone() bool {
	select {
	case <-c.gone:
		return true
	default:
		return false
	}
}

// isAlive reports whether the host answers a request. Unlike isGone it also detects an end of the connection that so
// far only a session has noticed. It returns true if the context ends first.
func (c *connection) isAlive(ctx context.Context) bool {
	answered := make(chan struct{})

	go func() {
		if c.request() == nil {
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

func (c *connection) close() {
	_ = c.client.Close()
	<-c.gone
}
