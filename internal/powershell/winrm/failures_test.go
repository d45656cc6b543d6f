package winrm

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// Every failure has an error that names the cause and what to do, and that reports whether the script had started.
func TestFailures(t *testing.T) {
	t.Parallel()

	before := func(action winrmd.Action, trouble winrmd.Trouble) func(*winrmd.Options, *Config) {
		return func(o *winrmd.Options, _ *Config) {
			o.Before = func(a winrmd.Action, _ int) winrmd.Trouble {
				if a == action {
					return trouble
				}
				return winrmd.Trouble{}
			}
		}
	}
	certificate := func(change func(*x509.Certificate)) func(*winrmd.Options, *Config) {
		return func(o *winrmd.Options, c *Config) {
			ca := winrmd.NewAuthority(t)
			o.TLS.Certificates = []tls.Certificate{ca.Certificate(t, change, nil)}
			c.CAFile = writeFile(t, ca.PEM)
		}
	}
	starved := func(stderr string, exit int) func(*winrmd.Options, *Config) {
		return func(o *winrmd.Options, _ *Config) {
			o.Run = func(_ context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
				_, _ = io.Copy(io.Discard, stdin)
				return nil, []byte(stderr), exit
			}
		}
	}

	for _, tc := range []struct {
		name   string
		change func(*winrmd.Options, *Config)
		begun  bool
		parts  []string
	}{
		{"wrong password", func(_ *winrmd.Options, c *Config) { c.Password = "geheim2" }, false,
			[]string{"cannot open a remote shell on", "refused the login (401)", "password are right"}},
		{"wrong password, sealed", func(o *winrmd.Options, c *Config) {
			o.TLS, c.CAFile, c.PlainHTTP, c.Password = nil, "", true, "geheim2"
		}, false, []string{"refused the login (401)"}},
		{"wrong password, Basic", func(o *winrmd.Options, c *Config) {
			o.Basic, c.Auth, c.Password = true, Basic, "geheim2"
		}, false,
			[]string{"refused the login (401)"}},
		{"Basic is off", func(_ *winrmd.Options, c *Config) { c.Auth = Basic }, false,
			[]string{"it offers Negotiate", "winrm set winrm/config/service/auth @{Basic=\"true\"}"}},
		{"Negotiate is off", func(o *winrmd.Options, _ *Config) { o.Basic, o.NoNTLM = true, true }, false,
			[]string{"it offers Basic", "@{Negotiate=\"true\"}"}},
		{"client certificate unknown", func(o *winrmd.Options, c *Config) {
			cert, key := winrmd.PEM(t, winrmd.NewAuthority(t).Certificate(t, nil, nil))
			o.TLS.ClientAuth, o.TLS.ClientCAs = tls.RequireAndVerifyClientCert, winrmd.NewAuthority(t).Pool()
			// With TLS 1.3 the client sends its request before the refusal, which a reset can then discard.
			o.TLS.MaxVersion = tls.VersionTLS12
			*c = Config{Auth: Certificate, CAFile: c.CAFile, ClientCertificate: string(cert), ClientKey: string(key)}
		}, false, []string{"the host refused TLS", "authority of the client certificate"}},
		{"client certificate not mapped", func(o *winrmd.Options, c *Config) {
			ca := winrmd.NewAuthority(t)
			cert, key := winrmd.PEM(t, ca.Certificate(t, nil, nil))
			o.TLS.ClientAuth, o.TLS.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
			*c = Config{Auth: Certificate, CAFile: c.CAFile, ClientCertificate: string(cert), ClientKey: string(key)}
		}, false, []string{"(401)", "winrm/config/service/certmapping"}},
		{"no SAN", certificate(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil }), false,
			[]string{"no subject alternative name (SAN)", "lync01.lync.example", "CertificateThumbprint"}},
		{"another name", certificate(func(c *x509.Certificate) { c.IPAddresses = nil }), false,
			[]string{"is for lync01.lync.example, not for 127.0.0.1"}},
		{"expired", certificate(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
		}), false, []string{"not currently valid", "CertificateThumbprint"}},
		{"authority not known", func(_ *winrmd.Options, c *Config) {
			c.CAFile = writeFile(t, winrmd.NewAuthority(t).PEM)
		}, false,
			[]string{"authority that this machine does not trust"}},
		{"SHA-1", certificate(func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }), false,
			[]string{"SHA-1", "SHA-256"}},
		{"TLS 1.1", func(o *winrmd.Options, _ *Config) {
			o.TLS.MinVersion, o.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		}, false,
			[]string{"only TLS versions below 1.2", `Protocols\TLS 1.2\Server`}},
		{"no common cipher", func(o *winrmd.Options, _ *Config) {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				t.Fatal(err)
			}
			ca := winrmd.NewAuthority(t)
			o.TLS.Certificates = []tls.Certificate{ca.Certificate(t, nil, key)}
			o.TLS.MaxVersion, o.TLS.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		}, false, []string{"no TLS cipher in common", "ECDHE"}},
		{
			"no keep-alive",
			func(o *winrmd.Options, _ *Config) { o.NoKeepAlive = true },
			false,
			[]string{"closed after every answer"},
		},
		{"plain HTTP on the port", func(o *winrmd.Options, _ *Config) { o.TLS = nil }, false,
			[]string{"does not speak TLS", "5986"}},
		{"shells", before(winrmd.Create, winrmd.Trouble{Fault: quotaFault(winrmd.FaultShells, 5)}), false,
			[]string{
				"maximum number of 5 concurrent shells", "WSManFault 2150859173", "@{MaxShellsPerUser=\"30\"}",
			}},
		{"users", before(winrmd.Create, winrmd.Trouble{Fault: &winrmd.FaultUsers}), false,
			[]string{"maximum number of users", "MaxConcurrentUsers"}},
		{"processes", before(winrmd.Run, winrmd.Trouble{Fault: &winrmd.FaultProcesses}), false,
			[]string{"cannot start powershell.exe on", "Not enough quota", "@{MaxProcessesPerShell=\"25\"}"}},
		{"memory", before(winrmd.Run, winrmd.Trouble{Fault: &winrmd.FaultMemory}), false,
			[]string{"Not enough storage", "@{MaxMemoryPerShellMB=\"1024\"}", "Restart-Service WinRM", "KB2842230"}},
		{"memory, PowerShell", starved("Exception of type 'System.OutOfMemoryException' was thrown.\r\nAt "+
			"line:1", 1), true,
			[]string{
				"ran out of memory: Exception of type 'System.OutOfMemoryException' was thrown",
				"@{MaxMemoryPerShellMB=\"1024\"}",
			}},
		{"memory, paging file", starved("The paging file is too small for this operation to complete.", 1), true,
			[]string{"MaxMemoryPerShellMB"}},
		{"memory, status", starved("", 0xC0000017), true, []string{"MaxMemoryPerShellMB"}},
		{"operations", before(winrmd.Run, winrmd.Trouble{Fault: quotaFault(winrmd.FaultOperations, 15)}), false,
			[]string{"maximum number of 15 concurrent operations", "MaxConcurrentOperationsPerUser"}},
		{"access denied", before(winrmd.Create, winrmd.Trouble{Fault: &winrmd.FaultDenied}), false,
			[]string{"Access is denied", "Remote Management Users"}},
		{"envelope", func(o *winrmd.Options, _ *Config) { o.MaxEnvelope = 10000 }, true,
			[]string{"exceeds the maximum envelope size", "MaxEnvelopeSizekb=\"500\""}},
		{"not WinRM", before(winrmd.Create, winrmd.Trouble{Status: 404, Text: "nginx"}), false,
			[]string{"404 Not Found", "A program other than WinRM"}},
		{"service away", before(winrmd.Create, winrmd.Trouble{Status: 503}), false,
			[]string{"503", "Get-Service WinRM"}},
		{"proxy", before(winrmd.Create, winrmd.Trouble{Status: 403}), false, []string{"403", "NO_PROXY"}},
		{"redirect", before(winrmd.Create, winrmd.Trouble{Status: 302}), false, []string{"302"}},
		{
			"reset at Create",
			before(winrmd.Create, winrmd.Trouble{Reset: true}),
			false,
			[]string{"the connection was lost"},
		},
		{
			"reset at Command",
			before(winrmd.Run, winrmd.Trouble{Reset: true}),
			false,
			[]string{"cannot start powershell.exe on", "the connection was lost"},
		},
		{
			"reset after Command",
			before(winrmd.Run, winrmd.Trouble{ResetAfter: true}),
			false,
			[]string{"the connection was lost"},
		},
		{
			"reset at Send",
			before(winrmd.Send, winrmd.Trouble{Reset: true}),
			true,
			[]string{"cannot send the script to", "the connection was lost"},
		},
		{
			"reset after Send",
			before(winrmd.Send, winrmd.Trouble{ResetAfter: true}),
			true,
			[]string{"the connection was lost"},
		},
		{
			"reset at Receive",
			before(winrmd.Receive, winrmd.Trouble{Reset: true}),
			true,
			[]string{"cannot read the output", "the connection was lost"},
		},
		{
			"reset after Receive",
			before(winrmd.Receive, winrmd.Trouble{ResetAfter: true}),
			true,
			[]string{"the connection was lost"},
		},
		{
			"answer cut",
			before(winrmd.Receive, winrmd.Trouble{Cut: true}),
			true,
			[]string{"the connection was lost", "cut off"},
		},
		{
			"service restarted",
			before(winrmd.Receive, winrmd.Trouble{Forget: true}),
			true,
			[]string{"shell was not found"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, s := startDouble(t, tc.change)
			_, err := w.Run(t.Context(), "script", strings.NewReader(strings.Repeat("x", 20000)))
			assertError(t, w, err, tc.begun, append(tc.parts, "over WinRM")...)

			// A failed run closes its shell itself, before Close.
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

// A refused login is not repeated, because repetitions lock the account.
func TestRefusedLoginIsNotRepeated(t *testing.T) {
	t.Parallel()

	for _, auth := range []Auth{NTLM, Basic} {
		w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
			o.Basic, c.Auth, c.Password = true, auth, "geheim2"
		})

		for range 5 {
			_, err := w.Run(t.Context(), "script", strings.NewReader(""))
			assertError(t, w, err, false, "(401)", "account is not locked")
		}
		if n := s.Count(); n.Refused != 1 {
			t.Errorf("%s: tried %d times", auth, n.Refused)
		}
	}
}

func TestRefusedConnection(t *testing.T) {
	t.Parallel()

	testkit.SkipIfShort(t)

	w, err := New(Config{Host: "127.0.0.1", Port: 1, User: "a", Password: testPassword})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "the connection was refused", "winrm enumerate winrm/config/listener")

	if err := w.Close(); err != nil {
		t.Error(err)
	}
	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "the provider has closed the connection")
}

// The host accepts connections and does not answer. A limit of one nanosecond ends the dial. The other limit ends the
// TLS handshake or, on a machine under load, the dial.
func TestConnectTimeout(t *testing.T) {
	t.Parallel()

	for _, limit := range []time.Duration{time.Nanosecond, 10 * time.Millisecond} {
		t.Run(limit.String(), func(t *testing.T) {
			t.Parallel()
			testConnectTimeout(t, limit)
		})
	}
}

func testConnectTimeout(t *testing.T, limit time.Duration) {
	t.Helper()

	testkit.SkipIfShort(t)

	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()

	address, _ := l.Addr().(*net.TCPAddr)

	w, err := New(Config{
		Host: "127.0.0.1", Port: address.Port, User: "a", Password: testPassword, ConnectTimeout: limit,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "no connection within "+limit.String())
}

// A transport with sealed messages sends nothing unencrypted, even if the host offers only that.
func TestSendsNothingUnencrypted(t *testing.T) {
	t.Parallel()

	w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
		o.TLS, c.CAFile, c.PlainHTTP = nil, "", true
		o.Basic, o.NoNTLM, o.AllowUnencrypted = true, true, true
	})

	_, err := w.Run(t.Context(), "script", strings.NewReader(""))
	assertError(t, w, err, false, "it offers Basic")

	if n := s.Count(); n.Clear != 0 || len(n.Requests) != 0 {
		t.Errorf("counted %+v", n)
	}
}

// The system reports different errors for unreachable hosts.
func TestUnreachable(t *testing.T) {
	t.Parallel()

	w, err := New(Config{Host: "lync01", User: "a", Password: testPassword})
	if err != nil {
		t.Fatal(err)
	}
	dial := func(err error) error {
		return &url.Error{
			Op:  "Post",
			URL: "https://lync01:5986/wsman",
			Err: &net.OpError{Op: "dial", Net: "tcp", Err: err},
		}
	}

	for name, tc := range map[string]struct {
		err   error
		parts []string
	}{
		"no such name": {
			dial(&net.DNSError{Err: "no such host", Name: "lync01", IsNotFound: true}),
			[]string{"no such host", "this machine can resolve it"},
		},
		"no route": {
			dial(os.NewSyscallError("connect", codeNoRoute)),
			[]string{"the host cannot be reached (dial tcp: connect: ", "5986 for HTTPS", "firewall"},
		},
		"refused": {
			dial(os.NewSyscallError("connect", codeRefused)),
			[]string{"the connection was refused", "winrm quickconfig"},
		},
		"the system gives up": {
			dial(os.NewSyscallError("connect", codeTimedOut)),
			[]string{"the host did not answer (dial tcp: connect: ", "firewall"},
		},
		"lost": {
			&url.Error{Op: "Post", Err: &net.OpError{
				Op: "read", Net: "tcp", Err: os.NewSyscallError("read", codeAborted),
			}},
			[]string{"the connection was lost (read tcp: read: ", "a device on the way cuts"},
		},
		"no answer": {dial(os.ErrDeadlineExceeded), []string{"no connection within 30s", "firewall"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := w.failed("open a remote shell on", tc.err)
			assertError(t, w, err, true, append(tc.parts, "cannot open a remote shell on lync01 over WinRM")...)
		})
	}
}
