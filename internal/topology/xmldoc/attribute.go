package xmldoc

// manyAttributes is the number of attributes of a tag above which a map finds duplicates.
const manyAttributes = 16

// expandedName is the name of an attribute with the namespace of its prefix.
type expandedName struct{ space, local string }

// readAttributes sets the attributes of an element and the prefixes that they declare.
func (p *parser) readAttributes(el *Element, t token) error {
	el.attrs = p.attrSlab.take(len(t.attrs))
	for i, a := range t.attrs {
		attr := p.attr(a, t.from)
		if prefix, ok := attr.declares(); ok {
			if problem := namespaceProblem(prefix, attr.Value); problem != "" {
				return p.fail(a.at, "%s", problem)
			}
			p.declare(prefix, attr.Value)
			if p.prefixes() > maxPrefixes {
				return p.fail(a.at, "more than %d prefixes are in scope, which is not supported", maxPrefixes)
			}
			el.scope = &scope{parent: el.scope, prefix: prefix, uri: attr.Value}
		}
		if attr.Prefix == "xml" && attr.Local == "space" {
			if value := trimSpace(attr.Value); value != "preserve" && value != "default" {
				return p.fail(a.from, `xml:space must be "preserve" or "default"`) // XML 1.0, section 2.10
			}
		}
		el.attrs[i] = attr
	}
	// A declaration can follow the attribute that uses its prefix.
	for i, a := range t.attrs {
		space, err := p.spaceOfAttribute(a)
		if err != nil {
			return err
		}
		el.attrs[i].Space = space
	}
	return p.checkUnique(el, t)
}

// attr returns an attribute of a tag that starts at an offset in the text. Its namespace is not set.
func (s *scanner) attr(a tagAttribute, tag int) Attr {
	value := s.text[a.from:a.to]
	if !a.isPlain {
		value = attributeValue(value)
	}
	return Attr{Prefix: a.name.prefix(), Local: a.name.local(), Value: value, from: a.from - tag, to: a.to - tag}
}

// spaceOf returns the namespace of an element's name at an offset. Namespaces in XML 1.0, section 3: an element must
// not have the prefix xmlns. Section 5: a prefix must be declared. Section 6.2: the default namespace applies.
func (p *parser) spaceOf(n name, at int) (string, error) {
	uri, ok := p.resolve(n.prefix())
	switch {
	case !ok:
		return "", p.fail(at, "the prefix %s is not declared", shorten(n.prefix()))
	case uri == namespaceXMLNS:
		return "", p.fail(at, "the prefix xmlns is reserved and cannot be the prefix of an element")
	default:
		return uri, nil
	}
}

// spaceOfAttribute returns the namespace of an attribute's name. Namespaces in XML 1.0, section 5: a prefix must be
// declared. Section 6.2: the default namespace does not apply to attributes.
func (p *parser) spaceOfAttribute(a tagAttribute) (string, error) {
	prefix := a.name.prefix()
	switch {
	case a.name.text == "xmlns":
		return namespaceXMLNS, nil
	case prefix == "":
		return "", nil
	}
	uri, ok := p.resolve(prefix)
	if !ok {
		return "", p.fail(a.at, "the prefix %s is not declared", shorten(prefix))
	}
	return uri, nil
}

// checkUnique checks that no two attributes have the same name. XML 1.0, section 3.1: unique attributes. Namespaces in
// XML 1.0, section 6.3: two prefixes of one namespace do not make a difference.
func (p *parser) checkUnique(el *Element, t token) error {
	var seen map[expandedName]bool
	if len(el.attrs) > manyAttributes {
		seen = make(map[expandedName]bool, len(el.attrs))
	}
	for i := range el.attrs {
		a := &el.attrs[i]
		isDuplicate := false
		if seen != nil {
			key := expandedName{a.Space, a.Local}
			isDuplicate = seen[key]
			seen[key] = true
		} else {
			for j := range el.attrs[:i] {
				isDuplicate = isDuplicate || el.attrs[j].Local == a.Local && el.attrs[j].Space == a.Space
			}
		}
		if isDuplicate {
			return p.fail(t.attrs[i].at, "the element %s has the attribute %s twice",
				shorten(t.name.text), shorten(t.attrs[i].name.text))
		}
	}
	return nil
}
