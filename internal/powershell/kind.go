package powershell

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
	// Failed is an error that ended the script's own work, from a cmdlet or from a statement of ours: see Faults.
	Failed Kind = "the script ended with an error"
)

// idInputCut is the id of the error with which the prelude refuses input that did not arrive whole.
const idInputCut = "LyncInput"

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
}
