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

// plain takes the color out of a terminal's output.
func plain(s string) string { return colors.ReplaceAllString(s, "") }

// Fold turns the boxes and wrapped lines of Terraform's messages into one line with single spaces.
func Fold(s string) string {
	return strings.TrimSpace(wraps.ReplaceAllString(plain(s), " "))
}

// Wrapped returns a regular expression that finds a text in messages as Terraform prints them: where the text has
// white space, the message may have a line wrap and the lines of a box. It is meant for ExpectError.
func Wrapped(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(strings.Join(words, wraps.String()))
}

// shared is a buffer that several writers fill. Standard output and standard error are copied by two goroutines when
// they are not one and the same writer.
type shared struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// writers writes to all of them.
type writers []*shared

func (w writers) Write(p []byte) (int, error) {
	for _, to := range w {
		if _, err := to.Write(p); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
