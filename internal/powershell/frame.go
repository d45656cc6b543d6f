package powershell

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// envelope is the JSON that a script receives.
type envelope struct {
	Nonce          string `json:"nonce"`
	Script         string `json:"script"`
	DocumentSHA256 string `json:"document_sha256"`
	Data           any    `json:"data"`
}

// answer is the JSON that a script returns.
type answer struct {
	Done           bool            `json:"done"`
	Facts          HostInfo        `json:"facts"`
	Result         json.RawMessage `json:"result"`
	Errors         []Fault         `json:"errors"`
	Warnings       []string        `json:"warnings"`
	DocumentSHA256 string          `json:"document_sha256"`
}

// NewID returns a random id: 32 hexadecimal digits.
func NewID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	return hex.EncodeToString(id)
}

// Hash returns the SHA-256 of a text in UTF-8, in the form of Get-LyncHash in the scripts.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// encodeInput returns the standard input that follows the script: the data, the document, the secret, and an empty
// block that shows that the input is complete.
func encodeInput(script *Script, nonce string, input Input) (io.Reader, error) {
	content := envelope{Nonce: nonce, Script: script.name, Data: input.Data}
	document := strings.TrimPrefix(input.Document, "\uFEFF")

	if !utf8.ValidString(document) {
		return nil, errors.New("encode document: not UTF-8")
	}
	if !utf8.ValidString(input.Secret) {
		return nil, errors.New("encode secret: not UTF-8")
	}
	block := ""

	if document != "" {
		content.DocumentSHA256 = Hash([]byte(document))
		block = encode([]byte(document))
	}
	data, err := json.Marshal(content)
	if err != nil {
		// The text of the error can quote the value.
		return nil, fmt.Errorf("encode data as JSON: %T", err)
	}
	secret := encodeSecret(input.Secret)
	return strings.NewReader(encode(data) + blockEnd + block + blockEnd + secret + blockEnd), nil
}

// state describes how much of an answer arrived.
type state int

const (
	absent   state = iota // no mark
	cut                   // the first mark, but not the last one
	damaged               // both marks, and text between them that cannot be read
	complete              // an answer and its document
)

// reply is the part of standard output that is the answer of a script.
type reply struct {
	state    state
	reason   error // of damaged
	answer   answer
	document string
}

// maxRecords is the largest number of errors, and of warnings, in a result. The scripts send no more.
const maxRecords = 100

// withoutMiddle returns the first and the last records. The first is often the cause. The last error ended the script.
func withoutMiddle[T any](records []T) []T {
	if len(records) <= maxRecords {
		return records
	}
	return append(records[:maxRecords/2:maxRecords/2], records[len(records)-maxRecords/2:]...)
}

// readReply reads the answer between the marks with this nonce. It ignores white space and the zero bytes of UTF-16.
func readReply(stdout []byte, nonce string) reply {
	var text strings.Builder
	text.Grow(len(stdout)) // the only copy of an output that can be large
	for _, b := range stdout {
		if b != 0 && b != ' ' && (b < '\t' || b > '\r') {
			text.WriteByte(b)
		}
	}
	return readAnswer(text.String(), nonce, decode)
}

// readAnswer reads the answer in a text without white space. unpack unpacks a block.
func readAnswer(text, nonce string, unpack func(block string, limit int) ([]byte, error)) reply {
	_, text, ok := strings.Cut(text, "{lync:"+nonce+":result}")
	if !ok {
		return reply{}
	}
	text, _, ok = strings.Cut(text, "{lync:"+nonce+":end}")
	if !ok {
		return reply{state: cut}
	}
	head, body, hasDocument := strings.Cut(text, "{lync:"+nonce+":document}")

	var (
		result  reply
		content []byte
	)

	err := Guard(func() (err error) {
		if content, err = unpack(head, maxResult); err == nil {
			err = json.Unmarshal(content, &result.answer)
		}
		return err
	})
	if err != nil {
		return reply{state: damaged, reason: fmt.Errorf("the result: %w", err)}
	}
	if hasDocument {
		err = Guard(func() (err error) {
			content, err = unpack(body, maxBlock)
			return err
		})
		if err != nil {
			return reply{state: damaged, reason: fmt.Errorf("the document: %w", err)}
		}
		result.document = string(content)
	}
	result.answer.Errors = withoutMiddle(result.answer.Errors)
	result.answer.Warnings = withoutMiddle(result.answer.Warnings)

	want := result.answer.DocumentSHA256
	if hasDocument != (want != "") || hasDocument && Hash(content) != want {
		return reply{state: damaged, reason: errors.New("the document is not the one that the script sent")}
	}
	result.state = complete
	return result
}
