//go:build unix

package ssh

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
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

func TestOutput(t *testing.T) {
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
			if out := mustRun(t, s, "exit "+strconv.Itoa(code), "input"); out.ExitCode != code {
				t.Errorf("exit code %d: %+v", code, out)
			}
		}
	})
	t.Run("input that the script does not read", func(t *testing.T) {
		t.Parallel()

		if out := mustRun(t, s, "exit-early 5", strings.Repeat("x", 8<<20)); out.ExitCode != 5 {
			t.Errorf("%+v", out)
		}
	})
	t.Run("stderr is separate", func(t *testing.T) {
		t.Parallel()

		if out := mustRun(t, s, "both", ""); string(out.Stdout) != "to stdout" || string(out.Stderr) != "to stderr" {
			t.Errorf("%+v", out)
		}
	})
	t.Run("more output than the limit", func(t *testing.T) {
		t.Parallel()

		s := newTransport(t, server.config, useFake, func(s *Transport) { s.maxOutput = 1 << 20 })
		out, err := s.Run(t.Context(), "echo", strings.NewReader(strings.Repeat("x", 8<<20)))
		assertError(t, err, "wrote more than 128 MiB")

		if !errors.Is(err, powershell.ErrTooMuchOutput) {
			t.Errorf("got %v", err)
		}
		assertOutcomeUnknown(t, err, true)

		if len(out.Stdout) > s.maxOutput {
			t.Errorf("%d bytes", len(out.Stdout))
		}
	})
	t.Run("ended by a signal", func(t *testing.T) {
		t.Parallel()

		_, err := s.Run(t.Context(), "kill", strings.NewReader(""))
		assertError(t, err, "ended by the signal KILL")
		assertOutcomeUnknown(t, err, true)
	})
	t.Run("input that cannot be read", func(t *testing.T) {
		t.Parallel()

		broken := errors.New("broken")
		_, err := s.Run(t.Context(), "echo", failingReader{broken})
		assertError(t, err, "cannot read the input", "broken")
		assertOutcomeUnknown(t, err, false)
	})
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

func TestSessions(t *testing.T) {
	t.Parallel()

	const limit, runs = 3, 9

	server := startSSHD(t)
	s := server.transport(t, func(c *Config) { c.MaxSessions = limit })
	gate := newGate(t)
	done := make(chan error, runs)

	for range runs {
		go func() {
			_, err := s.Run(t.Context(), "wait "+gate.Addr().String(), strings.NewReader(""))
			done <- err
		}()
	}

	// As many scripts as the limit run at the same time before the first one ends.
	for range runs / limit {
		var conns []net.Conn
		for range limit {
			conns = append(conns, gate.accept(t))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()

		_, err := s.Run(ctx, "echo", strings.NewReader(""))
		assertError(t, err, "context canceled")
		assertOutcomeUnknown(t, err, false)

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

// The server refuses a session beyond its limit.
func TestSessionRefused(t *testing.T) {
	t.Parallel()

	server := startSSHD(t, "MaxSessions 1")
	s := server.transport(t)
	gate := newGate(t)
	done := make(chan error, 1)

	go func() {
		_, err := s.Run(t.Context(), "wait "+gate.Addr().String(), strings.NewReader(""))
		done <- err
	}()

	conn := gate.accept(t)

	_, err := s.Run(t.Context(), "echo", strings.NewReader(""))
	assertError(t, err, "cannot start powershell.exe on 127.0.0.1:", "no further session", "MaxSessions")
	assertOutcomeUnknown(t, err, false)

	// The other run continues.
	_ = conn.Close()

	if err := <-done; err != nil {
		t.Error(err)
	}
	assertEcho(t, s)
}

// A real shell passes on the real command line unchanged.
func TestCommandLine(t *testing.T) {
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
	want := strings.Join(powershell.CommandLine(fake), "\n") + "\necho\ninput"

	if out := mustRun(t, s, "echo", "input"); string(out.Stdout) != want {
		t.Errorf("%s\nwant\n%s", out.Stdout, want)
	}
}

func TestNoPowerShell(t *testing.T) {
	t.Parallel()

	server := startSSHD(t)

	out := mustRun(t, newTransport(t, server.config), "echo", "")
	if out.ExitCode != 127 || !strings.Contains(string(out.Stderr), "powershell.exe") {
		t.Errorf("%+v", out)
	}
}
