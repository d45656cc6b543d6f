package powershell

import (
	"context"
	"encoding/json"
)

// Input is what a script works on.
type Input struct {
	// Data is $Lync.Data in the script: anything that encoding/json takes, or nil. It may hold secrets: it is never part of an
	// error or a log.
	Data any
	// Document is $Lync.Document, a text of any size that stays out of the JSON; none if empty. It has no byte order mark.
	Document string
}

// Result is what a script gave back.
type Result struct {
	// Value is what the script put into $Lync.Result.
	Value json.RawMessage
	// Document is what the script put into $Lync.ResultDocument.
	Document string
	// Host is what every script tells of where it ran.
	Host HostInfo
	// Faults are the errors that did not end the script, in the order of their coming.
	Faults []Fault
	// Warnings are those of the cmdlets, in the language of the host.
	Warnings []string
}

// HostInfo is what every script tells of where it ran.
type HostInfo struct {
	Computer     string `json:"computer"`
	PowerShell   string `json:"powershell"`
	Edition      string `json:"edition"`
	Bits         int    `json:"bits"`
	Windows      string `json:"windows"`
	WindowsBits  int    `json:"windows_bits"`
	LanguageMode string `json:"language_mode"`
}

// Run runs a script on the transport's host and returns what it gave back. Every error is an [*Error].
//
// The result comes back beside an error too where the script got as far as giving one. A result that is whole counts,
// whatever else went wrong: the exit code, the end of the context, or the connection after its last byte.
func Run(ctx context.Context, transport Transport, script *Script, input Input) (Result, error) {
	failed := &Error{Host: transport.Host(), Script: script.name}
	mark := NewID()

	stdin, err := encodeInput(script, mark, input)
	if err != nil {
		return Result{}, failed.as(NotStarted, err)
	}

	output, err := transport.Run(ctx, script.text, stdin)
	failed.ExitCode = output.ExitCode
	failed.Stderr = DecodeCLIXML(output.Stderr)

	found := readAnswer(output.Stdout, mark)
	if found.state != whole {
		return Result{}, failed.noAnswer(ctx, err, output, found)
	}

	result := Result{
		Value:    found.answer.Result,
		Document: found.document,
		Host:     found.answer.Facts,
		Faults:   found.answer.Errors,
		Warnings: found.answer.Warnings,
	}

	if !found.answer.Done {
		return result, failed.refused(result, script.refusals)
	}

	return result, nil
}
