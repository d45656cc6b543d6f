package winrm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/neterr"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/ntlm"
	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

var errClosed = errors.New("the provider has closed the connection")

// Kind is the cause of an error that a setting in the [Config] or more time can remedy. The caller knows how a user
// changes them. A Kind is an error itself, for errors.Is(err, winrm.TooManyShells).
type Kind string

func (k Kind) Error() string { return string(k) }

// The kinds of errors.
const (
	NoCredentials        Kind = "no credentials"
	BadClientCertificate Kind = "the client certificate or its key cannot be used"
	Untrusted            Kind = "the authority of the certificate is not trusted"
	OtherName            Kind = "the certificate has other names than the host"
	TooManyShells        Kind = "the account has too many open remote shells"
	TimeOver             Kind = "the time limit for the operation passed"
)

// stepError is an error for the user. It never contains a password or a key.
type stepError struct {
	tried string // the step that failed, with its host: "open a remote shell on ..."
	err   error
	kind  Kind   // or empty
	next  string // advice: one or more sentences, or empty
	left  bool   // a shell could not be closed
}

func (e *stepError) Error() string {
	text := "cannot " + e.tried + ": " + e.err.Error()
	if e.left {
		text = fmt.Sprintf("%s; a remote shell may still be open, and the host closes it after %s",
			sentence.WithoutStop(text), idleTimeout)
	}
	return sentence.Then(text, e.next)
}

func (e *stepError) Unwrap() []error {
	if e.kind == "" {
		return []error{e.err}
	}
	return []error{e.kind, e.err}
}

// tried returns a step with the host.
func (w *Transport) tried(what string) string { return what + " " + w.Host() + " over WinRM" }

// failed returns the error of a step, with an explanation of err if there is one.
func (w *Transport) failed(tried string, err error) error {
	var known *stepError
	if errors.As(err, &known) {
		return err
	}
	found := w.explain(err)
	return &stepError{tried: w.tried(tried), err: explained{found.text, err}, kind: found.kind, next: found.next}
}

// explained is an error with another text.
type explained struct {
	text string
	err  error
}

func (e explained) Error() string { return e.text }

func (e explained) Unwrap() error { return e.err }

// explanation is a text for an error, and what remedies it: advice, a kind, both or neither.
type explanation struct {
	text, next string
	kind       Kind
}

// explainHost returns the explanation of an error that the host, a proxy or a KDC has answered, or an empty one.
func (w *Transport) explainHost(err error) explanation {
	var (
		fault    *wsmanFault
		refused  *refusedError
		kerberos *kerberosError
		flags    *ntlm.FlagError
		proxy    *proxyError
		login    *powershell.LoginError
	)

	switch {
	case errors.As(err, &login) && login.Unanswered:
		cause := w.explain(login.Err)
		text := (&powershell.LoginError{Err: explained{text: cause.text}, Unanswered: true}).Error()
		return explanation{text: text, next: strings.TrimSpace(cause.next + " " + powershell.AdviceUnanswered)}
	case errors.As(err, &proxy):
		return explainProxy(proxy, login != nil)
	case errors.As(err, &fault):
		return explanation{fault.Error(), adviceFault(fault), kindOfFault(fault)}
	case errors.As(err, &refused) && errors.Is(err, errNoKeepAlive):
		return explanation{text: err.Error(), next: adviceKeepAlive + " Then: " + w.adviceRefused(refused)}
	case errors.As(err, &refused) && login != nil && refused.status == http.StatusForbidden:
		return explanation{text: refused.Error(), next: adviceForbidden + " " + w.adviceRefused(refused) + " " +
			powershell.AdviceRefusedOnce}
	case errors.As(err, &refused):
		return explanation{text: refused.Error(), next: w.adviceRefused(refused)}
	case errors.As(err, &kerberos):
		return w.explainKerberos(kerberos)
	case errors.As(err, &flags):
		return explanation{text: err.Error(), next: adviceFlags}
	}
	return explanation{}
}

// explain returns the explanation of an error.
func (w *Transport) explain(err error) explanation {
	if found := w.explainHost(err); found.text != "" {
		return found
	}
	if found := w.explainTLS(err); found.text != "" {
		return found
	}
	if found := explainNoProxy(err); found.text != "" {
		return found
	}
	var (
		outer   *url.Error
		silent  noAnswer
		netErr  net.Error
		nameErr *net.DNSError
		dialErr *net.OpError
	)
	if errors.As(err, &outer) {
		err = outer.Err // stepError has the address
	}
	kind := neterr.Of(err)

	switch {
	case errors.As(err, &silent):
		return explanation{text: silent.Error(), next: adviceSilent}
	case kind == neterr.Refused:
		return explanation{text: string(kind), next: adviceListen}
	case kind == neterr.TimedOut, kind == neterr.Unreachable:
		return explanation{text: sentence.WithCause(string(kind), err).Error(), next: adviceReach}
	case errors.As(err, &dialErr) && dialErr.Op == "dial" && dialErr.Timeout():
		// Package net reports the end of ConnectTimeout as context.DeadlineExceeded.
		return explanation{text: fmt.Sprintf("no connection within %s", w.config.ConnectTimeout), next: adviceReach}
	case errors.Is(err, context.DeadlineExceeded):
		return explanation{text: "the time limit for the operation passed", kind: TimeOver}
	case errors.Is(err, context.Canceled), errors.Is(err, errClosed):
		return explanation{text: err.Error()}
	case errors.Is(err, errNoKeepAlive):
		return explanation{text: err.Error(), next: adviceKeepAlive}
	case errors.As(err, &nameErr):
		return explanation{
			text: nameErr.Error(),
			next: "Check that the name of the host is right and that this machine can resolve it.",
		}
	case errors.As(err, &netErr) && netErr.Timeout():
		return explanation{text: fmt.Sprintf("no connection within %s", w.config.ConnectTimeout), next: adviceReach}
	case kind == neterr.Lost, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return explanation{text: sentence.WithCause(string(neterr.Lost), err).Error(), next: adviceLost}
	}
	return explanation{text: err.Error(), next: adviceNetwork(err)}
}
