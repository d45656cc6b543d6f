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
	return &markWatch{watched, regexp.QuoteMeta(name), reached}, true
}

// markWatch is the transport of [OnMark].
type markWatch struct {
	Watched
	name    string // a pattern
	reached func()
}

func (w *markWatch) Run(ctx context.Context, script string, input io.Reader) (Output, error) {
	finder := newMarkFinder("[0-9a-f]{32}", w.name)
	return w.RunWatched(ctx, script, input, func(piece []byte) {
		if finder.find(piece) {
			w.reached()
		}
	})
}

// markFinder finds a mark in standard output that arrives in pieces.
type markFinder struct {
	mark  *regexp.Regexp
	tail  string
	found bool
}

// newMarkFinder returns a finder for a mark whose nonce and name match these patterns.
func newMarkFinder(nonce, name string) *markFinder {
	return &markFinder{mark: regexp.MustCompile(`\{lync:` + nonce + `:` + name + `\}`)}
}

// find adds a piece, and reports whether the mark is complete for the first time.
func (m *markFinder) find(piece []byte) bool {
	if m.found {
		return false
	}

	// As for the answer, ignore the line breaks of a narrow console and the zero bytes of UTF-16.
	m.tail += strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, string(piece))

	m.found = m.mark.MatchString(m.tail)
	m.tail = m.tail[max(0, len(m.tail)-100):]
	return m.found
}
