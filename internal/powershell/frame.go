package powershell

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// envelope is the JSON that goes in.
type envelope struct {
	Nonce          string `json:"nonce"`
	Script         string `json:"script"`
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

// NewID returns a random id: 32 hexadecimal digits.
func NewID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // it never fails

	return hex.EncodeToString(id)
}

// Hash returns the SHA-256 of a text in UTF-8, in the form of Get-LyncHash in the scripts.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)

	return hex.EncodeToString(sum[:])
}

// encodeInput makes what goes over standard input behind the script: data, document, and an empty block that says that
// nothing is missing.
func encodeInput(script *Script, nonce string, input Input) (io.Reader, error) {
	content := envelope{Nonce: nonce, Script: script.name, Data: input.Data}
	document := strings.TrimPrefix(input.Document, "\uFEFF")

	if !utf8.ValidString(document) {
		return nil, fmt.Errorf("the document to send is not UTF-8")
	}

	block := ""

	if document != "" {
		content.DocumentSHA256 = Hash([]byte(document))
		block = encode([]byte(document))
	}

	data, err := json.Marshal(content)
	if err != nil {
		// The text of such an error can quote the value.
		return nil, fmt.Errorf("the data for the script cannot be written as JSON (%T)", err)
	}

	return strings.NewReader(encode(data) + blockEnd + block + blockEnd), nil
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

	if want := result.answer.DocumentSHA256; want != "" && (!hasDocument || Hash(content) != want) || want == "" && hasDocument {
		return found{state: damaged, reason: fmt.Errorf("the document is not the one that the script sent")}
	}

	result.state = whole

	return result
}
