package winrm

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/ntlm"
)

// ntlmLogin is NTLM inside TLS.
type ntlmLogin struct {
	inClear

	user, password string
}

func (ntlmLogin) perConnection() bool { return true }

func (n ntlmLogin) connect(ctx context.Context, w *connection) error {
	_, err := ntlmSteps(ctx, w, ntlm.NewLogin(n.user, n.password), bindingOf)
	return err
}

// ntlmSteps performs the steps of NTLM with empty requests, so that no message is sent before the login and, for sealed
// messages, before the session key exists. binding returns the channel binding of the
// connection that an answer has arrived on.
func ntlmSteps(
	ctx context.Context, w *connection, login *ntlm.Login, binding func(*httpResponse) ([]byte, error),
) (*ntlm.Session, error) {
	const scheme = "Negotiate"

	with := func(token []byte) func(*http.Request) ([]byte, error) {
		return func(request *http.Request) ([]byte, error) {
			request.Header.Set("Authorization", scheme+" "+base64.StdEncoding.EncodeToString(token))
			return nil, nil
		}
	}

	answer, err := w.do(ctx, with(login.Negotiate()))
	if err != nil {
		return nil, err
	}
	var challenge []byte

	for _, value := range answer.header.Values("WWW-Authenticate") {
		name, token, _ := strings.Cut(value, " ")
		if strings.EqualFold(name, scheme) && token != "" {
			if challenge, err = base64.StdEncoding.DecodeString(strings.TrimSpace(token)); err != nil {
				return nil, fmt.Errorf("decode the NTLM challenge of the host: %w", err)
			}
		}
	}
	if answer.status != http.StatusUnauthorized {
		return nil, refusedBy(answer)
	}
	if challenge == nil {
		return nil, &powershell.LoginError{Err: refusedBy(answer)}
	}
	channel, err := binding(answer)
	if err != nil {
		return nil, err
	}
	token, session, err := login.Authenticate(challenge, channel)
	if err != nil {
		return nil, fmt.Errorf("answer the NTLM challenge of the host: %w", err)
	}
	if answer, err = w.doWithPassword(ctx, isSuccess, with(token)); err != nil {
		return nil, err
	}
	if !isSuccess(answer) {
		return nil, refusedBy(answer) // it does not show that the password is right
	}
	return session, nil
}

// isSuccess reports whether an answer accepts an empty request.
func isSuccess(answer *httpResponse) bool { return answer.status/100 == 2 }

// bindingOf returns the channel binding of the TLS connection that an answer has arrived on.
func bindingOf(answer *httpResponse) ([]byte, error) {
	if answer.certificate == nil {
		return nil, errors.New("the connection has no certificate to which the login can be bound")
	}
	return channelBinding(answer.certificate), nil
}

// channelBinding returns the channel binding tls-server-end-point of RFC 5929. A host with CbtHardeningLevel=Strict
// requires it, and it detects a man in the middle.
func channelBinding(certificate *x509.Certificate) []byte {
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
	return data
}
