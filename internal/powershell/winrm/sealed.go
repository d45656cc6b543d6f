package winrm

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	bodgit "github.com/bodgit/ntlmssp"
)

// sealedLogin is NTLM that encrypts the messages itself, for plain HTTP. Unlike masterzen/winrm, which uses
// bodgit/ntlmssp too, it never sends an unencrypted message.
type sealedLogin struct {
	user, password string
	session        *bodgit.SecuritySession
}

func (*sealedLogin) perConnection() bool { return true }

func (s *sealedLogin) connect(ctx context.Context, w *connection) error {
	s.session = nil

	// Windows expects the domain of DOMAIN\user separately, but resolves user@domain as one name.
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
		return errors.New("the host does not encrypt NTLM, and no message is sent unencrypted")
	}
	return nil
}

// recovered turns a panic into an error. The library panics on malformed data, which over plain HTTP any host can send.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = errors.New("the data is damaged")
	}
}

const (
	sealBoundary = "--Encrypted Boundary"
	sealProtocol = "application/HTTP-SPNEGO-session-encrypted"
	sealOctets   = "\tContent-Type: application/octet-stream\r\n"
)

func (s *sealedLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	if s.session == nil {
		return nil, errors.New("not logged in, and no message is sent unencrypted")
	}
	sealed, signature, err := s.session.Wrap(message)
	if err != nil {
		return nil, fmt.Errorf("encrypt message: %w", err)
	}
	request.Header.Set("Content-Type", `multipart/encrypted;protocol="`+sealProtocol+`";boundary="Encrypted Boundary"`)

	var b bytes.Buffer

	fmt.Fprintf(
		&b,
		"%s\r\n\tContent-Type: %s\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n%s\r\n%s",
		sealBoundary,
		sealProtocol,
		len(message),
		sealBoundary,
		sealOctets,
	)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(signature)))) //nolint:gosec // 16
	b.Write(signature)
	b.Write(sealed)
	b.WriteString(sealBoundary + "--\r\n")
	return b.Bytes(), nil
}

// unwrap decrypts an answer. It rejects an unencrypted one, which another host could have sent.
func (s *sealedLogin) unwrap(contentType string, body []byte) (message []byte, err error) {
	if contentType != "multipart/encrypted" {
		if contentType == "application/soap+xml" {
			return nil, errors.New("the host sent an unencrypted answer to an encrypted message")
		}
		return nil, nil // the caller refuses this content type
	}
	damaged := errors.New("the encrypted answer of the host is damaged, or was changed on the way")
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
