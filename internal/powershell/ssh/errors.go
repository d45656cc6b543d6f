package ssh

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// errOutcomeUnknown is the error of a run that had started and whose end was not observed. Every other error of a run
// is a [*powershell.StartError].
var errOutcomeUnknown = errors.New("whether the script did its work is not known")

var (
	errClosed        = errors.New("the provider has closed the connection")
	errTooMuchOutput = fmt.Errorf("the script wrote more than %d MiB", maxOutput>>20)
	errNoAnswer      = errors.New("the host did not answer a keep-alive request in time")
)

// stepError is an error for the user. It never contains a password or a key.
type stepError struct {
	tried string // the step that failed, with its host: "connect to ..."
	err   error
	next  string // advice: one or more sentences, or empty
	begun bool   // the script had started, and its outcome is unknown
}

func (e *stepError) Error() string {
	text := "cannot " + e.tried + ": " + e.err.Error()
	if e.begun {
		text += "; " + errOutcomeUnknown.Error()
	}
	if e.next != "" {
		text += ". " + e.next
	}
	return text
}

func (e *stepError) Unwrap() error { return e.err }

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

	// A dial has the deadline of the context, and can return a moment before the context ends.
	var timeout net.Error
	if deadline, ok := ctx.Deadline(); ok && errors.As(err, &timeout) && timeout.Timeout() {
		<-time.After(time.Until(deadline))
		<-ctx.Done()
		return context.Cause(ctx)
	}
	return err
}

// Advice for errors: complete sentences.
const (
	adviceReach = "Check that the host is up, that its OpenSSH server (the service sshd) runs, that host and port " +
		"are right, and that no firewall blocks the connection."
	adviceUser     = "Set user to the account that runs the management shell on the host."
	advicePassword = "Check that user and password are right and that the server allows password or " +
		"keyboard-interactive authentication."
	adviceKey = "Check that the public key is in authorized_keys of the account; on Windows the keys of " +
		"administrators are in %ProgramData%\\ssh\\administrators_authorized_keys, which only SYSTEM and " +
		"Administrators may write."
	adviceLogin   = "Set one of password, private_key and agent."
	adviceKeyText = "private_key is the text of the key, for example file(\"~/.ssh/id_ed25519\"), in PEM or " +
		"OpenSSH format."
	adviceConvert    = "Convert it to the OpenSSH format with: ssh-keygen -p -f FILE"
	advicePutty      = "Convert it to the OpenSSH format with PuTTYgen, menu Conversions."
	advicePassphrase = "Set private_key_passphrase."
	adviceAgent      = "Start an agent and add the key (ssh-add), or use private_key or password instead."
	adviceHostKey    = "host_key is a public key (\"ssh-ed25519 AAAA...\") or its fingerprint (\"SHA256:...\"), as " +
		"ssh-keygen -lf shows it on the host; one per line."
	adviceKnownHosts = "Set host_key to pin the key of the host, or known_hosts_file to a file in the format of " +
		"OpenSSH's known_hosts that can be read."
	adviceSessions = "The server may allow fewer sessions in one connection (MaxSessions in its sshd_config) than " +
		"max_concurrent_shells: lower max_concurrent_shells or raise MaxSessions."
	adviceExecutable = "The default shell of the server is unknown, and shells have different quoting rules. The " +
		"path of PowerShell may contain only letters, digits and . _ - : / \\ ~ and no spaces: set executable to a " +
		"name on PATH (pwsh.exe) or to the short path (C:\\PROGRA~1\\PowerShell\\7\\pwsh.exe)."
)
