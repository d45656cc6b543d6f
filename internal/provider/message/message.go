// Package message turns error texts, which begin in lower case and have no full stop, into sentences for diagnostics.
package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentence ends the text with a full stop, unless it already ends with one or with a block to copy.
func Sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".}") {
		return text
	}
	return text + "."
}

// Capitalise replaces the first letter with a capital letter, unless the text begins with a host name.
func Capitalise(text string) string {
	if first, _, _ := strings.Cut(text, " "); text == "" || strings.Contains(first, ".") {
		return text
	}
	first, size := utf8.DecodeRuneInString(text)
	if first == utf8.RuneError {
		return text
	}
	return string(unicode.ToTitle(first)) + text[size:]
}
