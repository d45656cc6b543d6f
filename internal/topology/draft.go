package topology

import "github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"

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

// draft is a document that is being edited, with its services opened for changes.
type draft struct {
	*xmldoc.Draft
	services *xmldoc.Element
}

// newDraft starts an edit. The document must have services, as every document with a pool has.
func (d *Document) newDraft() *draft {
	dr := &draft{Draft: xmldoc.NewDraft(d.xml)}
	if services := child(d.xml.Root(), "Services"); services != nil {
		dr.services = dr.Open(dr.Root(), services)
	}
	return dr
}

func (d *draft) document() *Document { return newDocument(d.Document()) }

// service returns the copy of a service that may be changed.
func (d *draft) service(s *Service) *xmldoc.Element { return d.Edit(d.services, s.element) }

// remove removes a service and the white space before it.
func (d *draft) remove(s *Service) { d.services.Remove(d.service(s)) }

// appendService inserts a new service after the last one, with the same white space before it.
func (d *draft) appendService(el *xmldoc.Element) {
	last := d.services.LastChild(namespaceTopology, "Service")
	d.services.InsertAfter(last, el, d.services.SpaceBefore(last))
}
