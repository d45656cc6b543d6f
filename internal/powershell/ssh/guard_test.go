package ssh

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// A panic while the host key is checked, and while the messages of the login are read, is an error. Without a guard
// each of them ends the process.
func TestHandshakeRecovers(t *testing.T) {
	t.Parallel()

	server := startPasswordServer(t, serverBehavior{password: "geheim"})
	server.config.Password = "geheim"
	s := newTransport(t, server.config)
	accept := func(string, net.Addr, ssh.PublicKey) error { return nil }

	for name, test := range map[string]struct {
		check   ssh.HostKeyCallback
		methods []loginMethod
	}{
		"host key": {func(string, net.Addr, ssh.PublicKey) error { panic("index out of range") }, nil},
		"login": {accept, []loginMethod{
			{methodPassword, ssh.PasswordCallback(func() (string, error) { panic("index out of range") })},
		}},
	} {
		client, _, err := s.handshake(t.Context(), test.check, plainAlgorithms(), &passwordLogin{}, test.methods)
		if client != nil || !errors.As(err, new(*powershell.PanicError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A server whose banner or first packet is not that of SSH is an error.
func TestServerOfAnotherProtocol(t *testing.T) {
	t.Parallel()

	for name, sent := range map[string]string{
		"nothing":         "",
		"HTTP":            "HTTP/1.1 400 Bad Request\r\n\r\n",
		"no line end":     "SSH-2.0-" + strings.Repeat("x", 300),
		"NUL":             "SSH-2.0-\x00\r\n",
		"version 1":       "SSH-1.5-x\r\n",
		"long packet":     "SSH-2.0-x\r\n\xff\xff\xff\xff" + strings.Repeat("\xff", 100),
		"short packet":    "SSH-2.0-x\r\n\x00\x00\x00\x01\x00",
		"padding":         "SSH-2.0-x\r\n\x00\x00\x00\x0c\xff" + strings.Repeat("\x00", 11),
		"empty algorithm": "SSH-2.0-x\r\n\x00\x00\x00\x0c\x0a\x14" + strings.Repeat("\x00", 10),
	} {
		address := testkit.Listen(t, func(conn net.Conn) {
			_, _ = io.WriteString(conn, sent)

			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.CloseWrite()
			}
			_, _ = io.Copy(io.Discard, conn)
		})
		key, _ := newKey(t, "")
		config := configFor(t, address, key.PublicKey())
		config.Password = "geheim"

		_, err := newTransport(t, config).Run(t.Context(), "", strings.NewReader(""))
		if !errors.As(err, new(*powershell.StartError)) || !strings.Contains(err.Error(), "cannot connect to") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
