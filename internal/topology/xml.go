package topology

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An element keeps the very text it was read from, in pieces: start tag, content, end tag. Writing the pieces one
// after the other gives the text back, so only what an edit replaces can differ.
type element struct {
	space string // namespace of the element
	local string
	start string // the start tag, or the whole of an empty-element tag
	end   string // the end tag; "" after an empty-element tag
	attrs []attribute
	nodes []node
	scope *scope // the prefixes in force inside the element
}

// node is a child element, or text as written: white space, comments, character data.
type node struct {
	text string
	el   *element
}

type attribute struct {
	prefix, local string
	value         string // decoded
	from, to      int    // the value as written is start[from:to] of the element
}

// scope is one prefix binding; the ones in force follow the chain of parents.
type scope struct {
	parent      *scope
	prefix, uri string
}

func (s *scope) lookup(prefix string) string {
	for ; s != nil; s = s.parent {
		if s.prefix == prefix {
			return s.uri
		}
	}
	return ""
}

// prefixFor returns a prefix that stands for the namespace; ok is false where none does.
func (s *scope) prefixFor(uri string) (prefix string, ok bool) {
	for at := s; at != nil; at = at.parent {
		if at.uri == uri && s.lookup(at.prefix) == uri {
			return at.prefix, true
		}
	}
	return "", false
}

// maxDepth is how deep elements may be nested. Published documents have some ten levels; without a limit a document
// made for it could exhaust the stack.
const maxDepth = 1000

// parseNodes reads XML text into nodes. Nesting, names and attributes are checked; a document type, which could
// declare entities, is refused.
func parseNodes(text string, outer *scope) ([]node, error) {
	decoder := xml.NewDecoder(strings.NewReader(text))
	// The text is decoded already, whatever its declaration says.
	decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if !readableCharset(charset) {
			return nil, fmt.Errorf("the document declares the encoding %q; save it as UTF-8 or UTF-16", charset)
		}
		return input, nil
	}
	top := &element{scope: outer}
	stack := []*element{top}
	for {
		from := decoder.InputOffset()
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		raw := text[from:decoder.InputOffset()]
		parent := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth {
				return nil, fmt.Errorf("elements are nested more than %d deep, which no published topology does", maxDepth)
			}
			el, err := newElement(token, raw, parent.scope)
			if err != nil {
				return nil, err
			}
			parent.nodes = append(parent.nodes, node{el: el})
			stack = append(stack, el)
		case xml.EndElement:
			if len(stack) == 1 || qualified(token.Name) != tagName(parent.start) {
				return nil, fmt.Errorf("the end tag </%s> at byte %d of the text has no start tag", qualified(token.Name), from)
			}
			parent.end = raw
			stack = stack[:len(stack)-1]
		case xml.Directive:
			return nil, errors.New("the document has a document type declaration; a published topology has none, " +
				"and declared entities are never expanded")
		default:
			parent.nodes = append(parent.nodes, node{text: raw})
		}
	}
	if open := stack[len(stack)-1]; open != top {
		return nil, fmt.Errorf("the document ends inside the element %s: it is cut off", open.local)
	}
	return top.nodes, nil
}

func readableCharset(name string) bool {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "unicode", "us-ascii", "ascii":
		return true
	default:
		return false
	}
}

func newElement(token xml.StartElement, raw string, outer *scope) (*element, error) {
	el := &element{local: token.Name.Local, start: raw, scope: outer}
	seen := make(map[xml.Name]bool, len(token.Attr))
	at := len(tagName(raw)) + 1
	for _, a := range token.Attr {
		if seen[a.Name] {
			return nil, fmt.Errorf("the element %s has the attribute %s twice", el.local, qualified(a.Name))
		}
		seen[a.Name] = true
		// The decoder has checked the form `name = "value"`, so the next quote begins the value.
		from := at + strings.IndexAny(raw[at:], `"'`) + 1
		to := from + strings.IndexByte(raw[from:], raw[from-1])
		at = to + 1
		el.attrs = append(el.attrs, attribute{prefix: a.Name.Space, local: a.Name.Local, value: a.Value, from: from, to: to})
		switch {
		case a.Name.Space == "xmlns":
			el.scope = &scope{parent: el.scope, prefix: a.Name.Local, uri: a.Value}
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			el.scope = &scope{parent: el.scope, uri: a.Value}
		}
	}
	el.space = el.scope.lookup(token.Name.Space)
	return el, nil
}

func qualified(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

// tagName returns the name in a start tag, prefix and all.
func tagName(start string) string {
	name := strings.TrimPrefix(start, "<")
	if i := strings.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	return name
}

// prefix returns the element's own prefix with its colon, "" for none.
func (e *element) prefix() string {
	if i := strings.IndexByte(tagName(e.start), ':'); i >= 0 {
		return tagName(e.start)[:i+1]
	}
	return ""
}

func (e *element) write(b *strings.Builder) {
	b.WriteString(e.start)
	for _, n := range e.nodes {
		n.write(b)
	}
	b.WriteString(e.end)
}

func (n node) write(b *strings.Builder) {
	if n.el != nil {
		n.el.write(b)
		return
	}
	b.WriteString(n.text)
}

func (e *element) text() string {
	var b strings.Builder
	e.write(&b)
	return b.String()
}

// attr returns the value of an attribute without a prefix, "" where it is missing.
func (e *element) attr(local string) string {
	value, _ := e.lookupAttr(local)
	return value
}

func (e *element) lookupAttr(local string) (string, bool) {
	for _, a := range e.attrs {
		if a.prefix == "" && a.local == local {
			return a.value, true
		}
	}
	return "", false
}

// isTopology says whether the element has that name in the namespace of the topology.
func (e *element) isTopology(local string) bool {
	return e.local == local && e.space == namespaceTopology
}

// children returns the child elements of that name in the namespace of the topology.
func (e *element) children(local string) []*element {
	var found []*element
	for _, n := range e.nodes {
		if n.el != nil && n.el.isTopology(local) {
			found = append(found, n.el)
		}
	}
	return found
}

// child returns the first of children, nil for none.
func (e *element) child(local string) *element {
	for _, n := range e.nodes {
		if n.el != nil && n.el.isTopology(local) {
			return n.el
		}
	}
	return nil
}

// payload returns the first child element of that name in whatever namespace: those of role payloads differ.
func (e *element) payload(local string) *element {
	for _, n := range e.nodes {
		if n.el != nil && n.el.local == local {
			return n.el
		}
	}
	return nil
}

// content returns the character data of an element without child elements, decoded.
func (e *element) content() string {
	var value struct {
		Text string `xml:",chardata"`
	}
	if err := xml.Unmarshal([]byte(e.text()), &value); err != nil {
		return ""
	}
	return strings.TrimSpace(value.Text)
}
