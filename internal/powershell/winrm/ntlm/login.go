// Package ntlm is the client of NTLMv2 (MS-NLMP) with encrypted messages.
//
// The protection of messages is constant: 128-bit keys that the client makes, sealing, and a code that protects the
// login itself. A host that offers less gets no answer. The section numbers in this package are those of MS-NLMP.
//
// The package uses no library. In github.com/bodgit/ntlmssp the flags of the challenge decide whether messages are
// encrypted, and a malformed challenge panics. github.com/Azure/go-ntlmssp has no message protection. Neither requests
// target information, which carries the channel binding, nor has the upper-case table of Windows.
package ntlm

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"time"
)

// Login is one login: Negotiate, then Authenticate.
type Login struct {
	user, domain, password string
	negotiate              []byte

	// random and now are variables for tests.
	random func([]byte)
	now    func() time.Time
}

// NewLogin returns a login. user is DOMAIN\user, user@domain or the name of a local user.
func NewLogin(user, password string) *Login {
	l := &Login{user: user, password: password, random: randomize, now: time.Now}

	// Windows expects the domain of DOMAIN\user separately, but resolves user@domain as one name.
	if domain, name, found := strings.Cut(user, `\`); found {
		l.domain, l.user = domain, name
	}
	return l
}

func randomize(b []byte) { _, _ = rand.Read(b) } // never fails

// Negotiate returns the NEGOTIATE message (2.2.1.1), the first message of a login.
func (l *Login) Negotiate() []byte {
	m := newMessage(typeNegotiate, 40)
	m.putUint32(12, flagsOffered)
	copy(m.head[32:], version)

	l.negotiate = m.head
	return m.head
}

// Authenticate returns the AUTHENTICATE message (2.2.1.3) that answers a CHALLENGE message, and the session that
// protects the messages after it. binding is the application data of the channel binding, or empty outside of TLS. The
// error is a [*FlagError] if the challenge would weaken the protection.
func (l *Login) Authenticate(challenge, binding []byte) ([]byte, *Session, error) {
	c, err := parseChallenge(challenge)
	if err != nil {
		return nil, nil, err
	}
	nonce, exported := make([]byte, 8), make([]byte, 16)
	l.random(nonce)
	l.random(exported)

	stamp := c.time
	if stamp == nil {
		stamp = binary.LittleEndian.AppendUint64(nil, filetime(l.now()))
	}
	key := responseKey(l.user, l.domain, l.password)
	response, base := respond(key, c.nonce, clientChallenge(stamp, nonce, c.targetInfo(binding)))

	m := newMessage(typeAuthenticate, authenticateHead)
	m.putUint32(60, c.flags&flagsOffered)
	copy(m.head[64:], version)

	m.append(28, utf16le(l.domain))
	m.append(36, utf16le(l.user))
	m.append(44, nil)              // the name of this computer
	m.append(12, make([]byte, 24)) // the response of the time before NTLMv2
	m.append(20, response)
	m.append(52, rc4Once(base, exported))

	message, err := m.bytes()
	if err != nil {
		return nil, nil, err
	}
	// The code covers the flags of all three messages, so that the host detects a change on the way. The field is zero
	// while the code is computed.
	copy(message[72:authenticateHead], hmacMD5(exported, l.negotiate, challenge, message))
	return message, newSession(exported), nil
}

// filetime returns a time as the number of 100 nanoseconds since 1601.
func filetime(t time.Time) uint64 {
	const until1970 = 116444736000000000
	return uint64(t.UnixNano()/100) + until1970 //nolint:gosec // not before 1970
}
