// Package argument writes texts into PowerShell commands that users copy.
package argument

import (
	"regexp"
	"strings"
)

// plainWord is a word that PowerShell takes literally.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// quotes are the characters that end a text in single quotation marks (about_Quoting_Rules, and CharTraits of
// PowerShell for the typographic ones). Two of any of them are one that does not.
const quotes = "'\u2018\u2019\u201a\u201b"

// PowerShell returns a text as an argument of a PowerShell command, which has exactly this value and runs nothing else.
// A name in a document, and one that a host reports, can be any text.
func PowerShell(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	var b strings.Builder
	b.WriteByte('\'')

	for _, r := range text {
		b.WriteRune(r)

		if strings.ContainsRune(quotes, r) {
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
