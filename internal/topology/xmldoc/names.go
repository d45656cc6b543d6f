package xmldoc

import (
	"slices"
	"unicode/utf8"
)

// name is a name as written. Namespaces in XML 1.0, section 4: a name is a local part, or a prefix and a local part
// with a colon between them.
type name struct {
	text  string
	colon int // index of the colon in text, -1 for none
}

// prefix returns the part before the colon, "" for none.
func (n name) prefix() string { return n.text[:max(n.colon, 0)] }

// local returns the part after the colon.
func (n name) local() string { return n.text[n.colon+1:] }

// qualifiedName scans the name at an offset and returns the offset after it.
func (s *scanner) qualifiedName(at int) (name, int, error) {
	end, err := s.namePart(at)
	if err != nil {
		return name{}, 0, err
	}
	n := name{colon: -1}
	if s.has(end, ":") {
		n.colon = end - at
		if end, err = s.namePart(end + 1); err != nil {
			return name{}, 0, err
		}
	}
	n.text = s.text[at:end]
	return n, end, nil
}

// namePart returns the end of the name without colon that is at an offset. XML 1.0, section 2.3: Name. Namespaces in
// XML 1.0, section 4: NCName, which also forbids a colon at the begin or the end of a name.
func (s *scanner) namePart(at int) (int, error) {
	end := at
	for end < len(s.text) && (end > at && asciiInner[s.text[end]] || asciiStart[s.text[end]]) {
		end++
	}
	for end < len(s.text) {
		c, size := s.runeAt(end)
		if isNameStart(c) || end > at && isNameInner(c) {
			end += size
			continue
		}
		break
	}
	switch {
	case end > at:
		return end, nil
	case at == len(s.text):
		return 0, s.cutOff()
	default:
		c, _ := s.runeAt(at)
		return 0, s.fail(at, "a name cannot begin with %s", describe(c))
	}
}

// asciiStart and asciiInner are the bytes of ASCII that isNameStart, and isNameStart or isNameInner accept.
var asciiStart, asciiInner = func() (start, inner [256]bool) {
	for c := range rune(utf8.RuneSelf) {
		start[c] = isNameStart(c)
		inner[c] = start[c] || isNameInner(c)
	}
	return start, inner
}()

// runeAt returns the character at an offset and its length in bytes.
func (s *scanner) runeAt(at int) (rune, int) {
	if c := s.text[at]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s.text[at:])
}

// isNameStart reports whether a character can begin a name. XML 1.0, fourth edition, section 2.3: a letter or an
// underscore. The colon separates the parts of a name.
func isNameStart(c rune) bool {
	if c < utf8.RuneSelf {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
	}
	return inRanges(nameStartRanges, c)
}

// isNameInner reports whether a character can continue a name but not begin it. XML 1.0, fourth edition, section 2.3:
// NameChar.
func isNameInner(c rune) bool {
	if c < utf8.RuneSelf {
		return '0' <= c && c <= '9' || c == '-' || c == '.'
	}
	return inRanges(nameInnerRanges, c)
}

// inRanges reports whether a character is in one of the ascending ranges.
func inRanges(ranges [][2]uint16, c rune) bool {
	_, found := slices.BinarySearchFunc(ranges, c, func(r [2]uint16, c rune) int {
		switch {
		case rune(r[1]) < c:
			return -1
		case rune(r[0]) > c:
			return 1
		default:
			return 0
		}
	})
	return found
}
