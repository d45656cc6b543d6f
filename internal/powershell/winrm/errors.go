package winrm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

var errClosed = errors.New("the provider has closed the connection")

// stepError is an error for the user. It never contains a password or a key.
type stepError struct {
	tried string // the step that failed, with its host: "open a remote shell on ..."
	err   error
	next  string // advice: one or more sentences, or empty
	left  bool   // a shell could not be closed
}

func (e *stepError) Error() string {
	text := "cannot " + e.tried + ": " + e.err.Error()
	if e.left {
		text += fmt.Sprintf("; a remote shell may still be open, and the host closes it after %s", idleTimeout)
	}
	if e.next != "" {
		text = strings.TrimSuffix(text, ".") + ". " + e.next
	}
	return text
}

func (e *stepError) Unwrap() error { return e.err }

// tried returns a step with the host.
func (w *Transport) tried(what string) string { return what + " " + w.Host() + " over WinRM" }

// failed returns the error of a step, with an explanation of err if there is one.
func (w *Transport) failed(tried string, err error) error {
	var known *stepError
	if errors.As(err, &known) {
		return err
	}
	text, next := w.explain(err)
	return &stepError{tried: w.tried(tried), err: explained{text, err}, next: next}
}

// explained is an error with another text.
type explained struct {
	text string
	err  error
}

func (e explained) Error() string { return e.text }

func (e explained) Unwrap() error { return e.err }

// explain returns a text and advice for an error.
func (w *Transport) explain(err error) (text, next string) {
	var (
		fault    *wsmanFault
		refused  *refusedError
		kerberos *kerberosError
		outer    *url.Error
	)

	switch {
	case errors.As(err, &fault):
		return fault.Error(), adviceFault(fault)
	case errors.As(err, &refused):
		return refused.Error(), w.adviceRefused(refused)
	case errors.As(err, &kerberos):
		return kerberos.Error(), adviceKerberos
	}
	if text, next := w.explainTLS(err); text != "" {
		return text, next
	}
	if errors.As(err, &outer) {
		err = outer.Err // stepError has the address
	}
	var (
		silent  noAnswer
		netErr  net.Error
		nameErr *net.DNSError
		dialErr *net.OpError
	)

	switch {
	case errors.As(err, &silent):
		return silent.Error(), adviceSilent
	case errors.As(err, &dialErr) && dialErr.Op == "dial" && dialErr.Timeout():
		// Package net reports the end of ConnectTimeout as context.DeadlineExceeded.
		return fmt.Sprintf("no connection within %s", w.config.ConnectTimeout), adviceReach
	case errors.Is(err, context.DeadlineExceeded):
		return "the time for the operation is over", "If the host is slow, raise the timeouts of the resource."
	case errors.Is(err, context.Canceled), errors.Is(err, errClosed):
		return err.Error(), ""
	case errors.Is(err, errNoKeepAlive):
		return err.Error(), "Check the proxies between this machine and the host, or set auth to basic or kerberos."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused", adviceListen
	case errors.As(err, &nameErr):
		return nameErr.Error(), "Check that the name of the host is right and that this machine can resolve it."
	case errors.As(err, &netErr) && netErr.Timeout():
		return fmt.Sprintf("no connection within %s", w.config.ConnectTimeout), adviceReach
	case errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE),
		errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was lost (" + err.Error() + ")", adviceLost
	}
	return err.Error(), adviceNetwork(err)
}
