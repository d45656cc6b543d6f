package winrmd

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // required by NTLM
	"crypto/rand"
	"crypto/rc4" //nolint:gosec // required by NTLM
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/crypto/md4" //nolint:staticcheck,gosec // required by NTLM
)

// This file implements the server side of NTLMv2 (MS-NLMP). It is independent of the libraries that the clients use.

const (
	flagUnicode    = 0x00000001
	flagOEM        = 0x00000002
	flagTarget     = 0x00000004
	flagSign       = 0x00000010
	flagSeal       = 0x00000020
	flagNTLM       = 0x00000200
	flagAlwaysSign = 0x00008000
	flagDomain     = 0x00010000
	flagExtended   = 0x00080000
	flagTargetInfo = 0x00800000
	flagVersion    = 0x02000000
	flag128        = 0x20000000
	flagKeyExch    = 0x40000000
	flag56         = 0x80000000

	// flagsKnown are the flags that the server grants on request.
	flagsKnown = flagTarget | flagSign | flagSeal | flagNTLM | flagAlwaysSign | flagExtended |
		flagVersion | flag128 | flagKeyExch | flag56

	avEOL       = 0
	avFlags     = 6
	avTime      = 7
	avBindings  = 10
	avFlagMIC   = 2
	ntlmVersion = "\x06\x03\x80\x25\x00\x00\x00\x0f" // Windows Server 2012 R2
)

var ntlmSignature = []byte("NTLMSSP\x00")

// handshake is an NTLM exchange on a connection.
type handshake struct {
	negotiate, challenge []byte
	nonce                []byte
}

func messageType(message []byte) uint32 {
	if len(message) < 12 || !bytes.HasPrefix(message, ntlmSignature) {
		return 0
	}
	return binary.LittleEndian.Uint32(message[8:])
}

// start answers a NEGOTIATE message with a CHALLENGE.
func (h *handshake) start(negotiate []byte, domain, host string) ([]byte, error) {
	if len(negotiate) < 16 {
		return nil, errors.New("the NEGOTIATE message is too short")
	}
	asked := binary.LittleEndian.Uint32(negotiate[12:])
	if asked&(flagUnicode|flagOEM) == 0 || asked&flagExtended == 0 {
		return nil, fmt.Errorf("flags %#x: extended session security is required", asked)
	}

	// A client may omit the flag Unicode in its first message, which has no names. The client of python3-winrm does.
	charset, target := uint32(flagUnicode), unicode(domain)
	if asked&flagUnicode == 0 {
		charset, target = flagOEM, []byte(domain)
	}
	h.negotiate = bytes.Clone(negotiate)
	h.nonce = make([]byte, 8)
	_, _ = rand.Read(h.nonce)

	granted := asked&flagsKnown | charset | flagDomain
	var info []byte
	// As gss-ntlmssp and Samba do: without this flag there is no target information.
	if asked&flagTarget != 0 {
		granted |= flagTargetInfo
		info = targetInfo(domain, host)
	}
	const fixed = 56

	c := bytes.Clone(ntlmSignature)
	c = binary.LittleEndian.AppendUint32(c, 2)
	c = field(c, len(target), fixed)
	c = binary.LittleEndian.AppendUint32(c, granted)
	c = append(c, h.nonce...)
	c = append(c, make([]byte, 8)...)
	c = field(c, len(info), fixed+len(target))
	c = append(c, ntlmVersion...)
	c = append(c, target...)
	c = append(c, info...)
	h.challenge = c
	return c, nil
}

// targetInfo returns the attributes of a host.
func targetInfo(domain, host string) []byte {
	var info bytes.Buffer

	for _, av := range []struct {
		id    uint16
		value []byte
	}{
		{2, unicode(domain)},
		{1, unicode(host)},
		{4, unicode(strings.ToLower(domain) + ".example")},
		{3, unicode(strings.ToLower(host+"."+domain) + ".example")},
		{avTime, binary.LittleEndian.AppendUint64(nil, uint64(time.Now().UnixNano()/100+116444736000000000))},
		{avEOL, nil},
	} {
		_ = binary.Write(&info, binary.LittleEndian, [2]uint16{av.id, uint16(len(av.value))})
		info.Write(av.value)
	}
	return info.Bytes()
}

func field(b []byte, length, offset int) []byte {
	b = binary.LittleEndian.AppendUint16(b, uint16(length))
	b = binary.LittleEndian.AppendUint16(b, uint16(length))
	return binary.LittleEndian.AppendUint32(b, uint32(offset))
}

func part(message []byte, at int) ([]byte, error) {
	if len(message) < at+8 {
		return nil, errors.New("the message is too short")
	}
	length, offset := int(binary.LittleEndian.Uint16(message[at:])), int(binary.LittleEndian.Uint32(message[at+4:]))
	if offset > len(message) || length > len(message)-offset {
		return nil, errors.New("a field ends outside the message")
	}
	return message[offset : offset+length], nil
}

// finish verifies an AUTHENTICATE message and returns the session. cert is the certificate of the server with TLS,
// otherwise nil.
func (h *handshake) finish(
	message []byte, user, password string, cert *x509.Certificate, strict bool,
) (session, error) {
	if h.challenge == nil {
		return nil, errors.New("AUTHENTICATE without a challenge")
	}
	var parts [6][]byte // lm, nt, domain, user, workstation, session key

	for i := range parts {
		var err error
		if parts[i], err = part(message, 12+8*i); err != nil {
			return nil, err
		}
	}
	if len(message) < 64 || len(parts[1]) < 16+28 {
		return nil, errors.New("no NTLMv2 response")
	}
	flags := binary.LittleEndian.Uint32(message[60:])

	domain, name := text(parts[2]), text(parts[3])
	if flags&flagUnicode == 0 {
		domain, name = string(parts[2]), string(parts[3])
	}
	if !strings.EqualFold(name, withoutDomain(user)) {
		return nil, fmt.Errorf("unknown user %q", name)
	}
	owf := ntowf(password, name, domain)
	proof, blob := parts[1][:16], parts[1][16:]

	if !hmac.Equal(proof, mac(owf, h.nonce, blob)) {
		return nil, errors.New("wrong password")
	}
	avs, err := pairs(blob[28:])
	if err != nil {
		return nil, err
	}
	if err := checkBindings(avs[avBindings], cert, strict); err != nil {
		return nil, err
	}
	key, err := sessionKey(flags, mac(owf, proof), parts[5])
	if err != nil {
		return nil, err
	}
	if f := avs[avFlags]; len(f) == 4 && binary.LittleEndian.Uint32(f)&avFlagMIC != 0 {
		if err := h.checkMIC(message, key); err != nil {
			return nil, err
		}
	}
	if flags&flag128 == 0 {
		return &ntlmSession{}, nil // sufficient for authentication, too weak for encryption
	}
	return newSession(key, flags), nil
}

// anonymousSession returns the session of an AUTHENTICATE message without its user and password, with the key of an
// anonymous login.
func anonymousSession(message []byte) (session, error) {
	encrypted, err := part(message, 52)
	if err != nil || len(message) < 64 {
		return nil, errors.New("the AUTHENTICATE message is too short")
	}
	flags := binary.LittleEndian.Uint32(message[60:])
	key, err := sessionKey(flags, make([]byte, 16), encrypted)
	if err != nil {
		return nil, err
	}
	return newSession(key, flags), nil
}

// ntowf is the function NTOWFv2 of MS-NLMP 3.3.2.
func ntowf(password, name, domain string) []byte {
	hashed := md4.New() //nolint:gosec // required by NTLM
	_, _ = hashed.Write(unicode(password))
	return mac(hashed.Sum(nil), unicode(upper(name)+domain))
}

// upper is strings.ToUpper without the letters that Windows does not map, as far as tests have them in names.
func upper(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("ıµſ", r) {
			return r
		}
		return []rune(strings.ToUpper(string(r)))[0]
	}, name)
}

// sessionKey returns the key of the session: the base key or, with a key exchange, the key that the client encrypted
// with it.
func sessionKey(flags uint32, base, encrypted []byte) ([]byte, error) {
	if flags&flagKeyExch == 0 {
		return base, nil
	}
	if len(encrypted) != 16 {
		return nil, errors.New("key exchange without a key")
	}
	c, _ := rc4.NewCipher(base) //nolint:gosec // required by NTLM
	key := make([]byte, 16)
	c.XORKeyStream(key, encrypted)
	return key, nil
}

// checkMIC verifies the message integrity code of an AUTHENTICATE message.
func (h *handshake) checkMIC(message, key []byte) error {
	if len(message) < 88 {
		return errors.New("no MIC")
	}
	zeroed := bytes.Clone(message)
	clear(zeroed[72:88])
	if !hmac.Equal(message[72:88], mac(key, h.negotiate, h.challenge, zeroed)) {
		return errors.New("the MIC is wrong")
	}
	return nil
}

// withoutDomain returns a user's name without the domain.
func withoutDomain(user string) string {
	if _, name, ok := strings.Cut(user, `\`); ok {
		return name
	}
	return user
}

func pairs(b []byte) (map[uint16][]byte, error) {
	out := map[uint16][]byte{}

	for len(b) >= 4 {
		id, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if id == avEOL {
			return out, nil
		}
		if len(b) < 4+n {
			break
		}
		out[id] = b[4 : 4+n]
		b = b[4+n:]
	}
	return nil, errors.New("the target information has no end")
}

// checkBindings compares the client's channel binding with the server's certificate.
func checkBindings(got []byte, cert *x509.Certificate, strict bool) error {
	if len(got) == 0 || bytes.Equal(got, make([]byte, 16)) {
		if strict {
			return errors.New("no channel binding, and CbtHardeningLevel is Strict")
		}
		return nil
	}
	if cert == nil {
		return errors.New("channel binding without TLS")
	}
	data := endPoint(cert)
	bindings := binary.LittleEndian.AppendUint32(make([]byte, 16), uint32(len(data)))
	want := md5.Sum(append(bindings, data...)) //nolint:gosec // required by NTLM

	if !bytes.Equal(got, want[:]) {
		return errors.New("the channel binding does not match the certificate")
	}
	return nil
}

// endPoint is the channel binding tls-server-end-point (RFC 5929) of a certificate.
func endPoint(cert *x509.Certificate) []byte {
	var h hash.Hash

	switch cert.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384:
		h = sha512.New384()
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512:
		h = sha512.New()
	default:
		h = sha256.New()
	}
	_, _ = h.Write(cert.Raw)
	return append([]byte("tls-server-end-point:"), h.Sum(nil)...)
}

func unicode(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}
