package powershell

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A Kind tells what went wrong. It is an error, so that errors.Is(err, powershell.NoModule) asks for it.
type Kind string

func (k Kind) Error() string { return string(k) }

// The kinds.
const (
	// NotStarted is a script that did not come to run, also for want of time: the transport says why.
	NotStarted Kind = "the script did not start"
	// Deadline and Canceled are a context that ended before a script that had begun. What it had done by then is unknown.
	Deadline Kind = "the time ran out before the script ended"
	Canceled Kind = "canceled before the script ended"
	// Lost is a script whose end was not seen, for another reason than the context. What it had done by then is unknown.
	Lost Kind = "the connection to the script was lost"
	// OutputCut and OutputDamaged are results that begin and do not end, or cannot be read. The script may have done its work.
	OutputCut     Kind = "the output of the script was cut off"
	OutputDamaged Kind = "the output of the script was damaged on the way"
	// NoResult is output without a result, of a process that says it went well: something else than the script ran.
	NoResult Kind = "the output holds no result"
	// ExitCode is a process that failed without a result.
	ExitCode Kind = "PowerShell failed without a result"
	// InputCut is standard input that did not arrive whole. The script did not run.
	InputCut Kind = "the input did not arrive whole"
	// OldPowerShell is Windows PowerShell before 3.0.
	OldPowerShell Kind = "PowerShell is too old"
	// LanguageMode is Constrained Language Mode or another that is not full.
	LanguageMode Kind = "PowerShell runs in a restricted language mode"
	// Bitness is a 32-bit PowerShell on a 64-bit Windows, which does not have the modules.
	Bitness Kind = "this is a 32-bit PowerShell"
	// Edition is PowerShell 6 or later without native cmdlets of the management shell.
	Edition Kind = "this PowerShell cannot load the management shell"
	// NoModule is a host without the management shell.
	NoModule Kind = "the management shell is not installed"
	// ModuleLoad is a management shell that is there and does not load.
	ModuleLoad Kind = "the management shell does not load"
	// GroupPolicy is an execution policy set by Group Policy that keeps the modules from loading; Policy is one set otherwise.
	GroupPolicy Kind = "the execution policy, set by Group Policy, forbids it"
	Policy      Kind = "the execution policy forbids it"
	// Failed is an error that ended the script's own work, from a cmdlet or from a statement of ours: see Faults.
	Failed Kind = "the script ended with an error"
)

// refusals are the ids that scripts end themselves with.
var refusals = map[string]Kind{
	"LyncEdition":     Edition,
	"LyncBitness":     Bitness,
	"LyncModule":      NoModule,
	"LyncModuleLoad":  ModuleLoad,
	"LyncGroupPolicy": GroupPolicy,
	"LyncPolicy":      Policy,
	"LyncInput":       InputCut,
}

// advice is what to do about a kind.
var advice = map[Kind]string{
	Deadline:  "Whether the script did its work is unknown. Raise the timeout if the host is slow.",
	Canceled:  "Whether the script did its work is unknown.",
	Lost:      "Whether the script did its work is unknown. Look at the network and at the host, then try again.",
	OutputCut: "Whether the script did its work is unknown. Look at the quotas for memory and output on the host, then try again.",
	OutputDamaged: "Whether the script did its work is unknown. Something on the way changes or mixes into the output: look for a login " +
		"script or a profile that writes while others do.",
	NoResult: "Something else than the script answered. Set executable to PowerShell itself, and look for a forced command, a login " +
		"script or a menu on the host.",
	ExitCode: "Look at the text above and at the Windows PowerShell event log of the host.",
	InputCut: "The script did nothing. Try again; if it stays, look at the quotas and the proxies between here and the host.",
	OldPowerShell: "Install Windows Management Framework 3.0 or later on the host, which Lync Server 2013 needs too, or set executable to a " +
		"newer PowerShell.",
	LanguageMode: "AppLocker or Windows Defender Application Control restricts PowerShell for this account. Use an account or a host that is " +
		"exempt.",
	Bitness: `Set executable to the 64-bit PowerShell: %SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe, which a 32-bit program ` +
		`reaches as %SystemRoot%\Sysnative\WindowsPowerShell\v1.0\powershell.exe.`,
	Edition: "The modules of the management shell are made for Windows PowerShell. Set executable to powershell.exe.",
	NoModule: "Install the administrative tools of Lync Server or Skype for Business Server on the host, or name a host that has them. Looked for were " +
		`the modules SkypeForBusiness and Lync in PSModulePath and below the Common Files of both products.`,
	ModuleLoad: "Start the management shell on the host with this account and see what it says.",
	GroupPolicy: `Allow signed scripts on the host: the Group Policy "Turn on Script Execution" must be "Allow local scripts and remote signed ` +
		`scripts" or less strict; the command line of PowerShell cannot overrule it.`,
	Policy: "Set-ExecutionPolicy RemoteSigned on the host lets the modules load.",
}

// A Fault is an error as PowerShell told it. Message and Causes are in the language of the host, and no decision may rest on
// them; Category, ID and Exception are not.
type Fault struct {
	Message string `json:"message"`
	// Category is PowerShell's, such as PermissionDenied.
	Category string `json:"category"`
	// Cmdlet is the command that failed, if one did.
	Cmdlet string `json:"cmdlet"`
	// ID is the FullyQualifiedErrorId.
	ID string `json:"id"`
	// Exception is the .NET type, Causes are the exceptions inside with their types.
	Exception string   `json:"exception"`
	Causes    []string `json:"causes"`
	// Position is where in the script. Scripts hold no values, so it holds none.
	Position string `json:"position"`
	// Terminating is an error that ended the command.
	Terminating bool `json:"terminating"`
}

func (f Fault) String() string {
	text := strings.TrimSpace(f.Message)
	if f.Cmdlet != "" {
		text = f.Cmdlet + ": " + text
	}

	for _, cause := range f.Causes {
		text += "\n  caused by " + cause
	}

	var about []string
	for _, part := range []string{f.ID, f.Category} {
		if part != "" {
			about = append(about, part)
		}
	}

	if len(about) > 0 {
		text += " (" + strings.Join(about, ", ") + ")"
	}

	return text
}

// Error is why a script gave no result, or refused.
type Error struct {
	Kind   Kind
	Host   string
	Script Script
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

	if next := advice[e.Kind]; next != "" {
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
func (e *Error) refused(result Result) *Error {
	e.Kind, e.Faults, e.ExitCode, e.Stderr = Failed, result.Faults, 0, ""

	if len(e.Faults) == 0 {
		return e
	}

	last := e.Faults[len(e.Faults)-1]
	id, _, _ := strings.Cut(last.ID, ",")

	if kind, ok := refusals[id]; ok {
		e.Kind, e.What, e.Faults = kind, last.Message, e.Faults[:len(e.Faults)-1]
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
