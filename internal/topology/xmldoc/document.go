// Package xmldoc reads an XML document and writes it back with every byte that was not edited: encoding, byte order
// mark, declaration, comments, white space, quotes, order of attributes and namespace prefixes.
//
// [Parse] returns a [Document]. A Document and its elements never change, so they can be shared between goroutines. A
// [Draft] copies the elements that an edit needs and shares all others with the Document it starts from. New elements
// are written with a [Writer] in the [Style] of an existing neighbour.
//
// The package checks that a document is well-formed. It refuses document type declarations, and it does not expand
// entities other than the predefined ones. It does not validate against a schema.
package xmldoc

import (
	"errors"
	"fmt"
	"strings"
)

// Document is an XML document that keeps the text it was read from. It is immutable.
type Document struct {
	encoding encoding
	before   []Node // the declaration, comments and white space before the root element
	root     *Element
	after    []Node
}

// Parse reads a document in UTF-8, with or without byte order mark, or in UTF-16 of either byte order. The encoding
// that an XML declaration names must be one of these, but the bytes decide.
func Parse(raw []byte) (*Document, error) {
	text, enc, err := decode(raw)
	if err != nil {
		return nil, err
	}
	if isSpace(text) {
		return nil, errors.New("the document is empty")
	}
	nodes, err := parseNodes(text, nil)
	if err != nil {
		return nil, fmt.Errorf("the document cannot be read as XML: %w", err)
	}
	doc := &Document{encoding: enc}
	for _, n := range nodes {
		switch {
		case n.Element != nil && doc.root != nil:
			return nil, fmt.Errorf("the document has a second root element, %s", n.Element.local)
		case n.Element != nil:
			doc.root = n.Element
		case isCharData(n.Text):
			return nil, errors.New("the document has text outside its root element")
		case doc.root == nil:
			doc.before = append(doc.before, n)
		default:
			doc.after = append(doc.after, n)
		}
	}
	if doc.root == nil {
		return nil, errors.New("the document has no root element")
	}
	return doc, nil
}

// isCharData reports whether the text between two tags is character data, and neither white space nor a comment nor a
// processing instruction.
func isCharData(text string) bool {
	return !isSpace(text) && (!strings.HasPrefix(text, "<") || strings.HasPrefix(text, "<![CDATA["))
}

// isSpace reports whether text consists of XML white space only. Unicode has more white space than XML.
func isSpace(text string) bool { return strings.Trim(text, " \t\r\n") == "" }

// Root returns the root element.
func (d *Document) Root() *Element { return d.root }

// Bytes returns the document in the encoding that it was read from.
func (d *Document) Bytes() []byte {
	var b strings.Builder
	for _, n := range d.before {
		n.Write(&b)
	}
	d.root.Write(&b)
	for _, n := range d.after {
		n.Write(&b)
	}
	return d.encoding.encode(b.String())
}
