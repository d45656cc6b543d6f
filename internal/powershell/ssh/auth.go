package ssh

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"runtime"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// parsePrivateKey parses the text of a private key. Its errors contain no part of the key or of the passphrase.
func parsePrivateKey(text, passphrase string) (ssh.Signer, error) {
	// A key that is not encrypted needs no passphrase, and one that is set has no effect.
	signer, err := ssh.ParsePrivateKey([]byte(text))

	var missing *ssh.PassphraseMissingError
	if errors.As(err, &missing) && passphrase != "" {
		signer, err = ssh.ParsePrivateKeyWithPassphrase([]byte(text), []byte(passphrase))
	}
	fail := func(reason string, kind Kind, next string) error {
		return &stepError{tried: "read the private key", err: errors.New(reason), kind: kind, next: next}
	}

	switch {
	case err == nil:
		return signer, nil
	case errors.As(err, &missing):
		return nil, fail("it is encrypted, and no passphrase is set", BadPassphrase, "")
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, fail("the passphrase is wrong", BadPassphrase, "")
	case strings.Contains(text, "PuTTY-User-Key-File"):
		return nil, fail("it is in the format of PuTTY", "", advicePutty)
	case strings.Contains(text, "BEGIN ENCRYPTED PRIVATE KEY"):
		return nil, fail("it is an encrypted PKCS #8 key, which is not supported", "", adviceConvert)
	case !strings.Contains(text, "-----BEGIN "):
		return nil, fail("it is not the text of a private key", BadPrivateKey, "")
	default:
		return nil, fail(err.Error(), BadPrivateKey, "")
	}
}

// agentSocket returns the path of the socket of the SSH agent.
func agentSocket() (string, error) {
	if socket := os.Getenv("SSH_AUTH_SOCK"); socket != "" {
		return socket, nil
	}
	reason := "SSH_AUTH_SOCK is not set"
	if runtime.GOOS == "windows" {
		reason = "SSH_AUTH_SOCK is not set, and the agent of Windows, behind a named pipe, is not supported"
	}
	return "", &stepError{tried: "use the SSH agent", err: errors.New(reason), kind: BadAgent, next: adviceAgent}
}

// agentSigners returns the keys of the agent, and a function that closes the connection to the agent. The keys can sign
// until then.
func agentSigners(ctx context.Context, socket string) ([]ssh.Signer, func(), error) {
	fail := func(err error) error {
		return &stepError{tried: "use the SSH agent at " + socket, err: err, kind: BadAgent, next: adviceAgent}
	}

	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, nil, fail(ended(ctx, err))
	}

	// An agent may ask its user before it signs, or hang. The context ends the connection to it.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	done := func() {
		stop()
		_ = conn.Close()
	}

	var signers []ssh.Signer

	err = powershell.Guard(func() (err error) {
		signers, err = agent.NewClient(conn).Signers()
		return err
	})
	if err == nil && len(signers) == 0 {
		err = errors.New("it holds no keys")
	}
	if err != nil {
		err = fail(ended(ctx, err))

		done()
		return nil, nil, err
	}
	return signers, done, nil
}
