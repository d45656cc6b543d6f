package winrm

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// overPlainHTTP disables TLS.
func overPlainHTTP(o *winrmd.Options, c *Config) { o.TLS, c.CAFile, c.PlainHTTP = nil, "", true }

// A host that does not know the password cannot weaken the protection of messages with the flags of its challenge: it
// receives no answer to the challenge, and nothing that it can read.
func TestHostCannotWeakenNTLM(t *testing.T) {
	t.Parallel()

	for name, flag := range map[string]struct {
		value uint32 // MS-NLMP 2.2.2.5
		set   bool
	}{
		"SIGN":                     {value: 0x00000010},
		"SEAL":                     {value: 0x00000020},
		"EXTENDED_SESSIONSECURITY": {value: 0x00080000},
		"TARGET_INFO":              {value: 0x00800000},
		"128":                      {value: 0x20000000},
		"KEY_EXCH":                 {value: 0x40000000},
		"UNICODE":                  {value: 0x00000001},
		"DATAGRAM":                 {value: 0x00000040, set: true},
		"LM_KEY":                   {value: 0x00000080, set: true},
		"ANONYMOUS":                {value: 0x00000800, set: true},
	} {
		for _, plain := range []bool{true, false} {
			t.Run(name+map[bool]string{true: " over plain HTTP", false: " inside TLS"}[plain], func(t *testing.T) {
				t.Parallel()

				w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
					if plain {
						overPlainHTTP(o, c)
					}
					o.Impostor = true
					o.Challenge = func(challenge []byte) []byte {
						flags := binary.LittleEndian.Uint32(challenge[20:])
						if flag.set {
							flags |= flag.value
						} else {
							flags &^= flag.value
						}
						binary.LittleEndian.PutUint32(challenge[20:], flags)
						return challenge
					}
				})

				_, err := w.Run(t.Context(), "script", strings.NewReader("secret"))
				assertError(t, w, err, false, "the NTLM challenge of the host", name)

				if n := s.Count(); n.Authenticates != 0 || n.Exposed != 0 || len(n.Requests) != 0 {
					t.Errorf("counted %+v", n)
				}
			})
		}
	}
}

// Without the flags that weaken it, a host that does not know the password can read nothing either.
func TestImpostorReadsNothing(t *testing.T) {
	t.Parallel()

	w, s := startDouble(t, func(o *winrmd.Options, c *Config) {
		overPlainHTTP(o, c)
		o.Impostor = true
	})

	_, err := w.Run(t.Context(), "script", strings.NewReader("secret"))
	assertError(t, w, err, false, "400")

	if n := s.Count(); n.Authenticates != 1 || n.Exposed != 0 || n.Clear != 0 || len(n.Requests) != 0 {
		t.Errorf("counted %+v", n)
	}
}

// The channel binding is that of the connection, not one of the challenge: a man in the middle puts that of the host
// there to which it passes the login on.
func TestChannelBindingOfChallenge(t *testing.T) {
	t.Parallel()

	foreign := append([]byte{10, 0, 16, 0}, bytes.Repeat([]byte{7}, 16)...)

	for name, change := range map[string]func(*winrmd.Options, *Config){
		"plain HTTP": overPlainHTTP,
		"TLS":        func(o *winrmd.Options, _ *Config) { o.StrictBinding = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w, _ := startDouble(t, func(o *winrmd.Options, c *Config) {
				change(o, c)
				o.Challenge = func(challenge []byte) []byte { return withPair(challenge, foreign) }
			})
			if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
				t.Error(err)
			}
		})
	}
}

// withPair returns a challenge with a pair before the first one of the target information.
func withPair(challenge, pair []byte) []byte {
	const field = 40

	length, offset := binary.LittleEndian.Uint16(challenge[field:]), binary.LittleEndian.Uint32(challenge[field+4:])
	info := append(bytes.Clone(pair), challenge[offset:offset+uint32(length)]...)

	binary.LittleEndian.PutUint16(challenge[field:], uint16(len(info)))
	binary.LittleEndian.PutUint16(challenge[field+2:], uint16(len(info)))
	binary.LittleEndian.PutUint32(challenge[field+4:], uint32(len(challenge)))
	return append(challenge, info...)
}

// Names of users are compared in upper case with the table of Windows, which leaves some letters.
func TestUpperCaseOfWindows(t *testing.T) {
	t.Parallel()

	for _, user := range []string{`LYNC\ışıkµſς`, "Zürich@lync.example"} {
		w, _ := startDouble(t, func(o *winrmd.Options, c *Config) { o.User, c.User = user, user })
		if _, err := w.Run(t.Context(), "script", strings.NewReader("")); err != nil {
			t.Error(err)
		}
	}
}
