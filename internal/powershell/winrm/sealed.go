package winrm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/ntlm"
)

// sealedLogin is NTLM that encrypts the messages itself, for plain HTTP. It neither sends nor accepts an unencrypted
// message.
type sealedLogin struct {
	user, password string
	session        *ntlm.Session
}

func (*sealedLogin) perConnection() bool { return true }

func (*sealedLogin) sendsPassword() bool { return false }

func (*sealedLogin) prepare(context.Context) error { return nil }

func (s *sealedLogin) connect(ctx context.Context, w *connection) (err error) {
	s.session = nil
	// There is no channel to which the login could be bound.
	none := func(*httpResponse) ([]byte, error) { return nil, nil }
	s.session, err = ntlmSteps(ctx, w, ntlm.NewLogin(s.user, s.password), none)
	return err
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
	sealed, signature := s.session.Seal(message)
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

var errDamaged = errors.New("the encrypted answer of the host is damaged, or was changed on the way")

// unwrap decrypts an answer. It rejects an unencrypted one, which another host could have sent.
func (s *sealedLogin) unwrap(contentType string, body []byte) ([]byte, error) {
	if contentType != "multipart/encrypted" {
		if contentType == "application/soap+xml" {
			return nil, errors.New("the host sent an unencrypted answer to an encrypted message")
		}
		return nil, nil // the caller refuses this content type
	}
	head, rest, found := bytes.Cut(body, []byte(sealOctets))
	rest, ended := bytes.CutSuffix(rest, []byte(sealBoundary+"--\r\n"))
	_, size, sized := bytes.Cut(head, []byte("Length="))
	size, _, _ = bytes.Cut(size, []byte("\r\n"))

	const signed = 4 + ntlm.SignatureSize
	if s.session == nil || !found || !ended || !sized || len(rest) < signed ||
		binary.LittleEndian.Uint32(rest) != ntlm.SignatureSize {
		return nil, errDamaged
	}
	message, err := s.session.Unseal(rest[signed:], rest[4:signed])
	if err != nil || strconv.Itoa(len(message)) != string(bytes.TrimSpace(size)) {
		return nil, errDamaged
	}
	return message, nil
}
