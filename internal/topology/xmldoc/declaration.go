package xmldoc

import (
	"slices"
	"strings"
)

// isDeclaration reports whether a document begins with an XML declaration, and not with a processing instruction whose
// name begins with "xml".
func isDeclaration(text string) bool {
	rest, ok := strings.CutPrefix(text, "<?xml")
	return ok && (rest == "" || isSpaceByte(rest[0]) || rest[0] == '?')
}

// declaredNames are the parts of an XML declaration in their order.
var declaredNames = []string{"version", "encoding", "standalone"}

// declaration returns the end of the XML declaration. XML 1.0, section 2.8: XMLDecl has a version, then optionally an
// encoding, then optionally the standalone declaration of section 2.9.
func (s *scanner) declaration(t *token) (int, error) {
	t.kind = tokenDeclaration
	s.attrs = s.attrs[:0]
	at, following := len("<?xml"), 0
	for {
		next := s.skipSpace(at)
		switch {
		case next == len(s.text):
			return 0, s.cutOff()
		case s.has(next, "?>") && following > 0:
			t.attrs = s.attrs
			return next + len("?>"), nil
		case s.text[next] == '?':
			return 0, s.fail(next, `the XML declaration is malformed; write <?xml version="1.0"?>`)
		case next == at:
			return 0, s.expected(at, "white space")
		}
		var err error
		if at, err = s.attribute(next); err != nil {
			return 0, err
		}
		a := s.attrs[len(s.attrs)-1]
		index := slices.Index(declaredNames, a.name.text)
		if index < following || index > 0 && following == 0 {
			return 0, s.fail(next, "the XML declaration is malformed: it has version, encoding and standalone, in "+
				"this order; only version is required")
		}
		following = index + 1
		if err := s.declaredValue(a); err != nil {
			return 0, err
		}
	}
}

// declaredValue checks a value of the XML declaration, except that of the encoding. XML 1.0, section 2.8: VersionNum.
// Section 2.9: SDDecl.
func (s *scanner) declaredValue(a tagAttribute) error {
	switch value := s.text[a.from:a.to]; {
	case a.name.text == "version" && value != "1.0":
		return s.fail(a.from, "the XML version %s is not supported; only 1.0 is", quote(value))
	case a.name.text == "standalone" && value != "yes" && value != "no":
		return s.fail(a.from, `standalone must be "yes" or "no"`)
	default:
		return nil
	}
}

// checkDeclaration checks the encoding that the XML declaration of a text names. It accepts a text without a
// declaration and one whose declaration is malformed.
func checkDeclaration(text string, enc encoding) error {
	s := scanner{text: text}
	if t, err := s.next(); err == nil && t.kind == tokenDeclaration {
		return s.checkDeclaredEncoding(t, enc)
	}
	return nil
}

// checkDeclaredEncoding checks that the encoding that the XML declaration names is the one of the bytes. XML 1.0,
// section 4.3.3: a document in another encoding than the declared one is in error.
func (s *scanner) checkDeclaredEncoding(t token, enc encoding) error {
	for _, a := range t.attrs {
		if a.name.text != "encoding" {
			continue
		}
		declared := s.text[a.from:a.to]
		switch strings.ToLower(declared) {
		case "us-ascii", "ascii":
			if enc.order != nil {
				break
			}
			if at := strings.IndexFunc(s.text, func(c rune) bool { return c >= 0x80 }); at >= 0 {
				c, _ := s.runeAt(at)
				return s.fail(at, "the XML declaration names the encoding %s, which does not have the character %s",
					declared, describe(c))
			}
			return nil
		case "utf-8", "utf-16", "ucs-2", "iso-10646-ucs-2", "utf-16le", "unicode", "utf-16be", "unicodefffe":
			if slices.Contains(enc.names(), strings.ToLower(declared)) {
				return nil
			}
		default:
			return s.fail(a.from, "the XML declaration names the encoding %s, which is not supported; "+
				"save the document as UTF-8 or UTF-16", quote(declared))
		}
		return s.fail(a.from, "the XML declaration names the encoding %s, but the document is stored in %s",
			declared, enc)
	}
	return nil
}
