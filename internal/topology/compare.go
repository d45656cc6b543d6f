package topology

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// Difference lists the parts in which a document that was read back differs from the published document. Each entry
// names a service, such as "service 1-Registrar-1", or another part of the document, such as "Clusters".
type Difference struct {
	Ours   []string // parts that the publish was meant to change
	Others []string // all other parts
}

// IsEmpty reports whether the two documents are equivalent.
func (d Difference) IsEmpty() bool { return len(d.Ours)+len(d.Others) == 0 }

// String returns the names of the parts, those of the publish first.
func (d Difference) String() string { return strings.Join(slices.Concat(d.Ours, d.Others), ", ") }

// Compare returns the difference between read and desired, which was made from base. It ignores the order of services,
// of dependencies and of attributes, white space, comments, the prefixes of namespaces, the spelling of durations and
// the Signature of the document.
func Compare(base, desired, read *Document) Difference {
	baseParts, desiredParts, readParts := base.parts(), desired.parts(), read.parts()
	var difference Difference
	for _, name := range differingParts(desiredParts, readParts) {
		if baseParts[name] != desiredParts[name] {
			difference.Ours = append(difference.Ours, name)
		} else {
			difference.Others = append(difference.Others, name)
		}
	}
	return difference
}

// Equivalent reports whether Compare finds no difference between two documents.
func Equivalent(a, b *Document) bool { return len(differingParts(a.parts(), b.parts())) == 0 }

// Unpaired returns the canonical names of the pools that have a pair in base which does not exist in next, sorted. They
// are the pools of a pair that is removed or gets another partner, and include pools that do not exist in next.
func Unpaired(base, next *Topology) []string {
	var names []string
	for _, pair := range base.Pairs() {
		first, second := next.Cluster(pair.First.ID), next.Cluster(pair.Second.ID)
		if first == nil || second == nil || !next.PairLinks(first, second).Paired() {
			names = append(names, pair.First.FQDN.String(), pair.Second.FQDN.String())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// differingParts returns the names of the parts that are not equal in both, sorted.
func differingParts(a, b map[string]string) []string {
	var names []string
	for name, text := range a {
		if other, ok := b[name]; !ok || other != text {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// parts returns the canonical form of each part of the document by its name. Services of one identity are one part.
func (d *Document) parts() map[string]string {
	root := d.xml.Root()
	parent := child(root, "Services")
	services, others := map[string][]string{}, map[string][]string{}
	add := func(name, text string) { others[name] = append(others[name], text) }
	for s := range d.topology.Services() {
		name := "service " + s.ID.String()
		services[name] = append(services[name], canonical(s.element))
	}
	for n := range root.Nodes() {
		switch n.Element {
		case nil:
			if text := n.CharData(); text != "" {
				add("text in "+root.Local(), text)
			}
		case parent:
			for el := range parent.Elements() {
				if !el.Is(namespaceTopology, "Service") {
					services[el.Local()] = append(services[el.Local()], canonical(el))
				}
			}
		default:
			add(n.Element.Local(), canonical(n.Element))
		}
	}
	for name, texts := range services {
		slices.Sort(texts)
		add(name, strings.Join(texts, ""))
	}
	add(root.Local(), canonicalTag(root, "Signature"))
	parts := map[string]string{}
	for name, texts := range others {
		parts[name] = strings.Join(texts, "")
	}
	return parts
}

// canonical returns an element in a form that does not depend on its spelling.
func canonical(el *xmldoc.Element) string {
	var b strings.Builder
	writeCanonical(&b, el, true)
	return b.String()
}

// writeCanonical writes an element in its canonical form: the tag, the text, and the child elements. If sorts is true,
// the order of dependencies does not matter. It is false inside DependsOn, so that nested elements are not copied again
// at each level.
func writeCanonical(b *strings.Builder, el *xmldoc.Element, sorts bool) {
	var text strings.Builder
	for n := range el.Nodes() {
		text.WriteString(n.CharData())
	}
	b.WriteString(canonicalTag(el, ""))
	b.WriteString(strconv.Quote(text.String()))
	if sorts && el.Is(namespaceTopology, "DependsOn") {
		var dependencies []string
		for child := range el.Elements() {
			var dependency strings.Builder
			writeCanonical(&dependency, child, false)
			dependencies = append(dependencies, dependency.String())
		}
		slices.Sort(dependencies)
		b.WriteString(strings.Join(dependencies, ""))
	} else {
		for child := range el.Elements() {
			writeCanonical(b, child, sorts)
		}
	}
	b.WriteString("</>")
}

// canonicalTag returns the start tag of an element in a form that does not depend on its spelling. It leaves out the
// attribute except.
func canonicalTag(el *xmldoc.Element, except string) string {
	var attrs []string
	for a := range el.Attrs() {
		if a.IsNamespace() || a.Local == except {
			continue
		}
		attrs = append(attrs, fmt.Sprintf(" %q %q=%q", a.Space, a.Local, canonicalValue(a.Value)))
	}
	slices.Sort(attrs)
	return fmt.Sprintf("<%q %q%s>", el.Space(), el.Local(), strings.Join(attrs, ""))
}

// canonicalValue returns a value in a form that does not depend on the spelling of a duration. It converts an
// xs:duration only, because a value such as "1:2:3" is not necessarily a duration.
func canonicalValue(value string) string {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "P") {
		if d, ok := parseDuration(value); ok {
			return formatDuration(d)
		}
	}
	return value
}
