package topology

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
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
	services := map[string][]string{}
	parts := map[string]string{}
	add := func(name, text string) { parts[name] += text }
	for _, n := range d.root.nodes {
		switch {
		case n.el == nil:
			if text := plainText(n.text); text != "" {
				add("text in "+d.root.local, text)
			}
		case n.el.isTopology("Services"):
			for _, inner := range n.el.nodes {
				if inner.el == nil {
					continue
				}
				name := inner.el.local
				if inner.el.isTopology("Service") {
					name = "service " + serviceID(inner.el.child("ServiceId")).String()
				}
				services[name] = append(services[name], inner.el.canonical())
			}
		default:
			add(n.el.local, n.el.canonical())
		}
	}
	for name, texts := range services {
		slices.Sort(texts)
		add(name, strings.Join(texts, ""))
	}
	shell := &element{space: d.root.space, local: d.root.local, scope: d.root.scope}
	for _, a := range d.root.attrs {
		if a.local != "Signature" {
			shell.attrs = append(shell.attrs, a)
		}
	}
	add(d.root.local, shell.canonical())
	return parts
}

// canonical is an element in the form that its spellings share.
func (e *element) canonical() string {
	var b strings.Builder
	b.WriteString("<" + strconv.Quote(e.space) + " " + strconv.Quote(e.local))
	var attrs []string
	for _, a := range e.attrs {
		if a.prefix == "xmlns" || a.prefix == "" && a.local == "xmlns" {
			continue
		}
		space := ""
		if a.prefix != "" {
			space = e.scope.lookup(a.prefix)
		}
		attrs = append(attrs, " "+strconv.Quote(space)+" "+strconv.Quote(a.local)+"="+strconv.Quote(canonicalValue(a.value)))
	}
	slices.Sort(attrs)
	b.WriteString(strings.Join(attrs, ""))
	b.WriteString(">")
	var children []string
	var text strings.Builder
	for _, n := range e.nodes {
		if n.el != nil {
			children = append(children, n.el.canonical())
			continue
		}
		text.WriteString(plainText(n.text))
	}
	if e.isTopology("DependsOn") {
		slices.Sort(children)
	}
	b.WriteString(strconv.Quote(text.String()))
	b.WriteString(strings.Join(children, ""))
	b.WriteString("</>")
	return b.String()
}

// canonicalValue is a value with a duration in its one spelling. Only what begins like an xs:duration is taken for one:
// "1:2:3" can be anything.
func canonicalValue(value string) string {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "P") {
		if d := parseDuration(value); d != nil {
			return formatDuration(*d)
		}
	}
	return value
}

// plainText is what text between tags says: references resolved, comments and white space around it gone.
func plainText(raw string) string {
	if isSpace(raw) {
		return ""
	}
	var b strings.Builder
	decoder := xml.NewDecoder(strings.NewReader("<x>" + raw + "</x>"))
	for {
		token, err := decoder.Token()
		if err != nil {
			return strings.TrimSpace(b.String())
		}
		if text, ok := token.(xml.CharData); ok {
			b.Write(text)
		}
	}
}
