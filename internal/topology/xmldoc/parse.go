package xmldoc

import "cmp"

const (
	// maxDepth limits the nesting of elements, because a document with deeper nesting could exhaust the stack.
	maxDepth = 1000
	// maxElements limits the elements of a document. Published documents have a few thousand.
	maxElements = 1_000_000
	// maxTexts limits the pieces of text between tags: white space, comments, processing instructions and character
	// data. A document has one before and one after each element.
	maxTexts = 4_000_000
)

// parser builds elements from the tokens of a text.
type parser struct {
	scanner
	bindings
	encoding   encoding
	isFragment bool // the text is content of an element, and not a document

	outer   *scope // around a fragment
	open    []openElement
	nodes   []Node // finished nodes of all open elements, and of the text itself
	hasRoot bool
	size    Size // so far

	names       map[nameKey]*Name
	recent      [256]*Name // some of the names
	elementSlab slab[Element]
	attrSlab    slab[Attr]
	nodeSlab    slab[Node]
}

// openElement is an element whose end tag has not been read.
type openElement struct {
	el    *Element
	name  string
	nodes int // length of parser.nodes before its content
	undo  int // length of bindings.undo before its declarations
}

// parseDocument reads a document and returns its nodes. One of them is the root element.
func parseDocument(text string, enc encoding) ([]Node, Size, error) {
	if err := checkChars(text); err != nil {
		return nil, Size{}, err
	}
	p := parser{
		scanner: scanner{text: text}, bindings: newBindings(nil), encoding: enc, names: map[nameKey]*Name{},
	}
	nodes, err := p.parse()
	return nodes, p.size, err
}

// parseFragment reads XML text that stands inside the scope outer.
func parseFragment(text string, outer *scope) ([]Node, error) {
	p := parser{
		scanner: scanner{text: text}, bindings: newBindings(outer), outer: outer, isFragment: true,
		names: map[nameKey]*Name{},
	}
	return p.parse()
}

// parse reads all tokens.
func (p *parser) parse() ([]Node, error) {
	for {
		t, err := p.next()
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case tokenEOF:
			return p.finish()
		case tokenStart, tokenEmpty:
			err = p.startElement(t)
		case tokenEnd:
			err = p.endElement(t)
		case tokenDeclaration:
			err = cmp.Or(p.checkDeclaredEncoding(t, p.encoding), p.addText(t))
		case tokenText, tokenCDATA:
			err = cmp.Or(p.checkText(t), p.addText(t))
		case tokenComment, tokenInstruction:
			err = p.addText(t)
		}
		if err != nil {
			return nil, err
		}
	}
}

// finish returns the nodes of the text. XML 1.0, section 2.1: a document has one root element.
func (p *parser) finish() ([]Node, error) {
	if n := len(p.open); n > 0 {
		return nil, p.fail(len(p.text), "the document ends inside the element %s: it is cut off",
			shorten(p.open[n-1].name))
	}
	if !p.isFragment && !p.hasRoot {
		return nil, p.fail(len(p.text), "the document has no root element")
	}
	return p.nodes, nil
}

// addText adds a piece of text to the innermost open element.
func (p *parser) addText(t token) error {
	if p.size.Texts++; p.size.Texts > maxTexts {
		return p.fail(t.from,
			"the document has more than %d texts, comments and processing instructions, which is not "+
				"supported", maxTexts)
	}
	p.nodes = append(p.nodes, Node{Text: t.raw})
	return nil
}

// checkText refuses character data outside the root element. XML 1.0, section 2.8: only white space, comments and
// processing instructions are allowed there.
func (p *parser) checkText(t token) error {
	if len(p.open) > 0 || p.isFragment || t.kind == tokenText && isSpace(t.raw) {
		return nil
	}
	return p.fail(p.skipSpace(t.from), "the document has text outside its root element")
}

// startElement begins an element, and ends it if its tag is an empty-element tag.
func (p *parser) startElement(t token) error {
	if len(p.open) == 0 && !p.isFragment {
		if p.hasRoot {
			return p.fail(t.from, "the document has a second root element, %s", shorten(t.name.text))
		}
		p.hasRoot = true
	}
	if p.size.Elements++; p.size.Elements > maxElements {
		return p.fail(t.from, "the document has more than %d elements, which is not supported", maxElements)
	}
	if len(p.open) == maxDepth {
		return p.fail(t.from, "elements are nested more than %d deep, which is not supported", maxDepth)
	}
	el := &p.elementSlab.take(1)[0]
	open := openElement{el: el, name: t.name.text, nodes: len(p.nodes), undo: len(p.undo)}
	*el = Element{start: t.raw, scope: p.scope(), from: offset(t.from), to: offset(t.from + len(t.raw))}
	if err := p.readAttributes(el, t); err != nil {
		return err
	}
	space, err := p.spaceOf(t.name, t.from+1)
	if err != nil {
		return err
	}
	el.name = p.nameOf(t.name, space)
	p.open = append(p.open, open)
	if t.kind == tokenEmpty {
		p.closeElement()
	}
	return nil
}

// scope returns the declarations around the next element.
func (p *parser) scope() *scope {
	if n := len(p.open); n > 0 {
		return p.open[n-1].el.scope
	}
	return p.outer
}

// endElement ends an element. XML 1.0, section 3: the name in the end tag must match that in the start tag.
func (p *parser) endElement(t token) error {
	n := len(p.open)
	switch {
	case n == 0:
		return p.fail(t.from, "the end tag </%s> has no start tag", shorten(t.name.text))
	case p.open[n-1].name != t.name.text:
		return p.fail(t.from, "the end tag </%s> does not match the start tag <%s>",
			shorten(t.name.text), shorten(p.open[n-1].name))
	}
	p.open[n-1].el.end, p.open[n-1].el.to = t.raw, offset(t.from+len(t.raw))
	p.closeElement()
	return nil
}

// closeElement moves the content of the innermost open element into the element.
func (p *parser) closeElement() {
	last := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	if content := p.nodes[last.nodes:]; len(content) > 0 {
		last.el.nodes = p.nodeSlab.take(len(content))
		copy(last.el.nodes, content)
	}
	p.nodes = append(p.nodes[:last.nodes], Node{Element: last.el})
	p.leave(last.undo)
}

// slab hands out slices of larger arrays, so that small ones need no allocation each. The arrays grow, so that a short
// text needs little memory.
type slab[T any] struct {
	free []T
	size int // of the last array
}

// take returns a slice of n zero values whose capacity is n.
func (s *slab[T]) take(n int) []T {
	const smallest, largest = 16, 256
	switch {
	case n > largest:
		return make([]T, n)
	case n > len(s.free):
		s.size = max(n, smallest, min(2*s.size, largest))
		s.free = make([]T, s.size)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}
