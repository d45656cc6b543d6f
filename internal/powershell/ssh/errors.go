package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/neterr"
	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

// errOutcomeUnknown is the error of a run that had started and whose end was not observed. Every other error of a run
// is a [*powershell.StartError].
var errOutcomeUnknown = errors.New("whether the script did its work is unknown")

var (
	errClosed   = errors.New("the provider has closed the connection")
	errNoAnswer = errors.New("the host did not answer a keep-alive request in time")
)

// Kind is the cause of an error that a setting in the [Config] can remedy. The caller knows how a user changes the
// setting. A Kind is an error itself, for errors.Is(err, ssh.BadKnownHosts).
type Kind string

func (k Kind) Error() string { return string(k) }

// The kinds of errors.
const (
	NoCredentials    Kind = "no credentials"
	BadPrivateKey    Kind = "the private key cannot be used"
	BadPassphrase    Kind = "the passphrase is missing or wrong"
	BadAgent         Kind = "the SSH agent cannot be used"
	BadHostKey       Kind = "the pinned host key cannot be used"
	PinnedKeyChanged Kind = "the host has another key than the pinned one"
	BadKnownHosts    Kind = "the known hosts cannot be used"
	TooManySessions  Kind = "the server may allow fewer sessions"
)

// UnknownHostKeyError is the refusal of a host whose key is neither pinned nor in a file of known hosts.
type UnknownHostKeyError struct {
	Files       string // with the known hosts
	Key         string // the type and the fingerprint of the presented key
	Fingerprint string // of the presented key
	Line        string // of a file with known hosts, for the presented key
}

func (e *UnknownHostKeyError) Error() string {
	return fmt.Sprintf("its host key is unknown: it presents %s, and %s has no key of this host", e.Key, e.Files)
}

// stepError is an error for the user. It never contains a password or a key.
type stepError struct {
	tried string // the step that failed, with its host: "connect to ..."
	err   error
	kind  Kind   // or empty
	next  string // advice: one or more sentences, or empty
	begun bool   // the script had started, and its outcome is unknown
}

func (e *stepError) Error() string {
	text := "cannot " + e.tried + ": " + e.err.Error()
	if e.begun {
		text = sentence.WithoutStop(text) + "; " + errOutcomeUnknown.Error()
	}
	return sentence.Then(text, e.next)
}

func (e *stepError) Unwrap() []error {
	if e.kind == "" {
		return []error{e.err}
	}
	return []error{e.kind, e.err}
}

func (e *stepError) Is(target error) bool { return e.begun && target == errOutcomeUnknown }

// timedOut is the end of a time limit of this package. It unwraps to [context.DeadlineExceeded].
type timedOut struct{ text string }

func (t timedOut) Error() string { return t.text }
func (t timedOut) Unwrap() error { return context.DeadlineExceeded }

func notWithin(what string, limit time.Duration) error {
	return timedOut{fmt.Sprintf("%s within %s", what, limit)}
}

// ended returns the cause of the context if the end of the context is the reason for err, and otherwise err. A
// connection that is closed because the context ended returns an error about the connection.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	// A dial has the deadline of the context, and can return a moment before the context ends. The operating system can
	// also give up before the deadline.
	var timeout net.Error
	if deadline, ok := ctx.Deadline(); ok && neterr.Of(err) == neterr.Other && errors.As(err, &timeout) &&
		timeout.Timeout() {
		<-time.After(time.Until(deadline))
		<-ctx.Done()
		return context.Cause(ctx)
	}
	return err
}

// explainNetwork returns an error with the kind of a network error before the text of the operating system, which is in
// the language of the system. It returns any other error unchanged.
func explainNetwork(err error) error {
	kind := neterr.Of(err)
	if errors.Is(err, io.EOF) {
		kind = neterr.Lost
	}
	if kind != neterr.Other {
		return sentence.WithCause(string(kind), err)
	}
	return err
}

// Advice for errors: complete sentences.
const (
	adviceReach = "Check that the host is up, that its OpenSSH server (the service sshd) runs, that host and port " +
		"are right, and that no firewall blocks the connection."
	adviceUser     = "The user is the account that runs PowerShell on the host."
	advicePassword = "Check that user and password are right and that the server allows password or " +
		"keyboard-interactive authentication."
	adviceExpired = "Change it on the host, and use the new one."
	adviceKey     = "Check that the public key is in authorized_keys of the account; on Windows the keys of " +
		"administrators are in %ProgramData%\\ssh\\administrators_authorized_keys, which only SYSTEM and " +
		"Administrators may write."
	adviceConvert  = "Convert it to the OpenSSH format with: ssh-keygen -p -f FILE"
	advicePutty    = "Convert it to the OpenSSH format with PuTTYgen, menu Conversions."
	adviceAgent    = "Start an agent and add the key (ssh-add)."
	adviceSessions = "The server may allow fewer sessions in one connection than are open at the same time: raise " +
		"MaxSessions in its sshd_config."
	adviceCompare = "Compare the fingerprint with that of the host itself (on the host: ssh-keygen -lf with its " +
		"ssh_host_*_key.pub, on Windows in %ProgramData%\\ssh)."
	adviceExecutable = "The default shell of the server is unknown, and shells have different quoting rules. The " +
		"executable may contain only letters, digits and . _ - : / \\ ~ and no spaces: use the name of a program on " +
		"PATH (pwsh.exe) or the short path (C:\\PROGRA~1\\PowerShell\\7\\pwsh.exe)."
)
