package topology

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// Difference is how a document that was read back differs from the one that was published. Each entry names a service,
// such as "service 1-Registrar-1", or another part of the document, such as "Clusters".
type Difference struct {
	Ours   []string // parts that the publish was to change
	Others []string // all other parts
}

// None says whether the two documents say the same.
func (d Difference) None() bool { return len(d.Ours)+len(d.Others) == 0 }

// String names the parts, those of the publish first.
func (d Difference) String() string { return strings.Join(slices.Concat(d.Ours, d.Others), ", ") }

// Compare tells how read differs from wanted, which was made from base. What says the same counts as the same: the order
// of services, of dependencies and of attributes, white space, comments, the prefixes of namespaces, the spelling of
// durations and the Signature of the document make no difference.
func Compare(base, wanted, read *Document) Difference {
	was, want, is := base.parts(), wanted.parts(), read.parts()
	var difference Difference
	for _, name := range differing(want, is) {
		if was[name] != want[name] {
			difference.Ours = append(difference.Ours, name)
		} else {
			difference.Others = append(difference.Others, name)
		}
	}
	return difference
}

// Equivalent says whether two documents say the same, as Compare has it.
func Equivalent(a, b *Document) bool { return len(differing(a.parts(), b.parts())) == 0 }

// Unpaired names the pools of base, canonical and sorted, that have a pair there which next has not: those of a pair that
// is destroyed or gets another partner. A pool that is gone from next is among them.
func Unpaired(base, next *Topology) []string {
	var names []string
	for _, pair := range base.Pairs() {
		first, second := next.Pool(pair.First.FQDN), next.Pool(pair.Second.FQDN)
		if first == nil || second == nil || !next.PairLinks(first, second).Paired() {
			names = append(names, pair.First.FQDN, pair.Second.FQDN)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// differing names the parts that are not the same in both, sorted.
func differing(a, b map[string]string) []string {
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

// parts are what the document says, by the name of the part, each in a form that two spellings share. Services of one
// identity are one part.
func (d *Document) parts() map[string]string {
	root := d.xml.Root()
	services := map[string][]string{}
	parts := map[string]string{}
	add := func(name, text string) { parts[name] += text }
	for n := range root.Nodes() {
		switch {
		case n.Element == nil:
			if text := n.CharData(); text != "" {
				add("text in "+root.Local(), text)
			}
		case n.Element.Is(namespaceTopology, "Services"):
			for el := range n.Element.Elements() {
				name := el.Local()
				if el.Is(namespaceTopology, "Service") {
					name = "service " + serviceID(child(el, "ServiceId")).String()
				}
				services[name] = append(services[name], canonical(el))
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
	return parts
}

// canonical is an element in the form that its spellings share.
func canonical(el *xmldoc.Element) string {
	var children []string
	var text strings.Builder
	for n := range el.Nodes() {
		if n.Element != nil {
			children = append(children, canonical(n.Element))
			continue
		}
		text.WriteString(n.CharData())
	}
	if el.Is(namespaceTopology, "DependsOn") {
		slices.Sort(children)
	}
	return canonicalTag(el, "") + strconv.Quote(text.String()) + strings.Join(children, "") + "</>"
}

// canonicalTag is the start tag of an element in the form that its spellings share, without the attribute except.
func canonicalTag(el *xmldoc.Element, except string) string {
	var attrs []string
	for a := range el.Attrs() {
		if a.IsNamespace() || a.Local == except {
			continue
		}
		space := ""
		if a.Prefix != "" {
			space = el.Namespace(a.Prefix)
		}
		attrs = append(attrs, " "+strconv.Quote(space)+" "+strconv.Quote(a.Local)+"="+strconv.Quote(canonicalValue(a.Value)))
	}
	slices.Sort(attrs)
	return "<" + strconv.Quote(el.Space()) + " " + strconv.Quote(el.Local()) + strings.Join(attrs, "") + ">"
}

// canonicalValue is a value with a duration in its one spelling. Only what begins like an xs:duration is taken for one:
// "1:2:3" can be anything.
func canonicalValue(value string) string {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "P") {
		if d, ok := parseDuration(value); ok {
			return formatDuration(d)
		}
	}
	return value
}
