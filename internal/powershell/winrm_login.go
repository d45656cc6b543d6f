package powershell

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // NTLM is made of it
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	azure "github.com/Azure/go-ntlmssp"
	bodgit "github.com/bodgit/ntlmssp"
	krb "github.com/jcmturner/gokrb5/v8/client"
	krbconfig "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

func (w *WinRM) configureLogin() *winrmError {
	c := w.config

	switch c.Auth {
	case WinRMNTLM, WinRMBasic:
		if c.User == "" || c.Password == "" {
			return &winrmError{err: fmt.Errorf("%s needs a user and a password", c.Auth), next: adviceWinRMUser}
		}
	case WinRMKerberos:
		return w.configureKerberos()
	case WinRMCertificate:
		pair, err := tls.X509KeyPair([]byte(c.ClientCertificate), []byte(c.ClientKey))
		if err != nil {
			// The text of the standard library is about the form alone.
			return &winrmError{err: fmt.Errorf("the client certificate or its key cannot be used: %w", err), next: adviceWinRMCertificate}
		}

		w.tls.Certificates = []tls.Certificate{pair}
		// The service asks for the certificate when it sees the request, by a renegotiation, which TLS 1.3 has not.
		w.tls.MaxVersion = tls.VersionTLS12
		w.tls.Renegotiation = tls.RenegotiateOnceAsClient
		w.login = func() winrmLogin { return certificateLogin{} }

		return nil
	default:
		return &winrmError{err: fmt.Errorf("%q is not a way to log in", c.Auth), next: "It is one of ntlm, basic, kerberos and certificate."}
	}

	switch {
	case c.Auth == WinRMBasic:
		w.login = func() winrmLogin { return basicLogin{user: c.User, password: c.Password} }
	case c.PlainHTTP:
		w.login = func() winrmLogin { return &sealedLogin{user: c.User, password: c.Password} }
	default:
		w.login = func() winrmLogin { return ntlmLogin{user: c.User, password: c.Password} }
	}

	return nil
}

// inClear is the part of a login that leaves messages as they are; TLS is around them.
type inClear struct{}

func (inClear) connect(context.Context, *winrmWire) error            { return nil }
func (inClear) wrap(_ *http.Request, message []byte) ([]byte, error) { return message, nil }
func (inClear) unwrap(_ string, body []byte) ([]byte, error)         { return body, nil }

func (inClear) perConnection() bool { return false }

type basicLogin struct {
	inClear

	user, password string
}

func (b basicLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	request.SetBasicAuth(b.user, b.password)

	return message, nil
}

type certificateLogin struct{ inClear }

func (certificateLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	request.Header.Set("Authorization", "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual")

	return message, nil
}

// ntlmLogin is NTLM inside TLS. The messages are made by Azure/go-ntlmssp, its Negotiator is not used: it tells every
// failure to connect as a 401, and sends the message itself in every step.
type ntlmLogin struct {
	inClear

	user, password string
}

func (ntlmLogin) perConnection() bool { return true }

func (n ntlmLogin) connect(ctx context.Context, w *winrmWire) error {
	first, err := azure.NewNegotiateMessage("", "")
	if err != nil {
		return err
	}

	return ntlmSteps(ctx, w, first, func(challenge []byte, certificate *x509.Certificate) ([]byte, error) {
		challenge, err := bindChannel(challenge, certificate)
		if err != nil {
			return nil, err
		}

		return azure.NewAuthenticateMessage(challenge, n.user, n.password, nil)
	})
}

// ntlmSteps takes the steps of NTLM with empty requests, so that no message goes to a host before it knows us and, where
// that matters, can read it.
func ntlmSteps(
	ctx context.Context, w *winrmWire, first []byte, second func([]byte, *x509.Certificate) ([]byte, error),
) error {
	const scheme = "Negotiate"

	step := func(token []byte) (*winrmAnswerHTTP, error) {
		return w.do(ctx, func(request *http.Request) ([]byte, error) {
			request.Header.Set("Authorization", scheme+" "+base64.StdEncoding.EncodeToString(token))

			return nil, nil
		})
	}

	answer, err := step(first)
	if err != nil {
		return err
	}

	var challenge []byte

	for _, value := range answer.header.Values("WWW-Authenticate") {
		name, token, _ := strings.Cut(value, " ")
		if strings.EqualFold(name, scheme) && token != "" {
			if challenge, err = base64.StdEncoding.DecodeString(strings.TrimSpace(token)); err != nil {
				return fmt.Errorf("the host's NTLM challenge is damaged: %w", err)
			}
		}
	}

	if answer.status != http.StatusUnauthorized || challenge == nil {
		return refusedBy(answer)
	}

	token, err := second(challenge, answer.certificate)
	if err != nil {
		return fmt.Errorf("the host's NTLM challenge cannot be answered: %w", err)
	}

	if answer, err = step(token); err != nil {
		return err
	}

	if answer.status == http.StatusUnauthorized {
		return refusedBy(answer)
	}

	return nil
}

// bindChannel puts the TLS channel that we see into the target information of a challenge. The answer repeats that, so
// that a host with CbtHardeningLevel=Strict is content and another one between us and the host is found out. go-ntlmssp
// has no option for it.
func bindChannel(challenge []byte, certificate *x509.Certificate) ([]byte, error) {
	const infoField = 40

	if certificate == nil {
		return challenge, nil
	}

	if len(challenge) < infoField+8 {
		return nil, errors.New("it is too short")
	}

	length := int(binary.LittleEndian.Uint16(challenge[infoField:]))
	offset := int(binary.LittleEndian.Uint32(challenge[infoField+4:]))

	if length < 4 || offset > len(challenge) || length > len(challenge)-offset {
		return challenge, nil // nothing to add to; without it there is no NTLMv2 channel binding either
	}

	info := challenge[offset : offset+length]
	if !bytes.Equal(info[length-4:], []byte{0, 0, 0, 0}) {
		return nil, errors.New("its target information has no end")
	}

	sum := channelBinding(certificate)
	added := append(bytes.Clone(info[:length-4]), 10, 0, 16, 0) // MsvAvChannelBindings
	added = append(append(added, sum[:]...), 0, 0, 0, 0)

	out := bytes.Clone(challenge)
	binary.LittleEndian.PutUint16(out[infoField:], uint16(len(added)))       //nolint:gosec // a few hundred bytes
	binary.LittleEndian.PutUint16(out[infoField+2:], uint16(len(added)))     //nolint:gosec // a few hundred bytes
	binary.LittleEndian.PutUint32(out[infoField+4:], uint32(len(challenge))) //nolint:gosec // a few hundred bytes

	return append(out, added...), nil
}

// channelBinding is tls-server-end-point of RFC 5929 in the form of MS-NLMP.
func channelBinding(certificate *x509.Certificate) [16]byte {
	data := []byte("tls-server-end-point:")

	switch certificate.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		sum := sha512.Sum384(certificate.Raw)
		data = append(data, sum[:]...)
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		sum := sha512.Sum512(certificate.Raw)
		data = append(data, sum[:]...)
	default:
		sum := sha256.Sum256(certificate.Raw)
		data = append(data, sum[:]...)
	}

	whole := binary.LittleEndian.AppendUint32(make([]byte, 16, 128), uint32(len(data))) //nolint:gosec // less than 100

	return md5.Sum(append(whole, data...)) //nolint:gosec // NTLM is made of it
}

// sealedLogin is NTLM that encrypts the messages itself, for plain HTTP. bodgit/ntlmssp is the one library that can, and
// the one that masterzen/winrm uses for it. It has no fallback to messages in clear, which masterzen/winrm has.
type sealedLogin struct {
	user, password string
	session        *bodgit.SecuritySession
}

func (*sealedLogin) perConnection() bool { return true }

func (s *sealedLogin) connect(ctx context.Context, w *winrmWire) error {
	s.session = nil

	// Only a domain before the name is one: DOMAIN\user. user@domain is a whole name, and Windows looks it up as one.
	domain, name, found := strings.Cut(s.user, `\`)
	if !found {
		domain, name = "", s.user
	}

	client, err := bodgit.NewClient(bodgit.SetUserInfo(name, s.password), bodgit.SetDomain(domain),
		bodgit.SetVersion(bodgit.DefaultVersion()))
	if err != nil {
		return err
	}

	first, err := client.Authenticate(nil, nil)
	if err != nil {
		return err
	}

	err = ntlmSteps(ctx, w, first, func(challenge []byte, _ *x509.Certificate) (token []byte, err error) {
		defer recovered(&err)

		return client.Authenticate(challenge, nil)
	})
	if err != nil {
		return err
	}

	if s.session = client.SecuritySession(); s.session == nil {
		return errors.New("the host does not encrypt NTLM, and nothing is sent in clear")
	}

	return nil
}

// recovered makes a panic an error: nobody vouches over plain HTTP for what the library reads.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = errors.New("it is damaged")
	}
}

const (
	sealBoundary = "--Encrypted Boundary"
	sealProtocol = "application/HTTP-SPNEGO-session-encrypted"
	sealOctets   = "\tContent-Type: application/octet-stream\r\n"
)

func (s *sealedLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	if s.session == nil {
		return nil, errors.New("not logged in, and nothing is sent in clear")
	}

	sealed, signature, err := s.session.Wrap(message)
	if err != nil {
		return nil, fmt.Errorf("the message cannot be encrypted: %w", err)
	}

	request.Header.Set("Content-Type", `multipart/encrypted;protocol="`+sealProtocol+`";boundary="Encrypted Boundary"`)

	var b bytes.Buffer

	fmt.Fprintf(&b, "%s\r\n\tContent-Type: %s\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n%s\r\n%s",
		sealBoundary, sealProtocol, len(message), sealBoundary, sealOctets)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(signature)))) //nolint:gosec // 16
	b.Write(signature)
	b.Write(sealed)
	b.WriteString(sealBoundary + "--\r\n")

	return b.Bytes(), nil
}

// unwrap reads a sealed answer. What is not sealed is not believed: anybody could have written it.
func (s *sealedLogin) unwrap(contentType string, body []byte) (message []byte, err error) {
	if contentType != "multipart/encrypted" {
		if contentType == "application/soap+xml" {
			return nil, errors.New("the host answered in clear to an encrypted message")
		}

		return nil, nil // refused by its content type
	}

	damaged := errors.New("the host's encrypted answer is damaged, or was changed on the way")
	defer func() {
		if r := recover(); r != nil || err != nil {
			message, err = nil, damaged
		}
	}()

	head, rest, found := bytes.Cut(body, []byte(sealOctets))
	rest, ended := bytes.CutSuffix(rest, []byte(sealBoundary+"--\r\n"))
	_, size, sized := bytes.Cut(head, []byte("Length="))
	size, _, _ = bytes.Cut(size, []byte("\r\n"))

	if !found || !ended || !sized || len(rest) < 20 || binary.LittleEndian.Uint32(rest) != 16 {
		return nil, damaged
	}

	message, err = s.session.Unwrap(rest[20:], rest[4:20])
	if err != nil || strconv.Itoa(len(message)) != string(bytes.TrimSpace(size)) {
		return nil, damaged
	}

	return message, nil
}

// kerberosLogin is Kerberos inside TLS: neither library here can encrypt messages with it.
type kerberosLogin struct {
	inClear

	client *kerberosClient
	spn    string
}

// kerberosClient logs in once for all shells; the library's own does for every message.
type kerberosClient struct {
	mu     sync.Mutex
	client *krb.Client
}

func (k kerberosLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	done := make(chan error, 1)

	var header http.Header

	go func() { //nolint:contextcheck // it outlives the request that gave it up
		k.client.mu.Lock()
		defer k.client.mu.Unlock()

		// A request of its own: this one may be given up while the library is still at it. It knows no context.
		r, err := http.NewRequestWithContext(context.WithoutCancel(request.Context()), request.Method, request.URL.String(), http.NoBody)
		if err == nil {
			err = spnego.SetSPNEGOHeader(k.client.client, r, k.spn)
			header = r.Header
		}
		done <- err
	}()

	select {
	case err := <-done:
		if err != nil {
			return nil, &kerberosError{err}
		}

		request.Header.Set("Authorization", header.Get("Authorization"))

		return message, nil
	case <-request.Context().Done():
		return nil, context.Cause(request.Context())
	}
}

// kerberosError is a failure before the host was asked.
type kerberosError struct{ error }

func (k *kerberosError) Error() string { return "Kerberos: " + k.error.Error() }
func (k *kerberosError) Unwrap() error { return k.error }

func (w *WinRM) configureKerberos() *winrmError {
	c := w.config

	wrong := func(format string, args ...any) *winrmError {
		return &winrmError{err: fmt.Errorf(format, args...), next: adviceWinRMKerberos}
	}

	switch {
	case c.KerberosConfig == "":
		return wrong("Kerberos needs the path of krb5.conf")
	case c.KerberosCache == "" && (c.User == "" || c.Password == "" || c.KerberosRealm == ""):
		return wrong("Kerberos needs a credential cache, or user, password and realm")
	case strings.ContainsAny(c.User, `\@`):
		return wrong("with Kerberos the user is given without domain, and the realm apart")
	}

	config, err := krbconfig.Load(c.KerberosConfig)
	if err != nil {
		return wrong("%s cannot be used: %w", c.KerberosConfig, err)
	}

	shared := &kerberosClient{}

	if c.KerberosCache == "" {
		shared.client = krb.NewWithPassword(c.User, c.KerberosRealm, c.Password, config,
			krb.DisablePAFXFAST(true), krb.AssumePreAuthentication(true))
	} else {
		data, err := os.ReadFile(c.KerberosCache)
		if err != nil {
			return wrong("the credential cache cannot be read: %w", err)
		}

		cache, err := readCache(data)
		if err != nil {
			return wrong("the credential cache %s cannot be used: %w", c.KerberosCache, err)
		}

		if shared.client, err = krb.NewFromCCache(cache, config, krb.DisablePAFXFAST(true)); err != nil {
			return wrong("the credential cache %s cannot be used: %w", c.KerberosCache, err)
		}
	}

	spn := c.KerberosSPN
	if spn == "" {
		spn = "HTTP/" + c.Host
	}

	w.login = func() winrmLogin { return kerberosLogin{client: shared, spn: spn} }

	return nil
}

// readCache parses a credential cache; the library panics on one that is cut.
func readCache(data []byte) (cache *credentials.CCache, err error) {
	defer recovered(&err)

	cache = &credentials.CCache{}

	return cache, cache.Unmarshal(data)
}
