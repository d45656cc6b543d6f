package winrm

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
)

// configureLogin sets login for the authentication method.
func (w *Transport) configureLogin() *stepError {
	c := w.config

	switch c.Auth {
	case NTLM, Basic:
		if c.User == "" || c.Password == "" {
			return &stepError{err: fmt.Errorf("%s needs a user and a password", c.Auth), kind: NoCredentials}
		}
	case Kerberos:
		return w.configureKerberos()
	case Certificate:
		pair, err := tls.X509KeyPair([]byte(c.ClientCertificate), []byte(c.ClientKey))
		if err != nil {
			// The error of the standard library contains no part of the key.
			return &stepError{
				err:  fmt.Errorf("use the client certificate or its key: %w", err),
				kind: BadClientCertificate,
			}
		}
		w.tls.Certificates = []tls.Certificate{pair}
		// The service requests the certificate by a renegotiation after the request. TLS 1.3 does not support that.
		w.tls.MaxVersion = tls.VersionTLS12
		w.tls.Renegotiation = tls.RenegotiateOnceAsClient
		w.login = func() login { return certificateLogin{} }
		return nil
	default:
		return &stepError{
			err:  fmt.Errorf("%q is not an authentication method", c.Auth),
			next: "Use ntlm, basic, kerberos or certificate.",
		}
	}
	switch {
	case c.Auth == Basic:
		w.login = func() login { return basicLogin{user: c.User, password: c.Password} }
	case c.PlainHTTP:
		w.login = func() login { return &sealedLogin{user: c.User, password: c.Password} }
	default:
		w.login = func() login { return ntlmLogin{user: c.User, password: c.Password} }
	}
	return nil
}

// inClear is the part of a login that does not encrypt messages. TLS encrypts the connection.
type inClear struct{}

func (inClear) connect(context.Context, *connection) error { return nil }

func (inClear) prepare(context.Context) error { return nil }

func (inClear) wrap(_ *http.Request, message []byte) ([]byte, error) { return message, nil }

func (inClear) unwrap(_ string, body []byte) ([]byte, error) { return body, nil }

func (inClear) perConnection() bool { return false }

func (inClear) sendsPassword() bool { return false }

type basicLogin struct {
	inClear

	user, password string
}

func (b basicLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	request.SetBasicAuth(b.user, b.password)
	return message, nil
}

func (basicLogin) sendsPassword() bool { return true }

type certificateLogin struct{ inClear }

func (certificateLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	request.Header.Set("Authorization", "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual")
	return message, nil
}
