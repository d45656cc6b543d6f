package topology

import (
	"encoding/xml"
	"slices"
	"strings"
)

// draft is a document being edited. Elements are shared with the document it began from until they are changed:
// a service is copied the first time one asks for it.
type draft struct {
	doc      *Document
	root     *element
	services *element
	copies   map[*element]*element
}

// newDraft begins with a document that has services, as every one with a pool to change does.
func (d *Document) newDraft() *draft {
	root := *d.root
	root.nodes = slices.Clone(d.root.nodes)
	dr := &draft{doc: d, root: &root, copies: map[*element]*element{}}
	old := d.root.child("Services")
	for i, n := range root.nodes {
		if n.el != nil && n.el == old {
			services := *old
			services.nodes = slices.Clone(old.nodes)
			root.nodes[i].el, dr.services = &services, &services
		}
	}
	return dr
}

func (d *draft) document() *Document { return d.doc.withRoot(d.root) }

// service returns the copy of a service that may be changed.
func (d *draft) service(s *Service) *element {
	if el := d.copies[s.element]; el != nil {
		return el
	}
	el := s.element.clone()
	for i, n := range d.services.nodes {
		if n.el == s.element {
			d.services.nodes[i].el = el
		}
	}
	d.copies[s.element] = el
	return el
}

// remove takes a service out, with the white space before it.
func (d *draft) remove(s *Service) { d.services.removeChild(d.service(s)) }

// appendService puts a new service behind the last one, in the white space of its neighbour.
func (d *draft) appendService(el *element) {
	last := lastService(d.services)
	d.services.insertAfter(last, el, precedingSpace(d.services, last))
}

func (e *element) clone() *element {
	c := *e
	c.attrs = slices.Clone(e.attrs)
	c.nodes = slices.Clone(e.nodes)
	for i, n := range c.nodes {
		if n.el != nil {
			c.nodes[i].el = n.el.clone()
		}
	}
	return &c
}

// removeChild takes a child element out, with the white space directly before it.
func (e *element) removeChild(child *element) {
	i := e.index(child)
	from := i
	if i > 0 && e.nodes[i-1].el == nil && isSpace(e.nodes[i-1].text) {
		from--
	}
	e.nodes = slices.Delete(e.nodes, from, i+1)
}

// insertAfter puts a new child element, and white space before it, directly behind another.
func (e *element) insertAfter(sibling, child *element, space string) {
	nodes := []node{{el: child}}
	if space != "" {
		nodes = []node{{text: space}, {el: child}}
	}
	e.nodes = slices.Insert(e.nodes, e.index(sibling)+1, nodes...)
}

func (e *element) index(child *element) int {
	return slices.IndexFunc(e.nodes, func(n node) bool { return n.el != nil && n.el == child })
}

// setAttr changes the value of an attribute where it stands; a missing one is added before the attribute named, or as
// the last. A value that is the same is left as it is written.
func (e *element) setAttr(local, value, before string) {
	if i := e.attrIndex(local); i >= 0 {
		if e.attrs[i].value != value {
			e.splice(e.attrs[i].from, e.attrs[i].to, escapeAttr(value))
		}
		return
	}
	at := len(strings.TrimSuffix(strings.TrimSuffix(e.start, ">"), "/"))
	if i := e.attrIndex(before); i >= 0 {
		at = strings.LastIndex(e.start[:e.attrs[i].from], before)
	}
	at = len(strings.TrimRight(e.start[:at], " \t\r\n"))
	e.splice(at, at, " "+local+`="`+escapeAttr(value)+`"`)
}

func (e *element) attrIndex(local string) int {
	return slices.IndexFunc(e.attrs, func(a attribute) bool { return a.prefix == "" && a.local == local })
}

// splice replaces a part of the start tag and reads its attributes anew.
func (e *element) splice(from, to int, text string) {
	e.start = e.start[:from] + text + e.start[to:]
	tag := e.start
	if !strings.HasSuffix(tag, "/>") {
		tag += "</" + tagName(tag) + ">"
	}
	// The tag was well-formed and what is put in is escaped, so this reads one element.
	if nodes, err := parseNodes(tag, nil); err == nil {
		e.attrs = nodes[0].el.attrs
	}
}

func escapeAttr(value string) string {
	var b strings.Builder
	// A strings.Builder takes every write.
	_ = xml.EscapeText(&b, []byte(value))
	return b.String()
}

func lastElement(e *element) *element {
	for _, n := range slices.Backward(e.nodes) {
		if n.el != nil {
			return n.el
		}
	}
	return nil
}

func firstElement(e *element) *element {
	for _, n := range e.nodes {
		if n.el != nil {
			return n.el
		}
	}
	return nil
}

// lastService returns the last Service below Services, nil for none.
func lastService(services *element) *element {
	for _, n := range slices.Backward(services.nodes) {
		if n.el != nil && n.el.isTopology("Service") {
			return n.el
		}
	}
	return nil
}

// precedingSpace returns the white space directly before a child element.
func precedingSpace(parent, child *element) string {
	if i := parent.index(child); i > 0 && parent.nodes[i-1].el == nil && isSpace(parent.nodes[i-1].text) {
		return parent.nodes[i-1].text
	}
	return ""
}

// isSpace says whether text is nothing but what XML takes for white space, which is less than Unicode does.
func isSpace(text string) bool { return strings.Trim(text, " \t\r\n") == "" }
