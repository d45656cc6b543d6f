package powershell

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	dice "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/masterzen/winrm"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

const (
	winrmUser     = `LYNC\admin`
	winrmPassword = "geheim$\"'`%<&>\\ü" //nolint:gosec // of the double alone
)

// echoOver is a script that reads all its input and says how much it was.
func echoOver(_ context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
	in, err := io.ReadAll(stdin)
	if err != nil {
		return nil, []byte(err.Error()), 1
	}

	return append([]byte("got "), in...), []byte("Zürich"), 0
}

// hang is a script that ends only when it is ended.
func hang(ctx context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
	_, _ = io.Copy(io.Discard, stdin)
	<-ctx.Done()

	return nil, nil, 1
}

// double starts a host and a transport to it, over TLS unless the options or the configuration say otherwise.
func double(t *testing.T, change func(*winrmd.Options, *WinRMConfig)) (*WinRM, *winrmd.Server) {
	t.Helper()

	ca := winrmd.NewAuthority(t)
	o := winrmd.Options{
		Run: echoOver, User: winrmUser, Password: winrmPassword, TLS: ca.Server(t), MaxWait: 50 * time.Millisecond,
	}
	c := WinRMConfig{User: winrmUser, Password: winrmPassword, CAFile: file(t, ca.PEM)}

	if change != nil {
		change(&o, &c)
	}

	s := winrmd.Start(t, o)
	c.Host, c.Port = s.Host, s.Port

	w, err := NewWinRM(c)
	if err != nil {
		t.Fatal(err)
	}

	// A machine under load takes its time.
	w.grace = time.Minute

	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}

		if n := s.Open(); n != 0 {
			t.Errorf("%d shells stay open: %+v", n, s.Count())
		}
	})

	return w, s
}

func file(t *testing.T, content []byte) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}

	return path
}

func sent(t *testing.T, script, input string) string {
	t.Helper()

	b, err := io.ReadAll(Stdin(script, strings.NewReader(input)))
	if err != nil {
		t.Fatal(err)
	}

	return string(b)
}

// wantWinRM checks an error: its parts, that it names the host, that it keeps secrets, and what it says about the script.
func wantWinRM(t *testing.T, w *WinRM, err error, begun bool, parts ...string) {
	t.Helper()

	if err == nil {
		t.Fatal("no error")
	}

	if w != nil {
		parts = append(parts, w.Host())
	}

	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("no %q in: %v", p, err)
		}
	}

	if strings.Contains(err.Error(), winrmPassword) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("the password is in: %v", err)
	}

	if errors.As(err, new(*StartError)) == begun {
		t.Errorf("begun is %v in: %v", !begun, err)
	}
}

func TestWinRMRun(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name   string
		change func(*winrmd.Options, *WinRMConfig)
	}{
		{"NTLM", nil},
		{"NTLM, user@domain", func(_ *winrmd.Options, c *WinRMConfig) { c.User = "admin" }},
		{"NTLM, strict channel binding", func(o *winrmd.Options, _ *WinRMConfig) { o.StrictBinding = true }},
		{"NTLM, RSA and SHA-384", func(o *winrmd.Options, c *WinRMConfig) {
			ca := winrmd.NewAuthority(t)
			o.TLS.Certificates = []tls.Certificate{ca.Certificate(t, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA384 }, nil)}
			o.StrictBinding = true
			c.CAFile = file(t, ca.PEM)
		}},
		{"NTLM, sealed", func(o *winrmd.Options, c *WinRMConfig) { o.TLS, c.CAFile, c.PlainHTTP = nil, "", true }},
		{"Basic", func(o *winrmd.Options, c *WinRMConfig) { o.Basic, o.NoNTLM, c.Auth = true, true, WinRMBasic }},
		{"certificate", func(o *winrmd.Options, c *WinRMConfig) {
			ca := winrmd.NewAuthority(t)
			cert, key := winrmd.PEM(t, ca.Certificate(t, nil, nil))
			o.Certificate, o.NoNTLM = true, true
			o.TLS.ClientAuth, o.TLS.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
			*c = WinRMConfig{Auth: WinRMCertificate, CAFile: c.CAFile, ClientCertificate: string(cert), ClientKey: string(key)}
		}},
		{"small messages", func(o *winrmd.Options, c *WinRMConfig) { o.MaxEnvelope, c.MaxEnvelopeSize = 10000, 10000 }},
		{"output in small pieces", func(o *winrmd.Options, _ *WinRMConfig) { o.Chunk = 9973 }},
		{"NTLM, the connection ends after each answer", func(o *winrmd.Options, _ *WinRMConfig) {
			o.Before = func(winrmd.Action, int) winrmd.Trouble { return winrmd.Trouble{Close: true} }
		}},
		{"NTLM sealed, the connection ends after each answer", func(o *winrmd.Options, c *WinRMConfig) {
			o.TLS, c.CAFile, c.PlainHTTP = nil, "", true
			o.Before = func(winrmd.Action, int) winrmd.Trouble { return winrmd.Trouble{Close: true} }
		}},
		{"Basic, no keep-alive", func(o *winrmd.Options, c *WinRMConfig) { o.NoKeepAlive, o.Basic, c.Auth = true, true, WinRMBasic }},
		{"slow", func(o *winrmd.Options, _ *WinRMConfig) {
			o.Run = func(ctx context.Context, line string, stdin io.Reader) ([]byte, []byte, int) {
				time.Sleep(200 * time.Millisecond)

				return echoOver(ctx, line, stdin)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, s := double(t, tc.change)
			random := make([]byte, 300_000)
			_, _ = rand.Read(random)
			input := fmt.Sprintf("%x", random)

			// The shell and its connection are used again.
			for range 3 {
				out, err := w.Run(t.Context(), "'script'", strings.NewReader(input))
				if err != nil {
					t.Fatal(err)
				}

				if want := "got " + sent(t, "'script'", input); string(out.Stdout) != want || string(out.Stderr) != "Zürich" || out.ExitCode != 0 {
					t.Fatalf("got %d of %d bytes, %q, %d", len(out.Stdout), len(want), out.Stderr, out.ExitCode)
				}
			}

			n := s.Count()
			if n.Opened != 1 || n.Started != 3 || n.Ended != 3 || n.Clear != 0 || n.Consoles != 0 || n.Refused != 0 {
				t.Errorf("counted %+v", n)
			}

			for _, line := range n.Lines {
				if want, _ := CommandText("powershell.exe"); line != want {
					t.Errorf("command line %q", line)
				}
			}
		})
	}
}

func TestWinRMExitCode(t *testing.T) {
	t.Parallel()

	w, _ := double(t, func(o *winrmd.Options, _ *WinRMConfig) {
		o.Run = func(context.Context, string, io.Reader) ([]byte, []byte, int) { return nil, []byte("no"), 3 }
	})

	out, err := w.Run(t.Context(), "", strings.NewReader(""))
	if err != nil || out.ExitCode != 3 || string(out.Stderr) != "no" {
		t.Errorf("got %+v, %v", out, err)
	}
}

// What is wrong can be found before the script has begun, or not.
func TestWinRMFailures(t *testing.T) {
	t.Parallel()

	before := func(action winrmd.Action, trouble winrmd.Trouble) func(*winrmd.Options, *WinRMConfig) {
		return func(o *winrmd.Options, _ *WinRMConfig) {
			o.Before = func(a winrmd.Action, _ int) winrmd.Trouble {
				if a == action {
					return trouble
				}

				return winrmd.Trouble{}
			}
		}
	}
	certificate := func(change func(*x509.Certificate)) func(*winrmd.Options, *WinRMConfig) {
		return func(o *winrmd.Options, c *WinRMConfig) {
			ca := winrmd.NewAuthority(t)
			o.TLS.Certificates = []tls.Certificate{ca.Certificate(t, change, nil)}
			c.CAFile = file(t, ca.PEM)
		}
	}
	starved := func(stderr string, exit int) func(*winrmd.Options, *WinRMConfig) {
		return func(o *winrmd.Options, _ *WinRMConfig) {
			o.Run = func(_ context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
				_, _ = io.Copy(io.Discard, stdin)

				return nil, []byte(stderr), exit
			}
		}
	}

	for _, tc := range []struct {
		name   string
		change func(*winrmd.Options, *WinRMConfig)
		begun  bool
		parts  []string
	}{
		{"wrong password", func(_ *winrmd.Options, c *WinRMConfig) { c.Password = "geheim2" }, false,
			[]string{"cannot open a remote shell on", "refused the login (401)", "password are right"}},
		{"wrong password, sealed", func(o *winrmd.Options, c *WinRMConfig) {
			o.TLS, c.CAFile, c.PlainHTTP, c.Password = nil, "", true, "geheim2"
		}, false, []string{"refused the login (401)"}},
		{"wrong password, Basic", func(o *winrmd.Options, c *WinRMConfig) { o.Basic, c.Auth, c.Password = true, WinRMBasic, "geheim2" }, false,
			[]string{"refused the login (401)"}},
		{"Basic is off", func(_ *winrmd.Options, c *WinRMConfig) { c.Auth = WinRMBasic }, false,
			[]string{"it offers Negotiate", "winrm set winrm/config/service/auth @{Basic=\"true\"}"}},
		{"Negotiate is off", func(o *winrmd.Options, _ *WinRMConfig) { o.Basic, o.NoNTLM = true, true }, false,
			[]string{"it offers Basic", "@{Negotiate=\"true\"}"}},
		{"client certificate unknown", func(o *winrmd.Options, c *WinRMConfig) {
			cert, key := winrmd.PEM(t, winrmd.NewAuthority(t).Certificate(t, nil, nil))
			o.TLS.ClientAuth, o.TLS.ClientCAs = tls.RequireAndVerifyClientCert, winrmd.NewAuthority(t).Pool()
			*c = WinRMConfig{Auth: WinRMCertificate, CAFile: c.CAFile, ClientCertificate: string(cert), ClientKey: string(key)}
		}, false, []string{"the host refused TLS", "authority of the client certificate"}},
		{"client certificate not mapped", func(o *winrmd.Options, c *WinRMConfig) {
			ca := winrmd.NewAuthority(t)
			cert, key := winrmd.PEM(t, ca.Certificate(t, nil, nil))
			o.TLS.ClientAuth, o.TLS.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
			*c = WinRMConfig{Auth: WinRMCertificate, CAFile: c.CAFile, ClientCertificate: string(cert), ClientKey: string(key)}
		}, false, []string{"(401)", "winrm/config/service/certmapping"}},
		{"no SAN", certificate(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil }), false,
			[]string{"no subject alternative name (SAN)", "lync01.lync.example", "CertificateThumbprint"}},
		{"another name", certificate(func(c *x509.Certificate) { c.IPAddresses = nil }), false,
			[]string{"is for lync01.lync.example, not for 127.0.0.1", "tls_server_name"}},
		{"expired", certificate(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
		}), false, []string{"not valid today", "CertificateThumbprint"}},
		{"authority not known", func(_ *winrmd.Options, c *WinRMConfig) { c.CAFile = file(t, winrmd.NewAuthority(t).PEM) }, false,
			[]string{"authority that is not trusted", "ca_file"}},
		{"SHA-1", certificate(func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }), false,
			[]string{"SHA-1", "SHA-256"}},
		{"TLS 1.1", func(o *winrmd.Options, _ *WinRMConfig) {
			o.TLS.MinVersion, o.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}, false,
			[]string{"only TLS versions below 1.2", `Protocols\TLS 1.2\Server`}},
		{"no common cipher", func(o *winrmd.Options, _ *WinRMConfig) {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				t.Fatal(err)
			}

			ca := winrmd.NewAuthority(t)
			o.TLS.Certificates = []tls.Certificate{ca.Certificate(t, nil, key)}
			o.TLS.MaxVersion, o.TLS.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		}, false, []string{"no TLS cipher in common", "ECDHE"}},
		{"no keep-alive", func(o *winrmd.Options, _ *WinRMConfig) { o.NoKeepAlive = true }, false, []string{"closed after every answer"}},
		{"plain HTTP on the port", func(o *winrmd.Options, _ *WinRMConfig) { o.TLS = nil }, false,
			[]string{"does not speak TLS", "5986"}},
		{"shells", before(winrmd.Create, winrmd.Trouble{Fault: quotaFault(winrmd.FaultShells, 5)}), false,
			[]string{"maximum number of 5 concurrent shells", "WSManFault 2150859173", "@{MaxShellsPerUser=\"30\"}", "max_concurrent_shells"}},
		{"users", before(winrmd.Create, winrmd.Trouble{Fault: &winrmd.FaultUsers}), false,
			[]string{"maximum number of users", "MaxConcurrentUsers"}},
		{"processes", before(winrmd.Run, winrmd.Trouble{Fault: &winrmd.FaultProcesses}), false,
			[]string{"cannot start powershell.exe on", "Not enough quota", "@{MaxProcessesPerShell=\"25\"}"}},
		{"memory", before(winrmd.Run, winrmd.Trouble{Fault: &winrmd.FaultMemory}), false,
			[]string{"Not enough storage", "@{MaxMemoryPerShellMB=\"1024\"}", "Restart-Service WinRM", "KB2842230"}},
		{"memory, PowerShell", starved("Exception of type 'System.OutOfMemoryException' was thrown.\r\nAt line:1", 1), true,
			[]string{"ran out of memory: Exception of type 'System.OutOfMemoryException' was thrown", "@{MaxMemoryPerShellMB=\"1024\"}"}},
		{"memory, paging file", starved("The paging file is too small for this operation to complete.", 1), true,
			[]string{"MaxMemoryPerShellMB"}},
		{"memory, status", starved("", 0xC0000017), true, []string{"MaxMemoryPerShellMB"}},
		{"operations", before(winrmd.Run, winrmd.Trouble{Fault: quotaFault(winrmd.FaultOperations, 15)}), false,
			[]string{"maximum number of 15 concurrent operations", "MaxConcurrentOperationsPerUser"}},
		{"access denied", before(winrmd.Create, winrmd.Trouble{Fault: &winrmd.FaultDenied}), false,
			[]string{"Access is denied", "Remote Management Users"}},
		{"envelope", func(o *winrmd.Options, _ *WinRMConfig) { o.MaxEnvelope = 10000 }, true,
			[]string{"exceeds the maximum envelope size", "MaxEnvelopeSizekb=\"500\""}},
		{"not WinRM", before(winrmd.Create, winrmd.Trouble{Status: 404, Text: "nginx"}), false,
			[]string{"404 Not Found", "Something else than WinRM"}},
		{"service away", before(winrmd.Create, winrmd.Trouble{Status: 503}), false,
			[]string{"503", "Get-Service WinRM"}},
		{"proxy", before(winrmd.Create, winrmd.Trouble{Status: 403}), false, []string{"403", "NO_PROXY"}},
		{"redirect", before(winrmd.Create, winrmd.Trouble{Status: 302}), false, []string{"302"}},
		{"reset at Create", before(winrmd.Create, winrmd.Trouble{Reset: true}), false, []string{"the connection was lost"}},
		{"reset at Command", before(winrmd.Run, winrmd.Trouble{Reset: true}), false, []string{"cannot start powershell.exe on", "the connection was lost"}},
		{"reset after Command", before(winrmd.Run, winrmd.Trouble{ResetAfter: true}), false, []string{"the connection was lost"}},
		{"reset at Send", before(winrmd.Send, winrmd.Trouble{Reset: true}), true, []string{"cannot send the script to", "the connection was lost"}},
		{"reset after Send", before(winrmd.Send, winrmd.Trouble{ResetAfter: true}), true, []string{"the connection was lost"}},
		{"reset at Receive", before(winrmd.Receive, winrmd.Trouble{Reset: true}), true, []string{"cannot read the output", "the connection was lost"}},
		{"reset after Receive", before(winrmd.Receive, winrmd.Trouble{ResetAfter: true}), true, []string{"the connection was lost"}},
		{"answer cut", before(winrmd.Receive, winrmd.Trouble{Cut: true}), true, []string{"the connection was lost", "cut off"}},
		{"service restarted", before(winrmd.Receive, winrmd.Trouble{Forget: true}), true, []string{"shell was not found"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, s := double(t, tc.change)
			_, err := w.Run(t.Context(), "script", strings.NewReader(strings.Repeat("x", 20000)))
			wantWinRM(t, w, err, tc.begun, append(tc.parts, "over WinRM")...)

			// An error leaves nothing behind, not even what a later Close would find.
			if n := s.Open(); n > 0 && !strings.HasPrefix(tc.name, "memory") {
				t.Errorf("%d shells are open: %+v", n, s.Count())
			}
		})
	}
}

func quotaFault(f winrmd.Fault, n int) *winrmd.Fault {
	f.Text = strings.Replace(f.Text, "%d", fmt.Sprint(n), 1)

	return &f
}

// A fault that a new shell or connection heals is not seen.
func TestWinRMHeals(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name   string
		change func(*winrmd.Options)
		opened int
	}{
		{"the service restarted", func(o *winrmd.Options) {
			o.Before = at(winrmd.Run, 2, winrmd.Trouble{Forget: true})
		}, 2},
		{"the connection of a kept shell is gone", func(o *winrmd.Options) {
			o.Before = at(winrmd.Run, 2, winrmd.Trouble{Reset: true})
		}, 2},
		{"a command was started and the answer lost", func(o *winrmd.Options) {
			o.Before = at(winrmd.Run, 2, winrmd.Trouble{ResetAfter: true})
		}, 2},
		{"a kept shell has used up its operations", func(o *winrmd.Options) { o.MaxOperations = 2 }, 2},
		{"the end of a command is not taken", func(o *winrmd.Options) {
			o.Before = at(winrmd.Signal, 1, winrmd.Trouble{Reset: true})
		}, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, s := double(t, func(o *winrmd.Options, _ *WinRMConfig) { tc.change(o) })

			for i := range 3 {
				if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
					t.Fatalf("run %d: %v", i+1, err)
				}
			}

			if n := s.Count(); n.Opened != tc.opened || n.Closed < tc.opened-1 {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

func at(action winrmd.Action, n int, trouble winrmd.Trouble) func(winrmd.Action, int) winrmd.Trouble {
	return func(a winrmd.Action, i int) winrmd.Trouble {
		if a == action && i == n {
			return trouble
		}

		return winrmd.Trouble{}
	}
}

// However a run is broken off, and wherever it is then: the script is ended and the shell closed.
func TestWinRMBrokenOff(t *testing.T) {
	t.Parallel()

	for _, action := range []winrmd.Action{winrmd.Create, winrmd.Run, winrmd.Send, winrmd.Receive} {
		for _, how := range []string{"canceled", "deadline", "closed", "no answer"} {
			t.Run(how+" at "+action.Name(), func(t *testing.T) {
				t.Parallel()

				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)

				reached := make(chan struct{})
				w, s := double(t, func(o *winrmd.Options, _ *WinRMConfig) {
					o.Run = hang

					var once sync.Once

					o.Before = func(a winrmd.Action, _ int) winrmd.Trouble {
						if a != action {
							return winrmd.Trouble{}
						}

						once.Do(func() { close(reached) })

						return winrmd.Trouble{Delay: time.Hour}
					}
				})

				if action == winrmd.Create {
					// All that is waited for then is an answer that does not come.
					w.grace = time.Second
				}

				begun := action == winrmd.Send || action == winrmd.Receive

				switch how {
				case "canceled":
					go func() { <-reached; cancel(nil) }()
				case "deadline":
					go func() { <-reached; cancel(context.DeadlineExceeded) }()
				case "closed":
					go func() { <-reached; _ = w.Close() }()
				case "no answer":
					w.patience = impatient(reached)
				}

				_, err := w.Run(ctx, "script", strings.NewReader("input"))
				wantWinRM(t, w, err, begun, map[string]string{
					"canceled": "canceled", "deadline": "the time for it is over", "closed": "closed by this provider",
					"no answer": "no answer within 1s",
				}[how])

				if how == "canceled" && !errors.Is(err, context.Canceled) || how == "deadline" && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("not the context's: %v", err)
				}

				n := s.Count()
				if s.Open() != 0 || n.Started > 0 && n.Requests[winrmd.Delete] == 0 {
					t.Errorf("counted %+v", n)
				}

				if begun && n.Terminated != 1 {
					t.Errorf("terminated %d commands", n.Terminated)
				}
			})
		}
	}
}

// impatient gives up waiting for the answer that is waited for when reached is closed, and for no other.
func impatient(reached <-chan struct{}) func(context.Context) (context.Context, context.CancelFunc) {
	var once sync.Once

	return func(parent context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(parent)

		go func() {
			select {
			case <-reached:
				// Not one that is over and has not noticed.
				if ctx.Err() == nil {
					once.Do(func() { cancel(noAnswer{time.Second}) })
				}
			case <-ctx.Done():
			}
		}()

		return ctx, func() { cancel(nil) }
	}
}

// Whenever a run is canceled, nothing stays: the double looks, and so does its end.
func TestWinRMCanceledAnywhere(t *testing.T) {
	t.Parallel()

	w, s := double(t, func(o *winrmd.Options, c *WinRMConfig) {
		c.MaxShells = 4
		o.Before = func(winrmd.Action, int) winrmd.Trouble {
			return winrmd.Trouble{Delay: time.Duration(dice.Int64N(int64(10 * time.Millisecond)))}
		}
	})

	var group sync.WaitGroup

	for range 60 {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(dice.Int64N(int64(200*time.Millisecond))))
			defer cancel()

			_, err := w.Run(ctx, "script", strings.NewReader(strings.Repeat("x", 200_000)))
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}

	group.Wait()

	w.mu.Lock()
	idle := len(w.idle)
	w.mu.Unlock()

	if open := s.Open(); open != idle || open > 4 {
		t.Errorf("%d shells are open, %d are kept: %+v", open, idle, s.Count())
	}
}

// A login that never worked is not tried again and again: that locks accounts.
func TestWinRMRefusedOnce(t *testing.T) {
	t.Parallel()

	for _, auth := range []WinRMAuth{WinRMNTLM, WinRMBasic} {
		w, s := double(t, func(o *winrmd.Options, c *WinRMConfig) { o.Basic, c.Auth, c.Password = true, auth, "geheim2" })

		for range 5 {
			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			wantWinRM(t, w, err, false, "(401)", "account is not locked")
		}

		if n := s.Count(); n.Refused != 1 {
			t.Errorf("%s: tried %d times", auth, n.Refused)
		}
	}
}

// The answer to Create can be lost with the connection. The host then closes the shell by itself, soon.
func TestWinRMLostShell(t *testing.T) {
	t.Parallel()

	w, s := double(t, func(o *winrmd.Options, _ *WinRMConfig) {
		o.MaxIdle = 200 * time.Millisecond
		o.Before = at(winrmd.Create, 1, winrmd.Trouble{ResetAfter: true})
	})

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	wantWinRM(t, w, err, false, "the connection was lost")

	s.WaitClosed()

	if n := s.Count(); n.Opened != 1 || n.Idle[0] != winrmIdle {
		t.Errorf("counted %+v", n)
	}
}

// A hung script, without any trouble on the way: the usual case of a deadline.
func TestWinRMHung(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)

	w, s := double(t, func(o *winrmd.Options, _ *WinRMConfig) {
		o.Run = hang
		o.Before = func(a winrmd.Action, n int) winrmd.Trouble {
			if a == winrmd.Receive && n == 3 {
				cancel(context.DeadlineExceeded)
			}

			return winrmd.Trouble{}
		}
	})

	_, err := w.Run(ctx, "script", strings.NewReader(""))
	wantWinRM(t, w, err, true, "the time for it is over")

	if n := s.Count(); s.Open() != 0 || n.Terminated != 1 || n.Requests[winrmd.Receive] != 3 {
		t.Errorf("counted %+v", n)
	}
}

// When nothing helps, the text says what is left.
func TestWinRMLeft(t *testing.T) {
	t.Parallel()

	ca := winrmd.NewAuthority(t)
	s := winrmd.Start(t, winrmd.Options{
		Run: hang, User: winrmUser, Password: winrmPassword, TLS: ca.Server(t),
		Before: func(a winrmd.Action, _ int) winrmd.Trouble {
			return winrmd.Trouble{Reset: a == winrmd.Receive || a == winrmd.Signal || a == winrmd.Delete}
		},
	})

	w, err := NewWinRM(WinRMConfig{Host: s.Host, Port: s.Port, User: winrmUser, Password: winrmPassword, CAFile: file(t, ca.PEM)})
	if err != nil {
		t.Fatal(err)
	}

	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	wantWinRM(t, w, err, true, "a remote shell may be left open, and the host closes it after 3m0s")
}

func TestWinRMConcurrency(t *testing.T) {
	t.Parallel()

	var (
		mu        sync.Mutex
		now, most int
	)

	w, s := double(t, func(o *winrmd.Options, c *WinRMConfig) {
		c.MaxShells = 3
		o.Run = func(ctx context.Context, line string, stdin io.Reader) ([]byte, []byte, int) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(50 * time.Millisecond)
			mu.Lock()
			now--
			mu.Unlock()

			return echoOver(ctx, line, stdin)
		}
	})

	var group sync.WaitGroup

	for i := range 20 {
		group.Go(func() {
			input := fmt.Sprint("input ", i)

			out, err := w.Run(t.Context(), "script", strings.NewReader(input))
			if err != nil {
				t.Error(err)
			} else if !bytes.HasSuffix(out.Stdout, []byte(input)) {
				t.Errorf("run %d got the output of another", i)
			}
		})
	}

	group.Wait()

	if n := s.Count(); most > 3 || n.Opened > 3 || n.Started != 20 {
		t.Errorf("%d at a time, counted %+v", most, n)
	}

	// Who waits for a shell stops when its context does.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	for range 3 {
		w.slots <- struct{}{}
	}

	_, err := w.Run(ctx, "script", strings.NewReader(""))
	wantWinRM(t, w, err, false, "cannot get one of 3 shells on")

	for range 3 {
		<-w.slots
	}
}

func TestWinRMRefusedConnection(t *testing.T) {
	t.Parallel()

	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	address, _ := l.Addr().(*net.TCPAddr)
	_ = l.Close()

	w, err := NewWinRM(WinRMConfig{Host: "127.0.0.1", Port: address.Port, User: "a", Password: winrmPassword})
	if err != nil {
		t.Fatal(err)
	}

	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	wantWinRM(t, w, err, false, "the connection was refused", "winrm enumerate winrm/config/listener")

	if err := w.Close(); err != nil {
		t.Error(err)
	}

	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	wantWinRM(t, w, err, false, "closed by this provider")
}

// A host that takes connections and never speaks.
func TestWinRMSilent(t *testing.T) {
	t.Parallel()

	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()

	address, _ := l.Addr().(*net.TCPAddr)

	w, err := NewWinRM(WinRMConfig{
		Host: "127.0.0.1", Port: address.Port, User: "a", Password: winrmPassword, ConnectTimeout: 300 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}

	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	wantWinRM(t, w, err, false, "no connection within 300ms")
}

// The host answers in clear although the messages are sealed, or offers no sealing: nothing is sent in clear then.
func TestWinRMSealedOnly(t *testing.T) {
	t.Parallel()

	w, s := double(t, func(o *winrmd.Options, c *WinRMConfig) {
		o.TLS, c.CAFile, c.PlainHTTP = nil, "", true
		o.Basic, o.NoNTLM, o.AllowUnencrypted = true, true, true
	})

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	wantWinRM(t, w, err, false, "it offers Basic")

	if n := s.Count(); n.Clear != 0 || len(n.Requests) != 0 {
		t.Errorf("counted %+v", n)
	}
}

func TestWinRMBadInput(t *testing.T) {
	t.Parallel()

	w, s := double(t, nil)
	_, err := w.Run(t.Context(), "script", io.MultiReader(strings.NewReader("half"), failing{}))
	wantWinRM(t, w, err, false, "cannot read the input of the script for", "no more")

	if n := s.Count(); n.Opened != 0 {
		t.Errorf("counted %+v", n)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no more") }

// PowerShell can end before it has read its script, where a policy forbids it; what it said is the result then.
func TestWinRMEndedEarly(t *testing.T) {
	t.Parallel()

	w, _ := double(t, func(o *winrmd.Options, _ *WinRMConfig) {
		o.Run = func(context.Context, string, io.Reader) ([]byte, []byte, int) {
			return nil, []byte("This program is blocked by group policy.\r\n"), 1
		}
		o.Before = at(winrmd.Send, 1, winrmd.Trouble{Delay: 100 * time.Millisecond})
	})

	out, err := w.Run(t.Context(), "script", strings.NewReader(""))
	if err != nil || out.ExitCode != 1 || !strings.HasPrefix(string(out.Stderr), "This program is blocked") {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestNewWinRM(t *testing.T) {
	t.Parallel()

	krb := file(t, []byte("[libdefaults]\n default_realm = LYNC.EXAMPLE\n[realms]\n LYNC.EXAMPLE = {\n  kdc = 127.0.0.1:1\n }\n"))
	good := WinRMConfig{Host: "lync01", User: winrmUser, Password: winrmPassword}

	for _, tc := range []struct {
		name   string
		change func(*WinRMConfig)
		parts  []string
	}{
		{"default", func(*WinRMConfig) {}, nil},
		{"IPv6", func(c *WinRMConfig) { c.Host = "[::1]" }, nil},
		{"no host", func(c *WinRMConfig) { c.Host = "" }, []string{"not the name or address of a host"}},
		{"URL", func(c *WinRMConfig) { c.Host = "https://lync01" }, []string{"not the name or address of a host"}},
		{"port", func(c *WinRMConfig) { c.Port = 70000 }, []string{"70000 is not a port"}},
		{"no password", func(c *WinRMConfig) { c.Password = "" }, []string{"needs a user and a password", "LYNC_PASSWORD"}},
		{"auth", func(c *WinRMConfig) { c.Auth = "digest" }, []string{`"digest" is not a way to log in`}},
		{"Basic in clear", func(c *WinRMConfig) { c.Auth, c.PlainHTTP = WinRMBasic, true }, []string{"plain HTTP", "Use HTTPS"}},
		{"Kerberos in clear", func(c *WinRMConfig) { c.Auth, c.PlainHTTP = WinRMKerberos, true }, []string{"plain HTTP"}},
		{"certificate in clear", func(c *WinRMConfig) { c.Auth, c.PlainHTTP = WinRMCertificate, true }, []string{"plain HTTP"}},
		{"NTLM sealed", func(c *WinRMConfig) { c.PlainHTTP = true }, nil},
		{"authority in clear", func(c *WinRMConfig) { c.PlainHTTP, c.CAFile = true, "x" }, []string{"no meaning over plain HTTP"}},
		{"no such authority", func(c *WinRMConfig) { c.CAFile = filepath.Join(t.TempDir(), "no") }, []string{"cannot be read", "ca_file"}},
		{"authority is no PEM", func(c *WinRMConfig) { c.CAFile = krb }, []string{"no certificate in PEM"}},
		{"no certificate", func(c *WinRMConfig) { c.Auth = WinRMCertificate }, []string{"client certificate or its key", "client_key"}},
		{"operation timeout", func(c *WinRMConfig) { c.OperationTimeout = 2 * time.Minute }, []string{"longer than a minute"}},
		{"executable", func(c *WinRMConfig) { c.Executable = "a&b" }, []string{"cannot start", "executable"}},
		{"negative", func(c *WinRMConfig) { c.MaxShells = -1 }, []string{"negative"}},
		{"envelope", func(c *WinRMConfig) { c.MaxEnvelopeSize = 100 }, []string{"too small"}},
		{"Kerberos", func(c *WinRMConfig) {
			c.Auth, c.User, c.KerberosConfig, c.KerberosRealm = WinRMKerberos, "admin", krb, "LYNC.EXAMPLE"
		}, nil},
		{"Kerberos without configuration", func(c *WinRMConfig) { c.Auth = WinRMKerberos }, []string{"krb5.conf"}},
		{"Kerberos without realm", func(c *WinRMConfig) { c.Auth, c.KerberosConfig = WinRMKerberos, krb }, []string{"user, password and realm"}},
		{"Kerberos with a domain", func(c *WinRMConfig) {
			c.Auth, c.KerberosConfig, c.KerberosRealm = WinRMKerberos, krb, "LYNC.EXAMPLE"
		}, []string{"without domain"}},
		{"Kerberos, broken cache", func(c *WinRMConfig) {
			c.Auth, c.User, c.KerberosConfig, c.KerberosCache = WinRMKerberos, "", krb, krb
		}, []string{"credential cache"}},
		{"Kerberos, no cache", func(c *WinRMConfig) {
			c.Auth, c.User, c.KerberosConfig, c.KerberosCache = WinRMKerberos, "", krb, krb+"no"
		}, []string{"credential cache cannot be read"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			c := good
			tc.change(&c)

			w, err := NewWinRM(c)
			if len(tc.parts) == 0 {
				if err != nil {
					t.Fatal(err)
				}

				if err := w.Close(); err != nil {
					t.Error(err)
				}

				return
			}

			wantWinRM(t, nil, err, true, append(tc.parts, "cannot use WinRM: ")...) // no run
		})
	}
}

// Kerberos cannot be tried here; its failure to find a KDC can.
func TestWinRMKerberosFails(t *testing.T) {
	t.Parallel()

	krb := file(t, []byte("[libdefaults]\n default_realm = LYNC.EXAMPLE\n udp_preference_limit = 1\n[realms]\n LYNC.EXAMPLE = {\n  kdc = 127.0.0.1:1\n }\n"))
	w, s := double(t, func(_ *winrmd.Options, c *WinRMConfig) {
		c.Auth, c.User, c.KerberosConfig, c.KerberosRealm = WinRMKerberos, "admin", krb, "LYNC.EXAMPLE"
	})

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	wantWinRM(t, w, err, false, "Kerberos: ", "setspn")

	if n := s.Count(); len(n.Requests) != 0 {
		t.Errorf("counted %+v", n)
	}
}

// The library's parameters are a variable of the whole process.
func TestWinRMLeavesDefaults(t *testing.T) {
	t.Parallel()

	w, err := NewWinRM(WinRMConfig{Host: "h", User: "u", Password: "p", MaxEnvelopeSize: 9999, OperationTimeout: 7 * time.Second})
	if err != nil {
		t.Fatal(err)
	}

	d := winrm.DefaultParameters
	if d.Timeout != "PT60S" || d.EnvelopeSize != 153600 || d.TransportDecorator != nil {
		t.Errorf("changed to %+v", d)
	}

	if w.params.Timeout != "PT7S" || w.params.EnvelopeSize != 9999 {
		t.Errorf("not set: %+v", w.params)
	}
}

func FuzzWinRMReply(f *testing.F) {
	f.Add([]byte("<a/>"))
	f.Add([]byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if r, err := parseReply(data); err == nil {
			_ = r.output(&Output{})
			_ = r.shellID()
		}

		_, _ = bindChannel(data, &x509.Certificate{})
		_, _ = readCache(data)
		_, _ = (&sealedLogin{}).unwrap("multipart/encrypted", data)
	})
}
