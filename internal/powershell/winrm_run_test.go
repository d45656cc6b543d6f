package powershell_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// The scripts' protocol over the transport, with a document of the size of a large deployment's in both directions, and
// what a run makes of the transport's errors.
func TestRunOverWinRM(t *testing.T) {
	t.Parallel()

	const secret = "geheim'`$(x)" //nolint:gosec // of the double alone

	text := document(3 << 20)
	ca := winrmd.NewAuthority(t)
	file := filepath.Join(t.TempDir(), "ca.pem")

	if err := os.WriteFile(file, ca.PEM, 0o600); err != nil {
		t.Fatal(err)
	}

	start := func(trouble func(winrmd.Action, int) winrmd.Trouble) (powershell.Transport, *winrmd.Server) {
		s := winrmd.Start(t, winrmd.Options{
			User: `LYNC\admin`, Password: secret, TLS: ca.Server(t), MaxWait: 200 * time.Millisecond, Before: trouble,
			Run: func(_ context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
				r, err := powershelltest.Read(stdin)
				if err != nil {
					return nil, []byte(err.Error()), 1
				}

				return []byte(r.Format(powershelltest.Answer{Result: r.Data, Document: r.Document})), nil, 0
			},
		})

		w, err := powershell.NewWinRM(powershell.WinRMConfig{
			Host: s.Host, Port: s.Port, User: `LYNC\admin`, Password: secret, CAFile: file,
		})
		if err != nil {
			t.Fatal(err)
		}

		t.Cleanup(func() {
			if err := w.Close(); err != nil || s.Open() != 0 {
				t.Errorf("%v, %d shells stay open", err, s.Open())
			}
		})

		return w, s
	}

	input := powershell.Input{Data: map[string]string{"password": secret}, Document: text}

	w, s := start(nil)

	result, err := powershell.Run(t.Context(), w, powershell.GetTopology, input)
	if err != nil || result.Document != text || decodeValue[map[string]string](t, result)["password"] != secret {
		t.Fatalf("%v, %d bytes, %s", err, len(result.Document), result.Value)
	}

	for _, line := range s.Count().Lines {
		if strings.Contains(line, secret) || len(line) > 8191 {
			t.Errorf("command line %q", line)
		}
	}

	for action, kind := range map[winrmd.Action]powershell.Kind{
		winrmd.Create: powershell.NotStarted, winrmd.Run: powershell.NotStarted,
		winrmd.Send: powershell.Lost, winrmd.Receive: powershell.Lost,
	} {
		w, _ := start(func(a winrmd.Action, _ int) winrmd.Trouble { return winrmd.Trouble{Reset: a == action} })

		_, err := powershell.Run(t.Context(), w, powershell.GetTopology, input)
		if !errors.Is(err, kind) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", action.Name(), err)
		}
	}

	// All of the answer came, and only the host's word that the command is done did not: the answer counts.
	w, _ = start(func(a winrmd.Action, n int) winrmd.Trouble {
		return winrmd.Trouble{Reset: a == winrmd.Signal && n == 1}
	})
	if _, err := powershell.Run(t.Context(), w, powershell.GetTopology, input); err != nil {
		t.Error(err)
	}
}
