package winrmd_test

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

//go:embed client.py
var client string

// python returns an interpreter with python3-winrm. It prefers Debian's, which may not be the first on PATH.
func python(t *testing.T) string {
	t.Helper()

	for _, p := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), p, "-c", "import winrm, requests_ntlm").Run() == nil {
			return p
		}
	}
	t.Skip("python3 with the module winrm is missing (Debian: apt-get install python3-winrm)")
	return ""
}

// TestPython verifies that the double works with an independent client.
func TestPython(t *testing.T) {
	t.Parallel()

	interpreter := python(t)
	ca := winrmd.NewAuthority(t)
	file := filepath.Join(t.TempDir(), "ca.pem")

	if err := os.WriteFile(file, ca.PEM, 0o600); err != nil {
		t.Fatal(err)
	}

	// NTLM needs MD4, which is in the legacy provider of OpenSSL 3. It is not active by default.
	legacy := filepath.Join(t.TempDir(), "openssl.cnf")
	if err := os.WriteFile(legacy,
		[]byte("openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\nlegacy = c\n[c]\nactivate = 1\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("0123456789abcdef", 20000)

	for _, tc := range []struct {
		name, transport, encryption string
		tls                         bool
		change                      func(*winrmd.Options)
		password                    string
		failure                     string
		clear                       bool
	}{
		{name: "Basic in clear", transport: "plaintext", encryption: "never", clear: true,
			change: func(o *winrmd.Options) { o.Basic, o.AllowUnencrypted = true, true }},
		{name: "Basic over TLS", transport: "ssl", encryption: "auto", tls: true,
			change: func(o *winrmd.Options) { o.Basic, o.NoNTLM = true, true }},
		{name: "NTLM over TLS", transport: "ntlm", encryption: "auto", tls: true},
		{name: "NTLM over TLS with channel binding", transport: "ntlm", encryption: "auto", tls: true,
			change: func(o *winrmd.Options) { o.StrictBinding = true }},
		{name: "NTLM sealed, no TLS", transport: "ntlm", encryption: "always"},
		{
			name: "NTLM in clear", transport: "ntlm", encryption: "never", clear: true,
			failure: "credentials were rejected",
		},
		{name: "wrong password, Basic", transport: "plaintext", encryption: "never", password: "nope",
			failure: "credentials were rejected",
			change:  func(o *winrmd.Options) { o.Basic, o.AllowUnencrypted = true, true }},
		{
			name: "wrong password, NTLM", transport: "ntlm", encryption: "auto", tls: true, password: "nope",
			failure: "credentials were rejected",
		},
		{name: "too many shells", transport: "ntlm", encryption: "auto", tls: true,
			failure: "maximum number of 5 concurrent shells",
			change: func(o *winrmd.Options) {
				o.Before = func(winrmd.Action, int) winrmd.Trouble {
					f := winrmd.FaultShells
					f.Text = strings.Replace(f.Text, "%d", "5", 1)
					return winrmd.Trouble{Fault: &f}
				}
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			started := make(chan *winrmd.Server, 1)
			o := winrmd.Options{ //nolint:gosec // a password for tests only
				User: `LYNC\admin`, Password: "pa$$ w'o\"rd", Chunk: 50000, MaxWait: 50 * time.Millisecond,
				Run: func(context.Context, string, io.Reader) ([]byte, []byte, int) {
					// The first request for output ends with an OperationTimeout fault.
					(<-started).Wait(func(n winrmd.Count) bool { return n.Requests[winrmd.Receive] >= 2 })
					return []byte(large), []byte("Zürich\r\n"), 3
				},
			}
			if tc.tls {
				o.TLS = ca.Server(t)
			}
			if tc.change != nil {
				tc.change(&o)
			}
			s := winrmd.Start(t, o)
			started <- s

			password := o.Password
			if tc.password != "" {
				password = tc.password
			}
			in, _ := json.Marshal(map[string]any{
				"url": s.URL, "transport": tc.transport, "user": o.User, "password": password, "ca": file,
				"encryption": tc.encryption, "command": "powershell.exe", "arguments": []string{"-NoProfile", "<&>"},
			})

			cmd := exec.CommandContext(t.Context(), interpreter, "-c", client)
			cmd.Env = append(os.Environ(), "no_proxy=*", "OPENSSL_CONF="+legacy)
			cmd.Stdin = bytes.NewReader(in)

			out, err := cmd.Output()
			if err != nil {
				var exit *exec.ExitError

				_ = errors.As(err, &exit)
				t.Fatalf("%v\n%s", err, exit.Stderr)
			}
			var got struct {
				Stdout, Stderr, Error string
				Exit                  int
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			n := s.Count()
			if tc.failure != "" {
				if !strings.Contains(got.Error, tc.failure) {
					t.Errorf("got %+v, want an error with %q", got, tc.failure)
				}
				return
			}
			if got.Error != "" || got.Stdout != large || got.Stderr != "Zürich\r\n" || got.Exit != 3 {
				t.Errorf("got error %q, %d bytes, %q, %d", got.Error, len(got.Stdout), got.Stderr, got.Exit)
			}
			if n.Opened != 1 || n.Closed != 1 || n.Ended != 1 || n.Requests[winrmd.Receive] < 7 ||
				(n.Clear > 0) != tc.clear {
				t.Errorf("counted %+v", n)
			}
			if len(n.Lines) != 1 || n.Lines[0] != "powershell.exe -NoProfile <&>" {
				t.Errorf("command lines %q", n.Lines)
			}
		})
	}
}

// TestLoopback verifies that the double is not reachable from other hosts.
func TestLoopback(t *testing.T) {
	t.Parallel()

	s := winrmd.Start(t, winrmd.Options{})
	if !net.ParseIP(s.Host).IsLoopback() {
		t.Errorf("listens on %s", s.Host)
	}
}
