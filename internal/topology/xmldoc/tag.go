package xmldoc

// maxAttributes limits the attributes of an element. Those of published documents have fewer than 20.
const maxAttributes = 100_000

// startTag returns the end of a start tag or of an empty-element tag. XML 1.0, section 3.1: white space separates the
// name and the attributes from each other. Section 2.8: a document type declaration is possible before the root
// element. This package refuses it everywhere.
func (s *scanner) startTag(t *token) (int, error) {
	if s.has(s.pos, "<!DOCTYPE") {
		return 0, s.fail(s.pos, "the document has a document type declaration, which is not supported: "+
			"declared entities are never expanded")
	}
	if s.has(s.pos, "<!") {
		return 0, s.fail(s.pos, `"<!" is neither a comment nor a CDATA section`)
	}
	tagName, at, err := s.qualifiedName(s.pos + 1)
	if err != nil {
		return 0, err
	}
	t.name = tagName
	s.attrs = s.attrs[:0]
	for {
		next := s.skipSpace(at)
		switch {
		case next == len(s.text):
			return 0, s.cutOff()
		case s.text[next] == '>':
			t.attrs = s.attrs
			return next + 1, nil
		case s.has(next, "/>"):
			t.kind, t.attrs = tokenEmpty, s.attrs
			return next + len("/>"), nil
		case s.text[next] == '/' && next+1 == len(s.text):
			return 0, s.cutOff()
		case s.text[next] == '/':
			return 0, s.expected(next+1, `">"`)
		case next == at && len(s.attrs) == 0:
			return 0, s.badNameChar(at, "an element")
		case next == at:
			return 0, s.expected(at, "white space")
		case len(s.attrs) == maxAttributes:
			return 0, s.fail(next, "the element %s has more than %d attributes, which is not supported",
				shorten(tagName.text), maxAttributes)
		}
		if at, err = s.attribute(next); err != nil {
			return 0, err
		}
	}
}

// attribute scans an attribute and returns its end. XML 1.0, section 3.1: Attribute.
func (s *scanner) attribute(at int) (int, error) {
	attrName, end, err := s.qualifiedName(at)
	if err != nil {
		return 0, err
	}
	a := tagAttribute{name: attrName, at: at}
	if a.from, err = s.openQuote(end); err != nil {
		return 0, err
	}
	if err := s.attributeValue(&a); err != nil {
		return 0, err
	}
	s.attrs = append(s.attrs, a)
	return a.to + 1, nil
}

// openQuote scans the equals sign after the name of an attribute and the quote, and returns the start of the value. XML
// 1.0, section 3.1: Attribute, Eq. Section 2.3: AttValue.
func (s *scanner) openQuote(at int) (int, error) {
	at = s.skipSpace(at)
	switch {
	case at == len(s.text):
		return 0, s.cutOff()
	case s.text[at] != '=':
		return 0, s.expected(at, `"=" and a value`)
	}
	at = s.skipSpace(at + 1)
	switch {
	case at == len(s.text):
		return 0, s.cutOff()
	case s.text[at] != '"' && s.text[at] != '\'':
		return 0, s.fail(at, "the value of an attribute must be in quotes")
	}
	return at + 1, nil
}

// attributeValue scans the value that starts at a.from. XML 1.0, section 2.3: AttValue. Section 3.1: no < in attribute
// values.
func (s *scanner) attributeValue(a *tagAttribute) error {
	quote := s.text[a.from-1]
	a.isPlain = true
	for at := a.from; at < len(s.text); {
		switch c := s.text[at]; c {
		case quote:
			a.to = at
			return nil
		case '<':
			return s.fail(at, `the value of an attribute cannot contain "<"; write "&lt;"`)
		case '&':
			_, size, problem := reference(s.text[at:])
			if problem != "" {
				return s.fail(at, "%s", problem)
			}
			a.isPlain = false
			at += size
		case '\t', '\r', '\n':
			a.isPlain = false
			at++
		default:
			at++
		}
	}
	return s.cutOff()
}

// endTag returns the end of an end tag. XML 1.0, section 3.1: ETag.
func (s *scanner) endTag(t *token) (int, error) {
	tagName, at, err := s.qualifiedName(s.pos + len("</"))
	if err != nil {
		return 0, err
	}
	t.name = tagName
	next := s.skipSpace(at)
	switch {
	case next == len(s.text):
		return 0, s.cutOff()
	case s.text[next] == '>':
		return next + 1, nil
	case next == at:
		return 0, s.badNameChar(at, "an element")
	default:
		return 0, s.expected(next, `">"`)
	}
}

// skipSpace returns the offset of the first character that is not white space.
func (s *scanner) skipSpace(at int) int {
	for at < len(s.text) && isSpaceByte(s.text[at]) {
		at++
	}
	return at
}

// expected returns the error of a text that continues with another character than expected.
func (s *scanner) expected(at int, what string) error {
	if at == len(s.text) {
		return s.cutOff()
	}
	c, _ := s.runeAt(at)
	return s.fail(at, "%s is expected instead of %s", what, describe(c))
}
