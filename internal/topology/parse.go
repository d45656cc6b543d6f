package topology

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// MaxSize is the size in bytes above which a document is refused. Real ones have some hundred kilobytes.
const MaxSize = 64 << 20

// ExportCommand gets a published document from a deployment.
const ExportCommand = "(Get-CsTopology -AsXml).ToString() > topology.xml"

const (
	namespaceTopology     = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"
	namespaceServiceRoles = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"
)

// Document is a published topology document. It never changes; see the package comment.
type Document struct {
	encoding textEncoding
	before   []node // what stands before the root element: a declaration, comments
	root     *element
	after    []node

	model func() *Topology
}

// Parse reads a published topology document: UTF-8 with or without byte order mark, or UTF-16 of either byte order.
// The error says what is wrong with it and how to get a right one; it does not name the file.
func Parse(raw []byte) (*Document, error) {
	if len(raw) > MaxSize {
		return nil, fmt.Errorf("the document has %d bytes, more than the limit of 64 MiB; a published topology is far smaller", len(raw))
	}
	text, encoding, err := decodeText(raw)
	if err != nil {
		return nil, err
	}
	if isSpace(text) {
		return nil, errors.New("the document is empty; export it again: " + ExportCommand)
	}
	nodes, err := parseNodes(text, nil)
	if err != nil {
		return nil, fmt.Errorf("the document cannot be read as XML: %w; export it again: %s", err, ExportCommand)
	}
	doc := &Document{encoding: encoding}
	for _, n := range nodes {
		switch {
		case n.el != nil && doc.root != nil:
			return nil, fmt.Errorf("the document has a second root element, %s; export it again: %s", n.el.local, ExportCommand)
		case n.el != nil:
			doc.root = n.el
		case isText(n.text):
			return nil, errors.New("the document has text outside its root element; export it again: " + ExportCommand)
		case doc.root == nil:
			doc.before = append(doc.before, n)
		default:
			doc.after = append(doc.after, n)
		}
	}
	if err := checkRoot(doc.root); err != nil {
		return nil, err
	}
	doc.model = sync.OnceValue(func() *Topology { return buildTopology(doc.root) })
	return doc, nil
}

// isText says whether a node outside the root element is character data, which may not stand there: neither white
// space nor a comment or a processing instruction.
func isText(text string) bool {
	return !isSpace(text) && (!strings.HasPrefix(text, "<") || strings.HasPrefix(text, "<![CDATA["))
}

func checkRoot(root *element) error {
	switch {
	case root == nil:
		return errors.New("the document has no root element; export it again: " + ExportCommand)
	case root.local == "TopologyBuilder":
		return errors.New("this is a Topology Builder project (.tbxml), not the published topology; " +
			"the published one is exported in the management shell: " + ExportCommand)
	case root.local != "Topology":
		return fmt.Errorf("the root element is %s; a published topology has Topology; export it: %s", root.local, ExportCommand)
	case root.space != namespaceTopology:
		return fmt.Errorf("the root element Topology is in the namespace %q, not in %q; export the published topology: %s",
			root.space, namespaceTopology, ExportCommand)
	default:
		return nil
	}
}

// Bytes returns the document as it is stored. What no edit touched is the same to the byte.
func (d *Document) Bytes() []byte { return d.encoding.encode(d.text()) }

func (d *Document) text() string {
	var b strings.Builder
	for _, n := range d.before {
		n.write(&b)
	}
	d.root.write(&b)
	for _, n := range d.after {
		n.write(&b)
	}
	return b.String()
}

// Topology returns the model of the document, built at the first call.
func (d *Document) Topology() *Topology { return d.model() }

// withRoot returns the document with another root element.
func (d *Document) withRoot(root *element) *Document {
	next := &Document{encoding: d.encoding, before: d.before, root: root, after: d.after}
	next.model = sync.OnceValue(func() *Topology { return buildTopology(root) })
	return next
}
