// Package xmldoc reads an XML document and writes it back with every byte that was not edited: encoding, byte order
// mark, declaration, comments, white space, quotes, order of attributes and namespace prefixes.
//
// [Parse] returns a [Document]. A Document and its elements never change, so they can be shared between goroutines. A
// [Draft] copies the elements that an edit needs and shares all others with the Document it starts from. New elements
// are written with a [Writer] in the [Style] of an existing neighbour.
//
// The package checks that a document is well-formed and uses namespaces correctly: XML 1.0 and Namespaces in XML 1.0,
// with the names of the fourth edition, as .NET reads them. It reads no document that .NET refuses. It refuses document
// type declarations and does not expand entities other than the predefined ones. It limits the number and the nesting
// of elements, their attributes, and the prefixes in scope. It does not validate against a schema.
package xmldoc

import (
	"errors"
	"fmt"
	"slices"
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
// that an XML declaration names must be the one of the bytes. An error in the text is a [SyntaxError].
func Parse(raw []byte) (*Document, error) {
	text, enc, err := decode(raw)
	if err != nil {
		return nil, err
	}
	if isSpace(text) {
		return nil, errors.New("the document is empty")
	}
	nodes, err := parseDocument(text, enc)
	if err != nil {
		return nil, fmt.Errorf("the document cannot be read as XML: %w", err)
	}
	root := slices.IndexFunc(nodes, func(n Node) bool { return n.Element != nil })
	return &Document{encoding: enc, before: nodes[:root], root: nodes[root].Element, after: nodes[root+1:]}, nil
}

// CheckSize returns an error if the document has more elements or texts than Parse accepts. A document that was edited
// can have more than the one that was parsed.
func (d *Document) CheckSize() error {
	elements, texts := d.root.count()
	switch {
	case elements > maxElements:
		return fmt.Errorf("the document has %d elements, more than %d", elements, maxElements)
	case texts+len(d.before)+len(d.after) > maxTexts:
		return fmt.Errorf("the document has more than %d texts, comments and processing instructions", maxTexts)
	default:
		return nil
	}
}

// Root returns the root element.
func (d *Document) Root() *Element { return d.root }

// Bytes returns the document in the encoding that it was read from.
func (d *Document) Bytes() []byte { return d.encoding.encode(d.text()) }

// Text returns the document as text: that of UTF-16 without the byte order mark, and that of UTF-8 as it is stored.
func (d *Document) Text() string {
	if d.encoding.order == nil && d.encoding.mark {
		return string(markUTF8) + d.text()
	}
	return d.text()
}

// text returns the document without the byte order mark.
func (d *Document) text() string {
	var b strings.Builder
	for _, n := range d.before {
		n.Write(&b)
	}
	d.root.Write(&b)
	for _, n := range d.after {
		n.Write(&b)
	}
	return b.String()
}
