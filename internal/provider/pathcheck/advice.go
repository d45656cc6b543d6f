package pathcheck

import (
	"strconv"
	"strings"
	"unicode"
)

// fault is one of the things that can be wrong with a path.
type fault struct {
	summary, fact string // as in [Mistake]
	part          string // what to leave out: "the tab"
	argument      string // advice for a configuration, sentences
	variable      string // how it gets into the value of a variable, a sentence or ""
}

var quoted = fault{
	summary: "Path in quotation marks", fact: "has quotation marks that are a part of it", part: "the quotation marks",
	argument: "Write the path with one pair of quotation marks.",
	variable: "In cmd.exe, quotation marks after the equals sign are a part of the value.",
}

var lineBreakAtTheEnd = fault{
	summary: "Path ends with a line break", fact: "ends with a line break", part: "the line break",
	argument: "The text of a heredoc ends with one, and so does the text of most files. Write the path in quotation " +
		"marks on one line, or remove the line break with trimspace(...).",
}

var spaceAround = fault{
	summary: "Path with a space around it", fact: "begins or ends with a space", part: "the space",
	argument: "Write the path without the space.",
	variable: "In cmd.exe, a space before && is a part of the value.",
}

// controlCharacter returns the fault for the first control character of a path. isTyped is the result of [asTyped].
func controlCharacter(path string, isTyped bool) fault {
	name, escape, summary := "control character", "", "Path with a control character"
	first := path[strings.IndexFunc(path, unicode.IsControl):]
	for _, control := range controls {
		if strings.HasPrefix(first, control.character) {
			name, escape, summary = control.name, control.escape, control.summary
		}
	}
	const backslashes = `rite each backslash of a path twice (\\), or write a slash (/) instead.`
	f := fault{summary: summary, fact: "has a " + name, part: "the " + name}
	switch {
	case !isTyped:
		f.argument = "Write the path without the " + name + "."
	case windowsPath.MatchString(path):
		f.argument = "In quotation marks, " + escape + " is a " + name + ". W" + backslashes
	default:
		f.argument = "If " + escape + " was written in quotation marks, it is a " + name + ": w" + backslashes +
			" Otherwise, write the path without the " + name + "."
	}
	return f
}

// join returns the mistake that has all faults.
func join(faults []fault, origin Origin) Mistake {
	var facts, parts, advice []string
	for _, f := range faults {
		facts, parts = append(facts, f.fact), append(parts, f.part)
		switch {
		case origin == Argument:
			advice = append(advice, f.argument)
		case f.variable != "":
			advice = append(advice, f.variable)
		}
	}
	if origin == Variable {
		advice = append([]string{"Set the variable to the path without " + list(parts) + "."}, advice...)
	}
	return Mistake{Summary: faults[0].summary, Fact: list(facts), Advice: strings.Join(advice, " ")}
}

// list returns "a, b and c".
func list(texts []string) string {
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}

// example returns a path as it is written where it comes from. A configuration has two spellings of a backslash.
func example(path string, origin Origin) string {
	switch {
	case origin == Variable:
		return path
	case strings.Contains(path, `\`):
		return strconv.Quote(path) + " or " + strconv.Quote(strings.ReplaceAll(path, `\`, "/"))
	default:
		return strconv.Quote(path)
	}
}
