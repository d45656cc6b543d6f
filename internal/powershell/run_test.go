package powershell_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

func TestRun(t *testing.T) {
	t.Parallel()

	for _, mode := range []string{"good", "banner", "wrapped", "utf16", "result-and-exit"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()

			result, err := powershell.Run(t.Context(), fakeTransport(t, mode), someScript, powershell.Input{})
			if err != nil {
				t.Fatal(err)
			}
			if result.Document != powershelltest.Document(2000) {
				t.Error("another document")
			}
			if string(result.Value) != `{"module":"Lync"}` {
				t.Errorf("value: %s", result.Value)
			}
			if result.Host.Computer != "FE1" || result.Host.Bits != 64 {
				t.Errorf("host: %+v", result.Host)
			}
			if len(result.Faults) != 1 || result.Faults[0].Cmdlet != "Get-CsTopology" {
				t.Errorf("faults: %+v", result.Faults)
			}
			if !reflect.DeepEqual(result.Warnings, []string{"Warnung \u00fc"}) {
				t.Errorf("warnings: %q", result.Warnings)
			}
		})
	}
}

func TestRunHuge(t *testing.T) {
	t.Parallel()

	result, err := powershell.Run(t.Context(), fakeTransport(t, "huge"), someScript, powershell.Input{})
	if err != nil {
		t.Fatal(err)
	}
	if result.Document != powershelltest.Document(8<<20) {
		t.Errorf("another document, of %d bytes", len(result.Document))
	}
}

// Input arrives unchanged, even if it is special to a shell, PowerShell, JSON or XML.
func TestRunInput(t *testing.T) {
	t.Parallel()

	type data struct{ Values []string }

	values := data{
		[]string{
			"",
			" ",
			"'",
			`"`,
			"`",
			"$env:PATH",
			"$(Stop-Computer)",
			"'; Stop-Computer #",
			"a\nb\r\n.\r\n",
			"%PATH%",
			"\\",
			"\x00\x01\u2028",
			"\u00c4\u6771\U0001f3e2",
			"2024-01-01T00:00:00",
			`\/Date(1)\/`,
			"</Objs>",
			"{lync:x:result}",
			"\u201csmart\u201d \u2018quotes\u2019",
			"@'\n'@",
		},
	}

	for _, size := range []int{0, 3000, 6 << 20} {
		text := ""
		if size > 0 {
			text = powershelltest.Document(size)
		}
		input := powershell.Input{Data: values, Document: "\uFEFF" + text}

		result, err := powershell.Run(t.Context(), fakeTransport(t, "echo"), someScript, input)
		if err != nil {
			t.Fatal(err)
		}
		if got := decodeValue[data](t, result); !reflect.DeepEqual(got, values) {
			t.Errorf("got %q", got)
		}
		if result.Document != text {
			t.Errorf("another document, of %d bytes instead of %d", len(result.Document), len(text))
		}
	}
}

// The text of a script does not depend on its input.
func TestRunSendsConstantScripts(t *testing.T) {
	t.Parallel()

	var texts []string

	for _, value := range []string{"alpha-geheim", "beta-geheim"} {
		input := powershell.Input{Data: value, Document: value, Secret: value}

		result, err := powershell.Run(t.Context(), fakeTransport(t, "script"), someScript, input)
		if err != nil {
			t.Fatal(err)
		}
		if name := decodeValue[string](t, result); name != someScript.String() {
			t.Errorf("the name of the script is %s", name)
		}
		texts = append(texts, result.Document)
	}
	if texts[0] != texts[1] || strings.Contains(texts[0], "geheim") || !strings.Contains(texts[0], "Invoke-Lync {") {
		t.Error("the script contains values, or is missing")
	}
}

func TestRunErrors(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		mode    string
		kind    powershell.Kind
		unknown bool
		texts   []string
	}{
		{"language-mode", powershell.LanguageMode, false, []string{"ConstrainedLanguage", "AppLocker"}},
		{"version", powershell.OldPowerShell, false, []string{"2.0", "Management Framework"}},
		{"input", powershell.InputCut, false, []string{"did nothing"}},
		{"menu", powershell.NoResult, true, []string{"1) Reboot", "executable"}},
		{"no-read", powershell.NoResult, true, []string{"nothing to see"}},
		{
			"exit",
			powershell.ExitCode,
			true,
			[]string{"exit code 1", "Zugriff verweigert: \u00dcbergabe", "x_x0041_ <<< \U0001f3e2"},
		},
		{"cut", powershell.OutputCut, true, []string{"cut off"}},
		{"changed", powershell.OutputDamaged, true, []string{"the result: unpack gzip"}},
		{"mixed", powershell.OutputDamaged, true, []string{"base64"}},
		{"no-document", powershell.OutputDamaged, true, []string{"the document is not the one"}},
		{
			"denied",
			powershell.Failed,
			false,
			[]string{
				"Get-CsTopology: An error occurred", "ProcessingFailed,Microsoft.Rtc", "PermissionDenied",
				"caused by System.Data",
			},
		},
		{
			"LyncTest",
			testRefusal,
			false,
			[]string{"the test refuses: particulars", "Advice of the script.", "Import-Module: cannot be loaded"},
		},
		{"LyncInput", powershell.InputCut, false, []string{"did nothing"}},
		{"LyncSomethingNew", powershell.Failed, false, []string{"LyncSomethingNew"}},
	} {
		t.Run(test.mode, func(t *testing.T) {
			t.Parallel()

			secret := "s3cret"
			transport := fakeTransport(t, test.mode)
			_, err := powershell.Run(t.Context(), transport, someScript, powershell.Input{Data: secret, Secret: secret})

			var failed *powershell.Error
			if !errors.As(err, &failed) {
				t.Fatalf("got %v", err)
			}
			t.Log(err)

			if !errors.Is(err, test.kind) || failed.Kind != test.kind {
				t.Errorf("kind: %s", failed.Kind)
			}
			if failed.OutcomeUnknown() != test.unknown {
				t.Errorf("outcome unknown: %v", failed.OutcomeUnknown())
			}
			for _, text := range append(test.texts, "cannot run some-script on this host") {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("no %q in the error", text)
				}
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "{lync:") ||
				strings.Contains(err.Error(), "lync-process") {
				t.Error("the error contains a secret or a part of the protocol")
			}
		})
	}
}

// overdue is a context whose end looks like a passed deadline.
type overdue struct{ context.Context } //nolint:containedctx // implements a context

func (o overdue) Err() error {
	if o.Context.Err() != nil {
		return context.DeadlineExceeded
	}
	return nil
}

// The end of the context ends a script that hangs.
func TestRunHung(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		cause error
		kind  powershell.Kind
	}{{context.Canceled, powershell.Canceled}, {context.DeadlineExceeded, powershell.Deadline}} {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)

		transport := onOutput(fakeTransport(t, "hang"), hanging, func() { cancel(test.cause) })

		if test.kind == powershell.Deadline {
			ctx = overdue{ctx}
		}
		_, err := powershell.Run(ctx, transport, someScript, powershell.Input{})
		if !errors.Is(err, test.kind) || !errors.Is(err, test.cause) {
			t.Errorf("got %v", err)
		}
	}
}

// A complete result is valid even if the context ended before the process.
func TestRunResultBeforeTheEnd(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	transport := onOutput(fakeTransport(t, "result-and-hang"), ":end}", cancel)

	result, err := powershell.Run(ctx, transport, someScript, powershell.Input{})
	if err != nil || result.Document != powershelltest.Document(2000) {
		t.Errorf("got %v", err)
	}
}

// failingTransport is a transport that returns a part of an output and an error.
type failingTransport struct{ err error }

func (failingTransport) Host() string { return "fe1.contoso.com" }
func (failingTransport) Close() error { return nil }
func (f failingTransport) Run(context.Context, string, io.Reader) (powershell.Output, error) {
	return powershell.Output{Stdout: []byte("half a")}, f.err
}

// canceled returns a context that has ended.
func canceled(t *testing.T) context.Context {
	t.Helper()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestRunTransportErrors(t *testing.T) {
	t.Parallel()

	reset := syscall.ECONNRESET

	_, err := powershell.Run(t.Context(), failingTransport{reset}, someScript, powershell.Input{})
	if !errors.Is(err, powershell.Lost) || !errors.Is(err, reset) ||
		!strings.Contains(err.Error(), "on fe1.contoso.com") {
		t.Errorf("got %v", err)
	}
	for _, ctx := range []context.Context{t.Context(), canceled(t)} {
		tooMuch := fmt.Errorf("observe the script: %w", powershell.ErrTooMuchOutput)

		_, err = powershell.Run(ctx, failingTransport{tooMuch}, someScript, powershell.Input{})
		if !errors.Is(err, powershell.TooMuchOutput) || !errors.Is(err, tooMuch) ||
			!strings.Contains(err.Error(), "observe the script: it wrote more than 128 MiB") ||
			!strings.Contains(err.Error(), "login script") {
			t.Errorf("got %v", err)
		}
	}
	notStarted := failingTransport{&powershell.StartError{Err: reset}}

	_, err = powershell.Run(t.Context(), notStarted, someScript, powershell.Input{})
	if !errors.Is(err, powershell.NotStarted) || !errors.Is(err, reset) {
		t.Errorf("got %v", err)
	}
}

// The outcome is known if the context ends before the script starts.
func TestRunOutOfTimeBeforeTheStart(t *testing.T) {
	t.Parallel()

	ended, cancel := context.WithCancel(t.Context())
	cancel()

	late, cancel := context.WithDeadline(t.Context(), time.Time{})
	defer cancel()

	for _, test := range []struct {
		ctx     context.Context //nolint:containedctx // a row of a table
		err     error
		kind    powershell.Kind
		unknown bool
	}{
		{ended, &powershell.StartError{Err: ended.Err()}, powershell.NotStarted, false},
		{late, &powershell.StartError{Err: late.Err()}, powershell.NotStarted, false},
		{ended, ended.Err(), powershell.Canceled, true},
		{late, late.Err(), powershell.Deadline, true},
	} {
		_, err := powershell.Run(test.ctx, failingTransport{test.err}, someScript, powershell.Input{})

		var failed *powershell.Error
		if !errors.As(err, &failed) || failed.Kind != test.kind || failed.OutcomeUnknown() != test.unknown ||
			!errors.Is(err, test.ctx.Err()) {
			t.Errorf("%v: got %v", test.ctx.Err(), err)
		}
	}
}

func TestRunRefusesInput(t *testing.T) {
	t.Parallel()

	for _, input := range []powershell.Input{{Data: math.Inf(1)}, {Document: "\xff"}, {Secret: "Inf\xff"}} {
		_, err := powershell.Run(t.Context(), failingTransport{}, someScript, input)
		if !errors.Is(err, powershell.NotStarted) || strings.Contains(err.Error(), "Inf") {
			t.Errorf("got %v", err)
		}
	}
}
