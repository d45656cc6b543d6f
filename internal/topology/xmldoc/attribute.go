package xmldoc

import "strings"

// manyAttributes is the number of attributes of a tag above which a map finds duplicates.
const manyAttributes = 16

// expandedName is the name of an attribute with the namespace of its prefix.
type expandedName struct{ space, local string }

// nameKey is a name as written, with its namespace.
type nameKey struct{ text, space string }

// readAttributes sets the attributes of an element and the prefixes that they declare.
func (p *parser) readAttributes(el *Element, t token) error {
	el.attrs = p.attrSlab.take(len(t.attrs))
	for i, a := range t.attrs {
		attr := p.attr(a, t.from)
		el.attrs[i] = attr
		if !a.mayDeclare() {
			continue
		}
		if prefix, ok := a.declares(); ok {
			if problem := namespaceProblem(prefix, attr.Value); problem != "" {
				return p.fail(a.at, "%s", problem)
			}
			p.declare(prefix, attr.Value)
			if p.prefixes() > maxPrefixes {
				return p.fail(a.at, "more than %d prefixes are in scope, which is not supported", maxPrefixes)
			}
			el.scope = &scope{parent: el.scope, prefix: prefix, uri: attr.Value}
		}
		if a.name.text == "xml:space" {
			if value := trimSpace(attr.Value); value != "preserve" && value != "default" {
				return p.fail(a.from, `xml:space must be "preserve" or "default"`) // XML 1.0, section 2.10
			}
		}
	}
	// A declaration can follow the attribute that uses its prefix.
	for i, a := range t.attrs {
		space, err := p.spaceOfAttribute(a)
		if err != nil {
			return err
		}
		el.attrs[i].Name = p.nameOf(a.name, space)
	}
	return p.checkUnique(el, t)
}

// mayDeclare reports whether the name of an attribute has the form of a declaration or of another reserved one.
func (a tagAttribute) mayDeclare() bool { return strings.HasPrefix(a.name.text, "xml") }

// declares returns the namespace prefix that the attribute declares, "" for the default namespace.
func (a tagAttribute) declares() (prefix string, ok bool) {
	return declares(a.name.prefix(), a.name.local())
}

// nameOf returns the name of elements or attributes with a namespace.
func (p *parser) nameOf(n name, space string) *Name {
	local := n.local()
	// A document has few names, most of which are found here without a search in the map.
	recent := &p.recent[(len(local)+7*int(local[0])+31*int(local[len(local)-1]))%len(p.recent)]
	if known := *recent; known != nil && known.Local == local && known.Space == space && known.Prefix == n.prefix() {
		return known
	}
	key := nameKey{text: n.text, space: space}
	known := p.names[key]
	if known == nil {
		known = &Name{Prefix: n.prefix(), Local: local, Space: space}
		p.names[key] = known
	}
	*recent = known
	return known
}

// attr returns an attribute of a tag that starts at an offset in the text. Its name is not set.
func (s *scanner) attr(a tagAttribute, tag int) Attr {
	value := s.text[a.from:a.to]
	if !a.isPlain {
		value = attributeValue(value)
	}
	return Attr{Value: value, from: offset(a.from - tag), to: offset(a.to - tag)}
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
