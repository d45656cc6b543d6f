package powershell

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

//go:embed scripts/*.ps1
var files embed.FS

// A Script is the name of one of the scripts in the binary.
type Script string

// The scripts.
const (
	// Facts tells what is on the host: see [HostFacts].
	Facts Script = "facts"
	// GetTopology reads the topology from the Central Management store: the document is its text, the value a [TopologyFacts].
	GetTopology Script = "get-topology"
)

// Parts of scripts, which are none themselves.
const (
	// prelude is the common beginning of all scripts.
	prelude Script = "prelude"
	// publishing is what those that publish and enable share.
	publishing Script = "publishing"
)

// text is a script as it is sent.
func (s Script) text() (string, error) {
	parts := []Script{prelude, s}
	if s == PublishTopology || s == EnableTopology || s == SettleTopology {
		parts = []Script{prelude, publishing, s}
	}

	var whole strings.Builder

	for _, part := range parts {
		content, err := files.ReadFile("scripts/" + string(part) + ".ps1")
		if err != nil {
			return "", fmt.Errorf("no script %q in this provider: %w", part, err)
		}

		whole.Write(content)
		whole.WriteByte('\n')
	}

	return whole.String(), nil
}

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

// HostFacts is the value of [Facts].
type HostFacts struct {
	// Wow64 is a 32-bit PowerShell on a 64-bit Windows.
	Wow64 bool `json:"wow64"`
	// Modules are the paths of the management shell's modules, the one to load first.
	Modules []string `json:"modules"`
	// Policies are the execution policies that somebody set, by scope.
	Policies map[string]string `json:"policies"`
	Culture  string            `json:"culture"`
}

// TopologyFacts is the value of [GetTopology].
type TopologyFacts struct {
	Module        string `json:"module"`
	ModuleVersion string `json:"module_version"`
}

// envelope is the JSON that goes in.
type envelope struct {
	Nonce          string `json:"nonce"`
	Script         Script `json:"script"`
	DocumentSHA256 string `json:"document_sha256"`
	Data           any    `json:"data"`
}

// answer is the JSON that comes back.
type answer struct {
	Done           bool            `json:"done"`
	Facts          HostInfo        `json:"facts"`
	Result         json.RawMessage `json:"result"`
	Errors         []Fault         `json:"errors"`
	Warnings       []string        `json:"warnings"`
	DocumentSHA256 string          `json:"document_sha256"`
}

// Run runs a script on the transport's host and returns what it gave back. Every error is an [*Error].
//
// The result comes back beside an error too where the script got as far as giving one. A result that is whole counts,
// whatever else went wrong: the exit code, the end of the context, or the connection after its last byte.
func Run(ctx context.Context, transport Transport, script Script, input Input) (Result, error) {
	failed := &Error{Host: transport.Host(), Script: script}

	text, err := script.text()
	if err != nil {
		return Result{}, failed.as(NotStarted, err)
	}

	mark := newID()

	stdin, err := encodeInput(script, mark, input)
	if err != nil {
		return Result{}, failed.as(NotStarted, err)
	}

	output, err := transport.Run(ctx, text, stdin)
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
		return result, failed.refused(result)
	}

	return result, nil
}

// encodeInput makes what goes over standard input behind the script: data, document, and an empty block that says that
// nothing is missing.
func encodeInput(script Script, nonce string, input Input) (io.Reader, error) {
	content := envelope{Nonce: nonce, Script: script, Data: input.Data}
	document := strings.TrimPrefix(input.Document, "\uFEFF")

	if !utf8.ValidString(document) {
		return nil, fmt.Errorf("the document to send is not UTF-8")
	}

	block := ""

	if document != "" {
		content.DocumentSHA256 = hash(document)
		block = encode([]byte(document))
	}

	data, err := json.Marshal(content)
	if err != nil {
		// The text of such an error can quote the value.
		return nil, fmt.Errorf("the data for the script cannot be written as JSON (%T)", err)
	}

	return strings.NewReader(encode(data) + blockEnd + block + blockEnd), nil
}

// newID is a nonce: 32 hexadecimal digits.
func newID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // it never fails

	return hex.EncodeToString(id)
}

// hash is the SHA-256 of a text, as Get-LyncHash in the scripts makes it.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))

	return hex.EncodeToString(sum[:])
}

// state is how much of an answer there is.
type state int

const (
	absent  state = iota // not even the first mark
	cut                  // it begins and does not end
	damaged              // it is there and cannot be read
	whole
)

// found is what standard output holds of an answer.
type found struct {
	state    state
	reason   error // why it is damaged
	answer   answer
	document string
}

// readAnswer finds the answer between the marks. White space of any kind, and the zero bytes of UTF-16, are nothing to it.
func readAnswer(stdout []byte, nonce string) found {
	text := string(bytes.Map(func(r rune) rune {
		if r == 0 || r == ' ' || r >= '\t' && r <= '\r' {
			return -1
		}

		return r
	}, stdout))

	_, text, ok := strings.Cut(text, "{lync:"+nonce+":result}")
	if !ok {
		return found{}
	}

	text, _, ok = strings.Cut(text, "{lync:"+nonce+":end}")
	if !ok {
		return found{state: cut}
	}

	head, body, hasDocument := strings.Cut(text, "{lync:"+nonce+":document}")

	var result found

	content, err := decode(head)
	if err == nil {
		err = json.Unmarshal(content, &result.answer)
	}

	if err != nil {
		return found{state: damaged, reason: fmt.Errorf("the result: %w", err)}
	}

	if hasDocument {
		content, err = decode(body)
		if err != nil {
			return found{state: damaged, reason: fmt.Errorf("the document: %w", err)}
		}

		result.document = string(content)
	}

	if want := result.answer.DocumentSHA256; want != "" && (!hasDocument || hash(result.document) != want) || want == "" && hasDocument {
		return found{state: damaged, reason: fmt.Errorf("the document is not the one that the script sent")}
	}

	result.state = whole

	return result
}
