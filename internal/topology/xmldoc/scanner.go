package xmldoc

import "strings"

// tokenKind is the kind of a token.
type tokenKind int

const (
	tokenEOF tokenKind = iota
	tokenText
	tokenCDATA
	tokenComment
	tokenInstruction
	tokenDeclaration // the XML declaration; attrs has its version, encoding and standalone
	tokenStart       // a start tag
	tokenEmpty       // an empty-element tag
	tokenEnd         // an end tag
)

// token is a piece of a text. Its strings are parts of that text.
type token struct {
	kind  tokenKind
	from  int // offset in the text
	raw   string
	name  name           // of a tag or of a processing instruction
	attrs []tagAttribute // of a tag; valid until the next token
}

// tagAttribute is an attribute of a tag.
type tagAttribute struct {
	name     name
	at       int // offset of the name in the text
	from, to int // offsets of the value as written
	isPlain  bool
}

// scanner splits a text into tokens. It is strict: it refuses all that .NET refuses in one token. The text consists of
// characters of XML (checkChars). A scanner does not allocate memory for a token.
type scanner struct {
	text  string
	pos   int            // end of the last token
	attrs []tagAttribute // memory for the attributes of one tag
}

// has reports whether the text continues with a prefix at an offset.
func (s *scanner) has(at int, prefix string) bool { return strings.HasPrefix(s.text[at:], prefix) }

// fail returns an error for an offset in the text.
func (s *scanner) fail(at int, format string, args ...any) error {
	return syntaxError(s.text, at, format, args...)
}

// cutOff returns the error of a text that ends inside a token.
func (s *scanner) cutOff() error {
	return s.fail(len(s.text), "the document ends inside %s: it is cut off", tokenNames[kindOf(s.text[s.pos:])])
}

// tokenNames are the kinds of tokens in words.
var tokenNames = map[tokenKind]string{ //nolint:gosec // no credentials
	tokenCDATA:       "a CDATA section",
	tokenComment:     "a comment",
	tokenInstruction: "a processing instruction",
	tokenStart:       "a tag",
	tokenEnd:         "an end tag",
	tokenText:        "text",
}

// kindOf returns the kind of the token with which a text begins. It does not distinguish the declaration from a
// processing instruction, nor an empty-element tag from a start tag.
func kindOf(text string) tokenKind {
	switch {
	case text == "":
		return tokenEOF
	case text[0] != '<':
		return tokenText
	case strings.HasPrefix(text, "</"):
		return tokenEnd
	case strings.HasPrefix(text, "<?"):
		return tokenInstruction
	case strings.HasPrefix(text, "<!--"):
		return tokenComment
	case strings.HasPrefix(text, "<![CDATA["):
		return tokenCDATA
	default:
		return tokenStart
	}
}

// next returns the next token.
func (s *scanner) next() (token, error) {
	var (
		t   = token{kind: kindOf(s.text[s.pos:]), from: s.pos}
		end = s.pos
		err error
	)
	switch t.kind {
	case tokenEOF:
	case tokenText:
		end, err = s.characterData()
	case tokenEnd:
		end, err = s.endTag(&t)
	case tokenInstruction:
		end, err = s.instruction(&t)
	case tokenComment:
		end, err = s.comment()
	case tokenCDATA:
		end, err = s.section()
	default:
		end, err = s.startTag(&t)
	}
	if err != nil {
		return token{}, err
	}
	t.raw = s.text[s.pos:end]
	s.pos = end
	return t, nil
}

// characterData returns the end of text between markup. XML 1.0, section 2.4: CharData must not contain "]]>".
func (s *scanner) characterData() (int, error) {
	for at := s.pos; at < len(s.text); {
		switch s.text[at] {
		case '<':
			return at, nil
		case '&':
			_, size, problem := reference(s.text[at:])
			if problem != "" {
				return 0, s.fail(at, "%s", problem)
			}
			at += size
		case ']':
			if s.has(at, "]]>") {
				return 0, s.fail(at, `text cannot contain "]]>", which ends a CDATA section; write "]]&gt;"`)
			}
			at++
		default:
			at++
		}
	}
	return len(s.text), nil
}

// comment returns the end of a comment. XML 1.0, section 2.5: a comment must not contain "--", nor end with "--->".
func (s *scanner) comment() (int, error) {
	from := s.pos + len("<!--")
	dashes := strings.Index(s.text[from:], "--")
	if dashes < 0 {
		return 0, s.cutOff()
	}
	end := from + dashes + len("--")
	switch {
	case end == len(s.text):
		return 0, s.cutOff()
	case s.text[end] != '>':
		return 0, s.fail(end-len("--"), `a comment cannot contain "--"`)
	default:
		return end + 1, nil
	}
}

// section returns the end of a CDATA section. XML 1.0, section 2.7.
func (s *scanner) section() (int, error) {
	from := s.pos + len("<![CDATA[")
	end := strings.Index(s.text[from:], "]]>")
	if end < 0 {
		return 0, s.cutOff()
	}
	return from + end + len("]]>"), nil
}

// instruction returns the end of a processing instruction or of the XML declaration. XML 1.0, section 2.6: white space
// follows the target, which must not be "xml" in any letter case. Namespaces in XML 1.0, section 7: the target must not
// contain a colon.
func (s *scanner) instruction(t *token) (int, error) {
	from := s.pos + len("<?")
	if s.pos == 0 && isDeclaration(s.text) {
		return s.declaration(t)
	}
	end, err := s.namePart(from)
	if err != nil {
		return 0, err
	}
	t.name = name{text: s.text[from:end], colon: -1}
	switch target := t.name.text; {
	case end == len(s.text):
		return 0, s.cutOff()
	case !isSpaceByte(s.text[end]) && !s.has(end, "?>"):
		return 0, s.badNameChar(end, "a processing instruction")
	case target == "xml":
		return 0, s.fail(from, "the XML declaration must be at the very start of the document, and there only once")
	case strings.EqualFold(target, "xml"):
		return 0, s.fail(from, "a processing instruction cannot have the name %s", target)
	}
	length := strings.Index(s.text[end:], "?>")
	if length < 0 {
		return 0, s.cutOff()
	}
	return end + length + len("?>"), nil
}

// badNameChar returns the error of a character that ends a name and cannot follow it.
func (s *scanner) badNameChar(at int, what string) error {
	c, _ := s.runeAt(at)
	return s.fail(at, "the name of %s cannot contain %s", what, describe(c))
}
