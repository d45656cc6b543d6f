//go:build unix

package powershell

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

func TestSSHKeys(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)

	t.Run("key", func(t *testing.T) {
		t.Parallel()
		wantEcho(t, server.transport(t))
	})
	t.Run("key with a passphrase", func(t *testing.T) {
		t.Parallel()

		const passphrase = "p$`\"ä"
		raw, err := ssh.ParseRawPrivateKey([]byte(server.config.PrivateKey))
		if err != nil {
			t.Fatal(err)
		}

		_, encrypted := marshalKey(t, raw, passphrase)
		wantEcho(t, server.transport(t, func(c *SSHConfig) {
			c.PrivateKey, c.PrivateKeyPassphrase = encrypted, passphrase
		}))
	})
	t.Run("wrong key", func(t *testing.T) {
		t.Parallel()

		_, other := newKey(t, "")
		s := server.transport(t, func(c *SSHConfig) { c.PrivateKey = other })
		_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
		wantError(t, err, "cannot log in as "+server.config.User+" to 127.0.0.1:", "unable to authenticate", "administrators_authorized_keys")
		wantOutcomeUnknown(t, err, false)
	})
	t.Run("right key after a password that is not asked for", func(t *testing.T) {
		t.Parallel()
		wantEcho(t, server.transport(t, func(c *SSHConfig) { c.Password = "secret" }))
	})
}

func TestSSHAgent(t *testing.T) {
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
			// Ends with the connection: a transport keeps none open.
			all.Go(func() {
				_ = agent.ServeAgent(keys, conn)
				_ = conn.Close()
			})
		}
	})
	t.Setenv("SSH_AUTH_SOCK", socket)

	use := func(c *SSHConfig) { c.PrivateKey, c.Agent = "", true }
	s := server.transport(t, use)
	_, err = s.Run(t.Context(), "echo", strings.NewReader(""))
	wantError(t, err, "cannot use the SSH agent at "+socket, "it holds no keys", "ssh-add")

	raw, err := ssh.ParseRawPrivateKey([]byte(server.config.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Add(agent.AddedKey{PrivateKey: raw}); err != nil {
		t.Fatal(err)
	}

	wantEcho(t, s)

	t.Setenv("SSH_AUTH_SOCK", filepath.Join(dir, "none"))
	_, err = server.transport(t, use).Run(t.Context(), "echo", strings.NewReader(""))
	wantError(t, err, "cannot use the SSH agent at ", "no such file")

	t.Setenv("SSH_AUTH_SOCK", "")
	config := server.config
	use(&config)
	_, err = NewSSH(config)
	wantError(t, err, "SSH_AUTH_SOCK is not set")
}

func TestSSHHostKey(t *testing.T) {
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
		{name: "known among others", known: "# hosts\nother " + authorized(other.PublicKey()) + line("", server.ED25519)},
		{name: "pinned goes before known", pin: authorized(server.ED25519), known: line("", other.PublicKey())},
		{
			name: "not the pinned one", pin: authorized(other.PublicKey()),
			parts: []string{"HOST KEY IS NOT THE PINNED ONE", fingerprint(server.ED25519), fingerprint(other.PublicKey()), "Nothing was sent"},
		},
		{
			name: "not the pinned fingerprint", pin: fingerprint(other.PublicKey()),
			parts: []string{"HOST KEY IS NOT THE PINNED ONE", "SHA256:", fingerprint(other.PublicKey()), "Nothing was sent"},
		},
		{
			name: "unknown", known: "other " + authorized(server.ED25519),
			parts: []string{
				"its host key is unknown", "ssh-ed25519 " + fingerprint(server.ED25519), "known_hosts",
				`set host_key = "` + fingerprint(server.ED25519) + `"`, strings.TrimSpace(line("", server.ED25519)),
			},
		},
		{
			name: "changed", known: "\n" + line("", other.PublicKey()),
			parts: []string{"HOST KEY HAS CHANGED", fingerprint(server.ED25519), fingerprint(other.PublicKey()), "line 2", "Nothing was sent"},
		},
		{
			name: "revoked", known: line("", server.ED25519) + line("@revoked ", server.ED25519),
			parts: []string{"HOST KEY IS REVOKED", fingerprint(server.ED25519), "line 2"},
		},
		{name: "no certificate", known: line("@cert-authority ", other.PublicKey()), parts: []string{"HOST KEY HAS CHANGED"}},
		{name: "broken file", known: "?", parts: []string{"cannot read the known hosts"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			s := server.transport(t, func(c *SSHConfig) {
				c.HostKey = tc.pin
				if tc.known != "" {
					c.KnownHosts = []string{writeFile(t, "known_hosts", tc.known)}
				}
			})
			if tc.parts == nil {
				wantEcho(t, s)
				return
			}

			_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
			wantError(t, err, tc.parts...)
			wantOutcomeUnknown(t, err, false)
		})
	}
}

// Without any setting it is the known_hosts of the user, and a user without one trusts nobody.
func TestSSHHostKeyDefault(t *testing.T) {
	server := startSSHD(t)
	home := t.TempDir()
	t.Setenv("HOME", home)

	s := server.transport(t, func(c *SSHConfig) { c.HostKey = "" })
	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	wantError(t, err, "its host key is unknown", filepath.Join(home, ".ssh", "known_hosts"))

	if err := os.Mkdir(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := knownhosts.Line([]string{server.Address()}, server.ECDSA)
	if err := os.WriteFile(filepath.Join(home, ".ssh", "known_hosts"), []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	wantEcho(t, s)
}

// A host may show a certificate instead of a key, signed by an authority that known_hosts names.
func TestSSHHostCertificate(t *testing.T) {
	t.Parallel()

	authority, _ := newKey(t, "")
	host, private := newKey(t, "")
	certificate := &ssh.Certificate{
		Key: host.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{"127.0.0.1"}, ValidBefore: ssh.CertTimeInfinity,
	}
	if err := certificate.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}

	key := writeFile(t, "host", private)
	server := startSSHD(t, "HostKey "+key, "HostCertificate "+writeFile(t, "host-cert.pub", authorized(certificate)))
	address := knownhosts.Normalize(server.Address())

	wantEcho(t, server.transport(t, func(c *SSHConfig) {
		c.HostKey = ""
		c.KnownHosts = []string{writeFile(t, "known_hosts", "@cert-authority "+address+" "+authorized(authority.PublicKey()))}
	}))
}

func TestSSHOutput(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)

	t.Run("large", func(t *testing.T) {
		t.Parallel()

		large := make([]byte, 8<<20)
		_, _ = rand.Read(large)

		out, err := s.Run(t.Context(), "echo", bytes.NewReader(large))
		if err != nil {
			t.Fatal(err)
		}

		if !bytes.Equal(out.Stdout, large) {
			t.Errorf("%d bytes came back, and not those %d", len(out.Stdout), len(large))
		}
	})
	t.Run("exit codes", func(t *testing.T) {
		t.Parallel()

		for _, code := range []int{0, 1, 3, 255} {
			if out := run(t, s, "exit "+strconv.Itoa(code), "input"); out.ExitCode != code {
				t.Errorf("exit code %d: %+v", code, out)
			}
		}
	})
	t.Run("input that nobody reads", func(t *testing.T) {
		t.Parallel()

		if out := run(t, s, "exit-early 5", strings.Repeat("x", 8<<20)); out.ExitCode != 5 {
			t.Errorf("%+v", out)
		}
	})
	t.Run("stderr apart", func(t *testing.T) {
		t.Parallel()

		if out := run(t, s, "both", ""); string(out.Stdout) != "to stdout" || string(out.Stderr) != "to stderr" {
			t.Errorf("%+v", out)
		}
	})
	t.Run("more output than anyone needs", func(t *testing.T) {
		t.Parallel()

		s := newTransport(t, server.config, useFake, func(s *SSH) { s.maxOutput = 1 << 20 })
		out, err := s.Run(t.Context(), "echo", strings.NewReader(strings.Repeat("x", 8<<20)))
		wantError(t, err, "wrote more than 256 MiB")
		wantOutcomeUnknown(t, err, true)

		if len(out.Stdout) > s.maxOutput {
			t.Errorf("%d bytes", len(out.Stdout))
		}
	})
	t.Run("ended by a signal", func(t *testing.T) {
		t.Parallel()

		_, err := s.Run(t.Context(), "kill", strings.NewReader(""))
		wantError(t, err, "ended by the signal KILL")
		wantOutcomeUnknown(t, err, true)
	})
	t.Run("input that cannot be read", func(t *testing.T) {
		t.Parallel()

		broken := errors.New("broken")
		_, err := s.Run(t.Context(), "echo", failingReader{broken})
		wantError(t, err, "cannot read the input", "broken")
		wantOutcomeUnknown(t, err, false)
	})
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// A run that is given up leaves neither the script nor what the script has started, and the connection stays good.
func TestSSHCancel(t *testing.T) {
	t.Parallel()

	server := startSignallingSSHD(t)
	s := server.transport(t)
	place := newMeeting(t)

	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped by the test")
	done := make(chan error, 1)

	var out Output

	go func() {
		var err error
		out, err = s.Run(ctx, "wait-both "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	first, second := place.meet(t), place.meet(t)
	cancel(stopped)
	wantEnded(t, first)
	wantEnded(t, second)

	err := <-done
	wantError(t, err, "stopped by the test")
	wantOutcomeUnknown(t, err, true)

	if !errors.Is(err, stopped) || strings.Contains(err.Error(), "may still run") {
		t.Error(err)
	}

	if !strings.HasPrefix(string(out.Stdout), "begun") {
		t.Errorf("output so far: %+v", out)
	}

	wantEcho(t, s)

	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestSSHClose(t *testing.T) {
	t.Parallel()

	server := startSignallingSSHD(t)
	s := server.transport(t)
	place := newMeeting(t)
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(context.Background(), "wait "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	conn := place.meet(t)
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	wantEnded(t, conn)
	wantError(t, <-done, "closed by this provider")

	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	wantError(t, err, "closed by this provider")
	wantOutcomeUnknown(t, err, false)
}

// A server that takes no signals: the error says that the script may still run.
func TestSSHCancelUnseen(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)
	s.grace = time.Millisecond
	place := newMeeting(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(ctx, "wait "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	place.meet(t)
	server.Freeze()
	cancel()

	err := <-done
	wantError(t, err, "its end was not seen within 1ms", "may still run")
	wantOutcomeUnknown(t, err, true)
}

func TestSSHLost(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name string
		lose func(*sshdDouble, *SSH)
		text string
	}{
		{"connection cut", func(server *sshdDouble, _ *SSH) { server.Cut() }, "the connection"},
		{
			"host silent",
			func(server *sshdDouble, s *SSH) {
				server.Freeze()

				s.turn <- struct{}{}
				conn := s.conn
				<-s.turn

				conn.ask <- struct{}{}
			},
			"did not answer a sign of life",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			server := startSSHD(t)
			s := newTransport(t, server.config, useFake, func(s *SSH) { s.keepAlive, s.answer = time.Hour, 10*time.Millisecond })
			place := newMeeting(t)
			done := make(chan error, 1)

			go func() {
				_, err := s.Run(t.Context(), "wait "+place.Addr().String(), strings.NewReader(""))
				done <- err
			}()

			conn := place.meet(t)
			tc.lose(server, s)

			err := <-done
			wantError(t, err, "cannot see the end of a script on 127.0.0.1:", "while the script ran", tc.text)
			wantOutcomeUnknown(t, err, true)

			_ = conn.Close()

			// The next run connects again.
			wantEcho(t, s)

			if n := server.Connections(); n != 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// A connection that is lost while nothing runs is no error.
func TestSSHReconnect(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	s := server.transport(t)

	for n := 1; n <= 3; n++ {
		wantEcho(t, s)

		if got := server.Connections(); got != n {
			t.Errorf("%d connections, want %d", got, n)
		}
		// Whether the transport has noticed by the next run differs from time to time.
		server.Cut()
	}
}

func TestSSHSessions(t *testing.T) {
	t.Parallel()

	const limit, runs = 3, 9

	server := startSSHD(t)
	s := server.transport(t, func(c *SSHConfig) { c.MaxSessions = limit })
	place := newMeeting(t)
	done := make(chan error, runs)

	for range runs {
		go func() {
			_, err := s.Run(t.Context(), "wait "+place.Addr().String(), strings.NewReader(""))
			done <- err
		}()
	}

	// All that may run at once do so before any may end.
	for range runs / limit {
		var conns []net.Conn
		for range limit {
			conns = append(conns, place.meet(t))
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()

		_, err := s.Run(ctx, "echo", strings.NewReader(""))
		wantError(t, err, "context canceled")
		wantOutcomeUnknown(t, err, false)

		if n := len(s.slots); n != limit {
			t.Errorf("%d sessions, want %d", n, limit)
		}

		for _, conn := range conns {
			_ = conn.Close()
		}

		for range limit {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}

	if n := server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// More sessions than the server allows.
func TestSSHSessionRefused(t *testing.T) {
	t.Parallel()

	server := startSSHD(t, "MaxSessions 1")
	s := server.transport(t)
	place := newMeeting(t)
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(t.Context(), "wait "+place.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	conn := place.meet(t)

	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	wantError(t, err, "cannot start powershell.exe on 127.0.0.1:", "no further session", "MaxSessions")
	wantOutcomeUnknown(t, err, false)

	// The other run has not noticed.
	_ = conn.Close()

	if err := <-done; err != nil {
		t.Error(err)
	}

	wantEcho(t, s)
}

// The real command line goes through a real shell as it is.
func TestSSHCommandLine(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	dir := t.TempDir()
	fake := filepath.Join(dir, "pwsh")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\"\ncat\n"), 0o700); err != nil {
		t.Fatal(err)
	}

	config := server.config
	config.Executable = fake
	s := newTransport(t, config)
	want := strings.Join(CommandLine(fake), "\n") + "\necho\ninput"

	if out := run(t, s, "echo", "input"); string(out.Stdout) != want {
		t.Errorf("%s\nwant\n%s", out.Stdout, want)
	}
}

func TestSSHNoPowerShell(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)
	if out := run(t, newTransport(t, server.config), "echo", ""); out.ExitCode != 127 || !strings.Contains(string(out.Stderr), "powershell.exe") {
		t.Errorf("%+v", out)
	}
}
