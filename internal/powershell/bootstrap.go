package powershell

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// bootstrap is the command that PowerShell starts with. It reads standard input to its end and runs the first block as
// a script. The script finds the blocks in $LyncBlocks. They are not its arguments, because PowerShell can record the
// arguments of a command.
//
// It is constant and short, and contains neither a value nor a script: every user of the host can read command lines,
// logs keep them, shells on the way change them, and cmd.exe, which WinRS uses, cuts them at 8,191 characters. The
// alternatives fail:
//
//   - "-Command -" and "-File -" read the script from standard input line by line, as if it were typed. Windows
//     PowerShell then loses blocks of several lines, and standard input is not available for the data.
//   - -File needs a file on the host, which others may read or change, and an execution policy that allows it.
//   - $input makes the host read and decode standard input itself. The bootstrap must not even contain its name,
//     because PowerShell looks for it in the text.
//
// Constrained Language Mode forbids every method call below, and an old PowerShell lacks the rest. Therefore the
// bootstrap checks both first, and reports them in a line without a nonce, which it has not read yet. The last block
// must exist and be empty: GZipStream of the .NET Framework accepts truncated input as complete.
//
// The bootstrap does not change $ErrorActionPreference: at this level the functions of every module would inherit it.
const bootstrap = `$m=$ExecutionContext.SessionState.LanguageMode
if("$m" -ne 'FullLanguage'){"` + refusal + refusedMode + `$m";exit 3}
$v=$PSVersionTable.PSVersion
if($v.Major -lt 3){"` + refusal + refusedVersion + `$v";exit 3}
$ProgressPreference='SilentlyContinue'
try{
[Console]::Out.WriteLine("` + processPrefix + `$PID")
$LyncBlocks=[Console]::In.ReadToEnd().Split('.')
if($LyncBlocks.Length -ne 5 -or $LyncBlocks[4].Trim()){"` + refusal + refusedInput + `$($LyncBlocks.Length)";exit 3}
$s=New-Object IO.MemoryStream(,[Convert]::FromBase64String($LyncBlocks[0]))
$z=New-Object IO.Compression.GZipStream($s,[IO.Compression.CompressionMode]::Decompress)
$r=New-Object IO.StreamReader($z,[Text.Encoding]::UTF8)
& ([ScriptBlock]::Create($r.ReadToEnd()))
}catch{[Console]::Error.WriteLine("$_");exit 4}
exit 0`

// The parts of the line that the bootstrap writes if it does not run the script.
const (
	refusal        = "lync-refused:"
	refusedMode    = "language-mode:"
	refusedVersion = "version:"
	refusedInput   = "input:"
)

// blockEnd ends each block of standard input. Base64 does not use the dot.
const blockEnd = "\n.\n"

// Bootstrap returns the value of -EncodedCommand that starts PowerShell: base64 of UTF-16LE. It is the same for every
// script and all data.
func Bootstrap() string {
	units := utf16.Encode([]rune(bootstrap))
	raw := make([]byte, 0, 2*len(units))

	for _, unit := range units {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// CommandLine returns the command that reads a script from standard input and runs it, as program and arguments.
//
// It uses -EncodedCommand, because letters, digits, "+", "/" and "=" have no special meaning in cmd.exe, PowerShell and
// sh, any of which the host may use to start it. With an encoded command, standard error is CLIXML unless -OutputFormat
// is Text. That option must come first: everything after the command belongs to the command.
func CommandLine(executable string) []string {
	return []string{
		executable,
		"-NoLogo",
		"-NoProfile",
		"-NonInteractive",
		"-ExecutionPolicy",
		"RemoteSigned",
		"-OutputFormat",
		"Text",
		"-EncodedCommand",
		Bootstrap(),
	}
}

// CommandText returns CommandLine as one line for a shell on the host: cmd.exe, PowerShell or sh. It quotes a path that
// contains a space. PowerShell as the login shell of sshd does not run a quoted path; a path without a space works in
// every shell. An executable with a character that is special to a shell is an error.
func CommandText(executable string) (string, error) {
	if executable == "" || strings.ContainsFunc(executable, func(r rune) bool {
		return r < ' ' || r > '~' || strings.ContainsRune("\"'`$%&|<>^;!*?{}[]#@,=", r)
	}) {
		return "", fmt.Errorf(
			"cannot start %q: an executable on another host is a name or path without quotes, variables and "+
				"other characters that are special to a shell. Use such a path",
			executable,
		)
	}
	line := CommandLine(executable)
	if strings.ContainsAny(executable, " ()") {
		line[0] = `"` + executable + `"`
	}
	return strings.Join(line, " "), nil
}

// Stdin returns the whole standard input: the script, then the input from [Run]. A transport closes standard input
// after it.
func Stdin(script string, input io.Reader) io.Reader {
	return io.MultiReader(strings.NewReader(encode([]byte(script))+blockEnd), input)
}
