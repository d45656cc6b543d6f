package powershell

import (
	"fmt"
	"strings"
)

// sshCommand joins a command line for a shell that is not known: cmd.exe, PowerShell and sh quote in ways that exclude
// each other, so that only what none of them needs to quote is let through.
func sshCommand(words []string) (string, error) {
	const (
		plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
		// What base64 has beside letters and digits.
		inArgument = plain + "+/="
		// A backslash is for hosts whose shell is a Windows one.
		inExecutable = plain + `:/\~`
	)

	only := func(word, letters string) bool { return word != "" && strings.Trim(word, letters) == "" }

	for i, word := range words {
		if i == 0 && (!only(word, inExecutable) || strings.ContainsAny(word[:1], "-~")) {
			return "", &sshError{
				tried: "use SSH", err: fmt.Errorf("the executable %q cannot be started by every shell", word), next: adviceSSHExecutable,
			}
		}

		if i > 0 && !only(word, inArgument) {
			return "", fmt.Errorf("the argument %.80q is not safe in every shell", word)
		}
	}

	command := strings.Join(words, " ")
	if len(command) > maxSSHCommand {
		return "", fmt.Errorf("the command line has %d characters, and cmd.exe takes %d", len(command), maxSSHCommand)
	}

	return command, nil
}
