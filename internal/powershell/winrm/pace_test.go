package winrm

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// answers is an HTTP transport that makes each answer.
type answers func() *http.Response

func (a answers) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := context.Cause(request.Context()); err != nil {
		return nil, err
	}
	return a(), nil
}

// A host that answers without output at once is asked again after a pause, which grows. Output, and an answer that the
// host has waited for, begin with the shortest pause again. The context ends the pause.
func TestReceivePausesAfterEmptyAnswers(t *testing.T) {
	t.Parallel()

	const (
		start = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>`
		end   = `</s:Body></s:Envelope>`
		fault = `<s:Fault><s:Detail><WSManFault Code="2150858793"/></s:Detail></s:Fault>`
		state = `<CommandState State="x/CommandState/Running"/>`
	)
	receive := func(inner string) string { return "<ReceiveResponse>" + inner + "</ReceiveResponse>" }
	ms := func(durations ...int) (pauses []time.Duration) {
		for _, d := range durations {
			pauses = append(pauses, time.Duration(d)*time.Millisecond)
		}
		return pauses
	}
	growing := ms(20, 40, 80, 160, 320, 640, 1000, 1000)

	for _, tc := range []struct {
		name string
		// body is the body of each answer, and output that of the third one, if it is set.
		body, output string
		// waited is the time until each answer.
		waited time.Duration
		want   []time.Duration
	}{
		{"no stream", receive(state), "", 0, growing},
		{"an empty stream", receive(`<Stream Name="stdout"/>` + state), "", 0, growing},
		{"a stream without a name", receive(`<Stream/>`), "", 0, growing},
		{"white space", receive(`<Stream Name="stdout"> </Stream>`), "", 0, growing},
		{"another stream", receive(`<Stream Name="other">eA==</Stream>`), "", 0, growing},
		{"the fault of a wait that has ended", fault, "", 0, growing},
		{"output between", receive(`<Stream/>`), receive(`<Stream Name="stderr">eA==</Stream>`), 0,
			ms(20, 40, 20, 40, 80, 160, 320, 640)},
		{"almost early", receive(`<Stream/>`), "", maxPause - 1, growing},
		{"after a wait", receive(`<Stream/>`), "", maxPause, nil},
		{"the fault after a wait", fault, "", 20 * time.Second, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			w, err := New(Config{Host: "host", User: "user", Password: "password", Auth: Basic})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = w.Close() })

			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)

			var (
				now     time.Time
				pauses  []time.Duration
				asked   int
				stopped = errors.New("stopped")
			)
			w.now = func() time.Time { return now }
			w.wait = func(ctx context.Context, d time.Duration) error {
				if pauses = append(pauses, d); len(pauses) == len(growing) {
					cancel(stopped)
				}
				return context.Cause(ctx)
			}

			conn := w.newConnection()
			conn.client.Transport = answers(func() *http.Response {
				if asked++; asked == 100 {
					cancel(stopped)
				}
				now = now.Add(tc.waited)

				body, status := tc.body, http.StatusOK
				if asked == 3 && tc.output != "" {
					body = tc.output
				}
				if body == fault {
					status = http.StatusInternalServerError
				}
				return newResponse(status, "Content-Type", "application/soap+xml", []byte(start+body+end))
			})
			shell := &remoteShell{transport: w, conn: conn, id: "i", command: "c"}

			var out powershell.Output
			if err := shell.receive(ctx, &out, func([]byte) {}, false); !errors.Is(err, stopped) {
				t.Errorf("got %v", err)
			}
			if !slices.Equal(pauses, tc.want) {
				t.Errorf("%d requests with the pauses %v, want %v", asked, pauses, tc.want)
			}
		})
	}
}

// A pause ends with its context.
func TestSleepEndsWithContext(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	cancel(stopped)

	if err := sleep(ctx, time.Hour); !errors.Is(err, stopped) {
		t.Errorf("got %v", err)
	}
}
