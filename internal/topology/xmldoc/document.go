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
	"math"
	"slices"
	"strings"
)

// Document is an XML document that keeps the text it was read from. It is immutable.
type Document struct {
	decoded

	root *Element
	size Size
}

// Edit replaces the text of a document from one offset to another one. [Element.Range] has the offsets of an element.
type Edit struct {
	From, To int
	Text     string
}

// Size is the number of elements, and of the pieces of text between tags: white space, comments, processing
// instructions and character data.
type Size struct{ Elements, Texts int }

// Parse reads a document in UTF-8, with or without byte order mark, or in UTF-16 of either byte order. The encoding
// that an XML declaration names must be the one of the bytes. An error in the text is a [SyntaxError]. The document
// keeps raw, which must not change afterwards.
func Parse(raw []byte) (*Document, error) {
	d, err := decode(raw)
	switch {
	case err != nil:
		return nil, err
	case len(d.text) > math.MaxUint32:
		return nil, errors.New("the document has more than 4 GiB of text, which is not supported")
	}
	if isSpace(d.text) {
		return nil, errors.New("the document is empty")
	}
	nodes, size, err := parseDocument(d.text, d.encoding)
	if err != nil {
		return nil, fmt.Errorf("the document cannot be read as XML: %w", err)
	}
	root := slices.IndexFunc(nodes, func(n Node) bool { return n.Element != nil })
	return &Document{decoded: d, root: nodes[root].Element, size: size}, nil
}

// Size returns the size of the document, which is within the limits of Parse.
func (d *Document) Size() Size { return d.size }

// Check returns an error if Parse accepts no document of that size.
func (s Size) Check() error {
	switch {
	case s.Elements > maxElements:
		return fmt.Errorf("the document has %d elements, more than %d", s.Elements, maxElements)
	case s.Texts > maxTexts:
		return fmt.Errorf("the document has more than %d texts, comments and processing instructions", maxTexts)
	default:
		return nil
	}
}

// Add returns the sum of two sizes.
func (s Size) Add(other Size) Size { return Size{s.Elements + other.Elements, s.Texts + other.Texts} }

// Subtract returns the difference of two sizes.
func (s Size) Subtract(other Size) Size {
	return Size{s.Elements - other.Elements, s.Texts - other.Texts}
}

// Root returns the root element.
func (d *Document) Root() *Element { return d.root }

// Bytes returns the document with edits, in the encoding that it was read from. The edits are in the order of the text
// and do not overlap. All other bytes are copies of those that were read.
func (d *Document) Bytes(edits ...Edit) []byte { return d.Append(nil, edits...) }

// Append appends the bytes of the document with edits to raw, as Bytes returns them.
func (d *Document) Append(raw []byte, edits ...Edit) []byte {
	size := len(d.raw) // at least that of the result
	for _, e := range edits {
		size += d.encoding.length(e.Text)
	}
	if cap(raw)-len(raw) < size {
		// Unlike slices.Grow, this does not write zeros first.
		raw = append(make([]byte, 0, len(raw)+size), raw...)
	}
	kept := 0 // offset of the bytes that are not copied yet
	for _, e := range edits {
		raw = append(raw, d.raw[kept:d.rawOffset(e.From)]...)
		raw = d.encoding.append(raw, e.Text)
		kept = d.rawOffset(e.To)
	}
	return append(raw, d.raw[kept:]...)
}

// Text returns the document with edits as text: that of UTF-16 without the byte order mark, and that of UTF-8 as it is
// stored.
func (d *Document) Text(edits ...Edit) string {
	var b strings.Builder
	if d.encoding.order == nil && d.encoding.mark {
		b.Write(markUTF8)
	}
	kept := 0
	for _, e := range edits {
		b.WriteString(d.text[kept:e.From])
		b.WriteString(e.Text)
		kept = e.To
	}
	b.WriteString(d.text[kept:])
	return b.String()
}
