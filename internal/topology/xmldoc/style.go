package xmldoc

import "strings"

// Style is the layout of an element, so that a new element can look like a neighbour. Every space is a line break with
// the indentation after it, or "" if the document has none.
type Style struct {
	End   string // space before the end tag
	Child string // space before the child elements
	Unit  string // what each further level adds to Child
	Empty string // end of an empty-element tag: " />" or "/>"
}

// StyleOf returns the style of an element with that white space before it. It is the default style if the element is
// nil.
func StyleOf(space string, el *Element) Style {
	s := Style{Empty: " />"}
	if el == nil {
		return s
	}
	s.End = lastLine(space)
	if first := el.first(); first != nil {
		s.Child = lastLine(el.SpaceBefore(first))
		if strings.HasSuffix(first.start, "/>") && !strings.HasSuffix(first.start, " />") {
			s.Empty = "/>"
		}
	}
	if strings.HasPrefix(s.Child, s.End) && s.End != "" {
		s.Unit = s.Child[len(s.End):]
	}
	return s
}

// At returns the style with another indentation, for an element that has this space before it.
func (s Style) At(space string) Style {
	s.End, s.Child = lastLine(space), ""
	if s.End != "" {
		s.Child = s.End + s.Unit
	}
	return s
}

// lastLine returns the last line break in white space with the indentation after it.
func lastLine(space string) string {
	i := strings.LastIndexByte(space, '\n')
	if i > 0 && space[i-1] == '\r' {
		i--
	}
	return space[max(i, 0):]
}

// space returns the white space before an element, by its depth below the new element.
func (s Style) space(depth int) string {
	switch {
	case depth == 0:
		return s.End
	case s.Child == "":
		return ""
	default:
		return s.Child + strings.Repeat(s.Unit, depth-1)
	}
}
