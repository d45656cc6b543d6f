package powershell

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzResult checks the content of a result: readReply returns a document only if it has the hash in the result.
func FuzzResult(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"done":true,"result":{"a":[1,null]}}`, ""},
		{`{"done":true,"document_sha256":"` + Hash([]byte("<a/>")) + `"}`, "<a/>"},
		{`{"done":false,"errors":[{"message":"m","id":"LyncTest,X","causes":["A: b"]}],"warnings":["w"]}`, ""},
		{`{"facts":{"computer":"c","bits":64},"errors":null}`, "\uFEFFx"},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, result, document []byte) {
		text := "{lync:n:result}" + sent(string(result))
		if len(document) > 0 {
			text += "{lync:n:document}" + sent(string(document))
		}
		got := readReply([]byte(text+"{lync:n:end}"), "n")
		if got.state != complete {
			return
		}
		if got.document != string(document) || got.document != "" && got.answer.DocumentSHA256 != Hash(document) {
			t.Errorf("read the document %q of the hash %q, sent %q", got.document, got.answer.DocumentSHA256, document)
		}
		value := Result{Value: got.answer.Result, Faults: got.answer.Errors}
		_ = (&Error{}).refused(value, map[string]Refusal{"LyncTest": {Kind: "k"}}).Error()
	})
}

// FuzzBlock checks that the text of a block is read back, and that other texts are errors.
func FuzzBlock(f *testing.F) {
	for _, seed := range []string{
		"", "text", "\uFEFFtext", strings.Repeat("long ", 100), sent("text"), "\x1f\x8b",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var block Block
		_ = block.UnmarshalText(content)

		if err := block.UnmarshalText([]byte(sent(string(content)))); err != nil {
			t.Fatal(err)
		}
		if want := strings.TrimPrefix(string(content), "\uFEFF"); string(block) != want {
			t.Errorf("read %q, wrote %q", block, want)
		}
		if !utf8.Valid(content) {
			return
		}
		text, err := json.Marshal(sent(string(content)))
		if err == nil {
			err = json.Unmarshal(text, &block)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// FuzzNoAnswer checks the error for the output of a process that sent no answer: it is short, and valid UTF-8.
func FuzzNoAnswer(f *testing.F) {
	f.Add([]byte("lync-process:12\r\n{lync:n:result}AAAA"), []byte(clixmlMark+`<Objs><S S="Error">a_x000A_</S></Objs>`))
	f.Add([]byte(refusal+refusedMode+"ConstrainedLanguage\r\n"), []byte{})
	f.Add([]byte(refusal+refusedMode+"\xf7"), []byte{})
	f.Add([]byte("l\x00y\x00n\x00c\x00"), []byte("\xdcbergabe"))
	f.Add(bytes.Repeat([]byte("ä"), maxExcerpt), bytes.Repeat([]byte("b"), 2*maxExcerpt))
	f.Fuzz(func(t *testing.T, stdout, stderr []byte) {
		_, _ = ProcessID(stdout)

		failed := &Error{Host: "h", Script: "s", Stderr: DecodeCLIXML(stderr)}
		output := Output{Stdout: stdout, Stderr: stderr, ExitCode: 1}
		text := failed.noAnswer(t.Context(), nil, output, readReply(stdout, "n")).Error()
		if len(failed.Stdout)+len(failed.Stderr) > 3*maxExcerpt || !utf8.ValidString(text) {
			t.Errorf("%d bytes: %q", len(text), text)
		}
	})
}
