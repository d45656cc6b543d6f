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
	// maxSessions is below the default limit of a server, which is ten. Each session loads a large module.
	maxSessions = 4
	// maxCommand leaves room for what the server adds: cmd.exe accepts 8191 characters.
	maxCommand = 8000

	defaultExecutable = "powershell.exe"
)

// Config describes how to run PowerShell on a host through its SSH server. An unset field has its default.
type Config struct {
	Host string
	Port int
	User string
	// Executable is the name or path of PowerShell on the host.
	Executable string

	// The credentials, tried in this order: the key, the keys of the agent, the password. At least one is required.
	PrivateKey           string
	PrivateKeyPassphrase string
	Agent                bool
	Password             string

	// HostKey pins the key of the host: public keys or SHA256 fingerprints, one per line. If it is unset, KnownHosts
	// are the files in the format of known_hosts that contain the key. The default is the known_hosts file of the user.
	HostKey    string
	KnownHosts []string

	// ConnectTimeout limits the time to connect: dial, handshake and login.
	ConnectTimeout time.Duration
	// MaxSessions is the largest number of scripts that run at the same time. More scripts wait.
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
		return &stepError{tried: "use SSH", err: errors.New("there are no credentials"), kind: NoCredentials}
	case c.MaxSessions < 0 || c.ConnectTimeout < 0:
		return wrong("a limit is negative", "Remove the setting to use the default.")
	}
	return nil
}

// commandText returns a command line for an unknown shell. cmd.exe, PowerShell and sh have incompatible quoting rules.
// Therefore a character that one of them requires to be quoted is an error.
func commandText(words []string) (string, error) {
	const (
		plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
		// base64 also uses these.
		inArgument = plain + "+/="
		// Paths of Windows use these.
		inExecutable = plain + `:/\~`
	)

	only := func(word, letters string) bool { return word != "" && strings.Trim(word, letters) == "" }

	for i, word := range words {
		if i == 0 && (!only(word, inExecutable) || strings.ContainsAny(word[:1], "-~")) {
			return "", &stepError{
				tried: "use SSH",
				err:   fmt.Errorf("the executable %q cannot be started by every shell", word),
				next:  adviceExecutable,
			}
		}
		if i > 0 && !only(word, inArgument) {
			return "", fmt.Errorf("build command line: the argument %.80q is not safe in every shell", word)
		}
	}
	command := strings.Join(words, " ")
	if len(command) > maxCommand {
		return "", fmt.Errorf("build command line: %d characters, more than %d", len(command), maxCommand)
	}
	return command, nil
}
