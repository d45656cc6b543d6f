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

// Server is a running server. As with inetd, the test process listens and starts one sshd process per connection.
type Server struct {
	Host string
	Port int
	// User can log in with PrivateKey, which is in OpenSSH format.
	User       string
	PrivateKey string
	// ED25519 and ECDSA are the host keys. The server uses the type that the client requests.
	ED25519, ECDSA ssh.PublicKey

	t        *testing.T
	file     string
	log      string
	listener net.Listener
	// mu guards the following fields.
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

// Start starts a server. Its sessions have the environment variables, given as NAME=VALUE. The options are lines of
// sshd_config. Start skips the test if sshd cannot run.
func Start(t *testing.T, environment []string, options ...string) *Server {
	t.Helper()
	testkit.SkipIfShort(t)
	// With coverage, a test binary writes a warning to standard error unless GOCOVERDIR is set.
	if testing.CoverMode() != "" {
		environment = append(slices.Clone(environment), "GOCOVERDIR="+t.TempDir())
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, program: []string{findProgram(t)}, User: me.Username, log: filepath.Join(t.TempDir(), "log")}
	if os.Getuid() == 0 {
		prepareRoot(t, me.Username)
	}
	s.file = s.writeConfig(environment, options)

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

// findProgram returns the path of sshd, or skips the test.
func findProgram(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"sshd", "/usr/sbin/sshd"} {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	t.Skip("sshd is not installed (Debian: apt-get install openssh-server)")
	return ""
}

// prepareRoot creates the directory that sshd requires if root starts it. Usually the system's service creates it. It
// skips the test if sshd would refuse the login.
func prepareRoot(t *testing.T, account string) {
	t.Helper()
	if err := os.Mkdir("/run/sshd", 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		t.Skip(err)
	}
	shadow, err := os.ReadFile("/etc/shadow")
	if err == nil && bytes.Contains(append([]byte("\n"), shadow...), []byte("\n"+account+":!")) {
		t.Skip("sshd refuses logins to a locked account")
	}
}

// writeConfig generates the keys and writes sshd_config. It returns the path of the file.
func (s *Server) writeConfig(environment, options []string) string {
	s.t.Helper()
	_, client, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	_, hostED25519, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	hostECDSA, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	var public ssh.PublicKey
	var ed25519Text, ecdsaText string
	public, s.PrivateKey = marshal(s.t, client)
	s.ED25519, ed25519Text = marshal(s.t, hostED25519)
	s.ECDSA, ecdsaText = marshal(s.t, hostECDSA)

	lines := append([]string{
		"HostKey " + write(s.t, "host_ed25519", ed25519Text),
		"HostKey " + write(s.t, "host_ecdsa", ecdsaText),
		"AuthorizedKeysFile " + write(s.t, "authorized_keys", string(ssh.MarshalAuthorizedKey(public))),
		"StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"PermitRootLogin yes", "PidFile none", "PrintMotd no", "LogLevel VERBOSE",
	}, options...)
	// With SHLVL=1, bash does not read the start-up files of the account.
	lines = append(lines, "SetEnv "+strings.Join(append([]string{"SHLVL=1"}, environment...), " "))
	return write(s.t, "sshd_config", strings.Join(lines, "\n")+"\n")
}

// Signalling makes the server deliver signals to sessions. sshd does not do that if it runs as root and root logs in.
// In this case, the server then runs in a user namespace as another user, who maps to root.
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

	// #nosec G204 -- the arguments above
	if out, err := exec.CommandContext(s.t.Context(), wrapper[0],
		append(slices.Clone(wrapper[1:]), "true")...).CombinedOutput(); err != nil {
		s.t.Skipf("cannot create a user namespace: %v: %s", err, out)
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
		return errors.New("not a TCP connection")
	}
	socket, err := tcp.File()
	if err != nil {
		return err
	}
	defer func() { _ = socket.Close() }()

	s.mu.Lock()
	defer s.mu.Unlock()

	args := append(slices.Clone(s.program), "-i", "-f", s.file, "-E", s.log)
	cmd := exec.CommandContext(context.Background(), args[0], args[1:]...) // #nosec G204 -- the program of Start
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

// Address returns the address of the server, HOST:PORT.
func (s *Server) Address() string { return s.listener.Addr().String() }

// HostKey returns the ED25519 host key in the format of known_hosts.
func (s *Server) HostKey() string { return string(ssh.MarshalAuthorizedKey(s.ED25519)) }

// Connections returns the number of connections so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Cut breaks all connections, as a network failure does.
func (s *Server) Cut() { s.each(func(c *connection) { _ = c.Close(); c.signal(syscall.SIGKILL) }) }

// Freeze stops all server processes, so that the server no longer responds.
func (s *Server) Freeze() { s.each(func(c *connection) { c.signal(syscall.SIGSTOP) }) }

func (s *Server) each(do func(*connection)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, c := range s.conns {
		do(c)
	}
}

// signal sends a signal to the sshd processes of the connection, but not to sessions. It does nothing after they have
// ended, because the system may reuse the process id.
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

// marshal returns the public key, and the private key in OpenSSH format.
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
