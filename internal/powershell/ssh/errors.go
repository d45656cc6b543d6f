package ssh

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// errOutcomeUnknown is behind the error of a run that had begun and whose end was not seen. Every other error of a run is a
// [*powershell.StartError].
var errOutcomeUnknown = errors.New("whether the script did its work is not known")

var (
	errClosed        = errors.New("the connection has been closed by this provider")
	errTooMuchOutput = fmt.Errorf("the script wrote more than %d MiB", maxOutput>>20)
	errNoAnswer      = errors.New("the host did not answer a sign of life in time")
)

// stepError is an error for the person in front of Terraform: what was tried, on what, what came back, what to do next.
// It never holds a password or a key.
type stepError struct {
	tried string
	err   error
	next  string
	begun bool
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

// timedOut stands for a deadline of our own, and is one to programs.
type timedOut struct{ text string }

func (t timedOut) Error() string { return t.text }
func (t timedOut) Unwrap() error { return context.DeadlineExceeded }

func notWithin(what string, limit time.Duration) error {
	return timedOut{fmt.Sprintf("%s within %s", what, limit)}
}

// ended is why the context ended where that is what err is about, else err. A connection that is closed because the
// context ended fails with a text about the connection.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	// The deadline of a dial is the context's, and may be noticed there a moment earlier.
	var timeout net.Error
	if deadline, ok := ctx.Deadline(); ok && errors.As(err, &timeout) && timeout.Timeout() {
		<-time.After(time.Until(deadline))
		<-ctx.Done()

		return context.Cause(ctx)
	}

	return err
}

// Advice. Each line ends a text, so each is a sentence or more.
const (
	adviceReach = "See that the host is up, that its OpenSSH server (the service sshd) runs, and that host, port and the " +
		"firewalls between are right."
	adviceUser     = "Set user to the account that runs the management shell on the host."
	advicePassword = "See that user and password are right and that the server allows password or keyboard-interactive " +
		"authentication."
	adviceKey = "See that the public key is in the account's authorized_keys; on Windows those of administrators are in " +
		"%ProgramData%\\ssh\\administrators_authorized_keys, which only SYSTEM and Administrators may write."
	adviceLogin      = "Set one of password, private_key and agent."
	adviceKeyText    = "private_key is the text of the key, for example file(\"~/.ssh/id_ed25519\"), in PEM or OpenSSH format."
	adviceConvert    = "Convert it to the OpenSSH format with: ssh-keygen -p -f FILE"
	advicePutty      = "Convert it to the OpenSSH format with PuTTYgen, menu Conversions."
	advicePassphrase = "Set private_key_passphrase."
	adviceAgent      = "Start an agent and add the key (ssh-add), or use private_key or password instead."
	adviceHostKey    = "host_key is a public key (\"ssh-ed25519 AAAA...\") or its fingerprint (\"SHA256:...\"), as " +
		"ssh-keygen -lf shows it on the host; one in a line."
	adviceKnownHosts = "Set host_key to pin the key of the host, or known_hosts_file to a file in the format of OpenSSH's " +
		"known_hosts that can be read."
	adviceSessions = "The server may allow fewer sessions in one connection (MaxSessions in its sshd_config) than " +
		"max_concurrent_shells: lower the one or raise the other."
	adviceExecutable = "The server's default shell is not known and each quotes in its own way, so the path of PowerShell " +
		"may hold only letters, digits and . _ - : / \\ ~ and no spaces: give a name that is found on PATH (pwsh.exe), or the " +
		"short path (C:\\PROGRA~1\\PowerShell\\7\\pwsh.exe)."
)
