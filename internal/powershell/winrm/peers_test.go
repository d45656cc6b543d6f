package winrm

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/gssd"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// rebound is a peer with another channel binding.
type rebound struct {
	winrmd.Peer

	binding []byte
}

func (r rebound) Accept(connection int, token, _ []byte) (answer []byte, done bool, err error) {
	return r.Peer.Accept(connection, token, r.binding)
}

// The client logs in to gss-ntlmssp, which others wrote, exchanges sealed messages with it, and is refused with a wrong
// password and behind another certificate.
func TestPeersNTLM(t *testing.T) {
	t.Parallel()

	const user, password = "Jürgen", "pa$$ wörd \\ 密码" //nolint:gosec // only for the peer

	for name, tt := range map[string]struct {
		change  func(*winrmd.Options, *Config)
		refused bool
	}{
		"TLS":        {change: func(*winrmd.Options, *Config) {}},
		"plain HTTP": {change: overPlainHTTP},
		"plain HTTP, user in lower case": {change: func(o *winrmd.Options, c *Config) {
			overPlainHTTP(o, c)
			c.User = `LYNC\` + strings.ToLower(user)
		}},
		"TLS, wrong password": {
			change:  func(_ *winrmd.Options, c *Config) { c.Password = "geheim" },
			refused: true,
		},
		"plain HTTP, wrong password": {
			change: func(o *winrmd.Options, c *Config) {
				overPlainHTTP(o, c)
				c.Password = "geheim"
			},
			refused: true,
		},
		"TLS, another certificate": {
			change: func(o *winrmd.Options, _ *Config) {
				o.Peer = rebound{o.Peer, []byte("tls-server-end-point:another")}
			},
			refused: true,
		},
		"TLS, no channel binding in the host": {
			change: func(o *winrmd.Options, _ *Config) { o.Peer = rebound{Peer: o.Peer} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			peer := gssd.NTLM(t, "LYNC", user, password)
			w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
				o.Peer = peer
				c.User, c.Password, c.MaxShells = `LYNC\`+user, password, 8
				tt.change(o, c)
			})

			random := make([]byte, 300_000)
			_, _ = rand.Read(random)
			input := fmt.Sprintf("%x", random)

			for range 3 {
				out, err := w.Run(t.Context(), "script", strings.NewReader(input))
				if tt.refused {
					assertError(t, w, err, false, "refused the login (401)")
				} else if err != nil || !bytes.HasSuffix(out.Stdout, []byte(input)) {
					t.Fatalf("%d bytes, %v", len(out.Stdout), err)
				}
			}
			if n := s.Count(); n.Clear != 0 || tt.refused != (n.Refused == 1) || tt.refused == (n.Started == 3) {
				t.Errorf("counted %+v", n)
			}
		})
	}
}
