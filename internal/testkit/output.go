package testkit

import (
	"regexp"
	"strings"
	"sync"
)

var (
	colors = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
	wraps  = regexp.MustCompile(`[\s│╷╵╶─]+`)
)

// withoutColor removes the escape sequences of a terminal from s.
func withoutColor(s string) string { return colors.ReplaceAllString(s, "") }

// Fold joins the wrapped lines of Terraform's messages with single spaces and removes the boxes around them.
func Fold(s string) string {
	return strings.TrimSpace(wraps.ReplaceAllString(withoutColor(s), " "))
}

// Wrapped returns a regular expression that matches text in Terraform's messages, in which a line break and the lines
// of a box can replace any white space. Use it for ExpectError.
func Wrapped(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(strings.Join(words, wraps.String()))
}

// lockedBuffer is a buffer for concurrent writers. Package exec copies standard output and standard error in two
// goroutines if their writers differ.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *lockedBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *lockedBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// multiWriter writes to all its buffers.
type multiWriter []*lockedBuffer

func (w multiWriter) Write(p []byte) (int, error) {
	for _, to := range w {
		if _, err := to.Write(p); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
