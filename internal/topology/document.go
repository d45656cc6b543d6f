package topology

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// MaxSize is the maximum size of a document in bytes. Real documents have a few hundred kilobytes.
const MaxSize = 64 << 20

// maxServices limits the services with one identity, because a reference to the identity is one to each of them. A
// valid document has one.
const maxServices = 100

// ExportCommand is the command of the management shell that exports the published document.
const ExportCommand = "(Get-CsTopology -AsXml).ToString() > topology.xml"

// zipHeaders are at the beginning of zip files: of one with content, of an empty one, and of one in several parts.
var zipHeaders = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("PK\x07\x08")}

const (
	namespaceTopology     = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"
	namespaceServiceRoles = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"
)

// Document is a published topology document. It is immutable. An edited document is the parsed one with other services.
type Document struct {
	xml      *xmldoc.Document            // as parsed
	parsed   persistent.Vector[*Service] // its services
	topology *Topology
	size     xmldoc.Size

	baseline *baseline
}

// Parse reads a published topology document in UTF-8, with or without byte order mark, or in UTF-16 of either byte
// order. The error describes the problem and how to export a valid document. It does not name the file.
func Parse(raw []byte) (*Document, error) {
	if len(raw) > MaxSize {
		return nil, fmt.Errorf(
			"the document has %d bytes, more than the limit of 64 MiB; a published topology is far smaller", len(raw))
	}
	if slices.ContainsFunc(zipHeaders, func(header []byte) bool { return bytes.HasPrefix(raw, header) }) {
		return nil, errors.New("this is a zip file, such as Export-CsConfiguration writes, not the published " +
			"topology; the published one is exported in the management shell: " + ExportCommand)
	}
	doc, err := xmldoc.Parse(raw)
	if errors.Is(err, xmldoc.ErrNotUnicode) {
		return nil, fmt.Errorf("%w; save it in one of the two (Out-File -Encoding Unicode, or Set-Content "+
			"-Encoding UTF8), or export it again: %s", err, ExportCommand)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; export it again: %s", err, ExportCommand)
	}
	if err := checkRoot(doc.Root()); err != nil {
		return nil, err
	}
	t, err := buildTopology(doc.Root())
	if err != nil {
		return nil, err
	}
	return &Document{
		xml: doc, parsed: t.services, topology: t, size: doc.Size(), baseline: newBaseline(t.services),
	}, nil
}

func checkRoot(root *xmldoc.Element) error {
	switch {
	case root.Local() == "TopologyBuilder":
		return errors.New("this is a Topology Builder project (.tbxml), not the published topology; " +
			"the published one is exported in the management shell: " + ExportCommand)
	case root.Local() != "Topology":
		return fmt.Errorf("the root element is %s; a published topology has Topology; export it: %s",
			root.Local(), ExportCommand)
	case root.Space() != namespaceTopology:
		return fmt.Errorf(
			"the root element Topology is in the namespace %q, not in %q; export the published topology: %s",
			root.Space(), namespaceTopology, ExportCommand)
	default:
		return nil
	}
}

// tooManyServices returns the error of an identity that more than maxServices services have.
func tooManyServices(id ServiceID) error {
	identity := fmt.Sprintf("with the identity %.100q", id)
	if id == (ServiceID{}) {
		identity = "without an identity"
	}
	return fmt.Errorf("the document has more than %d services %s, which is not supported; export it again: %s",
		maxServices, identity, ExportCommand)
}

// Bytes returns the document in its encoding. Everything that no edit changed is the same byte for byte.
func (d *Document) Bytes() []byte { return d.xml.Bytes(d.edits()...) }

// Append appends the bytes of the document to raw, as Bytes returns them.
func (d *Document) Append(raw []byte) []byte { return d.xml.Append(raw, d.edits()...) }

// Text returns the document as text: that of UTF-16 without the byte order mark, and that of UTF-8 as it is stored.
func (d *Document) Text() string { return d.xml.Text(d.edits()...) }

// edits returns the services that differ from those of the parsed document, as edits of its text.
func (d *Document) edits() []xmldoc.Edit {
	var edits []xmldoc.Edit
	for index, s := range d.topology.services.All {
		switch {
		case index >= d.parsed.Len():
			if s != nil {
				edits = append(edits, xmldoc.Edit{From: s.end, To: s.end, Text: s.space + s.text})
			}
		case s == d.parsed.At(index):
		default:
			was := d.parsed.At(index)
			from, to := was.element.Range()
			if s == nil {
				edits = append(edits, xmldoc.Edit{From: from - len(was.space), To: to})
			} else {
				edits = append(edits, xmldoc.Edit{From: from, To: to, Text: s.text})
			}
		}
	}
	// An added service stands before the removed ones that were at its end.
	slices.SortStableFunc(edits, func(a, b xmldoc.Edit) int { return cmp.Or(a.From-b.From, a.To-b.To) })
	return edits
}

// EncodeText returns a document that is available as text in the encoding that its XML declaration names, so that Parse
// reads it.
func EncodeText(text string) []byte { return xmldoc.EncodeText(text) }

// Topology returns the model of the document.
func (d *Document) Topology() *Topology { return d.topology }
