package winrm

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // NTLM requires it
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"

	azure "github.com/Azure/go-ntlmssp"
)

// ntlmLogin is NTLM inside TLS, with the messages of Azure/go-ntlmssp. The Negotiator of that library is not used: it
// reports every connection error as a 401, and sends the message in every step.
type ntlmLogin struct {
	inClear

	user, password string
}

func (ntlmLogin) perConnection() bool { return true }

func (n ntlmLogin) connect(ctx context.Context, w *connection) error {
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

// ntlmSteps performs the steps of NTLM with empty requests, so that no message is sent before the login and, for sealed
// messages, before the session key exists.
func ntlmSteps(
	ctx context.Context, w *connection, first []byte, second func([]byte, *x509.Certificate) ([]byte, error),
) error {
	const scheme = "Negotiate"

	step := func(token []byte) (*httpResponse, error) {
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
				return fmt.Errorf("decode the NTLM challenge of the host: %w", err)
			}
		}
	}
	if answer.status != http.StatusUnauthorized || challenge == nil {
		return refusedBy(answer)
	}
	token, err := second(challenge, answer.certificate)
	if err != nil {
		return fmt.Errorf("answer the NTLM challenge of the host: %w", err)
	}
	if answer, err = step(token); err != nil {
		return err
	}
	if answer.status == http.StatusUnauthorized {
		return refusedBy(answer)
	}
	return nil
}

// bindChannel adds the channel binding of the TLS connection to the target information of a challenge, which the answer
// repeats. A host with CbtHardeningLevel=Strict requires it, and it detects a man in the middle. go-ntlmssp has no
// option for it.
func bindChannel(challenge []byte, certificate *x509.Certificate) ([]byte, error) {
	const infoField = 40

	if certificate == nil {
		return challenge, nil
	}
	if len(challenge) < infoField+8 {
		return nil, errors.New("the challenge is too short")
	}
	length := int(binary.LittleEndian.Uint16(challenge[infoField:]))
	offset := int(binary.LittleEndian.Uint32(challenge[infoField+4:]))

	if length < 4 || offset > len(challenge) || length > len(challenge)-offset {
		return challenge, nil // without target information NTLMv2 has no channel binding
	}
	info := challenge[offset : offset+length]
	if !bytes.Equal(info[length-4:], []byte{0, 0, 0, 0}) {
		return nil, errors.New("the target information has no end")
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

// channelBinding returns tls-server-end-point of RFC 5929 in the form of MS-NLMP.
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
	binding := make([]byte, 16, 128)
	binding = binary.LittleEndian.AppendUint32(binding, uint32(len(data))) //nolint:gosec // less than 100
	return md5.Sum(append(binding, data...))                               //nolint:gosec // NTLM requires it
}
