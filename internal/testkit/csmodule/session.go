//go:build unix

package csmodule

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
)

// Sessions are the sessions that a host opens to itself. A session continues when its connection is lost, as one of
// WinRM does. It ends with its process, when the host closes it, or at the end of the test.
type Sessions struct {
	t        *testing.T
	listener net.Listener
	host     *Host

	mu    sync.Mutex
	conns []net.Conn
	ended []chan struct{}
}

// session is the name of the executable of a session.
const session = "session"

// OpenSessions lets scripts run in sessions that the host opens to itself with this credential. It skips the test if
// there is no SSH server.
func (h *Host) OpenSessions(t *testing.T, user, password string) *Sessions {
	t.Helper()
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skip("ssh is not installed (Debian: apt-get install openssh-client)")
	}
	s := &Sessions{t: t, host: h}
	path := testkit.Self(t, h.folder, session)
	server := sshd.Start(t, nil, "Subsystem powershell "+path)

	var err error
	if s.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var accepting sync.WaitGroup
	accepting.Go(s.accept)
	t.Cleanup(func() {
		_ = s.listener.Close()
		accepting.Wait()
		s.end()
	})

	key := filepath.Join(h.folder, "key")
	if err := errors.Join(os.WriteFile(key, []byte(server.PrivateKey), 0o600),
		os.WriteFile(path+addressFile, []byte(s.listener.Addr().String()), 0o600)); err != nil {
		t.Fatal(err)
	}
	h.setup.Entry = true
	h.Setenv("LYNC_LOGIN", powershell.Hash([]byte(user+"\n"+password)))
	h.Setenv("LYNC_PORT", strconv.Itoa(server.Port))
	h.Setenv("LYNC_USER", server.User)
	h.Setenv("LYNC_KEY", key)
	return s
}

// Transport returns the transport of the provider that runs scripts in sessions with this credential. It adds the
// stand-ins for functions that need Windows to the scripts.
func (s *Sessions) Transport(user, password string) powershell.Watched {
	inside, ok := powershell.CredSSP(s.host.Transport(), user, password).(powershell.Watched)
	if !ok {
		s.t.Fatal("the transport cannot be watched")
	}
	return &insideTransport{inside, s.host}
}

// insideTransport adds the stand-ins of a host to each script.
type insideTransport struct {
	powershell.Watched

	host *Host
}

func (i *insideTransport) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return i.Watched.Run(ctx, insertText(script, i.host.setup.standIns()), input)
}

func (i *insideTransport) RunWatched(
	ctx context.Context, script string, input io.Reader, seen func([]byte),
) (powershell.Output, error) {
	return i.Watched.RunWatched(ctx, insertText(script, i.host.setup.standIns()), input, seen)
}

// configurationFile is the suffix of the file with the configuration of sessions, beside their executable.
const configurationFile = ".pssc"

// SetLanguageMode sets the language mode of the sessions that open afterwards.
func (s *Sessions) SetLanguageMode(mode string) { s.configure("LanguageMode = '" + mode + "'") }

// SetVersion sets the version of PowerShell that the sessions which open afterwards report.
func (s *Sessions) SetVersion(version string) {
	path := filepath.Join(s.host.folder, "version.ps1")
	text := "$PSVersionTable['PSVersion'] = [version] '" + version + "'\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.configure("ScriptsToProcess = '" + path + "'")
}

func (s *Sessions) configure(line string) {
	text := "@{\nSchemaVersion = '2.0.0.0'\nGUID = '6a1c0b52-0f0e-4b7e-8b53-3f1d5a0a7c11'\n" + line + "\n}\n"
	path := filepath.Join(s.host.folder, session+configurationFile)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (s *Sessions) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		ended := make(chan struct{})
		s.mu.Lock()
		s.conns, s.ended = append(s.conns, conn), append(s.ended, ended)
		s.mu.Unlock()
		go func() {
			defer close(ended)
			_, _ = io.Copy(io.Discard, conn)
		}()
	}
}

// Wait waits until all sessions so far have ended, and returns their number.
func (s *Sessions) Wait() int {
	s.mu.Lock()
	all := s.ended
	s.mu.Unlock()
	for _, ended := range all {
		select {
		case <-ended:
		case <-time.After(2 * time.Minute):
			s.t.Error("a session does not end")
		}
	}
	return len(all)
}

// end ends all sessions.
func (s *Sessions) end() {
	s.mu.Lock()
	for _, conn := range s.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
	}
	s.mu.Unlock()
	s.Wait()
	for _, conn := range s.conns {
		_ = conn.Close()
	}
}

// addressFile is the suffix of the file with the address of [Sessions], beside the executable of a session.
const addressFile = ".sessions"

// mainSession runs a session if this process was started as its executable. Otherwise it returns.
func mainSession() {
	if address, err := os.ReadFile(os.Args[0] + addressFile); err == nil {
		end("run a session", runSession(string(address), filepath.Join(filepath.Dir(os.Args[0]), program+setupFile)))
	}
}

// runSession is the process of a session, in which sshd runs the executable. It passes on the standard streams of
// PowerShell until PowerShell ends. The test ends PowerShell when it closes the connection to address. The
// environment is that of the host, whose setup is in a file.
func runSession(address, setupPath string) error {
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP) // the connection is lost
	s, err := readSetup(setupPath)
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	args := []string{"-sshs", "-NoLogo", "-NoProfile"}
	if configuration := os.Args[0] + configurationFile; exists(configuration) {
		args = append(args, "-ConfigurationFile", configuration)
	}
	cmd := exec.CommandContext(context.Background(), s.PowerShell, args...) // #nosec G204 -- of the test
	cmd.Stderr = io.Discard
	cmd.Env = os.Environ()
	for name, value := range s.Environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, conn)
		_ = cmd.Process.Kill()
	}()
	go passInput(stdin)
	// Without a reader, the script must not wait.
	_, _ = io.Copy(os.Stdout, stdout)
	_, _ = io.Copy(io.Discard, stdout)
	_ = cmd.Wait()
	return conn.Close()
}

// passInput passes standard input on. It closes that of PowerShell only if the host has closed the session before.
func passInput(stdin io.WriteCloser) {
	reader := bufio.NewReader(os.Stdin)
	closed := false
	for {
		line, err := reader.ReadBytes('\n')
		closed = closed || bytes.HasPrefix(line, []byte("<Close PSGuid='00000000-0000-0000-0000-000000000000'"))
		if _, writing := stdin.Write(line); writing != nil {
			return
		}
		if err != nil {
			break
		}
	}
	if closed {
		_ = stdin.Close()
	}
}
