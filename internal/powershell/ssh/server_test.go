package ssh

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// newKey returns the signer of a new key pair, and its private key in OpenSSH format, encrypted if passphrase is not
// empty.
func newKey(t *testing.T, passphrase string) (ssh.Signer, string) {
	t.Helper()

	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return marshalKey(t, private, passphrase)
}

func marshalKey(t *testing.T, private any, passphrase string) (ssh.Signer, string) {
	t.Helper()

	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(private, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return signer, string(pem.EncodeToMemory(block))
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func authorized(key ssh.PublicKey) string { return string(ssh.MarshalAuthorizedKey(key)) }

// plainFrame is the framing of the doubles of PowerShell: the first line is the script.
func plainFrame(script string, input io.Reader) io.Reader {
	return io.MultiReader(strings.NewReader(script+"\n"), input)
}

// newTransport returns a transport for a double of PowerShell.
func newTransport(t *testing.T, config Config, changes ...func(*Transport)) *Transport {
	t.Helper()

	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	s.frame = plainFrame
	// A machine under load answers late. Tests of these limits set shorter ones.
	s.answer, s.grace = time.Minute, time.Minute

	for _, change := range changes {
		change(s)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// assertError fails the test if err is nil or does not contain all parts.
func assertError(t *testing.T, err error, parts ...string) {
	t.Helper()

	if err == nil {
		t.Fatalf("no error, and it should have %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in the error: %v", part, err)
		}
	}
}

// assertOutcomeUnknown fails the test if err does not report, as want says, that the outcome of the script is unknown.
func assertOutcomeUnknown(t *testing.T, err error, want bool) {
	t.Helper()

	if unknown := !errors.As(err, new(*powershell.StartError)); unknown != want {
		t.Errorf("outcome unknown: %v, want %v: %v", unknown, want, err)
	}
}

// passwordServer is an SSH server in the test process, for passwords, which sshd supports only with PAM, and for broken
// servers. Its PowerShell returns its input.
type passwordServer struct {
	config Config
	// attempts are the received passwords.
	mu       sync.Mutex
	attempts []string
	conns    []net.Conn
	// drops makes the server end all connections when it receives a password.
	drops bool
}

// serverBehavior describes a passwordServer.
type serverBehavior struct {
	password    string
	interactive func(ssh.KeyboardInteractiveChallenge) error
	// session answers the request for a session. The default is echo.
	session func(ssh.NewChannel)
	// drops makes the server end all connections when it receives a password.
	drops bool
	// next is the login that the server requires in addition to the right password, or nil.
	next *ssh.ServerAuthCallbacks
	// dropped makes the server ignore requests of the connection.
	dropped bool
}

func startPasswordServer(t *testing.T, b serverBehavior) *passwordServer {
	t.Helper()

	hostKey, _ := newKey(t, "")
	p := &passwordServer{drops: b.drops}
	config := &ssh.ServerConfig{}
	config.AddHostKey(hostKey)

	refused := errors.New("refused")

	if b.password != "" {
		config.PasswordCallback = func(_ ssh.ConnMetadata, sent []byte) (*ssh.Permissions, error) {
			p.attempt(string(sent))
			p.dropIfSet()

			if string(sent) != b.password {
				return nil, refused
			}
			if b.next != nil {
				return nil, &ssh.PartialSuccessError{Next: *b.next}
			}
			return &ssh.Permissions{}, nil
		}
	}
	if b.interactive != nil {
		config.KeyboardInteractiveCallback = func(
			_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge,
		) (*ssh.Permissions, error) {
			return &ssh.Permissions{}, b.interactive(ask)
		}
	}
	address := testkit.Listen(t, func(conn net.Conn) {
		p.mu.Lock()
		p.conns = append(p.conns, conn)
		p.mu.Unlock()

		serve(conn, config, b)
	})
	p.config = configFor(t, address, hostKey.PublicKey())
	return p
}

func configFor(t *testing.T, address net.Addr, hostKey ssh.PublicKey) Config {
	t.Helper()

	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		t.Fatalf("no TCP address: %v", address)
	}
	return Config{Host: tcp.IP.String(), Port: tcp.Port, User: "admin", HostKey: authorized(hostKey)}
}

func (p *passwordServer) attempt(password string) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.attempts = append(p.attempts, password)
}

func (p *passwordServer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.attempts)
}

func serve(raw net.Conn, config *ssh.ServerConfig, b serverBehavior) {
	defer func() { _ = raw.Close() }()

	_, channels, requests, err := ssh.NewServerConn(raw, config)
	if err != nil {
		return
	}
	go func() {
		for request := range requests {
			if request.WantReply && !b.dropped {
				_ = request.Reply(false, nil)
			}
		}
	}()

	for channel := range channels {
		if b.session != nil {
			b.session(channel)
		} else {
			go echo(channel)
		}
	}
}

// echo is the double of PowerShell: it returns the input without the line of the script.
func echo(channel ssh.NewChannel) {
	ch, requests, err := channel.Accept()
	if err != nil {
		return
	}
	defer func() { _ = ch.Close() }()

	for request := range requests {
		_ = request.Reply(request.Type == "exec", nil)

		if request.Type == "exec" {
			input, _ := io.ReadAll(ch)
			_, rest, _ := bytes.Cut(input, []byte("\n"))
			_, _ = ch.Write(rest)
			_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
			return
		}
	}
}

// answer is a double of PowerShell that reads its input and returns standard error and the payload of an exit status.
func answer(channel ssh.NewChannel, stderr string, status []byte) {
	ch, requests, err := channel.Accept()
	if err != nil {
		return
	}
	go func() {
		defer func() { _ = ch.Close() }()

		for request := range requests {
			_ = request.Reply(request.Type == "exec", nil)

			if request.Type == "exec" {
				_, _ = io.Copy(io.Discard, ch)
				_, _ = io.WriteString(ch.Stderr(), stderr)
				_, _ = ch.SendRequest("exit-status", false, status)
				return
			}
		}
	}()
}
