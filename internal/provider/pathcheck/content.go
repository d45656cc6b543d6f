package pathcheck

import (
	"regexp"
	"strings"
)

// contentSign matches what is in the files that the provider reads, and not in a path: PEM, a topology document or a
// comment, keys in known_hosts, a setting in krb5.conf.
var contentSign = regexp.MustCompile(`-----BEGIN|(?m:^\s*[<#\[])| (?:ssh|ecdsa|sk)-| = `)

// drive matches the beginning of an absolute path of Windows, also if the backslash has become a control character.
var drive = regexp.MustCompile(`^[A-Za-z]:[\\/[:cntrl:]]`)

// pathSign matches what most paths have: an extension or a separator.
var pathSign = regexp.MustCompile(`[./\\]|^[A-Za-z]:`)

// spaceAtALine matches an empty line, and a space at the beginning or the end of a line. An escape sequence in a path
// leaves none, except before the first line.
var spaceAtALine = regexp.MustCompile(`[ \t\r\n]\n|\n[ \t\r\n]`)

// isContent reports whether a text with a line break is rather the content of a file than its path. A path has few line
// breaks: those that the escape sequence \n makes of a name with an n.
func isContent(text string) bool {
	lines := strings.TrimRight(text, "\r\n")
	breaks := strings.Count(lines, "\n")
	switch {
	case !strings.Contains(text, "\n"), drive.MatchString(text):
		return false
	case contentSign.MatchString(text):
		return true
	case breaks == 0:
		return false
	case spaceAtALine.MatchString(lines):
		return true
	default:
		return !pathSign.MatchString(lines) || breaks > 1 && !windowsPath.MatchString(lines)
	}
}

// content returns the mistake for the content of a file. Without a sure sign, the text can still be a path.
func content(text string, origin Origin) Mistake {
	m := Mistake{Summary: "Content of a file instead of its path", Fact: "looks like the content of a file",
		Advice: "Set the path of the file.", IsContent: true}
	if origin == Argument && !contentSign.MatchString(text) {
		m.Advice += ` If it is the path, write each backslash of it twice (\\), or write a slash (/) instead, in ` +
			"quotation marks on one line."
	}
	return m
}
