package powershell_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// fakeModeFile is the suffix of the file that makes the test binary a fake PowerShell. The file stands beside the
// executable of a test and contains the mode of the fake, so that each test has its own.
const fakeModeFile = ".mode"

func TestMain(m *testing.M) {
	if mode, err := os.ReadFile(os.Args[0] + fakeModeFile); err == nil {
		os.Exit(fakePowerShell(string(mode)))
	}
	os.Exit(m.Run())
}

// clixml is standard error of powershell.exe if another PowerShell reads it.
const clixml = "#< CLIXML\r\n" + `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">` +
	`<Obj S="progress" RefId="0"><TN ` +
	`RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN>` +
	`<MS><I64 N="SourceId">1</I64><PR N="Record"><AV>Preparing modules for first use.</AV></PR></MS></Obj>` +
	`<S S="Error">Zugriff verweigert: _x00DC_bergabe_x000D__x000A_</S><S S="Error">    + x_x005F_x0041_ &lt;&lt;&lt; ` +
	`_xD83C__xDFE2__x000D__x000A_</S>` +
	`</Objs>`

const testRefusal powershell.Kind = "the test refuses"

// someScript is a script whose text the fake PowerShell does not run.
var someScript = powershell.NewScript("some-script", map[string]powershell.Refusal{
	"LyncTest": {Kind: testRefusal, Advice: "Advice of the script."},
}, "Invoke-Lync { }")

// fakePowerShell behaves as PowerShell does with the bootstrap, or in a wrong way, depending on mode.
func fakePowerShell(mode string) int {
	fail := func(format string, args ...any) int {
		fmt.Fprintf(os.Stderr, "fake: "+format+"\n", args...)
		return 99
	}

	if !slices.Equal(os.Args[1:], powershell.CommandLine("")[1:]) {
		return fail("started with %q", os.Args[1:])
	}
	switch mode {
	case "language-mode":
		fmt.Print("lync-refused:language-mode:ConstrainedLanguage\r\n")
		return 3
	case "version":
		fmt.Print("lync-refused:version:2.0\r\n")
		return 3
	case "menu":
		fmt.Print("Welcome\r\n1) Reboot\r\n")
		return 0
	}
	fmt.Printf("lync-process:%d\r\n", os.Getpid())

	switch mode {
	case "input":
		fmt.Print("lync-refused:input:2\r\n")
		return 3
	case "no-read":
		fmt.Print("nothing to see")
		return 0
	case "exit":
		fmt.Fprint(os.Stderr, clixml)
		return 1
	}
	request, err := powershelltest.Read(os.Stdin)
	if err != nil {
		return fail("%v", err)
	}
	answer := powershelltest.Answer{
		Result:   map[string]string{"module": "Lync"},
		Document: powershelltest.Document(2000),
		Faults: []powershelltest.Fault{
			{Message: "kein Fehler", Cmdlet: "Get-CsTopology", ID: "X,Y", Category: "NotSpecified"},
		},
		Warnings: []string{"Warnung \u00fc"},
	}
	refuse := func(id string) {
		answer = powershelltest.Answer{
			Failed: true,
			Faults: []powershelltest.Fault{{Message: "particulars", ID: id, Terminating: true}},
		}
	}

	switch mode {
	case "echo":
		answer = powershelltest.Answer{Result: request.Data, Document: request.Document}
	case "script":
		answer = powershelltest.Answer{Result: request.Script, Document: request.Text}
	case "huge":
		answer.Document = powershelltest.Document(8 << 20)
	case "banner":
		fmt.Print("#### Authorized use only ####\r\nUser: {lync:1234:result} {lync:\x1b[31mred\x1b[0m\r\n")
		fmt.Print("WARNING: \xfc\xe4\xf6\r\n")
	case "wrapped":
		fmt.Print(wrap(request.Format(answer), 40))
		return 0
	case "utf16":
		for _, unit := range utf16.Encode([]rune("\uFEFF" + request.Format(answer))) {
			_, _ = os.Stdout.Write([]byte{byte(unit), byte(unit >> 8)})
		}
		return 0
	case "result-and-exit":
		fmt.Print(request.Format(answer))
		fmt.Fprint(os.Stderr, clixml)
		return 1
	case "result-and-hang":
		fmt.Print(request.Format(answer))
		hang()
	case "cut":
		text := request.Format(answer)
		fmt.Print(text[:len(text)-60])
		return 0
	case "changed":
		text := request.Format(answer)
		fmt.Print(text[:200] + flip(text[200]) + text[201:])
		return 0
	case "mixed":
		text := request.Format(answer)
		fmt.Print(text[:200] + "\r\nWARNING: something\r\n" + text[200:])
		return 0
	case "no-document":
		text := request.Format(answer)
		begin := strings.Index(text, "{lync:"+request.Nonce+":document}")
		end := strings.Index(text, "{lync:"+request.Nonce+":end}")
		fmt.Print(text[:begin] + text[end:])
		return 0
	case "hang":
		fmt.Print(hanging)
		hang()
	case "denied":
		answer = powershelltest.Answer{Failed: true, Faults: []powershelltest.Fault{
			{
				Message:   "An error occurred: \"System.Data.SqlClient.SqlException\" \"denied\"",
				Cmdlet:    "Get-CsTopology",
				Category:  "PermissionDenied",
				ID:        "ProcessingFailed,Microsoft.Rtc.Management.Deployment.GetTopologyCmdlet",
				Exception: "System.InvalidOperationException",
				Causes: []string{
					"System.Data.SqlClient.SqlException: denied",
				},
				Position:    "At line:1 char:1",
				Terminating: true,
			},
		}}
	case "LyncTest":
		refuse(mode)

		answer.Faults = slices.Insert(answer.Faults, 0, powershelltest.Fault{
			Message: "cannot be loaded",
			Cmdlet:  "Import-Module",
			ID:      "UnauthorizedAccess,Microsoft.PowerShell.Commands.ImportModuleCommand",
		})
	default:
		if strings.HasPrefix(mode, "Lync") {
			refuse(mode)
		}
	}
	fmt.Print(request.Format(answer))

	if mode == "banner" {
		fmt.Print("Goodbye {lync:" + request.Nonce + ":en\r\n\xff")
		fmt.Fprint(os.Stderr, clixml)
	}
	return 0
}

// hanging is the output of the fake before it hangs.
const hanging = "hanging\r\n"

// hang blocks longer than any test waits.
func hang() { time.Sleep(time.Hour) }

// onOutput returns a transport that calls do once when standard output contains text.
func onOutput(transport powershell.Transport, text string, do func()) powershell.Transport {
	watched, _ := transport.(powershell.Watched)
	return &outputWatch{watched, text, do}
}

type outputWatch struct {
	powershell.Watched

	text string
	do   func()
}

func (w *outputWatch) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	var (
		once sync.Once
		all  strings.Builder
	)
	return w.RunWatched(ctx, script, input, func(piece []byte) {
		all.Write(piece)

		if strings.Contains(all.String(), w.text) {
			once.Do(w.do)
		}
	})
}

// flip returns another letter of base64.
func flip(b byte) string {
	if b == 'A' {
		return "B"
	}
	return "A"
}

// wrap breaks lines like a console of this width.
func wrap(text string, width int) string {
	var out strings.Builder

	for line := range strings.Lines(text) {
		for len(line) > width {
			out.WriteString(line[:width] + "\r\n")
			line = line[width:]
		}
		out.WriteString(line)
	}
	return out.String()
}

// fakeTransport returns a local transport with the test binary as PowerShell.
func fakeTransport(t *testing.T, mode string) powershell.Transport {
	t.Helper()

	executable := testkit.Self(t, t.TempDir(), "pwsh")
	if err := os.WriteFile(executable+fakeModeFile, []byte(mode), 0o600); err != nil {
		t.Fatal(err)
	}
	return &local.Transport{Executable: executable}
}

func decodeValue[T any](t *testing.T, result powershell.Result) T {
	t.Helper()

	var value T
	if err := json.Unmarshal(result.Value, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
