package xmldoc

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth limits the nesting of elements, because a document with deeper nesting could exhaust the stack.
const maxDepth = 1000

// parseNodes reads XML text that stands inside the scope outer. It checks nesting, names and attributes.
func parseNodes(text string, outer *scope) ([]Node, error) {
	decoder := xml.NewDecoder(strings.NewReader(text))
	// The text is already decoded, so the encoding that its declaration names does not matter.
	decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if !isReadableCharset(charset) {
			return nil, fmt.Errorf("the document declares the encoding %q; save it as UTF-8 or UTF-16", charset)
		}
		return input, nil
	}
	top := &Element{scope: outer}
	stack := []*Element{top}
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
				return nil, fmt.Errorf("elements are nested more than %d deep", maxDepth)
			}
			el, err := newElement(token, raw, parent.scope)
			if err != nil {
				return nil, err
			}
			parent.nodes = append(parent.nodes, Node{Element: el})
			stack = append(stack, el)
		case xml.EndElement:
			if len(stack) == 1 || qualified(token.Name) != parent.tagName() {
				return nil, fmt.Errorf("the end tag </%s> at byte %d of the text has no start tag",
					qualified(token.Name), from)
			}
			parent.end = raw
			stack = stack[:len(stack)-1]
		case xml.Directive:
			return nil, errors.New("the document has a document type declaration, which is not supported: " +
				"declared entities are never expanded")
		default:
			parent.nodes = append(parent.nodes, Node{Text: raw})
		}
	}
	if open := stack[len(stack)-1]; open != top {
		return nil, fmt.Errorf("the document ends inside the element %s: it is cut off", open.local)
	}
	return top.nodes, nil
}

func isReadableCharset(name string) bool {
	switch strings.ToLower(name) {
	case "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "unicode", "us-ascii", "ascii":
		return true
	default:
		return false
	}
}

// newElement returns an element without content. The text raw is its start tag.
func newElement(token xml.StartElement, raw string, outer *scope) (*Element, error) {
	el := &Element{local: token.Name.Local, start: raw, scope: outer}
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
		attr := Attr{Prefix: a.Name.Space, Local: a.Name.Local, Value: a.Value, from: from, to: to}
		el.attrs = append(el.attrs, attr)
		if prefix, ok := attr.declares(); ok {
			el.scope = &scope{parent: el.scope, prefix: prefix, uri: a.Value}
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

// tagName returns the name in a start tag, including its prefix.
func tagName(start string) string {
	name := strings.TrimPrefix(start, "<")
	if i := strings.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	return name
}
