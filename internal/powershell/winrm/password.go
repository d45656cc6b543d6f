package winrm

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// doWithPassword is do for a request with a password, or with a proof of it. isAccepted reports whether an answer shows
// that the host has verified the password. The error is a [*powershell.LoginError] if the host may have counted the
// password as a wrong one.
//
// After a login has succeeded, the password is right: only 401 refuses it then. Before that, a gateway in front of the
// host can verify it and answer with 403, and every answer that does not accept it is as a lost one: a gateway sends a
// status of its own if the answer of the host does not arrive. That includes 503, with which Envoy reports a connection
// that has ended after the request.
func (w *connection) doWithPassword(
	ctx context.Context, isAccepted func(*httpResponse) bool, prepare func(*http.Request) ([]byte, error),
) (*httpResponse, error) {
	var sent atomic.Bool

	// The client dials again if a kept connection has ended before it wrote to it. The trace of a dial comes first.
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})

	answer, err := w.do(traced, prepare)

	switch {
	case answer != nil && answer.status == http.StatusUnauthorized:
		return nil, &powershell.LoginError{Err: refusedBy(answer)}
	case w.gate.HasLoggedIn():
		return answer, err
	case answer == nil && sent.Load():
		return nil, &powershell.LoginError{Err: err, Unanswered: true}
	case answer == nil || isAccepted(answer):
		return answer, err
	case answer.status == http.StatusForbidden:
		return nil, &powershell.LoginError{Err: refusedBy(answer)}
	case err == nil:
		err = refusedBy(answer)
	}
	return nil, &powershell.LoginError{Err: err, Unanswered: true}
}
