package winrm_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// someScript is a script whose text the double does not run.
var someScript = powershell.NewScript("some-script", map[string]powershell.Refusal{
	"LyncTest": {Kind: "the test refuses", Advice: "Advice of the script."},
}, "Invoke-Lync { }")

// The protocol of scripts works over the transport with a large document in both directions, and Run maps the errors of
// the transport to kinds.
func TestRunOverWinRM(t *testing.T) {
	t.Parallel()

	const secret = "geheim'`$(x)" //nolint:gosec // only for the double

	text := powershelltest.Document(3 << 20)
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

		w, err := winrm.New(winrm.Config{
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

	data, err := json.Marshal(map[string]string{"password": secret})
	if err != nil {
		t.Fatal(err)
	}
	input := powershell.Input{Data: json.RawMessage(data), Document: text}

	w, s := start(nil)

	result, err := powershell.Run(t.Context(), w, someScript, input)
	if err != nil || result.Document != text || string(result.Value) != string(data) {
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

		_, err := powershell.Run(t.Context(), w, someScript, input)
		if !errors.Is(err, kind) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", action.Name(), err)
		}
	}

	// The answer is complete, and only the confirmation of the end of the command is lost: the answer is valid.
	w, _ = start(func(a winrmd.Action, n int) winrmd.Trouble {
		return winrmd.Trouble{Reset: a == winrmd.Signal && n == 1}
	})
	if _, err := powershell.Run(t.Context(), w, someScript, input); err != nil {
		t.Error(err)
	}
}

// Run reports the reason why PowerShell on the host does not run the script, and what to do.
func TestRefusalsOverWinRM(t *testing.T) {
	t.Parallel()

	const user, password = `LYNC\admin`, "geheim" //nolint:gosec // only for the double

	ca := winrmd.NewAuthority(t)
	file := filepath.Join(t.TempDir(), "ca.pem")

	if err := os.WriteFile(file, ca.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		line  string // of the bootstrap
		id    string // of the script's refusal
		kind  powershell.Kind
		texts []string
	}{
		"constrained language": {
			line: "lync-refused:language-mode:ConstrainedLanguage", kind: powershell.LanguageMode,
			texts: []string{"restricted language mode", "ConstrainedLanguage", "AppLocker", "Application Control"},
		},
		"PowerShell 2.0": {
			line:  "lync-refused:version:2.0",
			kind:  powershell.OldPowerShell,
			texts: []string{"too old", "Windows Management Framework 3.0"},
		},
		"refusal of the script": {
			id:    "LyncTest",
			kind:  "the test refuses",
			texts: []string{"the test refuses", "Advice of the script."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := winrmd.Start(t, winrmd.Options{
				User: user, Password: password, TLS: ca.Server(t), MaxWait: 200 * time.Millisecond,
				Run: func(_ context.Context, _ string, stdin io.Reader) ([]byte, []byte, int) {
					r, err := powershelltest.Read(stdin)
					if err != nil {
						return nil, []byte(err.Error()), 1
					}
					if test.line != "" {
						return []byte(test.line + "\r\n"), nil, 3
					}
					return []byte(r.Format(powershelltest.Answer{
						Failed: true,
						Faults: []powershelltest.Fault{{Message: "the particulars", ID: test.id, Terminating: true}},
					})), nil, 0
				},
			})

			w, err := winrm.New(winrm.Config{Host: s.Host, Port: s.Port, User: user, Password: password, CAFile: file})
			if err != nil {
				t.Fatal(err)
			}
			_, err = powershell.Run(t.Context(), w, someScript, powershell.Input{})

			var failed *powershell.Error
			if !errors.As(err, &failed) || failed.Kind != test.kind || failed.OutcomeUnknown() {
				t.Fatalf("got %v", err)
			}
			texts := append(test.texts, "cannot run some-script on "+w.Host())
			if test.id != "" {
				texts = append(texts, "the particulars")
			}
			for _, text := range texts {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("no %q in: %v", text, err)
				}
			}
			if err := w.Close(); err != nil || s.Open() != 0 {
				t.Errorf("%v, %d shells stay open", err, s.Open())
			}
		})
	}
}
