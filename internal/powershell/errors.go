package powershell

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Error is why a script gave no result, or refused.
type Error struct {
	Kind   Kind
	Host   string
	Script string
	// What is the particular to the kind, such as the language mode.
	What string
	// Faults are the errors that PowerShell told, the one that ended the script last.
	Faults []Fault
	// ExitCode, Stdout and Stderr are what the process left where there is no result. Stdout is an excerpt.
	ExitCode int
	Stdout   string
	Stderr   string
	// Err is what the transport said.
	Err error

	// advice is of the script's refusal.
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

	if next != "" {
		if strings.Contains(text.String(), "\n") {
			text.WriteString("\n" + next)
		} else {
			text.WriteString(". " + next)
		}
	}

	return text.String()
}

// Unwrap makes errors.Is find the kind and what the transport said.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}

	return []error{e.Kind, e.Err}
}

// OutcomeUnknown says that the script may have done its work, or part of it, although there is no result: whoever changes
// something must look at what is there.
func (e *Error) OutcomeUnknown() bool {
	switch e.Kind {
	case Deadline, Canceled, Lost, OutputCut, OutputDamaged, NoResult, ExitCode:
		return true
	default:
		return false
	}
}

func (e *Error) as(kind Kind, err error) *Error {
	e.Kind, e.Err = kind, err

	return e
}

// refused is the error of a script that ended itself, or was ended by an error, and said so.
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

// noAnswer is the error where standard output holds no answer that can be read. A refusal of the bootstrap explains most;
// then the transport where it says that nothing ran, whatever kept it from starting; then the context, since whoever ends it
// cuts output off; then the transport again.
func (e *Error) noAnswer(ctx context.Context, err error, output Output, found found) *Error {
	e.Stdout = excerpt(processLine.ReplaceAll(output.Stdout, nil))
	e.Stderr = shorten(e.Stderr)
	e.Err = err

	if kind, what, ok := bootstrapRefusal(output.Stdout); ok && found.state == absent {
		e.Kind, e.What, e.Stdout, e.ExitCode, e.Err = kind, what, "", 0, nil

		return e
	}

	if found.state != absent {
		// It is our own encoding, of no use to a reader.
		e.Stdout = ""
	}

	switch {
	case errors.As(err, new(*StartError)):
		e.Kind = NotStarted
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.Kind = Deadline
	case ctx.Err() != nil:
		e.Kind = Canceled
	case err != nil:
		e.Kind = Lost
	case found.state == cut:
		e.Kind = OutputCut
	case found.state == damaged:
		e.Kind, e.Err = OutputDamaged, found.reason
	case output.ExitCode != 0:
		e.Kind = ExitCode
	default:
		e.Kind = NoResult
	}

	return e
}

// bootstrapRefusal finds the line that the bootstrap writes instead of running the script.
func bootstrapRefusal(stdout []byte) (kind Kind, what string, ok bool) {
	_, line, ok := strings.Cut(strings.ReplaceAll(string(stdout), "\x00", ""), refusal)
	if !ok {
		return "", "", false
	}

	line, _, _ = strings.Cut(line, "\n")
	line = strings.TrimSpace(line)

	if what, ok := strings.CutPrefix(line, refusedMode); ok {
		return LanguageMode, what, true
	}

	if what, ok := strings.CutPrefix(line, refusedVersion); ok {
		return OldPowerShell, what, true
	}

	if _, ok := strings.CutPrefix(line, refusedInput); ok {
		return InputCut, "", true
	}

	return "", "", false
}

// A StartError is what a transport returns where the script certainly did not run: no connection, no login, no such
// program. Without it nobody knows what a script did that gave no result.
type StartError struct{ Err error }

func (e *StartError) Error() string { return e.Err.Error() }

// Unwrap gives the reason.
func (e *StartError) Unwrap() error { return e.Err }

// maxExcerpt is how much of an output is shown, in bytes.
const maxExcerpt = 2000

// excerpt is the text of an output that was not ours, for a message.
func excerpt(output []byte) string {
	return shorten(DecodeCLIXML(output))
}

func shorten(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}

		return r
	}, strings.TrimSpace(text))

	if len(text) <= maxExcerpt {
		return text
	}

	return strings.ToValidUTF8(text[:maxExcerpt/2], "") + "\n[...]\n" + strings.ToValidUTF8(text[len(text)-maxExcerpt/2:], "")
}
