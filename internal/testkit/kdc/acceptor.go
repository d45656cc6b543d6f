//go:build unix

package kdc

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

//go:embed acceptor.py
var acceptorScript string

// Acceptor accepts messages of SPNEGO with the GSSAPI of the system.
type Acceptor struct {
	mu      sync.Mutex
	input   *bufio.Writer
	answers *bufio.Scanner
}

// StartAcceptor starts an acceptor with the configuration of the KDC.
func (k *KDC) StartAcceptor(keytab string, binding []byte) *Acceptor {
	k.t.Helper()
	return StartAcceptor(k.t, k.Config, keytab, binding)
}

// StartAcceptor starts an acceptor with a krb5.conf and the keys of a keytab. binding is the application data of the
// channel binding that a message must have, or empty. StartAcceptor skips the test if the programs are missing.
func StartAcceptor(t testing.TB, config, keytab string, binding []byte) *Acceptor {
	t.Helper()
	testkit.SkipIfShort(t)
	const python = "/usr/bin/python3" // the Python of the packages
	if err := exec.CommandContext(t.Context(), python, "-c", "import gssapi").Run(); err != nil {
		testkit.SkipWithoutPeer(t, "python3-gssapi is not installed: run internal/tools/kdc/install.sh")
	}
	//nolint:gosec // a constant script
	command := exec.CommandContext(context.WithoutCancel(t.Context()), python, "-c", acceptorScript, keytab,
		base64.StdEncoding.EncodeToString(binding))
	command.Env = append(os.Environ(), "KRB5_CONFIG="+config, "KRB5RCACHENAME=none:")
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = input.Close()
		_ = command.Wait()
	})
	a := &Acceptor{input: bufio.NewWriter(input), answers: bufio.NewScanner(output)}
	a.answers.Buffer(nil, 1<<20)
	return a
}

// Accept returns the user that a message authenticates.
func (a *Acceptor) Accept(message []byte) (user string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, _ = a.input.WriteString(base64.StdEncoding.EncodeToString(message) + "\n")
	if err := a.input.Flush(); err != nil {
		return "", err
	}
	if !a.answers.Scan() {
		return "", errors.New("the acceptor has ended")
	}
	verdict, text, _ := strings.Cut(a.answers.Text(), " ")
	if verdict != "accepted" {
		return "", errors.New(text)
	}
	return text, nil
}
