package winrm

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

const (
	testUser     = `LYNC\admin`
	testPassword = "geheim$\"'`%<&>\\ü" //nolint:gosec // only for the double
)

// echoScript is a script that returns its input.
func echoScript(_ context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
	in, err := io.ReadAll(stdin)
	if err != nil {
		return nil, []byte(err.Error()), 1
	}
	return append([]byte("got "), in...), []byte("Zürich"), 0
}

// hangScript is a script that ends only with its context.
func hangScript(ctx context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
	_, _ = io.Copy(io.Discard, stdin)
	<-ctx.Done()
	return nil, nil, 1
}

// startDouble starts a host and returns a transport to it, over TLS unless change disables it.
func startDouble(t *testing.T, change func(*winrmd.Options, *Config)) (*Transport, *winrmd.Server) {
	t.Helper()

	ca := winrmd.NewAuthority(t)
	o := winrmd.Options{
		Run: echoScript, User: testUser, Password: testPassword, TLS: ca.Server(t), MaxWait: 50 * time.Millisecond,
	}
	c := Config{User: testUser, Password: testPassword, CAFile: writeFile(t, ca.PEM)}

	if change != nil {
		change(&o, &c)
	}
	s := winrmd.Start(t, o)
	c.Host, c.Port = s.Host, s.Port

	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}

	// A machine under load answers late.
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

func writeFile(t *testing.T, content []byte) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func stdinText(t *testing.T, script, input string) string {
	t.Helper()

	b, err := io.ReadAll(powershell.Stdin(script, strings.NewReader(input)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// assertError fails the test unless err contains the parts and the name of the host, contains no secret, and reports as
// begun whether the script may have started.
func assertError(t *testing.T, w *Transport, err error, begun bool, parts ...string) {
	t.Helper()

	if err == nil {
		t.Fatal("no error")
	}
	if w != nil {
		parts = append(slices.Clip(parts), w.Host()) // callers share parts
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("no %q in: %v", p, err)
		}
	}
	if strings.Contains(err.Error(), testPassword) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("the password is in: %v", err)
	}
	if errors.As(err, new(*powershell.StartError)) == begun {
		t.Errorf("begun is %v in: %v", !begun, err)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name   string
		change func(*winrmd.Options, *Config)
	}{
		{"NTLM", nil},
		{"NTLM, user@domain", func(_ *winrmd.Options, c *Config) { c.User = "admin" }},
		{"NTLM, strict channel binding", func(o *winrmd.Options, _ *Config) { o.StrictBinding = true }},
		{"NTLM, RSA and SHA-384", func(o *winrmd.Options, c *Config) {
			ca := winrmd.NewAuthority(t)
			useSHA384 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA384 }
			o.TLS.Certificates = []tls.Certificate{ca.Certificate(t, useSHA384, nil)}
			o.StrictBinding = true
			c.CAFile = writeFile(t, ca.PEM)
		}},
		{"NTLM, sealed", func(o *winrmd.Options, c *Config) { o.TLS, c.CAFile, c.PlainHTTP = nil, "", true }},
		{"Basic", func(o *winrmd.Options, c *Config) { o.Basic, o.NoNTLM, c.Auth = true, true, Basic }},
		{"certificate", func(o *winrmd.Options, c *Config) {
			ca := winrmd.NewAuthority(t)
			cert, key := winrmd.PEM(t, ca.Certificate(t, nil, nil))
			o.Certificate, o.NoNTLM = true, true
			o.TLS.ClientAuth, o.TLS.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
			*c = Config{Auth: Certificate, CAFile: c.CAFile, ClientCertificate: string(cert), ClientKey: string(key)}
		}},
		{"small messages", func(o *winrmd.Options, c *Config) { o.MaxEnvelope, c.MaxEnvelopeSize = 10000, 10000 }},
		{"output in small pieces", func(o *winrmd.Options, _ *Config) { o.Chunk = 9973 }},
		{"NTLM, the connection ends after each answer", func(o *winrmd.Options, _ *Config) {
			o.Before = func(winrmd.Action, int) winrmd.Trouble { return winrmd.Trouble{Close: true} }
		}},
		{"NTLM sealed, the connection ends after each answer", func(o *winrmd.Options, c *Config) {
			o.TLS, c.CAFile, c.PlainHTTP = nil, "", true
			o.Before = func(winrmd.Action, int) winrmd.Trouble { return winrmd.Trouble{Close: true} }
		}},
		{
			"Basic, no keep-alive",
			func(o *winrmd.Options, c *Config) { o.NoKeepAlive, o.Basic, c.Auth = true, true, Basic },
		},
		{"slow", func(o *winrmd.Options, _ *Config) {
			asked := make(chan struct{}, 1)

			o.Before = func(a winrmd.Action, _ int) winrmd.Trouble {
				if a == winrmd.Receive {
					select {
					case asked <- struct{}{}:
					default:
					}
				}
				return winrmd.Trouble{}
			}
			o.Run = func(ctx context.Context, line string, stdin io.Reader) ([]byte, []byte, int) {
				out, stderr, exit := echoScript(ctx, line, stdin)

				// Wait for a second request for output. The first one has then timed out.
				select {
				case <-asked:
				default:
				}
				<-asked
				<-asked
				return out, stderr, exit
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, s := startDouble(t, tc.change)
			random := make([]byte, 300_000)
			_, _ = rand.Read(random)
			input := fmt.Sprintf("%x", random)

			// The runs use the same shell and connection.
			for range 3 {
				out, err := w.Run(t.Context(), "'script'", strings.NewReader(input))
				if err != nil {
					t.Fatal(err)
				}
				want := "got " + stdinText(t, "'script'", input)
				if string(out.Stdout) != want || string(out.Stderr) != "Zürich" || out.ExitCode != 0 {
					t.Fatalf("got %d of %d bytes, %q, %d", len(out.Stdout), len(want), out.Stderr, out.ExitCode)
				}
			}
			n := s.Count()
			if n.Opened != 1 || n.Started != 3 || n.Ended != 3 || n.Clear != 0 || n.Consoles != 0 || n.Refused != 0 {
				t.Errorf("counted %+v", n)
			}
			for _, line := range n.Lines {
				if want, _ := powershell.CommandText("powershell.exe"); line != want {
					t.Errorf("command line %q", line)
				}
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()

	w, _ := startDouble(t, func(o *winrmd.Options, _ *Config) {
		o.Run = func(context.Context, string, io.Reader) ([]byte, []byte, int) { return nil, []byte("no"), 3 }
	})

	out, err := w.Run(t.Context(), "", strings.NewReader(""))
	if err != nil || out.ExitCode != 3 || string(out.Stderr) != "no" {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestConcurrency(t *testing.T) {
	t.Parallel()

	const shells, runs = 3, 20

	var (
		mu               sync.Mutex
		begun, now, most int
		full             = make(chan struct{}) // closed when a script runs in every shell, or the last script runs
	)

	w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
		c.MaxShells = shells
		o.Run = func(ctx context.Context, line string, stdin io.Reader) ([]byte, []byte, int) {
			mu.Lock()
			begun++
			now++
			most = max(most, now)
			together := full

			if begun%shells == 0 || begun == runs {
				close(full)
				full = make(chan struct{})
			}
			mu.Unlock()

			<-together

			mu.Lock()
			now--
			mu.Unlock()
			return echoScript(ctx, line, stdin)
		}
	})

	var group sync.WaitGroup

	for i := range runs {
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

	if n := s.Count(); most != shells || n.Opened != shells || n.Started != runs {
		t.Errorf("%d at a time, counted %+v", most, n)
	}

	// The wait for a shell ends with the context.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	for range shells {
		w.slots <- struct{}{}
	}
	_, err := w.Run(ctx, "script", strings.NewReader(""))
	assertError(t, w, err, false, "cannot get one of 3 shells on")

	for range shells {
		<-w.slots
	}
}

func TestUnreadableInput(t *testing.T) {
	t.Parallel()

	w, s := startDouble(t, nil)
	_, err := w.Run(t.Context(), "script", io.MultiReader(strings.NewReader("half"), failingReader{}))
	assertError(t, w, err, false, "cannot read the input of the script for", "no more")

	if n := s.Count(); n.Opened != 0 {
		t.Errorf("counted %+v", n)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("no more") }

// PowerShell ends before it has read its script, because a policy forbids it. Its output is the result.
func TestEndsBeforeInputIsRead(t *testing.T) {
	t.Parallel()

	server := make(chan *winrmd.Server, 1)
	w, s := startDouble(t, func(o *winrmd.Options, _ *Config) {
		o.Run = func(context.Context, string, io.Reader) ([]byte, []byte, int) {
			return nil, []byte("This program is blocked by group policy.\r\n"), 1
		}
		o.Before = func(a winrmd.Action, _ int) winrmd.Trouble {
			if a == winrmd.Send {
				(<-server).Wait(func(n winrmd.Count) bool { return n.Ended == 1 })
			}
			return winrmd.Trouble{}
		}
	})
	server <- s

	out, err := w.Run(t.Context(), "script", strings.NewReader(""))
	if err != nil || out.ExitCode != 1 || !strings.HasPrefix(string(out.Stderr), "This program is blocked") {
		t.Errorf("got %+v, %v", out, err)
	}
}
