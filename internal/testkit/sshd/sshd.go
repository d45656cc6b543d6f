//go:build unix

package sshd

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Server is a running server, a process for each connection as inetd starts it, so that the listener is the test's.
type Server struct {
	Host string
	Port int
	// User may log in with PrivateKey, in OpenSSH format.
	User       string
	PrivateKey string
	// The keys of the host are of two types: the server shows the one that the client asks for.
	ED25519, ECDSA ssh.PublicKey

	t        *testing.T
	file     string
	log      string
	listener net.Listener
	// mu guards program and conns.
	mu      sync.Mutex
	program []string
	conns   []*connection
	all     sync.WaitGroup
}

type connection struct {
	net.Conn
	process *os.Process
	ended   bool
}

// Start starts a server whose sessions have the variables, NAME=VALUE, in their environment. The options are lines of
// sshd_config.
func Start(t *testing.T, environment []string, options ...string) *Server {
	t.Helper()
	testkit.SkipIfShort(t)
	if testing.CoverMode() != "" { // a test binary that measures coverage warns on standard error without the variable
		environment = append(slices.Clone(environment), "GOCOVERDIR="+t.TempDir())
	}

	program, err := exec.LookPath("sshd")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/sshd"); err != nil {
			t.Skip("no sshd")
		}
	}

	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}

	if os.Getuid() == 0 {
		// What starts the system's sshd makes this directory, and for root sshd does not start without it.
		if err := os.Mkdir("/run/sshd", 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			t.Skip(err)
		}

		if shadow, err := os.ReadFile("/etc/shadow"); err == nil &&
			bytes.Contains(append([]byte("\n"), shadow...), []byte("\n"+me.Username+":!")) {
			t.Skip("sshd lets nobody log in to a locked account")
		}
	}

	_, client, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	_, first, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	second, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	s := &Server{t: t, program: []string{program}, User: me.Username, log: filepath.Join(t.TempDir(), "log")}

	var public ssh.PublicKey

	public, s.PrivateKey = marshal(t, client)
	ed25519Key, ed25519Text := marshal(t, first)
	ecdsaKey, ecdsaText := marshal(t, second)
	s.ED25519, s.ECDSA = ed25519Key, ecdsaKey

	lines := append([]string{
		"HostKey " + write(t, "host_ed25519", ed25519Text),
		"HostKey " + write(t, "host_ecdsa", ecdsaText),
		"AuthorizedKeysFile " + write(t, "authorized_keys", string(ssh.MarshalAuthorizedKey(public))),
		"StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"PermitRootLogin yes", "PidFile none", "PrintMotd no", "LogLevel VERBOSE",
	}, options...)
	// The account's own start-up files are nobody's business here: bash, which reads them where sshd starts it, does
	// not where it seems to be within another one.
	lines = append(lines, "SetEnv "+strings.Join(append([]string{"SHLVL=1"}, environment...), " "))

	s.file = write(t, "sshd_config", strings.Join(lines, "\n")+"\n")

	if s.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}

	if address, ok := s.listener.Addr().(*net.TCPAddr); ok {
		s.Host, s.Port = address.IP.String(), address.Port
	}

	s.all.Go(s.accept)
	t.Cleanup(s.stop)

	return s
}

// Signalling makes it pass signals on, which sshd does not where it runs as root and root logs in. Then it runs as
// another user, who is this one outside of it.
func (s *Server) Signalling() *Server {
	s.t.Helper()

	if os.Getuid() != 0 {
		return s
	}

	wrapper := []string{
		"unshare", "--mount", "sh", "-c",
		`mount --bind "$0" /etc/passwd && exec unshare --user --map-user=1000 --map-group=1000 "$@"`,
		write(s.t, "passwd", "tester:x:1000:1000::/:/bin/sh\n"),
	}

	// #nosec G204 -- made of what stands above
	if out, err := exec.CommandContext(s.t.Context(), wrapper[0],
		append(slices.Clone(wrapper[1:]), "true")...).CombinedOutput(); err != nil {
		s.t.Skipf("root cannot become another user here: %v: %s", err, out)
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	s.program = append(wrapper, s.program...)
	s.User = "tester"

	return s
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}

		if err := s.serve(conn); err != nil {
			s.t.Error(err)
			return
		}
	}
}

func (s *Server) serve(conn net.Conn) error {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return errors.New("no TCP connection")
	}

	socket, err := tcp.File()
	if err != nil {
		return err
	}
	defer func() { _ = socket.Close() }()

	s.mu.Lock()
	defer s.mu.Unlock()

	args := append(slices.Clone(s.program), "-i", "-f", s.file, "-E", s.log)
	cmd := exec.CommandContext(context.Background(), args[0], args[1:]...) // #nosec G204 -- the server of Start
	cmd.Stdin, cmd.Stdout = socket, socket
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

	if err := cmd.Start(); err != nil {
		return err
	}

	c := &connection{Conn: conn, process: cmd.Process}
	s.conns = append(s.conns, c)
	s.all.Go(func() {
		_ = cmd.Wait()

		s.mu.Lock()
		defer s.mu.Unlock()

		c.ended = true
	})

	return nil
}

// Address is where it listens, host and port.
func (s *Server) Address() string { return s.listener.Addr().String() }

// HostKey is a key of the host as known_hosts has it.
func (s *Server) HostKey() string { return string(ssh.MarshalAuthorizedKey(s.ED25519)) }

// Connections is how many there have been.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Cut ends all connections, as a network that fails does.
func (s *Server) Cut() { s.each(func(c *connection) { _ = c.Close(); c.signal(syscall.SIGKILL) }) }

// Freeze makes the server give no sign of life.
func (s *Server) Freeze() { s.each(func(c *connection) { c.signal(syscall.SIGSTOP) }) }

func (s *Server) each(do func(*connection)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, c := range s.conns {
		do(c)
	}
}

// signal reaches sshd and what it made of itself, not the sessions. The number of one that has ended may be another's.
func (c *connection) signal(signal syscall.Signal) {
	if !c.ended {
		_ = syscall.Kill(-c.process.Pid, signal)
	}
}

func (s *Server) stop() {
	_ = s.listener.Close()
	s.Cut()
	s.all.Wait()

	if s.t.Failed() {
		log, _ := os.ReadFile(s.log)
		s.t.Logf("log of sshd:\n%s", log)
	}
}

// marshal returns the public key and the private one in OpenSSH format.
func marshal(t *testing.T, private crypto.Signer) (ssh.PublicKey, string) {
	t.Helper()

	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}

	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}

	return signer.PublicKey(), string(pem.EncodeToMemory(block))
}

func write(t *testing.T, name, text string) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	return path
}
