package xmldoc

import (
	"iter"
	"slices"
	"strings"
)

// Element is an element with its content. It keeps its text in pieces: start tag, nodes, end tag. A nil Element has no
// attributes and no content, so that lookups can be chained.
//
// The elements of a [Document] must not be changed. The methods that change an element are for clones and for new
// elements.
type Element struct {
	name  *Name
	start string // the start tag or the empty-element tag
	end   string // the end tag, "" after an empty-element tag
	attrs []Attr
	nodes []Node
	scope *scope // the prefixes that are declared inside the element

	from, to uint32 // where it stands in the text that was parsed
}

// Name is the name of an element or of an attribute. Elements and attributes of one name share it.
type Name struct {
	Prefix string // without colon, "" for none
	Local  string
	Space  string // URI of the namespace, "" for none
}

// Node is a child element, or text between tags: white space, a comment, a processing instruction or character data.
type Node struct {
	Element *Element // nil for text
	Text    string   // as written
}

// Attr is an attribute. A namespace declaration is an attribute too.
type Attr struct {
	*Name
	Value string // with references resolved and white space normalized

	from, to uint32 // the value as written is start[from:to] of the element
}

// declares returns the namespace prefix that the attribute declares, "" for the default namespace.
func (a Attr) declares() (prefix string, ok bool) { return declares(a.Prefix, a.Local) }

// declares returns the namespace prefix that an attribute of that name declares, "" for the default namespace.
func declares(prefix, local string) (declared string, ok bool) {
	switch {
	case prefix == "xmlns":
		return local, true
	case prefix == "" && local == "xmlns":
		return "", true
	default:
		return "", false
	}
}

// IsNamespace reports whether the attribute declares a namespace.
func (a Attr) IsNamespace() bool {
	_, ok := a.declares()
	return ok
}

// Range returns the offsets of the element in the text of its document. Those of a clone are of the original.
func (e *Element) Range() (from, to int) { return int(e.from), int(e.to) }

// Size returns the size of the element, with the element itself.
func (e *Element) Size() Size {
	size := Size{Elements: 1}
	for _, n := range e.nodes {
		if n.Element == nil {
			size.Texts++
			continue
		}
		size = size.Add(n.Element.Size())
	}
	return size
}

// Space returns the URI of the element's namespace, "" for none.
func (e *Element) Space() string { return e.name.Space }

// Local returns the element's name without prefix.
func (e *Element) Local() string { return e.name.Local }

// Is reports whether the element has this namespace and name.
func (e *Element) Is(space, local string) bool { return e.name.Local == local && e.name.Space == space }

// Prefix returns the prefix of the element's name with its colon, "" for none.
func (e *Element) Prefix() string {
	name := e.tagName()
	return name[:strings.IndexByte(name, ':')+1]
}

func (e *Element) tagName() string { return tagName(e.start) }

// tagName returns the name in a start tag, including its prefix.
func tagName(start string) string {
	name := strings.TrimPrefix(start, "<")
	if i := strings.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	return name
}

// Namespace returns the URI that a prefix stands for inside the element, "" for none. The prefix has no colon.
func (e *Element) Namespace(prefix string) string { return e.scope.lookup(prefix) }

// PrefixFor returns a prefix that stands for the namespace inside the element, without colon. The innermost
// declaration wins. The prefix is "" if it is the default namespace.
func (e *Element) PrefixFor(uri string) (prefix string, ok bool) {
	for s := e.scope; s != nil; s = s.parent {
		if s.uri == uri && e.scope.lookup(s.prefix) == uri {
			return s.prefix, true
		}
	}
	return "", false
}

// Attrs returns the attributes in the order of the document.
func (e *Element) Attrs() iter.Seq[Attr] {
	return func(yield func(Attr) bool) {
		if e == nil {
			return
		}
		for _, a := range e.attrs {
			if !yield(a) {
				return
			}
		}
	}
}

// Attr returns the value of an attribute without prefix, "" if it is missing.
func (e *Element) Attr(local string) string {
	value, _ := e.LookupAttr(local)
	return value
}

// LookupAttr returns the value of an attribute without prefix, and whether the element has it.
func (e *Element) LookupAttr(local string) (value string, ok bool) {
	if i := e.attrIndex(local); i >= 0 {
		return e.attrs[i].Value, true
	}
	return "", false
}

func (e *Element) attrIndex(local string) int {
	if e == nil {
		return -1
	}
	for i := range e.attrs {
		if e.attrs[i].Prefix == "" && e.attrs[i].Local == local {
			return i
		}
	}
	return -1
}

// Nodes returns child elements and text in the order of the document.
func (e *Element) Nodes() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if e == nil {
			return
		}
		for _, n := range e.nodes {
			if !yield(n) {
				return
			}
		}
	}
}

// Elements returns the child elements in the order of the document.
func (e *Element) Elements() iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		if e == nil {
			return
		}
		for _, n := range e.nodes {
			if n.Element != nil && !yield(n.Element) {
				return
			}
		}
	}
}

// Children returns the child elements of that namespace and name.
func (e *Element) Children(space, local string) []*Element {
	if e == nil {
		return nil
	}
	var found []*Element
	for _, n := range e.nodes {
		if n.Element != nil && n.Element.Is(space, local) {
			found = append(found, n.Element)
		}
	}
	return found
}

// Child returns the first child element of that namespace and name, nil for none.
func (e *Element) Child(space, local string) *Element {
	if e == nil {
		return nil
	}
	for _, n := range e.nodes {
		if n.Element != nil && n.Element.Is(space, local) {
			return n.Element
		}
	}
	return nil
}

// LastChild returns the last child element of that namespace and name, nil for none.
func (e *Element) LastChild(space, local string) *Element {
	if e == nil {
		return nil
	}
	for _, n := range slices.Backward(e.nodes) {
		if n.Element != nil && n.Element.Is(space, local) {
			return n.Element
		}
	}
	return nil
}

// first returns the first child element, nil for none.
func (e *Element) first() *Element {
	for el := range e.Elements() {
		return el
	}
	return nil
}

// CharData returns the character data directly inside the element without the white space around it. References are
// resolved, comments are left out.
func (e *Element) CharData() string {
	var b strings.Builder
	for n := range e.Nodes() {
		if n.Element == nil {
			b.WriteString(charData(n.Text))
		}
	}
	return trimSpace(b.String())
}

// CharData returns the character data of a text without the white space around it, "" for an element.
func (n Node) CharData() string {
	if isSpace(n.Text) {
		return ""
	}
	return trimSpace(charData(n.Text))
}

// IsSpace reports whether the node is white space.
func (n Node) IsSpace() bool { return n.Element == nil && isSpace(n.Text) }

// StartTag returns the start tag, or the empty-element tag, as written.
func (e *Element) StartTag() string { return e.start }

// EndTag returns the end tag as written, "" after an empty-element tag.
func (e *Element) EndTag() string { return e.end }

// String returns the element as written.
func (e *Element) String() string {
	var b strings.Builder
	e.Write(&b)
	return b.String()
}

// Write appends the element to b, as written.
func (e *Element) Write(b *strings.Builder) {
	b.WriteString(e.start)
	for _, n := range e.nodes {
		n.Write(b)
	}
	b.WriteString(e.end)
}

// Write appends the node to b, as written.
func (n Node) Write(b *strings.Builder) {
	if n.Element != nil {
		n.Element.Write(b)
		return
	}
	b.WriteString(n.Text)
}
