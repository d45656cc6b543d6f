package powershell_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// traced is a transport that writes each argument of a command which a script runs to a file. These are the arguments
// that Module Logging and Transcription record.
type traced struct {
	powershell.Transport

	file string
}

func (t traced) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	const trace = "Trace-Command -Name ParameterBinding -FilePath '%' -Expression {\n& {\n"
	return t.Transport.Run(ctx, strings.ReplaceAll(trace, "%", t.file)+script+"\n}\n}\n", input)
}

// forms returns a text as itself, and as base64 of its encodings.
func forms(text string) map[string]string {
	var units []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		units = binary.LittleEndian.AppendUint16(units, unit)
	}
	return map[string]string{
		"the text":         text,
		"base64 of UTF-8":  base64.StdEncoding.EncodeToString([]byte(text)),
		"base64 of UTF-16": base64.StdEncoding.EncodeToString(units),
	}
}

// PowerShell binds no parameter to the password, not even in an encoded form. It does bind other data.
func TestPowerShellBindsNoSecret(t *testing.T) {
	t.Parallel()

	const user, password = "admin@contoso.com", "Pa55w0rd-of-the-test"

	file := filepath.Join(t.TempDir(), "trace")
	transport := powershell.CredSSP(traced{realPowerShell(t), file}, user, password)
	_, err := powershell.Run(t.Context(), transport, someScript, powershell.Input{})

	// The session does not open on this host, or the password is wrong.
	if !errors.Is(err, powershell.NotStarted) || !strings.Contains(err.Error(), "cannot open a session to itself") {
		t.Fatalf("got %v", err)
	}
	content, err := os.ReadFile(file) //nolint:gosec // a file of this test
	if err != nil {
		t.Fatal(err)
	}
	trace := string(content)
	if !strings.Contains(trace, user) || !strings.Contains(trace, "PSCredential") {
		t.Errorf("the trace has %d bytes and not the user: %.2000s", len(trace), trace)
	}
	for name, text := range forms(password) {
		for line := range strings.Lines(trace) {
			if strings.Contains(line, text) {
				t.Errorf("%s is bound: %s", name, strings.TrimSpace(line))
			}
		}
	}
}

// A secret arrives unchanged, and its block is gone afterwards.
func TestPowerShellReadsSecret(t *testing.T) {
	t.Parallel()

	type value struct {
		Secret string `json:"secret"`
		Type   string `json:"type"`
		Block  string `json:"block"`
	}

	result := runWork(t, `
    $secret = Read-LyncSecret
    $Lync.Result['type'] = $secret.GetType().FullName
    $Lync.Result['secret'] = (New-Object Net.NetworkCredential ('', $secret)).Password
    $Lync.Result['block'] = $LyncBlocks[3]
`, powershell.Input{Secret: hopPassword})

	if got := decodeValue[value](t, result); got != (value{hopPassword, "System.Security.SecureString", ""}) {
		t.Errorf("got %+v", got)
	}
}
