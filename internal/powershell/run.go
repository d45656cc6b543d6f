package powershell

import (
	"context"
	"encoding/json"
)

// Input is the input of a script.
type Input struct {
	// Data is $Lync.Data in the script: a value that encoding/json can marshal, or nil. It contains no secret, because
	// policies of Windows record the arguments of cmdlets, and the script decodes the data with a cmdlet.
	Data any
	// Document is $Lync.Document, a text of any size that is not a part of the JSON. An empty text is no document. A
	// byte order mark is removed.
	Document string
	// Secret is a text that the script reads as a SecureString, and that is no argument of a command there. It is never
	// part of an error or a log.
	Secret string
}

// Result is the result of a script.
type Result struct {
	// Value is $Lync.Result of the script.
	Value json.RawMessage
	// Document is $Lync.ResultDocument of the script.
	Document string
	// Host describes the host and its PowerShell.
	Host HostInfo
	// Faults are the errors that did not end the script, in the order in which they occurred.
	Faults []Fault
	// Warnings are the warnings of the cmdlets, in the language of the host.
	Warnings []string
}

// HostInfo describes a host and its PowerShell. Every script reports it.
type HostInfo struct {
	Computer     string `json:"computer"`
	PowerShell   string `json:"powershell"`
	Edition      string `json:"edition"`
	Bits         int    `json:"bits"`
	Windows      string `json:"windows"`
	WindowsBits  int    `json:"windows_bits"`
	LanguageMode string `json:"language_mode"`
}

// Run runs a script on the host of the transport and returns its result. Every error is an [*Error].
//
// A script that ends with an error can still return a result: Run then returns both. A complete result is valid even if
// something else failed: the exit code, the context, or the connection after the last byte.
func Run(ctx context.Context, transport Transport, script *Script, input Input) (Result, error) {
	failed := &Error{Host: transport.Host(), Script: script.name}
	nonce := NewID()

	stdin, err := encodeInput(script, nonce, input)
	if err != nil {
		return Result{}, failed.as(NotStarted, err)
	}
	output, err := transport.Run(ctx, script.text, stdin)
	failed.ExitCode = output.ExitCode
	failed.Stderr = DecodeCLIXML(output.Stderr)

	got := readReply(output.Stdout, nonce)
	if got.state != complete {
		return Result{}, failed.noAnswer(ctx, err, output, got)
	}
	result := Result{
		Value:    got.answer.Result,
		Document: got.document,
		Host:     got.answer.Facts,
		Faults:   got.answer.Errors,
		Warnings: got.answer.Warnings,
	}

	if !got.answer.Done {
		return result, failed.refused(result, script.refusals)
	}
	return result, nil
}
