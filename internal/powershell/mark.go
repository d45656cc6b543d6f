package powershell

import (
	"context"
	"io"
	"regexp"
	"strings"
)

// OnMark returns a transport that calls reached once when the running script writes the mark {lync:<nonce>:name}. ok is
// false if the transport passes on no output before the end of a script.
//
// Only [Run] knows the nonce, and OnMark accepts any: a mark is not a result.
func OnMark(transport Transport, name string, reached func()) (watching Transport, ok bool) {
	watched, ok := transport.(Watched)
	if !ok {
		return transport, false
	}
	return &markWatch{
		watched,
		regexp.MustCompile(`\{lync:[0-9a-f]{32}:` + regexp.QuoteMeta(name) + `\}`),
		reached,
	}, true
}

// markWatch is the transport of [OnMark].
type markWatch struct {
	Watched
	mark    *regexp.Regexp
	reached func()
}

func (w *markWatch) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	var (
		tail  string
		found bool
	)
	return w.RunWatched(ctx, script, input, func(piece []byte) {
		if found {
			return
		}

		// As for the answer, ignore the line breaks of a narrow console and the zero bytes of UTF-16.
		tail += strings.Map(func(r rune) rune {
			if r <= ' ' {
				return -1
			}
			return r
		}, string(piece))

		if found = w.mark.MatchString(tail); found {
			w.reached()
		}
		tail = tail[max(0, len(tail)-100):]
	})
}
