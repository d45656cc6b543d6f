//go:build unix

package ssh

import (
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

func TestKeys(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)

	t.Run("key", func(t *testing.T) {
		t.Parallel()
		assertEcho(t, server.transport(t))
	})
	t.Run("key with a passphrase", func(t *testing.T) {
		t.Parallel()

		const passphrase = "p$`\"ä"
		raw, err := ssh.ParseRawPrivateKey([]byte(server.config.PrivateKey))
		if err != nil {
			t.Fatal(err)
		}
		_, encrypted := marshalKey(t, raw, passphrase)
		assertEcho(t, server.transport(t, func(c *Config) {
			c.PrivateKey, c.PrivateKeyPassphrase = encrypted, passphrase
		}))
	})
	t.Run("wrong key", func(t *testing.T) {
		t.Parallel()

		_, other := newKey(t, "")
		s := server.transport(t, func(c *Config) { c.PrivateKey = other })
		_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
		assertError(
			t,
			err,
			"cannot log in as "+server.config.User+" to 127.0.0.1:",
			"unable to authenticate",
			"administrators_authorized_keys",
		)
		assertOutcomeUnknown(t, err, false)
	})
	t.Run("right key after a password that is not asked for", func(t *testing.T) {
		t.Parallel()
		assertEcho(t, server.transport(t, func(c *Config) { c.Password = "secret" }))
	})
}

func TestAgent(t *testing.T) {
	server := startSSHD(t)
	keys := agent.NewKeyring()
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	t.Cleanup(func() { _ = listener.Close() })
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			// ServeAgent ends with the connection, which a transport does not keep open.
			all.Go(func() {
				_ = agent.ServeAgent(keys, conn)
				_ = conn.Close()
			})
		}
	})
	t.Setenv("SSH_AUTH_SOCK", socket)

	use := func(c *Config) { c.PrivateKey, c.Agent = "", true }
	s := server.transport(t, use)
	_, err = s.Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "cannot use the SSH agent at "+socket, "it holds no keys", "ssh-add")

	raw, err := ssh.ParseRawPrivateKey([]byte(server.config.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Add(agent.AddedKey{PrivateKey: raw}); err != nil {
		t.Fatal(err)
	}
	assertEcho(t, s)

	t.Setenv("SSH_AUTH_SOCK", filepath.Join(dir, "none"))
	_, err = server.transport(t, use).Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "cannot use the SSH agent at ", "no such file")

	t.Setenv("SSH_AUTH_SOCK", "")
	config := server.config
	use(&config)
	_, err = New(config)
	assertError(t, err, "SSH_AUTH_SOCK is not set")
}

func TestHostKey(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	address := knownhosts.Normalize(server.Address())
	other, _ := newKey(t, "")
	line := func(marker string, key ssh.PublicKey) string { return marker + address + " " + authorized(key) }
	fingerprint := ssh.FingerprintSHA256

	for _, tc := range []struct {
		name  string
		pin   string
		known string
		parts []string
	}{
		{name: "pinned", pin: authorized(server.ED25519)},
		{name: "pinned, the other type", pin: authorized(server.ECDSA)},
		{name: "pinned, one of two", pin: authorized(other.PublicKey()) + "\n" + authorized(server.ED25519)},
		{name: "fingerprint", pin: fingerprint(server.ED25519)},
		{name: "fingerprint of the other type", pin: fingerprint(server.ECDSA)},
		{name: "fingerprint padded", pin: fingerprint(server.ED25519) + "="},
		{name: "known", known: line("", server.ED25519)},
		{name: "known, the other type", known: line("", server.ECDSA)},
		{name: "known, hashed", known: knownhosts.HashHostname(address) + " " + authorized(server.ECDSA)},
		{
			name:  "known among others",
			known: "# hosts\nother " + authorized(other.PublicKey()) + line("", server.ED25519),
		},
		{name: "pinned goes before known", pin: authorized(server.ED25519), known: line("", other.PublicKey())},
		{
			name: "not the pinned one", pin: authorized(other.PublicKey()),
			parts: []string{
				"HOST KEY IS NOT THE PINNED ONE", fingerprint(server.ED25519), fingerprint(other.PublicKey()),
				"Nothing was sent",
			},
		},
		{
			name: "not the pinned fingerprint", pin: fingerprint(other.PublicKey()),
			parts: []string{
				"HOST KEY IS NOT THE PINNED ONE", "SHA256:", fingerprint(other.PublicKey()), "Nothing was sent",
			},
		},
		{
			name: "unknown", known: "other " + authorized(server.ED25519),
			parts: []string{
				"its host key is unknown", "ssh-ed25519 " + fingerprint(server.ED25519), "known_hosts",
				"Compare the fingerprint",
			},
		},
		{
			name: "changed", known: "\n" + line("", other.PublicKey()),
			parts: []string{
				"HOST KEY HAS CHANGED", fingerprint(server.ED25519), fingerprint(other.PublicKey()), "line 2",
				"Nothing was sent",
			},
		},
		{
			name: "revoked", known: line("", server.ED25519) + line("@revoked ", server.ED25519),
			parts: []string{"HOST KEY IS REVOKED", fingerprint(server.ED25519), "line 2"},
		},
		{
			name:  "no certificate",
			known: line("@cert-authority ", other.PublicKey()),
			parts: []string{"HOST KEY HAS CHANGED"},
		},
		{name: "broken file", known: "?", parts: []string{"cannot read the known hosts"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			s := server.transport(t, func(c *Config) {
				c.HostKey = tc.pin
				if tc.known != "" {
					c.KnownHosts = []string{writeFile(t, "known_hosts", tc.known)}
				}
			})
			if tc.parts == nil {
				assertEcho(t, s)
				return
			}
			_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
			assertError(t, err, tc.parts...)
			var unknown *UnknownHostKeyError
			if errors.As(err, &unknown) != (tc.name == "unknown") || unknown != nil &&
				(unknown.Fingerprint != fingerprint(server.ED25519) ||
					unknown.Line != strings.TrimSpace(line("", server.ED25519))) {
				t.Errorf("unknown host key: %+v", unknown)
			}
			assertOutcomeUnknown(t, err, false)
		})
	}
}

// By default the transport uses the known_hosts of the user. Without that file every host is unknown.
func TestHostKeyDefault(t *testing.T) {
	server := startSSHD(t)
	home := t.TempDir()
	t.Setenv("HOME", home)

	s := server.transport(t, func(c *Config) { c.HostKey = "" })
	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "its host key is unknown", filepath.Join(home, ".ssh", "known_hosts"))

	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := knownhosts.Line([]string{server.Address()}, server.ECDSA)
	if err := os.WriteFile(filepath.Join(home, ".ssh", "known_hosts"), []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	assertEcho(t, s)
}

// A host can present a certificate instead of a key, signed by an authority in known_hosts.
func TestHostCertificate(t *testing.T) {
	t.Parallel()

	authority, _ := newKey(t, "")
	host, private := newKey(t, "")
	certificate := &ssh.Certificate{
		Key:             host.PublicKey(),
		CertType:        ssh.HostCert,
		ValidPrincipals: []string{"127.0.0.1"},
		ValidBefore:     ssh.CertTimeInfinity,
	}
	if err := certificate.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	key := writeFile(t, "host", private)
	server := startSSHD(t, "HostKey "+key, "HostCertificate "+writeFile(t, "host-cert.pub", authorized(certificate)))
	address := knownhosts.Normalize(server.Address())

	assertEcho(t, server.transport(t, func(c *Config) {
		c.HostKey = ""
		c.KnownHosts = []string{
			writeFile(t, "known_hosts", "@cert-authority "+address+" "+authorized(authority.PublicKey())),
		}
	}))
}
