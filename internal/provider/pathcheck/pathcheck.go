// Package pathcheck recognizes typical mistakes in the paths of a configuration.
package pathcheck

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Mistake is a typical mistake in a path, for a diagnostic.
type Mistake struct {
	Summary string // such as "Path with a tab"
	Fact    string // follows the path in a sentence: "has a tab"
	Advice  string // a sentence
	Example string // of the path as the advice says, without a full stop, or ""
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
	{"\t", `\t`, "a tab", "Path with a tab"},
	{"\n", `\n`, "a line break", "Path with a line break"},
	{"\r", `\r`, "a carriage return", "Path with a carriage return"},
}

// windowsPath matches the beginning of an absolute path of Windows, or a backslash in a path.
var windowsPath = regexp.MustCompile(`^[A-Za-z]:|\\`)

// Find returns the mistake in a path. On other systems than Windows, a file can have a name with such characters. A
// caller reports a mistake only if the file does not exist.
func Find(path string, origin Origin) (mistake Mistake, found bool) {
	trimmed := strings.TrimRight(path, "\r\n")
	switch {
	case trimmed != path && !hasControl(trimmed):
		return lineBreakAtTheEnd(origin), true
	case hasControl(trimmed):
		return controlCharacter(trimmed, origin), true
	case isQuoted(path):
		return quoted(path, origin), true
	case strings.TrimSpace(path) != path && strings.TrimSpace(path) != "":
		return spaceAround(path, origin), true
	default:
		return Mistake{}, false
	}
}

func hasControl(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }

func lineBreakAtTheEnd(origin Origin) Mistake {
	m := Mistake{Summary: "Path ends with a line break", Fact: "ends with a line break"}
	if origin == Variable {
		m.Advice = "Set the variable to the path without the line break."
	} else {
		m.Advice = "The text of a heredoc ends with one, and so does the text of most files. Write the path in " +
			"quotation marks on one line, or remove the line break with trimspace(...)."
	}
	return m
}

// controlCharacter returns the mistake for the first control character of a path.
func controlCharacter(path string, origin Origin) Mistake {
	m := Mistake{Summary: "Path with a control character", Fact: "has a control character",
		Advice: "Write the path without it."}
	first := strings.IndexFunc(path, unicode.IsControl)
	for _, control := range controls {
		if !strings.HasPrefix(path[first:], control.character) {
			continue
		}
		m.Summary, m.Fact = control.summary, "has "+control.name
		if origin == Argument && windowsPath.MatchString(path) {
			m.Advice = "In quotation marks, " + control.escape + " is " + control.name + ". Write each backslash of " +
				`a path twice (\\), or write a slash (/) instead.`
			m.Example = intended(path)
		}
	}
	return m
}

// intended returns the path that a path with control characters was probably meant to be, in two spellings for a
// configuration.
func intended(path string) string {
	for _, control := range controls {
		path = strings.ReplaceAll(path, control.character, control.escape)
	}
	return strconv.Quote(path) + " or " + strconv.Quote(strings.ReplaceAll(path, `\`, "/"))
}

func isQuoted(path string) bool {
	if len(path) < 2 {
		return false
	}
	first, last := path[0], path[len(path)-1]
	return first == last && (first == '"' || first == '\'')
}

func spaceAround(path string, origin Origin) Mistake {
	m := Mistake{Summary: "Path with a space around it", Fact: "begins or ends with a space",
		Advice: "Write the path without it.", Example: strconv.Quote(strings.TrimSpace(path))}
	if origin == Variable {
		m.Advice = "Set the variable to the path without it. In cmd.exe, a space before && is a part of the value."
		m.Example = strings.TrimSpace(path)
	}
	return m
}

func quoted(path string, origin Origin) Mistake {
	m := Mistake{Summary: "Path in quotation marks", Fact: "has quotation marks that are a part of it",
		Advice: "Write the path with one pair of quotation marks.", Example: strconv.Quote(path[1 : len(path)-1])}
	if origin == Variable {
		m.Advice = "Set the variable to the path without them. In cmd.exe, quotation marks after the equals sign are " +
			"a part of the value."
		m.Example = path[1 : len(path)-1]
	}
	return m
}
