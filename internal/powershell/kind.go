package powershell

// A Kind is the kind of an [Error]. It is an error itself, for errors.Is(err, powershell.Lost).
type Kind string

func (k Kind) Error() string { return string(k) }

// The kinds of errors that any script can end with. A script adds its own with a [Refusal].
const (
	// NotStarted is a script that did not run, also for lack of time. The error of the transport has the reason.
	NotStarted Kind = "the script did not start"
	// Deadline is a deadline that passed after the script had started. What the script did until then is unknown.
	Deadline Kind = "the time limit passed before the script ended"
	// Canceled is a context that was canceled after the script had started. What the script did until then is unknown.
	Canceled Kind = "canceled before the script ended"
	// Lost is a script whose end was not observed, for another reason than the context. What it did until then is
	// unknown.
	Lost Kind = "the connection to the script was lost"
	// OutputCut is a result that starts and does not end. The script may have completed.
	OutputCut Kind = "the output of the script was cut off"
	// OutputDamaged is a result that cannot be read. The script may have completed.
	OutputDamaged Kind = "the output of the script was damaged in transit"
	// TooMuchOutput is standard output that exceeds [MaxOutput]. The transport has ended the script.
	TooMuchOutput Kind = "the script was ended because of its output"
	// NoResult is output without a result, from a process that ended with exit code 0: something else than the script
	// ran.
	NoResult Kind = "the output holds no result"
	// ExitCode is a process that failed without a result.
	ExitCode Kind = "PowerShell failed without a result"
	// InputCut is standard input that did not arrive completely. The script did not run.
	InputCut Kind = "the input was incomplete when it arrived"
	// OldPowerShell is Windows PowerShell before 3.0.
	OldPowerShell Kind = "PowerShell is too old"
	// LanguageMode is a language mode other than FullLanguage, such as ConstrainedLanguage.
	LanguageMode Kind = "PowerShell runs in a restricted language mode"
	// Failed is an error of a cmdlet or of a statement that ended the script: see [Error.Faults].
	Failed Kind = "the script ended with an error"
)

// idInputCut is the id of the error with which the prelude ends a script whose input did not arrive completely.
const idInputCut = "LyncInput"

// advice has what to do about an error, by its kind.
var advice = map[Kind]string{
	Deadline: "Whether the script did its work is unknown. Raise the timeout if the host is slow.",
	Canceled: "Whether the script did its work is unknown.",
	Lost:     "Whether the script did its work is unknown. Check the network and the host, then try again.",
	OutputCut: "Whether the script did its work is unknown. Check the quotas for memory and output on the host, then " +
		"try again.",
	OutputDamaged: "Whether the script did its work is unknown. Another program changes the output or writes to it. " +
		"Look for a login script or a profile that writes at the same time.",
	TooMuchOutput: "Whether the script did its work is unknown. The scripts of the provider write at most a few MiB. " +
		"On the host, look for a profile, a login script, or a program that replaces PowerShell and writes too much " +
		"output.",
	NoResult: "Another program ran instead of the script. Use PowerShell itself as the executable, and look for a " +
		"forced command, a login script or a menu on the host.",
	ExitCode: "See the text above and the Windows PowerShell event log of the host.",
	InputCut: "The script did nothing. Try again; if the error persists, check the quotas of the host and the " +
		"proxies on the way to it.",
	OldPowerShell: "Install Windows Management Framework 3.0 or later on the host, or use a newer " +
		"PowerShell.",
	LanguageMode: "AppLocker or Windows Defender Application Control restricts PowerShell for this account. Use an " +
		"account or a host that is exempt.",
}
