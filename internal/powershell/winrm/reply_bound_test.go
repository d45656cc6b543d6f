package winrm

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// The parser of the largest answer that is accepted allocates a bounded amount of memory, whatever the answer contains.
//
//nolint:paralleltest // it counts all allocations of the process
func TestParseReplyAllocates(t *testing.T) {
	const (
		start = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>`
		end   = `</s:Body></s:Envelope>`
		limit = 48 << 20
	)
	w := newFuzzTransport(t, false)

	fill := func(before, piece, after string) string {
		n := (w.config.maxReply() - len(start) - len(end) - len(before) - len(after)) / len(piece)
		return start + before + strings.Repeat(piece, n) + after + end
	}
	for name, body := range map[string]string{
		"streams": fill(`<ReceiveResponse>`, `<Stream/>`, `</ReceiveResponse>`),
		"text":    fill(`<ReceiveResponse><Stream Name="stdout">`, "A", `</Stream></ReceiveResponse>`),
		"spaces":  fill(`<ReceiveResponse><Stream Name="stdout">`, "A ", `</Stream></ReceiveResponse>`),
		"selectors": fill(`<ResourceCreated><ReferenceParameters><SelectorSet>`, `<Selector/>`,
			`</SelectorSet></ReferenceParameters></ResourceCreated>`),
		"elements":   fill("", `<a/>`, ""),
		"nested":     fill("", `<a>`, ""),
		"attributes": fill("<a ", `a="" `, "/>"),
		"namespaces": fill("<a ", `xmlns:a="" `, "/>"),
		"references": fill("<a>", `&lt;`, "</a>"),
		"comments":   fill("", `<!---->`, ""),
		"faults":     fill("", `<Fault/>`, ""),
		"reasons":    fill("<Fault><Reason>", `<Text/>`, "</Reason></Fault>"),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)

		if answer, err := parseReply([]byte(body)); err == nil {
			_, _ = answer.output(&powershell.Output{})
		}
		runtime.ReadMemStats(&after)

		if got := after.TotalAlloc - before.TotalAlloc; got > limit {
			t.Errorf("%s: %d KiB are allocated for an answer of %d KiB", name, got>>10, len(body)>>10)
		}
	}
}

// An answer has at most the announced size, or that of the service if it is larger, and the margin.
func TestAnswerIsBounded(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name            string
		announced, size int
		kind            string
		status          int
		want            string
	}{
		{"the largest", 0, 564 << 10, "application/soap+xml", http.StatusOK, ""},
		{"one byte more", 0, 564<<10 + 1, "application/soap+xml", http.StatusOK, "more than 564 KiB"},
		{"one byte more, encrypted", 0, 564<<10 + 1, "multipart/encrypted", http.StatusOK, "more than 564 KiB"},
		{"the largest of a larger envelope", 1 << 20, 1088 << 10, "application/soap+xml", http.StatusOK, ""},
		{"one byte more than a larger envelope", 1 << 20, 1088<<10 + 1, "application/soap+xml", http.StatusOK,
			"more than 1088 KiB"},
		{"a long page of a proxy", 0, 1 << 20, "text/html", http.StatusServiceUnavailable, "503 Service Unavailable"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, err := New(Config{
				Host: "host", User: "user", Password: "password", Auth: Basic, MaxEnvelopeSize: tc.announced,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = w.Close() })

			conn := w.newConnection()
			body := []byte(envelope + strings.Repeat(" ", tc.size-len(envelope)))
			conn.client.Transport = &responses{newResponse(tc.status, "Content-Type", tc.kind, body)}

			_, err = conn.post(t.Context(), "<message/>")
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
