package ssh

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	defaultPort    = 22
	connectTimeout = 30 * time.Second
	// Servers allow ten sessions in a connection unless they are told otherwise, and each of ours loads a large module.
	maxSessions = 4
	// cmd.exe takes 8191 characters, and the server puts its own name and options before ours.
	maxCommand = 8000

	defaultExecutable = "powershell.exe"
)

// Config says how to run PowerShell on a host through its SSH server. Zero values are the defaults.
type Config struct {
	Host string
	Port int
	User string
	// Executable is PowerShell on the host.
	Executable string

	// Any of these, tried in this order: the key, the keys of the agent, the password.
	PrivateKey           string
	PrivateKeyPassphrase string
	Agent                bool
	Password             string

	// HostKey pins the key of the host: public keys or SHA256 fingerprints, one a line. Without it the key is looked up in
	// KnownHosts, files in the format of known_hosts, and without those in the known_hosts of the user.
	HostKey    string
	KnownHosts []string

	// ConnectTimeout bounds the way to a ready connection: dial, handshake and login.
	ConnectTimeout time.Duration
	// MaxSessions is how many scripts run at the same time; more wait.
	MaxSessions int
}

// withDefaults returns c with every unset value replaced by its default.
func (c Config) withDefaults() Config {
	c.Host = strings.Trim(c.Host, "[]")

	if c.Port == 0 {
		c.Port = defaultPort
	}

	if c.Executable == "" {
		c.Executable = defaultExecutable
	}

	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}

	if c.MaxSessions == 0 {
		c.MaxSessions = maxSessions
	}

	return c
}

// check returns the first reason why c cannot be used, or nil.
func (c Config) check() error {
	wrong := func(reason, next string) error {
		return &stepError{tried: "use SSH", err: errors.New(reason), next: next}
	}

	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, "@/ \t\r\n"):
		return wrong(fmt.Sprintf("%q is not the name or address of a host", c.Host), adviceReach)
	case c.Port < 1 || c.Port > 65535:
		return wrong(fmt.Sprintf("%d is not a port", c.Port), adviceReach)
	case c.User == "":
		return wrong("there is no user to log in as", adviceUser)
	case c.Password == "" && c.PrivateKey == "" && !c.Agent:
		return wrong("there is nothing to log in with", adviceLogin)
	case c.MaxSessions < 0 || c.ConnectTimeout < 0:
		return wrong("a limit is negative", "Leave it out for the default.")
	}

	return nil
}

// commandText joins a command line for a shell that is not known: cmd.exe, PowerShell and sh quote in ways that exclude
// each other, so that only what none of them needs to quote is let through.
func commandText(words []string) (string, error) {
	const (
		plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
		// What base64 has beside letters and digits.
		inArgument = plain + "+/="
		// A backslash is for hosts whose shell is a Windows one.
		inExecutable = plain + `:/\~`
	)

	only := func(word, letters string) bool { return word != "" && strings.Trim(word, letters) == "" }

	for i, word := range words {
		if i == 0 && (!only(word, inExecutable) || strings.ContainsAny(word[:1], "-~")) {
			return "", &stepError{
				tried: "use SSH", err: fmt.Errorf("the executable %q cannot be started by every shell", word), next: adviceExecutable,
			}
		}

		if i > 0 && !only(word, inArgument) {
			return "", fmt.Errorf("the argument %.80q is not safe in every shell", word)
		}
	}

	command := strings.Join(words, " ")
	if len(command) > maxCommand {
		return "", fmt.Errorf("the command line has %d characters, and cmd.exe takes %d", len(command), maxCommand)
	}

	return command, nil
}
