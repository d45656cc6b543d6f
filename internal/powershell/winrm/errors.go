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

var errClosed = errors.New("the connection has been closed by this provider")

// stepError is an error for the person in front of Terraform: what was tried, on what, what came back, what to do next.
// It never holds a password or a key.
type stepError struct {
	tried string
	err   error
	next  string
	// left is set when a shell could not be closed.
	left bool
}

func (e *stepError) Error() string {
	text := "cannot " + e.tried + ": " + e.err.Error()
	if e.left {
		text += fmt.Sprintf("; a remote shell may be left open, and the host closes it after %s", idleTimeout)
	}

	if e.next != "" {
		text = strings.TrimSuffix(text, ".") + ". " + e.next
	}

	return text
}

func (e *stepError) Unwrap() error { return e.err }

func (w *Transport) tried(what string) string { return what + " " + w.Host() + " over WinRM" }

// failed is the error of one step, in our words where we know better ones.
func (w *Transport) failed(tried string, err error) error {
	var known *stepError
	if errors.As(err, &known) {
		return err
	}

	text, next := w.explain(err)

	return &stepError{tried: w.tried(tried), err: because{text, err}, next: next}
}

// because is a reason in our own words, with the error that programs know it by.
type because struct {
	text string
	is   error
}

func (b because) Error() string { return b.text }

func (b because) Unwrap() error { return b.is }

// explain finds words and advice for an error.
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
		err = outer.Err // without the address, which the text has
	}

	var (
		quiet   noAnswer
		netErr  net.Error
		nameErr *net.DNSError
		dialErr *net.OpError
	)

	switch {
	case errors.As(err, &quiet):
		return quiet.Error(), adviceSilent
	case errors.As(err, &dialErr) && dialErr.Op == "dial" && dialErr.Timeout():
		// Package net reports the end of ConnectTimeout as context.DeadlineExceeded.
		return fmt.Sprintf("no connection within %s", w.config.ConnectTimeout), adviceReach
	case errors.Is(err, context.DeadlineExceeded):
		return "the time for it is over", "If the host is only slow, raise the timeouts of the resource."
	case errors.Is(err, context.Canceled), errors.Is(err, errClosed):
		return err.Error(), ""
	case errors.Is(err, errNoKeepAlive):
		return err.Error(), "See what stands between this machine and the host, or use basic or kerberos."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused", adviceListen
	case errors.As(err, &nameErr):
		return nameErr.Error(), "See that the name of the host is right and that this machine's DNS knows it."
	case errors.As(err, &netErr) && netErr.Timeout():
		return fmt.Sprintf("no connection within %s", w.config.ConnectTimeout), adviceReach
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was lost (" + err.Error() + ")", adviceLost
	}

	return err.Error(), adviceNetwork(err)
}
