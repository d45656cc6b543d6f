package topology

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// child returns the first child element of that name in the namespace of the topology, nil for none.
func child(el *xmldoc.Element, local string) *xmldoc.Element {
	return el.Child(namespaceTopology, local)
}

// children returns the child elements of that name in the namespace of the topology.
func children(el *xmldoc.Element, local string) []*xmldoc.Element {
	return el.Children(namespaceTopology, local)
}

// payloadChild returns the first child element of that name in any namespace: the namespaces of role payloads differ.
func payloadChild(el *xmldoc.Element, local string) *xmldoc.Element {
	for inner := range el.Elements() {
		if inner.Local() == local {
			return inner
		}
	}
	return nil
}

// draft is an edit of a document: what becomes of its services.
type draft struct {
	doc      *Document
	parent   *xmldoc.Element // the element Services
	services persistent.Vector[*Service]
	copies   map[int]*xmldoc.Element // the services that may be changed, by index
	touched  []int                   // the indexes of services that are changed, removed or added
}

// change is what an edit makes of one service: was is nil for a service that is added, is for one that is removed.
type change struct{ was, is *Service }

// newDraft starts an edit. The document must have services, as every document with a pool has.
func (d *Document) newDraft() *draft {
	return &draft{
		doc: d, parent: child(d.xml.Root(), "Services"), services: d.topology.services,
		copies: map[int]*xmldoc.Element{},
	}
}

// service returns the copy of a service that may be changed.
func (d *draft) service(s *Service) *xmldoc.Element {
	if el := d.copies[s.index]; el != nil {
		return el
	}
	el := s.element.Clone()
	d.copies[s.index] = el
	d.touched = append(d.touched, s.index)
	return el
}

// remove removes a service and the white space before it.
func (d *draft) remove(s *Service) {
	d.touched = append(d.touched, s.index)
	d.services = d.services.Set(s.index, nil)
}

// last returns the last service.
func (d *draft) last() *Service {
	for i := d.services.Len() - 1; i >= 0; i-- {
		if s := d.services.At(i); s != nil {
			return s
		}
	}
	return nil
}

// appendService adds a service after the last one, with the same white space before it.
func (d *draft) appendService(el *xmldoc.Element) {
	last := d.last()
	s := readService(el)
	s.index, s.text, s.space, s.end = d.services.Len(), el.String(), last.space, last.end
	d.touched = append(d.touched, s.index)
	d.services = d.services.Append(s)
}

// finish returns the edited document, and the changes in the order of the document.
func (d *draft) finish() (*Document, []change) {
	slices.Sort(d.touched)
	before, size := d.doc.topology.services, d.doc.size
	var changes []change
	for _, index := range slices.Compact(d.touched) {
		c := change{is: d.services.At(index)}
		if index < before.Len() {
			c.was = before.At(index)
		}
		if el := d.copies[index]; c.is != nil && el != nil {
			text := el.String()
			if text == c.was.element.String() {
				continue
			}
			c.is = readService(el)
			c.is.index, c.is.text, c.is.space, c.is.end = index, text, c.was.space, c.was.end
			d.services = d.services.Set(index, c.is)
		}
		size = size.Add(c.is.size()).Subtract(c.was.size())
		changes = append(changes, c)
	}
	return &Document{
		xml: d.doc.xml, parsed: d.doc.parsed, baseline: d.doc.baseline,
		topology: d.doc.topology.with(d.services, changes), size: size,
	}, changes
}

// size returns the size of a service with the white space before it, zero for none.
func (s *Service) size() xmldoc.Size {
	if s == nil {
		return xmldoc.Size{}
	}
	size := s.element.Size()
	if s.space != "" {
		size.Texts++
	}
	return size
}
