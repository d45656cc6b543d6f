//go:build unix

package ssh

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/neterr"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
)

const (
	envFake  = "LYNC_SSH_FAKE"
	fakeName = "TestFakePowerShell"
)

// TestFakePowerShell is not a test but the PowerShell that sshd starts, which is this binary. The script is the first
// line of its input.
func TestFakePowerShell(_ *testing.T) {
	if os.Getenv(envFake) == "" {
		return
	}
	in := bufio.NewReader(os.Stdin)
	line, _ := in.ReadString('\n')
	words := strings.Fields(line)

	// Exit here, because the test framework would write to the output.
	exit := 0
	defer func() { os.Exit(exit) }()

	switch words[0] {
	case "echo":
		_, _ = io.Copy(os.Stdout, in)
	case "exit":
		_, _ = io.Copy(io.Discard, in)
		exit, _ = strconv.Atoi(words[1])
	case "exit-early":
		// Do not read the input.
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
		// Wait until the test closes the connection. If a signal ends this process, the test observes the end of the
		// connection.
		conn, err := net.Dial("tcp", words[1])
		if err == nil {
			_, _ = io.Copy(io.Discard, conn)
		}
	}
}

// sshdDouble is a real OpenSSH server that starts the fake PowerShell.
type sshdDouble struct {
	*sshd.Server

	config Config
}

func startSSHD(t *testing.T, options ...string) *sshdDouble {
	t.Helper()
	return doubleAt(sshd.Start(t, []string{envFake + "=1"}, options...))
}

// startSignallingSSHD starts an sshdDouble that delivers signals.
func startSignallingSSHD(t *testing.T) *sshdDouble {
	t.Helper()
	return doubleAt(sshd.Start(t, []string{envFake + "=1"}).Signalling())
}

func doubleAt(server *sshd.Server) *sshdDouble {
	return &sshdDouble{
		server,
		Config{
			Host:       server.Host,
			Port:       server.Port,
			User:       server.User,
			PrivateKey: server.PrivateKey,
			HostKey:    authorized(server.ED25519),
		},
	}
}

// transport returns a transport that starts the fake PowerShell.
func (s *sshdDouble) transport(t *testing.T, changes ...func(*Config)) *Transport {
	t.Helper()

	config := s.config
	for _, change := range changes {
		change(&config)
	}
	return newTransport(t, config, useFake)
}

func useFake(s *Transport) { s.command = os.Args[0] + " -test.run=" + fakeName }

// gate is a listener to which waiting scripts connect.
type gate struct{ net.Listener }

func newGate(t *testing.T) gate {
	t.Helper()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return gate{listener}
}

// accept waits for a script.
func (m gate) accept(t *testing.T) net.Conn {
	t.Helper()

	conn, err := m.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// assertEnded waits until the script ends.
func assertEnded(t *testing.T, conn net.Conn) {
	t.Helper()

	if _, err := io.Copy(io.Discard, conn); err != nil && neterr.Of(err) != neterr.Lost {
		t.Error(err)
	}
}

func mustRun(t *testing.T, s *Transport, script, input string) powershell.Output {
	t.Helper()

	out, err := s.Run(t.Context(), script, strings.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func assertEcho(t *testing.T, s *Transport) {
	t.Helper()

	const input = "äöü\r\n$x"

	out := mustRun(t, s, "echo", input)
	if string(out.Stdout) != input || len(out.Stderr) != 0 || out.ExitCode != 0 {
		t.Errorf("%+v", out)
	}
}
