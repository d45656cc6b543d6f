package xmldoc

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Writer writes the text of a new element.
type Writer struct {
	style  Style
	parent *Element
	depth  int
	b      strings.Builder
}

// NewWriter returns a Writer for an element that will stand inside parent.
func NewWriter(parent *Element, style Style) *Writer { return &Writer{style: style, parent: parent} }

// Element writes an element. The name includes the prefix, attrs alternates names and values, content writes the child
// elements. A nil content makes an empty-element tag.
func (w *Writer) Element(name string, attrs []string, content func()) {
	w.writeSpace()
	w.b.WriteString("<" + name)
	for i := 0; i < len(attrs); i += 2 {
		fmt.Fprintf(&w.b, ` %s="%s"`, attrs[i], escapeAttr(attrs[i+1]))
	}
	if content == nil {
		w.b.WriteString(w.style.Empty)
		return
	}
	w.b.WriteString(">")
	w.depth++
	content()
	w.depth--
	w.writeSpace()
	w.b.WriteString("</" + name + ">")
}

// writeSpace writes white space, except before the new element itself: that is up to the insertion.
func (w *Writer) writeSpace() {
	if w.b.Len() > 0 {
		w.b.WriteString(w.style.space(w.depth))
	}
}

// Copy writes a copy of an existing element. It declares the prefixes that the element uses and that stand for another
// namespace in the new place.
func (w *Writer) Copy(el *Element) {
	c := el.Clone()
	for _, prefix := range slices.Sorted(maps.Keys(usedPrefixes(c, map[string]bool{}))) {
		uri := c.scope.lookup(prefix)
		if uri == w.parent.scope.lookup(prefix) || c.declares(prefix) {
			continue
		}
		if uri == "" && prefix != "" {
			continue // only elements inside the copy use the prefix, and they declare it
		}
		name := "xmlns"
		if prefix != "" {
			name = "xmlns:" + prefix
		}
		at := len("<" + c.tagName())
		c.splice(at, at, " "+name+`="`+escapeAttr(uri)+`"`)
	}
	w.writeSpace()
	c.Write(&w.b)
}

func (e *Element) declares(prefix string) bool {
	return slices.ContainsFunc(e.attrs, func(a Attr) bool {
		declared, ok := a.declares()
		return ok && declared == prefix
	})
}

// usedPrefixes adds the prefixes of all names in an element to used, including those that only an inner element
// declares.
func usedPrefixes(e *Element, used map[string]bool) map[string]bool {
	used[strings.TrimSuffix(e.Prefix(), ":")] = true
	for _, a := range e.attrs {
		if a.Prefix != "" && a.Prefix != "xmlns" && a.Prefix != "xml" {
			used[a.Prefix] = true
		}
	}
	for child := range e.Elements() {
		usedPrefixes(child, used)
	}
	return used
}

// Done returns the element that was written.
func (w *Writer) Done() (*Element, error) {
	nodes, err := parseFragment(w.b.String(), w.parent.scope)
	if err != nil {
		return nil, fmt.Errorf("write a new element: %w", err)
	}
	return nodes[0].Element, nil
}
