package powershell

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// bootstrap is all that a command line says: read standard input to its end and run its first block as a script. The
// script gets the blocks as its argument.
//
// It is constant and short, because neither a value nor a script fits on a command line: every user of the host can read
// command lines, logs keep them, shells between here and there change them, and cmd.exe, which WinRS goes through, cuts
// them at 8,191 characters. The other known ways all break something:
//
//   - "-Command -" and "-File -" read the script from standard input line by line, as if it were typed; Windows PowerShell
//     loses blocks of several lines that way, and nothing is left on standard input for the data.
//   - -File needs a file on the host, which is there to be read or changed by others, and an execution policy that lets it.
//   - $input makes the host read and decode standard input on its own. Its name must not even occur here: PowerShell
//     looks for it in the text.
//
// Constrained Language Mode forbids every method call below, so it is looked for first, as is a PowerShell that is too
// old for the rest. Both are told with a line of output, as no nonce has been read yet. The last block must be there, and
// empty: GZipStream of the .NET Framework takes input that ends too early for complete.
//
// Nothing here changes $ErrorActionPreference: at this level it would be that of every module's functions.
const bootstrap = `$m=$ExecutionContext.SessionState.LanguageMode
if("$m" -ne 'FullLanguage'){"` + refusal + refusedMode + `$m";exit 3}
$v=$PSVersionTable.PSVersion
if($v.Major -lt 3){"` + refusal + refusedVersion + `$v";exit 3}
$ProgressPreference='SilentlyContinue'
try{
[Console]::Out.WriteLine("` + processPrefix + `$PID")
$b=[Console]::In.ReadToEnd().Split('.')
if($b.Length -ne 4 -or $b[3].Trim()){"` + refusal + refusedInput + `$($b.Length)";exit 3}
$s=New-Object IO.MemoryStream(,[Convert]::FromBase64String($b[0]))
$z=New-Object IO.Compression.GZipStream($s,[IO.Compression.CompressionMode]::Decompress)
$r=New-Object IO.StreamReader($z,[Text.Encoding]::UTF8)
& ([ScriptBlock]::Create($r.ReadToEnd())) $b
}catch{[Console]::Error.WriteLine("$_");exit 4}
exit 0`

// What the bootstrap writes when it refuses to go on.
const (
	refusal        = "lync-refused:"
	refusedMode    = "language-mode:"
	refusedVersion = "version:"
	refusedInput   = "input:"
)

// blockEnd ends each block of standard input. Base64 has no such character.
const blockEnd = "\n.\n"

// Bootstrap is what PowerShell is started with, as -EncodedCommand takes it: base64 of UTF-16LE. It is the same for
// every script and all data.
func Bootstrap() string {
	units := utf16.Encode([]rune(bootstrap))
	raw := make([]byte, 0, 2*len(units))

	for _, unit := range units {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}

	return base64.StdEncoding.EncodeToString(raw)
}

// CommandLine is the command that reads a script from standard input and runs it, as program and arguments.
//
// -EncodedCommand, because its letters, digits, "+", "/" and "=" mean the same to cmd.exe, PowerShell and sh, whichever of
// them a host has between. -OutputFormat Text, because otherwise an encoded command makes standard error CLIXML; it must
// come first, since everything after the command belongs to it.
func CommandLine(executable string) []string {
	return []string{
		executable, "-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "RemoteSigned", "-OutputFormat", "Text",
		"-EncodedCommand", Bootstrap(),
	}
}

// CommandText is CommandLine as one line for a shell on the host: cmd.exe, PowerShell or sh. A path with a space is
// quoted, which PowerShell as the login shell of sshd does not take for a command; names without one do everywhere. A name that a
// shell could take for more than a name is refused.
func CommandText(executable string) (string, error) {
	if executable == "" || strings.ContainsFunc(executable, func(r rune) bool {
		return r < ' ' || r > '~' || strings.ContainsRune("\"'`$%&|<>^;!*?{}[]#@,=", r)
	}) {
		return "", fmt.Errorf("cannot start %q: an executable on another host is a name or path without quotes, variables and "+
			"other signs that mean something to a shell. Set executable to such a path", executable)
	}

	line := CommandLine(executable)
	if strings.ContainsAny(executable, " ()") {
		line[0] = `"` + executable + `"`
	}

	return strings.Join(line, " "), nil
}

// Stdin is what goes over standard input: the script, then the input that [Run] made. Close standard input behind it.
func Stdin(script string, input io.Reader) io.Reader {
	return io.MultiReader(strings.NewReader(encode([]byte(script))+blockEnd), input)
}
