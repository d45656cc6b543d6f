package xmldoc

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError describes what is wrong in the text of a document, and where.
type SyntaxError struct {
	Line    int // from 1; a line ends with CR, LF or both
	Column  int // from 1, in characters
	Problem string
}

// Error returns the position and the problem.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// syntaxError returns an error for an offset in a text.
func syntaxError(text string, at int, format string, args ...any) error {
	before := text[:at]
	start := strings.LastIndexAny(before, "\r\n") + 1
	breaks := strings.Count(before, "\n") + strings.Count(before, "\r") - strings.Count(before, "\r\n")
	return &SyntaxError{
		Line:    breaks + 1,
		Column:  utf8.RuneCountInString(before[start:]) + 1,
		Problem: fmt.Sprintf(format, args...),
	}
}

// offset returns an offset in a text, whose length Parse limits.
func offset(at int) uint32 { return uint32(at) } //nolint:gosec // see above

// plainChars are the bytes that occur in characters of XML only. Of the others, 0xEF begins U+FFFE and U+FFFF too.
var plainChars = func() (plain [256]bool) {
	for c := range plain {
		plain[c] = c >= ' ' && c != 0xEF || isSpaceByte(byte(c))
	}
	return plain
}()

// checkChars checks that a text consists of characters of XML. XML 1.0, section 2.2: Char. It applies to markup,
// comments and processing instructions too. The text is valid UTF-8, so it has no surrogates.
func checkChars(text string) error {
	for i := range len(text) {
		switch c := text[i]; {
		case plainChars[c]:
			continue
		case c == 0xEF && !strings.HasPrefix(text[i:], "\uFFFE") && !strings.HasPrefix(text[i:], "\uFFFF"):
			continue
		}
		c, _ := utf8.DecodeRuneInString(text[i:])
		return syntaxError(text, i, "XML does not allow the character %s", describe(c))
	}
	return nil
}

// isChar reports whether XML allows a character. XML 1.0, section 2.2: Char.
func isChar(c rune) bool {
	switch {
	case c < ' ':
		return c == '\t' || c == '\n' || c == '\r'
	case c < 0xE000:
		return c < 0xD800 // a surrogate is not a character
	default:
		return c <= 0xFFFD || 0x10000 <= c && c <= unicode.MaxRune
	}
}

// isSpaceByte reports whether a byte is white space. XML 1.0, section 2.3: S.
func isSpaceByte(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// isSpace reports whether text consists of XML white space only. Unicode has more white space than XML.
func isSpace(text string) bool {
	for i := range len(text) {
		if !isSpaceByte(text[i]) {
			return false
		}
	}
	return true
}

// trimSpace returns a text without the XML white space around it.
func trimSpace(text string) string { return strings.Trim(text, " \t\r\n") }

// describe returns a character for a message. It does not print a character that can change how a message looks.
func describe(c rune) string {
	switch {
	case c == '"':
		return `'"'`
	case c < utf8.RuneSelf && unicode.IsPrint(c) && c != ' ':
		return `"` + string(c) + `"`
	case unicode.IsLetter(c):
		return fmt.Sprintf(`"%c" (%U)`, c, c)
	default:
		return fmt.Sprintf("%U", c)
	}
}

// quote returns a part of a text for a message.
func quote(text string) string { return strconv.QuoteToGraphic(shorten(text)) }

// shorten returns the begin of a text that is long for a message.
func shorten(text string) string {
	const limit = 40
	n := 0
	for i := range text {
		if n++; n > limit {
			return text[:i] + "..."
		}
	}
	return text
}
