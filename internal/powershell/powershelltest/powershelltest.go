// Package powershelltest has two jobs in tests: it takes the place of PowerShell in the script protocol, and it checks
// that scripts parse and follow the rules for PowerShell 3.0.
//
// In the protocol it reads the input of a script and formats an answer. This part follows the description of the
// protocol and shares no code with package powershell, so that the two verify each other.
package powershelltest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
)

// Request is the input of a script.
type Request struct {
	// Text is the text of the script, Script its name.
	Text   string
	Script string
	Nonce  string
	Data   json.RawMessage
	// Document is the document, and Secret the secret, or empty.
	Document string
	Secret   string
	// Inner is the input of the script that re-enter runs in a session, or nil.
	Inner *Request
}

// Fault is an error record in the form of the prelude.
type Fault struct {
	Message     string   `json:"message"`
	Category    string   `json:"category"`
	Cmdlet      string   `json:"cmdlet"`
	ID          string   `json:"id"`
	Exception   string   `json:"exception"`
	Causes      []string `json:"causes"`
	Position    string   `json:"position"`
	Terminating bool     `json:"terminating"`
}

// Answer is the answer of a script.
type Answer struct {
	// Failed is true if the last fault ended the script.
	Failed   bool
	Result   any
	Document string
	Faults   []Fault
	Warnings []string
}

// Read reads standard input to its end.
func Read(stdin io.Reader) (Request, error) {
	raw, err := io.ReadAll(stdin)
	if err != nil {
		return Request{}, err
	}
	for _, b := range raw {
		if b != '\n' && (b < ' ' || b > '~') {
			return Request{}, fmt.Errorf("standard input is not ASCII: byte %#x", b)
		}
	}
	blocks := strings.Split(string(raw), ".")
	if len(blocks) != 5 || strings.TrimSpace(blocks[4]) != "" {
		return Request{}, fmt.Errorf("standard input has %d blocks", len(blocks))
	}
	var contents [3]string

	for i, block := range blocks[:3] {
		if contents[i], err = unpack(block); err != nil {
			return Request{}, fmt.Errorf("block %d: %w", i, err)
		}
	}
	var envelope struct {
		Nonce          string          `json:"nonce"`
		Script         string          `json:"script"`
		DocumentSHA256 string          `json:"document_sha256"`
		Data           json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal([]byte(contents[1]), &envelope); err != nil {
		return Request{}, err
	}
	if contents[2] != "" && envelope.DocumentSHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte(contents[2]))) {
		return Request{}, errors.New("the document has another hash")
	}
	request := Request{
		Text:     contents[0],
		Script:   envelope.Script,
		Nonce:    envelope.Nonce,
		Data:     envelope.Data,
		Document: contents[2],
	}
	if request.Secret, err = unpackUTF16(blocks[3]); err != nil {
		return Request{}, fmt.Errorf("the secret: %w", err)
	}
	if request.Script == "re-enter" {
		inner, err := Read(strings.NewReader(request.Document))
		if err != nil {
			return Request{}, fmt.Errorf("input of the script in the session: %w", err)
		}
		request.Inner = &inner
	}
	return request, nil
}

// Format returns an answer in the form of the prelude, with the line ends of Windows.
func (r Request) Format(answer Answer) string {
	content := map[string]any{
		"done": !answer.Failed,
		"facts": map[string]any{
			"computer":      "FE1",
			"powershell":    "3.0",
			"edition":       "Desktop",
			"bits":          64,
			"windows":       "6.2.9200.0",
			"windows_bits":  64,
			"language_mode": "FullLanguage",
		},
		"result":          answer.Result,
		"errors":          append([]Fault{}, answer.Faults...),
		"warnings":        append([]string{}, answer.Warnings...),
		"document_sha256": "",
	}
	if answer.Document != "" {
		content["document_sha256"] = fmt.Sprintf("%x", sha256.Sum256([]byte(answer.Document)))
	}
	text, err := json.Marshal(content)
	invariant.Check(err, "strings and numbers can be encoded")
	out := "\r\n{lync:" + r.Nonce + ":result}\r\n" + pack(string(text))
	if answer.Document != "" {
		out += "{lync:" + r.Nonce + ":document}\r\n" + pack(answer.Document)
	}
	return out + "{lync:" + r.Nonce + ":end}\r\n"
}

// Document returns a document of at least size bytes, with names that no code page holds completely.
func Document(size int) string {
	var text strings.Builder

	text.WriteString("<Topology>\r\n")

	for i := 0; text.Len() < size; i++ {
		const names = "Gen\u00e8ve \u041c\u043e\u0441\u043a\u0432\u0430 \u6771\u4eac \U0001f3e2"

		fmt.Fprintf(&text, "  <Name>%s %d %x</Name>\r\n", names, i, uint64(i)*uint64(i)*2654435761)
	}
	text.WriteString("</Topology>")
	return text.String()
}

// pack returns a block: the length of the text, a colon, and its packed content.
func pack(text string) string {
	var packed bytes.Buffer

	writer := gzip.NewWriter(&packed)
	_, _ = io.WriteString(writer, text)
	_ = writer.Close()

	var lines strings.Builder

	for rest := base64.StdEncoding.EncodeToString(packed.Bytes()); rest != ""; {
		n := min(76, len(rest))
		lines.WriteString(rest[:n] + "\r\n")
		rest = rest[n:]
	}
	return fmt.Sprintf("%d:", len(text)) + lines.String()
}

// CommandText returns the text of a command for -EncodedCommand.
func CommandText(t testing.TB, encoded string) string {
	t.Helper()
	text, err := unpackUTF16(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// unpackUTF16 returns the text of a block of UTF-16 that is not compressed.
func unpackUTF16(block string) (string, error) {
	content, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(block), ""))
	if err != nil {
		return "", err
	}
	units := make([]uint16, len(content)/2)
	if err := binary.Read(bytes.NewReader(content), binary.LittleEndian, units); err != nil {
		return "", err
	}
	return string(utf16.Decode(units)), nil
}

func unpack(block string) (string, error) {
	for line := range strings.Lines(block) {
		if len(line) > 77 {
			return "", fmt.Errorf("a line of %d characters", len(line))
		}
	}
	block = strings.ReplaceAll(block, "\n", "")
	if block == "" {
		return "", nil
	}
	packed, err := base64.StdEncoding.DecodeString(block)
	if err != nil {
		return "", err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(reader)
	return string(text), err
}
