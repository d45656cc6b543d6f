package powershell

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// answered returns the output of a script with this JSON and document.
func answered(result, document string) []byte {
	text := "{lync:n:result}" + sent(result)
	if document != "" {
		text += "{lync:n:document}" + sent(document)
	}
	return []byte(text + "{lync:n:end}")
}

// padded returns an answer of this length, without a document.
func padded(length int) string {
	const start, end = `{"done":true,"warnings":["`, `"]}`
	return start + strings.Repeat("x", length-len(start)-len(end)) + end
}

// A result has at most 1 MiB, without the document.
func TestReadReplyBoundsTheResult(t *testing.T) {
	t.Parallel()

	if got := readReply(answered(padded(maxResult), ""), "n"); got.state != complete {
		t.Errorf("the limit: %v, %v", got.state, got.reason)
	}
	got := readReply(answered(padded(maxResult+1), ""), "n")
	if got.state != damaged || !strings.Contains(got.reason.Error(), "1048577 bytes, more than 1048576") {
		t.Errorf("one byte more: %v, %v", got.state, got.reason)
	}
}

// A document has at most 64 MiB.
func TestReadReplyBoundsTheDocument(t *testing.T) {
	t.Parallel()

	for _, length := range []int{maxBlock, maxBlock + 1} {
		document := strings.Repeat("x", length)
		result := fmt.Sprintf(`{"document_sha256":%q}`, Hash([]byte(document)))

		got := readReply(answered(result, document), "n")
		if (got.state == complete) != (length == maxBlock) || length > maxBlock &&
			!strings.Contains(got.reason.Error(), "the document: the block has 67108865 bytes, more than 67108864") {
			t.Errorf("%d bytes: %v, %v", length, got.state, got.reason)
		}
	}
}

// A result has at most 100 errors and 100 warnings: the first ones and the last ones.
func TestReadReplyBoundsTheRecords(t *testing.T) {
	t.Parallel()

	for _, count := range []int{maxRecords, maxRecords + 1, 3 * maxRecords} {
		var sentAnswer answer
		for i := range count {
			sentAnswer.Errors = append(sentAnswer.Errors, Fault{Message: strconv.Itoa(i)})
			sentAnswer.Warnings = append(sentAnswer.Warnings, strconv.Itoa(i))
		}
		sentAnswer.Result = json.RawMessage("null")

		text, err := json.Marshal(sentAnswer)
		if err != nil {
			t.Fatal(err)
		}
		got := readReply(answered(string(text), ""), "n")
		if got.state != complete {
			t.Fatalf("%d: %v", count, got.reason)
		}
		faults, warnings := got.answer.Errors, got.answer.Warnings
		if len(faults) != maxRecords || len(warnings) != maxRecords {
			t.Fatalf("%d: %d errors and %d warnings", count, len(faults), len(warnings))
		}
		for i := range maxRecords {
			want := strconv.Itoa(i)
			if i >= maxRecords/2 {
				want = strconv.Itoa(i + count - maxRecords)
			}
			if faults[i].Message != want || warnings[i] != want {
				t.Errorf("%d: the record %d is %s and %s, want %s", count, i, faults[i].Message, warnings[i], want)
			}
		}
	}
}

// A text of a result has at most 64 MiB.
func TestBlockBounds(t *testing.T) {
	t.Parallel()

	for _, length := range []int{maxBlock, maxBlock + 1} {
		var text Block
		err := text.UnmarshalText([]byte(sent(strings.Repeat("x", length))))
		if (err == nil) != (length == maxBlock) || err == nil && len(text) != length {
			t.Errorf("%d bytes: %d, %v", length, len(text), err)
		}
	}
}

// A large output without an answer, also of bytes that are no text, costs one copy.
func TestReplyOfALargeOutput(t *testing.T) {
	stdout := bytes.Repeat([]byte{0xff}, 32<<20)
	_, size := testkit.Allocations(func() { _ = readReply(stdout, "n") })
	if size > uint64(len(stdout))+1<<20 {
		t.Errorf("%d MiB are allocated for %d", size>>20, len(stdout)>>20)
	}
	_, size = testkit.Allocations(func() {
		_ = (&Error{}).noAnswer(t.Context(), nil, Output{Stdout: stdout}, reply{})
	})
	if size > 8<<20 {
		t.Errorf("%d MiB are allocated for an error", size>>20)
	}
}
