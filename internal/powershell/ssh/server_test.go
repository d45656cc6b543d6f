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

// newKey makes a key pair: what signs with it, and the private key in OpenSSH format, encrypted if there is a passphrase.
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

// plainFrame is a framing that the doubles of PowerShell understand: the script in the first line.
func plainFrame(script string, input io.Reader) io.Reader {
	return io.MultiReader(strings.NewReader(script+"\n"), input)
}

// newTransport makes a transport for a double of PowerShell.
func newTransport(t *testing.T, config Config, changes ...func(*Transport)) *Transport {
	t.Helper()

	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}

	s.frame = plainFrame
	// A busy machine takes long to answer. Tests that wait for the end of these times shorten them.
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

// assertError checks for the parts of a text.
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

func assertOutcomeUnknown(t *testing.T, err error, want bool) {
	t.Helper()

	if unknown := !errors.As(err, new(*powershell.StartError)); unknown != want {
		t.Errorf("outcome unknown: %v, want %v: %v", unknown, want, err)
	}
}

// passwordServer is a small SSH server in this process, for what sshd does only with PAM or with a broken server. Its
// PowerShell writes back what it gets.
type passwordServer struct {
	config Config
	// attempts are the passwords that it was sent.
	mu       sync.Mutex
	attempts []string
}

// behaviour changes the server.
type behaviour struct {
	password    string
	interactive func(ssh.KeyboardInteractiveChallenge) error
	// session answers the request for a session; nil runs the double.
	session func(ssh.NewChannel)
	// dropped makes it leave requests of the connection without an answer.
	dropped bool
}

func startPasswordServer(t *testing.T, b behaviour) *passwordServer {
	t.Helper()

	hostKey, _ := newKey(t, "")
	p := &passwordServer{}
	config := &ssh.ServerConfig{}
	config.AddHostKey(hostKey)

	refused := errors.New("refused")

	if b.password != "" {
		config.PasswordCallback = func(_ ssh.ConnMetadata, sent []byte) (*ssh.Permissions, error) {
			p.attempt(string(sent))

			if string(sent) != b.password {
				return nil, refused
			}

			return &ssh.Permissions{}, nil
		}
	}

	if b.interactive != nil {
		config.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			return &ssh.Permissions{}, b.interactive(ask)
		}
	}

	testkit.SkipIfShort(t)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	var (
		mu    sync.Mutex
		conns []net.Conn
		all   sync.WaitGroup
	)

	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}

			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()

			all.Go(func() { serve(conn, config, b) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()

		mu.Lock()
		for _, conn := range conns {
			_ = conn.Close()
		}
		mu.Unlock()

		all.Wait()
	})

	p.config = configFor(t, listener.Addr(), hostKey.PublicKey())

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

func serve(raw net.Conn, config *ssh.ServerConfig, b behaviour) {
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

// echo runs what the double of PowerShell is: the input, without the line of the script, comes back.
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
