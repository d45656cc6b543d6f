package winrm

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// doWithPassword is do for a request with a password, or with a proof of it. The error is a [*powershell.LoginError] if
// the host may have counted the password as a wrong one: it refuses the request, or it may have received the request
// and does not answer. After a login has succeeded, the password is right, and a lost answer is another error.
func (w *connection) doWithPassword(
	ctx context.Context, prepare func(*http.Request) ([]byte, error),
) (*httpResponse, error) {
	var sent atomic.Bool

	// The client dials again if a kept connection has ended before it wrote to it. The trace of a dial comes first.
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})

	answer, err := w.do(traced, prepare)

	switch {
	case answer != nil && isRefusal(answer.status):
		return nil, &powershell.LoginError{Err: refusedBy(answer)}
	case err != nil && answer == nil && sent.Load() && !w.gate.HasLoggedIn():
		return nil, &powershell.LoginError{Err: err, Unanswered: true}
	}
	return answer, err
}

// isRefusal reports whether a status in answer to a password refuses it. A gateway in front of the host can verify the
// password and answer with 403.
func isRefusal(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}
