package winrm

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/neterr"
)

// proxyError is the error of a connection that a proxy refuses without a login, or with a wrong one.
type proxyError struct{ host string }

func (e *proxyError) Error() string { return "the proxy refused the login to it (407): " + e.host }

// refuseProxyLogin is the OnProxyConnectResponse of [http.Transport]. Its error is a [*powershell.LoginError] if the
// proxy has received a password: it can verify that at a domain controller, which counts a wrong one.
func refuseProxyLogin(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusProxyAuthRequired {
		return nil
	}
	refused := &proxyError{proxy.Host}

	if proxy.User != nil {
		return &powershell.LoginError{Err: refused}
	}
	return refused
}

// explainProxy returns the explanation of a refusal by a proxy. isLogin is true if the proxy has received a password.
func explainProxy(refused *proxyError, isLogin bool) explanation {
	next := "Set user and password of the proxy in the variable HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT, with " +
		"percent-encoding), or exempt the host with NO_PROXY."
	if isLogin {
		next = "Check user and password of the proxy in the variable HTTPS_PROXY (with percent-encoding), or exempt " +
			"the host with NO_PROXY. " + powershell.AdviceRefusedOnce
	}
	return explanation{text: refused.Error(), next: next}
}

// explainNoProxy returns the explanation of an error of the connection to a proxy, empty for another error.
func explainNoProxy(err error) explanation {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "proxyconnect" {
		return explanation{}
	}
	return explanation{
		text: "no connection to the proxy: " + cmp.Or(string(neterr.Of(op.Err)), op.Err.Error()),
		next: "Check the address of the proxy in the variable HTTPS_PROXY, or exempt the host with NO_PROXY.",
	}
}
