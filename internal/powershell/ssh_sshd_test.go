//go:build unix

package powershell

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
)

const (
	envSSHFake  = "LYNC_SSH_FAKE"
	sshFakeName = "TestSSHFakePowerShell"
)

// TestSSHFakePowerShell is no test but the PowerShell that sshd starts: this binary again. The script is the first line of
// its input.
func TestSSHFakePowerShell(_ *testing.T) {
	if os.Getenv(envSSHFake) == "" {
		return
	}

	in := bufio.NewReader(os.Stdin)
	line, _ := in.ReadString('\n')
	words := strings.Fields(line)

	// At the end of a script; the test framework would write to its output otherwise.
	exit := 0
	defer func() { os.Exit(exit) }()

	switch words[0] {
	case "echo":
		_, _ = io.Copy(os.Stdout, in)
	case "exit":
		_, _ = io.Copy(io.Discard, in)
		exit, _ = strconv.Atoi(words[1])
	case "exit-early":
		// Does not read its input.
		exit, _ = strconv.Atoi(words[1])
	case "both":
		_, _ = io.Copy(io.Discard, in)
		_, _ = fmt.Fprint(os.Stdout, "to stdout")
		_, _ = fmt.Fprint(os.Stderr, "to stderr")
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "wait", "wait-both":
		_, _ = io.Copy(io.Discard, in)

		if words[0] == "wait-both" {
			// #nosec G204 -- the test's own binary
			child := exec.CommandContext(context.Background(), os.Args[0], os.Args[1:]...)
			child.Stdin = strings.NewReader("wait " + words[1] + "\n")
			_ = child.Start()
		}

		_, _ = fmt.Fprint(os.Stdout, "begun")
		// Until the test closes the connection, or a signal ends this process and the test sees the connection end.
		conn, err := net.Dial("tcp", words[1])
		if err == nil {
			_, _ = io.Copy(io.Discard, conn)
		}
	}
}

// sshd is a real OpenSSH server, a process for each connection as inetd starts it, so that the listener is the test's.
type sshd struct {
	config SSHConfig
	// hostKeys are of two types: sshd shows the one that the client asks for.
	ed25519, ecdsa ssh.PublicKey

	t       *testing.T
	program []string
	file    string
	log     string

	listener net.Listener
	// mu guards program and conns.
	mu    sync.Mutex
	conns []*sshdConn
	all   sync.WaitGroup
}

type sshdConn struct {
	net.Conn
	process *os.Process
	ended   bool
}

func startSSHD(t *testing.T, options ...string) *sshd {
	t.Helper()

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

		if shadow, err := os.ReadFile("/etc/shadow"); err == nil && bytes.Contains(append([]byte("\n"), shadow...), []byte("\n"+me.Username+":!")) {
			t.Skip("sshd lets nobody log in to a locked account")
		}
	}

	client, private := newKey(t, "")
	hostKey, hostPrivate := newKey(t, "")

	second, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	secondKey, secondPrivate := marshalKey(t, second, "")

	s := &sshd{
		t: t, program: []string{program}, ed25519: hostKey.PublicKey(), ecdsa: secondKey.PublicKey(),
		log: filepath.Join(t.TempDir(), "log"),
	}
	lines := append([]string{
		"HostKey " + writeFile(t, "host_ed25519", hostPrivate),
		"HostKey " + writeFile(t, "host_ecdsa", secondPrivate),
		"AuthorizedKeysFile " + writeFile(t, "authorized_keys", authorized(client.PublicKey())),
		"StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"PermitRootLogin yes", "PidFile none", "PrintMotd no", "LogLevel VERBOSE", "SetEnv " + envSSHFake + "=1",
	}, options...)
	s.file = writeFile(t, "sshd_config", strings.Join(lines, "\n")+"\n")

	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}

	s.all.Go(s.accept)
	t.Cleanup(s.stop)

	s.config = configFor(t, s.listener.Addr(), s.ed25519)
	s.config.User = me.Username
	s.config.PrivateKey = private

	return s
}

// startSignallingSSHD starts an sshd that passes signals on, which it does not where it runs as root and root logs in. Then
// it runs as another user, who is this one outside of it.
func startSignallingSSHD(t *testing.T) *sshd {
	t.Helper()

	s := startSSHD(t)
	if os.Getuid() != 0 {
		return s
	}

	passwd := writeFile(t, "passwd", "tester:x:1000:1000::/:/bin/sh\n")
	wrapper := []string{
		"unshare", "--mount", "sh", "-c",
		`mount --bind "$0" /etc/passwd && exec unshare --user --map-user=1000 --map-group=1000 "$@"`, passwd,
	}

	// #nosec G204 -- made of what stands above
	if out, err := exec.CommandContext(t.Context(), wrapper[0], append(wrapper[1:], "true")...).CombinedOutput(); err != nil {
		t.Skipf("root cannot become another user here: %v: %s", err, out)
	}

	s.mu.Lock()
	s.program = append(wrapper, s.program...)
	s.mu.Unlock()

	s.config.User = "tester"

	return s
}

func (s *sshd) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}

		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			s.t.Errorf("no TCP connection: %T", conn)
			return
		}

		socket, err := tcp.File()
		if err != nil {
			s.t.Error(err)
			return
		}

		s.mu.Lock()
		args := append(slices.Clone(s.program), "-i", "-f", s.file, "-E", s.log)
		cmd := exec.CommandContext(context.Background(), args[0], args[1:]...)
		cmd.Stdin, cmd.Stdout = socket, socket
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

		if err := cmd.Start(); err != nil {
			s.t.Error(err)
		} else {
			c := &sshdConn{Conn: conn, process: cmd.Process}
			s.conns = append(s.conns, c)
			s.all.Go(func() {
				_ = cmd.Wait()

				s.mu.Lock()
				defer s.mu.Unlock()

				c.ended = true
			})
		}
		s.mu.Unlock()

		_ = socket.Close()
	}
}

// connections is how many there have been.
func (s *sshd) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()

	return len(s.conns)
}

// cut ends all connections, as a network that fails does.
func (s *sshd) cut() { s.each(func(c *sshdConn) { _ = c.Close(); c.signal(syscall.SIGKILL) }) }

// freeze makes the server give no sign of life.
func (s *sshd) freeze() { s.each(func(c *sshdConn) { c.signal(syscall.SIGSTOP) }) }

func (s *sshd) each(do func(*sshdConn)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, c := range s.conns {
		do(c)
	}
}

// signal reaches sshd and what it made of itself, not the scripts. The number of one that has ended may be another's.
func (c *sshdConn) signal(signal syscall.Signal) {
	if !c.ended {
		_ = syscall.Kill(-c.process.Pid, signal)
	}
}

func (s *sshd) stop() {
	_ = s.listener.Close()
	s.cut()
	s.all.Wait()

	if s.t.Failed() {
		log, _ := os.ReadFile(s.log)
		s.t.Logf("log of sshd:\n%s", log)
	}
}

// transport makes a transport whose PowerShell is this test's.
func (s *sshd) transport(t *testing.T, changes ...func(*SSHConfig)) *SSH {
	t.Helper()

	config := s.config
	for _, change := range changes {
		change(&config)
	}

	return newTransport(t, config, useFake)
}

func useFake(s *SSH) { s.command = os.Args[0] + " -test.run=" + sshFakeName }

// meeting is where scripts that wait come to.
type meeting struct{ net.Listener }

func newMeeting(t *testing.T) meeting {
	t.Helper()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = listener.Close() })

	return meeting{listener}
}

// meet waits for a script.
func (m meeting) meet(t *testing.T) net.Conn {
	t.Helper()

	conn, err := m.Accept()
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })

	return conn
}

// wantEnded waits for the end of the script.
func wantEnded(t *testing.T, conn net.Conn) {
	t.Helper()

	if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}

func run(t *testing.T, s *SSH, script, input string) Output {
	t.Helper()

	out, err := s.Run(t.Context(), script, strings.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}

	return out
}

func wantEcho(t *testing.T, s *SSH) {
	t.Helper()

	if out := run(t, s, "echo", "äöü\r\n$x"); string(out.Stdout) != "äöü\r\n$x" || len(out.Stderr) != 0 || out.ExitCode != 0 {
		t.Errorf("%+v", out)
	}
}
