// Package sentence joins the sentences of error texts.
package sentence

import "strings"

// Then returns a text that continues with further sentences, or the text if next is empty. The error texts of Windows
// end with a full stop, those of Go and of other systems do not. The result has one in both cases.
func Then(text, next string) string {
	if next == "" {
		return text
	}
	return WithoutStop(text) + ". " + next
}

// WithoutStop returns a text without the full stop at its end, so that it can be a part of a sentence.
func WithoutStop(text string) string { return strings.TrimSuffix(text, ".") }

// WithCause returns an error whose text is followed by that of its cause in parentheses, without a full stop.
func WithCause(text string, cause error) error { return &withCause{text, cause} }

type withCause struct {
	text  string
	cause error
}

func (e *withCause) Error() string { return e.text + " (" + WithoutStop(e.cause.Error()) + ")" }

// Unwrap returns the cause.
func (e *withCause) Unwrap() error { return e.cause }
