// Package printable makes texts safe to print on a terminal. Texts of a document, of a host or of a configuration can
// have characters that move the cursor, change colors, or show the text in another order than it has.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsControl reports whether a character controls the terminal instead of being printed: the control characters of ASCII
// and ISO 6429 (C0, DEL and C1), and the characters that change the direction of text (Bidi_Control of Unicode).
func IsControl(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// IsPlain reports whether a text is valid UTF-8 in one line without control characters. Names have to be plain.
func IsPlain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, IsControl)
}

// Clean returns a text without control characters, except for new line and tab. It replaces each run of invalid UTF-8
// with U+FFFD.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// The maximum sizes of texts in bytes.
const (
	MaxText = 8 << 10 // of Text
	MaxLine = 1 << 10 // of Line
)

// Text returns a text without control characters and in at most MaxText bytes. See Clean and Shorten.
func Text(text string) string { return Shorten(Clean(text), MaxText) }

// Line is Text for a text in one line, such as a name, and at most MaxLine bytes. New lines and tabs become spaces.
func Line(text string) string { return joinLines(Shorten(joinLines(Clean(text)), MaxLine)) }

func joinLines(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, text)
}

// omission is the note in place of what Shorten omits. It has the number of these bytes.
const omission = "\n\n[%d bytes are omitted here]\n\n"

// Shorten returns a text in at most limit bytes, which must be more than 100. Of a longer text it keeps the beginning
// and the end, because a message begins with what happened and ends with what to do.
func Shorten[T string | []byte](text T, limit int) string {
	if len(text) <= limit {
		return string(text)
	}
	room := limit - len(fmt.Sprintf(omission, len(text)))
	head, tail := room*3/4, len(text)-room/4
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return string(text[:head]) + fmt.Sprintf(omission, tail-head) + string(text[tail:])
}
