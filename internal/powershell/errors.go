package powershell

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

// An Error is the reason why a script returned no result, or ended with an error.
type Error struct {
	Kind   Kind
	Host   string
	Script string
	// What is the detail of the kind, such as the language mode.
	What string
	// Faults are the errors that PowerShell reported. The last one ended the script.
	Faults []Fault
	// ExitCode, Stdout and Stderr are of the process, if there is no result. Stdout is an excerpt.
	ExitCode int
	Stdout   string
	Stderr   string
	// Err is the error of the transport.
	Err error

	// advice is that of the [Refusal], or empty.
	advice string
}

func (e *Error) Error() string {
	var text strings.Builder

	fmt.Fprintf(&text, "cannot run %s on %s: %s", e.Script, e.Host, e.Kind)

	if e.What != "" {
		text.WriteString(": " + e.What)
	}
	if e.Err != nil {
		text.WriteString(": " + e.Err.Error())
	}
	if e.ExitCode != 0 && len(e.Faults) == 0 {
		fmt.Fprintf(&text, " (exit code %d)", e.ExitCode)
	}
	for _, fault := range e.Faults {
		text.WriteString("\n" + fault.String())
	}
	for _, stream := range []struct{ name, text string }{{"Standard error", e.Stderr}, {"Output", e.Stdout}} {
		if stream.text != "" && len(e.Faults) == 0 {
			text.WriteString("\n" + stream.name + ": " + stream.text)
		}
	}
	next := e.advice
	if next == "" {
		next = advice[e.Kind]
	}
	if next != "" && strings.Contains(text.String(), "\n") {
		return text.String() + "\n" + next
	}
	return sentence.Then(text.String(), next)
}

// Unwrap returns the kind and the error of the transport.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// OutcomeUnknown reports whether the script may have done its work, or a part of it, although there is no result. The
// caller of a script that changes something must then read the current state.
func (e *Error) OutcomeUnknown() bool {
	switch e.Kind {
	case Deadline, Canceled, Lost, OutputCut, OutputDamaged, TooMuchOutput, NoResult, ExitCode:
		return true
	default:
		return false
	}
}

// as completes e with a kind and a cause.
func (e *Error) as(kind Kind, err error) *Error {
	e.Kind, e.Err = kind, err
	return e
}

// refused completes e for a script that returned a result and ended with an error.
func (e *Error) refused(result Result, refusals map[string]Refusal) *Error {
	e.Kind, e.Faults, e.ExitCode, e.Stderr = Failed, result.Faults, 0, ""

	if len(e.Faults) == 0 {
		return e
	}
	last := e.Faults[len(e.Faults)-1]
	id, _, _ := strings.Cut(last.ID, ",")

	refusal, ok := refusals[id]
	if id == idInputCut {
		refusal, ok = Refusal{Kind: InputCut}, true
	}
	if ok {
		e.Kind, e.advice, e.What, e.Faults = refusal.Kind, refusal.Advice, last.Message, e.Faults[:len(e.Faults)-1]
	}
	return e
}

// noAnswer completes e for standard output without a readable answer. The order of the causes is: a refusal of the
// bootstrap, which is the most specific; a start error of the transport; too much output; the context, whose end also
// cuts off output; any other error of the transport.
func (e *Error) noAnswer(ctx context.Context, err error, output Output, got reply) *Error {
	e.Stdout = excerpt(withoutProcessLine(output.Stdout))
	e.Stderr = shorten(e.Stderr)
	e.Err = err

	if kind, what, ok := bootstrapRefusal(output.Stdout); ok && got.state == absent {
		e.Kind, e.What, e.Stdout, e.ExitCode, e.Err = kind, what, "", 0, nil
		return e
	}
	if got.state != absent {
		// The output is encoded and not readable.
		e.Stdout = ""
	}
	switch {
	case errors.As(err, new(*StartError)):
		e.Kind = NotStarted
	case errors.Is(err, ErrTooMuchOutput):
		e.Kind, e.ExitCode = TooMuchOutput, 0
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.Kind = Deadline
	case ctx.Err() != nil:
		e.Kind = Canceled
	case err != nil:
		e.Kind = Lost
	case got.state == cut:
		e.Kind = OutputCut
	case got.state == damaged:
		e.Kind, e.Err = OutputDamaged, got.reason
	case output.ExitCode != 0:
		e.Kind = ExitCode
	default:
		e.Kind = NoResult
	}
	return e
}

// maxBootstrap is the length of the output in which bootstrapRefusal looks for its line, in bytes. A profile or a login
// script can write before it.
const maxBootstrap = 1 << 20

// bootstrapRefusal returns the kind and the detail of the line that the bootstrap writes instead of running the script.
func bootstrapRefusal(stdout []byte) (kind Kind, what string, ok bool) {
	stdout = stdout[:min(len(stdout), maxBootstrap)]
	_, line, ok := strings.Cut(strings.ReplaceAll(string(stdout), "\x00", ""), refusal)
	if !ok {
		return "", "", false
	}
	line, _, _ = strings.Cut(line, "\n")
	line = strings.TrimSpace(line)

	if what, ok := strings.CutPrefix(line, refusedMode); ok {
		return LanguageMode, shorten(what), true
	}
	if what, ok := strings.CutPrefix(line, refusedVersion); ok {
		return OldPowerShell, shorten(what), true
	}
	if _, ok := strings.CutPrefix(line, refusedInput); ok {
		return InputCut, "", true
	}
	return "", "", false
}

// maxExcerpt is the largest length of an output in a message, in bytes.
const maxExcerpt = 2000

// excerpt returns a text for messages from an output without a result: its start and its end.
func excerpt(output []byte) string {
	return shorten(DecodeCLIXML([]byte(printable.Shorten(output, MaxStderr))))
}

// shorten removes control characters from a text and the middle of a long one.
func shorten(text string) string {
	return printable.Shorten(printable.Clean(strings.TrimSpace(text)), maxExcerpt)
}
