// Package gssd accepts logins with a GSS-API library of the system, for a test of a client against another
// implementation of its protocol. It needs Python with the module gssapi (Debian: python3-gssapi) and the library of
// the mechanism (Debian: gss-ntlmssp for NTLM).
package gssd

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

//go:embed acceptor.py
var acceptor string

// ntlmOID is the mechanism NTLM.
const ntlmOID = "1.3.6.1.4.1.311.2.2.10"

// Acceptor is a process that accepts logins. It implements winrmd.Peer.
type Acceptor struct {
	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
}

// NTLM starts an acceptor for NTLM with one account. It ends at the end of the test. NTLM skips the test if the
// programs are missing.
func NTLM(t testing.TB, domain, user, password string) *Acceptor {
	t.Helper()

	accounts := filepath.Join(t.TempDir(), "accounts")
	if err := os.WriteFile(accounts, []byte(domain+":"+user+":"+password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// MIT krb5 lists its mechanisms there.
	if _, err := os.Stat("/etc/gss/mech.d/mech.ntlmssp.conf"); err != nil {
		testkit.SkipWithoutPeer(t, "gss-ntlmssp is missing (Debian: apt-get install gss-ntlmssp)")
	}
	return start(t, ntlmOID, "NTLM_USER_FILE="+accounts)
}

// start starts an acceptor for a mechanism.
func start(t testing.TB, mechanism string, environment ...string) *Acceptor {
	t.Helper()

	testkit.SkipIfShort(t)

	// The module is for Debian's interpreter, which may not be the first on PATH.
	const interpreter = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), interpreter, "-c", "import gssapi").Run(); err != nil {
		testkit.SkipWithoutPeer(t, "the module gssapi is missing (Debian: apt-get install python3-gssapi)")
	}
	cmd := exec.Command(interpreter, "-c", acceptor, mechanism) //nolint:noctx // ends with its standard input
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stderr = os.Stderr

	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the acceptor: %v", err)
		}
	})
	return &Acceptor{in: in, out: bufio.NewReader(out)}
}

// request is a call of the acceptor.
type request struct {
	Call       string `json:"call"`
	Connection int    `json:"connection"`
	Data       []byte `json:"data"`
	Binding    []byte `json:"binding"`
}

// reply is the answer to a request.
type reply struct {
	Data  []byte `json:"data"`
	Done  bool   `json:"done"`
	Error string `json:"error"`
}

// Accept processes a token of a client. It returns the token of the answer, and whether the login is complete. binding
// is the application data of the channel binding, or empty.
func (a *Acceptor) Accept(connection int, token, binding []byte) (answer []byte, done bool, err error) {
	r, err := a.call(request{Call: "accept", Connection: connection, Data: token, Binding: binding})
	return r.Data, r.Done, err
}

// Seal returns the signature of a message and the encrypted message.
func (a *Acceptor) Seal(connection int, message []byte) ([]byte, error) {
	r, err := a.call(request{Call: "seal", Connection: connection, Data: message})
	return r.Data, err
}

// Unseal returns the message of what Seal of the other side has returned.
func (a *Acceptor) Unseal(connection int, sealed []byte) ([]byte, error) {
	r, err := a.call(request{Call: "unseal", Connection: connection, Data: sealed})
	return r.Data, err
}

func (a *Acceptor) call(r request) (reply, error) {
	a.mu.Lock()
	defer a.mu.Unlock()

	line, err := json.Marshal(r)
	if err != nil {
		return reply{}, err
	}
	if _, err := a.in.Write(append(line, '\n')); err != nil {
		return reply{}, err
	}
	if line, err = a.out.ReadBytes('\n'); err != nil {
		return reply{}, err
	}
	var answer reply
	if err := json.Unmarshal(line, &answer); err != nil {
		return reply{}, err
	}
	if answer.Error != "" {
		return reply{}, errors.New(answer.Error)
	}
	return answer, nil
}
