package xmldoc

// maxPrefixes limits the prefixes that are in scope at a time. Published documents have fewer than ten.
const maxPrefixes = 100

// The namespaces of the reserved prefixes. Namespaces in XML 1.0, section 3.
const (
	namespaceXML   = "http://www.w3.org/XML/1998/namespace"
	namespaceXMLNS = "http://www.w3.org/2000/xmlns/"
)

// scope is one declaration of a prefix. The chain of parents holds the outer ones.
type scope struct {
	parent      *scope
	prefix, uri string
}

// lookup returns the namespace of a prefix, "" for none.
func (s *scope) lookup(prefix string) string {
	switch prefix {
	case "xml":
		return namespaceXML
	case "xmlns":
		return namespaceXMLNS
	}
	for ; s != nil; s = s.parent {
		if s.prefix == prefix {
			return s.uri
		}
	}
	return ""
}

// bindings are the prefixes in scope while a text is parsed. A lookup takes the same time however many declarations
// enclose an element.
type bindings struct {
	uris map[string]string // "" is the prefix of the default namespace
	undo []binding         // what the declarations of the open elements have replaced
}

// binding is the namespace that a prefix stood for.
type binding struct {
	prefix, uri string
	isBound     bool
}

// newBindings returns the prefixes that are declared in a scope.
func newBindings(outer *scope) bindings {
	b := bindings{uris: map[string]string{}}
	for s := outer; s != nil; s = s.parent {
		if _, inner := b.uris[s.prefix]; !inner {
			b.uris[s.prefix] = s.uri
		}
	}
	return b
}

// prefixes returns the number of prefixes in scope. The default namespace has none.
func (b *bindings) prefixes() int {
	if _, hasDefault := b.uris[""]; hasDefault {
		return len(b.uris) - 1
	}
	return len(b.uris)
}

// declare binds a prefix until leave is called with the present length of undo.
func (b *bindings) declare(prefix, uri string) {
	outer, isBound := b.uris[prefix]
	b.undo = append(b.undo, binding{prefix, outer, isBound})
	b.uris[prefix] = uri
}

// leave undoes the declarations after the first n.
func (b *bindings) leave(n int) {
	for len(b.undo) > n {
		last := b.undo[len(b.undo)-1]
		if last.isBound {
			b.uris[last.prefix] = last.uri
		} else {
			delete(b.uris, last.prefix)
		}
		b.undo = b.undo[:len(b.undo)-1]
	}
}

// resolve returns the namespace of a prefix, and whether the prefix is declared.
func (b *bindings) resolve(prefix string) (uri string, ok bool) {
	switch prefix {
	case "":
		return b.uris[""], true
	case "xml":
		return namespaceXML, true
	case "xmlns":
		return namespaceXMLNS, true
	default:
		uri, ok = b.uris[prefix]
		return uri, ok
	}
}

// namespaceProblem returns what is wrong with a declaration of a namespace, "" for nothing. Namespaces in XML 1.0,
// section 3: reserved prefixes and namespace names. Section 5: no prefix undeclaring.
func namespaceProblem(prefix, uri string) string {
	switch {
	case prefix == "xmlns":
		return "the prefix xmlns is reserved and cannot be declared"
	case prefix == "xml" && uri != namespaceXML:
		return "the prefix xml is reserved and cannot stand for another namespace"
	case prefix != "xml" && uri == namespaceXML:
		return "only the prefix xml can stand for the namespace " + namespaceXML
	case uri == namespaceXMLNS:
		return "no prefix can stand for the namespace " + namespaceXMLNS
	case prefix != "" && uri == "":
		return "a prefix cannot stand for an empty namespace"
	default:
		return ""
	}
}
