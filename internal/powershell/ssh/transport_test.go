package ssh

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

const secret = "S3cret\"'$`ä\n" // #nosec G101 -- only for tests

func TestConfig(t *testing.T) {
	t.Parallel()

	_, private := newKey(t, "")
	public, encrypted := newKey(t, "passphrase")

	for _, tc := range []struct {
		name   string
		change func(*Config)
		parts  []string
	}{
		{"fine", func(*Config) {}, nil},
		{"address in brackets", func(c *Config) { c.Host = "[::1]" }, nil},
		{"no host", func(c *Config) { c.Host = "" }, []string{"not the name"}},
		{"a user in the host", func(c *Config) { c.Host = "a@b" }, []string{"not the name"}},
		{"no port", func(c *Config) { c.Port = 65536 }, []string{"65536 is not a port"}},
		{"no user", func(c *Config) { c.User = "" }, []string{"no user", "The user is"}},
		{"no credential", func(c *Config) { c.Password = "" }, []string{"no credentials"}},
		{"negative limit", func(c *Config) { c.MaxSessions = -1 }, []string{"negative"}},
		{"key", func(c *Config) { c.PrivateKey = private }, nil},
		{"passphrase for nothing", func(c *Config) { c.PrivateKey, c.PrivateKeyPassphrase = private, secret }, nil},
		{"line ends of Windows", func(c *Config) { c.PrivateKey = strings.ReplaceAll(private, "\n", "\r\n") }, nil},
		{
			"passphrase missing",
			func(c *Config) { c.PrivateKey = encrypted },
			[]string{"is encrypted"},
		},
		{
			"passphrase wrong",
			func(c *Config) { c.PrivateKey, c.PrivateKeyPassphrase = encrypted, secret },
			[]string{"passphrase is wrong"},
		},
		{
			"path of a key",
			func(c *Config) { c.PrivateKey = "~/.ssh/id_ed25519" },
			[]string{"not the text of a private key"},
		},
		{
			"public key",
			func(c *Config) { c.PrivateKey = authorized(public.PublicKey()) },
			[]string{"not the text of a private key"},
		},
		{"PuTTY key", func(c *Config) { c.PrivateKey = "PuTTY-User-Key-File-3: ssh-rsa" }, []string{"PuTTYgen"}},
		{
			"PKCS #8 encrypted",
			func(c *Config) {
				c.PrivateKey = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
				c.PrivateKeyPassphrase = secret
			},
			[]string{"PKCS #8", "ssh-keygen -p"},
		},
		{
			"broken key",
			func(c *Config) { c.PrivateKey = private[:len(private)/2] },
			[]string{"cannot read the private key"},
		},
		{
			"pin of no kind",
			func(c *Config) { c.HostKey = "lync" },
			[]string{"line 1 of the pinned host key", "neither a public key nor"},
		},
		{"pin of MD5", func(c *Config) { c.HostKey = "MD5:00:11" }, []string{"SHA256"}},
		{"pin too short", func(c *Config) { c.HostKey = "SHA256:AAAA" }, []string{"not the fingerprint"}},
		{"pin that is a comment", func(c *Config) { c.HostKey = "# none" }, []string{"has no key"}},
		{
			"executable with a space",
			func(c *Config) { c.Executable = `C:\Program Files\pwsh.exe` },
			[]string{"every shell", "PROGRA~1"},
		},
		{"executable that is more", func(c *Config) { c.Executable = "pwsh;reboot" }, []string{"every shell"}},
		{"executable that is an option", func(c *Config) { c.Executable = "-c" }, []string{"every shell"}},
		{
			"executable by path",
			func(c *Config) { c.Executable = `C:\Windows\Sysnative\WindowsPowerShell\v1.0\powershell.exe` },
			nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			config := Config{
				Host:       "lync01.example.com",
				User:       "admin",
				Password:   secret,
				KnownHosts: []string{"known_hosts"},
			}
			tc.change(&config)

			s, err := New(config)
			if tc.parts == nil {
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			assertError(t, err, tc.parts...)
			assertNoSecret(t, err)
		})
	}
}

func assertNoSecret(t *testing.T, err error) {
	t.Helper()

	if err != nil &&
		(strings.Contains(err.Error(), "S3cret") || strings.Contains(err.Error(), "-----BEGIN")) {
		t.Errorf("a secret is in the error: %v", err)
	}
}

func TestHost(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		host string
		port int
		want string
	}{
		{"Lync01", 0, "Lync01"}, {"Lync01", 22, "Lync01"}, {"lync01", 2222, "lync01:2222"}, {"::1", 2222, "[::1]:2222"},
	} {
		s, err := New(
			Config{Host: tc.host, Port: tc.port, User: "u", Password: secret, KnownHosts: []string{"known_hosts"}},
		)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Host(); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// The command line contains no character that is special to any shell.
func TestCommand(t *testing.T) {
	t.Parallel()

	command, err := commandText(powershell.CommandLine(defaultExecutable))
	if err != nil {
		t.Fatal(err)
	}
	if at := strings.IndexAny(command, "\"'`$%&|<>()[]{}*?!#^;,@~\\\t\r\n"); at >= 0 {
		t.Errorf("%q at %d", command[at], at)
	}
	for _, word := range []string{"", "a b", "$x", "%x%", "a\nb", "ä", "a,b"} {
		if _, err := commandText([]string{"pwsh", word}); err == nil {
			t.Errorf("%q is accepted", word)
		}
	}
	if _, err := commandText([]string{"pwsh", strings.Repeat("A", maxCommand)}); err == nil {
		t.Error("a command line that is too long for cmd.exe is accepted")
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()

	type challenge = ssh.KeyboardInteractiveChallenge

	asking := func(p **passwordServer, questions []string, echos []bool) func(challenge) error {
		return func(ask ssh.KeyboardInteractiveChallenge) error {
			// A round without questions shows a text.
			if _, err := ask("", "Welcome.", nil, nil); err != nil {
				return err
			}
			for i := range questions {
				answers, err := ask("", "", questions[i:i+1], echos[i:i+1])
				if err != nil {
					return err
				}
				(*p).attempt(answers[0])

				if len(answers) != 1 || answers[0] != secret {
					return errors.New("refused")
				}
			}
			return nil
		}
	}

	for _, tc := range []struct {
		name      string
		accepted  string
		questions []string
		echos     []bool
		sent      string
		attempts  int
		parts     []string
	}{
		{name: "password", accepted: secret, sent: secret, attempts: 1},
		{
			name:      "keyboard-interactive",
			questions: []string{"Password: "},
			echos:     []bool{false},
			sent:      secret,
			attempts:  1,
		},
		{
			name: "wrong", accepted: secret, sent: "other" + secret, attempts: 1,
			parts: []string{"cannot log in as admin to 127.0.0.1:", "user and password"},
		},
		{
			// One attempt for both methods, because each counts towards the lockout of the account.
			name: "wrong, both ways", accepted: "x", questions: []string{"Password: "}, echos: []bool{false},
			sent: secret, attempts: 1,
			parts: []string{"cannot log in as admin to 127.0.0.1:"},
		},
		{
			name: "a second factor", questions: []string{"Password: ", "Code: "}, echos: []bool{false, false},
			sent: secret, attempts: 1,
			parts: []string{"cannot log in as admin to 127.0.0.1:", "asks for more", "Code: "},
		},
		{
			name: "a question whose answer is shown", questions: []string{"Colour? "}, echos: []bool{true},
			sent: secret, attempts: 0,
			parts: []string{"asks for more", "Colour? "},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			var server *passwordServer

			b := serverBehavior{password: tc.accepted}
			if tc.questions != nil {
				b.interactive = asking(&server, tc.questions, tc.echos)
			}
			server = startPasswordServer(t, b)
			config := server.config
			config.Password = tc.sent
			s := newTransport(t, config)
			out, err := s.Run(t.Context(), "echo", strings.NewReader("input"))

			if tc.parts == nil {
				if err != nil || string(out.Stdout) != "input" {
					t.Errorf("%+v, %v", out, err)
				}
			} else {
				assertError(t, err, tc.parts...)
				assertNoSecret(t, err)
				assertOutcomeUnknown(t, err, false)
			}
			if n := server.count(); n != tc.attempts {
				t.Errorf("%d attempts, want %d", n, tc.attempts)
			}
		})
	}
}
