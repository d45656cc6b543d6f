// Package pathcheck recognizes typical mistakes in the paths of a configuration. It is the only place that does.
package pathcheck

import (
	"regexp"
	"strings"
	"unicode"
)

// Mistake is what is wrong with a path, for a diagnostic. A path can have several mistakes at a time.
type Mistake struct {
	Summary   string // such as "Path with a tab"; that of the first mistake
	Fact      string // follows the path in a sentence: "has a tab and ends with a line break"
	Advice    string // sentences
	Example   string // of the path without the mistakes, without a full stop, or ""
	IsContent bool   // whether the text is probably what is in a file, which no message should repeat
}

// Origin is where a path comes from. It decides about the advice.
type Origin int

// The origins of a path.
const (
	Argument Origin = iota // of a configuration, in which a backslash begins an escape sequence
	Variable               // of the environment, in which quotation marks can belong to the value
)

// controls are the control characters that an escape sequence of Terraform stands for.
var controls = []struct{ character, escape, name, summary string }{
	{"\t", `\t`, "tab", "Path with a tab"},
	{"\n", `\n`, "line break", "Path with a line break"},
	{"\r", `\r`, "carriage return", "Path with a carriage return"},
}

// windowsPath matches the beginning of an absolute path of Windows, or a backslash in a path.
var windowsPath = regexp.MustCompile(`^[A-Za-z]:|\\`)

// unixPath matches the beginning of an absolute path of other systems. Two slashes begin a share of Windows.
var unixPath = regexp.MustCompile(`^/(?:[^/]|$)`)

// Find returns the mistakes in a path. On other systems than Windows, a file can have a name with such characters. A
// caller with a path of this host reports mistakes only if the file does not exist.
func Find(path string, origin Origin) (mistake Mistake, found bool) {
	if isContent(path) {
		return content(path, origin), true
	}
	line := strings.TrimRight(path, "\r\n")
	outer := trimSpaces(line)
	inner := trimSpaces(unquoted(outer))
	typed, isTyped := asTyped(inner, origin)

	var all []fault
	if hasControl(inner) {
		all = append(all, controlCharacter(inner, isTyped))
	}
	if isQuoted(outer) {
		all = append(all, quoted)
	}
	if line != path {
		all = append(all, lineBreakAtTheEnd)
	}
	if outer != line && outer != "" {
		all = append(all, spaceAround)
	}
	if len(all) == 0 {
		return Mistake{}, false
	}
	mistake = join(all, origin)
	if isTyped {
		mistake.Example = example(typed, origin)
	}
	return mistake, true
}

// asTyped returns a path with its control characters replaced by the escape sequences that they probably were. It
// returns false if they probably were none, or if the path is empty. Few paths have a control character on purpose, so
// that a relative path of a configuration needs no other sign of Windows.
func asTyped(path string, origin Origin) (typed string, isTyped bool) {
	typed = path
	for _, control := range controls {
		typed = strings.ReplaceAll(typed, control.character, control.escape)
	}
	switch {
	case typed == "" || hasControl(typed):
		return "", false
	case typed == path || windowsPath.MatchString(path):
		return typed, true
	default:
		isInside := hasControl(strings.TrimRightFunc(path, unicode.IsControl))
		return typed, isInside && origin == Argument && !unixPath.MatchString(path)
	}
}

func hasControl(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }

// trimSpaces removes spaces at both ends, but no control characters.
func trimSpaces(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) && !unicode.IsControl(r) })
}

func isQuoted(path string) bool {
	if len(path) < len(`""`) {
		return false
	}
	first, last := path[0], path[len(path)-1]
	return first == last && (first == '"' || first == '\'')
}

func unquoted(path string) string {
	if isQuoted(path) {
		return path[1 : len(path)-1]
	}
	return path
}
