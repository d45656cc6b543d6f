package ntlm

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()

	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func assertBytes(t *testing.T, what string, got []byte, want string) {
	t.Helper()

	if !bytes.Equal(got, unhex(t, want)) {
		t.Errorf("%s: got %x, want %s", what, got, want)
	}
}

// The calculations have the results of the examples in 4.2.4.
func TestExamplesOfSpecification(t *testing.T) {
	t.Parallel()

	info := unhex(t, "02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000")
	sessionKey := bytes.Repeat([]byte{0x55}, 16)

	key := responseKey("User", "Domain", "Password")
	assertBytes(t, "response key", key, "0c868a403bfd7a93a3001ef22ef02e3f")

	client := clientChallenge(make([]byte, 8), bytes.Repeat([]byte{0xaa}, 8), info)
	response, base := respond(key, unhex(t, "0123456789abcdef"), client)
	assertBytes(t, "proof", response[:16], "68cd0ab851e51c96aabc927bebef6a1c")
	assertBytes(t, "base key", base, "8de40ccadbc14a82f15cb0ad0de95ca3")
	assertBytes(t, "encrypted session key", rc4Once(base, sessionKey), "c5dad2544fc9799094ce1ce90bc9d03e")

	sealed, signature := newSession(sessionKey).Seal(utf16le("Plaintext"))
	assertBytes(t, "sealed message", sealed, "54e50165bf1936dc996020c1811b0f06fb5f")
	assertBytes(t, "signature", signature, "010000007fb38ec5c55d497600000000")
}

// The first message requests everything that the challenge must offer, and the target.
func TestNegotiate(t *testing.T) {
	t.Parallel()

	message := NewLogin("user", "password").Negotiate()
	assertBytes(t, "message", message, "4e544c4d53535000 01000000 35828862 0000000000000000 0000000000000000 "+
		"0a0063450000000f")

	flags := binary.LittleEndian.Uint32(message[12:])
	for _, rule := range flagRules {
		if isSet := flags&rule.flag != 0; isSet != rule.required {
			t.Errorf("%s is %v", rule.name, isSet)
		}
	}
}

// goodFlags are those of a Windows host, which has more flags than requested.
const goodFlags = 0xe28a8235

// newChallenge returns a challenge with target information.
func newChallenge(flags uint32, info []byte) []byte {
	m := newMessage(typeChallenge, 56)
	m.putUint32(20, flags)
	copy(m.head[24:], "nonce678")
	m.append(12, utf16le("LYNC"))
	m.append(40, info)
	b, _ := m.bytes()
	return b
}

// pair returns a pair of target information.
func pair(id uint16, value string) []byte {
	b := binary.LittleEndian.AppendUint16(nil, id)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// The answer has the flags that both sides offer, the names, and the target information of the host with the pairs of
// the client.
func TestAuthenticate(t *testing.T) {
	t.Parallel()

	host, end := pair(2, "L\x00"), pair(pairEnd, "")
	stamp, binding := pair(pairTime, "12345678"), []byte("tls-server-end-point:hash")
	hash := BindingHash(binding)
	zeros := strings.Repeat("\x00", 16)

	for name, tt := range map[string]struct {
		info    []byte
		binding []byte
		want    []byte // target information
		stamp   string
	}{
		"time of the host": {
			slices.Concat(host, stamp, end), binding,
			slices.Concat(host, stamp, pair(pairFlags, "\x02\x00\x00\x00"),
				pair(pairBinding, string(hash[:])), end), "12345678",
		},
		"no time": {
			slices.Concat(host, end), nil,
			slices.Concat(host, pair(pairFlags, "\x02\x00\x00\x00"), pair(pairBinding, zeros), end),
			"\x00\x80\x3e\xd5\xde\xb1\x9d\x01",
		},
		"pairs that only a client sets": {
			slices.Concat(pair(pairBinding, strings.Repeat("x", 16)), pair(pairTarget, "x"), host,
				pair(pairSingleHost, "x"), pair(pairFlags, "\x01\x00\x00\x00"), end), nil,
			slices.Concat(host, pair(pairFlags, "\x03\x00\x00\x00"), pair(pairBinding, zeros), end),
			"\x00\x80\x3e\xd5\xde\xb1\x9d\x01",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l := NewLogin(`LYNC\admin`, "password")
			l.now = func() time.Time { return time.Unix(0, 0) }
			l.random = func(b []byte) { copy(b, "random..") }
			l.Negotiate()

			message, session, err := l.Authenticate(newChallenge(goodFlags, tt.info), tt.binding)
			if err != nil || session == nil {
				t.Fatal(session, err)
			}
			field := func(at int) []byte {
				length, offset := binary.LittleEndian.Uint16(message[at:]), binary.LittleEndian.Uint32(message[at+4:])
				return message[offset : offset+uint32(length)]
			}
			if flags := binary.LittleEndian.Uint32(message[60:]); flags != goodFlags&flagsOffered {
				t.Errorf("flags %#x", flags)
			}
			if got := []string{string(field(28)), string(field(36))}; got[0] != string(utf16le("LYNC")) ||
				got[1] != string(utf16le("admin")) {
				t.Errorf("names %q", got)
			}
			want := slices.Concat([]byte{1, 1, 0, 0, 0, 0, 0, 0}, []byte(tt.stamp), []byte("random.."),
				make([]byte, 4), tt.want, make([]byte, 4))
			if got := field(20)[16:]; !bytes.Equal(got, want) {
				t.Errorf("response\n%q, want\n%q", got, want)
			}
		})
	}
}

// A malformed challenge is an error. It neither panics nor is answered.
func TestMalformedChallenge(t *testing.T) {
	t.Parallel()

	end := pair(pairEnd, "")
	good := newChallenge(goodFlags, end)
	outside := bytes.Clone(good)
	binary.LittleEndian.PutUint32(outside[44:], 0xffffffff)

	for name, tt := range map[string]struct {
		challenge []byte
		part      string
	}{
		"empty":            {nil, "not an NTLM challenge"},
		"another protocol": {[]byte("NTLMSSP2\x02\x00\x00\x00 and more"), "not an NTLM challenge"},
		"another message":  {NewLogin("user", "password").Negotiate(), "not an NTLM challenge"},
		"info outside":     {outside, "too short"},
		"pair outside":     {newChallenge(goodFlags, []byte{2, 0, 255, 255}), "too short"},
		"no end":           {newChallenge(goodFlags, pair(2, "name")), "has no end"},
		"no information":   {newChallenge(goodFlags, nil), "has no end"},
		"short flags":      {newChallenge(goodFlags, append(pair(pairFlags, "x"), end...)), "4 bytes"},
		"short time":       {newChallenge(goodFlags, append(pair(pairTime, "x"), end...)), "8 bytes"},
		"long information": {newChallenge(goodFlags, append(pair(2, strings.Repeat("x", 65500)), end...)), "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l := NewLogin("user", "password")
			l.Negotiate()
			message, session, err := l.Authenticate(tt.challenge, nil)
			if err == nil || !strings.Contains(err.Error(), tt.part) || message != nil || session != nil {
				t.Errorf("got %x, %v", message, err)
			}
		})
	}
	for n := range good {
		if _, _, err := NewLogin("user", "password").Authenticate(good[:n], nil); err == nil && n < 48 {
			t.Errorf("%d bytes are answered", n)
		}
	}
}

func TestFlagError(t *testing.T) {
	t.Parallel()

	err := checkFlags(goodFlags&^(flagSeal|flag128) | flagLMKey)

	var flags *FlagError
	if !errors.As(err, &flags) || err.Error() != "the challenge lacks SEAL, 128 and has LM_KEY" {
		t.Errorf("got %v", err)
	}
}

// Both directions of two sessions with the same key fit together, and a change is detected.
func TestSession(t *testing.T) {
	t.Parallel()

	client, host := newSession([]byte("0123456789abcdef")), newSession([]byte("0123456789abcdef"))
	host.in, host.out = host.out, host.in

	for _, message := range []string{"one", "", "three"} {
		sealed, signature := client.Seal([]byte(message))
		got, err := host.Unseal(sealed, signature)
		if err != nil || string(got) != message || message != "" && bytes.Equal(sealed, []byte(message)) {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	sealed, signature := client.Seal([]byte("four"))
	sealed[0] ^= 1
	if got, err := host.Unseal(sealed, signature); err == nil || got != nil {
		t.Errorf("got %q", got)
	}
	if _, err := newSession([]byte("0123456789abcdef")).Unseal([]byte("four"), nil); err == nil {
		t.Error("a message without a signature is accepted")
	}
}

func TestUpper(t *testing.T) {
	t.Parallel()

	for name, want := range map[string]string{
		"admin":      "ADMIN",
		"müller":     "MÜLLER",
		"straße":     "STRAßE",
		"ÿ":          "Ÿ",
		"ışık":       "ıŞıK",
		"µſ":         "µſ",
		"ς":          "Σ",
		"ϐϑϕ":        "ϐϑϕ",
		"дж":         "ДЖ",
		"ɐ":          "Ɐ",
		"ა":          "ა",
		"\U00010428": "\U00010428", // Deseret: surrogates are code units of their own
	} {
		if got := upper(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}

	// The mapping must not change when the language gets another version of Unicode.
	var all []byte
	for r := range rune(0x10000) {
		if !utf16.IsSurrogate(r) {
			all = append(all, utf16le(upper(string(r)))...)
		}
	}
	if got := crc32.ChecksumIEEE(all); got != 0xbf003d86 {
		t.Errorf("the checksum of all mappings is %#x", got)
	}
}

func FuzzAuthenticate(f *testing.F) {
	f.Add(newChallenge(goodFlags, pair(pairEnd, "")))
	f.Add(newChallenge(goodFlags, append(pair(pairFlags, "1234"), pair(pairTime, "12345678")...)))
	f.Add(newChallenge(flagAnonymous, pair(pairBinding, "x")))
	f.Fuzz(func(t *testing.T, challenge []byte) {
		l := NewLogin(`LYNC\admin`, "password")
		l.Negotiate()
		_, session, err := l.Authenticate(challenge, nil)
		if (err == nil) != (session != nil) {
			t.Fatal(session, err)
		}
		if err == nil && checkFlags(binary.LittleEndian.Uint32(challenge[20:])) != nil {
			t.Fatal("a weak challenge is answered")
		}
	})
}
