package xmldoc

import (
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
)

// Clone returns a copy of the element and of everything inside it. The copy may be changed.
func (e *Element) Clone() *Element {
	c := *e
	c.attrs = slices.Clone(e.attrs)
	c.nodes = slices.Clone(e.nodes)
	for i, n := range c.nodes {
		if n.Element != nil {
			c.nodes[i].Element = n.Element.Clone()
		}
	}
	return &c
}

// SetAttr sets an attribute without prefix. It replaces the value in place, and appends an attribute that is missing.
// An equal value stays as it is written, even if it uses other references or quotes.
func (e *Element) SetAttr(local, value string) { e.SetAttrBefore(local, value, "") }

// SetAttrBefore is like SetAttr, but inserts a missing attribute before the attribute next, if the element has that.
func (e *Element) SetAttrBefore(local, value, next string) {
	if i := e.attrIndex(local); i >= 0 {
		if e.attrs[i].Value != value {
			e.splice(int(e.attrs[i].from), int(e.attrs[i].to), escapeAttr(value))
		}
		return
	}
	at := len(strings.TrimSuffix(strings.TrimSuffix(e.start, ">"), "/"))
	if i := e.attrIndex(next); i >= 0 {
		at = strings.LastIndex(e.start[:e.attrs[i].from], next)
	}
	at = len(strings.TrimRight(e.start[:at], " \t\r\n"))
	e.splice(at, at, " "+local+`="`+escapeAttr(value)+`"`)
}

// splice replaces start[from:to] and updates the attributes.
func (e *Element) splice(from, to int, text string) {
	e.start = e.start[:from] + text + e.start[to:]
	s := scanner{text: e.start}
	t, err := s.next()
	invariant.Check(err, "a start tag stays well-formed when an escaped value is written into it")
	e.attrs = make([]Attr, len(t.attrs))
	for i, a := range t.attrs {
		e.attrs[i] = s.attr(a, 0)
		e.attrs[i].Name = &Name{Prefix: a.name.prefix(), Local: a.name.local()}
		switch {
		case a.name.text == "xmlns":
			e.attrs[i].Space = namespaceXMLNS
		case a.name.colon >= 0:
			e.attrs[i].Space = e.scope.lookup(a.name.prefix())
		}
	}
}

// Remove removes a child element and the white space directly before it.
func (e *Element) Remove(child *Element) {
	i := e.index(child)
	from := i
	if i > 0 && e.nodes[i-1].IsSpace() {
		from--
	}
	e.nodes = slices.Delete(e.nodes, from, i+1)
}

// InsertAfter inserts a new child element directly behind sibling, with space before it. Pass the result of SpaceBefore
// for sibling to keep the layout.
func (e *Element) InsertAfter(sibling, child *Element, space string) {
	nodes := []Node{{Element: child}}
	if space != "" {
		nodes = []Node{{Text: space}, {Element: child}}
	}
	e.nodes = slices.Insert(e.nodes, e.index(sibling)+1, nodes...)
}

// InsertBefore inserts a new child element directly before sibling, with space between the two.
func (e *Element) InsertBefore(sibling, child *Element, space string) {
	nodes := []Node{{Element: child}}
	if space != "" {
		nodes = append(nodes, Node{Text: space})
	}
	e.nodes = slices.Insert(e.nodes, e.index(sibling), nodes...)
}

// SpaceBefore returns the white space directly before a child element, "" for none.
func (e *Element) SpaceBefore(child *Element) string {
	if i := e.index(child); i > 0 && e.nodes[i-1].IsSpace() {
		return e.nodes[i-1].Text
	}
	return ""
}

func (e *Element) index(child *Element) int {
	return slices.IndexFunc(e.nodes, func(n Node) bool { return n.Element != nil && n.Element == child })
}
